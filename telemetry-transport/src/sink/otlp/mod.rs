//! OTLP/HTTP logs: anything that takes them, and what stands behind it, takes the events. The mapping is in
//! [`mapping`] and in docs/sinks.md; the wire is `opentelemetry-proto`'s.

mod mapping;

use std::time::Duration;

use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use prost::Message as _;
use serde_json::{Map, Value as Json};
use telemetry_redact::consent::SendPermit;
use telemetry_schema::{Batch, Event, Receipt};

use super::endpoint::{Address, OtlpEncoding, Protocol};
use super::foreign::{Manners, deliver};
use super::http::{Answer, Encoding, Http, HttpOptions, Request};
use super::receipt;
use super::{SealedBatch, SendError, Sink, SinkError, WireError};

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

/// Sends batches as OTLP logs.
#[derive(Debug)]
pub(super) struct OtlpSink {
    http: Http,
    encoding: OtlpEncoding,
}

impl OtlpSink {
    pub(super) fn new(
        address: &Address,
        encoding: OtlpEncoding,
        options: HttpOptions,
    ) -> Result<Self, SinkError> {
        Ok(Self { http: Http::new(Protocol::Otlp(encoding), address, "/v1/logs", options)?, encoding })
    }
}

/// What is sent for a batch. The same batch gives the same bytes, whenever and wherever this is asked.
pub(super) fn encode(batch: &[u8], encoding: OtlpEncoding) -> Result<Vec<u8>, WireError> {
    let batch: Batch<Event> = serde_json::from_slice(batch)?;
    let request = mapping::request(&batch);
    match encoding {
        OtlpEncoding::Protobuf => Ok(request.encode_to_vec()),
        OtlpEncoding::Json => Ok(serde_json::to_vec(&request)?),
    }
}

impl Sink for OtlpSink {
    fn destination(&self) -> String {
        self.http.destination()
    }

    fn send(&self, batch: &SealedBatch, permit: SendPermit, within: Duration) -> Result<Receipt, SendError> {
        let body = encode(batch.body(), self.encoding).map_err(|_| SendError::Unencodable)?;
        let (media_type, empty) = match self.encoding {
            OtlpEncoding::Protobuf => (PROTOBUF, Vec::new()),
            OtlpEncoding::Json => {
                (JSON, serde_json::to_vec(&ExportLogsServiceRequest::default()).unwrap_or_default())
            }
        };
        let request = Request { media_type, encoding: Encoding::Gzip, headers: &[], body: &body };
        let manners = Manners { is_busy, is_genuine: |answer| rejected(answer).is_some(), empty: &empty };
        let answer = deliver(&self.http, &request, &manners, &self.http.leave(permit, within))?;
        receipt::made_here(batch, rejected(&answer).unwrap_or(0))
    }
}

/// Those that the specification (OTLP 1, "Retryable response codes") calls retryable. All others are for good.
fn is_busy(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

/// How many records a receiver rejects of a request it took; `None` where this is no answer to one. The specification
/// wants the encoding of the request; an empty answer of no type is what some receivers give for a success (Grafana Loki:
/// 204). The text that may come with it is for the receiver's operator, and from elsewhere: it is not kept.
fn rejected(answer: &Answer) -> Option<u64> {
    let rejected = match answer.media_type.as_str() {
        PROTOBUF => {
            let response = ExportLogsServiceResponse::decode(answer.body.as_slice()).ok()?;
            response.partial_success.map_or(0, |partial| partial.rejected_log_records)
        }
        JSON => rejected_in_json(&answer.body)?,
        "" if answer.body.is_empty() => 0,
        _ => return None,
    };
    Some(u64::try_from(rejected).unwrap_or(0))
}

/// Protobuf's JSON has 64-bit numbers as text, and leaves out what is 0: `opentelemetry-proto` reads neither here.
fn rejected_in_json(body: &[u8]) -> Option<i64> {
    let response: Map<String, Json> = serde_json::from_slice(body).ok()?;
    let partial = response.get("partialSuccess").unwrap_or(&Json::Null);
    match (partial, partial.get("rejectedLogRecords")) {
        (Json::Null | Json::Object(_), None | Some(Json::Null)) => Some(0),
        (_, Some(Json::String(text))) => text.parse().ok(),
        (_, Some(Json::Number(number))) => number.as_i64(),
        _ => None,
    }
}
