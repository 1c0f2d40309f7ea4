use proptest::prelude::*;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Value as Json, json};
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::{EventId, InstallId, Timestamp};

use super::super::reader::SqliteReader;
use super::*;
use crate::report::answer;
use crate::store::sqlite::{SqliteStore, lock};
use crate::{Day, Filters, Policies, Query, ReportName, Store, admit};

/// Monday 2022-04-11.
const FIRST_DAY: i64 = 19_093;
const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;

fn event_of(day: i64, number: u64, install: u8) -> Json {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    let moment = |us| Timestamp::new((FIRST_DAY + day) * DAY_US + us, 0).unwrap();
    let outcome = match number % 4 {
        0 => json!({"kind": "panic"}),
        1 => json!({"kind": "error", "code": "no_water"}),
        _ => json!({"kind": "success"}),
    };
    json!({
        "schema_version": 1, "policy_version": 1, "event_id": EventId::new(1_700_000_000_000, &random),
        "install_id": InstallId::new([install; 16]),
        "app": {"name": "orchard", "version": if number.is_multiple_of(3) { "1.2.0" } else { "1.3.0" }},
        "os": {"name": if install.is_multiple_of(2) { "debian" } else { "fedora" }, "arch": "x86_64"},
        "command": {"path": if number.is_multiple_of(5) { vec![] } else { vec!["plant"] }, "flags": [],
            "positional_count": 0, "positionals": [], "dropped": {"words": 0, "flags": 0, "values": 0}},
        "started_at": moment(0), "completed_at": moment(5_000), "duration_us": 1000 * (number % 50), "outcome": outcome,
        "context": {"terminal": {"stdin": "other", "stdout": "other", "stderr": "other"}},
    })
}

fn event(number: u8, install: u8) -> Json {
    event_of(0, number.into(), install)
}

fn insert(store: &SqliteStore, events: &[Json]) {
    let policy = r#"{"format": 1, "program": "orchard", "version": 1, "dialect": "clap",
        "error_codes": ["no_water"], "commands": [{"path": ""}, {"path": "plant"}]}"#;
    let policies = Policies::new().with(Redactor::new(Policy::from_json(policy).unwrap()));
    let batch = json!({
        "protocol_version": 1, "batch_id": "0190163d-8694-739b-aea5-966c26f8ad91", "events": events,
    });
    let batch = admit(batch.to_string().as_bytes(), &policies).unwrap();
    assert_eq!(batch.refused(), []);
    let received_at = Timestamp::new((FIRST_DAY + 1000) * DAY_US, 0).unwrap();
    store.insert(&[batch], received_at).unwrap();
}

fn store_of(events: &[Json]) -> SqliteStore {
    let store = SqliteStore::in_memory().unwrap();
    insert(&store, events);
    store
}

fn erase_of(store: &SqliteStore, install: u8) {
    let mut writer = lock(&store.writer);
    let transaction = writer.transaction().unwrap();
    let install = InstallId::new([install; 16]);
    erase(&transaction, install).unwrap();
    transaction.execute("DELETE FROM events WHERE install_id = ?1", [install.to_bytes()]).unwrap();
    transaction.commit().unwrap();
}

fn reports(store: &SqliteStore) -> Vec<Json> {
    let report = |name: &ReportName| store.report(&Query::new(*name).min_installs(1)).unwrap().to_json();
    ReportName::ALL.iter().map(report).collect()
}

/// How many sets have the number of an install: of days and of weeks.
fn sets_with(connection: &Connection, number: u32) -> [usize; 2] {
    ["counts", "weeks"].map(|table| {
        let query = format!("SELECT 0, 0, 0, 0, durations, installs, failed_installs FROM {table}");
        let mut statement = connection.prepare(&query).unwrap();
        let sums = statement.query_map([], |row| Sum::read(row, 0)).unwrap();
        sums.filter(|sum| sum.as_ref().unwrap().installs().contains(number)).count()
    })
}

fn number_of(connection: &Connection, install: u8) -> Option<u32> {
    let query = "SELECT number FROM installs WHERE install_id = ?1";
    connection
        .query_row(query, [InstallId::new([install; 16]).to_bytes()], |row| row.get(0))
        .optional()
        .unwrap()
}

/// Events of this many weeks, each install in each, so that most weeks are summed up.
fn weeks_of(weeks: i64, installs: RangeInclusive<u8>) -> Vec<Json> {
    let of_week = |week: i64| {
        let number = move |install: u8| 100 * week.unsigned_abs() + u64::from(install);
        installs.clone().map(move |install| event_of(week * 7 + 3, number(install), install))
    };
    (0..weeks).flat_map(of_week).collect()
}

