//! Numbers of persons, with their check digits.

use super::Shape;

/// Thirteen to nineteen digits whose last one checks (ISO/IEC 7812-1, Luhn).
pub(super) fn is_card(text: &str, shape: &Shape) -> bool {
    if !shape.is_only(Shape::DIGIT | Shape::HYPHEN | Shape::OTHER) {
        return false;
    }
    let digits = || text.bytes().rev().filter(|byte| !matches!(byte, b' ' | b'-'));
    if !digits().all(|byte| byte.is_ascii_digit()) || !(13..=19).contains(&digits().count()) {
        return false;
    }
    let sum: u32 = digits()
        .map(|byte| u32::from(byte - b'0'))
        .enumerate()
        .map(|(index, digit)| if index % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}

/// A country, two check digits and up to thirty characters (ISO 13616, modulo 97).
pub(super) fn is_iban(text: &str, _: &Shape) -> bool {
    let [a, b, c, d, rest @ ..] = text.as_bytes() else { return false };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_checked() {
        let shape = |text| Shape::of(text);
        for (text, expected) in
            [("4242424242424242", true), ("4242424242424241", false), ("0000-0000", false)]
        {
            assert_eq!(is_card(text, &shape(text)), expected, "{text}");
        }
        for (text, expected) in [
            ("GB82WEST12345698765432", true),
            ("GB82WEST12345698765433", false),
            ("DE89370400440532013000", true),
        ] {
            assert_eq!(is_iban(text, &shape(text)), expected, "{text}");
        }
    }
}
