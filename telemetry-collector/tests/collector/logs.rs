//! OTLP logs: what an OpenTelemetry Collector passes on, and what anybody else sends. That the sink's own requests come
//! back as the events they were is tested where both are known, in telemetry-cli.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use prost::Message as _;
use serde_json::{Value as Json, json};
use telemetry_collector::{MAX_RECORDS, ReportName, SqliteStore, Store};

use crate::client::{Answer, GZIP, JSON, gzip, send};
use crate::sample::{all_of, batch_id, event_id, events, install_id, merge, start};

const PROTOBUF: (&str, &str) = ("Content-Type", "application/x-protobuf");
const LOGS: &str = "POST /v1/logs";

fn attributes(pairs: &Json) -> Json {
    let value = |value: &Json| match value {
        Json::String(text) => json!({"stringValue": text}),
        Json::Number(number) => json!({"intValue": number.to_string()}),
        other => other.clone(),
    };
    pairs.as_object().unwrap().iter().map(|(key, of)| json!({"key": key, "value": value(of)})).collect()
}

/// A record as an OpenTelemetry Collector writes it in JSON, changed by these attributes.
fn record(number: u64, patch: &Json) -> Json {
    let mut own = json!({
        "log.record.uid": event_id(number),
        "telemetry.schema_version": 1,
        "telemetry.policy_version": 3,
        "telemetry.auth_method": "api_key",
        "telemetry.command.path": "plant",
        "telemetry.command.flags": {"arrayValue": {"values": [
            {"kvlistValue": {"values": [
                {"key": "name", "value": {"stringValue": "fruit"}},
                {"key": "values", "value": {"arrayValue": {"values": [{"stringValue": "pear"}]}}}]}},
            // An empty list, as protobuf's JSON has it.
            {"kvlistValue": {"values": [
                {"key": "name", "value": {"stringValue": "name"}},
                {"key": "values", "value": {"arrayValue": {}}}]}}]}},
        "telemetry.command.positional_count": 0,
        "telemetry.command.dropped.words": 0,
        "telemetry.command.dropped.flags": 0,
        "telemetry.command.dropped.values": 1,
        "telemetry.started_at.offset_min": 60,
        "telemetry.completed_at.offset_min": 60,
        "telemetry.duration_us": 2_662_600,
        "telemetry.outcome": "success",
        "process.exit.code": 0,
        "telemetry.context.terminal.stdin": "terminal",
        "telemetry.context.terminal.stdout": "terminal",
        "telemetry.context.terminal.stderr": "terminal",
    });
    merge(&mut own, patch);
    json!({
        "timeUnixNano": "1649673346794119000",
        "observedTimeUnixNano": "1649673349456719000",
        "severityNumber": 9,
        "severityText": "INFO",
        "body": {},
        "attributes": attributes(&own),
        "traceId": "",
        "spanId": "",
        "eventName": "telemetry.command",
    })
}

/// A request with attributes of the collector's own machine beside the event's.
fn request(patch: &Json, records: &[Json]) -> Json {
    let mut resource = json!({
        "service.name": "orchard",
        "service.version": "1.2.0",
        "app.installation.id": install_id(1),
        "telemetry.install_source": "homebrew",
        "os.type": "windows",
        "os.name": "windows",
        "os.version": "11.5",
        "host.arch": "amd64",
        "host.name": "hunter2.example.com",
        "telemetry.sdk.name": "opentelemetry",
        "deployment.environment.name": "production",
    });
    merge(&mut resource, patch);
    let scope = json!({
        "name": "telemetry-transport",
        "attributes": attributes(&json!({"telemetry.batch_id": batch_id(7), "telemetry.losses.evicted": 3})),
    });
    json!({"resourceLogs": [{
        "resource": {"attributes": attributes(&resource)},
        "scopeLogs": [{"scope": scope, "logRecords": records}],
        "schemaUrl": "https://opentelemetry.io/schemas/1.30.0",
    }]})
}

fn rejected(answer: &Answer) -> (u64, String) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(!String::from_utf8_lossy(&answer.body).contains("hunter"), "{answer:?}");
    if answer.header("content-type") == Some(PROTOBUF.1) {
        let response = ExportLogsServiceResponse::decode(answer.body.as_slice()).unwrap();
        let partial = response.partial_success.unwrap_or_default();
        return (u64::try_from(partial.rejected_log_records).unwrap(), partial.error_message);
    }
    assert_eq!(answer.header("content-type"), Some(JSON.1));
    match answer.json().get("partialSuccess") {
        None => (0, String::new()),
        Some(partial) => (
            partial["rejectedLogRecords"].as_str().unwrap().parse().unwrap(),
            partial["errorMessage"].as_str().unwrap().to_owned(),
        ),
    }
}

