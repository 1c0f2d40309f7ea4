//! Clocks that are wrong: their events are kept, and no report goes where they point.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use telemetry_collector::{Query, ReportName, ServeOptions, Server, SqliteStore, Store, admit_erasure};
use telemetry_schema::Timestamp;

use crate::client::{post, send};
use crate::sample::{admitted, batch, event, event_id, events, install_id, merge, now, policies};

const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;

/// An event that started at midnight so many days after today.
fn started(number: u64, days: i64) -> Json {
    at(number, &Timestamp::new((now().unix_us().div_euclid(DAY_US) + days) * DAY_US, 0).unwrap().to_string())
}

fn at(number: u64, moment: &str) -> Json {
    let mut made = event(number);
    merge(&mut made, &json!({"started_at": moment, "completed_at": moment, "install_id": install_id(1)}));
    made
}

const FUTURE: &str = "9980-05-06T07:08:09.000000+00:00";
const PAST: &str = "1970-01-01T00:00:00.000000+00:00";

fn overview(store: &dyn Store) -> Json {
    store.report(&Query::new(ReportName::Overview).min_installs(1)).unwrap().to_json()
}

#[test]
fn a_clock_in_the_year_9980_or_1970_moves_no_report() {
    let store = SqliteStore::in_memory().unwrap();
    let wrong = [at(1, FUTURE), at(2, PAST)];
    let inserted = store.insert(&[admitted(1, &wrong)], now()).unwrap();
    assert_eq!((inserted[0].accepted, inserted[0].misdated), (2, 2));
    let right = SqliteStore::in_memory().unwrap();
    right.insert(&[admitted(1, &[started(1, 0), started(2, 0)])], now()).unwrap();
    for name in ReportName::ALL {
        let report =
            |store: &SqliteStore| store.report(&Query::new(*name).min_installs(1)).unwrap().to_json();
        assert_eq!(report(&store), report(&right), "{name:?}");
    }
    let text = overview(&store).to_string();
    assert!(text.contains("2026-01-02") && !text.contains("9980") && !text.contains("1970"), "{text}");
}

#[test]
fn a_start_is_believed_until_the_day_after_and_for_ten_years() {
    for (days, misdated) in [(0, 0), (1, 0), (2, 1), (-3653, 0), (-3654, 1)] {
        let store = SqliteStore::in_memory().unwrap();
        let inserted = store.insert(&[admitted(1, &[started(1, days)])], now()).unwrap();
        assert_eq!((inserted[0].accepted, inserted[0].misdated), (1, misdated), "{days}");
    }
}

#[test]
fn an_event_of_a_wrong_clock_is_stored_once_and_forgotten_by_its_receipt() {
    let store = SqliteStore::in_memory().unwrap();
    store.insert(&[admitted(1, &[at(1, FUTURE)])], now()).unwrap();
    let first = overview(&store);
    let later = Timestamp::new(now().unix_us() + 9 * DAY_US, 0).unwrap();
    let again = store.insert(&[admitted(1, &[at(1, FUTURE)])], later).unwrap();
    assert_eq!((again[0].accepted, again[0].duplicates, again[0].misdated), (0, 1, 0));
    assert_eq!(overview(&store), first);
    assert_eq!(store.forget(now().unix_us().div_euclid(DAY_US) + 1).unwrap(), 1);
    assert_eq!(events(&store), 1, "the report still knows of it");
}

#[test]
fn an_event_of_a_wrong_clock_is_erased_from_the_day_it_counts_for() {
    let store = SqliteStore::in_memory().unwrap();
    store.insert(&[admitted(1, &[at(1, FUTURE)])], now()).unwrap();
    assert_eq!(events(&store), 1);
    let later = Timestamp::new(now().unix_us() + 9 * DAY_US, 0).unwrap();
    let erasure = json!({
        "protocol_version": 1, "erasure_id": event_id(1), "install_ids": [install_id(1)], "requested_at": later,
    });
    let erasure = admit_erasure(erasure.to_string().as_bytes()).unwrap();
    assert_eq!(store.erase(&erasure, later).unwrap().erased, 1);
    assert_eq!(events(&store), 0);
}

#[test]
fn events_of_wrong_clocks_are_counted_for_the_operator_and_not_refused() {
    let store: Arc<dyn Store> = Arc::new(SqliteStore::in_memory().unwrap());
    let options = ServeOptions::new(([127, 0, 0, 1], 0).into(), store, policies()).clock(now);
    let server = Server::bind(options).unwrap().start().unwrap();
    let sent = batch(1, &[at(1, FUTURE), event(2)]);
    assert_eq!(post(server.address(), &sent).json()["accepted"], 2);
    post(server.address(), &sent);
    let page = send(server.address(), "GET /metrics", &[], b"");
    let metrics = String::from_utf8_lossy(&page.body);
    assert!(metrics.contains("telemetry_collector_events_misdated_total 1"), "{metrics}");
    server.stop().unwrap();
}
