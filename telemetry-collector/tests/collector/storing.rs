//! The file.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use telemetry_collector::{Query, ReportName, SqliteStore, Store, StoreError, admit};
use tempfile::tempdir;

use crate::client::post;
use crate::sample::{
    admitted, all_of, batch, batch_id, batch_of_texts, event, events, install_id, now, patched, policies,
    start,
};

#[test]
fn what_was_acknowledged_is_there_after_a_kill() {
    let home = tempdir().unwrap();
    let path = home.path().join("events.db");
    let server = start(Arc::new(SqliteStore::open(&path).unwrap()), |_| {});
    for number in 0..5 {
        assert_eq!(post(server.address(), &batch(number, &[event(number)])).status, 200);
    }
    // What a killed process leaves: the files as they are, nothing closed.
    let after = home.path().join("after.db");
    for end in ["", "-wal"] {
        fs::copy(home.path().join(format!("events.db{end}")), home.path().join(format!("after.db{end}")))
            .unwrap();
    }
    assert_eq!(events(&SqliteStore::open(&after).unwrap()), 5);
    server.stop().unwrap();
    let store = SqliteStore::open_existing(&path).unwrap();
    assert_eq!(events(&store), 5);
    assert_eq!(store.insert(&[admitted(9, &[event(0), event(9)])], now()).unwrap()[0].duplicates, 1);
    assert_eq!(events(&store), 6);
}

#[test]
fn the_first_of_two_with_one_id_stays() {
    let store = SqliteStore::in_memory().unwrap();
    let other = patched(1, &json!({"install_id": install_id(2), "duration_us": 1}));
    let inserted =
        store.insert(&[admitted(1, &[event(1), other.clone()]), admitted(2, &[other])], now()).unwrap();
    let counts: Vec<_> = inserted.iter().map(|batch| (batch.accepted, batch.duplicates)).collect();
    assert_eq!(counts, [(1, 1), (0, 1)]);
    let report = all_of(&store, ReportName::Overview);
    assert_eq!(report["totals"]["events"], 1);
    assert_eq!(report["totals"]["installs"], 1);
    // Known to within 0.8 per cent.
    assert!((report["commands"][0]["p50_ms"].as_f64().unwrap() / 2662.6 - 1.0).abs() < 0.008, "{report}");
}

#[test]
fn losses_count_once_a_batch() {
    let store = SqliteStore::in_memory().unwrap();
    let losing = |number: u64, losses: serde_json::Value| {
        let batch =
            json!({"protocol_version": 1, "batch_id": batch_id(number), "losses": losses, "events": []});
        let batch = admit(batch.to_string().as_bytes(), &policies()).unwrap();
        store.insert(&[batch], now()).unwrap();
    };
    let first = json!([{"reason": "evicted", "count": 3}, {"reason": "too_large", "count": 1}, {"reason": "evicted", "count": 1}]);
    losing(1, first.clone());
    losing(1, first);
    losing(1, json!([{"reason": "torn", "count": 1}]));
    losing(2, json!([{"reason": "refused", "count": u64::MAX}]));
    losing(3, json!([{"reason": "refused", "count": 1}]));
    assert_eq!(
        all_of(&store, ReportName::Overview)["losses"],
        json!([
            {"reason": "refused", "count": 4_294_967_296_u64},
            {"reason": "evicted", "count": 4},
            {"reason": "too_large", "count": 1},
        ])
    );
}

#[test]
fn what_is_stored_is_byte_for_byte_what_was_sent() {
    let home = tempdir().unwrap();
    let path = home.path().join("events.db");
    let sent = serde_json::to_string_pretty(&event(1)).unwrap();
    let batch = admit(&batch_of_texts(1, &[&sent]), &policies()).unwrap();
    SqliteStore::open(&path).unwrap().insert(&[batch], now()).unwrap();
    let file = rusqlite::Connection::open(&path).unwrap();
    let stored: String = file.query_row("SELECT json FROM event_json", [], |row| row.get(0)).unwrap();
    assert_eq!(stored, sent);
}

