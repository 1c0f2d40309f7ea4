//! OTLP against a server on loopback that answers as receivers do, right and wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use prost::Message as _;
use serde_json::{Value as Json, json};
use telemetry_transport::{
    Clock as _, HttpOptions, OtlpEncoding, ShipReport, Stopped, WireForm, in_form, sink_for,
};

use crate::documented::{at, events, leaves, table};
use crate::fixture::{Home, TestClock, event_id, numbers, yes};
use crate::server::{Reply, Server};

const PROTOBUF: &str = "content-type: application/x-protobuf\r\n";
const JSON: &str = "content-type: application/json; charset=utf-8\r\n";

/// Which encoding, its prefix, and how a receiver of it says that all is well.
const ENCODINGS: [(OtlpEncoding, &str, Reply); 2] = [
    (OtlpEncoding::Protobuf, "otlp+", Reply::Status(200, PROTOBUF, "")),
    (OtlpEncoding::Json, "otlp+json+", Reply::Status(200, JSON, "{}")),
];

type Attributes = BTreeMap<String, Json>;

fn ship(home: &Home, prefix: &str, server: &Server) -> (ShipReport, Duration) {
    let endpoint = format!("{prefix}{}/base", server.url()).parse().unwrap();
    let sink = sink_for(&endpoint, HttpOptions::plain()).unwrap();
    let clock = TestClock::new();
    let deadline = Duration::from_secs(10);
    let report = telemetry_transport::ship(&home.spool, &home.ledger, sink.as_ref(), yes, &clock, deadline);
    (report, clock.elapsed())
}

fn decode(body: &[u8]) -> ExportLogsServiceRequest {
    match body.first() {
        Some(b'{') => serde_json::from_slice(body).unwrap(),
        _ => ExportLogsServiceRequest::decode(body).unwrap(),
    }
}

fn json_of(value: &AnyValue) -> Json {
    match value.value.as_ref().unwrap() {
        Any::StringValue(text) => json!(text),
        Any::IntValue(number) => json!(number),
        Any::BoolValue(truth) => json!(truth),
        Any::ArrayValue(list) => list.values.iter().map(json_of).collect(),
        Any::KvlistValue(map) => Json::Object(attributes(&map.values).into_iter().collect()),
        other => panic!("{other:?}"),
    }
}

fn attributes(pairs: &[KeyValue]) -> Attributes {
    let map: BTreeMap<_, _> =
        pairs.iter().map(|pair| (pair.key.clone(), json_of(pair.value.as_ref().unwrap()))).collect();
    assert_eq!(map.len(), pairs.len(), "a name stands once");
    map
}

/// Each record with the attributes of its resource and its own.
fn records(request: &ExportLogsServiceRequest) -> Vec<(LogRecord, Attributes, Attributes)> {
    let mut records = Vec::new();
    for of_resource in &request.resource_logs {
        let resource = attributes(&of_resource.resource.as_ref().unwrap().attributes);
        for record in of_resource.scope_logs.iter().flat_map(|scope| &scope.log_records) {
            records.push((record.clone(), resource.clone(), attributes(&record.attributes)));
        }
    }
    records
}

fn losses(request: &ExportLogsServiceRequest) -> Attributes {
    attributes(&request.resource_logs[0].scope_logs[0].scope.as_ref().unwrap().attributes)
}

fn uids(body: &[u8]) -> Vec<Json> {
    records(&decode(body)).into_iter().map(|(_, _, own)| own["log.record.uid"].clone()).collect()
}

