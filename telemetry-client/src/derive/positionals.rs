//! The positional arguments of a command, as far as their place tells which one they are.

use clap::{Arg, ArgAction, Command};
use telemetry_redact::policy::{Dashes, List, Missing, PositionalRule, Repeats};

use super::argument::{dashes, has_flag_subcommands, range};
use super::tree::Walk;
use super::tried::Tried;

/// More places than these describe what is typed rather than what is declared.
const MAX_PLACES: usize = 32;

/// The positional arguments in their order, as clap counts those without an index.
pub(super) fn in_order(command: &Command) -> Vec<&Arg> {
    let mut counter = 0;
    let mut indexed: Vec<(usize, &Arg)> = command
        .get_positionals()
        .map(|argument| {
            let index = argument.get_index().unwrap_or_else(|| {
                counter += 1;
                counter
            });
            (index, argument)
        })
        .collect();
    indexed.sort_by_key(|(index, _)| *index);
    indexed.into_iter().map(|(_, argument)| argument).collect()
}

/// Whether clap stays at an argument's place as long as words follow.
fn is_multiple(argument: &Arg) -> bool {
    range(argument).1 > 1 || matches!(argument.get_action(), ArgAction::Append)
}

/// Whether something else than the end of the line ends an argument that stays at its place.
fn is_ended(argument: &Arg) -> bool {
    argument.get_value_terminator().is_some()
}

/// Whether there are commands behind the arguments of one.
fn leads_on(command: &Command) -> bool {
    command.get_subcommands().next().is_some() || command.is_allow_external_subcommands_set()
}

impl Walk<'_> {
    /// Whether a line tells which argument is missing of those that may be.
    fn tells_what_is_missing(&self, path: &str, arguments: &[&Arg]) -> bool {
        let is_one_place = |argument: &&Arg| !is_multiple(argument) || is_ended(argument);
        if arguments.len() > MAX_PLACES || !arguments.iter().rev().skip(1).all(is_one_place) {
            return false;
        }
        // What clap does not say of a command decides whether the word behind is one, too.
        let Tried { abbreviations, command } = Tried::of(self.program, path);
        let read = |argument: &Arg| (dashes(argument), argument.is_trailing_var_arg_set());
        abbreviations == self.source.abbreviations
            && in_order(&command).into_iter().map(read).eq(arguments.iter().map(|argument| read(argument)))
    }

    /// The rules by place. A place that may be one of two arguments has a rule that keeps nothing.
    pub(super) fn positionals(&mut self, path: &str, command: &Command) -> Vec<PositionalRule> {
        let arguments = in_order(command);
        let may_be_missing = command.is_allow_missing_positional_set();
        let is_unclear = has_flag_subcommands(command)
            || arguments.iter().any(|argument| argument.is_last_set())
            || may_be_missing && !self.tells_what_is_missing(path, &arguments);
        let mut rules: Vec<PositionalRule> = Vec::new();
        let mut has_end = false;
        for (place, argument) in arguments.iter().enumerate() {
            let behind = arguments.len() - place - 1;
            let (values, list) = self.values(path, argument);
            let is_withheld = is_unclear || self.is_withheld(path, argument);
            let dropped = PositionalRule {
                dashes: if argument.is_last_set() { Dashes::Flags } else { dashes(argument) },
                terminator: argument.get_value_terminator().map(ToString::to_string),
                missing: if may_be_missing && !is_unclear && behind == 1 {
                    Missing::Possibly
                } else {
                    Missing::Never
                },
                ..PositionalRule::default()
            };
            let rule = if is_withheld {
                dropped.clone()
            } else {
                PositionalRule { values, list, ..dropped.clone() }
            };
            let ends_flags = argument.is_trailing_var_arg_set();
            let repeats = match (ends_flags, is_multiple(argument)) {
                (true, _) => Repeats::All,
                (false, true) => Repeats::Rest,
                (false, false) => Repeats::Once,
            };
            let has_place = repeats == Repeats::Once || is_ended(argument);
            if has_place && rules.len() < MAX_PLACES {
                rules.push(PositionalRule { repeats, ..rule });
                continue;
            }
            // Behind what ends the list there are commands again, which nobody tells from its words.
            let leads_to_commands = leads_on(command) && (behind > 0 || has_place);
            if leads_to_commands {
                // What is kept would be the argument of a command that another one may follow.
                for rule in &mut rules {
                    (rule.values, rule.list) = (None, List::None);
                }
            }
            let repeats = if ends_flags || leads_to_commands { Repeats::All } else { Repeats::Rest };
            let rule = if behind == 0 { rule } else { dropped };
            rules.push(PositionalRule { repeats, terminator: None, missing: Missing::Never, ..rule });
            has_end = true;
            break;
        }
        if command.is_allow_external_subcommands_set() && !has_end {
            rules.push(PositionalRule { repeats: Repeats::All, ..PositionalRule::default() });
        }
        rules
    }
}
