//! The positional arguments of a command, by place.

use super::{Dashes, List, Missing, NodeId, Repeats, Tree, Values};
use crate::policy::image::{Positional, Section};

impl<'a> Tree<'a> {
    fn positionals(self, node: NodeId) -> Section<'a, Positional> {
        self.image.span(self.node(node).map(|node| node.positionals).unwrap_or_default())
    }

    fn positional(self, node: NodeId, index: u32) -> Option<Positional> {
        let rules = self.positionals(node);
        // What has a terminator is one place, however many stand in it.
        let goes_on = |rule: &Positional| repeats(*rule) && rule.terminator.length == 0;
        rules.get(index as usize).or_else(|| rules.last().filter(goes_on))
    }

    /// Whether the positional argument at `index` has a terminator.
    pub(crate) fn has_terminator(self, node: NodeId, index: u32) -> bool {
        self.positional(node, index).is_some_and(|rule| rule.terminator.length > 0)
    }

    /// Whether an argument ends the positional one at `index`.
    pub(crate) fn terminates_positional(self, node: NodeId, index: u32, argument: &[u8]) -> bool {
        self.positional(node, index).is_some_and(|rule| self.ends(rule.terminator, argument))
    }

    /// Whether the next positional argument is at `index` again: as many stand there as there are up to its terminator.
    pub(crate) fn stays_at(self, node: NodeId, index: u32) -> bool {
        self.positional(node, index).is_some_and(|rule| repeats(rule) && rule.terminator.length > 0)
    }

    /// The place behind the positional argument that may be missing.
    pub(crate) fn behind_missing(self, node: NodeId) -> Option<u32> {
        let is_missing = |rule: Positional| Missing::of(rule.missing) == Missing::Possibly;
        let place = self.positionals(node).iter().position(is_missing)?;
        u32::try_from(place + 1).ok()
    }

    /// How many places of positional arguments can be passed over.
    pub(crate) fn passable_places(self, node: NodeId) -> u32 {
        let ended = self.positionals(node).iter().filter(|rule| rule.terminator.length > 0).count();
        // Behind `--` none of those before the last has to be there.
        let missing = self.behind_missing(node).unwrap_or_default();
        missing.saturating_add(u32::try_from(ended).unwrap_or(u32::MAX))
    }

    /// Whether the positional argument at `index` may be one of any number.
    pub(crate) fn takes_many_positionals(self, node: NodeId, index: u32) -> bool {
        self.positional(node, index).is_some_and(|rule| Repeats::of(rule.repeats) == Repeats::Rest)
    }

    /// Whether nothing behind the positional argument at `index` is a flag or a command.
    pub(crate) fn ends_flags(self, node: NodeId, index: u32) -> bool {
        self.positional(node, index).is_some_and(|rule| Repeats::of(rule.repeats) == Repeats::All)
    }

    /// What begins with a dash, and is no flag, where the positional argument at `index` is expected.
    pub(crate) fn dashes_at(self, node: NodeId, index: u32) -> Dashes {
        self.positional(node, index).map_or(Dashes::Flags, |rule| Dashes::of(rule.dashes))
    }

    /// How the positional argument at `index` is judged.
    pub(crate) fn positional_values(self, node: NodeId, index: u32) -> Values<'a> {
        let rule = self.positional(node, index);
        let judge = rule.and_then(|rule| self.judge(rule.rule));
        Values { judge, list: rule.map_or(List::None, |rule| List::of(rule.list)) }
    }

    /// Whether a command says anything of positional arguments.
    pub(crate) fn takes_positionals(self, node: NodeId) -> bool {
        !self.positionals(node).is_empty()
    }
}

/// Whether a rule is one of any number of arguments.
fn repeats(rule: Positional) -> bool {
    Repeats::of(rule.repeats) != Repeats::Once
}
