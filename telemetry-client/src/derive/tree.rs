//! From a tree of clap commands to a policy.

use std::collections::{BTreeSet, HashSet};

use clap::{Arg, ArgAction, Command};
use telemetry_redact::policy::{
    CommandRule, Dialect, FirstWord, FlagRule, PolicySource, PositionalRule, Record, Repeats, Subcommands,
};

use super::argument::{flag_subcommands, is_negation};
use super::codes;
use super::names::unfit_word;
use super::said::{Asked, What};
use super::tried::Tried;
use super::values::is_bucket;

/// A policy, and what its author should know of it.
#[derive(Debug)]
pub(super) struct Derived {
    pub(super) source: PolicySource,
    /// Lines that lead nowhere, and what was withheld without being asked.
    pub(super) problems: Vec<String>,
}

/// The policy of a program. What has no place in a policy is left out, so it is a sound one.
pub(super) fn derive(program: &str, command: &Command, asked: &[Asked]) -> Derived {
    let mut source = PolicySource::new(program, 0, Dialect::Clap);
    source.commands.clear();
    source.error_codes = codes::OWN.map(str::to_owned).to_vec();
    source.abbreviations = Tried::of(command, "").abbreviations;
    if command.is_multicall_set() {
        source.first_word = FirstWord::Executable;
    }
    let mut walk = Walk {
        source,
        program: command,
        asked,
        met: BTreeSet::new(),
        problems: Vec::new(),
        unfit: Vec::new(),
        fit: HashSet::new(),
    };
    walk.command("", command, Inherited::default());
    walk.withhold();
    walk.finish()
}

pub(super) struct Walk<'a> {
    pub(super) source: PolicySource,
    pub(super) program: &'a Command,
    pub(super) asked: &'a [Asked],
    /// Which of `asked` led somewhere.
    pub(super) met: BTreeSet<usize>,
    pub(super) problems: Vec<String>,
    unfit: Vec<String>,
    /// Names that were found fit: most stand in many commands.
    fit: HashSet<String>,
}

/// What commands hand down to those below them.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting of clap's by its own name")]
struct Inherited {
    disable_help_flag: bool,
    disable_version_flag: bool,
    disable_help_subcommand: bool,
    propagate_version: bool,
}

impl Inherited {
    fn below(self, command: &Command) -> Self {
        Self {
            disable_help_flag: self.disable_help_flag || command.is_disable_help_flag_set(),
            // Without a version clap says that the flag is disabled.
            disable_version_flag: self.disable_version_flag
                || command.is_disable_version_flag_set() && has_version(command),
            disable_help_subcommand: self.disable_help_subcommand || command.is_disable_help_subcommand_set(),
            propagate_version: self.propagate_version
                || command.is_propagate_version_set() && has_version(command),
        }
    }
}

fn has_version(command: &Command) -> bool {
    command.get_version().is_some() || command.get_long_version().is_some()
}

