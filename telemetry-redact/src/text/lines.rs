//! Lines that a template knows, as tokens.

use super::blocks::are_all;
use super::lex::{Fate, Kind, Lexer, Nesting};
use super::templates::{self, Piece, Slot};

impl Lexer<'_, '_> {
    pub(super) fn is_at_line(&self) -> bool {
        self.at == 0 || self.text.as_bytes()[self.at - 1] == b'\n'
    }

    /// A line that a template knows.
    pub(super) fn template(&mut self) -> bool {
        let start = self.at;
        let line = &self.text[start..self.end];
        // Most texts are one line, which is seen sooner than where one ends.
        let is_one = are_all(line.as_bytes(), |byte| byte != b'\n');
        let size = if is_one { None } else { line.find('\n') };
        let line = &line[..size.unwrap_or(line.len())];
        let Some(found) = templates::find(line, self.lexicon) else { return false };
        let mut command = None;
        let mut before = 0;
        for piece in &found.pieces {
            match *piece {
                Piece::Slot(Slot::Command, end) => command = line.get(before..end),
                Piece::Slot(_, end) | Piece::Fixed(end) => before = end,
            }
        }
        for piece in found.pieces {
            match piece {
                Piece::Fixed(end) => self.fixed(start + end),
                Piece::Slot(Slot::Error, end) => {
                    // What is before it asks for no value.
                    let colon = self.tokens.iter_mut().rfind(|token| token.kind != Kind::Space);
                    if let Some(colon) = colon.filter(|token| token.is_mark(":")) {
                        colon.kind = Kind::Enter;
                    }
                    let outer = std::mem::replace(&mut self.end, start + end);
                    self.run(Nesting::Inside);
                    self.end = outer;
                }
                Piece::Slot(slot, end) => {
                    let fate =
                        templates::judge(slot, &self.text[self.at..start + end], command, self.lexicon);
                    let place = self.tokens.len();
                    self.slot(start + end);
                    if let Some(token) = self.tokens.get_mut(place).filter(|token| token.kind == Kind::Slot) {
                        token.fate = fate;
                    }
                }
            }
        }
        self.code = self.code.or(found.code);
        true
    }

    /// Wording that stands as it is.
    fn fixed(&mut self, end: usize) {
        while self.at < end {
            let rest = &self.text.as_bytes()[self.at..end];
            let is_word = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'\'' | b'-');
            let (kind, size) = match rest[0] {
                b' ' => (Kind::Space, rest.iter().take_while(|b| **b == b' ').count()),
                b if b.is_ascii_alphanumeric() => {
                    (Kind::Word, rest.iter().take_while(|b| is_word(b)).count())
                }
                _ => (Kind::Mark, self.text[self.at..end].chars().next().map_or(1, char::len_utf8)),
            };
            // A quotation mark that a word would end with begins a slot.
            let word = self.text[self.at..self.at + size].trim_end_matches('\'').len().max(1);
            self.push(kind, self.at + if kind == Kind::Word { word } else { size });
            if let Some(token) = self.tokens.last_mut().filter(|token| token.kind == Kind::Word) {
                token.fate = Fate::Keep;
            }
        }
    }
}
