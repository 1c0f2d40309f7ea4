//! Sinks: where a sealed batch goes.

#[cfg(feature = "atlas")]
mod atlas;
mod collector;
mod endpoint;
mod file;
#[cfg(any(feature = "atlas", feature = "otlp"))]
mod foreign;
mod http;
mod key;
mod memory;
#[cfg(feature = "otlp")]
mod otlp;
mod receipt;

pub(crate) use collector::HttpEraser;
pub use collector::HttpSink;
pub use endpoint::{Delivery, Endpoint, EndpointError, OtlpEncoding};
use endpoint::{Protocol, Target};
pub use file::{FileLimits, FileSink};
pub use http::HttpOptions;
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

    /// A batch whose bytes are known to be one.
    pub(crate) fn sealed(id: BatchId, body: Vec<u8>, events: usize) -> Self {
        Self { id, body, events }
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
        let counts = [receipt.accepted, receipt.duplicates, receipt.refused_unnamed];
        let accounted = counts.into_iter().try_fold(0_u64, u64::checked_add);
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

/// What a sink takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Takes {
    /// How many events of one batch, at most.
    pub max_batch_events: usize,
    /// Whether counts of losses too.
    pub losses: LossCounts,
}

impl Default for Takes {
    fn default() -> Self {
        Self { max_batch_events: usize::MAX, losses: LossCounts::Told }
    }
}

/// What a sink does with counts of losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LossCounts {
    /// It passes them on.
    Told,
    /// It has no place for them: they stay until a sink has.
    Kept,
}

/// Somewhere a batch can go.
pub trait Sink {
    /// What it takes. Asked once, before the first batch is made.
    fn takes(&self) -> Takes {
        Takes::default()
    }

    /// Where it goes, for the ledger.
    fn destination(&self) -> String {
        "a sink of the program's own".to_owned()
    }

    /// Sends one batch and is back within this time, be there an answer or not. The permit is used up.
    ///
    /// # Errors
    ///
    /// [`SendError`], by what the shipper does about it.
    fn send(&self, batch: &SealedBatch, permit: SendPermit, within: Duration) -> Result<Receipt, SendError>;
}

/// A batch that was not acknowledged. Never holds a body or a header.
///
/// Which one it is also says whether the batch may have arrived all the same: the ledger shows it then.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SendError {
    /// There is no connection: nothing of the batch left.
    #[error("the collector cannot be reached")]
    Unreachable,
    /// The connection broke before the answer.
    #[error("the connection broke before the answer")]
    Broken,
    /// What answers has no certificate that is trusted for this name, or speaks no TLS at all.
    #[error("what answers is not trusted: its certificate is not valid here, or it speaks no TLS")]
    Untrusted,
    /// The answer took too long.
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
    /// The receiver takes others and not this batch, and does not say which of its events is at fault: 400 by a
    /// protocol without answers per event.
    #[error("the receiver takes no batch with one of these events (status {status})")]
    Unacceptable {
        /// The HTTP status.
        status: u16,
    },
    /// The batch cannot be put into the receiver's protocol.
    #[error("the batch cannot be written in the protocol of the endpoint")]
    Unencodable,
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

impl SendError {
    /// Whether whoever was asked may have kept the batch. A doubt is yes.
    pub(crate) fn may_have_arrived(&self) -> bool {
        match self {
            // What said so may stand before the one that stores, and know nothing of it.
            Self::Busy { status, .. } => *status >= 500,
            Self::Broken | Self::Timeout | Self::NotAReceipt => true,
            Self::Unreachable
            | Self::Untrusted
            | Self::TooLarge
            | Self::Refused { .. }
            | Self::Unacceptable { .. }
            | Self::Unencodable
            // What was written of it was taken back.
            | Self::Write { .. } => false,
        }
    }
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
    /// The endpoint is something else.
    #[error("the endpoint is not a collector that speaks this project's protocol")]
    NotACollector,
    /// The endpoint is for events to be carried by hand.
    #[error("events wait for an export: telemetry export FILE")]
    ByHand,
    /// This build is without OTLP.
    #[error("this program was built without OTLP: it needs the feature `otlp` of telemetry-transport")]
    WithoutOtlp,
    /// This build is without what the Atlas CLI sends.
    #[error(
        "this program was built without the Atlas CLI's form: it needs the feature `atlas` of telemetry-transport"
    )]
    WithoutAtlas,
    /// This build sends nothing over a network.
    #[error("this program was built without a network: it needs the feature `http` of telemetry-transport")]
    WithoutHttp,
    /// The key for writing.
    #[error(
        "a key for writing has 16 to 256 characters of printable ASCII and no blank (TELEMETRY_WRITE_KEY)"
    )]
    WriteKey,
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
        Target::Http { protocol: Protocol::Collector, .. } => Box::new(HttpSink::new(endpoint, options)?),
        #[cfg(feature = "otlp")]
        Target::Http { protocol: Protocol::Otlp(encoding), address } => {
            Box::new(otlp::OtlpSink::new(address, *encoding, options)?)
        }
        #[cfg(not(feature = "otlp"))]
        Target::Http { protocol: Protocol::Otlp(_), .. } => return Err(SinkError::WithoutOtlp),
        #[cfg(feature = "atlas")]
        Target::Http { protocol: Protocol::Atlas, address } => {
            Box::new(atlas::AtlasSink::new(address, options)?)
        }
        #[cfg(not(feature = "atlas"))]
        Target::Http { protocol: Protocol::Atlas, .. } => return Err(SinkError::WithoutAtlas),
        Target::File(path) => Box::new(FileSink::new(path)),
        Target::Export => return Err(SinkError::ByHand),
    })
}

/// The receipt of a sink with nobody on the other side.
#[cfg(feature = "export")]
pub(crate) fn receipt_for(batch: &SealedBatch) -> Result<Receipt, SendError> {
    receipt::made_here(batch, 0)
}

/// A form in which a batch can travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WireForm {
    /// OTLP logs. JSON and protobuf say the same; this is which of them.
    Otlp(OtlpEncoding),
    /// What the Atlas CLI sends.
    Atlas,
}

/// A batch that cannot be put into a form.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WireError {
    /// It is no batch of events.
    #[error("this is no batch of events")]
    NoBatch(#[from] serde_json::Error),
    /// This build is without OTLP.
    #[error("this program was built without OTLP")]
    WithoutOtlp,
    /// This build is without what the Atlas CLI sends.
    #[error("this program was built without the Atlas CLI's form")]
    WithoutAtlas,
}

/// The bytes that a sink sends for a batch, before they are compressed: a function of the batch, as the ledger keeps it,
/// and of nothing else.
///
/// # Errors
///
/// [`WireError`].
#[cfg_attr(
    not(any(feature = "atlas", feature = "otlp")),
    expect(unused_variables, reason = "there is no form that is not the batch's own")
)]
pub fn in_form(batch: &[u8], form: WireForm) -> Result<Vec<u8>, WireError> {
    match form {
        #[cfg(feature = "otlp")]
        WireForm::Otlp(encoding) => otlp::encode(batch, encoding),
        #[cfg(not(feature = "otlp"))]
        WireForm::Otlp(_) => Err(WireError::WithoutOtlp),
        #[cfg(feature = "atlas")]
        WireForm::Atlas => atlas::encode(batch),
        #[cfg(not(feature = "atlas"))]
        WireForm::Atlas => Err(WireError::WithoutAtlas),
    }
}
