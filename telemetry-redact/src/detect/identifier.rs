//! Identifiers and numbers that are no secret.

use super::Shape;

/// RFC 9562.
pub(super) fn is_uuid(text: &str, _: &Shape) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Eight and more hexadecimal digits with decimal ones and letters among them: object ids, hashes, keys.
pub(super) fn is_hex(text: &str, shape: &Shape) -> bool {
    if let Some(digits) = text.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    }
    text.len() >= 8 && shape.has(Shape::DIGIT | Shape::LETTER) && shape.is_only(Shape::DIGIT | Shape::LETTER)
}

/// Digits with the punctuation of numbers, dates, times and money, and a unit of at most three letters.
pub(super) fn is_number(text: &str, _: &Shape) -> bool {
    let body = text.trim_start_matches(['+', '-', '#', '$', '€', '£', '~']);
    let number = body.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    body.len() - number.len() <= 3
        && number.bytes().next().is_some_and(|b| b.is_ascii_digit())
        && number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b':' | b'-' | b'/'))
}
