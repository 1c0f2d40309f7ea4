//! A rule as it is written: one row of data, seen by the compiler alone.

use super::check::Check;
use super::rule::Family;

/// What stands in the place of something found.
pub(super) const SECRET: &str = "<secret>";
pub(super) const ID: &str = "<id>";

/// How strictly a pattern is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As it stands.
    Exact,
    /// A token that was cut short or mistyped is a secret still: the beginning and a good part of the rest will do.
    Lenient,
    /// Asked by the scan alone, for which the pattern is documentation: it depends on what stands around.
    Context,
}

/// A rule. What is kept of it is a [`Rule`](super::Rule).
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) id: &'static str,
    pub(super) family: Family,
    pub(super) placeholder: &'static str,
    pub(super) pattern: &'static str,
    pub(super) reading: Reading,
    pub(super) check: Check,
    /// Words of which one must stand before the form where it is digits alone, which are mostly something else.
    pub(super) cues: &'static [&'static str],
    /// Kinds of bytes that must be there besides those that the pattern says.
    pub(super) needs: u32,
    pub(super) source: &'static str,
}

impl Row {
    pub(super) const fn checked(mut self, check: Check) -> Self {
        self.check = check;
        self
    }

    /// Names bytes that must be there where the pattern leaves them open.
    pub(super) const fn with(mut self, kinds: u32) -> Self {
        self.needs = kinds;
        self
    }

    pub(super) const fn after(mut self, cues: &'static [&'static str]) -> Self {
        self.cues = cues;
        self
    }
}

/// How the rules of one family are written.
#[derive(Clone, Copy)]
pub(super) struct Write(pub(super) Family);

impl Write {
    const fn rule(
        self,
        id: &'static str,
        placeholder: &'static str,
        pattern: &'static str,
        reading: Reading,
        source: &'static str,
    ) -> Row {
        Row {
            id,
            family: self.0,
            placeholder,
            pattern,
            reading,
            check: Check::None,
            cues: &[],
            needs: 0,
            source,
        }
    }

    /// A secret whose beginning tells it: what was cut short is one still.
    pub(super) const fn secret(self, id: &'static str, pattern: &'static str, source: &'static str) -> Row {
        self.rule(id, SECRET, pattern, Reading::Lenient, source)
    }

    /// A secret whose beginning other things have too: only the whole form tells it.
    pub(super) const fn exact(self, id: &'static str, pattern: &'static str, source: &'static str) -> Row {
        self.rule(id, SECRET, pattern, Reading::Exact, source)
    }

    /// What is no secret by itself.
    pub(super) const fn known(
        self,
        id: &'static str,
        placeholder: &'static str,
        pattern: &'static str,
        source: &'static str,
    ) -> Row {
        self.rule(id, placeholder, pattern, Reading::Exact, source)
    }

    /// What only its surroundings tell; the scan has the code for it.
    pub(super) const fn around(self, id: &'static str, pattern: &'static str, source: &'static str) -> Row {
        self.rule(id, SECRET, pattern, Reading::Context, source)
    }
}