impl Walk<'_> {
    fn command(&mut self, path: &str, command: &Command, above: Inherited) {
        let settings = above.below(command);
        let mut rule = CommandRule { path: path.to_owned(), ..CommandRule::default() };
        if path.is_empty() {
            self.program_aliases(command);
        } else {
            rule.aliases = self.aliases(path, command);
        }
        let own: Vec<&Arg> = command.get_arguments().filter(|argument| !argument.is_positional()).collect();
        for argument in &own {
            if own.iter().any(|other| is_negation(argument, other)) {
                continue;
            }
            let negation = own.iter().find(|other| is_negation(other, argument)).copied();
            if let Some(key) = self.flag(path, argument, negation) {
                let keys =
                    if argument.is_global_set() { &mut rule.persistent_flags } else { &mut rule.flags };
                keys.push(key);
            }
        }
        for argument in built_in(command, settings) {
            if !own.iter().any(|own| clashes(own, &argument)) {
                rule.flags.extend(self.flag(path, &argument, None));
            }
        }
        for flag in flag_subcommands(command) {
            rule.flags.extend(self.flag(path, &flag, None));
        }
        rule.subcommands = subcommands(command);
        rule.positionals = self.positionals(path, command);
        self.source.commands.push(rule);
        let below: Vec<&Command> = command.get_subcommands().collect();
        for command in &below {
            if let Some(path) = self.path(path, command) {
                self.command(&path, command, settings);
            }
        }
        let has_help = below.iter().any(|command| is_named(command, "help"));
        if !below.is_empty() && !settings.disable_help_subcommand && !has_help {
            let rest = PositionalRule { repeats: Repeats::Rest, ..PositionalRule::default() };
            let path = joined(path, "help");
            self.source.commands.push(CommandRule {
                path,
                positionals: vec![rest],
                ..CommandRule::default()
            });
        }
    }

    /// The path of a command below one, unless its name cannot be in a policy. Then neither is what stands below it.
    fn path(&mut self, above: &str, command: &Command) -> Option<String> {
        let name = command.get_name();
        let path = joined(above, name);
        let Some(why) = self.unfit_word(name) else { return Some(path) };
        self.unfit(&path, None, &format!("the command {name:?} is withheld: {why}"));
        None
    }

    fn aliases(&mut self, path: &str, command: &Command) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in command.get_all_aliases() {
            if let Some(why) = self.unfit_word(name) {
                self.unfit(path, None, &format!("the name {name:?} is withheld: {why}"));
            } else if name != command.get_name() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }

    /// A program may be installed under another name than its package's.
    fn program_aliases(&mut self, command: &Command) {
        let names = [Some(command.get_name()), command.get_bin_name()];
        for name in names.into_iter().flatten() {
            let is_program = telemetry_schema::ProgramName::new(name).is_ok() && unfit_word(name).is_none();
            let PolicySource { program, program_aliases, .. } = &mut self.source;
            if is_program && name != program && !program_aliases.iter().any(|known| known == name) {
                program_aliases.push(name.to_owned());
            }
        }
    }

    /// Why a word cannot be a name in a policy.
    pub(super) fn unfit_word(&mut self, word: &str) -> Option<String> {
        if self.fit.contains(word) {
            return None;
        }
        let why = unfit_word(word);
        if why.is_none() {
            self.fit.insert(word.to_owned());
        }
        why
    }

    /// Notes what cannot be in a policy, unless its author withholds it anyway.
    pub(super) fn unfit(&mut self, path: &str, argument: Option<&Arg>, message: &str) {
        let mut found = false;
        for (index, asked) in self.asked.iter().enumerate() {
            let is_meant = match (&asked.what, argument) {
                (What::WithholdCommand, _) => is_at_or_below(path, &asked.path),
                (What::Withhold, Some(argument)) => {
                    is_at_or_below(path, &asked.path) && asked.is_about(&asked.path, argument)
                }
                _ => false,
            };
            if is_meant {
                self.met.insert(index);
                found = true;
            }
        }
        if !found {
            let at = if path.is_empty() { &self.source.program } else { path };
            self.unfit.push(format!("{at}: {message}"));
        }
    }

    pub(super) fn is_withheld(&mut self, path: &str, argument: &Arg) -> bool {
        let asked = self.asked.iter();
        let mut meant = asked
            .enumerate()
            .filter(|(_, asked)| asked.what == What::Withhold && asked.is_about(path, argument));
        let Some((index, _)) = meant.next() else { return false };
        self.met.insert(index);
        true
    }

    /// What is withheld of commands and flags, once all of them are known.
    fn withhold(&mut self) {
        for (index, asked) in self.asked.iter().enumerate() {
            let Some(at) = self.source.commands.iter().position(|rule| rule.path == asked.path) else {
                continue;
            };
            match &asked.what {
                What::WithholdCommand => self.source.commands[at].record = Record::Path,
                What::Withhold if asked.argument.starts_with('-') => {
                    let keys = self.flags_called(asked);
                    if keys.is_empty() {
                        continue;
                    }
                    self.source.commands[at].withhold.extend(keys);
                }
                _ => continue,
            }
            self.met.insert(index);
        }
    }

    /// Keys of the flags that a line means: those that the command takes, and those of commands below it.
    fn flags_called(&self, asked: &Asked) -> BTreeSet<String> {
        let Asked { path, argument, .. } = asked;
        let commands = self.source.commands.iter();
        let keys = commands.flat_map(|rule| {
            let is_below = is_at_or_below(&rule.path, path);
            let own = rule.flags.iter().filter(move |_| is_below);
            let handed_down = rule.persistent_flags.iter();
            own.chain(handed_down.filter(move |_| is_below || is_at_or_below(path, &rule.path)))
        });
        let is_called =
            |key: &&String| self.source.flags.get(*key).is_some_and(|flag| names(key, flag, argument));
        keys.filter(is_called).cloned().collect()
    }

    fn finish(mut self) -> Derived {
        for (index, asked) in self.asked.iter().enumerate() {
            if self.met.contains(&index) {
                continue;
            }
            let has_command = self.source.commands.iter().any(|rule| rule.path == asked.path);
            let why = match (has_command, is_bucket(asked)) {
                (false, _) => "there is no such command",
                (true, true) => "the command declares no such argument that takes a value",
                (true, false) => "neither the command nor one below it takes such an argument",
            };
            self.problems.push(format!("{}: {why}", asked.line()));
        }
        self.problems.append(&mut self.unfit);
        self.drop_unused();
        Derived { source: self.source, problems: self.problems }
    }

    /// Rules of arguments that were withheld by place are rules that nothing uses.
    fn drop_unused(&mut self) {
        let PolicySource { sets, value_rules, flags, commands, .. } = &mut self.source;
        let of_positionals =
            commands.iter().flat_map(|rule| &rule.positionals).filter_map(|rule| rule.values.as_ref());
        let used: BTreeSet<&String> =
            flags.values().filter_map(|flag| flag.values.as_ref()).chain(of_positionals).collect();
        value_rules.retain(|key, _| used.contains(key));
        let of_rules: BTreeSet<&String> =
            value_rules.values().filter_map(|rule| rule.values.as_ref()).collect();
        sets.retain(|key, _| used.contains(key) || of_rules.contains(key));
    }
}

