//! Where admitted events are kept. Only this module names a database.

#[cfg(feature = "clickhouse")]
mod clickhouse;
mod durations;
mod question;
mod run;
mod scope;
mod sqlite;
mod upkeep;

use std::path::PathBuf;

use telemetry_schema::{ErasureId, ErasureReceipt, Refusal, Timestamp};
use thiserror::Error;

use crate::report::{Query, Report, answer};
use crate::{AdmittedBatch, AdmittedErasure};

#[cfg(feature = "clickhouse")]
pub use clickhouse::{
    AddressError, ClickHouseAddress, ClickHouseStore, Credentials, CredentialsError,
    PASSWORD as CLICKHOUSE_PASSWORD, PASSWORD_FILE as CLICKHOUSE_PASSWORD_FILE, USER as CLICKHOUSE_USER,
};
pub use durations::Durations;
pub use question::{BANDS_MS, Cohort, Group, Period, Programs, Question, Reader, Subject, Tally};
pub use sqlite::SqliteStore;
pub use upkeep::{Condition, ExportError, ExportForm, Upkeep};

/// A place for admitted events, and the questions it answers about them.
pub trait Store: Send + Sync {
    /// Stores batches, all of them or none, durable when it returns. An event whose identifier is stored already is
    /// a duplicate: the first one stays. So are the losses of a batch whose identifier is stored already. An event of
    /// an installation that was erased is refused.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where nothing was stored.
    fn insert(&self, batches: &[AdmittedBatch], received_at: Timestamp) -> Result<Vec<Inserted>, StoreError>;

    /// Erases every event of these installations, and refuses those that come later; durable when it returns. The
    /// same request again gets the receipt of the first time.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where nothing was erased.
    fn erase(&self, erasure: &AdmittedErasure, received_at: Timestamp) -> Result<ErasureReceipt, StoreError>;

    /// The receipt of a request to erase; `None` where it was not carried out.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read.
    fn erasure(&self, id: ErasureId) -> Result<Option<ErasureReceipt>, StoreError>;

    /// Whether it answers. Cheap.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it does not.
    fn check(&self) -> Result<(), StoreError>;

    /// Forgets some of the events that came before this day, in days since 1970-01-01; what reports counted of them stays.
    /// How many went: none where there is none left.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where it cannot be written.
    fn forget(&self, before_day: i64) -> Result<u64, StoreError>;

    /// Reads what is stored, all of it as of this moment. What was stored before it is counted.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read.
    fn reader(&self) -> Result<Box<dyn Reader + '_>, StoreError>;

    /// Answers a query.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read.
    fn report(&self, query: &Query) -> Result<Report, StoreError> {
        answer(&mut *self.reader()?, query)
    }
}

/// What became of the events of one batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inserted {
    /// Events stored now.
    pub accepted: u64,
    /// Events stored before.
    pub duplicates: u64,
    /// Of the accepted ones, those that count for the day they came, since they claim to have started later than the day
    /// after it, or more than ten years before.
    pub misdated: u64,
    /// Events of installations that were erased, in the order of the batch.
    pub refused: Vec<Refusal>,
}

/// A store that cannot be opened, read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No such file, or no right to it.
    #[error("cannot open the store {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is something else. It was left as it is.
    #[error("{} is not a telemetry store: it is {found}", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
    },
    /// A file that a later version of this program made. It was left as it is.
    #[error("the store {} has format {found}, and this version reads formats up to {known}", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: i64,
        /// The latest format this version reads.
        known: i64,
    },
    /// Nobody answers. It may be back later.
    #[error("the store {} does not answer", path.display())]
    Away {
        /// Its address.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The user or the password is wrong, or lacks a right.
    #[error("the store {} refuses its user or password", path.display())]
    Denied {
        /// Its address.
        path: PathBuf,
    },
    /// A cluster that is not the store's. Nothing was changed.
    #[error("the store {} cannot be used with its cluster: {problem}", path.display())]
    Cluster {
        /// Its address.
        path: PathBuf,
        /// Why not.
        problem: &'static str,
    },
    /// The database refused.
    #[error("cannot {action} the store {}", path.display())]
    Database {
        /// What was tried: `open`, `write`, `read`.
        action: &'static str,
        /// The file, or `:memory:`.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
