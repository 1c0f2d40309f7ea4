//! Flags that are not declared where they stand: declared for the command named later, for another command, nearly
//! declared, or not at all.

use telemetry_schema::Place;

use super::read::{Walk, canonical_or_alias, count};
use super::values::Judgement;
use super::{Part, Verdict};
use crate::near::nearest;
use crate::policy::{Dialect, FlagId, NodeId, Takes};

/// A flag that the command it followed does not declare. With pflag the command named later may.
pub(super) struct UnknownFlag<'a> {
    pub(super) argument: usize,
    pub(super) node: NodeId,
    pub(super) name: Name<'a>,
    /// The value that goes with it, and the argument it stands in.
    pub(super) value: Option<(usize, &'a [u8])>,
}

pub(super) enum Name<'a> {
    Long(&'a [u8]),
    Short(char),
    /// Bytes that are no flag name at all.
    Odd,
}

impl<'a> Walk<'a> {
    /// Looks the unknown flags up again, now that the command is known.
    pub(super) fn settle_unknown_flags(&mut self) {
        for unknown in std::mem::take(&mut self.unknown) {
            let UnknownFlag { argument, node, name, value } = unknown;
            let node = if self.policy.source().dialect == Dialect::Pflag { self.node } else { node };
            let tree = self.policy.tree();
            let text = match name {
                Name::Long(bytes) => std::str::from_utf8(bytes).ok(),
                Name::Short(_) | Name::Odd => None,
            };
            let declared = match name {
                Name::Short(short) => tree.short_flag(node, short),
                Name::Long(_) | Name::Odd => text.and_then(|text| tree.long_flag(node, text)),
            };
            if let Some(flag) = declared {
                self.flag_before_its_command(argument, flag, value);
                continue;
            }
            // A word of the policy, in a place that is not its own: the name says what was wanted, the value goes.
            let elsewhere = text.and_then(|text| tree.flag_anywhere(text));
            if let Some(flag) = elsewhere {
                self.flag_name(argument, flag, "flag.declared_elsewhere");
                self.drop_value(value);
                continue;
            }
            let below: Vec<&str> = tree.flags_of(node).flat_map(|flag| tree.flag_names(flag)).collect();
            if let Some((typed, near)) = text.and_then(|text| Some((text, nearest(text, below.into_iter())?)))
            {
                let meant = tree
                    .long_flag(node, near)
                    .map_or(near, |flag| canonical_or_alias(near, tree.flag_name(flag)));
                self.misspelling(argument, Part::FlagName, Place::Flag, typed, meant);
            } else {
                count(&mut self.command.dropped.flags);
                if let Name::Long(bytes) = name {
                    self.drop_raw(bytes);
                }
                self.found(argument, Part::FlagName, Verdict::Dropped, "flag.not_declared", None);
            }
            self.drop_value(value);
        }
    }

    /// What stands where the value of an unknown flag would.
    fn drop_value(&mut self, value: Option<(usize, &'a [u8])>) {
        if let Some((at, raw)) = value {
            self.settle(at, Part::FlagValue, raw, vec![Judgement::dropped("value.of_unknown_flag")], 0);
        }
    }

    /// A flag that stood before the words of its command. A switch does not own the word that was taken for its value.
    fn flag_before_its_command(&mut self, argument: usize, flag: FlagId, value: Option<(usize, &'a [u8])>) {
        let takes = self.flag_rule(flag).map_or(Takes::Nothing, |rule| rule.takes);
        let separate = value.filter(|(at, _)| *at != argument);
        match separate.filter(|_| takes != Takes::Value) {
            Some((at, raw)) => {
                self.flag(argument, flag, None);
                self.settle(at, Part::FlagValue, raw, vec![Judgement::dropped("value.of_unknown_flag")], 0);
            }
            None => self.flag(argument, flag, value),
        }
    }
}
