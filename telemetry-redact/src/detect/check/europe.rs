//! National numbers of the European mainland.

use super::digits::{Compact, digits, is_day_of, is_uniform, number, weighted};

fn letter(letters: &[u8], remainder: u64) -> Option<u8> {
    usize::try_from(remainder).ok().and_then(|at| letters.get(at)).copied()
}

/// Spain, DNI and NIE (Real Decreto 1553/2005).
pub(super) fn is_es_nif(text: &[u8]) -> bool {
    let Some(compact) = Compact::of(text) else { return false };
    let Some((last, first)) = compact.text().split_last() else { return false };
    // X, Y and Z of foreigners count as 0, 1 and 2.
    let digit = |byte: &u8| match byte {
        b'X'..=b'Z' => u64::from(byte - b'X'),
        _ => u64::from(byte.wrapping_sub(b'0')),
    };
    let value = first.iter().fold(0_u64, |value, byte| value.wrapping_mul(10).wrapping_add(digit(byte)));
    (7..=8).contains(&first.len()) && letter(b"TRWAGMYFPDXBNJZSQVHLCKE", value % 23) == Some(*last)
}

/// Spain, companies (Orden EHA/451/2008).
pub(super) fn is_es_cif(text: &[u8]) -> bool {
    let Some(compact) = Compact::of(text) else { return false };
    let [_, body @ .., check] = compact.text() else { return false };
    let Some(body) = digits::<7>(body) else { return false };
    let odd = |digit: u32| digit * 2 / 10 + digit * 2 % 10;
    let sum: u32 =
        body.iter().enumerate().map(|(at, digit)| if at % 2 == 0 { odd(*digit) } else { *digit }).sum();
    let control = (10 - sum % 10) % 10;
    u32::from(check.wrapping_sub(b'0')) == control || letter(b"JABCDEFGHI", control.into()) == Some(*check)
}

/// Italy, codice fiscale (Decreto ministeriale 23 dicembre 1976).
pub(super) fn is_it_code(text: &[u8]) -> bool {
    // What a character in an odd place counts, A and 0 first.
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let Some((last, body)) = text.split_last() else { return false };
    let sum: u32 = body
        .iter()
        .map(
            |byte| {
                if byte.is_ascii_digit() { byte - b'0' } else { byte.to_ascii_uppercase().wrapping_sub(b'A') }
            },
        )
        .enumerate()
        .map(|(at, value)| {
            if at % 2 == 0 { ODD.get(usize::from(value)).copied().unwrap_or_default() } else { value.into() }
        })
        .sum();
    text.len() == 16 && u32::from(last.to_ascii_uppercase().wrapping_sub(b'A')) == sum % 26
}

/// Poland, PESEL: the century stands in the month.
pub(super) fn is_pl_pesel(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|d| {
        weighted(&d, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
            && is_day_of(&d[4..6], &[d[2] % 2, d[3]])
    })
}

pub(super) fn is_pl_nip(text: &[u8]) -> bool {
    digits::<10>(text)
        .is_some_and(|d| weighted(&d, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == d[9] && !is_uniform(&d))
}

/// The Netherlands: the last digit counts less one.
pub(super) fn is_nl_bsn(text: &[u8]) -> bool {
    digits::<9>(text)
        .is_some_and(|d| weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2, 10]).is_multiple_of(11) && !is_uniform(&d))
}

/// Belgium: of those born since 2000, a 2 is put before the number.
pub(super) fn is_be_register(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let (body, check) = (number(&d[..9]), number(&d[9..]));
        let month = number(&d[2..4]) % 20;
        (1..=12).contains(&month) && (97 - body % 97 == check || 97 - (2_000_000_000 + body) % 97 == check)
    })
}

/// France, NIR: Corsica's departments are 2A and 2B.
pub(super) fn is_fr_nir(text: &[u8]) -> bool {
    let Some(compact) = Compact::of(text) else { return false };
    let text = compact.text();
    if text.len() != 15 || !matches!(text[0], b'1'..=b'4' | b'7' | b'8') {
        return false;
    }
    let less = match text[6] {
        b'A' => 1_000_000,
        b'B' => 2_000_000,
        _ => 0,
    };
    let digit = |byte: &u8| if byte.is_ascii_digit() { u64::from(byte - b'0') } else { 0 };
    let value = |part: &[u8]| part.iter().fold(0, |value, byte| value * 10 + digit(byte));
    97 - value(&text[..13]).saturating_sub(less) % 97 == value(&text[13..])
}

/// ISO 7064, modulo 11, 10.
pub(super) fn is_iso_11_10(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let product = d[..10].iter().fold(10, |product, digit| {
            let sum = (digit + product) % 10;
            (if sum == 0 { 10 } else { sum }) * 2 % 11
        });
        (11 - product) % 10 == d[10]
    })
}

