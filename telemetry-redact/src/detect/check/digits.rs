//! Arithmetic that the checks share.

/// The letters and digits of a number, without the marks that group it.
pub(super) struct Compact {
    bytes: [u8; Self::MOST],
    len: usize,
}

impl Compact {
    /// No number that is checked is longer.
    const MOST: usize = 40;

    /// Nothing where it is too long.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let mut compact = Self { bytes: [0; Self::MOST], len: 0 };
        for byte in text.iter().filter(|byte| byte.is_ascii_alphanumeric()) {
            *compact.bytes.get_mut(compact.len)? = byte.to_ascii_uppercase();
            compact.len += 1;
        }
        Some(compact)
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The digits of a number of `N` digits, whatever groups it.
pub(super) fn digits<const N: usize>(text: &[u8]) -> Option<[u32; N]> {
    let mut digits = [0; N];
    let mut count = 0;
    for byte in text {
        if byte.is_ascii_digit() {
            *digits.get_mut(count)? = u32::from(byte - b'0');
            count += 1;
        } else if byte.is_ascii_alphabetic() {
            return None;
        }
    }
    (count == N).then_some(digits)
}

/// The digits of a text that has no other bytes.
pub(super) fn values(text: &[u8]) -> Option<impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + '_> {
    text.iter().all(u8::is_ascii_digit).then(|| text.iter().map(|byte| u32::from(byte - b'0')))
}

/// The sum of digits times weights, as far as there are weights.
pub(super) fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// The number that digits make.
pub(super) fn number(digits: &[u32]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// ISO/IEC 7812-1, annex B: every second digit from the right is doubled.
pub(super) fn luhn(digits: impl DoubleEndedIterator<Item = u32>) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .rev()
        .enumerate()
        .map(|(index, digit)| if index % 2 == 0 { digit } else { doubled(digit) })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether a day and a month are ones, each of two digits.
pub(super) fn is_day_of(day: &[u32], month: &[u32]) -> bool {
    (1..=31).contains(&number(day)) && (1..=12).contains(&number(month))
}

/// Whether all digits are the same, as in examples and in nothing that is issued.
pub(super) fn is_uniform(digits: &[u32]) -> bool {
    digits.iter().all(|digit| *digit == digits[0])
}
