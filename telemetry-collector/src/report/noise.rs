//! Calibrated noise: how much of it, and where it comes from. `noisy` is what puts it on.
//!
//! A number gets the difference of two geometric variables, which is the two-sided geometric distribution (Ghosh, Roughgarden
//! and Sundararajan 2012, SIAM J. Comput. 41, 1673): whole numbers, and as little of them as an epsilon allows. They are
//! drawn by a keyed hash of what is counted, so that asking again gives the same, and never another to take a mean of.

use std::fmt;
use std::str::FromStr;

use ring::hmac;
use thiserror::Error;

/// Runs of one install in one sum that the noise is made for. No store knows how often each install ran something, so this is
/// no bound: one of ten times as many is hidden a tenth as well.
pub const RUNS_OF_ONE: u32 = 10;

/// The least epsilon that is taken. Below it every number is noise.
const MIN_EPSILON: f64 = 0.001;
/// The greatest. Above it noise on installs is mostly nothing, and would be a promise of nothing.
const MAX_EPSILON: f64 = 10.0;

/// How much noise is put on counts: less with a greater epsilon.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise(f64);

// It is never NaN.
impl Eq for Noise {}

/// An epsilon that is none.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum NoiseError {
    /// Not a number at all.
    #[error("epsilon is a number, such as 0.5")]
    NotANumber,
    /// Nothing, less than that, or beyond what has a meaning.
    #[error(
        "epsilon is from {MIN_EPSILON} to {MAX_EPSILON}: the less, the more noise; without noise, leave it out"
    )]
    OutOfBounds,
}

impl Noise {
    /// Noise of this epsilon, from 0.001 to 10.
    ///
    /// # Errors
    ///
    /// [`NoiseError`] for anything else; 0 is not taken for none.
    pub fn new(epsilon: f64) -> Result<Self, NoiseError> {
        if epsilon.is_nan() {
            Err(NoiseError::NotANumber)
        } else if (MIN_EPSILON..=MAX_EPSILON).contains(&epsilon) {
            Ok(Self(epsilon))
        } else {
            Err(NoiseError::OutOfBounds)
        }
    }

    /// As it was given.
    #[must_use]
    pub fn epsilon(self) -> f64 {
        self.0
    }

    /// On a number of installs, which one install changes by one.
    #[must_use]
    pub fn of_installs(self) -> Spread {
        Spread { scale: 1.0 / self.0 }
    }

    /// On a number of runs or errors, of which one install may have [`RUNS_OF_ONE`].
    #[must_use]
    pub fn of_runs(self) -> Spread {
        Spread { scale: f64::from(RUNS_OF_ONE) / self.0 }
    }
}

impl FromStr for Noise {
    type Err = NoiseError;

    fn from_str(text: &str) -> Result<Self, NoiseError> {
        text.parse().map_err(|_| NoiseError::NotANumber).and_then(Self::new)
    }
}