/// What the documented table makes of a field, for those that do not go as they are.
fn documented(attribute: &str, value: Option<&Json>) -> Option<Json> {
    let text = value.and_then(Json::as_str);
    match (attribute, text) {
        ("service.name", None) => Some(json!("unknown_service")),
        ("os.type", Some("ubuntu")) => Some(json!("linux")),
        ("host.arch", Some("x86_64")) => Some(json!("amd64")),
        ("telemetry.started_at.offset_min" | "telemetry.completed_at.offset_min", Some(time)) => {
            assert!(time.ends_with("+01:00"), "{time}");
            Some(json!(60))
        }
        ("telemetry.command.path", _) => {
            let words: Vec<&str> = value?.as_array()?.iter().filter_map(Json::as_str).collect();
            Some(json!(words.join(" ")))
        }
        _ => match value?.clone() {
            Json::Array(items) if items.is_empty() => None,
            Json::Array(mut items) => {
                // A flag without values has an empty list of them.
                let flags = items.iter_mut().filter(|_| attribute == "telemetry.command.flags");
                for flag in flags.filter_map(Json::as_object_mut) {
                    flag.entry("values").or_insert(json!([]));
                }
                Some(Json::Array(items))
            }
            value => Some(value),
        },
    }
}

#[test]
fn what_arrives_is_the_event_by_the_documented_table_and_nothing_else() {
    let sent = events();
    for (encoding, prefix, success) in ENCODINGS {
        let home = Home::with_events(&sent);
        let server = Server::start([success]);
        assert_eq!(ship(&home, prefix, &server).0.sent, sent.len() as u64);
        let body = &server.requests()[0].body;
        let request = decode(body);
        assert_eq!(request.resource_logs.len(), 2, "those of one machine share a resource");
        let got = records(&request);
        assert_eq!(got.len(), sent.len());
        let mut used = BTreeSet::new();
        for (event, (record, resource, own)) in sent.iter().zip(&got) {
            assert_eq!(record.event_name, "telemetry.command");
            assert_eq!(record.time_unix_nano, 1_649_673_346_794_119_000);
            assert_eq!(record.observed_time_unix_nano, 1_649_673_349_456_719_000);
            let (mut resource, mut own) = (resource.clone(), own.clone());
            for row in table("otlp") {
                let place = match row[2].as_str() {
                    "resource" => &mut resource,
                    "record" => &mut own,
                    _ => continue,
                };
                let expected = documented(&row[1], at(event, &row[0]));
                used.extend(expected.is_some().then(|| row[1].clone()));
                assert_eq!(place.remove(&row[1]), expected, "{} of {}", row[1], event["outcome"]);
            }
            assert!(resource.is_empty() && own.is_empty(), "not in the table: {resource:?} {own:?}");
            // Beside attributes, times and severity a record says nothing.
            let rest = LogRecord {
                attributes: Vec::new(),
                time_unix_nano: 0,
                observed_time_unix_nano: 0,
                severity_number: 0,
                severity_text: String::new(),
                event_name: String::new(),
                ..record.clone()
            };
            assert_eq!(rest, LogRecord::default());
        }
        let severities: Vec<_> = got.iter().map(|(record, ..)| record.severity_text.as_str()).collect();
        assert_eq!(severities, ["ERROR", "INFO", "WARN", "FATAL", "ERROR", "INFO"]);
        let rows: BTreeSet<_> = table("otlp").into_iter().filter(|row| row[2] != "field").collect();
        assert_eq!(used, rows.iter().map(|row| row[1].clone()).collect(), "a row that nothing uses");
        let fields: BTreeSet<_> = table("otlp").into_iter().map(|row| row[0].clone()).collect();
        assert_eq!(fields, sent.iter().flat_map(leaves).collect(), "each field has its row");

        // The ledger's bytes and the encoding give what was sent, byte for byte.
        let kept = home.files("sent").into_iter().find(|name| !name.ends_with(".receipt.json")).unwrap();
        let kept = std::fs::read(home.state.join("sent").join(kept)).unwrap();
        assert_eq!(&in_form(&kept, WireForm::Otlp(encoding)).unwrap(), body);
    }
}

