//! Events with everything in them, and the tables of docs/sinks.md.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::fixture::event_id;

const SINKS: &str = include_str!("../../../docs/sinks.md");

/// The rows of a table, cell by cell, without their backticks.
pub(crate) fn table(name: &str) -> Vec<Vec<String>> {
    let begin = format!("<!-- {name}: begin -->");
    let end = format!("<!-- {name}: end -->");
    let text = SINKS.split_once(&begin).unwrap().1.split_once(&end).unwrap().0;
    let rows = text.lines().filter(|line| line.starts_with('|')).skip(2);
    let cells = |row: &str| {
        row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect::<Vec<_>>()
    };
    let rows: Vec<_> = rows.map(cells).collect();
    assert!(rows.len() > 15, "{name}");
    rows
}

/// The value of an event at a field's path. A list is one value: `command.flags[]` is all of them.
#[cfg(feature = "otlp")]
pub(crate) fn at<'e>(event: &'e Json, field: &str) -> Option<&'e Json> {
    event.pointer(&format!("/{}", field.trim_end_matches("[]").replace('.', "/")))
}

/// Every path in an event that holds something, with its value; lists count as one.
pub(crate) fn leaves(event: &Json) -> BTreeSet<String> {
    fn walk(node: &Json, path: &str, found: &mut BTreeSet<String>) {
        match node {
            Json::Object(object) => {
                for (key, child) in object {
                    walk(child, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, found);
                }
            }
            Json::Array(_) => drop(found.insert(format!("{path}[]"))),
            _ => drop(found.insert(path.to_owned())),
        }
    }
    let mut found = BTreeSet::new();
    walk(event, "", &mut found);
    found
}

/// One event for each way to end, between them with every field there is.
pub(crate) fn events() -> Vec<Json> {
    let outcomes = [
        (
            json!({"kind": "error", "code": "unknown_command", "fingerprint": "3b29f8c5d41e07a6",
                "message": "Error: unknown command \"rgister\" for \"atlas\""}),
            json!(93),
        ),
        (json!({"kind": "success"}), json!(0)),
        (json!({"kind": "interrupted", "signal": "SIGINT"}), Json::Null),
        (json!({"kind": "panic", "location": "src/main.rs:42"}), json!(101)),
        (json!({"kind": "error", "code": "not_found"}), json!(-1)),
    ];
    let of = |(number, (outcome, exit_code)): (usize, (Json, Json))| {
        let mut event = json!({
            "schema_version": 1,
            "policy_version": 717_273,
            "event_id": event_id(number as u64),
            "install_id": "936da01f-9abd-4d9d-80c7-02af85c822a8",
            "app": {"name": "atlas", "version": "1.2.3", "install_source": "homebrew"},
            "os": {"name": "ubuntu", "version": "22.04.77", "arch": "x86_64", "libc": "musl", "container": "podman",
                "wsl": "wsl2"},
            "auth_method": "api_key",
            "command": {
                "path": ["clusters", "create"],
                "flags": [
                    {"name": "clusterName"},
                    {"name": "provider", "values": ["AWS"]},
                    {"name": "region", "values": ["US_EAST_1", "EU_WEST_2"]},
                    {"name": "output", "values": ["json"]},
                ],
                "positional_count": 515_253,
                "positionals": [{"index": 919_293, "values": ["zebra"]}],
                "misspellings": [{"place": "flag", "typed": "proivder", "meant": "provider"}],
                "deprecated": [{"place": "command", "name": "olden"}],
                "dropped": {"words": 313_233, "flags": 323_334, "values": 333_435},
            },
            "prompts": [{"id": "tier", "kind": "multi_select", "default_kept": false, "left_empty": false,
                "choices": ["M10", "M20"]}, {"id": "password", "kind": "password"}],
            "started_at": "2022-04-11T11:35:46.794119+01:00",
            "completed_at": "2022-04-11T11:35:49.456719+01:00",
            "duration_us": 2_662_600,
            "outcome": outcome,
            "exit_code": exit_code,
            "context": {
                "ci": "github_actions",
                "agent": "claude_code",
                "terminal": {"stdin": "other", "stdout": "terminal", "stderr": "terminal"},
            },
        });
        if event["exit_code"].is_null() {
            event.as_object_mut().unwrap().remove("exit_code");
        }
        event
    };
    outcomes.into_iter().enumerate().map(of).chain([bare()]).collect()
}

/// An event with nothing that may be absent.
pub(crate) fn bare() -> Json {
    json!({
        "schema_version": 1,
        "event_id": event_id(99),
        "app": {},
        "os": {"name": "other", "arch": "other"},
        "command": {
            "path": [], "flags": [], "positional_count": 0, "positionals": [],
            "dropped": {"words": 0, "flags": 0, "values": 0},
        },
        "started_at": "2022-04-11T11:35:46.794119+01:00",
        "completed_at": "2022-04-11T11:35:49.456719+01:00",
        "duration_us": 1,
        "outcome": {"kind": "success"},
        "context": {"terminal": {"stdin": "other", "stdout": "other", "stderr": "other"}},
    })
}

/// A field that is added and forgotten here would be in no test.
#[test]
fn the_events_have_every_field_there_is() {
    let here: BTreeSet<String> = events().iter().flat_map(leaves).collect();
    let top = |path: &str| match path.split_once("[]") {
        Some((list, _)) => format!("{list}[]"),
        None => path.to_owned(),
    };
    let all: BTreeSet<String> =
        telemetry_schema::catalogue::fields().iter().map(|field| top(&field.path)).collect();
    assert_eq!(here, all);
}

#[cfg(not(feature = "otlp"))]
#[test]
fn an_otlp_endpoint_is_refused_by_a_build_without_otlp() {
    use telemetry_transport::{HttpOptions, SinkError, sink_for};

    let endpoint = "otlp+https://otel.example.com".parse().unwrap();
    let Err(error) = sink_for(&endpoint, HttpOptions::plain()) else { panic!("it was taken") };
    assert!(matches!(error, SinkError::WithoutOtlp), "{error}");
}
