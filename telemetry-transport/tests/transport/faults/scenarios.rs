//! What is done while calls fail.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use telemetry_redact::consent::Mode;
use telemetry_schema::EventId;
use telemetry_transport::{ShipReport, SpoolLimits, Which, ship};

use super::collector::Collector;
use crate::fixture::{Home, NOW_MS, TestClock, event, event_id, id_at, json, json_of, yes};

const DEADLINE: Duration = Duration::from_secs(10);
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Something to do while calls fail. It adds what was acknowledged meanwhile.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    pub(super) limits: fn() -> SpoolLimits,
    /// Makes a directory, and gives what was acknowledged before.
    pub(super) before: fn(&Home) -> Vec<EventId>,
    pub(super) work: fn(&Home, &Collector, &mut Vec<EventId>),
    /// Whether what is there is to go.
    pub(super) purges: bool,
}

fn append(home: &Home, number: u64, acknowledged: &mut Vec<EventId>) {
    append_after(home, 0, number, acknowledged);
}

/// So many minutes later: a segment that is closed then is younger than those before.
fn append_after(home: &Home, minutes: u64, number: u64, acknowledged: &mut Vec<EventId>) {
    let id = id_at(NOW_MS + minutes * 60_000, number);
    if home.spool.append(&event(id, Mode::On)).is_ok() {
        acknowledged.push(id);
    }
}

pub(super) fn run(home: &Home, collector: &Collector) -> ShipReport {
    run_after(home, collector, 0)
}

/// So many minutes later, as above.
pub(super) fn run_after(home: &Home, collector: &Collector, minutes: u64) -> ShipReport {
    let clock = TestClock::at(NOW_MS + minutes * 60_000);
    ship(&home.spool, &home.ledger, collector, yes, &clock, DEADLINE)
}

/// A name of a segment that was closed so many milliseconds ago.
pub(super) fn segment(ago_ms: u64, number: u64) -> String {
    format!("{}.ndjson", id_at(NOW_MS - ago_ms, number))
}

pub(super) fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn nothing(_: &Home) -> Vec<EventId> {
    Vec::new()
}

