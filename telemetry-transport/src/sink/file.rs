//! A sink that appends events to a file, one a line.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::value::RawValue;
use telemetry_redact::consent::SendPermit;
use telemetry_schema::{Batch, Receipt};

use super::foreign::receipt;
use super::{SealedBatch, SendError, Sink};
use crate::platform::private_options;

/// Appends the events of each batch to a file, one a line, synced before the receipt.
#[derive(Debug)]
pub struct FileSink {
    path: PathBuf,
}

impl FileSink {
    /// A sink to this file. Touches nothing until something is sent.
    #[must_use]
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned() }
    }

    fn append(&self, batch: &SealedBatch) -> io::Result<()> {
        let batch: Batch<&RawValue> = serde_json::from_slice(batch.body()).map_err(io::Error::other)?;
        let lines: String = batch.events.iter().flat_map(|event| [event.get(), "\n"]).collect();
        let mut file = private_options().append(true).create(true).open(&self.path)?;
        let before = file.metadata()?.len();
        file.write_all(lines.as_bytes()).and_then(|()| file.sync_data()).inspect_err(|_| {
            // Shippers come one at a time, so what stands after the end from before is this batch and no other.
            let _ = file.set_len(before);
        })
    }
}

impl Sink for FileSink {
    fn send(
        &self,
        batch: &SealedBatch,
        _permit: SendPermit,
        _within: Duration,
    ) -> Result<Receipt, SendError> {
        self.append(batch).map_err(|source| SendError::Write { path: self.path.clone(), source })?;
        receipt(batch, 0)
    }
}
