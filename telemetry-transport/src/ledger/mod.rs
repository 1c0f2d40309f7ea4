//! The ledger: what was sent, byte for byte, with the receipt for it.
//!
//! A batch is noted as unanswered before its request is made, and that note goes when the receipt is kept. So what was sent
//! and not answered for, by a shipper that was killed too, is shown as such, whatever becomes of its events in the spool.

mod listing;
mod unanswered;

pub(crate) use unanswered::Unanswered;

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use telemetry_schema::{Batch, BatchId, Erasure, ErasureId, ErasureReceipt, Receipt};
use thiserror::Error;

use self::listing::{ERASURE, Fate, Listing, Parts, RECEIPT, UNANSWERED};
use crate::SealedBatch;
use crate::private::{files, read_private, remove_if_there, replace_private, write_private};
use crate::spool::SENT;

/// How many batches are kept. Two hundred of the largest are as many events as a spool holds twenty times.
/// At the policy's bound on a batch's bytes they are 150 MiB; at the size of everyday batches, one.
const MAX_BATCHES: usize = 200;

/// Age after which a batch is forgotten: a quarter of a year is long enough to look back.
const MAX_AGE_MS: u64 = 90 * 24 * 60 * 60 * 1000;

/// Above any batch and any receipt: a file of another size is neither.
const MAX_FILE_BYTES: u64 = 8 * 1024 * 1024;

/// What was sent.
#[derive(Debug, Clone)]
pub struct Ledger {
    directory: PathBuf,
}

/// A batch that was sent, or was on its way when its shipper was killed.
#[derive(Debug)]
#[non_exhaustive]
pub struct SentBatch {
    /// The batch's identifier.
    pub batch_id: BatchId,
    /// Where it went: an endpoint, or `export:` with the file.
    pub destination: String,
    /// The receipt. `None` where no answer came: whoever it was sent to may have it.
    pub receipt: Option<Receipt>,
    /// The batch, byte for byte.
    pub body: Box<[u8]>,
    /// The events, byte for byte. Of a batch without a receipt those that went to the same place in no other.
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

/// What is kept until there is a receipt.
#[derive(Serialize, Deserialize)]
struct Departed<'a> {
    destination: Cow<'a, str>,
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

    /// Notes that a batch that was prepared is about to go there: from now on it is shown.
    ///
    /// # Errors
    ///
    /// What the file system says; the batch is then not to be sent.
    pub(crate) fn depart(&self, id: BatchId, destination: &str) -> io::Result<()> {
        let departed = serde_json::to_vec(&Departed { destination: destination.into() })?;
        replace_private(&self.unanswered_path(id), &departed)
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
        // With a receipt beside it the note says nothing.
        let _ = remove_if_there(&self.unanswered_path(id));
        self.tidy(now_ms);
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
        self.tidy(now_ms);
        Ok(())
    }

    /// Requests to erase that were carried out, oldest first. One that cannot be read is left out.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] where the directory is there and cannot be read.
    pub fn erasures(&self) -> Result<Vec<Erased>, LedgerError> {
        let read = |id| {
            let bytes = read_private(&self.erasure_path(id), MAX_FILE_BYTES).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        Ok(self.listing()?.erasures.into_iter().filter_map(read).collect())
    }

    /// Forgets a batch. What cannot be deleted now is deleted by the next shipper.
    pub(crate) fn withdraw(&self, id: BatchId) {
        let _ = self.forget(id);
    }

    /// Forgets what processes that were killed have prepared and not sent, or not wholly forgotten.
    pub(crate) fn purge_unsent(&self) {
        // Without a listing nobody knows what was sent.
        if let Ok(listing) = Listing::read(&self.directory) {
            self.forget_unsent(&listing);
        }
    }

    fn forget_unsent(&self, listing: &Listing) {
        let unsent = listing.batches.iter().filter(|(_, parts)| parts.fate() == Fate::Unsent);
        unsent.for_each(|(id, _)| self.withdraw(*id));
    }

    /// Reads what was sent, oldest first; what was prepared and not sent is left out.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] where the directory is there and cannot be read.
    pub fn read(&self) -> Result<Sent, LedgerError> {
        let mut sent = Sent::default();
        for (id, parts) in self.listing()?.batches {
            let path = self.body_path(id);
            match self.read_batch(id, parts) {
                Ok(batch) => sent.batches.extend(batch),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => sent.damaged.push(DamagedBatch { path }),
            }
        }
        unanswered::leave_out_repeated(&mut sent.batches);
        Ok(sent)
    }

    /// Deletes every copy, receipts for erasures too. How many batches went.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub fn purge(&self) -> io::Result<u64> {
        let Listing { batches, erasures } = Listing::read(&self.directory)?;
        batches.keys().try_for_each(|id| self.forget(*id))?;
        erasures.iter().try_for_each(|id| remove_if_there(&self.erasure_path(*id)))?;
        // Copies that a process was killed over are copies too.
        files(&self.directory, "tmp")?.iter().try_for_each(|path| remove_if_there(path))?;
        Ok(batches.len() as u64)
    }

