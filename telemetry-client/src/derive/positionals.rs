//! The positional arguments of a command, as far as their place tells which one they are.

use clap::{Arg, Command};
use telemetry_redact::policy::{Dashes, PositionalRule, Repeats};

use super::argument::range;
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

impl Walk<'_> {
    /// The rules by place. Each place that may be one of two arguments has a rule that keeps nothing.
    pub(super) fn positionals(&mut self, path: &str, command: &Command) -> Vec<PositionalRule> {
        let arguments = in_order(command);
        let is_unclear = command.is_allow_missing_positional_set()
            || arguments
                .iter()
                .any(|argument| argument.is_last_set() || argument.get_value_terminator().is_some());
        let mut rules: Vec<PositionalRule> = Vec::new();
        let mut has_all = false;
        for (place, argument) in arguments.iter().enumerate() {
            let (least, most) = range(argument);
            let is_last = place + 1 == arguments.len();
            let (values, list) = self.values(path, argument);
            let is_withheld = is_unclear || self.is_withheld(path, argument);
            let takes_dashes = argument.is_allow_hyphen_values_set() && !argument.is_last_set();
            let dashes = if takes_dashes { Dashes::Values } else { Dashes::Flags };
            let dropped = PositionalRule { dashes, ..PositionalRule::default() };
            let rule = if is_withheld {
                dropped.clone()
            } else {
                PositionalRule { values, list, ..dropped.clone() }
            };
            let fits = most <= MAX_PLACES && rules.len() + most <= MAX_PLACES;
            if argument.is_trailing_var_arg_set() || !fits || (least != most && !is_last) {
                let ends_flags = argument.is_trailing_var_arg_set() || takes_dashes;
                let repeats = if ends_flags { Repeats::All } else { Repeats::Rest };
                let rule = if is_last { rule } else { dropped };
                rules.push(PositionalRule { repeats, ..rule });
                has_all = true;
                break;
            }
            rules.extend(std::iter::repeat_n(rule, most));
        }
        if command.is_allow_external_subcommands_set() && !has_all {
            rules.push(PositionalRule { repeats: Repeats::All, ..PositionalRule::default() });
        }
        rules
    }
}
