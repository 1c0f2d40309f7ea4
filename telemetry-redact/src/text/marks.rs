//! What marks say of a chunk of text: where it falls apart, and where it must not.

use super::vocabulary::{self, Class};

/// Where the value of `key=value` begins, with a key that could be one.
pub(super) fn assignment(core: &str) -> Option<usize> {
    let at = core.find('=')?;
    let key = &core[..at];
    let is_key = key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    (is_key && !key.is_empty() && at + 1 < core.len()).then_some(at)
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

/// Letters, digits, hyphens, underscores, apostrophes.
pub(super) fn is_simple(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'\''))
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

pub(super) fn is_closing(c: char) -> bool {
    matches!(
        c,
        ')' | ']'
            | '}'
            | '>'
            | '"'
            | '\''
            | '`'
            | '*'
            | '|'
            | ','
            | ';'
            | ':'
            | '.'
            | '!'
            | '?'
            | '='
            | '&'
            | '<'
            | '('
            | '{'
            | '['
    )
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
