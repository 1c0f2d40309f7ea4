//! What the process knows to be the user's, taken out wherever it stands.

use std::collections::BTreeMap;

use super::Lexicon;
use super::lex::{Fate, Kind, Token, Why};
use super::normalise::normalise;

/// Shorter values are letters and digits that stand everywhere.
const MIN_LENGTH: usize = 2;

/// Fewer marks than these stand in any text.
const MIN_MARKS: usize = 4;

/// From this length a value is also looked for inside of identifiers.
const MIN_INSIDE: usize = 4;

/// The known values, as runs of letters and digits: what stands between those (spaces, quotes, escapes, line breaks)
/// differs with the way a value was written. Forms with percent or backslash escapes need no run of their own: a word
/// with an escape in it is dropped whatever it says.
#[derive(Default)]
pub(super) struct Known {
    values: Vec<Vec<String>>,
    /// Values of marks alone, such as some passwords.
    marks: Vec<String>,
    by_first: BTreeMap<String, Vec<usize>>,
}

impl Known {
    pub(super) fn new(values: &[&str], lexicon: &dyn Lexicon) -> Self {
        let mut known = Self::default();
        for value in values {
            let value = normalise(value);
            let value = value.trim();
            let atoms: Vec<String> = atoms(value).map(|(_, atom)| atom.to_ascii_lowercase()).collect();
            if value.len() < MIN_LENGTH || lexicon.declares(value) {
                continue;
            }
            match atoms.first() {
                Some(first) => {
                    known.by_first.entry(first.clone()).or_default().push(known.values.len());
                    known.values.push(atoms);
                }
                None if value.len() >= MIN_MARKS => known.marks.push(value.to_owned()),
                None => {}
            }
        }
        known
    }

    /// Drops the tokens that a known value covers.
    pub(super) fn mark(&self, text: &str, tokens: &mut [Token<'_>]) {
        for value in &self.marks {
            for (start, _) in text.match_indices(value.as_str()) {
                let first = tokens.partition_point(|token| token.end() <= start);
                let covered =
                    tokens[first..].iter_mut().take_while(|token| token.start() < start + value.len());
                for token in covered
                    .filter(|token| !matches!(token.kind, Kind::Space | Kind::Line | Kind::Placeholder))
                {
                    token.fate = Fate::Drop(Why::KnownValue);
                }
            }
        }
        if self.values.is_empty() {
            return;
        }
        let found: Vec<(usize, String)> = tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| matches!(token.kind, Kind::Word | Kind::Slot))
            .flat_map(|(index, token)| {
                atoms(token.text).map(move |(_, atom)| (index, atom.to_ascii_lowercase()))
            })
            .collect();
        for at in 0..found.len() {
            for value in self.by_first.get(&found[at].1).into_iter().flatten() {
                let value = &self.values[*value];
                let Some(here) = found.get(at..at + value.len()) else { continue };
                if here.iter().zip(value).all(|((_, atom), known)| atom == known) {
                    for (index, _) in here {
                        tokens[*index].fate = Fate::Drop(Why::KnownValue);
                    }
                }
            }
        }
        for token in tokens.iter_mut().filter(|token| matches!(token.kind, Kind::Word | Kind::Slot)) {
            if is_compound(token.text) && self.is_inside(token.text) {
                token.fate = Fate::Drop(Why::KnownValue);
            }
        }
    }

    fn is_inside(&self, text: &str) -> bool {
        let text: String = atoms(text).map(|(_, atom)| atom.to_ascii_lowercase()).collect();
        self.values
            .iter()
            .map(|value| value.concat())
            .any(|value| value.len() >= MIN_INSIDE && text.contains(&value))
    }
}

/// Words written together, by capitals or marks.
fn is_compound(text: &str) -> bool {
    text.bytes().any(|b| !b.is_ascii_alphanumeric()) || text.bytes().skip(1).any(|b| b.is_ascii_uppercase())
}

/// Runs of letters and digits, with where they begin.
fn atoms(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|atom| !atom.is_empty())
        .map(move |atom| (atom.as_ptr() as usize - text.as_ptr() as usize, atom))
}