/// Germany, Steueridentifikationsnummer: no zero first, one digit twice or thrice among the first ten.
pub(super) fn is_de_tax(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let mut counts = [0; 10];
        for digit in &d[..10] {
            counts[*digit as usize] += 1;
        }
        let most = counts.iter().max().copied().unwrap_or_default();
        d[0] != 0 && (2..=3).contains(&most)
    }) && is_iso_11_10(text)
}

/// Germany, Versicherungsnummer (VKVV § 4): area, date of birth, letter, serial.
pub(super) fn is_de_insurance(text: &[u8]) -> bool {
    const WEIGHTS: [u32; 12] = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
    let Some(compact) = Compact::of(text) else { return false };
    let text = compact.text();
    let Some(letter) = text.get(8).filter(|byte| byte.is_ascii_uppercase() && text.len() == 12) else {
        return false;
    };
    let Some(d) = digits::<11>(&[&text[..8], &text[9..]].concat()) else { return false };
    let place = u32::from(letter - b'A') + 1;
    let all = [&d[..8], &[place / 10, place % 10], &d[8..10]].concat();
    let sum: u32 =
        all.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight / 10 + digit * weight % 10).sum();
    is_day_of(&d[2..4], &d[4..6]) && sum % 10 == d[10]
}

/// Germany, Personalausweis and Reisepass (ICAO 9303).
pub(super) fn is_de_card(text: &[u8]) -> bool {
    let Some((last, body)) = text.split_last() else { return false };
    let sum: u32 = body
        .iter()
        .zip([7, 3, 1, 7, 3, 1, 7, 3, 1])
        .map(|(byte, weight)| char::from(*byte).to_digit(36).unwrap_or_default() * weight)
        .sum();
    text.len() == 10
        && u32::from(last.wrapping_sub(b'0')) == sum % 10
        && body.iter().any(u8::is_ascii_digit)
        && body.iter().any(u8::is_ascii_uppercase)
}

/// Portugal.
pub(super) fn is_pt_nif(text: &[u8]) -> bool {
    digits::<9>(text).is_some_and(|d| {
        let rest = weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
        d[8] == if rest < 2 { 0 } else { 11 - rest }
    })
}

/// Austria, Sozialversicherungsnummer: the check digit is the fourth.
pub(super) fn is_at_insurance(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|d| {
        weighted(&d, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == d[3]
            && d[0] != 0
            && (1..=31).contains(&number(&d[4..6]))
    })
}

/// Switzerland, AHV number: an EAN of the country 756.
pub(super) fn is_ean13(text: &[u8]) -> bool {
    digits::<13>(text)
        .is_some_and(|d| weighted(&d, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10))
}

/// The Czech Republic and Slovakia: women's months are 50 more.
pub(super) fn is_cz_birth(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|d| {
        let month = number(&d[2..4]) % 50 % 20;
        number(&d).is_multiple_of(11) && (1..=12).contains(&month) && (1..=31).contains(&number(&d[4..6]))
    })
}

/// Romania.
pub(super) fn is_ro_cnp(text: &[u8]) -> bool {
    digits::<13>(text).is_some_and(|d| {
        let rest = weighted(&d, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
        d[0] != 0 && is_day_of(&d[5..7], &d[3..5]) && d[12] == if rest == 10 { 1 } else { rest }
    })
}

/// Bulgaria.
pub(super) fn is_bg_egn(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|d| {
        weighted(&d, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == d[9]
            && (1..=12).contains(&(number(&d[2..4]) % 20))
            && (1..=31).contains(&number(&d[4..6]))
    })
}

/// The states that were Yugoslavia.
pub(super) fn is_yu_jmbg(text: &[u8]) -> bool {
    digits::<13>(text).is_some_and(|d| {
        let rest = weighted(&d, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        is_day_of(&d[..2], &d[2..4]) && d[12] == if rest < 2 { 0 } else { 11 - rest }
    })
}

/// Greece, ΑΦΜ.
pub(super) fn is_gr_afm(text: &[u8]) -> bool {
    digits::<9>(text)
        .is_some_and(|d| weighted(&d, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == d[8] && !is_uniform(&d))
}

/// Ukraine, РНОКПП: the first weight is minus one.
pub(super) fn is_ua_tax(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|d| weighted(&d, &[10, 5, 7, 9, 4, 6, 10, 5, 7]) % 11 % 10 == d[9])
}

/// Russia, СНИЛС.
pub(super) fn is_ru_snils(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|d| {
        u64::from(weighted(&d, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100) == number(&d[9..])
            && !is_uniform(&d)
    })
}
