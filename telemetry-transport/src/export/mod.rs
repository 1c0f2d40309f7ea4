//! Exports: files of batches that somebody carries to a collector, for machines without a network.
//!
//! The first line is a header, `{"telemetry_export":1,…}`, with the number of bytes after it and their SHA-256. Each line
//! after it is a sealed batch. The file is written whole for each batch and put in place by a rename, so it is a
//! complete export at every moment.

mod forward;

pub use forward::ForwardError;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use telemetry_redact::consent::SendPermit;
use telemetry_schema::{Batch, Receipt};
use thiserror::Error;

use crate::platform::{has_room, private_options};
use crate::private::{read_private, remove_if_there};
use crate::sink::receipt_for;
use crate::{SealedBatch, SendError, Sink};

const FORMAT: u32 = 1;

/// Far above what a spool holds. A file of another size is no export.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// The first line.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    telemetry_export: u32,
    batches: u64,
    events: u64,
    bytes: u64,
    sha256: String,
}

/// A file that is no export, or cannot be one.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// There is something of that name.
    #[error("{path} is there already: name a file that is not")]
    There {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be written.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is something else.
    #[error(
        "{path} is no telemetry export: its first line is not that of one. Name a file that `telemetry export` wrote"
    )]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A later version made it.
    #[error("{path} has format {found}, and this version reads format {FORMAT}: update this program")]
    Later {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// A part of it is missing.
    #[error(
        "{path} is cut off: {found} of {expected} bytes follow its first line. Copy it again from where it was made"
    )]
    Torn {
        /// The file.
        path: PathBuf,
        /// Bytes after the first line.
        found: u64,
        /// Bytes that the first line promises.
        expected: u64,
    },
    /// It is not as it was written.
    #[error(
        "{path} was changed since it was written: its checksum is another. Copy it again from where it was made"
    )]
    Altered {
        /// The file.
        path: PathBuf,
    },
    /// A line is no batch, though the checksum is right.
    #[error("{path} line {line}: this is no batch of events. The file was not made by `telemetry export`")]
    NoBatch {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
}

/// An export that was read, and is whole.
#[derive(Debug)]
pub struct Export {
    batches: Vec<SealedBatch>,
}

impl Export {
    /// Reads an export, and refuses one that is not as it was written.
    ///
    /// # Errors
    ///
    /// [`ExportError`]: what is wrong, where, and what to do.
    pub fn read(path: &Path) -> Result<Self, ExportError> {
        let owned = || path.to_owned();
        let bytes =
            read_private(path, MAX_BYTES).map_err(|source| ExportError::Read { path: owned(), source })?;
        if bytes.len() as u64 > MAX_BYTES {
            return Err(ExportError::Foreign { path: owned() });
        }
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
        let (first, rest) = bytes.split_at(end);
        let header = read_header(first).ok_or_else(|| ExportError::Foreign { path: owned() })?;
        let header = match header {
            Stated::Header(header) => header,
            Stated::Later(found) => return Err(ExportError::Later { path: owned(), found }),
        };
        let rest = rest.get(1..).unwrap_or_default();
        let found = rest.len() as u64;
        if found < header.bytes {
            return Err(ExportError::Torn { path: owned(), found, expected: header.bytes });
        }
        if header_for(rest, header.batches, header.events) != header {
            return Err(ExportError::Altered { path: owned() });
        }
        let batches = batches(rest).map_err(|line| ExportError::NoBatch { path: owned(), line })?;
        let events: u64 = batches.iter().map(|batch| batch.events() as u64).sum();
        if (batches.len() as u64, events) != (header.batches, header.events) {
            return Err(ExportError::Altered { path: owned() });
        }
        Ok(Self { batches })
    }

    /// The batches, oldest first.
    #[must_use]
    pub fn batches(&self) -> &[SealedBatch] {
        &self.batches
    }
}

enum Stated {
    Header(Header),
    Later(u32),
}

fn read_header(line: &[u8]) -> Option<Stated> {
    #[derive(Deserialize)]
    struct Version {
        telemetry_export: u32,
    }
    let Version { telemetry_export } = serde_json::from_slice(line).ok()?;
    if telemetry_export != FORMAT {
        return Some(Stated::Later(telemetry_export));
    }
    serde_json::from_slice(line).ok().map(Stated::Header)
}

