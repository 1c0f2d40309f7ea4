//! Numbers of cards, accounts, devices, vehicles and telephones.

use super::digits::{Compact, digits, luhn, values, weighted};

fn is_luhn_of(text: &[u8], lengths: std::ops::RangeInclusive<usize>) -> bool {
    Compact::of(text).is_some_and(|number| {
        let number = number.text();
        lengths.contains(&number.len())
            && number.iter().any(|digit| *digit != number[0])
            && values(number).is_some_and(luhn)
    })
}

/// Of whatever digits there are: letters before them are a country's.
pub(super) fn is_luhn(text: &[u8]) -> bool {
    let digits = text.iter().position(u8::is_ascii_digit).unwrap_or_default();
    is_luhn_of(&text[digits..], 8..=24)
}

/// Thirteen to nineteen digits (ISO/IEC 7812-1).
pub(super) fn is_card(text: &[u8]) -> bool {
    is_luhn_of(text, 13..=19)
}

pub(super) fn is_imei(text: &[u8]) -> bool {
    is_luhn_of(text, 15..=15)
}

/// Lengths of account numbers by country (ISO 13616, the register that SWIFT keeps). Of a country that is not listed
/// the remainder alone decides.
const IBAN_LENGTHS: &[(usize, &str)] = &[
    (15, "NO"),
    (16, "BE"),
    (18, "DK FI FK FO GL NL SD"),
    (19, "MK SI"),
    (20, "AT BA EE KZ LT LU MN XK"),
    (21, "CH HR LI LV"),
    (22, "BG BH CR DE GB GE IE ME RS VA"),
    (23, "AE GI IL IQ OM SO TL"),
    (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
    (25, "LY PT ST"),
    (26, "IS TR"),
    (27, "BI DJ FR GR IT MC MR SM"),
    (28, "AL AZ BY CY DO GT HN HU LB NI PL SV"),
    (29, "BR EG PS QA UA"),
    (30, "JO KW MU YE"),
    (31, "MT SC"),
    (32, "LC"),
    (33, "RU"),
];

/// A country, two check digits and the account (ISO 13616, modulo 97).
pub(super) fn is_iban(text: &[u8]) -> bool {
    let Some(number) = Compact::of(text) else { return false };
    let number = number.text();
    let Some((head, account)) = number.split_at_checked(4).filter(|_| (15..=34).contains(&number.len()))
    else {
        return false;
    };
    let country = |list: &str| list.as_bytes().chunks(3).any(|name| name[..2] == head[..2]);
    let mut listed = IBAN_LENGTHS.iter().filter(|(_, countries)| country(countries)).peekable();
    if listed.peek().is_some() && !listed.any(|(length, _)| *length == number.len()) {
        return false;
    }
    let remainder = account.iter().chain(head).fold(0, |remainder: u32, byte| {
        let value = char::from(*byte).to_digit(36).unwrap_or_default();
        if value < 10 { (remainder * 10 + value) % 97 } else { (remainder * 100 + value) % 97 }
    });
    remainder == 1
}

/// ABA routing number.
pub(super) fn is_aba(text: &[u8]) -> bool {
    digits::<9>(text).is_some_and(|digits| {
        // The first two digits are a district of the Federal Reserve.
        let district = digits[0] * 10 + digits[1];
        matches!(district, 1..=12 | 21..=32 | 61..=72 | 80)
            && weighted(&digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10)
    })
}

/// ISO 3779 with the check digit of 49 CFR 565.
pub(super) fn is_vin(text: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'H' => u32::from(byte - b'A') + 1,
        b'J'..=b'R' => u32::from(byte - b'J') + 1,
        _ => u32::from(byte - b'S') + 2,
    };
    let mut sum = 0;
    for (byte, weight) in text.iter().zip(WEIGHTS) {
        if !byte.is_ascii_digit() && !byte.is_ascii_uppercase() {
            return false;
        }
        sum += value(*byte) * weight;
    }
    let check = if sum % 11 == 10 { b'X' } else { b'0' + u8::try_from(sum % 11).unwrap_or_default() };
    text.len() == 17
        && text[8] == check
        && text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_uppercase)
}

fn count(text: &[u8]) -> usize {
    text.iter().filter(|byte| byte.is_ascii_digit()).count()
}

/// E.164.
pub(super) fn is_telephone(text: &[u8]) -> bool {
    (7..=15).contains(&count(text)) && text.last().is_some_and(u8::is_ascii_digit)
}

/// A number as a country writes it: what a date looks like is none.
pub(super) fn is_national_telephone(text: &[u8]) -> bool {
    let mut groups = text.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len);
    let first = [groups.next(), groups.next(), groups.next()];
    (9..=12).contains(&count(text))
        && text.last().is_some_and(u8::is_ascii_digit)
        && first != [Some(2), Some(2), Some(4)]
        && first != [Some(4), Some(2), Some(2)]
}
