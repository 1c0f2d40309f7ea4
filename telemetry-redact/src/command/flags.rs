//! Flags: their names in every spelling, and which of the arguments around them are their values.

use telemetry_schema::{Flag, Place, Value, Word};

use super::bounds::MAX_FLAGS;
use super::read::{Argument, Walk, count};
use super::unknown::{Name, UnknownFlag};
use super::values::{judge, judge_switch_value};
use super::{Part, Verdict};
use crate::Raw;
use crate::policy::{Dashes, Dialect, FlagId, NameKind, NodeId, Subcommands, Takes};

impl<'a> Walk<'a> {
    /// `--name`, `--name=value`; for Go's package `flag` with one dash too.
    pub(super) fn long(&mut self, argument: usize, name_and_value: &'a [u8]) {
        let equals = name_and_value.iter().position(|byte| *byte == b'=');
        let (name, glued) = match equals {
            Some(at) => (&name_and_value[..at], Some((argument, &name_and_value[at + 1..]))),
            None => (name_and_value, None),
        };
        let text = std::str::from_utf8(name).ok();
        let known = text.and_then(|text| self.known_flag(self.node, text));
        if let Some((flag, kind, rule)) = known {
            if kind == NameKind::Deprecated {
                self.deprecated(Place::Flag, text.unwrap_or_default());
            }
            let values = self.values_of(flag, glued);
            self.flag(argument, flag, (kind, rule), &values);
        } else if self.dashes() == Dashes::Values {
            self.dashed(argument);
        } else {
            let value = glued.or_else(|| self.swallowed());
            self.unknown.push(UnknownFlag { argument, node: self.node, name: Name::Long(name), value });
        }
    }

    /// The flag of a command that a long name stands for, what kind of name it is, and by which rule.
    pub(super) fn known_flag(&self, node: NodeId, name: &str) -> Option<(FlagId, NameKind, &'static str)> {
        let tree = self.tree;
        if let Some((flag, kind)) = tree.long_flag(node, name) {
            let rule = match kind {
                NameKind::Canonical | NameKind::Alias => "flag.declared",
                NameKind::Deprecated => "flag.deprecated",
                NameKind::Negation => "flag.negation",
            };
            return Some((flag, kind, rule));
        }
        if let [letter] = name.as_bytes()
            && tree.dialect() == Dialect::GoFlag
        {
            return tree
                .short_flag(node, char::from(*letter))
                .map(|flag| (flag, NameKind::Canonical, "flag.declared"));
        }
        tree.abbreviated_flag(node, name).map(|(flag, kind)| (flag, kind, "flag.abbreviation"))
    }

    pub(super) fn shorts(&mut self, argument: usize, bundle: &'a [u8]) {
        if self.is_dashed_word(bundle) {
            return self.dashed(argument);
        }
        let mut rest = bundle;
        while let Some((first, after)) = rest.split_first() {
            let short = char::from(*first);
            let known = first.is_ascii().then(|| self.tree.short_flag(self.node, short)).flatten();
            let Some(flag) = known else {
                let value = if bundle.len() == 1 { self.swallowed() } else { None };
                let name = Name::Shorts(rest);
                self.unknown.push(UnknownFlag { argument, node: self.node, name, value });
                return;
            };
            let (takes, _) = self.tree.takes(flag);
            let unequal = self.behind_equals(after);
            let named = (NameKind::Canonical, "flag.declared");
            if self.is_bundled(takes) && unequal.is_none() {
                self.flag(argument, flag, named, &[]);
                rest = after;
                continue;
            }
            let glued = Some(after).filter(|after| !after.is_empty());
            let values = self.values_of(flag, glued.map(|after| (argument, unequal.unwrap_or(after))));
            return self.flag(argument, flag, named, &values);
        }
    }

    /// Whether what is glued to such a flag's letter are letters of other flags. An optional value has to stand behind
    /// `=`, but for getopt.
    pub(super) fn is_bundled(&self, takes: Takes) -> bool {
        takes == Takes::Nothing || takes == Takes::OptionalValue && self.tree.dialect() != Dialect::Getopt
    }

