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

mod cache;
mod clauses;
mod codes;
mod fill;
mod known;
mod lex;
mod lexicon;
mod lines;
mod lists;
mod marks;
mod normalise;
mod numbers;
mod phrases;
mod slots;
mod statuses;
mod table;
mod templates;
mod vocabulary;
mod words;

pub(crate) use cache::Cache;
pub use codes::CODES;
pub(crate) use fill::fill;
pub(crate) use lexicon::{Lexicon, NoLexicon};
pub(crate) use normalise::{is_invisible, normalise};
pub(crate) use templates::{Part, Template, parts as template_parts};

use telemetry_schema::ErrorCode;

use crate::TextFinding;
use crate::detect::{self, Kind as Detected};
use crate::hash::Fnv1a64;
use cache::AtRest;
use known::Known;
use lex::{Fate, Kind, Lexed, Token};

/// Everything that can stand in the place of what was taken out.
pub const PLACEHOLDERS: &[&str] =
    &["<value>", "<path>", "<url>", "<email>", "<ip>", "<host>", "<id>", "<number>", "<secret>"];

/// A redacted text.
pub(crate) struct Redaction {
    pub(crate) text: String,
    pub(crate) findings: Vec<TextFinding>,
    pub(crate) code: Option<ErrorCode>,
    /// Of the wording: what was taken out and what stands in slots has no part in it.
    pub(crate) fingerprint: u64,
}

/// How often a changed text is gone over until it stays as it is. A placeholder is judged like the value it stands
/// for, so the first repetition nearly always changes nothing.
const MAX_PASSES: usize = 4;

/// Redacts one error text. Pure, since a cache changes nothing but the time it takes; linear in the length of the text,
/// which is bounded.
pub(crate) fn redact(
    input: &str,
    lexicon: &dyn Lexicon,
    known_values: &[&str],
    cache: Option<&Cache<ErrorCode>>,
) -> Redaction {
    let mut tally = Tally::default();
    if input.len() > normalise::MAX_BYTES {
        tally.note("text.too_long");
    }
    let normal = normalise(input);
    let at_rest = |text: &str| cache.and_then(|cache| cache.get(text));
    if known_values.is_empty()
        && let Some(AtRest { code, fingerprint }) = at_rest(&normal)
    {
        return Redaction { text: normal.into_owned(), findings: tally.findings(), code, fingerprint };
    }
    let known = Known::new(known_values, lexicon);
    let mut last = pass(&normal, lexicon, &known, &mut tally);
    // A text from which nothing was taken is at rest: what is known can only take out more.
    let mut settled = last.text == *normal;
    for _ in 0..MAX_PASSES {
        if settled {
            break;
        }
        if let Some(AtRest { code, fingerprint }) = at_rest(&last.text) {
            return Redaction { text: last.text, findings: tally.findings(), code, fingerprint };
        }
        let again = pass(&last.text, lexicon, &Known::default(), &mut Tally::default());
        settled = again.text == last.text;
        last = again;
    }
    if !settled {
        // A text that does not come to rest cannot be told from one that leaks.
        last = pass("<value>", lexicon, &Known::default(), &mut Tally::default());
    }
    let Pass { text, begins, code, fingerprint: Fnv1a64(fingerprint) } = last;
    let code = code.or_else(|| codes::code_of(&text, &begins));
    let code = code.and_then(|code| ErrorCode::new(code).ok());
    if let Some(cache) = cache {
        cache.put(&text, AtRest { code: code.clone(), fingerprint });
    }
    Redaction { text, findings: tally.findings(), code, fingerprint }
}

/// What was taken out, by rule.
#[derive(Default)]
struct Tally(Vec<TextFinding>);

impl Tally {
    fn note(&mut self, rule: &'static str) {
        match self.0.iter_mut().find(|finding| finding.rule == rule) {
            Some(finding) => finding.count = finding.count.saturating_add(1),
            None => self.0.push(TextFinding { rule, count: 1 }),
        }
    }

    fn findings(mut self) -> Vec<TextFinding> {
        self.0.sort_unstable_by_key(|finding| finding.rule);
        self.0
    }
}

/// What one pass makes of a text.
struct Pass<'l> {
    text: String,
    /// Where words begin that could tell the class of an error.
    begins: Vec<usize>,
    /// The class that a template tells.
    code: Option<&'l str>,
    fingerprint: Fnv1a64,
}

fn pass<'l>(text: &str, lexicon: &'l dyn Lexicon, known: &Known, tally: &mut Tally) -> Pass<'l> {
    let Lexed { mut tokens, code } = lex::lex(text, lexicon);
    known.mark(text, &mut tokens);
    clauses::mark(text, &mut tokens, lexicon);
    words::mark(text, &mut tokens, lexicon);
    let out = String::with_capacity(text.len() + 16);
    let mut rebuild = Rebuild { out, begins: Vec::new(), fingerprint: Fnv1a64::default(), tally };
    for token in &tokens {
        if !rebuild.put(token) {
            break;
        }
    }
    let Rebuild { out, begins, fingerprint, tally: _ } = rebuild;
    Pass { text: out, begins, code, fingerprint }
}

/// In a fingerprint: whatever stands in a slot.
const SLOT: u8 = 0;

/// The text as it grows.
struct Rebuild<'a> {
    out: String,
    begins: Vec<usize>,
    fingerprint: Fnv1a64,
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
            Fate::Replace(rule, placeholder) => (placeholder, Some(rule)),
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
        if rule.is_none() && token.kind == Kind::Word && token.lists.is(lists::BEGINS_CODE) {
            self.begins.push(self.out.len());
        }
        self.out.push_str(kept);
        self.fingerprint = match token.kind {
            _ if rule.is_some() => self.fingerprint.with(SLOT),
            Kind::Slot | Kind::Placeholder => self.fingerprint.with(SLOT),
            Kind::Space => self.fingerprint.with(b' '),
            Kind::Word if kept.bytes().all(|b| b.is_ascii_digit()) => self.fingerprint.with(SLOT),
            _ => kept.bytes().fold(self.fingerprint, |hash, byte| hash.with(byte.to_ascii_lowercase())),
        };
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
