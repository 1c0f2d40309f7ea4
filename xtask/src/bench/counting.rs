//! `bench counting`: what storing and counting events costs a file, without clients, HTTP and threads. For profilers, and for
//! the instructions of one version beside another's: `valgrind --tool=callgrind target/release/xtask bench counting`.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use telemetry_collector::{Policies, SqliteStore, Store as _, admit};
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::Timestamp;

use super::ingest::{Store, each_us};
use super::made_up::MadeUp;
use super::served::policy;
use crate::say;

/// Events in a batch, as many as a batch may have.
const BATCH: u64 = 1_000;

pub(super) fn run(root: &Path, events: u64) -> Result<()> {
    let text = fs::read_to_string(policy(root))?;
    let policies = Policies::new().with(Redactor::new(Policy::from_toml(&text)?));
    let made_up = MadeUp::new(&text, events)?;
    let file = Store::new(&root.join("target").join("bench").join("counting.sqlite"))?;
    let store = SqliteStore::open(&file.0)?;
    let (mut judged, mut stored) = (Duration::ZERO, Duration::ZERO);
    for first in (0..events).step_by(usize::try_from(BATCH)?) {
        let body = made_up.batch(first, BATCH.min(events - first))?;
        let begun = Instant::now();
        let batch = admit(body.as_bytes(), &policies)?;
        judged += begun.elapsed();
        let begun = Instant::now();
        store.insert(&[batch], Timestamp::default())?;
        stored += begun.elapsed();
    }
    let begun = Instant::now();
    drop(store.reader()?);
    stored += begun.elapsed();
    let each = |took: Duration| each_us(Some(took.as_secs_f64()), events);
    say(&format!(
        "{events} events: judged in {} µs each, stored and counted in {} µs each",
        each(judged),
        each(stored)
    ));
    Ok(())
}
