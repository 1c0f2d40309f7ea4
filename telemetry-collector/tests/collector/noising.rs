//! Noise on reports: that it is in everything, says so, and stays the same.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value as Json, json};
use telemetry_collector::{
    Filters, Noise, Query, ReportName, ServeOptions, Server, SqliteStore, Store, monday,
};

use crate::client::send;
use crate::sample::{admitted, event, install_id, merge, now, policies};

/// Of `plant` 377 runs of 97 installs, of which 41 failed; of `register` 62 runs of 31; of `trees list` 9 runs of 3.
fn events() -> Vec<Json> {
    let mut events = Vec::new();
    let mut add = |install: u8, patch: Json| {
        let mut made = event(events.len() as u64);
        merge(&mut made, &json!({"install_id": install_id(install)}));
        merge(&mut made, &patch);
        events.push(made);
    };
    for number in 0..377_u32 {
        let install = u8::try_from(number % 97).unwrap();
        let failed = number < 41;
        let outcome =
            if failed { json!({"kind": "error", "code": "frost"}) } else { json!({"kind": "success"}) };
        let version = if number % 2 == 0 { "1.2.0" } else { "1.3.0" };
        let us = 1000 + u64::from(number) * 137;
        add(install, json!({"outcome": outcome, "duration_us": us, "app": {"version": version}}));
    }
    for number in 0..62 {
        add(number % 31, json!({"command": {"path": ["register"], "flags": []}}));
    }
    for number in 0..9 {
        add(number % 3, json!({"command": {"path": ["trees", "list"], "flags": []}}));
    }
    events
}

/// A store whose key is known, so that each run of these tests sees the same noise.
fn stored(path: &Path, key: u8) -> SqliteStore {
    stored_of(path, key, &events())
}

fn stored_of(path: &Path, key: u8, events: &[Json]) -> SqliteStore {
    let store = SqliteStore::open(path).unwrap();
    for (number, chunk) in (1..).zip(events.chunks(400)) {
        store.insert(&[admitted(number, chunk)], now()).unwrap();
    }
    let file = rusqlite::Connection::open(path).unwrap();
    assert_eq!(file.execute("UPDATE noise_key SET key = ?1", [[key; 32]]).unwrap(), 1);
    store
}

fn noise(epsilon: f64) -> Noise {
    Noise::new(epsilon).unwrap()
}

fn query(name: ReportName) -> Query {
    Query::new(name).top(usize::MAX).compare("1.2.0", "1.3.0")
}

fn numbers(json: &Json, found: &mut Vec<f64>) {
    match json {
        Json::Number(number) => found.extend(number.as_f64()),
        Json::Array(list) => list.iter().for_each(|each| numbers(each, found)),
        Json::Object(object) => object.values().for_each(|each| numbers(each, found)),
        _ => {}
    }
}

#[test]
fn no_exact_number_stands_beside_the_noise() {
    let home = tempfile::tempdir().unwrap();
    let store = stored(&home.path().join("a"), 1);
    for name in ReportName::ALL {
        let plain = store.report(&query(*name)).unwrap().to_json();
        let noised = store.report(&query(*name).noise(noise(0.02))).unwrap();
        let mut exact = Vec::new();
        numbers(&plain, &mut exact);
        let exact: BTreeSet<u64> = exact
            .into_iter()
            // What is small is 1, 10 and the like by chance or by rank; a share of these is not exact either.
            .filter(|number| *number >= 25.0 && number.fract() == 0.0)
            .map(|number| format!("{number}").parse().unwrap())
            .collect();
        assert!(exact.contains(&448) && exact.contains(&97), "{exact:?}");
        let mut shown = noised.to_json();
        // What is said of the noise itself.
        shown.as_object_mut().unwrap().remove("noise").unwrap();
        let mut found = Vec::new();
        numbers(&shown, &mut found);
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let beside: Vec<_> = exact.iter().filter(|exact| found.contains(&(**exact as f64))).collect();
        assert!(beside.is_empty(), "{name:?}: {beside:?}");
        // In sentences, too.
        let text = shown.to_string();
        for exact in ["448", "97 ", " 377", "377 "] {
            assert!(!text.contains(exact), "{name:?}: {exact} in {text}");
        }
    }
}

#[test]
fn the_same_question_has_the_same_noise_and_another_store_another() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a");
    let (store, other) = (stored(&path, 1), stored(&home.path().join("b"), 2));
    for name in ReportName::ALL {
        let query = query(*name).noise(noise(0.1));
        let first = store.report(&query).unwrap().to_json();
        assert_eq!(store.report(&query).unwrap().to_json(), first);
        assert_eq!(SqliteStore::open_existing(&path).unwrap().report(&query).unwrap().to_json(), first);
        assert_ne!(other.report(&query).unwrap().to_json(), first);
        assert_ne!(store.report(&query.clone().noise(noise(0.2))).unwrap().to_json(), first);
    }
}

