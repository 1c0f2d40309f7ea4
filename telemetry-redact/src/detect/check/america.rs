//! National numbers of the Americas.

use super::digits::{Compact, digits, is_uniform, luhn, number, weighted};

/// The United States: areas 000, 666 and from 900 are never issued, nor is a part of zeros (SSA, POMS RM 10201).
pub(super) fn is_us_ssn(text: &[u8]) -> bool {
    digits::<9>(text).is_some_and(|d| {
        let (area, group, serial) = (number(&d[..3]), number(&d[3..5]), number(&d[5..]));
        // From 900 on they are tax numbers, which mean a person too.
        area != 0 && area != 666 && group != 0 && serial != 0
    })
}

/// The United States, National Provider Identifier (45 CFR 162.406).
pub(super) fn is_us_npi(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|d| {
        matches!(d[0], 1 | 2) && luhn([8, 0, 8, 4, 0].into_iter().chain(d).collect::<Vec<_>>().into_iter())
    })
}

/// The United States, DEA registration.
pub(super) fn is_us_dea(text: &[u8]) -> bool {
    text.get(2..)
        .and_then(digits::<7>)
        .is_some_and(|d| (d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6])
}

/// A check digit of Brazil: a remainder under two is zero.
fn br_check(digits: &[u32], weights: &[u32]) -> u32 {
    let rest = weighted(digits, weights) % 11;
    if rest < 2 { 0 } else { 11 - rest }
}

pub(super) fn is_br_cpf(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|d| {
        br_check(&d, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) == d[9]
            && br_check(&d, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) == d[10]
            && !is_uniform(&d)
    })
}

pub(super) fn is_br_cnpj(text: &[u8]) -> bool {
    digits::<14>(text).is_some_and(|d| {
        br_check(&d, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == d[12]
            && br_check(&d, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) == d[13]
            && !is_uniform(&d)
    })
}

/// Chile: weights 2 to 7 from the right, again and again.
pub(super) fn is_cl_rut(text: &[u8]) -> bool {
    let Some(compact) = Compact::of(text) else { return false };
    let Some((check, body)) = compact.text().split_last() else { return false };
    if !(7..=8).contains(&body.len()) || !body.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let weights = [2, 3, 4, 5, 6, 7].into_iter().cycle();
    let sum: u32 = body.iter().rev().zip(weights).map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    *check
        == match 11 - sum % 11 {
            11 => b'0',
            10 => b'K',
            digit => b'0' + u8::try_from(digit).unwrap_or_default(),
        }
}

/// Argentina.
pub(super) fn is_ar_cuit(text: &[u8]) -> bool {
    digits::<11>(text)
        .is_some_and(|d| (11 - weighted(&d, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10 == d[10])
}

/// Mexico, CURP: the letter Ñ counts in the alphabet, but does not occur.
pub(super) fn is_mx_curp(text: &[u8]) -> bool {
    let Some((last, body)) = text.split_last() else { return false };
    let value = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'N' => u32::from(byte - b'A') + 10,
        _ => u32::from(byte.wrapping_sub(b'A')) + 11,
    };
    let sum: u32 = body.iter().zip((2..=18).rev()).map(|(byte, weight)| value(*byte) * weight).sum();
    text.len() == 18 && u32::from(last.wrapping_sub(b'0')) == (10 - sum % 10) % 10
}

/// Ecuador: one of 24 provinces, then Luhn.
pub(super) fn is_ec_cedula(text: &[u8]) -> bool {
    digits::<10>(text).is_some_and(|d| (1..=24).contains(&number(&d[..2])) && d[2] < 6 && luhn(d.into_iter()))
}
