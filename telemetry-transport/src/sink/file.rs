//! A sink that appends events to a file, one a line, and begins a new file before one grows too large.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::value::RawValue;
use telemetry_redact::consent::SendPermit;
use telemetry_schema::{Batch, Receipt};

use super::receipt;
use super::{LossCounts, SealedBatch, SendError, Sink, Takes};
use crate::platform::{has_room, is_ours, private_options};

/// How much a file sink keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileLimits {
    /// Bytes of a file. Sixteen MiB, some 20,000 events, open in any editor.
    pub max_bytes: u64,
    /// Files beside the one that grows: `NAME.1`, the youngest, to `NAME.4`. With the first they are 80 MiB, which no
    /// disk misses; what is older is deleted, so collect them before.
    pub max_old_files: u32,
}

impl Default for FileLimits {
    fn default() -> Self {
        Self { max_bytes: 16 * 1024 * 1024, max_old_files: 4 }
    }
}

/// Appends the events of each batch to a file, one a line, synced before the receipt.
///
/// The file is the owner's only. One that is a link, no plain file or somebody else's is left alone.
#[derive(Debug)]
pub struct FileSink {
    path: PathBuf,
    limits: FileLimits,
}

impl FileSink {
    /// A sink to this file. Touches nothing until something is sent.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned(), limits: FileLimits::default() }
    }

    /// Keeps more or less than the default.
    #[must_use]
    pub fn limits(mut self, limits: FileLimits) -> Self {
        self.limits = limits;
        self
    }

    fn append(&self, batch: &SealedBatch) -> io::Result<()> {
        let batch: Batch<&RawValue> = serde_json::from_slice(batch.body()).map_err(io::Error::other)?;
        let lines: String = batch.events.iter().flat_map(|event| [event.get(), "\n"]).collect();
        let (mut file, mut before) = self.open()?;
        if before > 0 && before.saturating_add(lines.len() as u64) > self.limits.max_bytes {
            drop(file);
            self.rotate()?;
            (file, before) = self.open()?;
        }
        let whole = if ends_in_a_line(&mut file, before)? { "" } else { "\n" };
        let lines = [whole, &lines].concat();
        has_room(&file, lines.as_bytes())?;
        file.write_all(lines.as_bytes()).and_then(|()| file.sync_data()).inspect_err(|_| {
            // Shippers come one at a time, so what stands after the end from before is this batch and no other.
            let _ = file.set_len(before);
        })
    }

    /// The file, with its size.
    fn open(&self) -> io::Result<(File, u64)> {
        let file = private_options().read(true).append(true).create(true).open(&self.path)?;
        let facts = file.metadata()?;
        if !facts.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "is no plain file"));
        }
        if !is_ours(&facts) {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "belongs to another user"));
        }
        Ok((file, facts.len()))
    }

    /// Moves each file to the next name, the oldest first, which goes.
    fn rotate(&self) -> io::Result<()> {
        let Some(last) = self.limits.max_old_files.checked_sub(1) else { return fs::remove_file(&self.path) };
        for number in (0..=last).rev() {
            match fs::rename(self.old(number), self.old(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// The file of this age; 0 is the one that grows.
    fn old(&self, number: u32) -> PathBuf {
        if number == 0 {
            return self.path.clone();
        }
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        name.into()
    }
}

/// Whether the last line is whole. One that a crash cut off is closed, so that it costs only itself.
fn ends_in_a_line(file: &mut File, size: u64) -> io::Result<bool> {
    if size == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

impl Sink for FileSink {
    fn takes(&self) -> Takes {
        // Every line is an event.
        Takes { losses: LossCounts::Kept, ..Takes::default() }
    }

    fn destination(&self) -> String {
        format!("file://{}", self.path.display())
    }

    fn send(
        &self,
        batch: &SealedBatch,
        _permit: SendPermit,
        _within: Duration,
    ) -> Result<Receipt, SendError> {
        self.append(batch).map_err(|source| SendError::Write { path: self.path.clone(), source })?;
        receipt::made_here(batch, 0)
    }
}
