//! Batches as lines.

use std::sync::Arc;

use serde_json::json;
use telemetry_collector::{MAX_EVENTS, SqliteStore, admit_lines};

use crate::client::{GZIP, gzip, send};
use crate::sample::{batch_id, event, event_id, policies, start};

const LINES: (&str, &str) = ("Content-Type", "application/x-ndjson; charset=utf-8");

fn head() -> String {
    json!({"protocol_version": 1, "batch_id": batch_id(1), "losses": [{"reason": "torn", "count": 2}]})
        .to_string()
}

#[test]
fn a_line_that_is_damaged_costs_itself() {
    let server = start(Arc::new(SqliteStore::in_memory().unwrap()), |_| {});
    let torn = &event(2).to_string()[..40];
    let body = format!("\r\n{}\r\n\n{}\r\n{torn}\n  {}  ", head(), event(1), event(3));
    let answer = send(server.address(), "POST /v1/events", &[LINES, GZIP], &gzip(body.as_bytes()));
    assert_eq!(answer.status, 200, "{answer:?}");
    let receipt = answer.json();
    assert_eq!((&receipt["batch_id"], &receipt["accepted"]), (&json!(batch_id(1)), &json!(2)));
    assert_eq!(receipt["refused"].as_array().unwrap().len(), 1);
    let refused = &receipt["refused"][0];
    assert_eq!((&refused["index"], &refused["problems"][0]["rule"]), (&json!(1), &json!("schema.invalid")));
}

#[test]
fn the_first_line_is_the_batch_without_its_events() {
    let with_events = format!(r#"{{"protocol_version":1,"batch_id":"{}","events":[]}}"#, batch_id(1));
    let other = r#"{"protocol_version":2,"batch_id":"x"}"#;
    let many = format!("{}{}", head(), "\n1".repeat(MAX_EVENTS + 1));
    let cases: [(&[u8], &str); 9] = [
        (b"", " batch.not_json"),
        (b"\n \n", " batch.not_json"),
        (b"\xff", " batch.not_utf8"),
        (b"hunter2", " batch.not_json"),
        (b"[1, 2, []]", " schema.invalid"),
        (other.as_bytes(), "protocol_version batch.protocol_version"),
        (with_events.as_bytes(), "events schema.unknown_field"),
        (&head().into_bytes()[..30], " batch.not_json"),
        (many.as_bytes(), "events batch.too_many_events"),
    ];
    for (body, expected) in cases {
        let problem = admit_lines(body, &policies()).unwrap_err().problem();
        assert_eq!(format!("{} {}", problem.field, problem.rule), expected);
    }
    let full = format!("{}{}", head(), "\n1".repeat(MAX_EVENTS));
    assert_eq!(admit_lines(full.as_bytes(), &policies()).unwrap().refused().len(), MAX_EVENTS);
    let batch = admit_lines(format!("{}\n{}", head(), event(1)).as_bytes(), &policies()).unwrap();
    assert_eq!((batch.losses().len(), batch.events()[0].event().event_id.to_string()), (1, event_id(1)));
}
