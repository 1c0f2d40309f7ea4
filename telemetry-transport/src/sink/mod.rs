//! Sinks: where a sealed batch goes.

mod endpoint;
mod file;
mod http;
mod memory;
mod proxy;

pub(crate) use endpoint::Target;
pub use endpoint::{Endpoint, EndpointError};
pub use file::FileSink;
pub use http::{HttpOptions, HttpSink};
pub use memory::MemorySink;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::value::RawValue;
use telemetry_redact::consent::SendPermit;
use telemetry_schema::{Batch, BatchId, Loss, PROTOCOL_VERSION, Receipt};
use thiserror::Error;

use crate::Record;

/// A batch as it is sent: its bytes do not change any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBatch {
    id: BatchId,
    body: Vec<u8>,
    events: usize,
}

impl SealedBatch {
    /// Seals records: their bytes go into the body as they are.
    pub(crate) fn seal(id: BatchId, records: &[Record], losses: &[Loss]) -> Result<Self, serde_json::Error> {
        let events: Vec<&RawValue> =
            records.iter().map(|record| serde_json::from_str(record.line())).collect::<Result<_, _>>()?;
        let batch =
            Batch { protocol_version: PROTOCOL_VERSION, batch_id: id, losses: losses.to_vec(), events };
        Ok(Self { id, body: serde_json::to_vec(&batch)?, events: records.len() })
    }

    /// The batch's identifier.
    #[must_use]
    pub fn id(&self) -> BatchId {
        self.id
    }

    /// The body, a `telemetry_schema::Batch` as JSON.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Whether a receipt accounts for every event of this batch, each once. One that does not is no leave to forget.
    pub(crate) fn is_answered_by(&self, receipt: &Receipt) -> bool {
        let refused: BTreeSet<u64> = receipt.refused.iter().map(|refusal| refusal.index).collect();
        let events = self.events as u64;
        let accounted = receipt.accepted.checked_add(receipt.duplicates);
        receipt.batch_id == self.id
            && refused.len() == receipt.refused.len()
            && refused.last().is_none_or(|last| *last < events)
            && accounted.and_then(|sum| sum.checked_add(refused.len() as u64)) == Some(events)
    }

    /// How many events it holds.
    #[must_use]
    pub fn events(&self) -> usize {
        self.events
    }
}

/// Somewhere a batch can go.
pub trait Sink {
    /// Sends one batch and is back within this time, be there an answer or not. The permit is used up.
    ///
    /// # Errors
    ///
    /// [`SendError`], by what the shipper does about it.
    fn send(&self, batch: &SealedBatch, permit: SendPermit, within: Duration) -> Result<Receipt, SendError>;
}

/// A batch that was not acknowledged. Never holds a body or a header.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SendError {
    /// There is no connection, or it broke.
    #[error("the collector cannot be reached")]
    Unreachable,
    /// It took too long.
    #[error("the collector did not answer in time")]
    Timeout,
    /// The collector asks for patience: 429 or 5xx.
    #[error("the collector is busy (status {status})")]
    Busy {
        /// The HTTP status.
        status: u16,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// The batch is too large: 413.
    #[error("the collector takes no batch of this size")]
    TooLarge,
    /// The collector will never take this batch: another 4xx, or a redirect, which is not followed.
    #[error("the collector refused (status {status})")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
    /// The answer is no receipt for this batch.
    #[error("the answer is no receipt: this is no collector")]
    NotAReceipt,
    /// A file cannot be written.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// A sink that cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SinkError {
    /// The file of root certificates.
    #[error("cannot read certificates from {path}")]
    Certificates {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The endpoint is a file.
    #[error("the endpoint is a file, not a collector")]
    NotHttp,
    /// The proxy that a variable names. Does not repeat it, since it may hold a credential.
    #[error("{variable}: expected a proxy like http://proxy.example.com:3128")]
    Proxy {
        /// The variable.
        variable: &'static str,
    },
}

/// The sink for an endpoint.
///
/// # Errors
///
/// [`SinkError`] where what it needs cannot be read.
pub fn sink_for(endpoint: &Endpoint, options: HttpOptions) -> Result<Box<dyn Sink>, SinkError> {
    Ok(match &endpoint.0 {
        Target::Http { .. } => Box::new(HttpSink::new(endpoint, options)?),
        Target::File(path) => Box::new(FileSink::new(path)),
    })
}