/// Everything that may lie in a state directory, also what killed processes leave.
fn everything(home: &Home) -> Vec<EventId> {
    let state = &home.state;
    let old = id_at(NOW_MS - 31 * DAY_MS, 77);
    let old_json = json_of(old);
    write(&state.join("pending/active.ndjson"), &format!("\n{}\n\n{}\n\n{{\"torn", json(0), json(1)));
    let closed = state.join("pending").join(segment(1000, 1));
    write(&closed, &format!("{}\n{old_json}\n\0\0\0\n{}\n{}\n", json(2), json(3), json(4)));
    for number in 5..25 {
        // One that is in two segments, as after a kill while they were put together.
        let twice = if number == 9 { json(8) } else { String::new() };
        let claimed = state.join("shipping").join(segment(9000 - number, number));
        write(&claimed, &format!("{}\n{twice}\n", json(number)));
    }
    write(&state.join("local/active.ndjson"), &json(500));
    write(&state.join("damaged").join(segment(5000, 3)), "{");
    write(&state.join("purged/old/active.ndjson"), &json(600));
    write(&state.join("losses.json"), r#"{"evicted":2}"#);
    let body = |id: EventId, number: u64| {
        format!(r#"{{"protocol_version":1,"batch_id":"{id}","events":[{}]}}"#, json(number))
    };
    let receipt = |id: EventId| {
        format!(
            r#"{{"batch_id":"{id}","received_at":"2026-01-01T00:00:00.000000Z","accepted":1,"duplicates":0}}"#
        )
    };
    let unanswered = id_at(NOW_MS - 500, 1);
    write(&state.join(format!("sent/{unanswered}.json")), &body(unanswered, 0));
    for (ago_ms, number) in [(100 * DAY_MS, 700), (DAY_MS, 701)] {
        let id = id_at(NOW_MS - ago_ms, number);
        write(&state.join(format!("sent/{id}.json")), &body(id, number));
        write(&state.join(format!("sent/{id}.receipt.json")), &receipt(id));
    }
    (0..25).map(event_id).chain([old]).collect()
}

/// A spool that the next append fills.
fn nearly_full(home: &Home) -> Vec<EventId> {
    let full: String = (0..3).fold(String::new(), |mut text, number| {
        let _ = write!(text, "\n{}\n", json(number));
        text
    });
    write(&home.state.join("pending/active.ndjson"), &full);
    for number in 3..9 {
        write(&home.state.join("pending").join(segment(1000 - number, number)), &json(number));
    }
    (0..9).map(event_id).collect()
}

fn tight() -> SpoolLimits {
    let mut limits = SpoolLimits::default();
    limits.max_bytes = 3000;
    limits
}

fn few() -> SpoolLimits {
    let mut limits = SpoolLimits::default();
    limits.max_bytes = 8000;
    limits.max_records = 8;
    limits
}

pub(super) const SCENARIOS: [Scenario; 10] = [
    Scenario {
        name: "the first append",
        limits: SpoolLimits::default,
        before: nothing,
        work: |home, _, acknowledged| append(home, 900, acknowledged),
        purges: false,
    },
    Scenario {
        name: "an append to what is there",
        limits: SpoolLimits::default,
        before: everything,
        work: |home, _, acknowledged| append(home, 900, acknowledged),
        purges: false,
    },
    Scenario {
        name: "an append that closes a segment and evicts",
        limits: tight,
        before: nearly_full,
        work: |home, _, acknowledged| append(home, 900, acknowledged),
        purges: false,
    },
    Scenario {
        name: "a claim with too many records",
        limits: few,
        before: everything,
        work: |home, collector, _| {
            run(home, collector);
        },
        purges: false,
    },
    Scenario {
        name: "an append while the lock is held",
        limits: tight,
        before: nearly_full,
        work: |home, _, acknowledged| {
            let lock = fs::File::create(home.state.join("lock")).unwrap();
            lock.lock().unwrap();
            // One in 64 of those looks at the bounds.
            append(home, 960, acknowledged);
        },
        purges: false,
    },
    Scenario {
        name: "a claim, a request and the settling",
        limits: SpoolLimits::default,
        before: everything,
        work: |home, collector, _| {
            run(home, collector);
        },
        purges: false,
    },
    Scenario {
        name: "appends between two claims",
        limits: SpoolLimits::default,
        before: nothing,
        work: |home, collector, acknowledged| {
            append(home, 900, acknowledged);
            run(home, collector);
            append(home, 901, acknowledged);
            run(home, collector);
        },
        purges: false,
    },
    Scenario {
        name: "a request without an answer, evictions, and another request",
        limits: tight,
        before: nothing,
        work: |home, collector, acknowledged| {
            append(home, 900, acknowledged);
            append(home, 901, acknowledged);
            collector.silent.set(true);
            run(home, collector);
            for number in 902..914 {
                append_after(home, 1, number, acknowledged);
            }
            run_after(home, collector, 1);
            collector.silent.set(false);
            run_after(home, collector, 2);
        },
        purges: false,
    },
    Scenario {
        name: "a purge",
        limits: SpoolLimits::default,
        before: everything,
        work: |home, _, _| {
            let _ = home.spool.purge();
            let _ = home.ledger.purge();
        },
        purges: true,
    },
    Scenario {
        name: "reading",
        limits: SpoolLimits::default,
        before: everything,
        work: |home, _, _| {
            let _ = home.spool.read(Which::Pending);
            let _ = home.spool.read(Which::Local);
            let _ = home.ledger.read();
        },
        purges: false,
    },
];

/// Without a fault the scenario does what it says: otherwise it would show nothing.
#[test]
fn what_was_not_answered_is_evicted_and_still_shown() {
    let scenario = SCENARIOS.iter().find(|scenario| scenario.name.contains("without an answer")).unwrap();
    let home = Home::with((scenario.limits)());
    let collector = Collector::default();
    (scenario.work)(&home, &collector, &mut Vec::new());
    assert!(collector.stored.borrow().contains_key(&event_id(900)));
    assert!(home.unanswered().contains(&event_id(900)) && !home.sent().contains(&event_id(900)));
}
