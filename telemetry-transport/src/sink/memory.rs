//! A sink that keeps what it gets, for tests of those who use this crate.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use telemetry_redact::consent::SendPermit;
use telemetry_schema::{Receipt, Timestamp};

use super::{SealedBatch, SendError, Sink};

/// Keeps every batch and acknowledges it.
#[derive(Debug, Default)]
pub struct MemorySink {
    batches: Mutex<Vec<SealedBatch>>,
}

impl MemorySink {
    /// An empty sink.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was sent so far.
    #[must_use]
    pub fn batches(&self) -> Vec<SealedBatch> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Sink for MemorySink {
    fn send(
        &self,
        batch: &SealedBatch,
        _permit: SendPermit,
        _within: Duration,
    ) -> Result<Receipt, SendError> {
        self.batches.lock().unwrap_or_else(PoisonError::into_inner).push(batch.clone());
        receipt_of_our_own(batch)
    }
}

/// The receipt of a sink with nobody on the other side.
pub(super) fn receipt_of_our_own(batch: &SealedBatch) -> Result<Receipt, SendError> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let unix_us = i64::try_from(now.as_micros()).unwrap_or(i64::MAX);
    let received_at = Timestamp::new(unix_us, 0).map_err(|_| SendError::NotAReceipt)?;
    let accepted = batch.events() as u64;
    Ok(Receipt { batch_id: batch.id(), received_at, accepted, duplicates: 0, refused: Vec::new() })
}
