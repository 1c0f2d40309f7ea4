//! Events as OTLP logs: what our own sink to an OpenTelemetry receiver sends, and what such a receiver passes on.

mod mapping;
mod wire;

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use serde_json::{Map, json};
use telemetry_schema::{BatchId, EventId, Loss, LossReason, Problem, Refusal};
use thiserror::Error;

use super::event::{self, TOO_LARGE};
use super::{AdmittedBatch, AdmittedEvent, MAX_LOSSES};
use crate::Policies;

/// Records in one request. An OpenTelemetry Collector sends 8,192 where nobody tells it otherwise (its batch processor's
/// `send_batch_size`).
pub const MAX_RECORDS: usize = 10_000;

/// Batches whose losses one request can tell.
const MAX_BATCHES: usize = 1_000;

/// How a request is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogsEncoding {
    /// As protobuf.
    Protobuf,
    /// As protobuf's JSON.
    Json,
}

/// A body that is no request to take logs. Says nothing of what stood there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum LogsError {
    /// Bytes that are no protobuf of the request's.
    #[error("the body is no OTLP logs request in protobuf")]
    NotProtobuf,
    /// Text that is no JSON of the request's.
    #[error("the body is no OTLP logs request in JSON")]
    NotJson,
    /// Too many records, or too many groups of them.
    #[error("the request has more than {MAX_RECORDS} records")]
    TooManyRecords,
    /// A resource or scope that is larger than an event may be.
    #[error("a resource or scope of the request is too large")]
    TooLarge,
}

impl LogsError {
    /// Field and rule.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let rule = match self {
            Self::NotProtobuf => "logs.not_protobuf",
            Self::NotJson => "logs.not_json",
            Self::TooManyRecords => "logs.too_many_records",
            Self::TooLarge => "logs.too_large",
        };
        Problem { field: String::new(), rule: rule.to_owned() }
    }
}

/// Judges a request to take logs. The first batch has every event and every refusal, each by its place among all
/// records of the request; those that follow have losses that their sender told, and no events.
///
/// # Errors
///
/// [`LogsError`] where the body is no such request. A record that is no event of ours is no error: it is refused by
/// itself.
pub fn admit_logs(
    body: &[u8],
    encoding: LogsEncoding,
    policies: &Policies,
) -> Result<Vec<AdmittedBatch>, LogsError> {
    let mut judge = Judge {
        policies,
        of_resource: Ok(Map::new()),
        losses: BTreeMap::new(),
        events: Vec::new(),
        refused: Vec::new(),
    };
    match encoding {
        LogsEncoding::Protobuf => wire::protobuf(body, &mut judge)?,
        LogsEncoding::Json => wire::json(body, &mut judge)?,
    }
    let Judge { losses, events, refused, .. } = judge;
    // The events of a request may be of several batches, and nothing is stored of which.
    let all = AdmittedBatch { id: BatchId::new(0, &[0; 10]), losses: Vec::new(), events, refused };
    let losses = losses.into_iter().map(|(id, losses)| AdmittedBatch {
        id,
        losses,
        events: Vec::new(),
        refused: Vec::new(),
    });
    Ok(std::iter::once(all).chain(losses).collect())
}

/// Judges records as they come.
struct Judge<'a> {
    policies: &'a Policies,
    of_resource: mapping::OfResource,
    losses: BTreeMap<BatchId, Vec<Loss>>,
    events: Vec<AdmittedEvent>,
    refused: Vec<Refusal>,
}

impl wire::Visit for Judge<'_> {
    fn resource(&mut self, resource: Resource) {
        self.of_resource = mapping::resource(&resource);
    }

    fn scope(&mut self, scope: InstrumentationScope) {
        // A batch with several resources tells its losses with each.
        if let Some((batch, losses)) = losses(&scope)
            && self.losses.len() < MAX_BATCHES
        {
            self.losses.insert(batch, losses);
        }
    }

    fn record(&mut self, record: Option<LogRecord>) -> Result<(), LogsError> {
        let index = self.events.len() + self.refused.len();
        if index >= MAX_RECORDS {
            return Err(LogsError::TooManyRecords);
        }
        let index = u64::try_from(index).unwrap_or(u64::MAX);
        match self.judge(index, record.as_ref()) {
            Ok(event) => self.events.push(event),
            Err(problems) => {
                let event_id = record.as_ref().and_then(identifier);
                self.refused.push(Refusal { index, event_id, problems });
            }
        }
        Ok(())
    }
}

impl Judge<'_> {
    fn judge(&self, index: u64, record: Option<&LogRecord>) -> Result<AdmittedEvent, Vec<Problem>> {
        let Some(record) = record else {
            return Err(vec![Problem { field: String::new(), rule: TOO_LARGE.to_owned() }]);
        };
        let of_resource = self.of_resource.as_ref().map_err(|problem| vec![problem.clone()])?;
        let json = mapping::event(record, of_resource).map_err(|problem| vec![problem])?;
        event::judge(index, &json.to_string(), self.policies).map(AdmittedEvent::in_canonical_form)
    }
}

fn identifier(record: &LogRecord) -> Option<EventId> {
    let uid = record.attributes.iter().find(|attribute| attribute.key == "log.record.uid")?;
    match uid.value.as_ref()?.value.as_ref()? {
        Any::StringValue(text) => text.parse().ok(),
        _ => None,
    }
}

/// What a scope of our own sink tells of its batch.
fn losses(scope: &InstrumentationScope) -> Option<(BatchId, Vec<Loss>)> {
    let mut batch = None;
    let mut losses = Vec::new();
    for attribute in &scope.attributes {
        let value = attribute.value.as_ref().and_then(|value| value.value.as_ref());
        match (attribute.key.as_str(), value) {
            ("telemetry.batch_id", Some(Any::StringValue(text))) => batch = text.parse().ok(),
            (key, Some(Any::IntValue(count))) if losses.len() < MAX_LOSSES => {
                let reason = key
                    .strip_prefix("telemetry.losses.")
                    .and_then(|reason| serde_json::from_value::<LossReason>(json!(reason)).ok());
                let count = u64::try_from(*count).ok();
                losses.extend(reason.zip(count).map(|(reason, count)| Loss { reason, count }));
            }
            _ => {}
        }
    }
    batch.zip((!losses.is_empty()).then_some(losses))
}
