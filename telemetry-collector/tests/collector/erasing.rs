//! Requests to erase: what goes, what stays, and what is said of it later.

use std::collections::HashSet;
use std::fs;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use telemetry_collector::{SqliteStore, Store};
use telemetry_schema::{ErasureId, EventId, InstallId};
use tempfile::tempdir;

use crate::client::{GZIP, JSON, gzip, post, send};
use crate::sample::{admitted, batch, event_id, install_id, now, patched, start};

fn erasure_id(number: u64) -> String {
    // The same form as an event's: UUID version 7.
    event_id(number).parse::<ErasureId>().unwrap().to_string()
}

fn erasure(number: u64, installs: &[String]) -> Json {
    json!({
        "protocol_version": 1,
        "erasure_id": erasure_id(number),
        "install_ids": installs,
        "requested_at": "2026-01-02T03:04:05.000000+01:00",
    })
}

fn of_install(number: u64, install: u8) -> Json {
    patched(number, &json!({"install_id": install_id(install)}))
}

const ERASE: &str = "POST /v1/erasures";

#[test]
fn what_is_erased_is_gone_and_does_not_come_back() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let server = start(Arc::clone(&store) as Arc<dyn Store>, |_| {});
    let address = server.address();
    let anonymous = patched(5, &json!({"install_id": null}));
    let events = [of_install(1, 1), of_install(2, 2), of_install(3, 1), of_install(4, 3), anonymous];
    assert_eq!(post(address, &batch(1, &events)).json()["accepted"], 5);
    assert_eq!(crate::sample::events(&*store), 5);

    let receipt = json!({"erasure_id": erasure_id(1), "received_at": now(), "erased": 3});
    let request = erasure(1, &[install_id(1), install_id(3), install_id(9)]).to_string();
    for body in [request.clone().into_bytes(), gzip(request.as_bytes())] {
        let headers = if body.starts_with(b"{") { vec![JSON] } else { vec![JSON, GZIP] };
        let answer = send(address, ERASE, &headers, &body);
        assert_eq!((answer.status, answer.json()), (200, receipt.clone()), "the second time as the first");
    }
    assert_eq!(crate::sample::events(&*store), 2);
    let totals = &crate::sample::all_of(&*store, telemetry_collector::ReportName::Overview)["totals"];
    assert_eq!(totals["installs"], 1, "and gone from what was counted before");

    // A bad event stands before the late ones, so that places count over both.
    let late = [json!({}), of_install(6, 1), of_install(7, 2), of_install(8, 9), of_install(1, 1)];
    let answer = post(address, &batch(2, &late)).json();
    let refused =
        answer["refused"].as_array().unwrap().iter().map(|refusal| refusal["index"].as_u64().unwrap());
    assert_eq!((&answer["accepted"], refused.collect::<Vec<_>>()), (&json!(1), vec![0, 1, 3, 4]));
    let erased = json!([{"field": "install_id", "rule": "install_id.erased"}]);
    assert_eq!(answer["refused"][1], json!({"index": 1, "event_id": event_id(6), "problems": erased}));
    server.stop().unwrap();
}

#[test]
fn the_same_number_with_other_installations_erases_those_too() {
    let store = SqliteStore::in_memory().unwrap();
    store.insert(&[admitted(1, &[of_install(1, 1), of_install(2, 2)])], now()).unwrap();
    let erase = |install| {
        let body = erasure(1, &[install_id(install)]).to_string();
        store.erase(&telemetry_collector::admit_erasure(body.as_bytes()).unwrap(), now()).unwrap()
    };
    assert_eq!(erase(1), erase(2), "the receipt is that of the first time");
    assert_eq!(crate::sample::events(&store), 0);
}

#[test]
fn a_receipt_can_be_asked_for_again() {
    let home = tempdir().unwrap();
    let path = home.path().join("events.db");
    let server = start(Arc::new(SqliteStore::open(&path).unwrap()), |_| {});
    let request = erasure(1, &[install_id(1)]).to_string();
    let first = send(server.address(), ERASE, &[JSON], request.as_bytes());
    server.stop().unwrap();

    let server = start(Arc::new(SqliteStore::open(&path).unwrap()), |_| {});
    let get = |id: &str| send(server.address(), &format!("GET /v1/erasures/{id}"), &[], b"");
    let again = get(&erasure_id(1));
    assert_eq!((again.status, again.json()), (200, first.json()));
    for unknown in [erasure_id(2).as_str(), "hunter2", "%ff", &erasure_id(1).to_uppercase()] {
        let answer = get(unknown);
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not_found"), "{unknown}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("hunter"));
    }
}