#[cfg(unix)]
#[test]
fn the_files_are_their_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempdir().unwrap();
    let path = home.path().join("events.db");
    let store = SqliteStore::open(&path).unwrap();
    store.insert(&[admitted(1, &[event(1)])], now()).unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(home.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
        seen += 1;
    }
    assert_eq!(seen, 3, "the file, its log and its index");
}

#[test]
fn no_event_is_stored_with_its_batch() {
    let home = tempdir().unwrap();
    let path = home.path().join("events.db");
    let store = SqliteStore::open(&path).unwrap();
    store.insert(&[admitted(7, &[event(1), event(2)])], now()).unwrap();
    drop(store);
    let bytes = fs::read(&path).unwrap();
    let id: telemetry_schema::BatchId = batch_id(7).parse().unwrap();
    assert!(!bytes.windows(16).any(|window| window == id.to_bytes()), "the batch's identifier is stored");
}

fn error_of(path: &Path) -> (String, StoreError) {
    let before = fs::read(path).ok();
    let error = SqliteStore::open(path).unwrap_err();
    assert_eq!(fs::read(path).ok(), before, "left as it is");
    let text = error.to_string().replace(&path.display().to_string(), "FILE");
    (text, error)
}

#[test]
fn a_file_that_is_not_ours_is_named_and_left_alone() {
    let home = tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = home.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    assert_eq!(
        error_of(&file("short", b"hello")).0,
        "FILE is not a telemetry store: it is no SQLite database"
    );
    let long = vec![b'x'; 10_000];
    assert_eq!(error_of(&file("long", &long)).0, "FILE is not a telemetry store: it is no SQLite database");
    assert_eq!(error_of(home.path()).0, "FILE is not a telemetry store: it is a directory");

    let missing = home.path().join("no/such/place.db");
    let (text, error) = error_of(&missing);
    assert_eq!(text, "cannot open the store FILE");
    assert!(matches!(error, StoreError::Open { .. }));
    let absent = home.path().join("absent.db");
    assert!(matches!(SqliteStore::open_existing(&absent), Err(StoreError::Open { .. })));
    assert!(!absent.exists());

    let database = |name: &str, sql: &str| {
        let path = home.path().join(name);
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute_batch(sql).unwrap();
        path
    };
    let foreign = "FILE is not a telemetry store: it is another program's SQLite database";
    assert_eq!(error_of(&database("a", "CREATE TABLE notes (text)")).0, foreign);
    assert_eq!(error_of(&database("b", "PRAGMA user_version = 1; CREATE TABLE events (id)")).0, foreign);
    assert_eq!(error_of(&database("c", "PRAGMA journal_mode = WAL; CREATE TABLE events (id)")).0, foreign);

    let ours = home.path().join("newer");
    drop(SqliteStore::open(&ours).unwrap());
    rusqlite::Connection::open(&ours).unwrap().pragma_update(None, "user_version", 999).unwrap();
    let (text, error) = error_of(&ours);
    assert_eq!(text, "the store FILE has format 999, and this version reads formats up to 8");
    assert!(matches!(error, StoreError::Newer { found: 999, .. }));

    // An empty file is what `mktemp` makes, and what a process that died at once leaves.
    assert_eq!(events(&SqliteStore::open(file("empty", b"")).unwrap()), 0);
}

#[test]
fn a_damaged_store_is_an_error_and_not_an_empty_report() {
    let home = tempdir().unwrap();
    let path = home.path().join("events.db");
    drop(SqliteStore::open(&path).unwrap());
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096..].fill(0xa5);
    fs::write(&path, &bytes).unwrap();
    let damaged = SqliteStore::open(&path).and_then(|store| store.report(&Query::new(ReportName::Overview)));
    assert!(matches!(damaged, Err(StoreError::Database { .. })), "{damaged:?}");
}

#[test]
fn two_stores_on_one_file_see_each_other() {
    let home = tempdir().unwrap();
    let path = home.path().join("events.db");
    let stores: Vec<_> = std::thread::scope(|scope| {
        let open = || SqliteStore::open(&path).unwrap();
        let openers: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        openers.into_iter().map(|opener| opener.join().unwrap()).collect()
    });
    for (number, store) in (0..).zip(&stores) {
        store.insert(&[admitted(number, &[event(number)])], now()).unwrap();
    }
    assert_eq!(events(&stores[0]), 8);
}
