//! A text as tokens that cover it without gaps.

use super::marks::{SIMPLE, WORD};
use super::table::Lists;
use super::vocabulary::{self, Class};
use super::{Lexicon, Placeholder, lists, placeholder_at};
use crate::detect::Shape;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Spaces and tabs.
    Space,
    /// A line feed.
    Line,
    /// Punctuation.
    Mark,
    /// Anything between space and punctuation.
    Word,
    /// What belongs to the user by its place: in quotes, or after `=`.
    Slot,
    /// One of [`super::PLACEHOLDERS`].
    Placeholder,
    /// The quotation mark before a quoted message, such as that of `"detail"` in a JSON body.
    Enter,
    /// The quotation mark after it.
    Leave,
}

/// What becomes of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Not yet judged.
    Open,
    /// It stands as it is.
    Keep,
    /// A placeholder for its kind takes its place.
    Drop(Why),
    /// This placeholder takes its place, because of its slot.
    Replace(Placeholder),
}

/// Why a token is dropped, where no detector says more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    Slot,
    Word,
    Phrase,
    KnownValue,
}

impl Why {
    /// The identifier of the rule.
    pub(super) const fn rule(self) -> &'static str {
        match self {
            Self::Slot => "text.slot",
            Self::Word => "text.word",
            Self::Phrase => "text.phrase",
            Self::KnownValue => "text.known_value",
        }
    }
}

/// A piece of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    /// Where it begins.
    at: u32,
    /// Of what is no space: what bytes it has.
    pub(super) shape: Shape,
    /// For a word: its class in the vocabulary.
    pub(super) class: Option<Class>,
    /// For a word or slot: the lists it is in.
    pub(super) lists: Lists,
    pub(super) fate: Fate,
}

impl Token<'_> {
    pub(super) fn start(&self) -> usize {
        self.at as usize
    }

    pub(super) fn end(&self) -> usize {
        self.start() + self.text.len()
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }

    /// A placeholder, or what will be one.
    pub(super) fn is_gone(&self) -> bool {
        self.kind == Kind::Placeholder || matches!(self.fate, Fate::Drop(_) | Fate::Replace(_))
    }

    /// Whether a word is letters, digits and hyphens, rather than an address, a path or the like.
    pub(super) fn is_plain(&self) -> bool {
        self.shape.is_only(SIMPLE)
    }

    /// Whether a word is a number.
    pub(super) fn is_number(&self) -> bool {
        self.shape.is_only(Shape::DIGIT)
    }

    /// Whether a word begins with a capital.
    pub(super) fn is_capital(&self) -> bool {
        self.text.as_bytes()[0].is_ascii_uppercase()
    }

    fn is_quote(&self) -> bool {
        matches!(self.kind, Kind::Mark | Kind::Leave) && matches!(self.text, "\"" | "'" | "`")
    }
}

/// The tokens of a text, and the class of error that a template tells.
pub(super) struct Lexed<'t, 'l> {
    pub(super) tokens: Vec<Token<'t>>,
    pub(super) code: Option<&'l str>,
}

pub(super) fn lex<'t, 'l>(text: &'t str, lexicon: &'l dyn Lexicon) -> Lexed<'t, 'l> {
    let mut lexer = Lexer {
        text,
        lexicon,
        code: None,
        at: 0,
        end: text.len(),
        tokens: Vec::with_capacity(room(text.len())),
        unclosed: [0; 3],
    };
    lexer.run(Nesting::Outside);
    Lexed { tokens: lexer.tokens, code: lexer.code }
}

/// For how many tokens there is room at first. Three bytes a token is as dense as texts are; most are less dense, and
/// what is under a kilobyte is had from an allocator at once.
fn room(text_bytes: usize) -> usize {
    const FEW: usize = 1024 / size_of::<Token<'_>>();
    let dense = text_bytes / 3 + 4;
    if dense < 2 * FEW { dense.min(FEW) } else { dense }
}

/// Whether a quoted message may have a quoted message in it: no.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nesting {
    Outside,
    Inside,
}

pub(super) struct Lexer<'t, 'l> {
    pub(super) text: &'t str,
    pub(super) lexicon: &'l dyn Lexicon,
    pub(super) code: Option<&'l str>,
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) tokens: Vec<Token<'t>>,
    /// For each kind of quotation mark: up to where none is known to close, so that no stretch is searched twice.
    unclosed: [usize; 3],
}

/// How far a quotation goes at most. A longer one is taken for a stray mark, and its line for a value.
const MAX_QUOTED: usize = 4096;

/// No wording is that long without a space; and what is looked at again and again must be short.
pub(super) const MAX_CHUNK: usize = 512;

/// Before these a quotation begins though no space stands there.
pub(super) const BEFORE_QUOTE: &str = "([{<=:,;|/\"'`>&!";

