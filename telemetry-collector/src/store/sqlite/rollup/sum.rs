//! Sums over runs, with the sets of installs they are of.

use std::io;

use roaring::RoaringBitmap;
use rusqlite::types::Type;
use rusqlite::{Error, Row};

use super::gather::Noted;
use crate::store::{Durations, Tally};

/// Sums over runs. Adding and taking away are exact, in any order.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::store::sqlite) struct Sum {
    pub(super) runs: u64,
    pub(super) errors: u64,
    pub(super) ci_runs: u64,
    pub(super) failed_us: u64,
    pub(super) durations: Durations,
    pub(super) installs: RoaringBitmap,
    pub(super) failed_installs: RoaringBitmap,
}

impl Sum {
    /// The sum of what was noted of runs.
    pub(super) fn of<'a>(parts: impl Iterator<Item = &'a Noted>) -> Self {
        let mut sum = Self::default();
        let (mut buckets, mut installs, mut failed_installs) = (Vec::new(), Vec::new(), Vec::new());
        for noted in parts {
            sum.runs += noted.runs;
            sum.errors += noted.errors;
            sum.ci_runs += noted.ci_runs;
            sum.failed_us = sum.failed_us.saturating_add(noted.failed_us);
            buckets.extend_from_slice(&noted.buckets);
            installs.extend_from_slice(&noted.installs);
            failed_installs.extend_from_slice(&noted.failed_installs);
        }
        sum.durations = Durations::of(buckets);
        sum.installs = set(installs);
        sum.failed_installs = set(failed_installs);
        sum
    }

    /// Adds the runs of another.
    pub(in crate::store::sqlite) fn merge(&mut self, other: &Self) {
        self.runs += other.runs;
        self.errors += other.errors;
        self.ci_runs += other.ci_runs;
        self.failed_us = self.failed_us.saturating_add(other.failed_us);
        self.installs |= &other.installs;
        self.failed_installs |= &other.failed_installs;
        self.durations.merge(&other.durations);
    }

    /// Takes all runs of installs out again.
    pub(super) fn subtract(&mut self, other: &Self) {
        self.runs = self.runs.saturating_sub(other.runs);
        self.errors = self.errors.saturating_sub(other.errors);
        self.ci_runs = self.ci_runs.saturating_sub(other.ci_runs);
        self.failed_us = self.failed_us.saturating_sub(other.failed_us);
        self.durations.subtract(&other.durations);
        self.installs -= &other.installs;
        self.failed_installs -= &other.failed_installs;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.runs == 0
    }

    /// Reads the seven columns from this one on.
    pub(in crate::store::sqlite) fn read(row: &Row, first: usize) -> rusqlite::Result<Self> {
        let number = |column: usize| {
            row.get::<_, i64>(first + column).map(|number| u64::try_from(number).unwrap_or(0))
        };
        let blob = |column: usize| row.get_ref(first + column)?.as_blob().map_err(Error::from);
        let damaged = |column: usize| {
            let error = io::Error::from(io::ErrorKind::InvalidData);
            Error::FromSqlConversionFailure(first + column, Type::Blob, Box::new(error))
        };
        let set = |column: usize| {
            let bytes = blob(column)?;
            if bytes.is_empty() {
                return Ok(RoaringBitmap::new());
            }
            RoaringBitmap::deserialize_from(bytes).map_err(|_| damaged(column))
        };
        Ok(Self {
            runs: number(0)?,
            errors: number(1)?,
            ci_runs: number(2)?,
            failed_us: number(3)?,
            durations: Durations::from_bytes(blob(4)?).ok_or_else(|| damaged(4))?,
            installs: set(5)?,
            failed_installs: set(6)?,
        })
    }

    pub(in crate::store::sqlite) fn installs(&self) -> &RoaringBitmap {
        &self.installs
    }

    pub(in crate::store::sqlite) fn into_tally(self) -> Tally {
        let Self { runs, errors, ci_runs, failed_us, durations, installs, failed_installs } = self;
        Tally {
            runs,
            errors,
            ci_runs,
            failed_us,
            installs: installs.len(),
            failed_installs: failed_installs.len(),
            durations,
        }
    }
}

fn set(mut numbers: Vec<u32>) -> RoaringBitmap {
    numbers.sort_unstable();
    numbers.dedup();
    // In order and each once, as it asks for.
    RoaringBitmap::from_sorted_iter(numbers).unwrap_or_default()
}

/// SQLite's integers end at 2^63.
pub(super) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A set in its portable form; no bytes for an empty one.
pub(super) fn bytes(set: &RoaringBitmap) -> rusqlite::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if !set.is_empty() {
        bytes.reserve(set.serialized_size());
        set.serialize_into(&mut bytes).map_err(|error| Error::ToSqlConversionFailure(Box::new(error)))?;
    }
    Ok(bytes)
}
