//! Every call on the file system fails once, and every one from there on: no panic, nothing that was acknowledged is
//! nowhere, nothing is stored twice, and what comes after works.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Duration;

use telemetry_redact::consent::{Mode, SendPermit};
use telemetry_schema::{Batch, Event, EventId, LossReason, Problem, Receipt, Refusal};
use telemetry_transport::faults::{Calls, Fault, Kind, Lasts, during};
use telemetry_transport::{SealedBatch, SendError, ShipReport, Sink, SpoolLimits, Which, ship};

use crate::fixture::{
    Home, NOW_MS, TestClock, event, event_id, id_at, json, json_of, nobody_starts, numbered, receipt, yes,
};

const EIO: i32 = 5;
const EINTR: i32 = 4;
const EACCES: i32 = 13;
const ENOSPC: i32 = 28;

/// The faults that each call meets. An interruption for good would be a process that never gets anywhere.
const FAULTS: [(Kind, Lasts); 9] = [
    (Kind::Error(EIO), Lasts::Once),
    (Kind::Error(EIO), Lasts::ForGood),
    (Kind::Error(ENOSPC), Lasts::Once),
    (Kind::Error(ENOSPC), Lasts::ForGood),
    (Kind::Error(EACCES), Lasts::Once),
    (Kind::Error(EACCES), Lasts::ForGood),
    (Kind::Error(EINTR), Lasts::Once),
    (Kind::HalfWritten, Lasts::Once),
    (Kind::HalfWritten, Lasts::ForGood),
];

const DEADLINE: Duration = Duration::from_secs(10);
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// The collector refuses this event, and takes no batch that holds the other.
const REFUSED: u64 = 4;
const TOO_LARGE: u64 = 15;

/// A collector that stores each event once, however often it comes.
#[derive(Default)]
struct Collector {
    /// Stores and does not answer.
    silent: Cell<bool>,
    stored: RefCell<BTreeMap<EventId, u64>>,
    refused: RefCell<BTreeSet<EventId>>,
    told: RefCell<BTreeMap<LossReason, u64>>,
}

impl Collector {
    fn lost(&self) -> u64 {
        self.told.borrow().values().sum()
    }
}

impl Sink for Collector {
    fn send(&self, sealed: &SealedBatch, _: SendPermit, _: Duration) -> Result<Receipt, SendError> {
        let batch: Batch<Event> = serde_json::from_slice(sealed.body()).unwrap();
        let mut ids = batch.events.iter().map(|event| event.event_id);
        if ids.any(|id| id == event_id(TOO_LARGE)) {
            return Err(SendError::TooLarge);
        }
        for loss in batch.losses {
            *self.told.borrow_mut().entry(loss.reason).or_default() += loss.count;
        }
        let mut stored = self.stored.borrow_mut();
        let mut answer = receipt(sealed, Vec::new());
        for (index, event) in (0..).zip(&batch.events) {
            let id = event.event_id;
            if id == event_id(REFUSED) {
                self.refused.borrow_mut().insert(id);
                let problems = vec![Problem { field: "app.name".into(), rule: "policy.unknown".into() }];
                answer.refused.push(Refusal { index, event_id: Some(id), problems });
                answer.accepted -= 1;
            } else if let Some(times) = stored.get_mut(&id) {
                *times += 1;
                answer.accepted -= 1;
                answer.duplicates += 1;
            } else {
                stored.insert(id, 1);
            }
        }
        if self.silent.get() { Err(SendError::Timeout) } else { Ok(answer) }
    }
}