#[test]
fn a_bad_request_to_erase_is_refused_and_erases_nothing() {
    let store = Arc::new(SqliteStore::in_memory().unwrap());
    let server = start(Arc::clone(&store) as Arc<dyn Store>, |_| {});
    let address = server.address();
    let shared = patched(1, &json!({"install_id": InstallId::CI}));
    assert_eq!(post(address, &batch(1, &[shared, of_install(2, 1)])).json()["accepted"], 2);
    let good = erasure(1, &[install_id(1)]);
    let with = |patch: Json| {
        let mut request = good.clone();
        crate::sample::merge(&mut request, &patch);
        request.to_string()
    };
    let many: Vec<_> = (0..65).map(install_id).collect();
    let text = good.to_string();
    let cases = [
        (
            with(json!({"install_ids": [install_id(1), InstallId::CI]})),
            "install_ids[1] erasure.shared_install",
        ),
        (with(json!({"install_ids": []})), "install_ids erasure.no_install"),
        (with(json!({"install_ids": many})), "install_ids erasure.too_many_installs"),
        (with(json!({"install_ids": ["hunter2"]})), "install_ids[0] schema.invalid"),
        (with(json!({"install_ids": null})), "install_ids schema.missing_field"),
        (with(json!({"erasure_id": install_id(1)})), "erasure_id schema.invalid"),
        (with(json!({"requested_at": "hunter2"})), "requested_at schema.invalid"),
        (with(json!({"protocol_version": 2, "hunter2": 1})), "protocol_version erasure.protocol_version"),
        (with(json!({"protocol_version": 2})), "protocol_version erasure.protocol_version"),
        (with(json!({"hunter2": 1})), " schema.unknown_field"),
        (text.replacen('{', r#"{"protocol_version":1,"#, 1), "protocol_version schema.duplicate_field"),
        (format!("[{text}]"), " schema.invalid"),
        (format!("{text}hunter2"), " erasure.not_json"),
        (text[..text.len() - 1].to_owned(), " erasure.not_json"),
        (String::new(), " erasure.not_json"),
        ("[".repeat(100_000), " schema.invalid"),
        (format!(r#"{{"install_ids":{}"#, "[".repeat(100_000)), "install_ids[0] schema.invalid"),
    ];
    for (body, expected) in cases {
        let answer = send(address, ERASE, &[JSON], body.as_bytes());
        assert_eq!((answer.status, answer.problem().as_str()), (400, "no_erasure"), "{expected}");
        let problem = &answer.json()["problems"][0];
        let problem = format!("{} {}", problem["field"].as_str().unwrap(), problem["rule"].as_str().unwrap());
        assert_eq!(problem, expected);
        assert!(!String::from_utf8_lossy(&answer.body).contains("hunter"), "{answer:?}");
    }
    assert_eq!(send(address, ERASE, &[JSON], b"\xff").json()["problems"][0]["rule"], "erasure.not_utf8");
    assert_eq!(crate::sample::events(&*store), 2);
    assert_eq!(send(address, "GET /v1/erasures", &[], b"").problem(), "method");
}

/// How many of these texts are anywhere in the store's files.
fn found(home: &std::path::Path, texts: &HashSet<Vec<u8>>) -> usize {
    let files = fs::read_dir(home).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let bytes: Vec<u8> = files.flatten().collect();
    let lengths: HashSet<usize> = texts.iter().map(Vec::len).collect();
    let seen =
        lengths.iter().flat_map(|length| bytes.windows(*length)).filter(|window| texts.contains(*window));
    seen.collect::<HashSet<_>>().len()
}

#[test]
fn no_file_keeps_the_bytes_of_what_was_erased() {
    let home = tempdir().unwrap();
    let path = home.path().join("events.db");
    let store = SqliteStore::open(&path).unwrap();
    let events: Vec<_> =
        (0..500).map(|number| of_install(number, u8::try_from(number % 2).unwrap())).collect();
    store.insert(&[admitted(1, &events)], now()).unwrap();
    let raw = |number| event_id(number).parse::<EventId>().unwrap().to_bytes().to_vec();
    let ids = (0..250).map(|half| 2 * half + 1);
    let texts: HashSet<_> = ids.flat_map(|number| [event_id(number).into_bytes(), raw(number)]).collect();
    assert_eq!(found(home.path(), &texts), 500, "the test finds what is there");
    let request = erasure(9999, &[install_id(1)]).to_string();
    let request = telemetry_collector::admit_erasure(request.as_bytes()).unwrap();

    // Somebody reads while it is erased: the log cannot be cut off then, and is after the next write.
    let reader = rusqlite::Connection::open(&path).unwrap();
    reader.execute_batch("BEGIN; SELECT COUNT(*) FROM events").unwrap();
    let mut rows = reader.prepare("SELECT id FROM events").unwrap();
    let mut reading = rows.query([]).unwrap();
    reading.next().unwrap();
    assert_eq!(store.erase(&request, now()).unwrap().erased, 250);
    assert_ne!(found(home.path(), &texts), 0);
    drop(reading);
    drop(rows);
    drop(reader);
    store.insert(&[admitted(2, &[of_install(1000, 2)])], now()).unwrap();
    assert_eq!(found(home.path(), &texts), 0);
    assert_eq!(crate::sample::events(&store), 251);
}
