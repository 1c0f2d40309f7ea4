//! Every call on the file system fails once, and every one from there on: no panic, nothing that was acknowledged is
//! nowhere, nothing is stored twice, and what comes after works.

mod calls;
mod collector;
mod scenarios;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use telemetry_redact::consent::Mode;
use telemetry_schema::EventId;
use telemetry_transport::Which;
use telemetry_transport::faults::{Calls, Fault, Kind, Lasts, during};

use self::collector::Collector;
use self::scenarios::{SCENARIOS, Scenario, run_after};
use crate::fixture::{Home, NOW_MS, event, id_at, nobody_starts, numbered};

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
