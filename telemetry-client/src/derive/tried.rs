//! What clap has no way to ask a command for, so it is tried out: which abbreviations it allows, and the command as clap
//! builds it.

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command};
use telemetry_redact::policy::Abbreviations;

/// A command that no program has, and a flag of it that ends the parsing before the program's own rules are looked at.
const COMMAND: &str = "__telemetry-probe-command";
const FLAG: &str = "__telemetry-probe-flag";

/// What was found of one command.
pub(super) struct Tried {
    /// What may be shortened in all of it. What only a part allows is not: then beginnings are dropped.
    pub(super) abbreviations: Abbreviations,
    /// The command, with the settings that it hands to its arguments.
    pub(super) command: Command,
}

impl Tried {
    /// Tries out the command at a path of the program's.
    pub(super) fn of(program: &Command, path: &str) -> Self {
        let path: Vec<&str> = path.split_whitespace().collect();
        let mut command = with_probe(program.clone().multicall(false).no_binary_name(false), &path);
        let mut reaches = |word: &str, flag: &str| {
            let flag = format!("--{flag}");
            let line = ["program"].iter().chain(&path).copied().chain([word, &flag]);
            command
                .try_get_matches_from_mut(line)
                .is_err_and(|error| error.kind() == ErrorKind::DisplayVersion)
        };
        let abbreviations = match (reaches(COMMAND, beginning(FLAG)), reaches(beginning(COMMAND), FLAG)) {
            (false, false) => Abbreviations::None,
            (true, false) => Abbreviations::Flags,
            (false, true) => Abbreviations::Commands,
            (true, true) => Abbreviations::All,
        };
        let built = path.iter().try_fold(&command, |command, word| command.find_subcommand(word));
        Self { abbreviations, command: built.unwrap_or(&command).clone() }
    }
}

/// The program with the command that no program has below the one at a path.
fn with_probe(command: Command, path: &[&str]) -> Command {
    if let [word, below @ ..] = path {
        return command.mut_subcommand(*word, |command| with_probe(command, below));
    }
    let flag = Arg::new(FLAG).long(FLAG).action(ArgAction::Version);
    let probe = Command::new(COMMAND).version("0").disable_version_flag(true).arg(flag);
    // Else clap refuses a command below one that has an argument which is `last` and required.
    command.subcommand_negates_reqs(true).subcommand(probe)
}

fn beginning(name: &str) -> &str {
    &name[..name.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_allows_is_found_whatever_else_it_asks_for() {
        let difficult = |command: Command| {
            command
                .subcommand_required(true)
                .allow_external_subcommands(true)
                .args_conflicts_with_subcommands(true)
                .arg(Arg::new("file").required(true))
                .arg(Arg::new("key").long("key").required(true))
        };
        for (flags, commands, expected) in [
            (false, false, Abbreviations::None),
            (true, false, Abbreviations::Flags),
            (false, true, Abbreviations::Commands),
            (true, true, Abbreviations::All),
        ] {
            let command = Command::new("orchard").infer_long_args(flags).infer_subcommands(commands);
            let of = |command: &Command, path: &str| Tried::of(command, path).abbreviations;
            assert_eq!(of(&command, ""), expected);
            let command = difficult(command).subcommand(difficult(Command::new("list")));
            assert_eq!((of(&command, ""), of(&command, "list")), (expected, expected));
        }
    }
}
