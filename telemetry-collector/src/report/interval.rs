//! How far a number can be trusted.

use super::Noise;

/// For 95 per cent: the 0.975 quantile of the standard normal distribution.
const Z: f64 = 1.959_964;

/// From where to where.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Whether the other lies wholly above this one. Two intervals of 95 per cent that are apart differ by more than
    /// chance at a level of about half a per cent.
    #[must_use]
    pub fn is_below(&self, other: &Self) -> bool {
        self.high < other.low
    }
}

/// Wilson's interval of 95 per cent for a share (Wilson 1927, J. Am. Stat. Assoc. 22, 209): `part` of `whole`. It stays
/// within 0 and 1, and is honest for few runs and for none that failed.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "an interval for more than 2^53 runs is a point")]
pub fn wilson(part: u64, whole: u64) -> Interval {
    if whole == 0 {
        return Interval { low: 0.0, high: 1.0 };
    }
    let (n, p) = (whole as f64, part as f64 / whole as f64);
    let middle = p + Z * Z / (2.0 * n);
    let spread = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    Interval { low: ((middle - spread) / scale).max(0.0), high: ((middle + spread) / scale).min(1.0) }
}

/// Wilson's interval for a share of two counts; where these have noise, as much wider as it may have moved both.
#[must_use]
pub(crate) fn rate_interval(part: u64, whole: u64, noise: Option<Noise>) -> Interval {
    let within = noise.map_or(0, |noise| noise.of_runs().within_95());
    let (less, more) = (whole.saturating_sub(within), whole.saturating_add(within));
    let low = wilson(part.saturating_sub(within).min(more), more).low;
    Interval { low, high: wilson(part.saturating_add(within).min(less), less).high }
}

/// The places in order, from 1, between which the median lies with 95 per cent, whatever the distribution: the binomial
/// distribution's, by its normal approximation (Conover, Practical Nonparametric Statistics, 3.2). `None` for fewer
/// than six values, which say too little.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places among fewer than 2^53 runs"
)]
pub fn median_ranks(count: u64) -> Option<(u64, u64)> {
    if count < 6 {
        return None;
    }
    let (middle, spread) = (count as f64 / 2.0, Z * (count as f64).sqrt() / 2.0);
    let low = (middle - spread).floor().max(1.0) as u64;
    let high = (middle + spread + 1.0).ceil().min(count as f64) as u64;
    Some((low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_intervals_of_the_books() {
        // 15 of 148: 0.0624 to 0.1605 (Newcombe 1998, Statistics in Medicine 17, 857, table I, method 3: 81/263,
        // 15/148, 0/20, 1/29).
        for (part, whole, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let interval = wilson(part, whole);
            assert!((interval.low - low).abs() < 1e-4 && (interval.high - high).abs() < 1e-4, "{interval:?}");
        }
        assert_eq!(wilson(0, 0), Interval { low: 0.0, high: 1.0 });
        assert!(wilson(0, 1000).is_below(&wilson(20, 1000)));
        assert!(!wilson(1, 10).is_below(&wilson(2, 10)));
    }

    #[test]
    fn noise_makes_intervals_wider() {
        let noise = Noise::new(1.0).ok();
        assert_eq!(rate_interval(50, 1000, None), wilson(50, 1000));
        let wide = rate_interval(50, 1000, noise);
        assert_eq!((wide.low, wide.high), (wilson(20, 1030).low, wilson(80, 970).high));
        assert_eq!(rate_interval(3, 20, noise), Interval { low: 0.0, high: 1.0 });
    }

    #[test]
    fn the_median_lies_between_its_ranks() {
        assert_eq!(median_ranks(5), None);
        assert_eq!(median_ranks(100), Some((40, 61)));
        assert_eq!(median_ranks(6), Some((1, 6)));
    }
}
