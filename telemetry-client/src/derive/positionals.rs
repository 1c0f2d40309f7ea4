//! The positional arguments of a command, as far as their place tells which one they are.

use clap::{Arg, ArgAction, Command};
use telemetry_redact::policy::{Dashes, List, PositionalRule, Repeats};

use super::argument::{dashes, has_flag_subcommands, range};
use super::tree::Walk;

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

impl Walk<'_> {
    /// The rules by place. A place that may be one of two arguments has a rule that keeps nothing.
    pub(super) fn positionals(&mut self, path: &str, command: &Command) -> Vec<PositionalRule> {
        let arguments = in_order(command);
        let has_terminator = arguments.iter().any(|argument| argument.get_value_terminator().is_some());
        let is_unclear = command.is_allow_missing_positional_set()
            || has_terminator
            || has_flag_subcommands(command)
            || arguments.iter().any(|argument| argument.is_last_set());
        let mut rules: Vec<PositionalRule> = Vec::new();
        let mut has_end = false;
        for (place, argument) in arguments.iter().enumerate() {
            let is_last = place + 1 == arguments.len();
            let (values, list) = self.values(path, argument);
            let is_withheld = is_unclear || self.is_withheld(path, argument);
            let dashes = if argument.is_last_set() { Dashes::Flags } else { dashes(argument) };
            let dropped = PositionalRule { dashes, ..PositionalRule::default() };
            let rule = if is_withheld {
                dropped.clone()
            } else {
                PositionalRule { values, list, ..dropped.clone() }
            };
            let ends = argument.is_trailing_var_arg_set() || is_multiple(argument);
            if !ends && rules.len() < MAX_PLACES {
                rules.push(rule);
                continue;
            }
            let has_commands =
                command.get_subcommands().next().is_some() || command.is_allow_external_subcommands_set();
            // Behind what ends the list there are commands again, which nobody tells from its words.
            let leads_to_commands = has_commands && (!is_last || has_terminator);
            if leads_to_commands {
                // What is kept would be the argument of a command that another one may follow.
                for rule in &mut rules {
                    (rule.values, rule.list) = (None, List::None);
                }
            }
            let ends_flags = argument.is_trailing_var_arg_set() || leads_to_commands;
            let repeats = if ends_flags { Repeats::All } else { Repeats::Rest };
            rules.push(PositionalRule { repeats, ..if is_last { rule } else { dropped } });
            has_end = true;
            break;
        }
        if command.is_allow_external_subcommands_set() && !has_end {
            rules.push(PositionalRule { repeats: Repeats::All, ..PositionalRule::default() });
        }
        rules
    }
}
