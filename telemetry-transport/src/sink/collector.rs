//! The collector's own protocol over HTTP, docs/protocol.md: a gzipped JSON batch out, a receipt back.

use std::time::Duration;

use telemetry_redact::consent::SendPermit;
use telemetry_schema::{PROTOCOL_VERSION, Receipt};

use super::endpoint::{Protocol, Target};
use super::http::{Answer, Encoding, Http, HttpOptions, Request};
use super::{Endpoint, SealedBatch, SendError, Sink, SinkError};

/// Sends batches to a collector.
#[derive(Debug)]
pub struct HttpSink {
    http: Http,
}

impl HttpSink {
    /// A sink to a collector. Connects to nothing until something is sent.
    ///
    /// # Errors
    ///
    /// [`SinkError`] where the endpoint is none of a collector, or the certificates or the proxy cannot be used.
    pub fn new(endpoint: &Endpoint, options: HttpOptions) -> Result<Self, SinkError> {
        match &endpoint.0 {
            Target::Http { protocol: Protocol::Collector, address } => {
                Ok(Self { http: Http::new(Protocol::Collector, address, "/v1/events", options)? })
            }
            _ => Err(SinkError::NotACollector),
        }
    }
}

impl Sink for HttpSink {
    fn destination(&self) -> String {
        self.http.destination()
    }

    fn send(&self, batch: &SealedBatch, permit: SendPermit, within: Duration) -> Result<Receipt, SendError> {
        let request = Request {
            media_type: "application/json",
            encoding: Encoding::Gzip,
            headers: &[("telemetry-protocol", PROTOCOL_VERSION.to_string())],
            body: batch.body(),
        };
        let Answer { status, retry_after, body, .. } =
            self.http.post(&request, &self.http.leave(permit, within))?;
        match status {
            200..=299 => {}
            413 => return Err(SendError::TooLarge),
            408 | 429 | 500..=599 => return Err(SendError::Busy { status, retry_after }),
            _ => return Err(SendError::Refused { status }),
        }
        let receipt: Receipt = serde_json::from_slice(&body).map_err(|_| SendError::NotAReceipt)?;
        // A collector of ours names each event that it refuses.
        let named = receipt.refused_unnamed == 0;
        if receipt.batch_id == batch.id() && named { Ok(receipt) } else { Err(SendError::NotAReceipt) }
    }
}
