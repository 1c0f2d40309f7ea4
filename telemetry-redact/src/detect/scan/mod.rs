//! Goes over a text and finds what the rules know: tokens, and what only its surroundings or spaces inside tell.
//!
//! Bounded and linear: the text is cut as everywhere, each word is asked a bounded number of times, and what is looked
//! at around a word is of bounded length.

mod context;
mod span;

use std::borrow::Cow;
use std::ops::Range;

use super::row::Reading;
use super::rows;
use super::rule::{Family, Rule};
use super::shape::Shape;
use super::{headed, rule_of, skeleton, table};
use crate::text::normalise;

/// A place in the matched form of a text where a rule found something.
#[derive(Clone)]
pub(crate) struct Hit {
    pub(crate) rule: &'static Rule,
    pub(crate) range: Range<usize>,
}

/// The matched form of a text, and what is found in it, in order and without overlap.
pub(crate) fn hits(text: &str) -> (Cow<'_, str>, Vec<Hit>) {
    let form = match normalise(text) {
        Cow::Borrowed(text) => skeleton::skeleton(text),
        Cow::Owned(text) => Cow::Owned(skeleton::skeleton(&text).into_owned()),
    };
    let mut scanner = Scanner { text: form.as_bytes(), at: 0, words: [b"", b"", b""], hits: Vec::new() };
    scanner.run();
    let mut hits = scanner.hits;
    span::phrases(form.as_bytes(), &mut hits);
    (form, hits)
}

/// The rule of this identifier, which is one of the context's.
fn rule(id: &str) -> Option<&'static Rule> {
    rows::RULES.iter().find(|rule| rule.id() == id)
}

struct Scanner<'t> {
    text: &'t [u8],
    at: usize,
    /// The last words, the latest one first.
    words: [&'t [u8]; 3],
    hits: Vec<Hit>,
}

/// Between these a chunk is asked as a whole.
fn is_break(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>')
}

fn is_opening(byte: u8) -> bool {
    matches!(byte, b'(' | b'[' | b'{' | b',' | b';' | b'|' | b'&' | b'=' | b':' | b'*' | b'!' | b'?')
}

/// At these a chunk falls into pieces.
fn is_separator(byte: u8) -> bool {
    matches!(byte, b'=' | b':' | b',' | b';' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'|' | b'&' | b'!')
}

impl<'t> Scanner<'t> {
    fn run(&mut self) {
        while let Some(byte) = self.text.get(self.at).copied() {
            if is_break(byte) || is_opening(byte) && !self.opens_address() {
                self.at += 1;
            } else if !self.context() && !self.span() {
                self.chunk();
            }
        }
    }

