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

mod blocks;
mod cache;
mod chunks;
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
pub(crate) use templates::Template;
#[cfg(feature = "source")]
pub(crate) use templates::{Part, parts as template_parts};

use std::borrow::Cow;

use telemetry_schema::ErrorCode;

use crate::TextFinding;
use crate::detect::{self, Kind as Detected};
use crate::hash::Fnv1a64;
use cache::AtRest;
use known::Known;
use lex::{Fate, Kind, Lexed, Token, Why};

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
    let mut text = normalise(input);
    let mut known = (!known_values.is_empty()).then(|| Known::new(known_values, lexicon));
    for round in 0..=MAX_PASSES {
        // What is known can only take out more.
        if known.is_none()
            && let Some(at_rest) = cache.and_then(|cache| cache.get(&text))
        {
            return at_rest.redaction(text, tally);
        }
        let mut again = Tally::default();
        let tally_of_round = if round == 0 { &mut tally } else { &mut again };
        match pass(&text, lexicon, known.take().as_ref(), tally_of_round) {
            Pass::AtRest(at_rest) => {
                if let Some(cache) = cache {
                    cache.put(&text, at_rest.clone());
                }
                return at_rest.redaction(text, tally);
            }
            Pass::Changed(changed) => text = Cow::Owned(changed),
        }
    }
    // A text that does not come to rest cannot be told from one that leaks.
    let text = Cow::Borrowed("<value>");
    let at_rest = match pass(&text, lexicon, None, &mut Tally::default()) {
        Pass::AtRest(at_rest) => at_rest,
        Pass::Changed(_) => AtRest { code: None, fingerprint: 0 },
    };
    at_rest.redaction(text, tally)
}

impl AtRest<ErrorCode> {
    fn redaction(self, text: Cow<'_, str>, tally: Tally) -> Redaction {
        let Self { code, fingerprint } = self;
        Redaction { text: text.into_owned(), findings: tally.findings(), code, fingerprint }
    }
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
enum Pass {
    /// It stays as it is.
    AtRest(AtRest<ErrorCode>),
    Changed(String),
}

fn pass(text: &str, lexicon: &dyn Lexicon, known: Option<&Known>, tally: &mut Tally) -> Pass {
    let Lexed { mut tokens, code } = lex::lex(text, lexicon);
    if let Some(known) = known {
        known.mark(text, &mut tokens);
    }
    clauses::mark(text, &mut tokens, lexicon);
    words::mark(text, &mut tokens, lexicon);
    if let Some(rebuilt) = Rebuild::default().all(text, &tokens, tally).filter(|rebuilt| rebuilt != text) {
        return Pass::Changed(rebuilt);
    }
    let begins = tokens.iter().filter(|token| token.kind == Kind::Word && token.lists.is(lists::BEGINS_CODE));
    let begins = begins.filter(|token| !token.is_gone()).map(Token::start);
    let code = code.or_else(|| codes::code_of(text, begins));
    let code = code.and_then(|code| ErrorCode::new(code).ok());
    Pass::AtRest(AtRest { code, fingerprint: fingerprint(&tokens).0 })
}

/// The wording of a text that stays as it is: what stands in slots has no part in it.
fn fingerprint(tokens: &[Token<'_>]) -> Fnv1a64 {
    const SLOT: u8 = 0;
    tokens.iter().fold(Fnv1a64::default(), |hash, token| match token.kind {
        Kind::Slot | Kind::Placeholder => hash.with(SLOT),
        Kind::Space => hash.with(b' '),
        Kind::Word if token.is_number() || token.is_gone() => hash.with(SLOT),
        _ => token.text.bytes().fold(hash, |hash, byte| hash.with(byte.to_ascii_lowercase())),
    })
}

/// The text as it grows.
#[derive(Default)]
struct Rebuild {
    out: String,
    /// Up to where the text before it is dealt with.
    done: usize,
}

impl Rebuild {
    /// The text with placeholders, if there are any. No more than fits into what a second redaction reads, so that it is
    /// not cut then.
    fn all(mut self, text: &str, tokens: &[Token<'_>], tally: &mut Tally) -> Option<String> {
        // No token is shorter than one byte, and no placeholder longer than these.
        const LONGEST: usize = {
            let (mut longest, mut at) = (0, 0);
            while at < PLACEHOLDERS.len() {
                if PLACEHOLDERS[at].len() > longest {
                    longest = PLACEHOLDERS[at].len();
                }
                at += 1;
            }
            longest
        };
        let may_be_long = text.len() > normalise::MAX_BYTES / LONGEST;
        for token in tokens {
            let is_kept = matches!(token.fate, Fate::Open | Fate::Keep) && token.kind != Kind::Placeholder;
            if is_kept && !may_be_long {
                continue;
            }
            let (put, rule) = match token.fate {
                Fate::Open | Fate::Keep => (token.text, None),
                Fate::Drop(why) => {
                    let Detected { placeholder, rule } = detect::kind_of(token.text, token.shape)
                        .unwrap_or(Detected { placeholder: "<value>", rule: why.rule() });
                    (placeholder, Some(rule))
                }
                Fate::Replace(placeholder) => (placeholder.text(), Some(Why::Slot.rule())),
            };
            if let Some(rule) = rule {
                tally.note(rule);
            }
            let is_placeholder = rule.is_some() || token.kind == Kind::Placeholder;
            if is_placeholder {
                if self.done == 0 {
                    self.out = String::with_capacity(text.len() + 16);
                }
                self.keep(text, token.start());
                self.done = token.end();
                if self.repeats(put) {
                    continue;
                }
            }
            // What is kept is put together with what follows it.
            let pending = token.start().saturating_sub(self.done);
            if self.out.len() + pending + put.len() > normalise::MAX_BYTES {
                self.keep(text, token.start());
                tally.note("text.too_long");
                return Some(self.out);
            }
            if is_placeholder {
                self.out.push_str(put);
            }
        }
        let is_same = self.done == 0;
        self.keep(text, if is_same { 0 } else { text.len() });
        (!is_same).then_some(self.out)
    }

    /// Puts what stands before a place and is not dealt with.
    fn keep(&mut self, text: &str, end: usize) {
        self.out.push_str(text.get(self.done..end).unwrap_or_default());
        self.done = end;
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

/// One of [`PLACEHOLDERS`], by its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placeholder(u8);

impl Placeholder {
    /// The placeholder with this name between its brackets.
    fn named(name: &str) -> Option<Self> {
        let inner = |text: &'static str| text.strip_prefix('<')?.strip_suffix('>');
        let place = PLACEHOLDERS.iter().position(|text| inner(text) == Some(name))?;
        u8::try_from(place).ok().map(Self)
    }

    fn text(self) -> &'static str {
        PLACEHOLDERS.get(usize::from(self.0)).copied().unwrap_or("<value>")
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
