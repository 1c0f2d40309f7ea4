//! Identifiers and numbers: UUID, hexadecimal, card and bank account numbers with their check digits.

/// RFC 9562, with or without hyphens.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Eight and more hexadecimal digits with a decimal one among them: object ids, hashes, keys.
pub(super) fn is_hex(text: &str) -> bool {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let both = digits.bytes().any(|b| b.is_ascii_digit()) && digits.bytes().any(|b| b.is_ascii_alphabetic());
    (both || text.starts_with("0x")) && digits.len() >= 8 && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Thirteen to nineteen digits whose last one checks (ISO/IEC 7812-1, Luhn).
pub(super) fn is_card(text: &str) -> bool {
    let digits: Vec<u32> =
        text.chars().filter(|c| !matches!(c, ' ' | '-')).map_while(|c| c.to_digit(10)).collect();
    let written = text.chars().filter(|c| !matches!(c, ' ' | '-')).count();
    if digits.len() != written || !(13..=19).contains(&digits.len()) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| if index % 2 == 0 { *digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}

/// A country, two check digits and up to thirty characters (ISO 13616, modulo 97).
pub(super) fn is_iban(text: &str) -> bool {
    let compact: Vec<u8> = text.bytes().filter(|byte| *byte != b' ').collect();
    let [a, b, c, d, rest @ ..] = compact.as_slice() else { return false };
    let head = a.is_ascii_uppercase() && b.is_ascii_uppercase() && c.is_ascii_digit() && d.is_ascii_digit();
    if !head || !(11..=30).contains(&rest.len()) || !rest.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let remainder = rest.iter().chain([a, b, c, d]).try_fold(0, |remainder: u32, byte| {
        let value = char::from(*byte).to_digit(36)?;
        Some(if value < 10 { (remainder * 10 + value) % 97 } else { (remainder * 100 + value) % 97 })
    });
    remainder == Some(1)
}

/// Digits with the punctuation of numbers, dates, times and units.
pub(super) fn is_number(text: &str) -> bool {
    let body = text.trim_start_matches(['+', '-', '#', '$', '€', '£', '~']);
    body.bytes().next().is_some_and(|b| b.is_ascii_digit())
        && body.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b':' | b'-' | b'%' | b'/'))
}
