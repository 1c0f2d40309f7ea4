//! Chance that comes out the same every time.

/// `SplitMix64` (Steele, Lea, Flood 2014, OOPSLA): small, and even enough for made-up numbers.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        // Mixed first: the numbers of neighbouring seeds would be the same ones, one place on.
        Self(Self(seed).next() ^ 0x5EED)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, not including, 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub(super) fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub(super) fn happens(&mut self, probability: f64) -> bool {
        self.part() < probability
    }

    /// One of several, each with its weight.
    pub(super) fn pick<T: Copy>(&mut self, choices: &[(T, f64)]) -> T {
        let mut left = self.part() * choices.iter().map(|(_, weight)| weight).sum::<f64>();
        for (choice, weight) in choices {
            left -= weight;
            if left < 0.0 {
                return *choice;
            }
        }
        // Rounding alone leads here.
        choices[choices.len() - 1].0
    }

    /// Around 1: the exponential of a rough normal distribution, as durations of runs are spread.
    pub(super) fn spread(&mut self, width: f64) -> f64 {
        let normal = (0..6).map(|_| self.part()).sum::<f64>() - 3.0;
        (normal * width).exp()
    }
}
