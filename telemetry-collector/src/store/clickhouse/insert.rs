//! Batches into tables.
//!
//! A server has neither transactions nor unique keys. So what is there is asked for before a write and again after it:
//! whoever wrote the same event at the same moment, through another collector, is seen by at least one of the two, and all
//! copies but one are deleted before that one answers.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use telemetry_schema::{InstallId, Loss, Timestamp};

use super::ClickHouseStore;
use super::literal::{literal, literals};
use super::row::{self, RUN_COLUMNS};
use super::server::Failure;
use super::tables::BINARY;
use super::wire::{RowReader, RowWriter};
use crate::store::Inserted;
use crate::store::run::{MAX_LOSS, day, loss_key, moved_day};
use crate::{AdmittedBatch, AdmittedEvent};

type Id = [u8; 16];

/// Identifiers that are asked for at once: a query may have 256 KiB, and each takes up to 67 bytes of it.
const ASKED_AT_ONCE: usize = 2000;

/// An event that is to be written, the place of its batch, and the random number of its copy.
struct Fresh<'a> {
    event: &'a AdmittedEvent,
    batch: usize,
    copy: u32,
}

pub(super) fn insert(
    store: &ClickHouseStore,
    batches: &[AdmittedBatch],
    received_at: Timestamp,
) -> Result<Vec<Inserted>, Failure> {
    let events = || batches.iter().flat_map(AdmittedBatch::events);
    let erased = erased_of(store, events())?;
    let ids: BTreeSet<Id> = events().map(|event| event.event().event_id.to_bytes()).collect();
    let mut known = among(store, "event_id", "runs", &ids)?;
    let received_day = received_day(received_at);
    let mut inserted = vec![Inserted::default(); batches.len()];
    let mut fresh = Vec::new();
    for (place, (batch, counts)) in batches.iter().zip(&mut inserted).enumerate() {
        for event in batch.events() {
            let is_erased = event.event().install_id.is_some_and(|id| erased.contains(&id.to_bytes()));
            if is_erased {
                counts.refused.push(event.refusal("install_id", "install_id.erased"));
            } else if known.insert(event.event().event_id.to_bytes()) {
                counts.accepted += 1;
                let moved = moved_day(event.event().started_at, received_day.into());
                counts.misdated += u64::from(moved.is_some());
                fresh.push(Fresh { event, batch: place, copy: random() });
            } else {
                counts.duplicates += 1;
            }
        }
    }
    write(store, &fresh, received_day)?;
    write_losses(store, batches, received_day)?;
    look_again(store, &fresh, &mut inserted)?;
    Ok(inserted)
}

/// As a server's `Date`, which begins in 1970.
pub(super) fn received_day(received_at: Timestamp) -> u16 {
    u16::try_from(day(received_at).max(0)).unwrap_or(u16::MAX)
}

/// What the standard library draws for its hash maps: copies only have to differ, and nobody gains by guessing.
fn random() -> u32 {
    let number = RandomState::new().build_hasher().finish();
    u32::try_from(number & u64::from(u32::MAX)).unwrap_or_default()
}

/// The events first, the runs last: what is a run is stored. What is left of an event that did not become one is written
/// over when it comes again.
fn write(store: &ClickHouseStore, fresh: &[Fresh], received_day: u16) -> Result<(), Failure> {
    if fresh.is_empty() {
        return Ok(());
    }
    let (mut events, mut runs) = (RowWriter::default(), RowWriter::default());
    for Fresh { event, copy, .. } in fresh {
        row::event(&mut events, event, received_day);
        row::run(&mut runs, event.event(), *copy, received_day);
    }
    store.write(&format!("INSERT INTO events ({}) {BINARY}", row::event_columns()), events.bytes())?;
    store.write(&format!("INSERT INTO runs ({RUN_COLUMNS}) {BINARY}"), runs.bytes())
}

