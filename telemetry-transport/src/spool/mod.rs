//! The spool: what was recorded and is not sent.
//!
//! Records are appended to a segment, `active.ndjson`, by one `write` under a shared lock; whoever claims or rotates
//! the segment renames it under the exclusive lock and does nothing else there. So appenders do not wait for each
//! other, nobody waits for anybody's I/O, and a segment with another name than `active.ndjson` never grows.

mod append;
mod bounds;
mod losses;
mod segment;

pub use segment::{Contents, DamagedRecord, Record};

use std::io;
use std::path::{Path, PathBuf};

use telemetry_redact::consent::Reach;
use thiserror::Error;

pub(crate) use segment::{parse, segments};

/// How much a spool holds.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct SpoolLimits {
    /// Bytes of each of the two parts. Four MiB are some 5,000 events: weeks of a busy person's commands.
    pub max_bytes: u64,
    /// Bytes of one record. The largest event a policy can make stays below.
    pub max_record_bytes: usize,
    /// Age of a record in milliseconds. After a month nobody learns from it any more.
    pub max_age_ms: u64,
}

impl Default for SpoolLimits {
    fn default() -> Self {
        Self { max_bytes: 4 * 1024 * 1024, max_record_bytes: 64 * 1024, max_age_ms: 30 * 24 * 60 * 60 * 1000 }
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
    pub(crate) fn directory(self) -> &'static str {
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
pub(crate) const ACTIVE: &str = "active.ndjson";
/// Segments that a shipper has claimed.
pub(crate) const SHIPPING: &str = "shipping";

impl Spool {
    /// The spool in a state directory. Touches nothing.
    #[must_use]
    pub fn new(state: impl Into<PathBuf>, limits: SpoolLimits) -> Self {
        Self { state: state.into(), limits }
    }

    /// Reads what is there, in the order it was recorded. Changes nothing; what is damaged is named and left out.
    ///
    /// # Errors
    ///
    /// [`SpoolError`] where a file that is there cannot be read.
    pub fn read(&self, which: Which) -> Result<Contents, SpoolError> {
        let mut contents = Contents::default();
        let mut files = segments(&self.state.join(which.directory()))?;
        if which == Which::Pending {
            files.splice(0..0, segments(&self.state.join(SHIPPING))?);
        }
        for file in files {
            match std::fs::read(&file) {
                Ok(bytes) => contents.extend(parse(&file, &bytes)),
                // A shipper may have taken it away just now.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(SpoolError { path: file, source }),
            }
        }
        contents.records.sort_by_key(Record::event_id);
        contents.records.dedup_by_key(|record| record.event_id());
        Ok(contents)
    }

    /// Deletes what was recorded and not sent, and what is known of losses. How many records went.
    ///
    /// # Errors
    ///
    /// What the file system says; the rest is deleted all the same.
    pub fn purge(&self) -> io::Result<u64> {
        let mut gone = 0;
        let mut failed = None;
        for directory in [Which::Pending.directory(), Which::Local.directory(), SHIPPING, "damaged"] {
            let _lock = self.lock_exclusive();
            for file in segments(&self.state.join(directory)).map_err(|error| error.source)? {
                let records = std::fs::read(&file).map(|bytes| parse(&file, &bytes).records.len() as u64);
                match std::fs::remove_file(&file) {
                    Ok(()) if directory != "damaged" => gone += records.unwrap_or(0),
                    Ok(()) => {}
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => failed = Some(error),
                }
            }
        }
        losses::forget(&self.state)?;
        failed.map_or(Ok(gone), Err)
    }

    /// The exclusive lock, under which segments are renamed. `None` where it cannot be had within moments.
    pub(crate) fn lock_exclusive(&self) -> Option<std::fs::File> {
        append::lock(&self.state, std::fs::File::try_lock).ok().flatten()
    }

    /// Takes every segment that may be sent away from the appenders.
    pub(crate) fn claim(&self) -> io::Result<Vec<PathBuf>> {
        let shipping = self.state.join(SHIPPING);
        let pending = self.state.join(Which::Pending.directory());
        if pending.exists() {
            crate::private::ready_dir(&shipping)?;
            if let Some(_lock) = self.lock_exclusive() {
                for file in segments(&pending).map_err(|error| error.source)? {
                    std::fs::rename(&file, shipping.join(segment::new_name()))?;
                }
            }
        }
        segments(&shipping).map_err(|error| error.source)
    }

    /// Counts losses that are to be told to the collector.
    pub(crate) fn note_losses(&self, losses: &[telemetry_schema::Loss]) {
        losses::add(&self.state, losses);
    }

    /// The losses that the collector does not know of.
    pub(crate) fn losses(&self) -> Vec<telemetry_schema::Loss> {
        losses::read(&self.state)
    }

    /// Forgets losses that the collector knows of now.
    pub(crate) fn losses_told(&self, told: &[telemetry_schema::Loss]) {
        losses::subtract(&self.state, told);
    }

    /// Moves what could not be read aside.
    pub(crate) fn set_aside(&self, raw: &[Vec<u8>]) -> io::Result<()> {
        let path: &Path = &self.state.join("damaged").join(segment::new_name());
        crate::write_private(path, &raw.join(&b'\n'))
    }
}
