//! What looks random.

fn any(text: &[u8], is: impl Fn(u8) -> bool) -> bool {
    text.iter().any(|byte| is(*byte))
}

fn is_beyond_hex(byte: u8) -> bool {
    byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit()
}

/// With decimal digits and letters among them: object ids, hashes, keys.
pub(super) fn is_hex(text: &[u8]) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphabetic();
    text.starts_with(b"0x") || any(text, |byte| byte.is_ascii_digit()) && any(text, letters)
}

pub(super) fn is_mixed(text: &[u8]) -> bool {
    any(text, |byte| byte.is_ascii_uppercase())
        && any(text, |byte| byte.is_ascii_lowercase())
        && any(text, |byte| byte.is_ascii_digit())
}

/// Long enough to be no word (RFC 4648).
pub(super) fn is_base64(text: &[u8]) -> bool {
    is_mixed(text) && any(text, is_beyond_hex)
}

pub(super) fn is_base32(text: &[u8]) -> bool {
    any(text, |byte| byte.is_ascii_digit()) && any(text, is_beyond_hex)
}

pub(super) fn is_ulid(text: &[u8]) -> bool {
    any(text, |byte| byte.is_ascii_digit()) && any(text, |byte| byte.is_ascii_alphabetic())
}

/// Letters and digits mixed so that it changes between them often, as words with a number do not.
pub(super) fn is_random(text: &[u8]) -> bool {
    let class = |b: u8| match b {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    let changes = text.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count();
    changes * 4 >= text.len()
}
