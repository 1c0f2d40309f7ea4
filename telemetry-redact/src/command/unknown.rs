//! Flags that are not declared where they stand: declared for the command named later, for another command, nearly
//! declared, or not at all.

use telemetry_schema::Place;

use super::read::{Argument, Walk, count, meant};
use super::{Part, Verdict};
use crate::near::nearest;
use crate::policy::{Dialect, FlagId, NameKind, NodeId, Takes};

/// A flag that the command it followed does not declare. With pflag the command named later may.
pub(super) struct UnknownFlag<'a> {
    pub(super) argument: usize,
    pub(super) node: NodeId,
    pub(super) name: Name<'a>,
    /// The value that goes with it, and the argument it stands in.
    pub(super) value: Option<Argument<'a>>,
}

pub(super) enum Name<'a> {
    Long(&'a [u8]),
    /// Letters, the first of which is not known, and what is glued to them.
    Shorts(&'a [u8]),
}

impl<'a> Walk<'a> {
    /// Looks the unknown flags up again, now that the command is known.
    pub(super) fn settle_unknown_flags(&mut self) {
        for unknown in std::mem::take(&mut self.unknown) {
            let UnknownFlag { argument, node, name, value } = unknown;
            let tree = self.tree;
            let node = if tree.dialect() == Dialect::Pflag { self.node } else { node };
            let name = match name {
                Name::Long(name) => name,
                Name::Shorts(shorts) => {
                    self.settle_shorts(argument, node, shorts, value);
                    continue;
                }
            };
            let text = std::str::from_utf8(name).ok();
            let declared = text.and_then(|text| self.known_flag(node, text));
            if let Some((flag, kind, rule)) = declared {
                if kind == NameKind::Deprecated {
                    self.deprecated(Place::Flag, text.unwrap_or_default());
                }
                self.flag_before_its_command(argument, flag, (kind, rule), value);
                continue;
            }
            // A word of the policy, in a place that is not its own: the name says what was wanted, the value goes.
            let elsewhere = text.and_then(|text| tree.flag_anywhere(text));
            if let Some(flag) = elsewhere {
                self.flag_name(argument, flag, "flag.declared_elsewhere");
                if let Some((at, raw)) = value {
                    self.drop_value(at, raw);
                }
                continue;
            }
            let below: Vec<&str> = tree.flags_of(node).flat_map(|flag| tree.flag_names(flag)).collect();
            if let Some((typed, near)) = text.and_then(|text| Some((text, nearest(text, below.into_iter())?)))
            {
                let meant = tree
                    .long_flag(node, near)
                    .map_or(near, |(flag, _)| meant(typed, near, tree.flag_name(flag)));
                self.misspelling(argument, Part::FlagName, Place::Flag, typed, meant);
            } else {
                count(&mut self.command.dropped.flags);
                self.drop_raw(name);
                self.found(argument, Part::FlagName, Verdict::Dropped, "flag.not_declared", None);
            }
            if let Some((at, raw)) = value {
                self.drop_value(at, raw);
            }
        }
    }

    /// Letters that the command they followed does not declare: the one named later may declare all of them. `value`
    /// is the argument that was taken for the value of a letter by itself.
    fn settle_shorts(
        &mut self,
        argument: usize,
        node: NodeId,
        mut shorts: &'a [u8],
        value: Option<Argument<'a>>,
    ) {
        let named = (NameKind::Canonical, "flag.declared");
        while let Some((first, after)) = shorts.split_first() {
            let flag = first.is_ascii().then(|| self.tree.short_flag(node, char::from(*first))).flatten();
            let glued = (!after.is_empty()).then_some((argument, after));
            let Some(flag) = flag else {
                // What follows an unknown letter may be its value: all of it goes.
                count(&mut self.command.dropped.flags);
                self.found(argument, Part::FlagName, Verdict::Dropped, "flag.not_declared", None);
                if let Some((at, raw)) = glued.or(value) {
                    self.drop_value(at, raw);
                }
                return;
            };
            let unequal = self.behind_equals(after).map(|after| (argument, after));
            if self.is_bundled(self.tree.takes(flag).0) && unequal.is_none() && glued.is_some() {
                self.flag(argument, flag, named, &[]);
                shorts = after;
                continue;
            }
            return self.flag_before_its_command(argument, flag, named, unequal.or(glued).or(value));
        }
    }

    /// A flag that stood before the words of its command. A switch does not own the word that was taken for its value.
    fn flag_before_its_command(
        &mut self,
        argument: usize,
        flag: FlagId,
        named: (NameKind, &'static str),
        value: Option<Argument<'a>>,
    ) {
        let takes_next = !matches!(self.tree.takes(flag).0, Takes::Nothing | Takes::OptionalValue);
        match value {
            Some((at, raw)) if at != argument && !takes_next => {
                self.flag(argument, flag, named, &[]);
                self.drop_value(at, raw);
            }
            _ => self.flag(argument, flag, named, value.as_slice()),
        }
    }
}