#[test]
fn what_a_collector_passes_on_is_stored_as_the_events_it_was() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("events.db");
    let server = start(Arc::new(SqliteStore::open(&path).unwrap()), |_| {});
    let other = json!({"timeUnixNano": "1", "body": {"stringValue": "hunter2 said so"}});
    let records = [
        record(1, &json!({})),
        record(2, &json!({"telemetry.command.path": "hunter2"})),
        record(3, &json!({"thread.id": 7, "log.file.name": "hunter2"})),
        other,
    ];
    let json = request(&json!({}), &records);
    let protobuf =
        serde_json::from_value::<ExportLogsServiceRequest>(complete(json.clone())).unwrap().encode_to_vec();
    let json = json.to_string().into_bytes();
    for (media_type, body) in [(JSON, &json), (PROTOBUF, &protobuf)] {
        for (headers, body) in [(vec![media_type], body.clone()), (vec![media_type, GZIP], gzip(body))] {
            let answer = send(server.address(), LOGS, &headers, &body);
            assert_eq!(answer.header("content-type"), Some(media_type.1));
            let (count, message) = rejected(&answer);
            assert_eq!(count, 2);
            assert!(message.contains("command.path[0] command.not_declared (1)"), "{message}");
            assert!(message.contains("schema.missing_field (1)"), "{message}");
        }
    }
    server.stop().unwrap();
    let file = rusqlite::Connection::open(&path).unwrap();
    let stored: String = file.query_row("SELECT json FROM event_json LIMIT 1", [], |row| row.get(0)).unwrap();
    let event: telemetry_schema::Event = serde_json::from_value(crate::sample::event(1)).unwrap();
    assert_eq!(stored, serde_json::to_string(&event).unwrap(), "in the form our own client writes");
    let store = SqliteStore::open_existing(&path).unwrap();
    assert_eq!(events(&store), 2, "four times the same is once");
    let losses = &all_of(&store, ReportName::Overview)["losses"];
    assert_eq!(losses, &json!([{"reason": "evicted", "count": 3}]));
}

/// As the messages' own reader wants it.
fn complete(mut request: Json) -> Json {
    fn walk(value: &mut Json) {
        match value {
            Json::Object(object) => {
                if let Some(Json::Object(list)) = object.get_mut("arrayValue") {
                    list.entry("values").or_insert(json!([]));
                }
                object.values_mut().for_each(walk);
            }
            Json::Array(items) => items.iter_mut().for_each(walk),
            _ => {}
        }
    }
    walk(&mut request);
    request
}

#[test]
fn a_record_that_is_no_event_is_rejected_by_field_and_rule() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let server = start(Arc::clone(&store) as Arc<dyn Store>, |_| {});
    let none = json!({});
    let twice = |record: Json, key: &str| {
        let mut record = record;
        let of_name: Vec<_> = record["attributes"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|pair| pair["key"] == key)
            .cloned()
            .collect();
        record["attributes"].as_array_mut().unwrap().extend(of_name);
        record
    };
    let with = |key: &str, value: Json| {
        let mut record = record(1, &none);
        record[key] = value;
        record
    };
    let nested = (0..20).fold(json!({}), |inner, _| json!({"arrayValue": {"values": [inner]}}));
    let cases = [
        (json!({"service.name": "hunter2"}), record(1, &none), "app.name policy.unknown"),
        (json!({"service.name": null}), record(1, &none), "policy_version policy.unknown"),
        (json!({"host.arch": "hunter2"}), record(1, &none), "os.arch schema.invalid"),
        (json!({"app.installation.id": "hunter2"}), record(1, &none), "install_id schema.invalid"),
        (json!({"app.installation.id": 7}), record(1, &none), "install_id schema.invalid"),
        (json!({"os.name": null}), record(1, &none), "os.name schema.missing_field"),
        (none.clone(), record(1, &json!({"telemetry.hunter2": "hunter3"})), "schema.unknown_field"),
        (none.clone(), record(1, &json!({"error.type": "frost"})), "outcome schema.invalid"),
        (none.clone(), record(1, &json!({"telemetry.command.path": 1})), "command.path schema.invalid"),
        (
            none.clone(),
            record(1, &json!({"telemetry.command.path": "plant  plant"})),
            "command.path[1] schema.invalid",
        ),
        (none.clone(), record(1, &json!({"telemetry.duration_us": -1})), "duration_us schema.invalid"),
        (none.clone(), record(1, &json!({"telemetry.duration_us": "1"})), "duration_us schema.invalid"),
        (
            none.clone(),
            record(1, &json!({"telemetry.started_at.offset_min": 100_000})),
            "started_at schema.invalid",
        ),
        (
            none.clone(),
            record(1, &json!({"telemetry.command.flags": nested})),
            "command.flags[0] schema.invalid",
        ),
        (none.clone(), record(1, &json!({"log.record.uid": null})), "event_id schema.missing_field"),
        (none.clone(), twice(record(1, &none), "telemetry.outcome"), "schema.duplicate_field"),
        (none.clone(), with("timeUnixNano", json!("0")), "started_at schema.missing_field"),
        (none.clone(), with("eventName", json!("hunter2")), "record.other_event"),
        (none.clone(), with("body", json!({"stringValue": "hunter2".repeat(40_000)})), "event.too_large"),
    ];
    for (resource, record, expected) in cases {
        let body = request(&resource, &[record]).to_string();
        let (count, message) = rejected(&send(server.address(), LOGS, &[JSON, GZIP], &gzip(body.as_bytes())));
        assert_eq!((count, message), (1, format!("{expected} (1)")));
    }
    assert_eq!(events(&*store), 0);
}

