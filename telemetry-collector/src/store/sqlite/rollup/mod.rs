//! Rollups: events into sums, once each. What a report reads is these sums, never the events.

mod cells;
mod erase;
mod gather;
mod names;
mod sum;
mod table;
#[cfg(test)]
mod tests;
mod weeks;

use std::ops::RangeInclusive;

use rusqlite::types::Type;
use rusqlite::{Connection, Error, Transaction, TransactionBehavior};
use telemetry_schema::Event;

pub(super) use erase::erase;
pub(super) use sum::Sum;
pub(super) use weeks::sum_up_some;

use crate::store::Subject;
use gather::Gathered;
use names::Names;

/// Events that are counted in one transaction: it holds the lock on writing for some tenths of a second.
pub(super) const CHUNK: u64 = 10_000;

/// Days from 1970 on, either way, that no run is beyond: some three million years.
pub(super) const FAR: i64 = 1 << 30;

/// The numbers of all subjects.
const SUBJECTS: RangeInclusive<u8> = 1..=18;

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
        Subject::Libc => 16,
        Subject::Container => 17,
        Subject::Wsl => 18,
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
        "SELECT uncounted.event, json, moved_day FROM uncounted
        JOIN event_json ON event_json.event = uncounted.event JOIN events ON events.id = uncounted.event
        ORDER BY uncounted.event LIMIT ?1",
    )?;
    let mut rows = statement.query([sum::whole(CHUNK)])?;
    let mut gathered = Gathered::default();
    let mut names = Names::new(transaction);
    let (mut counted, mut last) = (0, 0_i64);
    while let Some(row) = rows.next()? {
        last = row.get(0)?;
        gathered.add(&read(row.get_ref(1)?.as_str()?)?, row.get(2)?, &mut names)?;
        counted += 1;
    }
    drop(rows);
    table::add(transaction, gathered.sums(&names))?;
    transaction.execute("DELETE FROM uncounted WHERE event <= ?1", [last])?;
    Ok(counted)
}

fn read(json: &str) -> rusqlite::Result<Event> {
    serde_json::from_str(json)
        .map_err(|error| Error::FromSqlConversionFailure(1, Type::Text, Box::new(error)))
}