    fn listing(&self) -> Result<Listing, LedgerError> {
        Listing::read(&self.directory).map_err(|source| LedgerError { path: self.directory.clone(), source })
    }

    /// A batch that was sent, if it was.
    fn read_batch(&self, id: BatchId, parts: Parts) -> io::Result<Option<SentBatch>> {
        // The note first: it goes after the receipt has come, so that one of the two is found at any time.
        let departed = parts.unanswered.then(|| self.read_departed(id));
        let kept = if_there(read_private(&self.receipt_path(id), MAX_FILE_BYTES))?;
        let (destination, receipt) = match kept {
            Some(kept) => {
                let Kept { destination, receipt } = serde_json::from_slice(&kept)?;
                (destination, Some(receipt))
            }
            None => match departed.transpose()?.flatten() {
                Some(destination) => (destination, None),
                None => return Ok(None),
            },
        };
        let body = read_private(&self.body_path(id), MAX_FILE_BYTES)?;
        let batch: Batch<Box<RawValue>> = serde_json::from_slice(&body)?;
        Ok(Some(SentBatch { batch_id: id, destination, receipt, events: batch.events, body: body.into() }))
    }

    /// Where a batch that was not answered went.
    fn read_departed(&self, id: BatchId) -> io::Result<Option<String>> {
        let Some(bytes) = if_there(read_private(&self.unanswered_path(id), MAX_FILE_BYTES))? else {
            return Ok(None);
        };
        let Departed { destination } = serde_json::from_slice(&bytes)?;
        Ok(Some(destination.into_owned()))
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

    fn unanswered_path(&self, id: BatchId) -> PathBuf {
        self.directory.join(format!("{id}{UNANSWERED}"))
    }

    /// The body first: what is left over of the others shows nothing.
    fn forget(&self, id: BatchId) -> io::Result<()> {
        remove_if_there(&self.body_path(id))?;
        remove_if_there(&self.receipt_path(id))?;
        remove_if_there(&self.unanswered_path(id))
    }

    /// What cannot be deleted now is deleted with the next batch.
    fn tidy(&self, now_ms: u64) {
        if let Ok(listing) = Listing::read(&self.directory) {
            self.forget_old(&listing, now_ms);
        }
    }

    fn forget_old(&self, listing: &Listing, now_ms: u64) {
        let Listing { batches, erasures } = listing;
        let too_many = batches.len().saturating_sub(MAX_BATCHES);
        for (index, id) in batches.keys().enumerate() {
            if index < too_many || now_ms.saturating_sub(id.unix_ms()) > MAX_AGE_MS {
                self.withdraw(*id);
            }
        }
        for id in erasures {
            if now_ms.saturating_sub(id.unix_ms()) > MAX_AGE_MS {
                let _ = remove_if_there(&self.erasure_path(*id));
            }
        }
    }
}

/// What a file holds, if it is there.
fn if_there(read: io::Result<Vec<u8>>) -> io::Result<Option<Vec<u8>>> {
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}
