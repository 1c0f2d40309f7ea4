//! What the commands print.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value as Json, json};

use crate::home::Home;

fn with_input(home: &Home, arguments: &[&str], input: &str) -> String {
    let mut command = home.telemetry(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn settings_are_kept() {
    let home = Home::new();
    assert_eq!(home.ok(&["config", "path"]).trim_end(), home.path("config.toml").to_str().unwrap());
    home.ok(&["config", "set", "telemetry_enabled", "local"]);
    home.ok(&["config", "set", "endpoint", "https://telemetry.example.com"]);
    assert_eq!(home.ok(&["config", "get", "endpoint"]), "https://telemetry.example.com\n");
    assert_eq!(
        home.ok(&["config", "list"]),
        "telemetry_enabled = local\nendpoint = https://telemetry.example.com\n"
    );
    home.ok(&["config", "unset", "endpoint"]);
    assert_eq!(home.run(&["config", "get", "endpoint"]).status.code(), Some(1));
}

#[test]
fn explain_goes_token_by_token_and_touches_nothing() {
    let home = Home::new();
    let text = home.ok(&["explain", "--", "git", "commit", "-m", "hunter2", "--cleanup=strip"]);
    for part in ["command.declared", "value.not_declared", "value.in_closed_set", "\"commit\"", "hunter2"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    let event = text.split_once("The event").unwrap().1;
    assert!(!event.contains("hunter2"), "{event}");
    assert!(home.snapshot().is_empty());
}

#[test]
fn what_explain_prints() {
    let text = Home::new().ok(&[
        "explain",
        "--",
        "git",
        "-C",
        "there",
        "comit",
        "-am",
        "message",
        "--no-verify",
        "x",
    ]);
    let table = text.split_once("\nThe event").unwrap().0;
    insta::assert_snapshot!(table, @r###"
    Policy for git, version 1

     argument     is                     rule                     in the event
     git          program       kept     program.declared         git
     -C           flag          kept     flag.declared            directory
     there        value         dropped  value.not_declared
     comit        command word  kept     command.near_miss        comit
     -am          flag          dropped  flag.not_declared
     -am          value         dropped  value.of_unknown_flag
     message      positional    dropped  value.not_declared
     --no-verify  flag          kept     flag.declared_elsewhere  no-verify
     x            value         dropped  value.of_unknown_flag
    "###);
    let text = Home::new().ok(&["explain", "--", "unknown", "x"]);
    insta::assert_snapshot!(text.split_once("\nThe event").unwrap().0, @r###"
    There is no policy for this program, so nothing of its name and arguments is kept:
    only that a run happened, how it ended, how long it took, and where.
    "###);
}

#[test]
fn explain_reads_command_lines_in_order() {
    let home = Home::new();
    let input = "[\"git\", \"status\"]\n[\"git\", \"commit\", {\"bytes_hex\": \"2d2d616d656e64\"}]\n[\"other\", \"x\"]\n";
    let out = with_input(&home, &["explain", "--argv-lines"], input);
    let events: Vec<Json> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events[0]["command"]["path"], json!(["status"]));
    assert_eq!(events[1]["command"]["flags"], json!([{"name": "amend", "values": ["true"]}]));
    assert_eq!(events[2]["command"]["path"], json!([]));
}

#[test]
fn redact_reads_json_lines_and_plain_lines() {
    let home = Home::new();
    let out = with_input(
        &home,
        &["redact", "--json-lines"],
        "\"open /home/ada/x: permission denied\"\n\"two\\nlines\"\n",
    );
    assert_eq!(out.lines().next(), Some("\"open <path>: permission denied\""));
    assert_eq!(out.lines().count(), 2);
    let out = with_input(&home, &["redact"], "open /home/ada/x: permission denied\n");
    assert_eq!(out, "open <path>: permission denied\n");
}

#[test]
fn events_are_what_the_schema_says() {
    let home = Home::new();
    home.run(&[
        "exec",
        "--app-version",
        "1.2.3",
        "--auth-method",
        "api_key",
        "--",
        "git",
        "status",
        "--short",
    ]);
    home.run(&["exec", "--", "git", "statsu"]);
    let schema: Json = serde_json::from_str(include_str!("../../../schemas/event.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for event in home.events(&[]) {
        let problems: Vec<String> = validator.iter_errors(&event).map(|error| error.to_string()).collect();
        assert!(problems.is_empty(), "{problems:?} {event}");
    }
    let event = &home.events(&[])[0];
    assert_eq!((&event["app"]["version"], &event["auth_method"]), (&json!("1.2.3"), &json!("api_key")));
}
