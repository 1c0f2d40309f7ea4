//! Error text: rebuilt from declared words, a closed vocabulary and placeholders.
//!
//! A text goes through four stages, each a module:
//!
//! 1. `normalise`: what cannot be seen is taken out, compatibility forms are folded;
//! 2. `lex`: the text becomes tokens that cover it without gaps: words, marks, space, slots, placeholders;
//! 3. `clauses`, `slots` and `words` judge each token. **Slots before words**: what stands in quotes, in brackets,
//!    after `=` or after a colon is the user's, even when it is made of dictionary words;
//! 4. `Rebuild` writes what is kept and a typed placeholder for what is not.
//!
//! The judges only ever keep a token as it stands or drop it, so every token of the output is a word of the
//! vocabulary, a declared word, a mark, space or a placeholder, and a text of allowed words comes back byte for byte.

mod clauses;
mod codes;
mod known;
mod lex;
mod lexicon;
mod marks;
mod normalise;
mod phrases;
mod slots;
mod table;
mod vocabulary;
mod wordings;
mod words;

pub use codes::CODES;
pub(crate) use lexicon::{Lexicon, NoLexicon};
pub(crate) use normalise::{is_invisible, normalise};

use std::collections::BTreeMap;

use crate::TextFinding;
use crate::detect::{self, Kind as Detected};
use known::Known;
use lex::{Fate, Kind, Token};

/// Everything that can stand in the place of what was taken out.
pub const PLACEHOLDERS: &[&str] =
    &["<value>", "<path>", "<url>", "<email>", "<ip>", "<host>", "<id>", "<number>", "<secret>"];

/// A redacted text.
pub(crate) struct Redaction {
    pub(crate) text: String,
    pub(crate) findings: Vec<TextFinding>,
    pub(crate) code: Option<&'static str>,
}

/// How often a changed text is gone over until it stays as it is. A placeholder is judged like the value it stands
/// for, so the first repetition nearly always changes nothing.
const MAX_PASSES: usize = 4;

/// Redacts one error text. Pure; linear in the length of the text, which is bounded.
pub(crate) fn redact(input: &str, lexicon: &dyn Lexicon, known_values: &[&str]) -> Redaction {
    let mut tally = Tally::default();
    if input.len() > normalise::MAX_BYTES {
        tally.note("text.too_long");
    }
    let normal = normalise(input);
    let known = Known::new(known_values, lexicon);
    let mut text = pass(&normal, lexicon, &known, &mut tally);
    // A text from which nothing was taken is at rest: what is known can only take out more.
    let mut settled = text == *normal;
    for _ in 0..MAX_PASSES {
        if settled {
            break;
        }
        let again = pass(&text, lexicon, &Known::default(), &mut Tally::default());
        settled = again == text;
        text = again;
    }
    if !settled {
        // A text that does not come to rest cannot be told from one that leaks.
        "<value>".clone_into(&mut text);
    }
    let code = codes::code_of(&text);
    Redaction { text, findings: tally.findings(), code }
}

/// What was taken out, by rule.
#[derive(Default)]
struct Tally(BTreeMap<&'static str, u32>);

impl Tally {
    fn note(&mut self, rule: &'static str) {
        let count = self.0.entry(rule).or_default();
        *count = count.saturating_add(1);
    }

    fn findings(self) -> Vec<TextFinding> {
        self.0.into_iter().map(|(rule, count)| TextFinding { rule, count }).collect()
    }
}

fn pass(text: &str, lexicon: &dyn Lexicon, known: &Known, tally: &mut Tally) -> String {
    let mut tokens = lex::lex(text);
    known.mark(&mut tokens);
    clauses::mark(text, &mut tokens, lexicon);
    words::mark(text, &mut tokens, lexicon);
    let mut rebuild = Rebuild { out: String::with_capacity(text.len() + 16), tally };
    for token in &tokens {
        if !rebuild.put(token) {
            break;
        }
    }
    rebuild.out
}

/// The text as it grows.
struct Rebuild<'a> {
    out: String,
    tally: &'a mut Tally,
}

impl Rebuild<'_> {
    /// Puts a token; no more than fits into what a second redaction reads, so that it is not cut then.
    fn put(&mut self, token: &Token<'_>) -> bool {
        let (kept, rule) = match token.fate {
            Fate::Open | Fate::Keep => (token.text, None),
            Fate::Drop(rule) => {
                let Detected { placeholder, rule } =
                    detect::kind(token.text).unwrap_or(Detected { placeholder: "<value>", rule });
                (placeholder, Some(rule))
            }
        };
        if let Some(rule) = rule {
            self.tally.note(rule);
        }
        if (rule.is_some() || token.kind == Kind::Placeholder) && self.repeats(kept) {
            return true;
        }
        if self.out.len() + kept.len() > normalise::MAX_BYTES {
            self.tally.note("text.too_long");
            return false;
        }
        self.out.push_str(kept);
        true
    }

    /// Two placeholders of a kind with nothing but spaces between them are one, so that the number of somebody's words
    /// is not told.
    fn repeats(&mut self, placeholder: &str) -> bool {
        let before = self.out.trim_end_matches(' ').len();
        let repeats = self.out[..before].ends_with(placeholder);
        if repeats {
            self.out.truncate(before);
        }
        repeats
    }
}

/// The placeholder a text begins with.
fn placeholder_at(text: &str) -> Option<&'static str> {
    if !text.starts_with('<') {
        return None;
    }
    PLACEHOLDERS.iter().find(|placeholder| text.starts_with(**placeholder)).copied()
}

#[cfg(test)]
mod tests;
