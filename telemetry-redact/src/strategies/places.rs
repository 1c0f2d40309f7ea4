//! Which positional argument a word is, read off the policy's source: the other witness of what stands where.

use crate::policy::{Missing, PositionalRule, Repeats};

/// What stands right behind a word.
#[derive(Clone, Copy)]
pub(super) enum Next {
    Nothing,
    Flag,
    /// `--`, or another word that is no command.
    Word,
}

/// The places of a command, as far as a line has come.
pub(super) struct Places<'a> {
    rules: &'a [PositionalRule],
    place: usize,
    /// Whether nothing is a flag or command any more.
    is_separated: bool,
}

impl<'a> Places<'a> {
    pub(super) fn of(rules: &'a [PositionalRule]) -> Self {
        Self { rules, place: 0, is_separated: false }
    }

    /// Behind `--`.
    pub(super) fn separate(&mut self) {
        self.is_separated = true;
    }

    fn is_ended(&self, place: usize) -> bool {
        self.rules.get(place).is_some_and(|rule| rule.terminator.is_some())
    }

    /// The place of the next word and its rule. None where it is a terminator.
    pub(super) fn word(&mut self, text: &str, next: Next) -> Option<(u32, Option<&'a PositionalRule>)> {
        let missing = self.rules.iter().position(|rule| rule.missing == Missing::Possibly);
        if let Some(missing) = missing {
            let is_skipped = if self.is_separated {
                self.place <= missing || self.place == missing + 2 && self.is_ended(missing + 1)
            } else {
                self.place == missing && !self.is_ended(missing) && !matches!(next, Next::Word)
            };
            self.place = if is_skipped { missing + 1 } else { self.place };
        }
        let goes_on =
            self.rules.last().filter(|rule| rule.repeats != Repeats::Once && rule.terminator.is_none());
        let rule = self.rules.get(self.place).or(goes_on);
        self.is_separated |= rule.is_some_and(|rule| rule.repeats == Repeats::All);
        let index = u32::try_from(self.place).unwrap_or(u32::MAX);
        if rule.is_some_and(|rule| rule.terminator.as_deref() == Some(text)) {
            self.place += 1;
            return None;
        }
        if !(self.is_ended(self.place) && rule.is_some_and(|rule| rule.repeats != Repeats::Once)) {
            self.place += 1;
        }
        Some((index, rule))
    }
}
