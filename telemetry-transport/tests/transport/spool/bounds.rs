//! The bounds: what goes, that it is counted, and clocks that jump.

use std::fs;
use std::path::Path;

use telemetry_redact::consent::Mode;
use telemetry_schema::{Batch, Event, Loss, LossReason};
use telemetry_transport::{MemorySink, SpoolLimits, ship};

use super::DEADLINE;
use crate::fixture::{Home, NOW_MS, SEGMENT, TestClock, event, events_of, id_at, json, yes};

#[test]
fn bounds_hold_and_every_event_that_goes_is_counted() {
    let mut limits = SpoolLimits::default();
    limits.max_bytes = 16 * 1024;
    let home = Home::with(limits);
    let appended = 200;
    // One a second: the order of segments is that of their times.
    let later = |number: u64| id_at(NOW_MS + number * 1000, number);
    for number in 0..appended {
        home.spool.append(&event(later(number), Mode::On)).unwrap();
        // One record past a quarter of the bound closes a segment, and that is when there is an eviction.
        assert!(size_of(&home.state.join("pending")) < 16 * 1024 + 4 * 1024 + 2048);
    }
    let kept = home.pending();
    let newest: Vec<_> = (appended - kept.len() as u64..appended).map(later).collect();
    assert_eq!(kept, newest, "the oldest went");
    let sink = MemorySink::new();
    ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
    let batch: Batch<Event> = serde_json::from_slice(sink.batches()[0].body()).unwrap();
    let count = appended - kept.len() as u64;
    assert_eq!(batch.losses, [Loss { reason: LossReason::Evicted, count }]);
    assert_eq!(fs::read_to_string(home.state.join("losses.json")).unwrap(), "{}", "told");
}

fn size_of(directory: &Path) -> u64 {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

/// Segments that nobody could close for a while, or that a shipper put together, are larger than the bound.
#[test]
fn every_event_of_a_segment_larger_than_the_bound_is_counted() {
    let mut limits = SpoolLimits::default();
    limits.max_bytes = 4096;
    let home = Home::with(limits);
    fs::create_dir_all(home.state.join("pending")).unwrap();
    let many = (0..100).map(|number| format!("\n{}\n", json(number))).collect::<Vec<_>>().concat();
    fs::write(home.state.join("pending").join(SEGMENT), many).unwrap();
    ship(&home.spool, &home.ledger, &MemorySink::new(), yes, &TestClock::new(), DEADLINE);
    assert_eq!(fs::read_to_string(home.state.join("losses.json")).unwrap(), r#"{"evicted":100}"#);
}

/// Small events fill the bound on records before the one on bytes.
#[test]
fn no_more_records_are_kept_than_the_bound_says() {
    let mut limits = SpoolLimits::default();
    (limits.max_bytes, limits.max_records) = (64 * 1024, 60);
    let home = Home::with(limits);
    let later = |number: u64| id_at(NOW_MS + number * 1000, number);
    let appended = 200;
    for number in 0..appended {
        home.spool.append(&event(later(number), Mode::On)).unwrap();
    }
    let kept = home.pending();
    // The segment that grows is looked at when it is closed, at a quarter of the bound on bytes.
    let in_a_segment = 16 * 1024 / (json(0).len() + 2) + 1;
    assert!(kept.len() <= 60 + in_a_segment, "{} records", kept.len());
    let newest: Vec<_> = (appended - kept.len() as u64..appended).map(later).collect();
    assert_eq!(kept, newest, "the oldest went");
    let counted = fs::read_to_string(home.state.join("losses.json")).unwrap();
    assert_eq!(counted, format!(r#"{{"evicted":{}}}"#, appended - kept.len() as u64));
}

/// A file system without locks, or one who holds the lock for ever: each record is a segment of its own, for good.
#[test]
fn bounds_hold_where_every_record_is_a_segment_of_its_own() {
    let mut limits = SpoolLimits::default();
    (limits.max_bytes, limits.max_records) = (1 << 20, 100);
    let home = Home::with(limits);
    fs::create_dir_all(&home.state).unwrap();
    let lock = fs::File::create(home.state.join("lock")).unwrap();
    lock.lock().unwrap();
    for (mode, part) in [(Mode::Local, "local"), (Mode::On, "pending")] {
        for number in 0..400 {
            home.spool.append(&event(id_at(NOW_MS + number, number), mode)).unwrap();
        }
        let kept = home.files(part).len();
        assert!((100..=100 + 64).contains(&kept), "{kept} segments");
    }
    let counted = fs::read_to_string(home.state.join("losses.json")).unwrap();
    assert_eq!(
        counted,
        format!(r#"{{"evicted":{}}}"#, 400 - home.files("pending").len()),
        "local ones are nobody's"
    );
}

/// Whoever set the clock back does not lose what was closed before.
#[test]
fn a_segment_of_the_future_is_not_old() {
    let home = Home::holding(1);
    let future = format!("{}.ndjson", id_at(NOW_MS + 400 * 24 * 60 * 60 * 1000, 0));
    fs::rename(home.state.join("pending/active.ndjson"), home.state.join("pending").join(future)).unwrap();
    let sink = MemorySink::new();
    let report = ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
    assert_eq!((report.sent, report.left), (1, 0));
}

/// A clock that was set forward or back: what is recorded is kept, sent or counted, and what comes next too.
#[test]
fn a_clock_that_jumps_costs_no_event_that_is_not_counted() {
    const YEAR_MS: u64 = 365 * 24 * 60 * 60 * 1000;
    let mut limits = SpoolLimits::default();
    limits.max_bytes = 16 * 1024;
    let home = Home::with(limits);
    let times =
        [NOW_MS, NOW_MS + 9 * YEAR_MS, NOW_MS - 9 * YEAR_MS, NOW_MS, 0, NOW_MS + YEAR_MS, u64::MAX >> 16];
    let mut appended = 0;
    for time in times {
        for _ in 0..20 {
            home.spool.append(&event(id_at(time, appended), Mode::On)).unwrap();
            appended += 1;
        }
    }
    let sink = MemorySink::new();
    for now_ms in [NOW_MS, NOW_MS + 9 * YEAR_MS, 0, NOW_MS] {
        home.spool.append(&event(id_at(now_ms, appended), Mode::On)).unwrap();
        appended += 1;
        let clock = TestClock::at(now_ms);
        let report = ship(&home.spool, &home.ledger, &sink, yes, &clock, DEADLINE);
        assert_eq!((report.left, report.stopped_by), (0, None), "{now_ms}");
    }
    let batches = sink.batches();
    let sent: u64 = batches.iter().map(|batch| events_of(batch).len() as u64).sum();
    let told: Vec<Loss> = batches
        .iter()
        .flat_map(|batch| serde_json::from_slice::<Batch<Event>>(batch.body()).unwrap().losses)
        .collect();
    let lost: u64 = told.iter().map(|loss| loss.count).sum();
    assert_eq!(sent + lost, appended, "{told:?}");
    assert!(told.iter().all(|loss| matches!(loss.reason, LossReason::Expired | LossReason::Evicted)));
}
