//! A made-up program and its events.

use serde_json::{Value as Json, json};
use std::sync::Arc;
use telemetry_collector::{
    AdmittedBatch, Limits, Policies, Query, ReportName, RunningServer, ServeOptions, Server, Store, admit,
};
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::{BatchId, EventId, InstallId, Timestamp};

pub(crate) fn policies() -> Policies {
    let policy = Policy::from_json(
        r#"{
            "format": 1, "program": "orchard", "version": 3, "dialect": "clap", "error_codes": ["frost"],
            "sets": {"fruit": ["apple", "pear"]},
            "flags": {"fruit": {"takes": "value", "values": "fruit"}, "name": {"takes": "value"}},
            "prompts": {"which": {"kind": "select", "values": "fruit"}},
            "commands": [{"path": ""}, {"path": "plant", "flags": ["fruit", "name"]},
                {"path": "trees"}, {"path": "trees list"}, {"path": "register"}]
        }"#,
    );
    Policies::new().with(Redactor::new(policy.unwrap()))
}

fn random(number: u64) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[2..].copy_from_slice(&number.to_be_bytes());
    bytes
}

pub(crate) fn event_id(number: u64) -> String {
    EventId::new(1_700_000_000_000, &random(number)).to_string()
}

pub(crate) fn batch_id(number: u64) -> String {
    // The same form as an event's: UUID version 7.
    event_id(number).parse::<BatchId>().unwrap().to_string()
}

pub(crate) fn install_id(number: u8) -> String {
    InstallId::new([number; 16]).to_string()
}

/// A good event. Each number makes another one.
pub(crate) fn event(number: u64) -> Json {
    json!({
        "schema_version": 1,
        "policy_version": 3,
        "event_id": event_id(number),
        "install_id": install_id(1),
        "app": {"name": "orchard", "version": "1.2.0", "install_source": "homebrew"},
        "os": {"name": "windows", "version": "11.5", "arch": "x86_64"},
        "auth_method": "api_key",
        "command": {
            "path": ["plant"],
            "flags": [{"name": "fruit", "values": ["pear"]}, {"name": "name"}],
            "positional_count": 0,
            "positionals": [],
            "dropped": {"words": 0, "flags": 0, "values": 1},
        },
        "started_at": "2022-04-11T11:35:46.794119+01:00",
        "completed_at": "2022-04-11T11:35:49.456719+01:00",
        "duration_us": 2_662_600,
        "outcome": {"kind": "success"},
        "exit_code": 0,
        "context": {"terminal": {"stdin": "terminal", "stdout": "terminal", "stderr": "terminal"}},
    })
}

pub(crate) fn patched(number: u64, patch: &Json) -> Json {
    let mut event = event(number);
    merge(&mut event, patch);
    event
}

/// RFC 7396.
pub(crate) fn merge(target: &mut Json, patch: &Json) {
    let Json::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let object = target.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            object.remove(key);
        } else {
            merge(object.entry(key).or_insert(Json::Null), value);
        }
    }
}

pub(crate) fn batch(number: u64, events: &[Json]) -> Vec<u8> {
    let batch = json!({"protocol_version": 1, "batch_id": batch_id(number), "events": events});
    batch.to_string().into_bytes()
}

/// A batch whose events are texts of any kind.
pub(crate) fn batch_of_texts(number: u64, events: &[&str]) -> Vec<u8> {
    let events = events.join(",");
    format!(r#"{{"protocol_version":1,"batch_id":"{}","events":[{events}]}}"#, batch_id(number)).into_bytes()
}

pub(crate) fn admitted(number: u64, events: &[Json]) -> AdmittedBatch {
    let batch = admit(&batch(number, events), &policies()).unwrap();
    assert_eq!(batch.refused(), []);
    batch
}

/// A report of all there is, however few installs it is of.
pub(crate) fn all_of(store: &dyn Store, name: ReportName) -> Json {
    store.report(&Query::new(name).min_installs(1)).unwrap().to_json()
}

/// Events in a store.
pub(crate) fn events(store: &dyn Store) -> u64 {
    all_of(store, ReportName::Overview)["totals"]["events"].as_u64().unwrap()
}

pub(crate) fn now() -> Timestamp {
    "2026-01-02T03:04:05.000006+00:00".parse().unwrap()
}

pub(crate) fn start(store: Arc<dyn Store>, change: impl FnOnce(&mut Limits)) -> RunningServer {
    let mut limits = Limits::default();
    change(&mut limits);
    let options = ServeOptions::new(([127, 0, 0, 1], 0).into(), store, policies()).limits(limits).clock(now);
    Server::bind(options).unwrap().start().unwrap()
}
