//! The ledger: what was sent, byte for byte, with the receipt for it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use telemetry_schema::{Batch, BatchId, Erasure, ErasureId, ErasureReceipt, Receipt};
use thiserror::Error;

use crate::SealedBatch;
use crate::disk;
use crate::private::{files, read_private, remove_if_there, replace_private, write_private};
use crate::spool::SENT;

/// How many batches are kept. Two hundred of the largest are as many events as a spool holds twenty times.
/// At the policy's bound on a batch's bytes they are 150 MiB; at the size of everyday batches, one.
const MAX_BATCHES: usize = 200;

/// Age after which a batch is forgotten: a quarter of a year is long enough to look back.
const MAX_AGE_MS: u64 = 90 * 24 * 60 * 60 * 1000;

/// Above any batch and any receipt: a file of another size is neither.
const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

const RECEIPT: &str = ".receipt.json";

const ERASURE: &str = ".erasure.json";

/// What was sent.
#[derive(Debug, Clone)]
pub struct Ledger {
    directory: PathBuf,
}

/// A batch that was sent.
#[derive(Debug)]
#[non_exhaustive]
pub struct SentBatch {
    /// The batch's identifier.
    pub batch_id: BatchId,
    /// Where it went: an endpoint, or `export:` with the file.
    pub destination: String,
    /// The receipt.
    pub receipt: Receipt,
    /// The batch, byte for byte.
    pub body: Box<[u8]>,
    /// The events, byte for byte.
    pub events: Vec<Box<RawValue>>,
}

/// A request to erase that was carried out: proof for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Erased {
    /// The endpoint that was asked.
    pub destination: String,
    /// What it was sent, as JSON.
    pub request: Erasure,
    /// What it answered.
    pub receipt: ErasureReceipt,
}

