//! What marks say of a chunk of text: where it falls apart, and where it must not.

use super::vocabulary::{self, Class};
use crate::detect::Shape;

/// What a word is mostly made of.
pub(super) const WORD: u32 = Shape::LETTER | Shape::DIGIT | Shape::HYPHEN | Shape::UNDERSCORE;

/// Letters, digits, hyphens, underscores, apostrophes.
pub(super) const SIMPLE: u32 = WORD | Shape::APOSTROPHE;

/// Where the value of `key=value` begins, with a key that could be one.
pub(super) fn assignment(core: &str) -> Option<usize> {
    let (size, _) = Shape::leading(core.as_bytes(), WORD | Shape::DOT);
    let is_assigned = size > 0 && size + 1 < core.len() && core.as_bytes()[size] == b'=';
    is_assigned.then_some(size)
}

/// Common words with slashes between them, as in `client/server`: any other slash makes a path.
pub(super) fn is_alternatives(core: &str) -> bool {
    let common = |part: &str| vocabulary::class(part).is_some_and(|class| class <= Class::Common);
    let flag = |part: &str| part.strip_prefix("--").is_some_and(is_simple);
    core.contains('/') && (core.split('/').all(common) || core.split('/').all(flag))
}

/// What stands between words by itself: a dash, an arrow, a comparison.
pub(super) fn is_operator(chunk: &str) -> bool {
    matches!(chunk, "-" | "->" | "<-" | "/" | "+" | ".." | "..." | "%" | "~" | "<=" | ">=" | "=>")
}

pub(super) fn is_simple(text: &str) -> bool {
    !text.is_empty() && Shape::of(text.as_bytes()).is_only(SIMPLE)
}

/// Whether a part of it may be opaque: all of it is looked at before it is decided, so that the compiler can look at
/// many bytes at once.
pub(super) fn can_be_opaque(chunk: &str) -> bool {
    chunk.bytes().fold(false, |can, byte| can | (!byte.is_ascii() | matches!(byte, b'\\' | b'%' | b'&')))
}

/// What holds characters of other scripts or escapes (percent, HTML, backslash) is not taken apart: what they stand for
/// could be anything.
pub(super) fn is_opaque(chunk: &str) -> bool {
    let bytes = chunk.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| match byte {
        0x80.. | b'\\' => true,
        b'%' => {
            let digit = |offset| bytes.get(at + offset).is_some_and(u8::is_ascii_hexdigit);
            digit(1) && digit(2)
        }
        b'&' => {
            let name = bytes.get(at + 1..).unwrap_or_default();
            let size = name.iter().take(10).take_while(|b| b.is_ascii_alphanumeric() || **b == b'#').count();
            size > 1 && name.get(size) == Some(&b';')
        }
        _ => false,
    })
}

pub(super) fn is_opening(byte: u8) -> bool {
    matches!(
        byte,
        b'(' | b'['
            | b'{'
            | b'<'
            | b'"'
            | b'\''
            | b'`'
            | b'*'
            | b'|'
            | b'>'
            | b'='
            | b','
            | b';'
            | b':'
            | b'&'
            | b'?'
            | b'!'
            | b'#'
            | b')'
            | b']'
            | b'}'
    )
}

pub(super) fn is_closing(byte: u8) -> bool {
    matches!(
        byte,
        b')' | b']'
            | b'}'
            | b'>'
            | b'"'
            | b'\''
            | b'`'
            | b'*'
            | b'|'
            | b','
            | b';'
            | b':'
            | b'.'
            | b'!'
            | b'?'
            | b'='
            | b'&'
            | b'<'
            | b'('
            | b'{'
            | b'['
    )
}

/// A text without what it ends with of these.
pub(super) fn without_end(text: &str, is_end: impl Fn(u8) -> bool) -> &str {
    let end = text.bytes().rposition(|byte| !is_end(byte)).map_or(0, |at| at + 1);
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_and_other_scripts_are_opaque() {
        for chunk in ["caf\u{e9}", "a%20b", "&lt;p", "&#64;", "a\\nb"] {
            assert!(is_opaque(chunk), "{chunk}");
        }
        for chunk in ["plain", "100%", "a&b", "&&", "%s", "x=&y"] {
            assert!(!is_opaque(chunk), "{chunk}");
        }
    }

    #[test]
    fn keys_and_alternatives_are_told_from_values() {
        assert_eq!(assignment("name=ada"), Some(4));
        assert_eq!(assignment("=ada"), None);
        assert_eq!(assignment("a@b=c"), None);
        assert!(is_alternatives("client/server"));
        assert!(!is_alternatives("/home/ada"));
    }
}