impl<'t> Lexer<'t, '_> {
    pub(super) fn run(&mut self, nesting: Nesting) {
        let mut is_at_line = nesting == Nesting::Outside && self.is_at_line();
        while self.at < self.end {
            if is_at_line && self.template() {
                is_at_line = false;
                continue;
            }
            is_at_line = nesting == Nesting::Outside && self.text.as_bytes()[self.at] == b'\n';
            match self.text.as_bytes()[self.at] {
                b'\n' => self.push(Kind::Line, self.at + 1),
                b' ' | b'\t' => {
                    let rest = &self.text.as_bytes()[self.at..self.end];
                    let size = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
                    self.push(Kind::Space, self.at + size);
                }
                b'<' if placeholder_at(&self.text[self.at..self.end]).is_some() => {
                    let size = placeholder_at(&self.text[self.at..self.end]).map_or(1, str::len);
                    self.push(Kind::Placeholder, self.at + size);
                }
                b'"' | b'\'' | b'`' => match self.quotation_end(self.at) {
                    Some(end) => self.quotation(end, nesting),
                    None => self.chunk(),
                },
                _ if self.plain_word() => {}
                _ => self.chunk(),
            }
        }
    }

    /// Most of what is read: letters, digits, hyphens and underscores up to a space or to one mark before it. What
    /// [`Lexer::chunk`] would make of it, at one look.
    fn plain_word(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.at..self.end];
        let (size, shape) = Shape::leading(rest, WORD);
        let is_end = |at: usize| rest.get(at).is_none_or(|b| matches!(b, b' ' | b'\t' | b'\n'));
        if size == 0 || size > MAX_CHUNK || rest[..size] == *b"-" {
            return false;
        }
        let is_followed = !is_end(size);
        if is_followed && !(matches!(rest[size], b',' | b'.' | b':' | b';') && is_end(size + 1)) {
            return false;
        }
        let word = &self.text[self.at..self.at + size];
        self.word(word, shape, Lists::of(word));
        if is_followed {
            self.push(Kind::Mark, self.at + 1);
        }
        true
    }

    pub(super) fn push(&mut self, kind: Kind, end: usize) {
        if end <= self.at {
            return;
        }
        let text = &self.text[self.at..end];
        let (shape, lists) = match kind {
            Kind::Word => return self.word(text, Shape::of(text.as_bytes()), Lists::of(text)),
            Kind::Slot => (Shape::of(text.as_bytes()), Lists::of(text)),
            Kind::Space | Kind::Line => (Shape::default(), Lists::default()),
            _ => (Shape::of(text.as_bytes()), Lists::default()),
        };
        self.tokens.push(Token { kind, text, at: self.place(), shape, class: None, lists, fate: Fate::Open });
        self.at = end;
    }

    /// The word that begins here, of which it is known what it is made of and where it is listed.
    pub(super) fn word(&mut self, text: &'t str, shape: Shape, lists: Lists) {
        let class = vocabulary::class_in(lists, shape, text);
        let (kind, fate) = (Kind::Word, Fate::Open);
        self.tokens.push(Token { kind, text, at: self.place(), shape, class, lists, fate });
        self.at += text.len();
    }

    #[expect(clippy::cast_possible_truncation, reason = "a text is cut at 64 KiB")]
    fn place(&self) -> u32 {
        self.at as u32
    }

    /// Where the quotation that begins at `at` ends, if one begins there.
    pub(super) fn quotation_end(&mut self, at: usize) -> Option<usize> {
        let quote = self.text.as_bytes()[at];
        let index = match quote {
            b'"' => 0,
            b'\'' => 1,
            _ => 2,
        };
        let before = self.text[..at].chars().next_back();
        // An apostrophe inside a word opens nothing.
        let opens = quote == b'"' || before.is_none_or(|c| c.is_whitespace() || BEFORE_QUOTE.contains(c));
        let rest = &self.text[at + 1..self.end];
        let next = rest.bytes().next()?;
        if !opens {
            return None;
        }
        if at >= self.unclosed[index] {
            let bytes = &rest.as_bytes()[..rest.len().min(MAX_QUOTED)];
            let mut from = 0;
            let next = |from: usize| {
                let rest = bytes.get(from..)?;
                rest.iter().position(|byte| *byte == quote || *byte == b'\\').map(|offset| from + offset)
            };
            while let Some(offset) = next(from) {
                let is_escape = bytes[offset] == b'\\';
                let is_inside_word =
                    || quote == b'\'' && rest[offset + 1..].chars().next().is_some_and(char::is_alphanumeric);
                if !is_escape && !is_inside_word() {
                    return Some(at + 1 + offset);
                }
                from = offset + if is_escape { 2 } else { 1 };
            }
            self.unclosed[index] = (at + MAX_QUOTED / 2).min(self.end);
        }
        // A quotation that is not closed was cut off: the rest of the line is its own. A mark that stands alone is none.
        if next.is_ascii_whitespace() || matches!(next, b',' | b'.' | b')' | b']' | b'}') {
            return None;
        }
        Some(at + 1 + rest.find('\n').unwrap_or(rest.len()))
    }

    fn quotation(&mut self, end: usize, nesting: Nesting) {
        let closed =
            usize::from(end < self.end && self.text.as_bytes()[end] == self.text.as_bytes()[self.at]);
        let inside = &self.text[self.at + 1..end];
        if nesting == Nesting::Outside && self.is_message() && !inside.contains('\\') {
            self.push(Kind::Enter, self.at + 1);
            let outer = std::mem::replace(&mut self.end, end);
            self.run(Nesting::Inside);
            self.end = outer;
            self.push(Kind::Leave, end + closed);
            return;
        }
        self.push(Kind::Mark, self.at + 1);
        self.slot(end);
        self.push(Kind::Mark, end + closed);
    }

    pub(super) fn slot(&mut self, end: usize) {
        let text = &self.text[self.at..end];
        let whole = placeholder_at(text).is_some_and(|placeholder| placeholder.len() == text.len());
        self.push(if whole { Kind::Placeholder } else { Kind::Slot }, end);
    }

    /// Whether the quotation that comes is a message: its key says so (`"detail": "…"`, `msg="…"`).
    fn is_message(&self) -> bool {
        let mut before = self.tokens.iter().rev().filter(|token| token.kind != Kind::Space);
        before.next().is_some_and(|token| token.is_mark(":") || token.is_mark("="))
            && before.find(|token| !token.is_quote()).is_some_and(|key| {
                matches!(key.kind, Kind::Slot | Kind::Word) && key.lists.is(lists::MESSAGE_KEY)
            })
    }
}