    fn rest(&self) -> &'t [u8] {
        &self.text[self.at..]
    }

    /// `[fe80::1]:443`, `(555) 123-4567` and `{SSHA}…` begin with a bracket of their own.
    fn opens_address(&self) -> bool {
        match self.rest() {
            [b'[', second, ..] => second.is_ascii_hexdigit() || *second == b':',
            [b'(', second, ..] => second.is_ascii_digit(),
            [b':', b':', third, ..] => third.is_ascii_hexdigit(),
            rest => {
                let start = table::start(rest);
                table::probes(rest).iter().any(|probe| probe.holds(start))
            }
        }
    }

    fn found(&mut self, rule: &'static Rule, range: Range<usize>) {
        self.at = range.end.max(self.at + 1);
        self.words = [b""; 3];
        self.hits.push(Hit { rule, range });
    }

    /// What stands up to the next space or quotation mark: one thing, or pieces.
    fn chunk(&mut self) {
        // The rest of a chunk is asked a few times only, so that many marks do not make it dear.
        const RESTS: usize = 4;
        let size = self.rest().iter().position(|byte| is_break(*byte)).unwrap_or(self.rest().len());
        let end = self.at + size;
        for _ in 0..RESTS {
            let core = trimmed(&self.text[self.at..end]);
            let asked = if names_value(core) || is_list(core) { None } else { self.ask(core) };
            if let Some(rule) = asked {
                let range = self.at..self.wrapped(rule, self.at + core.len());
                return self.found(rule, range);
            }
            if self.piece(end) {
                return;
            }
            if self.at >= end || self.context() || self.span() {
                return;
            }
        }
        while self.at < end && !self.piece(end) {}
    }

    /// Asks for what stands before the next separator, and goes behind it. Whether that is the end of the chunk.
    fn piece(&mut self, end: usize) -> bool {
        let size = self.text[self.at..end].iter().position(|byte| is_separator(*byte));
        let piece = &self.text[self.at..self.at + size.unwrap_or(end - self.at)];
        let asked = if size.is_some() { self.ask(piece) } else { None };
        let next = self.at + piece.len();
        match asked {
            Some(rule) => self.found(rule, self.at..next),
            None if !piece.is_empty() => self.words = [piece, self.words[0], self.words[1]],
            None => {}
        }
        self.at = next + usize::from(size.is_some());
        size.is_none()
    }

    /// What a token is, with the words before it.
    fn ask(&self, token: &[u8]) -> Option<&'static Rule> {
        // Letters alone are a word; what is longer may be a token that has no digit by chance.
        const WORD: usize = 16;
        if token.len() < WORD && token.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let text = std::str::from_utf8(token).ok()?;
        let digits = (6..=20).contains(&token.len()) && token.iter().all(u8::is_ascii_digit);
        let cued = if digits { self.cued(token) } else { None };
        cued.or_else(|| rule_of(text).filter(|rule| is_worth(rule, token)))
    }

    /// A number that is digits alone, with a word before it that says which.
    fn cued(&self, token: &[u8]) -> Option<&'static Rule> {
        let said = |cue: &str| self.words.iter().any(|word| is_said(word, cue));
        rows::RULES
            .iter()
            .find(|rule| rule.cues().any(&said) && rule.is_form_of(token) && rule.check.holds(token))
    }

    /// Where a secret ends that was wrapped over lines: they go on as it begins, without a space in them.
    fn wrapped(&self, rule: &Rule, mut end: usize) -> usize {
        const LEAST: usize = 6;
        let goes_on = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=' | b'.')
        };
        if rule.reading != Reading::Lenient && rule.family != Family::Generic {
            return end;
        }
        while let Some(rest) = self.text[end..].strip_prefix(b"\n") {
            let line = &rest[..rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())];
            let random = line.iter().any(u8::is_ascii_digit) && line.iter().any(u8::is_ascii_alphabetic);
            if line.len() < LEAST || !random || !line.iter().all(goes_on) {
                break;
            }
            end += 1 + line.len();
        }
        end
    }
}

/// `name=value`, where the name is no beginning of a secret: the value is asked alone.
fn names_value(chunk: &[u8]) -> bool {
    let name = chunk.iter().take_while(|byte| context::is_of_name(**byte)).count();
    let [b'=', first, ..] = &chunk[name..] else { return false };
    name > 0 && *first != b'=' && headed(chunk).is_none()
}

/// `name=value;name=value`, as connection strings are: each value is asked alone.
fn is_list(chunk: &[u8]) -> bool {
    let mut parts = chunk.split(|byte| *byte == b';');
    let has_name = |part: &[u8]| part.contains(&b'=') && !part.contains(&b'?');
    parts.next().is_some_and(|first| first.len() < chunk.len() && !first.contains(&b'?'))
        && parts.any(has_name)
}

fn is_said(word: &[u8], cue: &str) -> bool {
    let letters = word.iter().filter(|byte| byte.is_ascii_alphabetic()).map(u8::to_ascii_lowercase);
    letters.eq(cue.bytes())
}

/// A chunk without what a sentence puts behind it.
fn trimmed(chunk: &[u8]) -> &[u8] {
    let kept = chunk
        .iter()
        .rposition(|byte| !matches!(byte, b',' | b';' | b':' | b'.' | b')' | b']' | b'}' | b'!' | b'?'));
    let end = kept.map_or(0, |at| at + 1);
    // The bracket of an address is its own.
    let end = if chunk.first() == Some(&b'[') && chunk.get(end) == Some(&b']') { end + 1 } else { end };
    &chunk[..end]
}

/// Whether a find says something of a text in which nothing is declared: two words with a slash are no path.
fn is_worth(rule: &Rule, token: &[u8]) -> bool {
    let shape = Shape::of(token);
    let words = rule.id() == "detect.path" && shape.is_only(Shape::LETTER | Shape::SLASH) && token[0] != b'/';
    // Words and numbers joined by marks, as in the name of a region, change often and are not random.
    let mixed = |part: &[u8]| {
        let shape = Shape::of(part);
        shape.has(Shape::DIGIT) && shape.has_any(Shape::LETTER)
    };
    let words = words
        || rule.id() == "detect.entropy" && !token.split(|byte| !byte.is_ascii_alphanumeric()).any(mixed);
    // A sign before a word, as of a flag or a list.
    !words && shape.has_any(Shape::DIGIT | Shape::LETTER | Shape::BEYOND)
}

#[cfg(test)]
mod tests;
