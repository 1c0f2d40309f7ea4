//! The tables, as numbered steps. A step that was released is never edited; a change is a new step.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::{StoreError, failure};

const STEPS: &[&str] = &[
    include_str!("001_events.sql"),
    include_str!("002_fingerprints.sql"),
    include_str!("003_erasures.sql"),
    include_str!("004_rollups.sql"),
    include_str!("005_noise.sql"),
    include_str!("006_weeks.sql"),
    include_str!("007_surroundings.sql"),
    include_str!("008_moved.sql"),
];

/// `TELE`: says of a SQLite file that it is ours, to us and to file(1).
const APPLICATION_ID: i64 = 0x5445_4C45;

/// What a SQLite database is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A store of this version or an earlier one.
    Ours,
    /// A store of a later version.
    Newer(i64),
    /// Something else.
    Foreign,
}

/// The latest format this version reads.
pub(super) fn latest() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// What this database is. Writes nothing.
pub(super) fn kind(database: &Connection) -> rusqlite::Result<Kind> {
    let application = number(database, "PRAGMA application_id")?;
    let version = number(database, "PRAGMA user_version")?;
    // A database that was being made when its process died has nothing in it yet, not even whose it is.
    let empty = number(database, "SELECT COUNT(*) FROM sqlite_schema")? == 0;
    Ok(match version {
        0 if empty && application == 0 => Kind::Ours,
        _ if application != APPLICATION_ID || version < 1 => Kind::Foreign,
        _ if version > latest() => Kind::Newer(version),
        _ => Kind::Ours,
    })
}

/// Takes the steps that are still to take, all or none.
///
/// On a new file this happens before it is switched to WAL mode, so that the application's number is in the file
/// itself and not only in a log beside it.
pub(super) fn migrate(database: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let failed = |source| failure("open", path, source);
    // The lock first: two processes that start at once must not both take a step.
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    match kind(&transaction).map_err(failed)? {
        Kind::Ours => {}
        Kind::Newer(found) => {
            return Err(StoreError::Newer { path: path.to_owned(), found, known: latest() });
        }
        Kind::Foreign => {
            let found = "another program's SQLite database";
            return Err(StoreError::NotAStore { path: path.to_owned(), found });
        }
    }
    let version = number(&transaction, "PRAGMA user_version").map_err(failed)?;
    let taken = usize::try_from(version).unwrap_or(0);
    if taken < STEPS.len() {
        take(&transaction, &STEPS[taken..]).map_err(failed)?;
    }
    transaction.commit().map_err(failed)
}

fn take(database: &Connection, steps: &[&str]) -> rusqlite::Result<()> {
    for step in steps {
        database.execute_batch(step)?;
    }
    database.pragma_update(None, "application_id", APPLICATION_ID)?;
    database.pragma_update(None, "user_version", latest())
}

fn number(database: &Connection, query: &str) -> rusqlite::Result<i64> {
    database.query_row(query, [], |row| row.get(0))
}
