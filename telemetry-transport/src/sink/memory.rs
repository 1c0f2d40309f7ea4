//! A sink that keeps what it gets, for tests of those who use this crate.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use telemetry_redact::consent::SendPermit;
use telemetry_schema::Receipt;

use super::receipt;
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
        receipt::made_here(batch, 0)
    }
}
