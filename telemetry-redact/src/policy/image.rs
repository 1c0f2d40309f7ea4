//! A compiled policy: one block of bytes that is read where it lies.
//!
//! A process that lives for milliseconds cannot parse a thousand commands. So a policy is compiled into sections of
//! records of fixed size, which refer to each other by position, and nothing of it is copied or built when it is read.
//! Every access is checked: what leads nowhere is empty, so a damaged block declares less, never more.

mod section;

use std::borrow::Cow;
use std::ops::Range;

use super::CompiledError;
use crate::hash::fnv1a;
pub(super) use section::{Field, Record, Section};
use section::{next, put};

/// How a compiled policy begins.
pub(super) const MAGIC: [u8; 4] = *b"TPOL";
/// The version of the layout below. A block of another one is refused.
pub(super) const LAYOUT: u32 = 6;

macro_rules! records {
    ($($(#[$doc:meta])* struct $name:ident { $($field:ident: $type:ty),+ $(,)? })+) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, Copy, Default)]
        pub(super) struct $name { $(pub(super) $field: $type),+ }

        impl Field for $name {
            const SIZE: usize = 0 $(+ <$type as Field>::SIZE)+;

            #[inline]
            fn read(bytes: &[u8]) -> Self {
                $(let ($field, bytes) = next(bytes);)+
                _ = bytes;
                Self { $($field),+ }
            }

            #[inline]
            fn write(self, to: &mut [u8]) {
                $(let to = put(self.$field, to);)+
                _ = to;
            }
        }

        impl Record for $name {
            type Bytes = [u8; Self::SIZE];

            #[inline]
            fn all(bytes: &[u8]) -> &[Self::Bytes] {
                let (all, rest) = bytes.as_chunks();
                if rest.is_empty() { all } else { &[] }
            }

            #[inline]
            fn of(bytes: &Self::Bytes) -> Self {
                Self::read(bytes)
            }

            #[inline]
            fn bytes(self) -> Self::Bytes {
                let mut bytes = [0; Self::SIZE];
                self.write(&mut bytes);
                bytes
            }
        })+
    };
}

records! {
    /// A text in the last section.
    struct Text { start: u32, length: u32 }
    /// Neighbours in a section.
    struct Span { start: u32, count: u32 }
    /// A command.
    struct Node {
        word: Text, parent: u32, record: u32, subcommands: u32, children: Span, flags: Span, persistent_flags: Span,
        positionals: Span, withheld: Span,
    }
    /// A name of a command or flag, and what it leads to. Those of the commands below one are sorted.
    struct Name { text: Text, target: u32, kind: u32 }
    /// A flag.
    struct Flag {
        name: Text, short: u32, short_aliases: Text, names: Span, takes: u32, max_values: u32, dashes: u32,
        terminator: Text, list: u32, rule: u32,
    }
    /// How a value is kept. The texts of a set are sorted.
    struct Rule {
        case: u32, separator: u32, values: Span,
        // A spelling and what it stands for, in turn.
        spellings: Span,
        versions: Span, keys: Span, key_values: Span, unit: u32, bounds: Span,
        labels: Span,
    }
    /// A positional argument.
    struct Positional { rule: u32, dashes: u32, list: u32, repeats: u32, terminator: Text, missing: u32 }
    /// A position in the section of flags.
    struct Index { at: u32 }
    /// A bound of a bucket: a number, or microseconds.
    struct Bound { at: i64 }
    /// A place in the table of declared words, empty where the text is.
    struct Slot { text: Text }
    /// A question, with what it asks for and the rule of its choices. They are sorted by name.
    struct Prompt { id: Text, kind: u32, rule: u32 }
    /// What stands first.
    struct Header {
        magic: [u8; 4], layout: u32, checksum: u32, version: u32, dialect: u32, first_word: u32, timestamps: u32,
        abbreviations: u32, withholds: u32, program: Text, environment_prefix: Text, program_names: Span, error_codes: Span,
        // A text and its code, in turn.
        templates: Span,
        sections: [Span; 11],
    }
}

/// A record that has a section of its own.
pub(super) trait Item: Record {
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
        let header = Header::read(bytes.get(..Header::SIZE).ok_or(CompiledError::Cut)?);
        if header.magic != MAGIC {
            return Err(CompiledError::NotCompiled);
        }
        if header.layout != LAYOUT {
            return Err(CompiledError::Layout { found: header.layout, read: LAYOUT });
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
        let rest = self.bytes.get(Header::SIZE..).unwrap_or_default();
        checksum(self.header, rest) == self.header.checksum
    }

    fn section_range(&self, number: usize) -> Option<Range<usize>> {
        self.header.sections.get(number).and_then(|section| range(*section))
    }

    pub(super) fn all<T: Item>(&self) -> Section<'_, T> {
        let bytes = self.section_range(T::SECTION).and_then(|range| self.bytes.get(range));
        Section::new(bytes.unwrap_or_default())
    }

    pub(super) fn span<T: Item>(&self, span: Span) -> Section<'_, T> {
        self.all().span(span)
    }

    pub(super) fn item<T: Item>(&self, index: usize) -> Option<T> {
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
        self.span(span).iter().map(|text| self.text(text))
    }

    /// Two texts of a span in which they stand in twos.
    pub(super) fn pair(&self, span: Span, index: usize) -> Option<[Text; 2]> {
        self.span(span).pair(index)
    }

    /// Whether a text of a span is this one.
    pub(super) fn has(&self, span: Span, wanted: &str) -> bool {
        self.span(span).iter().any(|text| self.raw(text) == wanted.as_bytes())
    }

    /// The text of a sorted span that is this one.
    pub(super) fn find(&self, span: Span, wanted: &str) -> Option<&str> {
        let found = self.span(span).search(|text: Text| self.raw(text).cmp(wanted.as_bytes()));
        found.map(|text| self.text(text))
    }

    /// Whether a word is in the table of declared words.
    pub(super) fn declares(&self, word: &str) -> bool {
        let slots = self.all::<Slot>();
        let Some(mask) = slots.len().checked_sub(1).filter(|_| !word.is_empty()) else { return false };
        let first = fnv1a(word.as_bytes()) as usize & mask;
        (0..slots.len())
            .map_while(|step| slots.get((first + step) & mask).filter(|slot| slot.text.length > 0))
            .any(|slot| self.raw(slot.text) == word.as_bytes())
    }
}

/// CRC-32 (IEEE) of the head without its checksum, and the rest.
pub(super) fn checksum(mut header: Header, rest: &[u8]) -> u32 {
    header.checksum = 0;
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&header.bytes());
    hasher.update(rest);
    hasher.finalize()
}

fn range(span: Span) -> Option<Range<usize>> {
    let (start, count) = (span.start as usize, span.count as usize);
    start.checked_add(count).map(|end| start..end)
}
