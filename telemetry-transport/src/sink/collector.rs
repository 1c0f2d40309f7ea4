//! The collector's own protocol over HTTP, docs/protocol.md: a gzipped JSON batch out, a receipt back.

use std::time::Duration;

use telemetry_redact::consent::SendPermit;
use telemetry_schema::{ErasureReceipt, PROTOCOL_VERSION, Receipt};

use super::endpoint::{Protocol, Target};
use super::http::{Answer, Encoding, Http, HttpOptions, Leave, Request};
use super::key::WriteKey;
use super::{Endpoint, SealedBatch, SendError, Sink, SinkError};
use crate::PendingErasure;

/// Sends batches to a collector.
#[derive(Debug)]
pub struct HttpSink {
    http: Http,
    /// The header by which it is told whose events these are.
    authorization: Option<String>,
}

impl HttpSink {
    /// A sink to a collector. Connects to nothing until something is sent.
    ///
    /// # Errors
    ///
    /// [`SinkError`] where the endpoint is none of a collector, or the certificates, the proxy or the key cannot be used.
    pub fn new(endpoint: &Endpoint, options: HttpOptions) -> Result<Self, SinkError> {
        let authorization = options.write_key.as_ref().map(WriteKey::header).transpose()?;
        Ok(Self { http: of_a_collector(endpoint, "/v1/events", options)?, authorization })
    }
}

impl Sink for HttpSink {
    fn destination(&self) -> String {
        self.http.destination()
    }

    fn send(&self, batch: &SealedBatch, permit: SendPermit, within: Duration) -> Result<Receipt, SendError> {
        let answer =
            post(&self.http, batch.body(), self.authorization.as_deref(), &self.http.leave(permit, within))?;
        let receipt: Receipt = serde_json::from_slice(&answer).map_err(|_| SendError::NotAReceipt)?;
        // A collector of ours names each event that it refuses.
        let named = receipt.refused_unnamed == 0;
        if receipt.batch_id == batch.id() && named { Ok(receipt) } else { Err(SendError::NotAReceipt) }
    }
}

/// Asks a collector to erase.
#[derive(Debug)]
pub(crate) struct HttpEraser {
    http: Http,
}

impl HttpEraser {
    /// For a collector. Connects to nothing until it asks.
    pub(crate) fn new(endpoint: &Endpoint, options: HttpOptions) -> Result<Self, SinkError> {
        Ok(Self { http: of_a_collector(endpoint, "/v1/erasures", options)? })
    }

    /// Asks once, and is back within this time.
    pub(crate) fn erase(
        &self,
        pending: &PendingErasure,
        within: Duration,
    ) -> Result<ErasureReceipt, SendError> {
        let body = serde_json::to_vec(&pending.request).map_err(|_| SendError::Unencodable)?;
        let answer = post(&self.http, &body, None, &self.http.leave_to_erase(pending, within))?;
        let receipt: ErasureReceipt = serde_json::from_slice(&answer).map_err(|_| SendError::NotAReceipt)?;
        if receipt.erasure_id == pending.request.erasure_id {
            Ok(receipt)
        } else {
            Err(SendError::NotAReceipt)
        }
    }
}

fn of_a_collector(endpoint: &Endpoint, path: &str, options: HttpOptions) -> Result<Http, SinkError> {
    match &endpoint.0 {
        Target::Http { protocol: Protocol::Collector, address } => {
            Http::new(Protocol::Collector, address, path, options)
        }
        _ => Err(SinkError::NotACollector),
    }
}

/// Posts JSON. The body of a success.
fn post(http: &Http, body: &[u8], authorization: Option<&str>, leave: &Leave) -> Result<Vec<u8>, SendError> {
    let mut headers = vec![("telemetry-protocol", PROTOCOL_VERSION.to_string())];
    headers.extend(authorization.map(|value| ("authorization", value.to_owned())));
    let request =
        Request { media_type: "application/json", encoding: Encoding::Gzip, headers: &headers, body };
    let Answer { status, retry_after, body, .. } = http.post(&request, leave)?;
    match status {
        200..=299 => Ok(body),
        413 => Err(SendError::TooLarge),
        408 | 429 | 500..=599 => Err(SendError::Busy { status, retry_after }),
        _ => Err(SendError::Refused { status }),
    }
}
