//! A year of a made-up program's events, through the same door as anybody's: so that a newcomer sees full reports.
//!
//! The same day always gives the same year. Nothing in it was measured: it is made so that every report has something
//! to say, such as a version that made one command fail.

mod chance;
mod machine;
mod program;

use anyhow::{Context as _, Result};
use telemetry_collector::{MAX_EVENTS, Policies, Store, admit_batch};
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::{Batch, BatchId, Loss, LossReason, PROTOCOL_VERSION, Timestamp};

use chance::Chance;
use machine::Machine;
use program::Teller;

/// What stands on every page and in every report of it.
pub(crate) const NOTICE: &str = "Sample data: a made-up program, made-up users. Nothing here was measured.";

const POLICY: &str = include_str!("orchard.toml");

/// A year of whole weeks.
const DAYS: i64 = 364;
const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;
/// Machines that ever run it.
const MACHINES: u64 = 1_100;

/// The judge of the made-up program.
pub(crate) fn policies() -> Result<Policies> {
    Ok(Policies::new().with(redactor()?))
}

fn redactor() -> Result<Redactor> {
    Ok(Redactor::new(Policy::from_toml(POLICY).context("the sample's policy")?))
}

/// Fills a store with the year that ends before this moment's day. How many events there are.
pub(crate) fn fill(store: &dyn Store, now: Timestamp) -> Result<u64> {
    let policies = policies()?;
    let first_day = now.unix_us().div_euclid(DAY_US) - DAYS;
    let machines: Vec<_> = (0..MACHINES).map(Machine::new).collect();
    let mut teller = Teller::new(redactor()?);
    let mut waiting: Vec<String> = Vec::new();
    let mut batches = 0_u64;
    let mut stored = 0;
    for day in 0..DAYS {
        for machine in &machines {
            let mut chance = Chance::new(machine.number() * 1_000 + day.unsigned_abs());
            for _ in 0..machine.runs(day, &mut chance) {
                let event = teller.event(machine, day, (first_day + day) * DAY_US, &mut chance)?;
                waiting.push(serde_json::to_string(&event)?);
            }
        }
        // A week at a time, so that few transactions are written.
        if day % 7 == 6 {
            let mut admitted = Vec::new();
            for chunk in waiting.chunks(MAX_EVENTS) {
                batches += 1;
                let events = chunk.iter().map(String::as_str).collect();
                let batch_id = BatchId::new(batches, &[0; 10]);
                let losses = losses(batches);
                let batch = admit_batch(
                    Batch { protocol_version: PROTOCOL_VERSION, batch_id, losses, events },
                    &policies,
                )?;
                anyhow::ensure!(
                    batch.refused().is_empty(),
                    "the sample is refused: {:?}",
                    batch.refused()[0]
                );
                admitted.push(batch);
            }
            let inserted = store.insert(&admitted, now)?;
            stored += inserted.iter().map(|batch| batch.accepted).sum::<u64>();
            waiting.clear();
        }
    }
    Ok(stored)
}

/// Now and then a sender has lost something, as senders do.
fn losses(batch: u64) -> Vec<Loss> {
    match batch % 9 {
        3 => vec![Loss { reason: LossReason::Evicted, count: 4 }],
        7 => vec![Loss { reason: LossReason::Expired, count: 1 }],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use telemetry_collector::{Filters, Query, ReportName, SqliteStore};

    use super::*;

    #[test]
    fn the_same_day_gives_the_same_year_and_every_report_says_something() {
        let now: Timestamp = "2026-06-01T12:00:00.000000+00:00".parse().unwrap();
        let store = SqliteStore::in_memory().unwrap();
        let events = fill(&store, now).unwrap();
        assert!((20_000..=50_000).contains(&events), "{events}");
        for name in ReportName::ALL {
            let report = store.report(&Query::new(*name)).unwrap();
            let empty: Vec<_> = report
                .sections
                .iter()
                .filter(|section| section.rows.is_empty())
                .map(|section| section.key)
                .collect();
            assert_eq!(empty, [""; 0], "{name}");
        }
        let impact = store.report(&Query::new(ReportName::Impact)).unwrap().to_json();
        // The version that made it fail.
        assert_eq!(impact["errors"][0]["code"], "timeout", "{}", impact["errors"]);
        assert_eq!(impact["errors"][0]["change"], "worse", "{}", impact["errors"]);
        let filters = Filters { program: Some("orchard".to_owned()), ..Filters::default() };
        let compared = Query::new(ReportName::Commands).filters(filters).compare("1.2.1", "1.3.0");
        let compared = store.report(&compared).unwrap().to_json();
        let verdict = |command: &str, measure: &str| {
            let rows = compared["comparison"].as_array().unwrap();
            let row = rows.iter().find(|row| row["command"] == command && row["measure"] == measure);
            row.map(|row| row["verdict"].clone())
        };
        assert_eq!(verdict("sync", "error rate").unwrap(), "higher");
        assert_eq!(verdict("plant", "error rate").unwrap(), "no clear difference");
        assert_eq!(verdict("harvest", "median").unwrap(), "lower");
    }
}