fn subcommands(command: &Command) -> Subcommands {
    let has_any = command.get_subcommands().next().is_some();
    match (command.is_args_conflicts_with_subcommands_set(), command.is_subcommand_precedence_over_arg_set())
    {
        // What stands behind a flag is no command then, be it looked for or not.
        (true, _) if has_any => Subcommands::First,
        (false, true) if has_any => Subcommands::Always,
        _ => Subcommands::Usual,
    }
}

/// The flags that clap adds.
fn built_in(command: &Command, settings: Inherited) -> Vec<Arg> {
    let mut flags = Vec::new();
    // What stands before the first word of such a program is not of its line.
    if command.is_multicall_set() {
        return flags;
    }
    if !settings.disable_help_flag {
        flags.push(Arg::new("help").short('h').long("help").action(ArgAction::Help));
    }
    if !settings.disable_version_flag && (has_version(command) || settings.propagate_version) {
        flags.push(Arg::new("version").short('V').long("version").action(ArgAction::Version));
    }
    flags
}

/// Whether a program brings its own flag for what clap would add.
fn clashes(own: &Arg, built_in: &Arg) -> bool {
    own.get_id() == built_in.get_id()
        || own.get_long() == built_in.get_long() && own.get_long().is_some()
        || own.get_short() == built_in.get_short() && own.get_short().is_some()
}

fn is_named(command: &Command, name: &str) -> bool {
    command.get_name() == name || command.get_all_aliases().any(|alias| alias == name)
}

fn joined(above: &str, word: &str) -> String {
    if above.is_empty() { word.to_owned() } else { format!("{above} {word}") }
}

fn is_at_or_below(path: &str, above: &str) -> bool {
    above.is_empty() || path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// Whether a flag of the policy can be written so.
fn names(key: &str, flag: &FlagRule, written: &str) -> bool {
    if let Some(long) = written.strip_prefix("--") {
        let name = flag.name.as_deref().unwrap_or(key);
        return name == long || flag.aliases.iter().chain(&flag.negations).any(|known| known == long);
    }
    flag.short.iter().chain(&flag.short_aliases).any(|letter| written.chars().eq(['-', *letter]))
}
