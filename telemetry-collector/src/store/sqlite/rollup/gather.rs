//! Runs into sums, in memory, before the table is touched.
//!
//! A run is in five segments under a dozen keys, which is sixty sums. Here it is noted a dozen times: once a key, under what
//! tells all five of its segments apart. Only what many runs have in common is then added to each segment.

use std::collections::HashMap;

use telemetry_schema::Event;

use super::cells::{Place, keys, whose};
use super::names::Names;
use super::number;
use super::sum::Sum;
use crate::report::monday;
use crate::store::{Subject, durations, run};

/// What runs have in common that are in the same sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Cell {
    /// Their segments, as [`Names::segments`] numbers them.
    whose: usize,
    day: i64,
    subject: Subject,
    key: i64,
}

/// Runs, noted and not yet sorted.
#[derive(Debug, Default)]
pub(super) struct Noted {
    pub(super) runs: u64,
    pub(super) errors: u64,
    pub(super) ci_runs: u64,
    pub(super) failed_us: u64,
    /// The place in the histogram of each run.
    pub(super) buckets: Vec<u16>,
    pub(super) installs: Vec<u32>,
    pub(super) failed_installs: Vec<u32>,
}

/// The runs of some events.
#[derive(Debug, Default)]
pub(super) struct Gathered(HashMap<Cell, Noted>);

impl Gathered {
    /// Notes a run, under each key once, however often the run names it: a flag given twice is one run with that flag. It
    /// counts for the day it was moved to, else for the one it started on.
    pub(super) fn add(
        &mut self,
        event: &Event,
        moved_day: Option<i64>,
        names: &mut Names,
    ) -> rusqlite::Result<()> {
        let (failed, ci, duration_us) = (run::is_failed(event), run::in_ci(event), event.duration_us);
        let install = run::install(event).map(|install| names.install(install)).transpose()?;
        let whose = names.segments(&whose(event))?;
        let day = moved_day.unwrap_or_else(|| run::day(event.started_at));
        let mut keys = keys(event, names)?;
        keys.sort_unstable();
        keys.dedup();
        for (subject, key) in keys {
            let noted = self.0.entry(Cell { whose, day, subject, key }).or_default();
            noted.runs += 1;
            noted.ci_runs += u64::from(ci);
            noted.installs.extend(install);
            if failed {
                noted.errors += 1;
                noted.failed_us = noted.failed_us.saturating_add(duration_us);
                noted.failed_installs.extend(install);
            }
            // A histogram is most of a sum's room: only where percentiles are asked for.
            if matches!(subject, Subject::All | Subject::Command | Subject::Version) {
                noted.buckets.push(durations::bucket(duration_us));
            }
        }
        Ok(())
    }

    /// The sums, in the order of the table.
    pub(super) fn sums(&self, names: &Names) -> Vec<(Place, Sum)> {
        let mut parts: Vec<(Place, &Noted)> = Vec::with_capacity(self.0.len() * 5);
        for (Cell { whose, day, subject, key }, noted) in &self.0 {
            let [rest @ .., by_weeks] = names.segments_of(*whose);
            let place = |segment, day| Place { subject: number(*subject), segment, day, key: *key };
            parts.extend(rest.iter().map(|segment| (place(*segment, *day), noted)));
            parts.push((place(*by_weeks, monday(*day)), noted));
        }
        parts.sort_unstable_by_key(|(place, _)| *place);
        let of_one = parts.chunk_by(|(a, _), (b, _)| a == b);
        of_one.map(|parts| (parts[0].0, Sum::of(parts.iter().map(|(_, noted)| *noted)))).collect()
    }
}
