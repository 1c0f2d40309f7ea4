//! The spool: what was recorded and is not sent.
//!
//! Records are appended to a segment, `active.ndjson`, by one `write` under a shared lock; whoever claims or rotates
//! the segment renames it under the exclusive lock and does nothing else there. So appenders do not wait for each
//! other, nobody waits for anybody's I/O, and a segment with another name than `active.ndjson` never grows: no lock is
//! needed to move or to delete it.
//!
//! A record is `\n`, the event's JSON, `\n`: the line end before it closes one that was torn, and empty lines mean
//! nothing. The layout of the directory is in the crate's documentation.

mod append;
mod bounds;
mod claim;
mod losses;
mod purge;
mod segment;

pub use append::Fill;
pub use segment::{Contents, DamagedRecord, Record};

use std::io;
use std::path::PathBuf;

use telemetry_redact::consent::Reach;
use thiserror::Error;

pub(crate) use claim::{Claimed, Everything};
pub(crate) use segment::read_segment;
use segment::segments;

/// How much a spool holds.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SpoolLimits {
    /// Bytes of each of the two parts. Four MiB are some 5,000 events: weeks of a busy person's commands.
    pub max_bytes: u64,
    /// Records of each of the two parts: twenty batches, what a shipper with ten seconds gets rid of at half a second a
    /// request. At the size of everyday events the bound on bytes is met first.
    pub max_records: u64,
    /// Bytes of one record. The largest event a policy can make stays below.
    pub max_record_bytes: usize,
    /// Age of a record in milliseconds. After a month nobody learns from it any more.
    pub max_age_ms: u64,
}

impl Default for SpoolLimits {
    fn default() -> Self {
        Self {
            max_bytes: 4 * 1024 * 1024,
            max_records: 10_000,
            max_record_bytes: 64 * 1024,
            max_age_ms: 30 * 24 * 60 * 60 * 1000,
        }
    }
}

impl SpoolLimits {
    /// Bytes after which a segment is closed. The bound is spread over four: the oldest goes when there is no room.
    fn max_segment_bytes(&self) -> u64 {
        self.max_bytes / 4
    }
}

/// A part of the spool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// What may be sent.
    Pending,
    /// What stays on this machine.
    Local,
}

impl Which {
    pub(crate) const fn directory(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Local => "local",
        }
    }
}

impl From<Reach> for Which {
    fn from(reach: Reach) -> Self {
        match reach {
            Reach::Send => Self::Pending,
            Reach::Local => Self::Local,
        }
    }
}

/// An event that was not taken. It is lost; the host goes on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AppendError {
    /// It cannot be written.
    #[error("cannot write to {path}")]
    Write {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is larger than a record may be.
    #[error("an event of {bytes} bytes is larger than a record may be")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It cannot be put into words.
    #[error("cannot serialise an event")]
    Serialise(#[from] serde_json::Error),
}

/// A spool that cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
#[error("cannot read {path}")]
pub struct SpoolError {
    /// The file or directory.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

/// What was recorded and is not sent.
#[derive(Debug, Clone)]
pub struct Spool {
    pub(crate) state: PathBuf,
    pub(crate) limits: SpoolLimits,
}

/// The segment that is appended to.
const ACTIVE: &str = "active.ndjson";
/// The file whose lock keeps appenders and claimers apart.
const LOCK: &str = "lock";
/// Segments that a shipper has claimed.
const SHIPPING: &str = "shipping";
/// Records that could not be read or were refused.
const DAMAGED: &str = "damaged";
/// What was sent: the ledger's.
pub(crate) const SENT: &str = "sent";
/// The file whose lock the one shipper holds.
pub(crate) const SHIP_LOCK: &str = "ship.lock";
/// Is there while the collector's last word was to wait.
const LIMITED: &str = "limited";
/// What is about to be deleted.
const PURGED: &str = "purged";

impl Spool {
    /// The spool in a state directory. Touches nothing.
    #[must_use]
    pub fn new(state: impl Into<PathBuf>, limits: SpoolLimits) -> Self {
        Self { state: state.into(), limits }
    }

    /// Reads what is there, in the order it was recorded. Changes nothing; what is damaged, and segments that cannot be
    /// read, are named and left out.
    ///
    /// # Errors
    ///
    /// [`SpoolError`] where a directory that is there cannot be read.
    pub fn read(&self, which: Which) -> Result<Contents, SpoolError> {
        let mut contents = Contents::default();
        let mut files = segments(&self.state.join(which.directory()))?;
        if which == Which::Pending {
            files.splice(0..0, segments(&self.state.join(SHIPPING))?);
        }
        for file in files {
            match read_segment(&file, &self.limits) {
                Ok(found) => contents.extend(found),
                // A shipper may have taken it away just now.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => contents.unreadable.push(SpoolError { path: file, source }),
            }
        }
        contents.records.sort_unstable_by_key(Record::event_id);
        contents.records.dedup_by_key(|record| record.event_id());
        Ok(contents)
    }

    /// The exclusive lock, under which segments are renamed. `None` where it cannot be had within moments.
    pub(crate) fn lock_exclusive(&self) -> Option<std::fs::File> {
        append::lock(&self.state.join(LOCK), crate::disk::try_lock).ok().flatten()
    }
}
