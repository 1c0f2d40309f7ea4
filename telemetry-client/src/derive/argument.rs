//! One flag of a command, as a policy says it.

use clap::{Arg, Command};
use telemetry_redact::policy::{Dashes, FlagRule, List, Takes};

use super::names::keyed;
use super::tree::Walk;

/// How many arguments an argument takes at one use: at least and at most.
pub(super) fn range(argument: &Arg) -> (usize, usize) {
    let names = argument.get_value_names().map_or(0, <[_]>::len);
    match argument.get_num_args() {
        Some(range) => (range.min_values(), range.max_values()),
        // What clap supplies itself once it builds the command.
        None if !argument.get_action().takes_values() => (0, 0),
        None => (names.max(1), names.max(1)),
    }
}

/// Whether a flag takes values, and how many arguments at most.
fn takes(argument: &Arg) -> (Takes, Option<u32>) {
    let (least, most) = range(argument);
    let bound = u32::try_from(most).ok();
    match (least, most) {
        (_, 0) => (Takes::Nothing, None),
        _ if argument.is_require_equals_set() => (Takes::OptionalValue, None),
        (1, 1) => (Takes::Value, None),
        (0, _) => (Takes::OptionalValues, bound),
        _ => (Takes::Values, bound),
    }
}

/// What begins with a dash where a value of an argument is expected.
pub(super) fn dashes(argument: &Arg) -> Dashes {
    match (argument.is_allow_hyphen_values_set(), argument.is_allow_negative_numbers_set()) {
        (true, _) => Dashes::Values,
        (false, true) => Dashes::Numbers,
        (false, false) => Dashes::Flags,
    }
}

/// Whether it is a switch that another one turns off by this name.
pub(super) fn is_negation(argument: &Arg, of: &Arg) -> bool {
    let long = argument.get_long().and_then(|long| long.strip_prefix("no-"));
    let has_letter =
        argument.get_short().is_some() || !argument.get_all_short_aliases().unwrap_or_default().is_empty();
    long.is_some()
        && long == of.get_long()
        && !has_letter
        && takes(argument).0 == Takes::Nothing
        && takes(of).0 == Takes::Nothing
        && argument.is_global_set() == of.is_global_set()
}

/// Whether commands below one are called as flags, too.
pub(super) fn has_flag_subcommands(command: &Command) -> bool {
    command.get_subcommands().any(|below| called_as_flag(below).is_some())
}

/// The flag that a command is called as.
fn called_as_flag(command: &Command) -> Option<Arg> {
    let mut longs = command.get_long_flag().into_iter().chain(command.get_all_long_flag_aliases());
    let mut shorts = command.get_short_flag().into_iter().chain(command.get_all_short_flag_aliases());
    let (long, short) = (longs.next().map(str::to_owned), shorts.next());
    if long.is_none() && short.is_none() {
        return None;
    }
    let mut flag = Arg::new(command.get_name().to_owned());
    if let Some(long) = long {
        flag = flag.long(long);
    }
    if let Some(short) = short {
        flag = flag.short(short);
    }
    let longs: Vec<String> = longs.map(str::to_owned).collect();
    let shorts: Vec<char> = shorts.collect();
    let flag = flag.aliases(longs).short_aliases(shorts);
    // What follows is that command's, and nothing of it is kept.
    Some(flag.num_args(0..).allow_hyphen_values(true))
}

/// Flags that are commands: that one was used is kept, and nothing behind it.
pub(super) fn flag_subcommands(command: &Command) -> Vec<Arg> {
    command.get_subcommands().filter_map(called_as_flag).collect()
}

impl Walk<'_> {
    /// The key of a flag's rule. None where its name cannot be in a policy.
    pub(super) fn flag(&mut self, path: &str, argument: &Arg, negation: Option<&Arg>) -> Option<String> {
        let longs = self.long_names(path, argument);
        let short = argument.get_short().filter(char::is_ascii_alphanumeric);
        let mut longs = longs.into_iter();
        let name = longs.next().or_else(|| short.map(|letter| format!("short-{letter}")))?;
        let negations = negation.map(|negation| self.long_names(path, negation)).unwrap_or_default();
        let (takes, max_values) = takes(argument);
        let is_switch = takes == Takes::Nothing;
        let (values, list) = if is_switch { (None, List::None) } else { self.values(path, argument) };
        let can_follow = !matches!(takes, Takes::Nothing | Takes::OptionalValue);
        let letters = argument.get_all_short_aliases().unwrap_or_default().into_iter();
        let rule = FlagRule {
            short,
            short_aliases: letters
                .filter(|letter| letter.is_ascii_alphanumeric() && short != Some(*letter))
                .collect(),
            dashes: if can_follow { dashes(argument) } else { Dashes::Flags },
            terminator: argument.get_value_terminator().filter(|_| can_follow).map(ToString::to_string),
            aliases: longs.collect(),
            negations,
            takes,
            max_values,
            values,
            list,
            ..FlagRule::default()
        };
        let named = |key: &str| FlagRule { name: (key != name).then(|| name.clone()), ..rule.clone() };
        Some(keyed(&mut self.source.flags, &name, named, |_| false))
    }

    fn long_names(&mut self, path: &str, argument: &Arg) -> Vec<String> {
        let aliases = argument.get_all_aliases().unwrap_or_default();
        let mut names: Vec<String> = Vec::new();
        for name in argument.get_long().into_iter().chain(aliases) {
            if let Some(why) = self.unfit_word(name) {
                self.unfit(path, Some(argument), &format!("the name {name:?} is withheld: {why}"));
            } else if !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
        names
    }
}