/// The batches, or the line of the file that is none.
fn batches(lines: &[u8]) -> Result<Vec<SealedBatch>, usize> {
    let lines = lines.split(|byte| *byte == b'\n').enumerate().filter(|(_, line)| !line.is_empty());
    // The header is line 1.
    lines.map(|(index, line)| SealedBatch::unseal(line).map_err(|_| index + 2)).collect()
}

fn header_for(rest: &[u8], batches: u64, events: u64) -> Header {
    let digest = ring::digest::digest(&ring::digest::SHA256, rest);
    let digits = digest.as_ref().iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let sha256 = digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect();
    Header { telemetry_export: FORMAT, batches, events, bytes: rest.len() as u64, sha256 }
}

/// Puts batches into a file, to be carried to a collector. Ship through it as through any sink: consent is asked for,
/// and the ledger kept, as when events are sent.
#[derive(Debug)]
pub struct ExportSink {
    path: PathBuf,
    written: Mutex<Written>,
}

#[derive(Debug, Default)]
struct Written {
    lines: Vec<u8>,
    batches: u64,
    events: u64,
}

impl ExportSink {
    /// Takes the name. A file that is there is left alone.
    ///
    /// # Errors
    ///
    /// [`ExportError::There`] or [`ExportError::Write`].
    pub fn create(path: impl Into<PathBuf>) -> Result<Self, ExportError> {
        let path = path.into();
        match private_options().write(true).create_new(true).open(&path) {
            Ok(_) => Ok(Self { path, written: Mutex::default() }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(ExportError::There { path }),
            Err(source) => Err(ExportError::Write { path, source }),
        }
    }

    /// How many events are in the file. One that has none is taken away.
    ///
    /// # Errors
    ///
    /// [`ExportError::Write`] where it cannot be.
    pub fn finish(self) -> Result<u64, ExportError> {
        let Self { path, written } = self;
        let Written { events, .. } = written.into_inner().unwrap_or_else(PoisonError::into_inner);
        if events == 0 {
            remove_if_there(&path).map_err(|source| ExportError::Write { path, source })?;
        }
        Ok(events)
    }

    fn add(&self, batch: &SealedBatch) -> io::Result<()> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = [&written.lines, batch.body(), b"\n"].concat();
        let (batches, events) = (written.batches + 1, written.events + batch.events() as u64);
        let header = serde_json::to_vec(&header_for(&lines, batches, events)).map_err(io::Error::other)?;
        self.replace(&[&header, b"\n".as_slice(), &lines].concat())?;
        *written = Written { lines, batches, events };
        Ok(())
    }

    /// On the disk before the events are forgotten: this file may be carried away at once, by its only copy.
    fn replace(&self, content: &[u8]) -> io::Result<()> {
        let directory = self.path.parent().unwrap_or(Path::new(""));
        let beside = directory.join(format!(".{}.tmp", uuid::Uuid::now_v7()));
        let written = (|| {
            let mut file = private_options().write(true).create_new(true).open(&beside)?;
            has_room(&file, content)?;
            file.write_all(content)?;
            file.sync_all()?;
            fs::rename(&beside, &self.path)
        })();
        if written.is_err() {
            // The first error is the one to report.
            let _ = fs::remove_file(&beside);
        }
        written
    }
}

impl Sink for ExportSink {
    fn destination(&self) -> String {
        format!("export:{}", self.path.display())
    }

    fn send(
        &self,
        batch: &SealedBatch,
        _permit: SendPermit,
        _within: Duration,
    ) -> Result<Receipt, SendError> {
        self.add(batch).map_err(|source| SendError::Write { path: self.path.clone(), source })?;
        receipt_for(batch)
    }
}

impl SealedBatch {
    /// A batch that was sealed elsewhere: one line of JSON.
    fn unseal(line: &[u8]) -> Result<Self, serde_json::Error> {
        let batch: Batch<&RawValue> = serde_json::from_slice(line)?;
        Ok(Self::sealed(batch.batch_id, line.to_vec(), batch.events.len()))
    }
}