/// Something to do while calls fail. It adds what was acknowledged meanwhile.
struct Scenario {
    name: &'static str,
    limits: fn() -> SpoolLimits,
    /// Makes a directory, and gives what was acknowledged before.
    before: fn(&Home) -> Vec<EventId>,
    work: fn(&Home, &Collector, &mut Vec<EventId>),
    /// Whether what is there is to go.
    purges: bool,
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

fn run(home: &Home, collector: &Collector) -> ShipReport {
    run_after(home, collector, 0)
}

/// So many minutes later, as above.
fn run_after(home: &Home, collector: &Collector, minutes: u64) -> ShipReport {
    let clock = TestClock::at(NOW_MS + minutes * 60_000);
    ship(&home.spool, &home.ledger, collector, yes, &clock, DEADLINE)
}

/// A name of a segment that was closed so many milliseconds ago.
fn segment(ago_ms: u64, number: u64) -> String {
    format!("{}.ndjson", id_at(NOW_MS - ago_ms, number))
}

fn write(path: &Path, text: &str) {
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

const SCENARIOS: [Scenario; 10] = [
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

/// Every fault at every call takes minutes: `cargo xtask soak` sets this. Without, each call fails once and for good,
/// and meets one of the other faults, in turn.
const FULL: &str = "TELEMETRY_TEST_FULL";

#[test]
fn a_failing_call_loses_nothing_that_was_acknowledged() {
    let every = std::env::var_os(FULL).is_some();
    for scenario in &SCENARIOS {
        assert!(!meet(scenario, None), "without a fault none is met");
        // Faults are a thread's own.
        let met: u64 = std::thread::scope(|scope| {
            let each =
                (0..FAULTS.len()).map(|index| scope.spawn(move || at_each_call(scenario, index, every)));
            each.collect::<Vec<_>>().into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert!(met > 20, "{}: {met}", scenario.name);
        println!("{}: {met} faults", scenario.name);
    }
}

/// The fault at the first call, at the second, and so on, until it is beyond the last. How many were met.
fn at_each_call(scenario: &Scenario, index: usize, every: bool) -> u64 {
    let (kind, lasts) = FAULTS[index];
    let (always, in_turn) = (2, FAULTS.len() - 2);
    let step = if every || index < always { 1 } else { in_turn };
    let first = if step == 1 { 0 } else { index - always };
    let calls = (first as u64..).step_by(step);
    calls.take_while(|at| meet(scenario, Some(Fault { at: *at, kind, lasts }))).count() as u64
}

/// Goes through a scenario with a fault, and says whether it was met.
fn meet(scenario: &Scenario, fault: Option<Fault>) -> bool {
    let _nobody = nobody_starts();
    let home = Home::with((scenario.limits)());
    let collector = Collector::default();
    let mut acknowledged = (scenario.before)(&home);
    let before = acknowledged.len();
    let ((), Calls { made, failed, .. }) =
        during(fault, || (scenario.work)(&home, &collector, &mut acknowledged));
    let said = format!("{}: {fault:?} of {made} calls, {failed:?}", scenario.name);
    if fault.is_some_and(|fault| fault.kind == Kind::Error(EINTR)) && scenario.name.contains("append") {
        assert!(acknowledged.len() > before, "an interrupted call is made again: {said}");
    }
    after(&home, &collector, scenario, &acknowledged, &said);
    failed.is_some()
}

/// With the fault gone: the next operations work, and everything is somewhere.
fn after(home: &Home, collector: &Collector, scenario: &Scenario, acknowledged: &[EventId], said: &str) {
    if scenario.purges {
        home.spool.purge().unwrap();
        home.ledger.purge().unwrap();
        let left = files_below(&home.state);
        assert!(left.iter().all(|file| file.ends_with("lock")), "{said}: {left:?}");
        return;
    }
    let last = id_at(NOW_MS + 3 * 60_000, 999);
    home.spool.append(&event(last, Mode::On)).unwrap_or_else(|error| panic!("{said}: {error}"));
    home.spool.read(Which::Pending).unwrap_or_else(|error| panic!("{said}: {error}"));
    let report = run_after(home, collector, 3);
    assert_eq!((report.left, report.stopped_by), (0, None), "{said}");
    // What was lost with the last batch is told with the next one.
    home.spool.append(&numbered(1000)).unwrap();
    run_after(home, collector, 4);

    let stored = collector.stored.borrow();
    assert!(stored.contains_key(&last), "{said}");
    let mut sent: BTreeSet<_> = home.sent().into_iter().collect();
    if scenario.name.contains("without an answer") {
        sent.extend(home.unanswered());
    }
    let unshown: Vec<_> =
        stored.keys().chain(&*collector.refused.borrow()).filter(|id| !sent.contains(id)).copied().collect();
    assert!(unshown.is_empty(), "{said}: sent and not in the ledger: {unshown:?}");
    let missing: Vec<_> = acknowledged.iter().filter(|id| !stored.contains_key(id)).collect();
    assert!(missing.len() as u64 <= collector.lost(), "{said}: {missing:?} and {:?}", collector.told);
    let losses = fs::read_to_string(home.state.join("losses.json")).unwrap_or_default();
    assert!(matches!(losses.as_str(), "" | "{}"), "{said}: {losses}");
    let local = home.spool.read(Which::Local).unwrap().records.len();
    assert_eq!(local, usize::from(home.state.join("local").exists()), "{said}");
}

fn files_below(directory: &Path) -> Vec<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path.file_name().unwrap().to_str().unwrap().to_owned());
        }
    }
    files
}

/// What deciding costs does not depend on how much there is.
#[test]
fn an_append_to_a_spool_of_150_000_records_makes_the_calls_of_one_to_an_empty_spool() {
    let mut limits = SpoolLimits::default();
    (limits.max_bytes, limits.max_records) = (1 << 30, 1_000_000);
    let calls = |records: usize| {
        let home = Home::with(limits);
        home.spool.append(&numbered(0)).unwrap();
        // A spool that other processes have filled: segments that are closed, and one that grows.
        let many = format!("\n{}\n", json(1)).repeat(records / 5);
        for number in 0..4 {
            write(&home.state.join("pending").join(segment(1000 - number, number)), &many);
        }
        write(&home.state.join("pending/active.ndjson"), &many);
        let (appended, calls) = during(None, || home.spool.append(&numbered(2)));
        appended.unwrap();
        calls.made
    };
    let empty = calls(0);
    assert_eq!(calls(150_000), empty);
    assert!(empty <= 7, "{empty} calls for an append");
}

/// Also the append that closes a segment looks at segments, not at records.
#[test]
fn an_append_that_closes_a_segment_makes_calls_by_segments_and_not_by_records() {
    let calls = |records: usize| {
        let mut limits = SpoolLimits::default();
        // Just so much that the next record closes the segment, whatever its size.
        let text = format!("\n{}\n", json(1)).repeat(records);
        (limits.max_bytes, limits.max_records) = (4 * text.len() as u64, 1_000_000);
        let home = Home::with(limits);
        write(&home.state.join("pending/active.ndjson"), &text);
        let (appended, calls) = during(None, || home.spool.append(&numbered(2)));
        appended.unwrap();
        assert_eq!(home.files("pending").len(), 1);
        assert!(!home.state.join("pending/active.ndjson").exists(), "it was closed");
        calls.made
    };
    assert_eq!(calls(30_000), calls(3));
}

/// The event is local here: what cannot be sent is nobody's loss.
#[test]
fn a_full_disk_gives_the_event_up_and_the_next_one_is_kept() {
    let home = Home::holding(1);
    let full = |at| Fault { at, kind: Kind::Error(ENOSPC), lasts: Lasts::ForGood };
    let (appended, calls) = during(Some(full(4)), || home.spool.append(&event(event_id(1), Mode::Local)));
    appended.unwrap_err();
    assert!(calls.failed.is_some());
    assert!(!home.state.join("losses.json").exists());
    home.spool.append(&event(event_id(2), Mode::Local)).unwrap();
    assert_eq!(home.spool.read(Which::Local).unwrap().records.len(), 1);
}

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
