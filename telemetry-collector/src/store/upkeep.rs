//! Looking after a store: whether it is sound, what of it is old, how large it needs to be, and a way out of it.

use std::io::Write;

use serde::Serialize;

use super::{Store, StoreError};

/// A store that is looked after by hand.
pub trait Upkeep: Store {
    /// Reads what is stored and says what is wrong with it, and what is in it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it cannot be read at all.
    fn condition(&self) -> Result<Condition, StoreError>;

    /// Gives back the room of what is not there any more. Its bytes before and after.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it cannot be written.
    fn compact(&self) -> Result<(u64, u64), StoreError>;

    /// Writes every event that is stored. How many there were.
    ///
    /// # Errors
    ///
    /// [`ExportError`].
    fn export(&self, form: ExportForm, out: &mut dyn Write) -> Result<u64, ExportError>;
}

/// A store, looked over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Condition {
    /// Its format, a number that grows.
    pub format: i64,
    /// Events that are stored as they were sent.
    pub events: u64,
    /// Of these, those that no report has counted yet.
    pub uncounted: u64,
    /// The day the oldest of these came, in days since 1970-01-01.
    pub oldest_day: Option<i64>,
    /// Bytes of its files.
    pub bytes: u64,
    /// Bytes of them that are free.
    pub free_bytes: u64,
    /// What is wrong with it; nothing where it is sound.
    pub problems: Vec<String>,
}

/// The form of exported events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportForm {
    /// A JSON object a line, as it was sent.
    Lines,
    /// CSV with a header: the columns that reports are made of.
    Csv,
}

/// What stands in CSV, in this order.
pub(super) const COLUMNS: [&str; 14] = [
    "event_id",
    "install_id",
    "program",
    "program_version",
    "install_source",
    "os_name",
    "os_version",
    "command",
    "started_us",
    "duration_us",
    "outcome",
    "error_code",
    "error_message",
    "error_fingerprint",
];

/// Events that could not be written out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// They cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They cannot be written.
    #[error("cannot write the events")]
    Write(#[from] std::io::Error),
}
