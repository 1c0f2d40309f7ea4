//! The numbers.

use std::fmt::Write;

use serde_json::{Value as Json, json};
use telemetry_collector::{Report, ReportOptions, SqliteStore, Store};

use crate::sample::{admitted, event, install_id, merge, now};

const CI: &str = "00000000-0000-0000-0000-000000000000";

/// Forty runs of `plant` by two installs, one to forty milliseconds; five of `trees list` by CI, three of them in
/// error; one of the program alone that panicked, without an install; one of a program without a policy.
fn stored() -> SqliteStore {
    let mut events = Vec::new();
    let mut add = |patch: Json| {
        let mut made = event(events.len() as u64);
        merge(&mut made, &patch);
        events.push(made);
    };
    for number in 1..=40_u64 {
        // Not in order, and each duration once: 7 and 41 share no factor.
        let us = number * 7 % 41 * 1000;
        let install = install_id(if number <= 30 { 1 } else { 2 });
        add(json!({"duration_us": us, "install_id": install}));
    }
    for number in 0..5 {
        let outcome = match number {
            0 | 1 => json!({"kind": "error", "code": "frost"}),
            2 => json!({"kind": "error", "code": "error"}),
            3 => json!({"kind": "interrupted", "signal": "SIGINT"}),
            _ => json!({"kind": "success"}),
        };
        add(json!({
            "command": {"path": ["trees", "list"], "flags": []}, "install_id": CI, "outcome": outcome,
            "app": {"version": "1.10.0", "install_source": null},
            "os": {"name": "ubuntu", "version": "24.04"}, "duration_us": 1500,
        }));
    }
    add(json!({
        "command": {"path": [], "flags": [],
            "misspellings": [{"place": "command", "typed": "rgister", "meant": "register"}]},
        "install_id": null, "outcome": {"kind": "panic"}, "exit_code": 101, "duration_us": 0,
        "os": {"name": "debian", "version": null}, "started_at": "2020-01-01T00:00:00.000000+00:00",
    }));
    add(json!({
        "policy_version": null, "app": {"name": null, "version": null, "install_source": null},
        "command": {"path": [], "flags": [], "dropped": {"values": 0}}, "install_id": install_id(3),
    }));
    let store = SqliteStore::in_memory().unwrap();
    store.insert(&[admitted(1, &events)], now()).unwrap();
    store
}

#[test]
fn the_report_of_a_known_set_of_events() {
    let report = stored().report(&ReportOptions::new()).unwrap();
    let written = serde_json::to_value(&report).unwrap();
    let keys: Vec<_> = written.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        keys,
        ["commands", "errors", "install_sources", "misspellings", "operating_systems", "totals", "versions"]
    );
    assert_eq!(serde_json::from_value::<Report>(written).unwrap(), report);
    insta::assert_json_snapshot!(report.totals, @r#"
    {
      "events": 47,
      "installs": 4,
      "errors": 4,
      "error_rate": 0.0851063829787234,
      "first_event_at": "2020-01-01T00:00:00.000000+00:00",
      "last_event_at": "2022-04-11T10:35:46.794119+00:00",
      "losses": []
    }
    "#);
    // Of the durations 1 to 40 ms the 20th and the 38th: half of 40, and 95 per cent of 40.
    insta::assert_json_snapshot!(report.commands[0], @r#"
    {
      "program": "orchard",
      "command": "plant",
      "runs": 40,
      "installs": 2,
      "error_rate": 0.0,
      "p50_ms": 20.0,
      "p95_ms": 38.0
    }
    "#);
}

#[test]
fn one_program_and_the_first_rows() {
    let store = stored();
    let report = store.report(&ReportOptions::new().program("orchard").top(1)).unwrap();
    assert_eq!((report.totals.events, report.totals.installs), (46, 3));
    assert_eq!(report.commands.len(), 1);
    assert_eq!(report.commands[0].command, "plant");
    assert_eq!(report.errors.len(), 1);
    let none = store.report(&ReportOptions::new().program("hunter2")).unwrap();
    assert_eq!(none, Report::default());
    let all = store.report(&ReportOptions::new().top(usize::MAX)).unwrap();
    assert_eq!(all, store.report(&ReportOptions::new()).unwrap());
}

#[test]
fn nothing_stored_is_an_empty_report() {
    let store = SqliteStore::in_memory().unwrap();
    assert_eq!(store.report(&ReportOptions::new()).unwrap(), Report::default());
}

#[test]
fn sections_are_the_report_as_tables() {
    let report = stored().report(&ReportOptions::new()).unwrap();
    let json = serde_json::to_value(&report).unwrap();
    let mut shown = String::new();
    for section in report.sections() {
        writeln!(shown, "{}", section.title).unwrap();
        assert!(section.rows.iter().all(|row| row.len() == section.columns.len()));
        for row in &section.rows {
            let cells: Vec<_> = row.iter().map(ToString::to_string).collect();
            writeln!(shown, "  {}", cells.join(" | ")).unwrap();
        }
        if section.key != "totals" {
            let rows = json[section.key].as_array().unwrap();
            let mut keys: Vec<_> = section.columns.iter().map(|column| column.key).collect();
            keys.sort_unstable();
            assert!(rows[0].as_object().unwrap().keys().eq(keys), "{}", section.key);
        }
    }
    insta::assert_snapshot!(shown, @"
    Totals
      events | 47
      installs | 4
      errors | 4
      error rate | 8.5 %
      first event | 2020-01-01T00:00:00.000000+00:00
      last event | 2022-04-11T10:35:46.794119+00:00
    Commands
      orchard | plant | 40 | 2 | 0.0 % | 20 ms | 38 ms
      orchard | trees list | 5 | 1 | 60.0 % | 1.5 ms | 1.5 ms
      (no policy) | (none) | 1 | 1 | 0.0 % | 2663 ms | 2663 ms
      orchard | (none) | 1 | 0 | 100.0 % | 0.0 ms | 0.0 ms
    Versions
      orchard | 1.2.0 | 41 | 2
      orchard | 1.10.0 | 5 | 1
      (no policy) | (unknown) | 1 | 1
    Operating systems
      Windows 11.5 | 41 | 3
      Ubuntu 24.04 | 5 | 1
      Debian | 1 | 0
    Install sources
      Homebrew | 41 | 2
      (unknown) | 6 | 2
    Errors
      orchard | trees list | frost | - | 2 | 1
      orchard | (none) | panic | - | 1 | 0
      orchard | trees list | error | - | 1 | 1
    Misspellings
      orchard | (none) | command | rgister | register | 1 | 0
    ");
    let commands = &report.sections()[1];
    let plain: Vec<_> = commands.rows[1].iter().map(telemetry_collector::Cell::plain).collect();
    assert_eq!(plain, ["orchard", "trees list", "5", "1", "0.6", "1.5", "1.5"]);
}
