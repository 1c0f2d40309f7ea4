//! Erasing: the events of installations, and every trace of them in the file.
//!
//! Deleted rows are overwritten by zeros (`secure_delete`), but the write-ahead log still has the pages of before until
//! it is written into the file and cut off. That waits for readers, so it may have to be tried again after a later
//! write. What a file system or a disk keeps of overwritten blocks is out of reach here.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use telemetry_schema::{ErasureId, ErasureReceipt, InstallId, Timestamp};

use super::rollup;
use crate::AdmittedErasure;
use crate::store::run::day;

const DELETE: &str = "DELETE FROM events WHERE install_id = ?1";
const REMEMBER: &str = "INSERT INTO erased_installs (install_id, erased_day) VALUES (?1, ?2) ON CONFLICT (install_id) DO NOTHING";
const IS_ERASED: &str = "SELECT EXISTS (SELECT 1 FROM erased_installs WHERE install_id = ?1)";
const RECORD: &str = "
    INSERT INTO erasures (erasure_id, received_at, erased) VALUES (?1, ?2, ?3)
    ON CONFLICT (erasure_id) DO NOTHING";
const RECEIPT: &str = "SELECT received_at, erased FROM erasures WHERE erasure_id = ?1";

/// Carried out again where it was before: a second request of the same number may name other installations, and a
/// receipt must be true of them too. The receipt is that of the first time.
pub(super) fn erase(
    database: &mut Connection,
    erasure: &AdmittedErasure,
    received_at: Timestamp,
) -> rusqlite::Result<ErasureReceipt> {
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut erased = 0_usize;
    for install in erasure.install_ids() {
        // Before the events: what is taken out of the sums is what they say.
        rollup::erase(&transaction, *install)?;
        erased += transaction.prepare_cached(DELETE)?.execute([install.to_bytes()])?;
        transaction.prepare_cached(REMEMBER)?.execute(params![install.to_bytes(), day(received_at)])?;
    }
    let id = erasure.id().to_bytes();
    let erased = i64::try_from(erased).unwrap_or(i64::MAX);
    transaction.prepare_cached(RECORD)?.execute(params![id, received_at.to_string(), erased])?;
    let receipt = transaction.query_row(RECEIPT, [id], |row| read(erasure.id(), row))?;
    transaction.commit()?;
    Ok(receipt)
}

/// The receipt of a request that was carried out.
pub(super) fn receipt(database: &Connection, id: ErasureId) -> rusqlite::Result<Option<ErasureReceipt>> {
    database.prepare_cached(RECEIPT)?.query_row([id.to_bytes()], |row| read(id, row)).optional()
}

fn read(erasure_id: ErasureId, row: &Row<'_>) -> rusqlite::Result<ErasureReceipt> {
    let received_at: Timestamp = row.get_ref(0)?.as_str()?.parse().map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
    })?;
    let erased = u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0);
    Ok(ErasureReceipt { erasure_id, received_at, erased })
}

/// Whether this installation was erased, so that nothing of it is stored any more.
pub(super) fn is_erased(database: &Connection, install: InstallId) -> rusqlite::Result<bool> {
    database.prepare_cached(IS_ERASED)?.query_row([install.to_bytes()], |row| row.get(0))
}

/// What became of the write-ahead log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Log {
    /// Nothing of before is in it.
    Cut,
    /// Somebody reads, or writes, by it.
    InUse,
}

/// Writes the log into the file and cuts it off, unless somebody uses it: waiting for a long report would hold up
/// every write.
pub(super) fn cut_log(database: &Connection, usual_wait: Duration) -> rusqlite::Result<Log> {
    database.busy_timeout(Duration::ZERO)?;
    let busy = database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    database.busy_timeout(usual_wait)?;
    Ok(if busy? == 0 { Log::Cut } else { Log::InUse })
}
