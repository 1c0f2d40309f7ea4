//! Rollups: events into sums, once each. What a report reads is these sums, never the events.

mod cells;
mod erase;
mod names;
mod sum;

use std::collections::HashMap;

use rusqlite::types::Type;
use rusqlite::{Connection, Error, Transaction, TransactionBehavior, params};
use telemetry_schema::Event;

pub(super) use erase::erase;
use sum::Run;
pub(super) use sum::Sum;

use crate::store::Subject;
use cells::{Place, cells};
use names::Names;

/// Events that are counted in one transaction: it holds the lock on writing for some tenths of a second.
pub(super) const CHUNK: u64 = 10_000;

/// The number of a subject in the file. Never given to another one.
pub(super) fn number(subject: Subject) -> u8 {
    match subject {
        Subject::All => 1,
        Subject::Command => 2,
        Subject::Error => 3,
        Subject::Misspelling => 4,
        Subject::Flag => 5,
        Subject::FlagValue => 6,
        Subject::Deprecated => 7,
        Subject::Version => 8,
        Subject::System => 9,
        Subject::Arch => 10,
        Subject::InstallSource => 11,
        Subject::AuthMethod => 12,
        Subject::CiVendor => 13,
        Subject::Agent => 14,
        Subject::Band => 15,
    }
}

/// Counts up to [`CHUNK`] events that are not counted yet. How many there were.
pub(super) fn count_some(database: &mut Connection) -> rusqlite::Result<u64> {
    // Without the lock on writing first: mostly there is nothing to do.
    if !database.query_row("SELECT EXISTS (SELECT 1 FROM uncounted)", [], |row| row.get::<_, bool>(0))? {
        return Ok(0);
    }
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let counted = count_chunk(&transaction)?;
    transaction.commit()?;
    Ok(counted)
}

fn count_chunk(transaction: &Transaction) -> rusqlite::Result<u64> {
    let mut statement = transaction.prepare_cached(
        "SELECT uncounted.event, json FROM uncounted JOIN event_json ON event_json.event = uncounted.event
        ORDER BY uncounted.event LIMIT ?1",
    )?;
    let mut rows = statement.query([sum::whole(CHUNK)])?;
    let mut sums = Sums::default();
    let mut names = Names::new(transaction);
    let (mut counted, mut last) = (0, 0_i64);
    while let Some(row) = rows.next()? {
        last = row.get(0)?;
        sums.add(&read(row.get_ref(1)?.as_str()?)?, &mut names)?;
        counted += 1;
    }
    drop(rows);
    sums.write(transaction)?;
    transaction.execute("DELETE FROM uncounted WHERE event <= ?1", [last])?;
    Ok(counted)
}

fn read(json: &str) -> rusqlite::Result<Event> {
    serde_json::from_str(json)
        .map_err(|error| Error::FromSqlConversionFailure(1, Type::Text, Box::new(error)))
}

/// Sums by their place in the table.
#[derive(Default)]
struct Sums(HashMap<Place, Sum>);

impl Sums {
    fn add(&mut self, event: &Event, names: &mut Names) -> rusqlite::Result<()> {
        let run = Run::of(event, names)?;
        for (place, timed) in cells(event, names)? {
            self.0.entry(place).or_default().add(run, timed);
        }
        Ok(())
    }

    /// Adds the sums to those in the table.
    fn write(self, transaction: &Transaction) -> rusqlite::Result<()> {
        // In the order of the table, so that neighbours are on one page.
        let mut sums: Vec<_> = self.0.into_iter().collect();
        sums.sort_unstable_by_key(|(place, _)| *place);
        for (place, mut sum) in sums {
            if let Some(before) = stored(transaction, &place)? {
                sum.merge(&before);
            }
            put(transaction, &place, &sum)?;
        }
        Ok(())
    }
}

const STORED: &str = "
    SELECT runs, errors, ci_runs, failed_us, durations, installs, failed_installs FROM counts
    WHERE subject = ?1 AND segment = ?2 AND day = ?3 AND key = ?4";
const PUT: &str = "
    INSERT OR REPLACE INTO counts (subject, segment, day, key, runs, errors, ci_runs, failed_us, durations, installs,
        failed_installs)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

fn stored(transaction: &Transaction, place: &Place) -> rusqlite::Result<Option<Sum>> {
    let Place { subject, segment, day, key } = place;
    let mut statement = transaction.prepare_cached(STORED)?;
    let mut rows = statement.query(params![subject, segment, day, key])?;
    rows.next()?.map(|row| Sum::read(row, 0)).transpose()
}

fn put(transaction: &Transaction, place: &Place, sum: &Sum) -> rusqlite::Result<()> {
    let Place { subject, segment, day, key } = place;
    let Sum { runs, errors, ci_runs, failed_us, durations, installs, failed_installs } = sum;
    transaction.prepare_cached(PUT)?.execute(params![
        subject,
        segment,
        day,
        key,
        sum::whole(*runs),
        sum::whole(*errors),
        sum::whole(*ci_runs),
        sum::whole(*failed_us),
        durations.to_bytes(),
        sum::bytes(installs)?,
        sum::bytes(failed_installs)?,
    ])?;
    Ok(())
}
