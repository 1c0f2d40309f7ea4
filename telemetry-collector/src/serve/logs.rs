//! `POST /v1/logs`: OTLP over HTTP, so that this can stand behind an OpenTelemetry Collector.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsPartialSuccess, ExportLogsServiceResponse};
use prost::Message as _;
use serde_json::json;
use telemetry_schema::Refusal;

use super::body::MediaType;
use super::door::Door;
use super::problem::HttpProblem;
use crate::{LogsEncoding, admit_logs};

/// Kinds of refusals that an answer names. It is read by the operator of what sent the request.
const MAX_NAMED: usize = 16;

/// Takes log records and answers once those that are events are durable.
pub(super) async fn take(State(door): State<Arc<Door>>, request: Request) -> Response {
    match receive(&door, request).await {
        Ok((encoding, refused)) => answer(encoding, &refused),
        Err(problem) => problem.into_response(),
    }
}

async fn receive(door: &Door, request: Request) -> Result<(LogsEncoding, Vec<Refusal>), HttpProblem> {
    let (head, body) = request.into_parts();
    let sent = door.read(&head.headers, body, &[MediaType::Protobuf, MediaType::Json]).await?;
    let encoding = match sent.media_type {
        MediaType::Json => LogsEncoding::Json,
        _ => LogsEncoding::Protobuf,
    };
    let programs = door.programs(&head.headers)?;
    let place = door.place().await?;
    let policies = door.policies.current();
    let batches = door.judge(move || {
        let mut batches = admit_logs(&sent.decode()?, encoding, &policies).map_err(HttpProblem::NoLogs)?;
        if let Some(programs) = programs {
            for batch in &mut batches {
                batch.refuse_others(&programs);
            }
        }
        Ok(batches)
    });
    let receipts = door.insert(batches.await?, place).await?;
    Ok((encoding, receipts.into_iter().flat_map(|receipt| receipt.refused).collect()))
}

/// The answer of the specification (OTLP 1, "Partial Success"): how many records were rejected, and a text. There is no
/// place for which ones.
fn answer(encoding: LogsEncoding, refused: &[Refusal]) -> Response {
    let rejected = i64::try_from(refused.len()).unwrap_or(i64::MAX);
    let message = message(refused);
    match encoding {
        LogsEncoding::Protobuf => {
            let partial = ExportLogsPartialSuccess { rejected_log_records: rejected, error_message: message };
            let partial_success = (rejected > 0).then_some(partial);
            let body = ExportLogsServiceResponse { partial_success }.encode_to_vec();
            ([(CONTENT_TYPE, "application/x-protobuf")], body).into_response()
        }
        LogsEncoding::Json => {
            // Protobuf's JSON has 64-bit numbers as text, and leaves out what is empty.
            let partial = json!({"rejectedLogRecords": rejected.to_string(), "errorMessage": message});
            let body = if rejected > 0 { json!({"partialSuccess": partial}) } else { json!({}) };
            ([(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
        }
    }
}

/// Field and rule of what was refused, each with how many records it is true of, the most frequent first.
fn message(refused: &[Refusal]) -> String {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for problem in refused.iter().filter_map(|refusal| refusal.problems.first()) {
        *counts.entry((&problem.field, &problem.rule)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named = counts.iter().take(MAX_NAMED).map(|((field, rule), count)| match *field {
        "" => format!("{rule} ({count})"),
        _ => format!("{field} {rule} ({count})"),
    });
    named.collect::<Vec<_>>().join(", ")
}
