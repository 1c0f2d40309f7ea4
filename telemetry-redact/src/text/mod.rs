//! Error text: rebuilt from declared words, a closed vocabulary and placeholders.
//!
//! 1. **Normalise**: what cannot be seen is taken out, compatibility forms are folded.
//! 2. **Slots before words**: what stands in quotes, after `=`, in brackets or after a closing colon belongs to the
//!    user, even when it is made of dictionary words. It is kept only if the whole of it is declared.
//! 3. **Words**: what is left is kept only if it is declared or in the vocabulary.
//! 4. **Placeholders** stand for everything else, by what the detectors say it is.
//!
//! White space and ASCII punctuation stay as they were, so that a text of allowed words comes back byte for byte.

mod codes;
mod lexicon;
mod lists;
mod normalise;
mod slots;
mod vocabulary;
mod words;

pub use codes::CODES;
pub(crate) use lexicon::{Lexicon, NoLexicon};

use std::collections::BTreeMap;

use crate::TextFinding;
use crate::detect::{self, Kind};

/// Everything that can stand in the place of what was taken out.
pub const PLACEHOLDERS: &[&str] =
    &["<value>", "<path>", "<url>", "<email>", "<ip>", "<host>", "<id>", "<number>", "<secret>"];

/// A redacted text.
pub(crate) struct Redaction {
    pub(crate) text: String,
    pub(crate) findings: Vec<TextFinding>,
    pub(crate) code: Option<&'static str>,
}

/// How often a text is gone over until it stays as it is. One pass is enough for nearly all; what a placeholder does to
/// its surroundings is settled by the second.
const MAX_PASSES: usize = 4;

/// Redacts one error text. Pure; linear in the length of the text, which is bounded.
pub(crate) fn redact(input: &str, lexicon: &dyn Lexicon, known_values: &[&str]) -> Redaction {
    let known: Vec<String> = known_values.iter().filter_map(|value| known_value(value)).collect();
    let mut counts = BTreeMap::new();
    let mut text = pass(input, lexicon, &known, &mut counts);
    let mut settled = false;
    for _ in 0..MAX_PASSES {
        let again = pass(&text, lexicon, &[], &mut BTreeMap::new());
        settled = again == text;
        if settled {
            break;
        }
        text = again;
    }
    if !settled {
        // A text that does not come to rest cannot be told from one that leaks.
        "<value>".clone_into(&mut text);
    }
    let code = codes::code_of(&text);
    let findings = counts.into_iter().map(|(rule, count)| TextFinding { rule, count }).collect();
    Redaction { text, findings, code }
}

/// Shorter values turn up by chance in every text.
const MIN_KNOWN: usize = 3;

fn known_value(value: &str) -> Option<String> {
    let value = normalise::normalise(value).trim().to_lowercase();
    (value.chars().count() >= MIN_KNOWN).then_some(value)
}

fn pass(
    input: &str,
    lexicon: &dyn Lexicon,
    known: &[String],
    counts: &mut BTreeMap<&'static str, u32>,
) -> String {
    let mut rebuild = Rebuild { lexicon, known, counts, out: String::with_capacity(input.len()) };
    if input.len() > normalise::MAX_BYTES {
        rebuild.note("text.too_long");
    }
    let text = normalise::normalise(input);
    slots::walk(&text, &mut rebuild);
    rebuild.out
}

/// The text as it grows.
struct Rebuild<'a> {
    lexicon: &'a dyn Lexicon,
    known: &'a [String],
    counts: &'a mut BTreeMap<&'static str, u32>,
    out: String,
}

impl Rebuild<'_> {
    fn note(&mut self, rule: &'static str) {
        let count = self.counts.entry(rule).or_default();
        *count = count.saturating_add(1);
    }

    /// Puts what is kept.
    fn keep(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Puts a placeholder for what is not. Two of a kind with nothing but a space between them are one, so that the
    /// number of somebody's words is not told.
    fn drop(&mut self, token: &str, rule: &'static str) {
        let Kind { placeholder, rule } = detect::kind(token).unwrap_or(Kind { placeholder: "<value>", rule });
        self.note(rule);
        let before = self.out.trim_end_matches(' ');
        if before.len() < self.out.len() && before.ends_with(placeholder) {
            self.out.truncate(before.len());
        } else {
            self.out.push_str(placeholder);
        }
    }

    /// Whether a text is, or holds, what the process knows to be the user's.
    fn is_known(&self, text: &str) -> bool {
        if self.known.is_empty() || self.lexicon.declares(text) {
            return false;
        }
        let lower = text.to_lowercase();
        self.known.iter().any(|known| lower == *known || (known.len() > 5 && lower.contains(known.as_str())))
    }
}

/// The placeholder a text begins with.
fn placeholder_at(text: &str) -> Option<&'static str> {
    PLACEHOLDERS.iter().find(|placeholder| text.starts_with(**placeholder)).copied()
}

#[cfg(test)]
mod tests;
