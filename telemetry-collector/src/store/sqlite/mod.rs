//! The embedded store: one SQLite file.

mod erase;
mod file;
mod insert;
mod migrate;
mod reader;
mod rollup;
mod upkeep;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use telemetry_schema::{ErasureId, ErasureReceipt, Timestamp};

use super::{Inserted, Reader, Store, StoreError};
use crate::{AdmittedBatch, AdmittedErasure};
use file::Missing;
use reader::SqliteReader;

/// How long to wait for another process that writes. Its transactions last milliseconds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Segments of which a week is summed up under one lock: while others wait, for some tenths of a second at most.
const SUMMED_AT_ONCE: usize = 64;

/// The same after a chunk was counted, which takes longer than this.
const SUMMED_A_CHUNK: usize = 32;

/// Events in one SQLite file, owned by its user alone.
///
/// The file is in WAL mode with `synchronous=FULL`: a write that returned survives a crash of the process and of the
/// machine, and reports do not hold up writes. `-wal` and `-shm` files lie beside it while it is open.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    writer: Mutex<Connection>,
    /// Whether the write-ahead log still has what was erased, since somebody read by it then.
    log_has_erased: AtomicBool,
    /// Absent in memory, where a second connection would be a second database.
    reader: Option<Mutex<Connection>>,
    /// Events stored by this process and not yet counted.
    uncounted: AtomicU64,
}

impl SqliteStore {
    /// Opens a store, and makes it where there is none. Its directory must exist.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the file cannot be opened, is no store, or is a later version's. Such a file is left as
    /// it is.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_file(path.as_ref(), Missing::Create)
    }

    /// Opens a store that exists.
    ///
    /// # Errors
    ///
    /// As [`SqliteStore::open`], and where there is no such file.
    pub fn open_existing(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_file(path.as_ref(), Missing::Refuse)
    }

    /// A store in memory, gone when it is dropped.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where memory is short.
    pub fn in_memory() -> Result<Self, StoreError> {
        let path = PathBuf::from(":memory:");
        let failed = |source| failure("open", &path, source);
        let mut writer = Connection::open_in_memory().map_err(failed)?;
        migrate::migrate(&mut writer, &path)?;
        writer.pragma_update(None, "foreign_keys", "ON").map_err(failed)?;
        Ok(Self {
            path,
            writer: Mutex::new(writer),
            log_has_erased: AtomicBool::new(false),
            reader: None,
            uncounted: AtomicU64::new(0),
        })
    }

    fn open_file(path: &Path, missing: Missing) -> Result<Self, StoreError> {
        file::prepare(path, missing)?;
        let failed = |source| failure("open", path, source);
        let mut writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
        migrate::migrate(&mut writer, path)?;
        configure(&writer).map_err(failed)?;
        let reader = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
        reader.pragma_update(None, "query_only", "ON").map_err(failed)?;
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            // An earlier process may have ended before it could.
            log_has_erased: AtomicBool::new(true),
            reader: Some(Mutex::new(reader)),
            uncounted: AtomicU64::new(0),
        })
    }
}

impl Store for SqliteStore {
    fn insert(&self, batches: &[AdmittedBatch], received_at: Timestamp) -> Result<Vec<Inserted>, StoreError> {
        let mut writer = lock(&self.writer);
        let inserted = insert::insert(&mut writer, batches, received_at)
            .map_err(|source| failure("write", &self.path, source))?;
        let stored: u64 = inserted.iter().map(|batch| batch.accepted).sum();
        if self.uncounted.fetch_add(stored, Relaxed) + stored >= rollup::CHUNK {
            self.uncounted.store(0, Relaxed);
            // The events are stored, whatever becomes of this: what is not counted now, the next report counts.
            let _ = rollup::count_some(&mut writer)
                .and_then(|_| rollup::sum_up_some(&mut writer, SUMMED_A_CHUNK));
        }
        self.cut_log(&writer);
        Ok(inserted)
    }

    fn erase(&self, erasure: &AdmittedErasure, received_at: Timestamp) -> Result<ErasureReceipt, StoreError> {
        let mut writer = lock(&self.writer);
        let receipt = erase::erase(&mut writer, erasure, received_at)
            .map_err(|source| failure("write", &self.path, source))?;
        self.log_has_erased.store(true, Relaxed);
        self.cut_log(&writer);
        Ok(receipt)
    }

    fn erasure(&self, id: ErasureId) -> Result<Option<ErasureReceipt>, StoreError> {
        let connection = lock(self.reader.as_ref().unwrap_or(&self.writer));
        erase::receipt(&connection, id).map_err(|source| failure("read", &self.path, source))
    }

    fn check(&self) -> Result<(), StoreError> {
        let writer = lock(&self.writer);
        let answers = writer.query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |_| Ok(()));
        answers.map_err(|source| failure("read", &self.path, source))
    }

    fn forget(&self, before_day: i64) -> Result<u64, StoreError> {
        self.forget_some(before_day)
    }

    fn reader(&self) -> Result<Box<dyn Reader + '_>, StoreError> {
        let failed = |source| failure("read", &self.path, source);
        // A chunk at a time, so that writers come between.
        while rollup::count_some(&mut lock(&self.writer)).map_err(failed)? == rollup::CHUNK {}
        while rollup::sum_up_some(&mut lock(&self.writer), SUMMED_AT_ONCE).map_err(failed)? > 0 {}
        let connection = lock(self.reader.as_ref().unwrap_or(&self.writer));
        Ok(Box::new(SqliteReader::begin(connection, &self.path).map_err(failed)?))
    }
}

impl SqliteStore {
    /// Cuts the write-ahead log off where it has what was erased. It is erased all the same, so this is no failure: what
    /// cannot be done now is tried after the next write.
    fn cut_log(&self, writer: &Connection) {
        if self.reader.is_some() && self.log_has_erased.load(Relaxed) {
            let log = erase::cut_log(writer, BUSY_TIMEOUT);
            self.log_has_erased.store(!matches!(log, Ok(erase::Log::Cut)), Relaxed);
        }
    }
}

fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    // Neither URI nor CREATE: a path is a path, and only `file::prepare` makes files.
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

fn configure(writer: &Connection) -> rusqlite::Result<()> {
    switch_to_wal(writer)?;
    writer.pragma_update(None, "synchronous", "FULL")?;
    writer.pragma_update(None, "foreign_keys", "ON")?;
    // What is erased is overwritten, not only forgotten.
    writer.pragma_update(None, "secure_delete", "ON")?;
    // After a burst the write-ahead log shrinks to this again.
    writer.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)
}

/// Two stores that open a new file at once both want it for themselves here. SQLite does not wait then, since neither
/// would give in, and refuses one of them at once (sqlite.org/rescode.html#busy): it asks again.
fn switch_to_wal(writer: &Connection) -> rusqlite::Result<()> {
    const PAUSE: Duration = Duration::from_millis(5);
    let begun = Instant::now();
    loop {
        match writer.pragma_update(None, "journal_mode", "WAL") {
            Err(error)
                if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
                    && begun.elapsed() < BUSY_TIMEOUT =>
            {
                std::thread::sleep(PAUSE);
            }
            done => return done,
        }
    }
}

/// A panic while the lock was held left no transaction open: dropping one rolls it back.
fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn failure(action: &'static str, path: &Path, source: rusqlite::Error) -> StoreError {
    StoreError::Database { action, path: path.to_owned(), source: Box::new(source) }
}