#[test]
fn an_erased_install_has_never_been_there() {
    let (mine, other): (Vec<_>, Vec<_>) =
        ((1..=4).map(|number| event(number, 1)).collect(), (5..=9).map(|number| event(number, 2)).collect());
    for (weeks, mine, other) in [(1, mine, other), (6, weeks_of(6, 1..=1), weeks_of(6, 2..=3))] {
        let store = store_of(&[mine, other.clone()].concat());
        let with_both = reports(&store);
        let never = store_of(&other);
        let without = reports(&never);
        let number = number_of(&lock(&store.writer), 1).unwrap();
        let [days, in_weeks] = sets_with(&lock(&store.writer), number);
        assert!(days > 0 && (in_weeks > 0) == (weeks > 2), "{days}, {in_weeks}");
        erase_of(&store, 1);
        assert_eq!(sets_with(&lock(&store.writer), number), [0, 0]);
        assert_eq!(number_of(&lock(&store.writer), 1), None);
        assert_ne!(reports(&store), with_both);
        assert_eq!(reports(&store), without);
    }
}

#[test]
fn what_is_not_counted_yet_is_erased_too() {
    let store = store_of(&[event(1, 1), event(2, 2)]);
    erase_of(&store, 1);
    assert_eq!(reports(&store), reports(&store_of(&[event(2, 2)])));
}

fn summed(store: &SqliteStore) -> i64 {
    lock(&store.writer).query_row("SELECT COUNT(DISTINCT day) FROM weeks", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_week_is_summed_up_when_the_next_one_is_over() {
    for (last, weeks) in [(13, 0), (14, 1), (20, 1), (21, 2)] {
        // What a clock of somebody says is believed no further than to the day it came.
        let store = store_of(&[event_of(0, 1, 1), event_of(7, 2, 1), event_of(last, 3, 1)]);
        reports(&store);
        assert_eq!(summed(&store), weeks, "{last}");
    }
    let store = store_of(&[event_of(995, 1, 1), event_of(5000, 2, 1)]);
    reports(&store);
    assert_eq!(summed(&store), 0, "of a day that has not come");
}

/// What happens to a store: events of a day and an install, or all of an install is erased.
#[derive(Debug, Clone)]
enum Step {
    Insert(Vec<(i64, u8)>),
    Erase(u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let events = prop::collection::vec((0..60_i64, 1..12_u8), 1..40);
    let step = prop_oneof![4 => events.prop_map(Step::Insert), 1 => (1..12_u8).prop_map(Step::Erase)];
    prop::collection::vec(step, 1..6)
}

fn queries() -> Vec<Query> {
    let day = |day: i64| Some(Day::new(FIRST_DAY + day));
    let of = |(name, since, until, version): (_, _, _, Option<&str>)| {
        let version = version.map(str::to_owned);
        Query::new(name).min_installs(1).filters(Filters { version, since, until, ..Filters::default() })
    };
    let whole = ReportName::ALL.iter().map(|name| of((*name, None, None, None)));
    // Whole weeks alone, parts of weeks at both ends, at one, and no whole week.
    let parts = [(day(7), day(27)), (day(5), day(30)), (None, day(16)), (day(9), None), (day(15), day(18))];
    let parts = parts.into_iter().flat_map(|(since, until)| {
        [None, Some("1.2.0")].map(|version| of((ReportName::Overview, since, until, version)))
    });
    whole.chain(parts).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn weeks_say_what_their_days_say(steps in steps()) {
        let store = SqliteStore::in_memory().unwrap();
        let mut number = 0;
        for step in steps {
            match step {
                Step::Insert(events) => {
                    let events: Vec<Json> = events.into_iter().map(|(day, install)| {
                        number += 1;
                        event_of(day, number, install)
                    }).collect();
                    insert(&store, &events);
                }
                Step::Erase(install) => erase_of(&store, install),
            }
            let queries = queries();
            let by_weeks: Vec<Json> =
                queries.iter().map(|query| store.report(query).unwrap().to_json()).collect();
            lock(&store.writer).execute_batch("DELETE FROM weeks; UPDATE segments SET summed_until = NULL").unwrap();
            for (query, by_weeks) in queries.iter().zip(by_weeks) {
                let mut days = SqliteReader::begin(lock(&store.writer), &store.path).unwrap();
                prop_assert_eq!(answer(&mut days, query).unwrap().to_json(), by_weeks);
            }
            // So that what comes next changes weeks that are summed up.
            reports(&store);
        }
    }
}