impl fmt::Display for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The two-sided geometric distribution of one scale: `n` and `n + 1` are apart by a factor of `e^(1 / scale)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    scale: f64,
}

impl Spread {
    /// The scale.
    #[must_use]
    pub fn scale(self) -> f64 {
        self.scale
    }

    /// The least number within which noise is in 95 of 100 draws, or more.
    #[must_use]
    pub fn within_95(self) -> u64 {
        // Beyond n on either side: 2 a^(n + 1) / (1 + a), with a = e^(-1 / scale).
        let ratio = (-1.0 / self.scale).exp();
        let beyond = -self.scale * (0.025 * (1.0 + ratio)).ln();
        whole(beyond.ceil() - 1.0)
    }

    /// A draw from 16 bytes that are as good as random: the difference of two geometric variables, each by inversion from 53
    /// bits. So it is never beyond 37 scales, which the distribution itself is once in 10^16.
    fn draw(self, bytes: [u8; 16]) -> i64 {
        let number = u128::from_le_bytes(bytes);
        let geometric = |bits: u128| {
            #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
            let uniform = (((bits & u128::from(u64::MAX)) >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0;
            i64::try_from(whole(-self.scale * uniform.ln())).unwrap_or(i64::MAX)
        };
        geometric(number) - geometric(number >> 64)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded down, and from 0 on")]
fn whole(number: f64) -> u64 {
    number.max(0.0) as u64
}

/// What a store's noise is drawn with. Whoever has it can take the noise off again.
#[derive(Clone)]
pub struct NoiseKey(hmac::Key);

impl NoiseKey {
    /// The length of a key.
    pub const BYTES: usize = 32;

    /// The key of these bytes, which nobody may guess.
    #[must_use]
    pub fn new(bytes: &[u8; Self::BYTES]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The noise of what is named so: always the same one.
    pub(super) fn draw(&self, spread: Spread, name: &impl serde::Serialize) -> i64 {
        // A list of words and numbers cannot fail to serialise, and no two lists have one text.
        let name = serde_json::to_vec(&(spread.scale.to_bits(), name)).unwrap_or_default();
        let tag = hmac::sign(&self.0, &name);
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(tag.as_ref()).for_each(|(byte, drawn)| *byte = *drawn);
        spread.draw(bytes)
    }
}

impl fmt::Debug for NoiseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NoiseKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> NoiseKey {
        NoiseKey::new(&[number; NoiseKey::BYTES])
    }

    fn draws(spread: Spread, count: u32) -> Vec<i64> {
        (0..count).map(|name| key(7).draw(spread, &name)).collect()
    }

    /// Pearson's chi-square over each number that is expected 20 times or more, and the rest on either side. The keys are
    /// fixed: it is the same number each time.
    #[test]
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "small numbers")]
    fn draws_are_of_the_two_sided_geometric_distribution() {
        const COUNT: u32 = 40_000;
        for epsilon in [0.2, 1.0, 3.0] {
            let spread = Noise::new(epsilon).unwrap().of_installs();
            let ratio = (-epsilon).exp();
            let chance =
                |number: i64| (1.0 - ratio) / (1.0 + ratio) * ratio.powi(number.unsigned_abs() as i32);
            let widest =
                (0..10_000).take_while(|number| chance(*number) * f64::from(COUNT) >= 20.0).last().unwrap();
            let draws = draws(spread, COUNT);
            let seen = |is: &dyn Fn(i64) -> bool| draws.iter().filter(|draw| is(**draw)).count() as f64;
            let mut cells: Vec<(f64, f64)> =
                (-widest..=widest).map(|number| (seen(&|draw| draw == number), chance(number))).collect();
            let beyond = ratio.powi(widest as i32 + 1) / (1.0 + ratio);
            cells.push((seen(&|draw| draw > widest), beyond));
            cells.push((seen(&|draw| draw < -widest), beyond));
            assert!((cells.iter().map(|(_, chance)| chance).sum::<f64>() - 1.0).abs() < 1e-9);
            let square = |(seen, chance): &(f64, f64)| {
                let expected = chance * f64::from(COUNT);
                (seen - expected).powi(2) / expected
            };
            let found: f64 = cells.iter().map(square).sum();
            // The 0.999 quantile is about this (Wilson and Hilferty 1931, PNAS 17, 684).
            let freedom = cells.len() as f64 - 1.0;
            let part = 2.0 / (9.0 * freedom);
            let quantile = freedom * (1.0 - part + 3.0902 * part.sqrt()).powi(3);
            assert!(found < quantile, "epsilon {epsilon}: {found} of {freedom}, at most {quantile}");
        }
    }

    #[test]
    fn ninety_five_of_a_hundred_are_within_what_is_said() {
        for epsilon in [0.1, 0.5, 1.0, 2.0, 10.0] {
            let noise = Noise::new(epsilon).unwrap();
            for spread in [noise.of_installs(), noise.of_runs()] {
                let ratio = (-1.0 / spread.scale()).exp();
                #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                let beyond = |within: u64| 2.0 * ratio.powf(within as f64 + 1.0) / (1.0 + ratio);
                let within = spread.within_95();
                assert!(beyond(within) <= 0.05, "{epsilon}: {within}");
                assert!(
                    within == 0 || beyond(within - 1) > 0.05,
                    "{epsilon}: {within} is more than it needs"
                );
            }
        }
        let (installs, runs) = (Noise::new(1.0).unwrap().of_installs(), Noise::new(1.0).unwrap().of_runs());
        assert_eq!((installs.within_95(), runs.within_95()), (3, 30));
    }

    #[test]
    fn the_same_name_gets_the_same_noise_and_another_one_another() {
        let spread = Noise::new(0.1).unwrap().of_runs();
        assert_eq!(draws(spread, 200), draws(spread, 200));
        let differ = |a: &[i64], b: &[i64]| a.iter().zip(b).filter(|(a, b)| a != b).count() > 180;
        let other_key: Vec<_> = (0..200_u32).map(|name| key(8).draw(spread, &name)).collect();
        assert!(differ(&draws(spread, 200), &other_key));
        // One epsilon's noise says nothing of another's: the two together would give the number away.
        let scaled: Vec<_> =
            draws(Noise::new(0.2).unwrap().of_runs(), 200).iter().map(|draw| draw * 2).collect();
        let near = draws(spread, 200).iter().zip(&scaled).filter(|(a, b)| (**a - **b).abs() <= 2).count();
        assert!(near < 20, "{near}");
    }

    #[test]
    fn an_epsilon_that_is_none_is_refused() {
        for text in ["0", "-1", "-0.5", "inf", "1e9", "0.0001"] {
            assert_eq!(text.parse::<Noise>(), Err(NoiseError::OutOfBounds), "{text}");
        }
        for text in ["NaN", "", "much", "1,5"] {
            assert_eq!(text.parse::<Noise>(), Err(NoiseError::NotANumber), "{text}");
        }
        assert_eq!("0.5".parse::<Noise>().unwrap().epsilon().to_string(), "0.5");
        assert!(NoiseError::OutOfBounds.to_string().starts_with("epsilon is from 0.001 to 10"));
    }
}
