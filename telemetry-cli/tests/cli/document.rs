//! The examples of the source document (MongoDB Atlas CLI, "Configure Telemetry"), word for word.

use serde_json::{Value as Json, json};

use crate::home::Home;

const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../policies/atlas.json");

fn explain(line: &[&str]) -> Json {
    Home::new().json(&[&["explain", "--json", "--policy", POLICY, "--", "atlas"], line].concat())["event"]
        .clone()
}

#[test]
fn pre_set_values_are_kept_and_custom_names_are_not() {
    for word in ["cluster", "clusters"] {
        let line =
            [word, "create", "--clusterName", "MyCluster", "--provider", "AWS", "--region", "US_EAST_1"];
        let event = explain(&line);
        assert_eq!(event["command"]["path"], json!(["clusters", "create"]));
        let flags = event["command"]["flags"].as_array().unwrap();
        assert!(flags.contains(&json!({"name": "provider", "values": ["AWS"]})), "{flags:?}");
        assert!(flags.contains(&json!({"name": "region", "values": ["US_EAST_1"]})), "{flags:?}");
        assert!(flags.contains(&json!({"name": "clusterName"})), "{flags:?}");
        assert!(!event.to_string().contains("MyCluster"), "{event}");
    }
}

#[test]
fn a_mistyped_command_and_its_error_are_kept() {
    let error = "Error: unknown command \"rgister\" for \"atlas\"";
    let home = Home::new();
    let answer = home.json(&[
        "explain",
        "--json",
        "--policy",
        POLICY,
        "--error",
        error,
        "--exit-code",
        "1",
        "--",
        "atlas",
        "rgister",
    ]);
    let event = &answer["event"];
    let outcome = &event["outcome"];
    assert_eq!(outcome["kind"], "error");
    assert_eq!(outcome["code"], "unknown_command");
    assert_eq!(outcome["message"], error);
    assert_eq!(outcome["fingerprint"].as_str().map(str::len), Some(16));
    assert_eq!(
        event["command"]["misspellings"],
        json!([{"place": "command", "typed": "rgister", "meant": "register"}])
    );
    assert_eq!(event["exit_code"], 1);
}

#[test]
fn a_key_is_never_kept_in_any_place_or_error_text() {
    let key = "abcdefghi123456789";
    let lines: &[&[&str]] = &[
        &["private_api_key", key],
        &["config", "set", "private_api_key", key],
        &["clusters", "create", key],
        &["clusters", "create", "--provider", key],
        &["clusters", "create", "--clusterName=private_api_key abcdefghi123456789"],
        &["clusters", "create", "--private_api_key", key],
        &["clusters", "create", "-P", key],
        &[key],
        &["--", "private_api_key", key],
    ];
    for line in lines {
        let event = explain(line);
        assert!(!event.to_string().contains(key), "{line:?}: {event}");
    }
    for text in [
        "Error: invalid private_api_key abcdefghi123456789",
        "private_api_key abcdefghi123456789",
        "private_api_key=abcdefghi123456789",
        "failed: {\"private_api_key\": \"abcdefghi123456789\"}",
        "unauthorized (abcdefghi123456789)",
    ] {
        let home = Home::new();
        let arguments =
            ["explain", "--json", "--policy", POLICY, "--error", text, "--", "atlas", "clusters", "list"];
        let answer = home.json(&arguments);
        assert!(!answer.to_string().contains(key), "{text}: {answer}");
    }
}

#[test]
fn every_tracked_row_has_its_field() {
    let event = explain(&["clusters", "list"]);
    for pointer in [
        "/app/name",
        "/os/name",
        "/os/arch",
        "/command/path",
        "/started_at",
        "/completed_at",
        "/duration_us",
        "/outcome/kind",
    ] {
        assert!(event.pointer(pointer).is_some(), "{pointer} is missing in {event}");
    }
    // 2022-04-11T11:35:46.794119+01:00
    let started = event["started_at"].as_str().unwrap();
    assert_eq!((started.len(), &started[19..20]), (32, "."), "{started}");
}
