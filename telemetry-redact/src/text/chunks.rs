//! Chunks of a text, between spaces, as tokens: punctuation around words.

use super::lex::{BEFORE_QUOTE, Kind, Lexer, MAX_CHUNK};
use super::marks::{
    SIMPLE, assignment, can_be_opaque, is_alternatives, is_closing, is_opaque, is_opening, is_operator,
    is_simple, without_end,
};
use super::placeholder_at;
use super::table::Lists;
use super::vocabulary::ANY_CASE;
use crate::detect::{self, Shape};

impl<'t> Lexer<'t, '_> {
    /// What stands up to the next space, quotation or placeholder.
    pub(super) fn chunk(&mut self) {
        // What neither ends a chunk nor has to be looked at: no space, quotation mark or bracket.
        const GOES_ON: u32 = !(Shape::SPACE | Shape::CONTROL | Shape::APOSTROPHE | Shape::OTHER);
        let bytes = &self.text.as_bytes()[..self.end];
        let mut end = self.at + self.text[self.at..].chars().next().map_or(1, char::len_utf8);
        loop {
            end += Shape::leading(&bytes[end..], GOES_ON).0;
            let Some(byte) = bytes.get(end) else { break };
            match byte {
                b' ' | b'\t' | b'\n' => break,
                b'<' if placeholder_at(&self.text[end..self.end]).is_some() => break,
                b'"' | b'\'' | b'`' => {
                    let opens = bytes[end] == b'"' || BEFORE_QUOTE.as_bytes().contains(&bytes[end - 1]);
                    if opens && self.quotation_end(end).is_some() {
                        break;
                    }
                }
                _ => {}
            }
            end += 1;
        }
        self.split(end);
    }

    /// Takes a chunk apart: punctuation around words.
    fn split(&mut self, end: usize) {
        let chunk = &self.text[self.at..end];
        if is_operator(chunk) {
            return self.push(Kind::Mark, end);
        }
        if end - self.at > MAX_CHUNK {
            return self.push(Kind::Word, end);
        }
        let can_be_opaque = can_be_opaque(chunk);
        while self.at < end {
            let chunk = &self.text[self.at..end];
            let first = chunk.as_bytes()[0];
            if can_be_opaque
                && is_opaque(chunk)
                && !matches!(first, b'(' | b'[' | b'{' | b'<' | b'"' | b'\'' | b'`' | b',' | b':')
            {
                if let Some(key) = assignment(chunk) {
                    let value = self.at + key + 1;
                    self.push(Kind::Word, self.at + key);
                    self.push(Kind::Mark, value);
                    return self.slot(end);
                }
                let core = without_end(chunk, |b| {
                    is_stop(b) || matches!(b, b')' | b']' | b'}' | b'>' | b'"' | b'\'' | b'`')
                });
                self.push(Kind::Word, self.at + core.len().max(1));
                continue;
            }
            if is_opening(first) {
                // An address in brackets keeps them: they are a part of it.
                let address = || without_end(chunk, |b| is_stop(b) || b == b')');
                let is_address = || detect::kind(address()).is_some_and(|kind| kind.placeholder == "<ip>");
                if first == b'[' && is_address() {
                    self.push(Kind::Word, self.at + address().len());
                } else {
                    self.push(Kind::Mark, self.at + 1);
                }
                continue;
            }
            if let Some(stem) = without_end(chunk, is_stop).strip_suffix("(s)")
                && is_simple(stem)
            {
                let word = self.at + stem.len();
                self.push(Kind::Word, word);
                self.push(Kind::Mark, word + 3);
                continue;
            }
            let core = without_end(chunk, is_closing);
            if core.is_empty() {
                self.push(Kind::Mark, self.at + chunk.chars().next().map_or(1, char::len_utf8));
                continue;
            }
            let core_end = self.at + core.len();
            self.core(core, core_end);
        }
    }

    /// The next word of a chunk, or all of it where it is one thing.
    fn core(&mut self, core: &'t str, core_end: usize) {
        let (shape, lists) = (Shape::of(core.as_bytes()), Lists::of(core));
        if shape.is_only(SIMPLE) || lists.is(ANY_CASE) {
            return self.word(core, shape, lists);
        }
        if let Some(key) = assignment(core) {
            let value = self.at + key + 1;
            self.push(Kind::Word, self.at + key);
            self.push(Kind::Mark, value);
            // `--output=<OUTPUT>` names its value, `NAME=value` is one.
            if !self.text[value..].starts_with('<') {
                self.slot(core_end);
            }
            return;
        }
        if shape.has(Shape::SLASH) && is_alternatives(core) {
            let slash = self.at + core.find('/').unwrap_or(core.len());
            self.push(Kind::Word, slash);
            return self.push(Kind::Mark, slash + 1);
        }
        match core.bytes().position(is_separator).filter(|_| detect::kind(core).is_none()) {
            Some(at) => {
                let word = self.at + at;
                self.push(Kind::Word, word);
                self.push(Kind::Mark, word + 1);
            }
            None => self.word(core, shape, lists),
        }
    }
}

fn is_stop(byte: u8) -> bool {
    matches!(byte, b',' | b';' | b':' | b'.')
}

fn is_separator(byte: u8) -> bool {
    matches!(
        byte,
        b':' | b',' | b';' | b'(' | b')' | b'|' | b'{' | b'}' | b'"' | b'<' | b'>' | b'[' | b']' | b'='
    )
}