/// Filters that leave everything in are as many questions as one likes, and no mean can be taken over them.
#[test]
fn filters_that_change_nothing_have_no_noise_of_their_own() {
    let home = tempfile::tempdir().unwrap();
    let store = stored(&home.path().join("a"), 1);
    let asked = |filters: Filters| {
        let query = query(ReportName::Commands).filters(filters).noise(noise(0.1));
        let json = store.report(&query).unwrap().to_json();
        (json["totals"].clone(), json["commands"].clone())
    };
    let whole = asked(Filters::default());
    assert_eq!(monday(0), -3);
    for day in ["2001-01-01", "2015-06-07", "2022-04-11"] {
        assert_eq!(asked(Filters { since: day.parse().ok(), ..Filters::default() }), whole);
    }
    assert_eq!(asked(Filters { program: Some("orchard".to_owned()), ..Filters::default() }), whole);
}

#[test]
fn what_is_of_too_few_installs_is_hidden_whatever_the_noise() {
    let home = tempfile::tempdir().unwrap();
    for key in 0..8 {
        let store = stored(&home.path().join(key.to_string()), key);
        for epsilon in [0.01, 0.1, 1.0, 10.0] {
            for name in
                [ReportName::Overview, ReportName::Commands, ReportName::Durations, ReportName::Impact]
            {
                let report = store.report(&query(name).noise(noise(epsilon))).unwrap();
                assert!(!report.to_json().to_string().contains("trees list"), "{name:?} {epsilon} {key}");
            }
        }
    }
    let store = stored(&home.path().join("all"), 1);
    let all = store.report(&query(ReportName::Commands).min_installs(1).noise(noise(0.1))).unwrap();
    assert!(all.to_json().to_string().contains("trees list"));
}

#[test]
fn every_form_says_how_much_noise_is_in_it() {
    let home = tempfile::tempdir().unwrap();
    let store = stored(&home.path().join("a"), 1);
    let report = store.report(&query(ReportName::Commands).noise(noise(0.5))).unwrap();
    assert_eq!(
        report.to_json()["noise"],
        json!({
            "epsilon": 0.5, "runs_of_one_install": 10,
            "installs": {"scale": 2.0, "within_95": 6}, "runs": {"scale": 20.0, "within_95": 60},
        })
    );
    let note =
        "Every count has noise (epsilon 0.5): of installs within 6 of what is stored in 95 of 100 cells";
    assert!(report.notes.iter().any(|said| said.starts_with(note)), "{:?}", report.notes);
    let csv = String::from_utf8(report.to_csv()).unwrap();
    assert!(
        csv.contains(
            "section,counts,epsilon,scale,within_95\nnoise,installs,0.5,2,6\nnoise,runs,0.5,20,60\n"
        )
    );
    assert!(csv.contains(note));
    let plain = store.report(&query(ReportName::Commands)).unwrap();
    assert!(plain.to_json().get("noise").is_none() && !plain.notes.concat().contains("noise"));
}

#[test]
fn who_reads_a_server_cannot_do_without_its_noise() {
    let home = tempfile::tempdir().unwrap();
    let store = Arc::new(stored(&home.path().join("a"), 1));
    let expected = store.report(&Query::new(ReportName::Commands).noise(noise(0.5))).unwrap().to_json();
    // Read as an answer is: the last digit of a share is the parser's.
    let expected: Json = serde_json::from_str(&expected.to_string()).unwrap();
    let options = ServeOptions::new(([127, 0, 0, 1], 0).into(), store, policies()).clock(now);
    let server = Server::bind(options.noise(noise(0.5))).unwrap().start().unwrap();
    for question in ["", "?noise=10", "?noise=", "?epsilon=10"] {
        let answer = send(server.address(), &format!("GET /reports/commands.json{question}"), &[], b"");
        assert_eq!(answer.json(), expected, "{question}");
    }
    let page = send(server.address(), "GET /reports/commands", &[], b"");
    assert!(String::from_utf8_lossy(&page.body).contains("Every count has noise (epsilon 0.5)"));
    server.stop().unwrap();
}

/// Who raises the least number until a row goes learns what is shown anyway, and not what is stored.
#[test]
fn the_number_at_which_a_row_goes_is_the_one_that_is_shown() {
    let home = tempfile::tempdir().unwrap();
    let mut above = 0;
    for key in 0..6 {
        // Of `plant` alone: no other row needs it as cover.
        let store = Arc::new(stored_of(&home.path().join(key.to_string()), key, &events()[..377]));
        let options = ServeOptions::new(([127, 0, 0, 1], 0).into(), store, policies()).clock(now);
        let server = Server::bind(options.noise(noise(0.2))).unwrap().start().unwrap();
        let plant = |least: u64| {
            let question = format!("GET /reports/commands.json?min_installs={least}");
            let json = send(server.address(), &question, &[], b"").json();
            let rows = json["commands"].as_array().unwrap().clone();
            rows.into_iter()
                .find(|row| row["command"] == "plant")
                .map(|row| row["installs"].as_u64().unwrap())
        };
        let shown = plant(0).unwrap();
        above += u64::from(shown > 97);
        assert_eq!((plant(shown), plant(shown + 1)), (Some(shown), None), "{key}");
        server.stop().unwrap();
    }
    assert!(above > 0, "no noise that would tell");
}