fn write_losses(
    store: &ClickHouseStore,
    batches: &[AdmittedBatch],
    received_day: u16,
) -> Result<(), Failure> {
    let losing: BTreeSet<Id> = batches
        .iter()
        .filter(|batch| !batch.losses().is_empty())
        .map(|batch| batch.id().to_bytes())
        .collect();
    if losing.is_empty() {
        return Ok(());
    }
    let mut known = among(store, "batch_id", "losses", &losing)?;
    let mut rows = RowWriter::default();
    for batch in batches.iter().filter(|batch| !batch.losses().is_empty()) {
        if !known.insert(batch.id().to_bytes()) {
            continue;
        }
        let mut sums: HashMap<&str, u64> = HashMap::new();
        for Loss { reason, count } in batch.losses() {
            let sum = sums.entry(loss_key(*reason)).or_default();
            *sum = sum.saturating_add(*count).min(MAX_LOSS);
        }
        for (reason, count) in sums {
            rows.id(batch.id().to_bytes());
            rows.text(reason);
            rows.u64(count);
            rows.u16(received_day);
        }
    }
    if rows.bytes().is_empty() {
        return Ok(());
    }
    let query = format!("INSERT INTO losses (batch_id, reason, count, received_day) {BINARY}");
    store.write(&query, rows.bytes())
}

/// What came in between, through another collector: the same event, or a request to erase its installation.
fn look_again(store: &ClickHouseStore, fresh: &[Fresh], inserted: &mut [Inserted]) -> Result<(), Failure> {
    let ids: BTreeSet<Id> = fresh.iter().map(|fresh| fresh.event.event().event_id.to_bytes()).collect();
    let kept = single_copies(store, &ids)?;
    let erased = erased_of(store, fresh.iter().map(|fresh| fresh.event))?;
    for Fresh { event, batch, copy } in fresh {
        let (id, install) = (event.event().event_id.to_bytes(), event.event().install_id);
        let counts = &mut inserted[*batch];
        if install.is_some_and(|install| erased.contains(&install.to_bytes())) {
            counts.accepted -= 1;
            counts.refused.push(event.refusal("install_id", "install_id.erased"));
        } else if kept.get(&id).is_some_and(|kept| kept != copy) {
            counts.accepted -= 1;
            counts.duplicates += 1;
        }
    }
    if !erased.is_empty() {
        store.delete(&["runs", "events"], &format!("install_id IN ({})", literals(&erased)))?;
    }
    Ok(())
}

/// Deletes all copies of these events but one. That one, of each that had more.
///
/// Whoever deletes a copy has seen a greater one, so the greatest is deleted by nobody, whoever else looks or writes at the
/// same moment, and whichever of them a server has merged.
pub(super) fn single_copies(
    store: &ClickHouseStore,
    ids: &BTreeSet<Id>,
) -> Result<HashMap<Id, u32>, Failure> {
    let ids: Vec<_> = ids.iter().collect();
    let mut kept = HashMap::new();
    for some in ids.chunks(ASKED_AT_ONCE) {
        let answer = store.ask(&format!(
            "SELECT event_id, max(copy) FROM runs WHERE event_id IN ({}) GROUP BY event_id HAVING count() > 1 {BINARY}",
            literals(some)
        ))?;
        let mut rows = RowReader::new(&answer);
        while rows.has_more() {
            kept.insert(rows.id()?, rows.u32()?);
        }
    }
    if !kept.is_empty() {
        let others = kept.iter().map(|(id, copy)| format!("(event_id = {} AND copy < {copy})", literal(id)));
        store.delete(&["runs"], &others.collect::<Vec<_>>().join(" OR "))?;
    }
    Ok(kept)
}

/// Installations of these events that were erased.
fn erased_of<'a>(
    store: &ClickHouseStore,
    events: impl Iterator<Item = &'a AdmittedEvent>,
) -> Result<HashSet<Id>, Failure> {
    let installs = events.filter_map(|event| event.event().install_id.map(InstallId::to_bytes)).collect();
    among(store, "install_id", "erased_installs", &installs)
}

/// Which of these identifiers a table has.
fn among(
    store: &ClickHouseStore,
    column: &str,
    table: &str,
    ids: &BTreeSet<Id>,
) -> Result<HashSet<Id>, Failure> {
    let ids: Vec<_> = ids.iter().collect();
    let mut found = HashSet::new();
    for some in ids.chunks(ASKED_AT_ONCE) {
        let answer = store.ask(&format!(
            "SELECT DISTINCT {column} FROM {table} WHERE {column} IN ({}) {BINARY}",
            literals(some)
        ))?;
        let mut rows = RowReader::new(&answer);
        while rows.has_more() {
            found.insert(rows.id()?);
        }
    }
    Ok(found)
}
