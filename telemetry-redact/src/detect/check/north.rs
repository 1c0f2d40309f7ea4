//! National numbers of the north and the islands.

use super::digits::{Compact, digits, is_day_of, luhn, number, weighted};

/// Finland, henkilötunnus: the mark between tells the century.
pub(super) fn is_fi_code(text: &[u8]) -> bool {
    const CHECKS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
    if text.len() != 11 {
        return false;
    }
    let Some(d) = digits::<9>(&[&text[..6], &text[7..10]].concat()) else { return false };
    let check = usize::try_from(number(&d) % 31).ok().and_then(|at| CHECKS.get(at));
    is_day_of(&d[..2], &d[2..4]) && check == Some(&text[10].to_ascii_uppercase())
}

/// Sweden, personnummer, samordningsnummer (the day 60 more) and organisationsnummer (a month of 20 and more).
pub(super) fn is_se_number(text: &[u8]) -> bool {
    let Some(compact) = Compact::of(text) else { return false };
    let text = compact.text();
    let Some(d) = text.len().checked_sub(10).and_then(|century| digits::<10>(&text[century..])) else {
        return false;
    };
    let month = number(&d[2..4]);
    let day = number(&d[4..6]) % 60;
    let person = (1..=12).contains(&month) && (1..=31).contains(&day);
    let company = text.len() == 10 && month >= 20;
    (person || company) && luhn(d.into_iter())
}

/// Norway, fødselsnummer and D-nummer (the day 40 more).
pub(super) fn is_no_number(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let check = |weights: &[u32]| (11 - weighted(&d, weights) % 11) % 11;
        let day = number(&d[..2]) % 40;
        (1..=31).contains(&day)
            && check(&[3, 7, 6, 1, 8, 9, 4, 5, 2]) == d[9]
            && check(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) == d[10]
    })
}

/// Denmark: since 2007 the last digit checks nothing.
pub(super) fn is_dk_number(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|d| is_day_of(&d[..2], &d[2..4]))
}

/// Iceland, kennitala.
pub(super) fn is_is_number(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|d| {
        (11 - weighted(&d, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 == d[8]
            && is_day_of(&d[..2], &d[2..4])
            && matches!(d[9], 0 | 8 | 9)
    })
}

/// Estonia and Lithuania: a second row of weights where the first leaves ten.
pub(super) fn is_baltic_code(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let first = weighted(&d, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
        let second = weighted(&d, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10;
        is_day_of(&d[5..7], &d[3..5]) && d[10] == if first == 10 { second } else { first }
    })
}

/// The United Kingdom, NHS number.
pub(super) fn is_uk_nhs(text: &[u8]) -> bool {
    digits::<10>(text)
        .is_some_and(|d| (11 - weighted(&d, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 == d[9] && d[0] != 0)
}

/// Ireland, PPS number: a second letter counts nine times.
pub(super) fn is_ie_pps(text: &[u8]) -> bool {
    let Some((d, letters)) = text.split_at_checked(7) else { return false };
    let Some(d) = digits::<7>(d) else { return false };
    let value = |byte: &u8| if *byte == b'W' { 0 } else { u32::from(byte.wrapping_sub(b'@')) };
    let second = letters.get(1).map_or(0, value);
    letters
        .first()
        .is_some_and(|letter| value(letter) == (weighted(&d, &[8, 7, 6, 5, 4, 3, 2]) + 9 * second) % 23)
}
