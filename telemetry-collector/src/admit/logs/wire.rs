//! The messages around the log records, read without reading the records: protobuf and JSON.
//!
//! A whole request read at once could take a hundred times its bytes: two bytes are an empty record in protobuf, and some
//! three hundred in memory. So lists are walked here, and one record is read at a time.

use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use serde_json::value::RawValue;

use super::LogsError;
use crate::admit::MAX_EVENT_BYTES;
use crate::admit::envelope::AtMost;

/// What is told of a request, in its order.
pub(super) trait Visit {
    /// What the records that follow come from, until the next.
    fn resource(&mut self, resource: Resource);
    /// What made the records that follow.
    fn scope(&mut self, scope: InstrumentationScope);
    /// A record; `None` where it is too large to be read.
    fn record(&mut self, record: Option<LogRecord>) -> Result<(), LogsError>;
}

// The numbers of the fields: opentelemetry/proto/collector/logs/v1/logs_service.proto, logs/v1/logs.proto.
const RESOURCE_LOGS: u64 = 1;
const RESOURCE: u64 = 1;
const SCOPE_LOGS: u64 = 2;
const SCOPE: u64 = 1;
const LOG_RECORDS: u64 = 2;

pub(super) fn protobuf(body: &[u8], visit: &mut impl Visit) -> Result<(), LogsError> {
    for resource_logs in Messages::of(body, RESOURCE_LOGS) {
        let resource_logs = resource_logs?;
        visit.resource(last(resource_logs, RESOURCE)?);
        for scope_logs in Messages::of(resource_logs, SCOPE_LOGS) {
            let scope_logs = scope_logs?;
            visit.scope(last(scope_logs, SCOPE)?);
            for record in Messages::of(scope_logs, LOG_RECORDS) {
                let record = record?;
                let fits = record.len() <= MAX_EVENT_BYTES;
                visit.record(fits.then(|| read(record)).transpose()?)?;
            }
        }
    }
    Ok(())
}

/// The message of a field that stands once. Protobuf would merge several; nobody writes several.
fn last<M: Message + Default>(bytes: &[u8], field: u64) -> Result<M, LogsError> {
    match Messages::of(bytes, field).last() {
        Some(message) => read(message?),
        None => Ok(M::default()),
    }
}

fn read<M: Message + Default>(bytes: &[u8]) -> Result<M, LogsError> {
    // Resources and scopes are read whole too, and are bounded as records are.
    if bytes.len() > MAX_EVENT_BYTES {
        return Err(LogsError::TooLarge);
    }
    M::decode(bytes).map_err(|_| LogsError::NotProtobuf)
}

/// The messages of one field, as bytes. Other fields are passed over.
struct Messages<'a> {
    rest: &'a [u8],
    field: u64,
}

impl<'a> Messages<'a> {
    fn of(bytes: &'a [u8], field: u64) -> Self {
        Self { rest: bytes, field }
    }

    /// The next field, where it is of the kind (protobuf.dev/programming-guides/encoding).
    fn step(&mut self) -> Result<Option<&'a [u8]>, LogsError> {
        let key = self.varint()?;
        let length = match key & 7 {
            0 => return self.varint().map(|_| None),
            1 => 8,
            2 => usize::try_from(self.varint()?).map_err(|_| LogsError::NotProtobuf)?,
            5 => 4,
            // Groups, which no message of OTLP has.
            _ => return Err(LogsError::NotProtobuf),
        };
        let (value, rest) = self.rest.split_at_checked(length).ok_or(LogsError::NotProtobuf)?;
        self.rest = rest;
        Ok((key & 7 == 2 && key >> 3 == self.field).then_some(value))
    }

    fn varint(&mut self) -> Result<u64, LogsError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first().ok_or(LogsError::NotProtobuf)?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(LogsError::NotProtobuf)
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Result<&'a [u8], LogsError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            match self.step() {
                Ok(Some(message)) => return Some(Ok(message)),
                Ok(None) => {}
                Err(error) => {
                    self.rest = &[];
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

/// Resources in one request, and scopes in one resource. A collector groups what it sends: it has few of either.
const MAX_GROUPS: usize = 10_000;

// serde's derived code takes a list of the fields' values for an object, which no sender writes.
#[derive(Deserialize)]
struct Request<'a> {
    #[serde(rename = "resourceLogs", borrow, default = "AtMost::none")]
    resource_logs: AtMost<&'a RawValue, MAX_GROUPS>,
}

#[derive(Deserialize)]
struct OfResource<'a> {
    #[serde(borrow)]
    resource: Option<&'a RawValue>,
    #[serde(rename = "scopeLogs", borrow, default = "AtMost::none")]
    scope_logs: AtMost<&'a RawValue, MAX_GROUPS>,
}

#[derive(Deserialize)]
struct OfScope<'a> {
    #[serde(borrow)]
    scope: Option<&'a RawValue>,
    #[serde(rename = "logRecords", borrow, default = "AtMost::none")]
    log_records: AtMost<&'a RawValue, { super::MAX_RECORDS }>,
}

pub(super) fn json(body: &[u8], visit: &mut impl Visit) -> Result<(), LogsError> {
    let text = std::str::from_utf8(body).map_err(|_| LogsError::NotJson)?;
    let request: Request<'_> = part(text)?;
    for resource_logs in request.resource_logs.into_list().ok_or(LogsError::TooManyRecords)? {
        let OfResource { resource, scope_logs } = part(resource_logs.get())?;
        visit.resource(message(resource)?);
        for scope_logs in scope_logs.into_list().ok_or(LogsError::TooManyRecords)? {
            let OfScope { scope, log_records } = part(scope_logs.get())?;
            visit.scope(message(scope)?);
            for record in log_records.into_list().ok_or(LogsError::TooManyRecords)? {
                let fits = record.get().len() <= MAX_EVENT_BYTES;
                visit.record(fits.then(|| message(Some(record))).transpose()?)?;
            }
        }
    }
    Ok(())
}

fn part<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, LogsError> {
    serde_json::from_str(text).map_err(|_| LogsError::NotJson)
}

fn message<M: DeserializeOwned + Default>(text: Option<&RawValue>) -> Result<M, LogsError> {
    let Some(text) = text else { return Ok(M::default()) };
    if text.get().len() > MAX_EVENT_BYTES {
        return Err(LogsError::TooLarge);
    }
    let mut value: Json = part(text.get())?;
    complete(&mut value);
    serde_json::from_value(value).map_err(|_| LogsError::NotJson)
}

/// Protobuf's JSON leaves out what is empty; the messages' own reader wants the lists of a value. And a number may be
/// a `null`, which stands for its absence (protobuf.dev/programming-guides/json).
fn complete(value: &mut Json) {
    match value {
        Json::Object(object) => {
            object.retain(|_, child| !child.is_null());
            for (key, child) in object {
                if let ("arrayValue" | "kvlistValue", Json::Object(list)) = (key.as_str(), &mut *child) {
                    list.entry("values").or_insert_with(|| Json::Array(Vec::new()));
                }
                complete(child);
            }
        }
        Json::Array(items) => items.iter_mut().for_each(complete),
        _ => {}
    }
}