/// A receipt as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept<R> {
    destination: String,
    receipt: R,
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
        Self { directory: state.as_ref().join(SENT) }
    }

    /// Keeps the bytes of a batch that is about to be sent.
    ///
    /// # Errors
    ///
    /// What the file system says; the batch is then not to be sent.
    pub(crate) fn prepare(&self, batch: &SealedBatch) -> io::Result<()> {
        write_private(&self.body_path(batch.id()), batch.body())
    }

    /// Keeps the receipt for a batch, and lets old ones go.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub(crate) fn keep(&self, receipt: &Receipt, destination: String, now_ms: u64) -> io::Result<()> {
        let id = receipt.batch_id;
        let kept = serde_json::to_vec(&Kept { destination, receipt }).map_err(io::Error::other)?;
        replace_private(&self.receipt_path(id), &kept)?;
        self.forget_old(now_ms);
        Ok(())
    }

    /// Keeps a request to erase with its receipt, for as long as a batch and its.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub(crate) fn keep_erasure(
        &self,
        destination: &str,
        request: &Erasure,
        receipt: &ErasureReceipt,
        now_ms: u64,
    ) -> io::Result<()> {
        let id = request.erasure_id;
        let kept = Erased {
            destination: destination.to_owned(),
            request: request.clone(),
            receipt: receipt.clone(),
        };
        write_private(&self.erasure_path(id), &serde_json::to_vec(&kept).map_err(io::Error::other)?)?;
        self.forget_old(now_ms);
        Ok(())
    }

    /// Requests to erase that were carried out, oldest first. One that cannot be read is left out.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] where the directory is there and cannot be read.
    pub fn erasures(&self) -> Result<Vec<Erased>, LedgerError> {
        let ids =
            self.erasure_ids().map_err(|source| LedgerError { path: self.directory.clone(), source })?;
        let read = |id| {
            let bytes = read_private(&self.erasure_path(id), MAX_FILE_BYTES).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        Ok(ids.into_iter().filter_map(read).collect())
    }

    /// Forgets a batch that was not answered. What cannot be deleted now is deleted by the next shipper.
    pub(crate) fn withdraw(&self, id: BatchId) {
        let _ = remove_if_there(&self.body_path(id));
    }

    /// Forgets what shippers that were killed have prepared and not sent, or sent and got no answer for.
    pub(crate) fn forget_unanswered(&self) {
        let prepared = self.batch_ids().unwrap_or_default().into_iter();
        // A receipt that cannot be looked for may well be there.
        let unanswered = prepared.filter(|id| matches!(disk::is_there(&self.receipt_path(*id)), Ok(false)));
        unanswered.for_each(|id| self.withdraw(id));
    }

    /// Reads what was sent, oldest first. A batch without its receipt was not acknowledged and is left out.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] where the directory is there and cannot be read.
    pub fn read(&self) -> Result<Sent, LedgerError> {
        let mut sent = Sent::default();
        for id in self.batch_ids().map_err(|source| LedgerError { path: self.directory.clone(), source })? {
            let path = self.body_path(id);
            match self.read_batch(id) {
                Ok(batch) => sent.batches.push(batch),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => sent.damaged.push(DamagedBatch { path }),
            }
        }
        Ok(sent)
    }

    /// Deletes every copy, receipts for erasures too. How many batches went.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub fn purge(&self) -> io::Result<u64> {
        let ids = self.batch_ids()?;
        ids.iter().try_for_each(|id| self.forget(*id))?;
        self.erasure_ids()?.iter().try_for_each(|id| remove_if_there(&self.erasure_path(*id)))?;
        // Copies that a process was killed over are copies too.
        files(&self.directory, "tmp")?.iter().try_for_each(|path| remove_if_there(path))?;
        Ok(ids.len() as u64)
    }

    fn read_batch(&self, id: BatchId) -> io::Result<SentBatch> {
        let kept = read_private(&self.receipt_path(id), MAX_FILE_BYTES)?;
        let Kept { destination, receipt } = serde_json::from_slice(&kept).map_err(io::Error::other)?;
        let body = read_private(&self.body_path(id), MAX_FILE_BYTES)?;
        let batch: Batch<Box<RawValue>> = serde_json::from_slice(&body).map_err(io::Error::other)?;
        Ok(SentBatch { batch_id: id, destination, receipt, events: batch.events, body: body.into() })
    }

    /// Every batch that is here, oldest first, also one of which a process that was killed left the receipt alone.
    fn batch_ids(&self) -> io::Result<Vec<BatchId>> {
        let id = |file: &PathBuf| {
            let name = file.file_name()?.to_str()?;
            name.strip_suffix(RECEIPT).or_else(|| name.strip_suffix(".json"))?.parse().ok()
        };
        let mut ids: Vec<BatchId> = files(&self.directory, "json")?.iter().filter_map(id).collect();
        ids.dedup();
        Ok(ids)
    }

    fn erasure_ids(&self) -> io::Result<Vec<ErasureId>> {
        let id = |file: &PathBuf| file.file_name()?.to_str()?.strip_suffix(ERASURE)?.parse().ok();
        Ok(files(&self.directory, "json")?.iter().filter_map(id).collect())
    }

    fn erasure_path(&self, id: ErasureId) -> PathBuf {
        self.directory.join(format!("{id}{ERASURE}"))
    }

    fn body_path(&self, id: BatchId) -> PathBuf {
        self.directory.join(format!("{id}.json"))
    }

    fn receipt_path(&self, id: BatchId) -> PathBuf {
        self.directory.join(format!("{id}{RECEIPT}"))
    }

    /// The body first: a receipt that is left over alone shows nothing, while a body alone is one that was not sent.
    fn forget(&self, id: BatchId) -> io::Result<()> {
        remove_if_there(&self.body_path(id))?;
        remove_if_there(&self.receipt_path(id))
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
        for id in self.erasure_ids().unwrap_or_default() {
            if now_ms.saturating_sub(id.unix_ms()) > MAX_AGE_MS {
                let _ = remove_if_there(&self.erasure_path(id));
            }
        }
    }
}