    /// What stands behind the `=` after a letter. For getopt the `=` is a part of the value.
    pub(super) fn behind_equals(&self, after: &'a [u8]) -> Option<&'a [u8]> {
        after.strip_prefix(b"=").filter(|_| self.tree.dialect() != Dialect::Getopt)
    }

    /// The values that a flag takes: the glued one, else the arguments after it that are its own.
    fn values_of(&mut self, flag: FlagId, glued: Option<Argument<'a>>) -> Vec<Argument<'a>> {
        if let Some(glued) = glued {
            return vec![glued];
        }
        let (takes, most) = self.tree.takes(flag);
        let mut values = Vec::new();
        if matches!(takes, Takes::Nothing | Takes::OptionalValue) {
            return values;
        }
        // clap does not take what looks like a flag for a value, and where there may be many no parser does; pflag and
        // getopt take anything for the one value that must be there.
        let is_clap = self.tree.dialect() == Dialect::Clap;
        let dashes = self.tree.dashes(flag);
        let takes_anything = dashes == Dashes::Values || takes == Takes::Value && !is_clap;
        let commands_first = is_clap && self.tree.subcommands(self.node) == Subcommands::Always;
        while values.len() < most
            && let Some(next) = self.argv.get(self.next).map(Raw::bytes)
        {
            let is_value = match next {
                [b'-', rest @ ..] if !takes_anything && !rest.is_empty() => {
                    dashes == Dashes::Numbers && is_number(rest) || is_clap && self.is_no_flag_here(rest)
                }
                word => !commands_first || self.command_word(word).is_none(),
            };
            if !is_value {
                break;
            }
            let Some(argument) = self.take() else { break };
            if self.tree.terminates(flag, next) {
                self.found(argument, Part::Separator, Verdict::Dropped, "separator", None);
                break;
            }
            values.push((argument, next));
        }
        values
    }

    /// Whether what begins with a dash and these bytes is no flag for clap, as the positional argument that is expected
    /// takes such. It goes to the flag before it all the same, where that takes more values.
    fn is_no_flag_here(&self, rest: &[u8]) -> bool {
        match rest {
            b"-" => false,
            [b'-', name @ ..] => {
                let name = name.split(|byte| *byte == b'=').next().unwrap_or_default();
                let is_known =
                    std::str::from_utf8(name).is_ok_and(|name| self.known_flag(self.node, name).is_some());
                self.dashes() == Dashes::Values && !is_known
            }
            bundle => self.is_dashed_word(bundle),
        }
    }

    /// Whether letters behind one dash are a positional argument.
    fn is_dashed_word(&self, bundle: &[u8]) -> bool {
        // clap asks whether all of them are letters of flags, also of what could be a glued value.
        let is_letter =
            |byte: &u8| byte.is_ascii() && self.tree.short_flag(self.node, char::from(*byte)).is_some();
        match self.dashes() {
            Dashes::Flags => false,
            Dashes::Values => !bundle.iter().all(is_letter),
            Dashes::Numbers => is_number(bundle),
        }
    }

    /// The argument after an unknown flag: nobody knows whether it is its value, so it is taken for one and dropped.
    fn swallowed(&mut self) -> Option<(usize, &'a [u8])> {
        let value = self.argv.get(self.next)?.bytes();
        if value.starts_with(b"-") {
            return None;
        }
        self.take().map(|argument| (argument, value))
    }

    pub(super) fn flag(
        &mut self,
        argument: usize,
        flag: FlagId,
        (kind, rule): (NameKind, &'static str),
        given: &[Argument<'a>],
    ) {
        self.is_under_way = true;
        let Some(entry) = self.flag_name(argument, flag, rule) else {
            for (at, raw) in given {
                self.drop_value(*at, raw);
            }
            return;
        };
        let is_negation = kind == NameKind::Negation;
        let is_switch = self.tree.takes(flag).0 == Takes::Nothing;
        let mut values = Vec::new();
        if is_switch && given.is_empty() {
            values.extend(Value::new(if is_negation { "false" } else { "true" }));
        }
        for (at, raw) in given {
            let judged = if is_switch {
                vec![judge_switch_value(raw, self.tree.dialect(), is_negation)]
            } else {
                judge(raw, self.tree.flag_values(flag))
            };
            let already = self.command.flags.get(entry).map_or(0, |flag| flag.values.len()) + values.len();
            values.extend(self.settle(*at, Part::FlagValue, raw, judged, (Some(entry), already)));
        }
        if let Some(entry) = self.command.flags.get_mut(entry) {
            for value in values {
                if !entry.values.contains(&value) {
                    entry.values.push(value);
                }
            }
        }
    }

    /// Keeps a flag's name, once for all its uses. Its place among the flags, unless there are too many.
    pub(super) fn flag_name(&mut self, argument: usize, flag: FlagId, rule: &'static str) -> Option<usize> {
        let name = self.tree.flag_name(flag);
        self.found(argument, Part::FlagName, Verdict::Kept, rule, Some(name.to_owned()));
        let known = self.command.flags.iter().position(|known| known.name.as_str() == name);
        match (known, Word::new(name)) {
            (Some(entry), _) => Some(entry),
            (None, Ok(name)) if self.command.flags.len() < MAX_FLAGS => {
                self.command.flags.push(Flag { name, values: Vec::new() });
                Some(self.command.flags.len() - 1)
            }
            _ => {
                count(&mut self.command.dropped.flags);
                None
            }
        }
    }
}

/// Whether what stands behind a dash is a number for clap: digits, with a dot behind the first of them, and `e` before the
/// last (`is_negative_number` of its `clap_lex`).
pub(super) fn is_number(text: &[u8]) -> bool {
    let (mantissa, exponent) = match text.iter().position(|byte| *byte == b'e') {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let parts = mantissa.split(|byte| *byte == b'.').count();
    let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    !mantissa.is_empty()
        && parts <= 2
        && mantissa[0] != b'.'
        && mantissa.split(|byte| *byte == b'.').all(digits)
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}
