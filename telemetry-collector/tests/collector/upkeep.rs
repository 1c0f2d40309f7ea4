//! A store that is looked after: old events go and what was counted stays, a damaged file is said to be, all of it can leave.

use std::sync::Arc;

use serde_json::Value as Json;
use telemetry_collector::{ExportForm, ServeOptions, Server, SqliteStore, Store, Upkeep as _};
use telemetry_schema::Timestamp;
use tempfile::tempdir;

use crate::client::post;
use crate::sample::{admitted, batch, event, events, now, policies};

const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;

fn days_later(days: i64) -> Timestamp {
    Timestamp::new(now().unix_us() + days * DAY_US, 0).unwrap()
}

fn today() -> i64 {
    now().unix_us().div_euclid(DAY_US)
}

#[test]
fn old_events_go_and_what_was_counted_of_them_stays() {
    let store = SqliteStore::in_memory().unwrap();
    store.insert(&[admitted(1, &[event(1), event(2)])], now()).unwrap();
    store.insert(&[admitted(2, &[event(3)])], days_later(50)).unwrap();
    // No report has counted them yet.
    assert_eq!(store.condition().unwrap().uncounted, 3);
    assert_eq!(store.forget(today()).unwrap(), 0);
    assert_eq!(store.forget(today() + 1).unwrap(), 2);
    assert_eq!(store.forget(today() + 1).unwrap(), 0);
    let condition = store.condition().unwrap();
    assert_eq!((condition.events, condition.oldest_day), (1, Some(today() + 50)));
    assert_eq!(events(&store), 3, "the report still knows of them");
}

#[test]
fn a_server_forgets_by_itself() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    store.insert(&[admitted(1, &[event(1)])], now()).unwrap();
    let options =
        ServeOptions::new(([127, 0, 0, 1], 0).into(), Arc::clone(&store) as Arc<dyn Store>, policies());
    let server = Server::bind(options.keep_days(1).clock(|| days_later(45))).unwrap().start().unwrap();
    assert_eq!(post(server.address(), &batch(2, &[event(2)])).status, 200);
    assert_eq!(post(server.address(), &batch(3, &[event(3)])).status, 200);
    server.stop().unwrap();
    assert_eq!(store.condition().unwrap().events, 3, "a day is too short: it keeps 45");

    let options =
        ServeOptions::new(([127, 0, 0, 1], 0).into(), Arc::clone(&store) as Arc<dyn Store>, policies());
    let server = Server::bind(options.keep_days(45).clock(|| days_later(46))).unwrap().start().unwrap();
    assert_eq!(post(server.address(), &batch(4, &[event(4)])).status, 200);
    // The writer ends once it has done what it does after a write.
    server.stop().unwrap();
    assert_eq!(store.condition().unwrap().events, 3, "the first is gone");
}

#[test]
fn a_sound_store_is_compacted_and_a_damaged_one_is_named() {
    let home = tempdir().unwrap();
    let path = home.path().join("events.db");
    let many: Vec<Json> = (1..400).map(event).collect();
    {
        let store = SqliteStore::open(&path).unwrap();
        store.insert(&[admitted(1, &many)], now()).unwrap();
        assert_eq!(events(&store), 399);
        assert_eq!(store.condition().unwrap().problems, Vec::<String>::new());
        assert_eq!(store.forget(today() + 1).unwrap(), 399);
        let (before, after) = store.compact().unwrap();
        assert!(after * 2 < before, "{before} {after}");
        assert_eq!(store.condition().unwrap().free_bytes, 0);
        store.insert(&[admitted(2, &many)], now()).unwrap();
    }
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0x55);
    std::fs::write(&path, bytes).unwrap();
    let problems = SqliteStore::open_existing(&path).unwrap().condition().map(|condition| condition.problems);
    assert!(problems.as_ref().map_or(true, |problems| !problems.is_empty()), "{problems:?}");
}

#[test]
fn every_event_can_leave_as_it_came() {
    let store = SqliteStore::in_memory().unwrap();
    let batch = admitted(1, &[event(1), event(2)]);
    store.insert(std::slice::from_ref(&batch), now()).unwrap();
    let mut lines = Vec::new();
    assert_eq!(store.export(ExportForm::Lines, &mut lines).unwrap(), 2);
    let sent: Vec<&str> = batch.events().iter().map(telemetry_collector::AdmittedEvent::json).collect();
    assert_eq!(String::from_utf8(lines).unwrap().lines().collect::<Vec<_>>(), sent);
    let mut table = Vec::new();
    assert_eq!(store.export(ExportForm::Csv, &mut table).unwrap(), 2);
    let table = String::from_utf8(table).unwrap();
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows.len(), 3);
    assert!(rows[0].starts_with("event_id,install_id,program,"), "{table}");
    assert!(rows[1].contains(",orchard,"), "{table}");
}
