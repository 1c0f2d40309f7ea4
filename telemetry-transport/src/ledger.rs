//! The ledger: what was sent, byte for byte, with the receipt for it.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::value::RawValue;
use telemetry_schema::{Batch, BatchId, Receipt};
use thiserror::Error;

use crate::SealedBatch;
use crate::private::write_private;

/// How many batches are kept. Two hundred of the largest are as many events as a spool holds twenty times.
const MAX_BATCHES: usize = 200;

/// Age after which a batch is forgotten: a quarter of a year is long enough to look back.
const MAX_AGE_MS: u64 = 90 * 24 * 60 * 60 * 1000;

const RECEIPT: &str = ".receipt.json";

/// What was sent.
#[derive(Debug, Clone)]
pub struct Ledger {
    directory: PathBuf,
}

/// A batch that was sent.
#[derive(Debug)]
#[non_exhaustive]
pub struct SentBatch {
    /// The receipt.
    pub receipt: Receipt,
    /// The events, byte for byte.
    pub events: Vec<Box<RawValue>>,
}

/// A batch that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DamagedBatch {
    /// The file.
    pub path: PathBuf,
}

impl fmt::Display for DamagedBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: a damaged copy of a sent batch is left out", self.path.display())
    }
}

/// What the ledger holds.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Sent {
    /// The batches, oldest first.
    pub batches: Vec<SentBatch>,
    /// Those that cannot be read.
    pub damaged: Vec<DamagedBatch>,
}

/// A ledger that cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
#[error("cannot read {path}")]
pub struct LedgerError {
    /// The file or directory.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl Ledger {
    /// The ledger in a state directory. Touches nothing.
    #[must_use]
    pub fn new(state: impl AsRef<Path>) -> Self {
        Self { directory: state.as_ref().join("sent") }
    }

    /// Keeps a batch and its receipt, and lets old ones go.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub(crate) fn keep(&self, batch: &SealedBatch, receipt: &Receipt, now_ms: u64) -> io::Result<()> {
        let id = batch.id();
        write_private(&self.directory.join(format!("{id}.json")), batch.body())?;
        let receipt = serde_json::to_vec(receipt).map_err(io::Error::other)?;
        write_private(&self.directory.join(format!("{id}{RECEIPT}")), &receipt)?;
        self.forget_old(now_ms);
        Ok(())
    }

    /// Reads what was sent, oldest first. A batch without its receipt was not acknowledged and is left out.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] where the directory is there and cannot be read.
    pub fn read(&self) -> Result<Sent, LedgerError> {
        let mut sent = Sent::default();
        for id in self.batch_ids().map_err(|source| LedgerError { path: self.directory.clone(), source })? {
            let path = self.directory.join(format!("{id}.json"));
            match self.read_batch(id) {
                Ok(batch) => sent.batches.push(batch),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => sent.damaged.push(DamagedBatch { path }),
            }
        }
        Ok(sent)
    }

    /// Deletes every copy. How many batches went.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub fn purge(&self) -> io::Result<u64> {
        let ids = self.batch_ids()?;
        ids.iter().try_for_each(|id| self.forget(*id))?;
        Ok(ids.len() as u64)
    }

    fn read_batch(&self, id: BatchId) -> io::Result<SentBatch> {
        let receipt = fs::read(self.directory.join(format!("{id}{RECEIPT}")))?;
        let receipt = serde_json::from_slice(&receipt).map_err(io::Error::other)?;
        let body = fs::read(self.directory.join(format!("{id}.json")))?;
        let batch: Batch<Box<RawValue>> = serde_json::from_slice(&body).map_err(io::Error::other)?;
        Ok(SentBatch { receipt, events: batch.events })
    }

    fn batch_ids(&self) -> io::Result<Vec<BatchId>> {
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut ids = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            let id: Option<BatchId> =
                name.to_str().and_then(|name| name.strip_suffix(".json")).and_then(|id| id.parse().ok());
            ids.extend(id);
        }
        ids.sort_unstable();
        Ok(ids)
    }

    fn forget(&self, id: BatchId) -> io::Result<()> {
        for name in [format!("{id}{RECEIPT}"), format!("{id}.json")] {
            match fs::remove_file(self.directory.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// What cannot be deleted now is deleted with the next batch.
    fn forget_old(&self, now_ms: u64) {
        let Ok(ids) = self.batch_ids() else { return };
        let too_many = ids.len().saturating_sub(MAX_BATCHES);
        for (index, id) in ids.into_iter().enumerate() {
            if index < too_many || now_ms.saturating_sub(id.unix_ms()) > MAX_AGE_MS {
                let _ = self.forget(id);
            }
        }
    }
}
