//! Which abbreviations a program allows. clap has no way to ask, so it is tried out.

use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command};
use telemetry_redact::policy::Abbreviations;

/// A command that no program has, and a flag of it that ends the parsing before the program's own rules are looked at.
const COMMAND: &str = "__telemetry-probe-command";
const FLAG: &str = "__telemetry-probe-flag";

/// What may be shortened in all of the program. What only a part of it allows is not: then beginnings are dropped.
pub(super) fn of(command: Command) -> Abbreviations {
    let flag = Arg::new(FLAG).long(FLAG).action(ArgAction::Version);
    let probe = Command::new(COMMAND).version("0").disable_version_flag(true).arg(flag);
    let mut command = command.multicall(false).no_binary_name(false).subcommand(probe);
    let mut reaches = |word: &str, flag: &str| {
        let line = ["program", word, &format!("--{flag}")];
        command.try_get_matches_from_mut(line).is_err_and(|error| error.kind() == ErrorKind::DisplayVersion)
    };
    match (reaches(COMMAND, beginning(FLAG)), reaches(beginning(COMMAND), FLAG)) {
        (false, false) => Abbreviations::None,
        (true, false) => Abbreviations::Flags,
        (false, true) => Abbreviations::Commands,
        (true, true) => Abbreviations::All,
    }
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
            assert_eq!(of(command.clone()), expected);
            assert_eq!(of(difficult(command).subcommand(Command::new("list"))), expected);
        }
    }
}
