//! Durations as a histogram: what percentiles are read off, in room that does not grow with the runs.

use std::cmp::Ordering;

/// Below this many microseconds each value has a bucket of its own; above, each octave has half as many buckets.
const EXACT: u64 = 128;
const EXACT_BITS: u32 = EXACT.ilog2();
/// Buckets that are one where durations have noise: a quarter of an octave.
const WIDE: u16 = 16;

/// How many runs took how long. A value above 128 µs is known to within 0.8 per cent: its bucket is at most a 64th of
/// it wide, and the middle stands for it.
// Buckets with runs, in order: a report merges some hundred thousand of them, and side by side that costs a few nanoseconds each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Durations(Vec<(u16, u64)>);

impl Durations {
    /// Of runs in these buckets.
    pub(super) fn of(mut buckets: Vec<u16>) -> Self {
        buckets.sort_unstable();
        let of_one = buckets.chunk_by(|a, b| a == b);
        Self(of_one.map(|runs| (runs[0], runs.len() as u64)).collect())
    }

    /// Adds one run.
    pub fn add(&mut self, us: u64) {
        self.add_bucket(bucket(us), 1);
    }

    /// Adds all runs of another.
    pub fn merge(&mut self, other: &Self) {
        if self.0.is_empty() {
            self.0.clone_from(&other.0);
            return;
        }
        let mut merged = Vec::with_capacity(self.0.len() + other.0.len());
        let (mut mine, mut theirs) = (self.0.iter().copied().peekable(), other.0.iter().copied().peekable());
        while let Some((a, b)) = mine.peek().copied().zip(theirs.peek().copied()) {
            merged.push(match a.0.cmp(&b.0) {
                Ordering::Less => a,
                Ordering::Greater => b,
                Ordering::Equal => (a.0, a.1 + b.1),
            });
            mine.next_if(|_| a.0 <= b.0);
            theirs.next_if(|_| b.0 <= a.0);
        }
        merged.extend(mine.chain(theirs));
        self.0 = merged;
    }

    /// Takes the runs of another out again.
    pub fn subtract(&mut self, other: &Self) {
        for (bucket, count) in &other.0 {
            if let Ok(place) = self.place(*bucket) {
                self.0[place].1 = self.0[place].1.saturating_sub(*count);
            }
        }
        self.0.retain(|(_, count)| *count > 0);
    }

    /// How many runs there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// Where a bucket is, or would be.
    fn place(&self, bucket: u16) -> Result<usize, usize> {
        self.0.binary_search_by_key(&bucket, |(bucket, _)| *bucket)
    }

    /// The duration of the run at this place in order, from 1, in milliseconds.
    #[must_use]
    pub fn at_rank_ms(&self, rank: u64) -> Option<f64> {
        let mut before = 0;
        for (bucket, count) in &self.0 {
            before += count;
            if before >= rank.max(1) {
                return Some(milliseconds(*bucket));
            }
        }
        None
    }

    /// A percentile by nearest rank, in milliseconds: the least duration that at least that share of the runs did not
    /// exceed.
    #[must_use]
    pub fn percentile_ms(&self, percent: u64) -> Option<f64> {
        self.at_rank_ms((self.count() * percent).div_ceil(100).max(1))
    }

    /// Buckets as pairs of milliseconds and runs, in order.
    pub fn iter_ms(&self) -> impl Iterator<Item = (f64, u64)> {
        self.0.iter().map(|(bucket, count)| (milliseconds(*bucket), *count))
    }

    /// Places that a run fell into.
    pub(crate) fn places(&self) -> u64 {
        self.0.len() as u64
    }

    /// The same in wide places, four an octave, with noise on each that a run fell into. What comes out less than nothing is
    /// taken from the next, so that noise does not make durations longer.
    pub(crate) fn noised(&self, noise: impl Fn(u16) -> i64) -> Self {
        let mut wide = Self::default();
        for (bucket, count) in &self.0 {
            wide.add_bucket(bucket / WIDE * WIDE + WIDE / 2, *count);
        }
        let mut owed = 0;
        wide.0.retain_mut(|(bucket, count)| {
            let exact = i64::try_from(*count).unwrap_or(i64::MAX);
            let noised = exact.saturating_add(noise(*bucket)).saturating_sub(owed);
            owed = noised.min(0).saturating_neg();
            *count = noised.max(0).unsigned_abs();
            *count > 0
        });
        wide
    }

    /// Adds so many runs of a bucket.
    pub(super) fn add_bucket(&mut self, bucket: u16, runs: u64) {
        match self.place(bucket) {
            Ok(place) => self.0[place].1 += runs,
            Err(place) => self.0.insert(place, (bucket, runs)),
        }
    }

