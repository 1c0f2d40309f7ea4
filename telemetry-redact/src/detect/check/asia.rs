//! National numbers of Asia, Africa and Oceania.

use super::digits::{Compact, digits, is_day_of, is_uniform, luhn, number, weighted};

/// Australia, Tax File Number.
pub(super) fn is_au_tfn(text: &[u8]) -> bool {
    digits::<9>(text)
        .is_some_and(|d| weighted(&d, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11) && !is_uniform(&d))
}

/// Australia, Business Number: the first digit counts less one.
pub(super) fn is_au_abn(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|d| {
        d[0] > 0 && (weighted(&d, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10).is_multiple_of(89)
    })
}

/// Australia, Medicare card: nine digits checked, then the issue.
pub(super) fn is_au_medicare(text: &[u8]) -> bool {
    digits::<10>(text)
        .is_some_and(|d| (2..=6).contains(&d[0]) && weighted(&d, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == d[8])
}

/// New Zealand, IRD number: a second row of weights where the first leaves ten.
pub(super) fn is_nz_ird(text: &[u8]) -> bool {
    digits::<9>(text).is_some_and(|d| {
        let check = |weights: &[u32]| (11 - weighted(&d, weights) % 11) % 11;
        let first = check(&[3, 2, 7, 6, 5, 4, 3, 2]);
        d[8] == if first == 10 { check(&[7, 4, 3, 2, 5, 2, 7, 6]) } else { first }
    })
}

/// India, Aadhaar: Verhoeff's scheme, the dihedral group of ten elements.
pub(super) fn is_in_aadhaar(text: &[u8]) -> bool {
    const TIMES: [[u8; 10]; 10] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
        [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
        [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
        [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
        [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
        [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
        [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
        [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
        [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
    ];
    const PLACES: [[u8; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    digits::<12>(text).is_some_and(|d| {
        let check = d.iter().rev().enumerate().fold(0, |check: u8, (at, digit)| {
            TIMES[usize::from(check)][usize::from(PLACES[at % 8][*digit as usize])]
        });
        d[0] > 1 && check == 0
    })
}

/// India, GSTIN: every second character counts twice, in digits of base 36.
pub(super) fn is_in_gstin(text: &[u8]) -> bool {
    let value = |byte: u8| char::from(byte).to_digit(36).unwrap_or_default();
    let Some((last, body)) = text.split_last() else { return false };
    let sum: u32 = body
        .iter()
        .enumerate()
        .map(|(at, byte)| value(*byte) * if at % 2 == 0 { 1 } else { 2 })
        .map(|product| product / 36 + product % 36)
        .sum();
    text.len() == 15 && (36 - sum % 36) % 36 == value(*last)
}

/// Singapore, NRIC and FIN: the first letter tells the series.
pub(super) fn is_sg_nric(text: &[u8]) -> bool {
    let [series, body @ .., last] = text else { return false };
    let Some(d) = digits::<7>(body) else { return false };
    let (letters, more) = match series {
        b'S' => (b"JZIHGFEDCBA", 0),
        b'T' => (b"JZIHGFEDCBA", 4),
        b'F' => (b"XWUTRQPNMLK", 0),
        b'G' => (b"XWUTRQPNMLK", 4),
        _ => (b"XWUTRQPNJLK", 3),
    };
    letters.get(((weighted(&d, &[2, 7, 6, 5, 4, 3, 2]) + more) % 11) as usize) == Some(last)
}

/// South Africa.
pub(super) fn is_za_id(text: &[u8]) -> bool {
    digits::<13>(text).is_some_and(|d| is_day_of(&d[4..6], &d[2..4]) && d[10] < 2 && luhn(d.into_iter()))
}

/// China, resident identity card (GB 11643-1999).
pub(super) fn is_cn_id(text: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let Some((last, body)) = text.split_last() else { return false };
    digits::<17>(body).is_some_and(|d| {
        is_day_of(&d[12..14], &d[10..12])
            && b"10X98765432"[(weighted(&d, &WEIGHTS) % 11) as usize] == last.to_ascii_uppercase()
    })
}

/// Hong Kong: a single letter counts as if a space stood before it.
pub(super) fn is_hk_id(text: &[u8]) -> bool {
    let Some(compact) = Compact::of(text) else { return false };
    let text = compact.text();
    let Some((last, body)) = text.split_last() else { return false };
    let value = |byte: u8| char::from(byte).to_digit(36).unwrap_or_default();
    let space = if body.len() == 7 { 36 * 9 } else { 0 };
    let sum: u32 =
        space + body.iter().rev().zip(2..).map(|(byte, weight)| value(*byte) * weight).sum::<u32>();
    let check = match (11 - sum % 11) % 11 {
        10 => b'A',
        digit => b'0' + u8::try_from(digit).unwrap_or_default(),
    };
    (7..=8).contains(&body.len()) && *last == check
}

/// Taiwan: the letter is a place, in an order of its own.
pub(super) fn is_tw_id(text: &[u8]) -> bool {
    const PLACES: &[u8; 26] = b"ABCDEFGHJKLMNPQRSTUVXYWZIO";
    let Some((letter, body)) = text.split_first() else { return false };
    let Some(place) = PLACES.iter().position(|place| place == letter) else { return false };
    let Some(place) = u32::try_from(place + 10).ok() else { return false };
    digits::<9>(body).is_some_and(|d| {
        (place / 10 + place % 10 * 9 + weighted(&d, &[8, 7, 6, 5, 4, 3, 2, 1, 1])).is_multiple_of(10)
    })
}

/// Korea, resident registration number as issued until October 2020.
pub(super) fn is_kr_number(text: &[u8]) -> bool {
    digits::<13>(text).is_some_and(|d| {
        (11 - weighted(&d, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10 == d[12]
            && is_day_of(&d[4..6], &d[2..4])
    })
}

/// Japan, Individual Number.
pub(super) fn is_jp_number(text: &[u8]) -> bool {
    digits::<12>(text).is_some_and(|d| {
        let rest = weighted(&d, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
        d[11] == if rest < 2 { 0 } else { 11 - rest }
    })
}

/// Thailand.
pub(super) fn is_th_id(text: &[u8]) -> bool {
    digits::<13>(text).is_some_and(|d| {
        d[0] != 0 && (11 - weighted(&d, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10 == d[12]
    })
}

/// Türkiye.
pub(super) fn is_tr_number(text: &[u8]) -> bool {
    digits::<11>(text).is_some_and(|d| {
        let odd = d[0] + d[2] + d[4] + d[6] + d[8];
        let even = d[1] + d[3] + d[5] + d[7];
        d[0] != 0
            && (odd * 7 + even * 9) % 10 == d[9]
            && u64::from(d[..10].iter().sum::<u32>() % 10) == number(&d[10..])
    })
}
