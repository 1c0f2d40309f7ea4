//! A compiled policy: one block of bytes that is read where it lies.
//!
//! A process that lives for milliseconds cannot parse a thousand commands. So a policy is compiled into sections of
//! records of fixed size, which refer to each other by position, and nothing of it is copied or built when it is read.
//! Every access is checked: what leads nowhere is empty, so a damaged block declares less, never more.

use std::borrow::Cow;
use std::ops::Range;

use zerocopy::little_endian::{I64, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::CompiledError;
use crate::hash::fnv1a;

/// How a compiled policy begins.
pub(super) const MAGIC: [u8; 4] = *b"TPOL";
/// The version of the layout below. A block of another one is refused.
pub(super) const LAYOUT: u32 = 5;

macro_rules! records {
    ($($(#[$doc:meta])* struct $name:ident { $($field:ident: $type:ty),+ $(,)? })+) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
        #[repr(C)]
        pub(super) struct $name { $(pub(super) $field: $type),+ })+
    };
}

records! {
    /// A text in the last section.
    struct Text { start: U32, length: U32 }
    /// Neighbours in a section.
    struct Span { start: U32, count: U32 }
    /// A command.
    struct Node {
        word: Text, parent: U32, record: U32, subcommands: U32, children: Span, flags: Span, persistent_flags: Span,
        positionals: Span, withheld: Span,
    }
    /// A name of a command or flag, and what it leads to. Those of the commands below one are sorted.
    struct Name { text: Text, target: U32, kind: U32 }
    /// A flag.
    struct Flag {
        name: Text, short: U32, short_aliases: Text, names: Span, takes: U32, max_values: U32, dashes: U32,
        terminator: Text, list: U32, rule: U32,
    }
    /// How a value is kept. The texts of a set are sorted.
    struct Rule {
        case: U32, separator: U32, values: Span,
        // A spelling and what it stands for, in turn.
        spellings: Span,
        versions: Span, keys: Span, key_values: Span, unit: U32, bounds: Span,
        labels: Span,
    }
    /// A positional argument.
    struct Positional { rule: U32, dashes: U32, list: U32, repeats: U32 }
    /// A position in the section of flags.
    struct Index { at: U32 }
    /// A bound of a bucket: a number, or microseconds.
    struct Bound { at: I64 }
    /// A place in the table of declared words, empty where the text is.
    struct Slot { text: Text }
    /// A question, with what it asks for and the rule of its choices. They are sorted by name.
    struct Prompt { id: Text, kind: U32, rule: U32 }
    /// What stands first.
    struct Header {
        magic: [u8; 4], layout: U32, checksum: U32, version: U32, dialect: U32, timestamps: U32, abbreviations: U32,
        withholds: U32, program: Text, environment_prefix: Text, program_names: Span, error_codes: Span,
        // A text and its code, in turn.
        templates: Span,
        sections: [Span; 11],
    }
}

/// A record that has a section of its own.
pub(super) trait Item: FromBytes + IntoBytes + Immutable + KnownLayout + Unaligned + Copy {
    const SECTION: usize;
}

macro_rules! sections {
    ($($name:ident = $number:literal),+) => { $(impl Item for $name { const SECTION: usize = $number; })+ };
}
sections!(
    Node = 0,
    Name = 1,
    Flag = 2,
    Rule = 3,
    Positional = 4,
    Index = 5,
    Bound = 6,
    Text = 7,
    Slot = 8,
    Prompt = 9
);
/// The section of the texts themselves.
pub(super) const STRINGS: usize = 10;

/// The block, with its head read.
#[derive(Debug)]
pub(super) struct Image {
    bytes: Cow<'static, [u8]>,
    pub(super) header: Header,
}

impl Image {
    pub(super) fn open(bytes: Cow<'static, [u8]>) -> Result<Self, CompiledError> {
        let (header, _) = Header::read_from_prefix(&bytes).map_err(|_| CompiledError::Cut)?;
        if header.magic != MAGIC {
            return Err(CompiledError::NotCompiled);
        }
        if header.layout.get() != LAYOUT {
            return Err(CompiledError::Layout { found: header.layout.get(), read: LAYOUT });
        }
        let image = Self { bytes, header };
        let last = image.section_range(STRINGS);
        if last.is_none_or(|range| range.end != image.bytes.len()) {
            return Err(CompiledError::Cut);
        }
        Ok(image)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether the bytes behind the head are those that were written.
    pub(super) fn is_sound(&self) -> bool {
        let rest = self.bytes.get(size_of::<Header>()..).unwrap_or_default();
        checksum(self.header, rest) == self.header.checksum.get()
    }

    fn section_range(&self, number: usize) -> Option<Range<usize>> {
        self.header.sections.get(number).and_then(|section| range(*section))
    }

    pub(super) fn all<T: Item>(&self) -> &[T] {
        let bytes = self.section_range(T::SECTION).and_then(|range| self.bytes.get(range));
        bytes.and_then(|bytes| <[T]>::ref_from_bytes(bytes).ok()).unwrap_or_default()
    }

    pub(super) fn span<T: Item>(&self, span: Span) -> &[T] {
        within(self.all(), span)
    }

    pub(super) fn item<T: Item>(&self, index: usize) -> Option<&T> {
        self.all().get(index)
    }

    pub(super) fn text(&self, text: Text) -> &str {
        std::str::from_utf8(self.raw(text)).unwrap_or_default()
    }

    /// A text that is only compared.
    pub(super) fn raw(&self, text: Text) -> &[u8] {
        let strings = self.section_range(STRINGS).and_then(|range| self.bytes.get(range)).unwrap_or_default();
        range(Span { start: text.start, count: text.length })
            .and_then(|range| strings.get(range))
            .unwrap_or_default()
    }

    pub(super) fn texts(&self, span: Span) -> impl DoubleEndedIterator<Item = &str> {
        self.span(span).iter().map(|text| self.text(*text))
    }

    /// Whether a text of a span is this one.
    pub(super) fn has(&self, span: Span, wanted: &str) -> bool {
        self.span(span).iter().any(|text| self.raw(*text) == wanted.as_bytes())
    }

    /// The text of a sorted span that is this one.
    pub(super) fn find(&self, span: Span, wanted: &str) -> Option<&str> {
        let texts = self.span::<Text>(span);
        let found = texts.binary_search_by(|text| self.raw(*text).cmp(wanted.as_bytes())).ok()?;
        texts.get(found).map(|text| self.text(*text))
    }

    /// Whether a word is in the table of declared words.
    pub(super) fn declares(&self, word: &str) -> bool {
        let slots = self.all::<Slot>();
        let Some(mask) = slots.len().checked_sub(1).filter(|_| !word.is_empty()) else { return false };
        let first = fnv1a(word.as_bytes()) as usize & mask;
        (0..slots.len())
            .map_while(|step| slots.get((first + step) & mask).filter(|slot| slot.text.length.get() > 0))
            .any(|slot| self.raw(slot.text) == word.as_bytes())
    }
}

/// CRC-32 (IEEE) of the head without its checksum, and the rest.
pub(super) fn checksum(mut header: Header, rest: &[u8]) -> u32 {
    header.checksum = U32::new(0);
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header.as_bytes());
    hasher.update(rest);
    hasher.finalize()
}

/// The items of a span; for many spans the items are asked for once.
pub(super) fn within<T>(all: &[T], span: Span) -> &[T] {
    range(span).and_then(|range| all.get(range)).unwrap_or_default()
}

fn range(span: Span) -> Option<Range<usize>> {
    let (start, count) = (span.start.get() as usize, span.count.get() as usize);
    start.checked_add(count).map(|end| start..end)
}
