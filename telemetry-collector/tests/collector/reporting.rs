//! The numbers.

use std::fmt::Write;

use serde_json::{Value as Json, json};
use telemetry_collector::{Ci, Filters, Query, Report, ReportName, SqliteStore, Store};
use telemetry_schema::{InstallSource, OsName};

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
            "os": {"name": "ubuntu", "version": "24.04", "libc": "glibc", "container": "docker"}, "duration_us": 1500,
        }));
    }
    add(json!({
        "command": {"path": [], "flags": [],
            "misspellings": [{"place": "command", "typed": "rgister", "meant": "register"}]},
        "install_id": null, "outcome": {"kind": "panic"}, "exit_code": 101, "duration_us": 0,
        "os": {"name": "debian", "version": null, "libc": "musl", "wsl": "wsl2"}, "started_at": "2020-01-01T00:00:00.000000+00:00",
    }));
    add(json!({
        "policy_version": null, "app": {"name": null, "version": null, "install_source": null},
        "command": {"path": [], "flags": [], "dropped": {"values": 0}}, "install_id": install_id(3),
    }));
    let store = SqliteStore::in_memory().unwrap();
    store.insert(&[admitted(1, &events)], now()).unwrap();
    store
}

fn shown(report: &Report) -> String {
    let mut shown = String::new();
    for note in &report.notes {
        writeln!(shown, "{note}").unwrap();
    }
    for section in &report.sections {
        writeln!(shown, "{} [{}]", section.title, section.key).unwrap();
        assert!(section.rows.iter().all(|row| row.len() == section.columns.len()));
        for row in &section.rows {
            let cells: Vec<_> = row.iter().map(ToString::to_string).collect();
            writeln!(shown, "  {}", cells.join(" | ")).unwrap();
        }
        for note in &section.notes {
            writeln!(shown, "  {note}").unwrap();
        }
    }
    shown
}

#[test]
fn every_report_of_a_known_set_of_events() {
    let store = stored();
    let mut all = String::new();
    for name in ReportName::ALL {
        let report = store.report(&Query::new(*name).min_installs(1)).unwrap();
        writeln!(all, "== {} — {}\n{}", name.title(), name.question(), shown(&report)).unwrap();
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_report_for_programs() {
    let store = stored();
    let report = store.report(&Query::new(ReportName::Commands).min_installs(1).compare("1.2.0", "1.10.0"));
    let report = report.unwrap();
    insta::assert_json_snapshot!("json", report.to_json());
    insta::assert_snapshot!("csv", String::from_utf8(report.to_csv()).unwrap());
}

#[test]
fn filters_count_only_what_they_name() {
    let store = stored();
    let runs = |filters: Filters| {
        let report =
            store.report(&Query::new(ReportName::Overview).min_installs(1).filters(filters)).unwrap();
        report.to_json()["totals"]["events"].as_u64().unwrap()
    };
    let all = Filters::default;
    let day = |text: &str| Some(text.parse().unwrap());
    let orchard = Some("orchard".to_owned());
    let version = Some("1.10.0".to_owned());
    let (windows, ubuntu) = (Some(OsName::Windows), Some(OsName::Ubuntu));
    let homebrew = Some(InstallSource::Homebrew);
    for (filters, expected) in [
        (all(), 47),
        (Filters { program: orchard.clone(), ..all() }, 46),
        (Filters { program: Some("hunter2".to_owned()), ..all() }, 0),
        (Filters { version: version.clone(), ..all() }, 5),
        (Filters { os: windows, ..all() }, 41),
        (Filters { source: homebrew, ..all() }, 41),
        (Filters { ci: Ci::Only, ..all() }, 5),
        (Filters { ci: Ci::Without, ..all() }, 42),
        (Filters { ci: Ci::Only, version: version.clone(), ..all() }, 5),
        (Filters { until: day("2020-01-01"), ..all() }, 1),
        (Filters { since: day("2020-01-02"), ..all() }, 46),
        (Filters { since: day("2022-04-12"), ..all() }, 0),
        // Two of the three that are told apart: by weeks.
        (Filters { os: windows, source: homebrew, ..all() }, 40),
        (Filters { os: ubuntu, version, ..all() }, 5),
        (Filters { os: windows, source: homebrew, since: day("2022-04-13"), ..all() }, 40),
        (Filters { os: windows, source: homebrew, since: day("2022-04-18"), ..all() }, 0),
    ] {
        assert_eq!(runs(filters.clone()), expected, "{filters:?}");
    }
}

#[test]
fn few_installs_are_hidden_and_that_is_said() {
    let store = stored();
    let report = store.report(&Query::new(ReportName::Overview)).unwrap();
    let json = report.to_json();
    assert!(json["totals"]["events"].is_null(), "{json}");
    assert_eq!(json["commands"].as_array().unwrap().len(), 0);
    let text = shown(&report);
    assert!(text.contains("fewer than 10 installs"), "{text}");
    assert!(!text.contains("rgister") && !text.contains("frost"), "{text}");
    // With two, `plant` is of enough, and would tell of the others.
    let report = store.report(&Query::new(ReportName::Commands).min_installs(2)).unwrap();
    let text = shown(&report);
    assert!(text.contains("with fewer than 2 installs"), "{text}");
    assert!(!text.contains("trees list"), "{text}");
}

#[test]
fn the_first_rows_and_how_many_more_there_are() {
    let report = stored().report(&Query::new(ReportName::Commands).min_installs(1).top(1)).unwrap();
    let commands = report.section("commands").unwrap();
    assert_eq!(
        (commands.rows.len(), commands.notes.as_slice()),
        (1, &["3 rows more not listed.".to_owned()][..])
    );
}

#[test]
fn nothing_stored_is_an_empty_report() {
    let store = SqliteStore::in_memory().unwrap();
    for name in ReportName::ALL {
        let report = store.report(&Query::new(*name)).unwrap();
        for section in report.sections.iter().filter(|section| section.key != "totals") {
            assert_eq!(section.rows.len(), 0, "{name} {}", section.key);
        }
        assert_eq!(report.to_json()["totals"]["events"], 0);
    }
}
