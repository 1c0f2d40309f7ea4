//! One install out of the sums.

use rusqlite::Transaction;
use telemetry_schema::InstallId;

use super::gather::Gathered;
use super::names::Names;
use super::{read, table};

/// Takes an install out of the rollups, as if it had never run anything. To be called in the transaction that deletes
/// its events, **before** they are deleted: what is taken out is what they say.
///
/// Its runs, errors and durations leave the sums they are in, its number leaves every set of installs, and the row that
/// links its identifier to the number goes. Runs whose events were deleted earlier, say by age, stay in the sums as
/// numbers that nothing links to it. Texts of messages stay among the keys: they are redacted, and other installs'.
pub(in crate::store::sqlite) fn erase(transaction: &Transaction, install: InstallId) -> rusqlite::Result<()> {
    let id = install.to_bytes();
    let mut gathered = Gathered::default();
    let mut names = Names::new(transaction);
    // What is not counted yet is in no sum.
    let mut statement = transaction.prepare_cached(
        "SELECT json, moved_day FROM events JOIN event_json ON event_json.event = events.id
        WHERE install_id = ?1 AND NOT EXISTS (SELECT 1 FROM uncounted WHERE event = events.id)",
    )?;
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        gathered.add(&read(row.get_ref(0)?.as_str()?)?, row.get(1)?, &mut names)?;
    }
    drop(rows);
    table::subtract(transaction, &gathered.sums(&names))?;
    transaction.execute("DELETE FROM installs WHERE install_id = ?1", [id])?;
    Ok(())
}