#[test]
fn what_is_no_request_is_refused_whole() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let server = start(Arc::clone(&store) as Arc<dyn Store>, |_| {});
    let json = request(&json!({}), &[record(1, &json!({}))]);
    let protobuf =
        serde_json::from_value::<ExportLogsServiceRequest>(complete(json.clone())).unwrap().encode_to_vec();
    let text = json.to_string();
    let many = request(&json!({}), &vec![json!({}); MAX_RECORDS + 1]).to_string();
    // Two bytes a record: read whole, they would take sixty megabytes.
    let empty_records = [0x12, 0x00].repeat(200_000);
    let length_of = |bytes: &[u8]| {
        let mut length = Vec::new();
        prost::encode_length_delimiter(bytes.len(), &mut length).unwrap();
        length
    };
    let scope_logs = [&[0x12], length_of(&empty_records).as_slice(), &empty_records].concat();
    let bomb = [&[0x0a], length_of(&scope_logs).as_slice(), &scope_logs].concat();
    let groups = [0x0a, 0x00].repeat(200_000);
    let nested = format!(r#"{{"resourceLogs":{}"#, "[".repeat(500_000));
    let cases: Vec<(_, Vec<u8>, u16, &str)> = vec![
        (JSON, gzip(many.as_bytes()), 413, "too_many_records"),
        (PROTOBUF, gzip(&bomb), 413, "too_many_records"),
        (JSON, gzip(b"hunter2"), 400, "no_logs"),
        (JSON, gzip(b"\xff"), 400, "no_logs"),
        (JSON, gzip(&text.as_bytes()[..text.len() - 1]), 400, "no_logs"),
        (JSON, gzip(nested.as_bytes()), 400, "no_logs"),
        (JSON, gzip(&protobuf), 400, "no_logs"),
        (PROTOBUF, gzip(text.as_bytes()), 400, "no_logs"),
        (PROTOBUF, gzip(&protobuf[..protobuf.len() - 1]), 400, "no_logs"),
        (PROTOBUF, gzip(&[0xff; 40]), 400, "no_logs"),
        (PROTOBUF, gzip(&[0x0b, 0x0c]), 400, "no_logs"),
        (PROTOBUF, gzip(&vec![b' '; 64 * 1024 * 1024]), 413, "decoded_too_large"),
        (PROTOBUF, b"hunter2".to_vec(), 400, "not_gzip"),
        (("Content-Type", "application/x-ndjson"), gzip(text.as_bytes()), 415, "media_type"),
    ];
    for (index, (media_type, body, status, problem)) in cases.into_iter().enumerate() {
        let answer = send(server.address(), LOGS, &[media_type, GZIP], &body);
        assert_eq!((answer.status, answer.problem().as_str()), (status, problem), "{index}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("hunter"), "{answer:?}");
    }
    // Nothing in them, and so nothing wrong with them: what asks whether this is a receiver sends such a thing.
    for (media_type, body) in [(JSON, b"{}".to_vec()), (PROTOBUF, gzip(&groups)), (PROTOBUF, gzip(b""))] {
        let encoding = if media_type == JSON { vec![media_type] } else { vec![media_type, GZIP] };
        assert_eq!(rejected(&send(server.address(), LOGS, &encoding, &body)), (0, String::new()));
    }
    assert_eq!(send(server.address(), "GET /v1/logs", &[], b"").problem(), "method");
    assert_eq!(events(&*store), 0);
    assert_eq!(rejected(&send(server.address(), LOGS, &[PROTOBUF], &protobuf)).0, 0, "as it was");
}