#[test]
fn a_request_says_what_it_is_and_no_more() {
    for (_, prefix, success) in ENCODINGS {
        let home = Home::holding(1);
        let server = Server::start([success]);
        ship(&home, prefix, &server);
        let head = server.requests()[0].head.to_lowercase();
        assert!(head.starts_with("post /base/v1/logs http/1.1\r\n"), "{head}");
        let media_type = if prefix == "otlp+" { "application/x-protobuf" } else { "application/json" };
        assert!(head.contains(&format!("content-type: {media_type}\r\n")), "{head}");
        assert!(head.contains("content-encoding: gzip\r\n"), "{head}");
        assert_eq!(head.trim().lines().count(), 7, "{head}");
    }
}

/// Whatever the receiver says: nothing is lost that it did not take, and nothing is sent twice that it did.
#[test]
fn answers_settle_wait_or_stop() {
    let protobuf = |status, headers, body| ("otlp+", Reply::Status(status, headers, body));
    let json = |status, headers, body| ("otlp+json+", Reply::Status(status, headers, body));
    let refused = Some(Stopped::Refused);
    let table = [
        (protobuf(200, PROTOBUF, ""), 5, 0, None),
        (protobuf(204, "", ""), 5, 0, None),
        (protobuf(200, PROTOBUF, "\x0a\x00"), 5, 0, None),
        (protobuf(200, PROTOBUF, "\x0a\x04\x12\x02ok"), 5, 0, None),
        (protobuf(200, PROTOBUF, "\x0a\x02\x08\x02"), 3, 2, None),
        (protobuf(200, PROTOBUF, "\x0a\x02\x08\x63"), 0, 5, None),
        (json(200, JSON, "{}"), 5, 0, None),
        (json(200, JSON, r#"{"partialSuccess":{}}"#), 5, 0, None),
        (json(200, JSON, r#"{"partialSuccess":null}"#), 5, 0, None),
        (json(200, JSON, r#"{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"no"}}"#), 3, 2, None),
        (json(200, JSON, r#"{"partialSuccess":{"rejectedLogRecords":2}}"#), 3, 2, None),
        (protobuf(200, PROTOBUF, "<html>Please log in</html>"), 0, 0, refused),
        (protobuf(200, "content-type: text/html\r\n", ""), 0, 0, refused),
        (protobuf(200, "", "accepted"), 0, 0, refused),
        (json(200, JSON, "[]"), 0, 0, refused),
        (json(200, JSON, r#"{"partialSuccess":{"rejectedLogRecords":"many"}}"#), 0, 0, refused),
        (json(200, JSON, ""), 0, 0, refused),
        (protobuf(401, "", ""), 0, 0, refused),
        (protobuf(404, "", ""), 0, 0, refused),
        (protobuf(500, "", ""), 0, 0, refused),
        (protobuf(307, "location: http://127.0.0.1:1/\r\n", ""), 0, 0, refused),
        (protobuf(429, "retry-after: 3600\r\n", ""), 0, 0, Some(Stopped::Deadline)),
    ];
    for ((prefix, reply), sent, rejected, stopped) in table {
        let said = format!("{prefix} {reply:?}");
        let home = Home::holding(5);
        let server = Server::start([reply]);
        let (report, _) = ship(&home, prefix, &server);
        assert_eq!((report.sent, report.refused, report.stopped_by), (sent, rejected, stopped), "{said}");
        assert_eq!(server.requests().len(), 1, "{said}");
        if stopped.is_some() {
            assert_eq!((home.pending(), home.losses().as_str()), (numbers(0..5), "{}"), "{said}");
            continue;
        }
        assert!(home.pending().is_empty() && home.files("damaged").is_empty(), "{said}");
        let receipt = home.ledger.read().unwrap().batches.remove(0).receipt.unwrap();
        assert_eq!((receipt.accepted, receipt.refused_unnamed), (sent, rejected), "{said}");
        let losses = if rejected > 0 { format!(r#"{{"refused":{rejected}}}"#) } else { "{}".to_owned() };
        assert_eq!(home.losses(), losses, "{said}");
    }
}

#[test]
fn what_was_rejected_is_told_with_the_next_batch() {
    let home = Home::holding(5);
    let rejects = Reply::Status(200, PROTOBUF, "\x0a\x02\x08\x02");
    ship(&home, "otlp+", &Server::start([rejects]));
    home.spool.append(&crate::fixture::numbered(7)).unwrap();
    let server = Server::start([Reply::Status(200, PROTOBUF, "")]);
    ship(&home, "otlp+", &server);
    let said = losses(&decode(&server.requests()[0].body));
    assert_eq!(said["telemetry.losses.refused"], json!(2));
    assert!(said["telemetry.batch_id"].is_string());
    assert_eq!(home.losses(), "{}");
}

#[test]
fn a_busy_receiver_gets_the_same_bytes_again_after_the_time_it_asks_for() {
    for status in [429, 502, 503, 504] {
        let home = Home::holding(3);
        let busy = Reply::Status(status, "retry-after: 3\r\n", "");
        let server = Server::start([busy, Reply::Status(200, PROTOBUF, "")]);
        let (report, waited) = ship(&home, "otlp+", &server);
        assert_eq!((report.sent, report.left), (3, 0), "{status}");
        assert_eq!(waited, Duration::from_secs(3), "{status}");
        let requests = server.requests();
        assert_eq!(requests[0].body, requests[1].body, "{status}");
    }
}

#[test]
fn one_event_that_the_receiver_cannot_stand_costs_itself() {
    fn judge(body: &[u8]) -> (u16, &'static str, &'static str) {
        let bad = json!(event_id(6));
        if uids(body).contains(&bad) { (400, PROTOBUF, "\x08\x03") } else { (200, PROTOBUF, "") }
    }
    let home = Home::holding(20);
    let server = Server::start(vec![Reply::By(judge); 100]);
    let (report, _) = ship(&home, "otlp+", &server);
    assert_eq!((report.sent, report.refused, report.left, report.stopped_by), (19, 1, 0, None));
    let told: Vec<Json> = server
        .requests()
        .iter()
        .filter(|request| judge(&request.body).0 == 200 && !request.body.is_empty())
        .filter_map(|request| losses(&decode(&request.body)).remove("telemetry.losses.refused"))
        .collect();
    assert_eq!(told, [json!(1)], "told with one batch");
    assert_eq!(home.losses(), "{}");
    let aside = home.files("damaged");
    let aside = std::fs::read_to_string(home.state.join("damaged").join(&aside[0])).unwrap();
    assert_eq!(aside, crate::fixture::json(6));
    let taken: Vec<Json> = server
        .requests()
        .iter()
        .filter(|request| judge(&request.body).0 == 200)
        .flat_map(|request| uids(&request.body))
        .collect();
    let expected: Vec<_> =
        numbers(0..20).into_iter().filter(|id| *id != event_id(6)).map(|id| json!(id)).collect();
    assert_eq!(taken, expected, "each once");
    assert_eq!(home.sent().len(), 19);
}

#[test]
fn a_server_that_takes_nothing_costs_no_event() {
    let home = Home::holding(5);
    let server = Server::start(vec![Reply::Status(400, "", "what is this?"); 100]);
    let (report, _) = ship(&home, "otlp+", &server);
    assert_eq!((report.refused, report.left, report.stopped_by), (0, 5, Some(Stopped::Refused)));
    assert_eq!(home.losses(), "{}");
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests[1].body.is_empty(), "it was asked with a request that holds no event");
}

#[test]
fn a_batch_that_is_too_large_is_halved() {
    fn judge(body: &[u8]) -> (u16, &'static str, &'static str) {
        if uids(body).len() > 2 { (413, "", "") } else { (200, PROTOBUF, "") }
    }
    let home = Home::holding(5);
    let server = Server::start(vec![Reply::By(judge); 100]);
    assert_eq!(ship(&home, "otlp+", &server).0.sent, 5);
    assert_eq!(home.sent(), numbers(0..5));
    let home = Home::holding(2);
    let server = Server::start(vec![Reply::Status(413, "", ""); 100]);
    ship(&home, "otlp+", &server);
    assert_eq!(home.losses(), r#"{"too_large":2}"#);
}