    /// Pairs of differences of buckets and counts, seven bits a byte (LEB128).
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.0.len() * 3);
        let mut last = 0;
        for (bucket, count) in &self.0 {
            push(&mut bytes, u64::from(bucket - last));
            push(&mut bytes, *count);
            last = *bucket;
        }
        bytes
    }

    /// `None` where the bytes are damaged.
    pub(crate) fn from_bytes(mut bytes: &[u8]) -> Option<Self> {
        // Two bytes a pair at least.
        let mut counts: Vec<(u16, u64)> = Vec::with_capacity(bytes.len() / 2);
        while !bytes.is_empty() {
            let step = u16::try_from(pull(&mut bytes)?).ok()?;
            let count = pull(&mut bytes)?;
            match counts.last() {
                None => counts.push((step, count)),
                Some((last, _)) if step > 0 => counts.push((last.checked_add(step)?, count)),
                Some(_) => return None,
            }
        }
        Some(Self(counts))
    }
}

/// The number of the bucket of a duration in microseconds.
pub(super) fn bucket(us: u64) -> u16 {
    let bucket = if us < EXACT {
        us
    } else {
        let octave = us.ilog2() - EXACT_BITS;
        EXACT + u64::from(octave) * (EXACT / 2) + (us >> (octave + 1)) - EXACT / 2
    };
    u16::try_from(bucket).unwrap_or(u16::MAX)
}

fn milliseconds(bucket: u16) -> f64 {
    let bucket = u64::from(bucket);
    let us = if bucket < EXACT {
        bucket
    } else {
        let (octave, step) = ((bucket - EXACT) / (EXACT / 2), (bucket - EXACT) % (EXACT / 2));
        let width = 1_u64.checked_shl(u32::try_from(octave).unwrap_or(u32::MAX) + 1).unwrap_or(u64::MAX);
        (EXACT / 2 + step).saturating_mul(width).saturating_add((width - 1) / 2)
    };
    #[expect(clippy::cast_precision_loss, reason = "exact up to 285 years")]
    let ms = us as f64 / 1000.0;
    ms
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(u8::try_from(number & 0x7f).unwrap_or_default() | 0x80);
        number >>= 7;
    }
    bytes.push(u8::try_from(number).unwrap_or_default());
}

fn pull(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for place in 0..10 {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f).checked_shl(place * 7)?;
        if first & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_duration_is_known_to_a_hundredth(us in prop_oneof![0..2000_u64, 0..1_u64 << 50]) {
            let mut durations = Durations::default();
            durations.add(us);
            #[expect(clippy::cast_precision_loss, reason = "2^50 fits")]
            let (known, true_ms) = (durations.percentile_ms(50).unwrap(), us as f64 / 1000.0);
            prop_assert!((known - true_ms).abs() <= true_ms * 0.008, "{known} for {true_ms}");
        }

        #[test]
        fn longer_is_never_in_an_earlier_bucket(us in 0..1_u64 << 50, more in 0..1_u64 << 40) {
            prop_assert!(bucket(us) <= bucket(us + more));
        }

        #[test]
        fn what_is_written_is_read(values in prop::collection::vec(any::<u64>(), 0..50)) {
            let mut durations = Durations::default();
            for us in &values {
                durations.add(*us);
            }
            let read = Durations::from_bytes(&durations.to_bytes()).unwrap();
            prop_assert_eq!(&read, &durations);
            let mut left = read;
            left.subtract(&durations);
            prop_assert_eq!(left, Durations::default());
        }

        #[test]
        fn noise_of_nothing_only_widens_the_places(us in 200..1_u64 << 50) {
            let mut durations = Durations::default();
            durations.add(us);
            let (known, true_ms) = (durations.percentile_ms(50).unwrap(), durations.noised(|_| 0).percentile_ms(50).unwrap());
            prop_assert!((known / true_ms - 1.0).abs() < 0.13, "{known} for {true_ms}");
        }

        #[test]
        fn noise_leaves_the_sum_where_it_is(values in prop::collection::vec(200..1_u64 << 30, 1..50), more in 0..20_i64) {
            let mut durations = Durations::default();
            for us in &values {
                durations.add(*us);
            }
            let places = durations.noised(|_| 0).places();
            let noised = durations.noised(|_| more);
            prop_assert_eq!(noised.count(), values.len() as u64 + places * more.unsigned_abs());
            let less = durations.noised(|_| -more);
            prop_assert!(less.count() <= durations.count());
        }

        #[test]
        fn damaged_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = Durations::from_bytes(&bytes);
        }
    }
}
