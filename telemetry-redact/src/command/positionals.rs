//! Positional arguments: which of the declared ones a word is.

use telemetry_schema::Positional;

use super::bounds::MAX_POSITIONALS;
use super::flags::is_number;
use super::read::{Expect, Walk, count};
use super::values::{Judgement, judge};
use super::{Part, Verdict};
use crate::Raw;
use crate::policy::{Dashes, Dialect, Subcommands};

impl<'a> Walk<'a> {
    /// What begins with a dash and is no flag here.
    pub(super) fn dashes(&self) -> Dashes {
        match self.expect {
            Expect::Nothing => Dashes::Flags,
            Expect::CommandWord | Expect::Positional => self.tree.dashes_at(self.node, self.place),
        }
    }

    /// Whether clap is in a list of positional arguments that takes flags too.
    pub(super) fn takes_all_dashes(&self) -> bool {
        self.tree.dialect() == Dialect::Clap && self.dashes() == Dashes::Values
    }

    /// A positional argument that begins with a dash.
    pub(super) fn dashed(&mut self, argument: usize) {
        self.expect = Expect::Positional;
        let word = self.bytes(argument);
        self.positional(argument, word);
    }

    pub(super) fn positional(&mut self, argument: usize, word: &'a [u8]) {
        self.pass_missing();
        let index = self.place;
        let is_here = self.expect == Expect::Positional;
        self.flags_ended |= is_here && self.tree.ends_flags(self.node, index);
        self.is_under_way = true;
        if self.end_place(word) {
            self.found(argument, Part::Separator, Verdict::Dropped, "separator", None);
            return;
        }
        count(&mut self.command.positional_count);
        self.in_many = self.tree.takes_many_positionals(self.node, index);
        if !(is_here && self.tree.stays_at(self.node, index)) {
            count(&mut self.place);
        }
        let judged = if is_here {
            judge(word, self.tree.positional_values(self.node, index))
        } else {
            vec![Judgement::dropped(word, "value.not_declared")]
        };
        let values = self.settle(argument, Part::Positional, word, judged, (None, 0));
        if !values.is_empty() && self.command.positionals.len() < MAX_POSITIONALS {
            self.command.positionals.push(Positional { index, values });
        }
    }

    /// Goes on to the next place where an argument is the terminator of this one.
    pub(super) fn end_place(&mut self, argument: &[u8]) -> bool {
        let is_terminator = self.expect != Expect::Nothing
            && self.tree.terminates_positional(self.node, self.place, argument);
        if is_terminator {
            count(&mut self.place);
            self.in_many = false;
        }
        is_terminator
    }

    /// Goes on to the place of the next word where an argument before it is missing.
    fn pass_missing(&mut self) {
        let Some(behind) = self.tree.behind_missing(self.node) else { return };
        if self.flags_ended {
            // clap comes back to it behind its terminator.
            let is_ended = self.place == behind + 1 && self.tree.has_terminator(self.node, behind);
            if self.place < behind || is_ended {
                self.place = behind;
            }
        } else if self.place + 1 == behind && !self.tree.has_terminator(self.node, self.place) {
            match self.is_followed() {
                Some(true) => {}
                Some(false) => self.place = behind,
                // What follows may be a command's.
                None => (self.expect, self.flags_ended) = (Expect::Nothing, true),
            }
        }
    }

    /// Whether the next argument is a word too, be it a value or a flag's name in a place that takes dashes. None where
    /// clap may take it for a command that we do not.
    fn is_followed(&self) -> Option<bool> {
        let Some(next) = self.argv.get(self.next).map(Raw::bytes) else { return Some(false) };
        // clap looks for commands before it notes the argument that it is at.
        let looks_for_commands = self.tree.subcommands(self.node) != Subcommands::First || !self.is_under_way;
        match next {
            b"--" => Some(true),
            b"" if looks_for_commands && self.tree.has_children(self.node) => None,
            word if looks_for_commands && self.command_word(word).is_some() => Some(false),
            [b'-', rest @ ..] if !rest.is_empty() => match self.tree.dashes_at(self.node, self.place) {
                Dashes::Flags => Some(false),
                Dashes::Values => Some(true),
                Dashes::Numbers => Some(is_number(rest)),
            },
            _ => Some(true),
        }
    }
}
