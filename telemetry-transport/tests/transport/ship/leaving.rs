//! What leaves, and what does not: consent, age, purges, and what comes meanwhile.

use std::cell::Cell;
use std::fs;

use telemetry_redact::consent::Mode;
use telemetry_schema::{Loss, LossReason};
use telemetry_transport::{MemorySink, SendError, Stopped, Which, ship};

use super::{DAY_MS, DEADLINE, fails, losses, run};
use crate::fixture::{
    Answer, Home, NOW_MS, SEGMENT, ScriptSink, TestClock, consent, event, event_id, events_of, id_at,
    numbered, numbers, receipt,
};

#[test]
fn what_was_recorded_for_this_machine_is_never_sent() {
    let home = Home::new();
    home.spool.append(&event(event_id(0), Mode::Local)).unwrap();
    let sink = MemorySink::new();
    run(&home, &sink);
    assert!(sink.batches().is_empty());
    home.spool.append(&numbered(1)).unwrap();
    run(&home, &sink);
    assert_eq!(events_of(&sink.batches()[0]), [event_id(1)]);
    assert_eq!(home.spool.read(Which::Local).unwrap().records.len(), 1);
}

/// A no between two requests: the second is not made, and what is left is deleted.
#[test]
fn a_no_between_two_requests_stops_and_purges() {
    for (no, left) in [(Mode::Off, 0), (Mode::Local, 101)] {
        let home = Home::holding(601);
        let asked = Cell::new(0);
        let answer = || {
            asked.set(asked.get() + 1);
            consent(if asked.get() == 1 { Mode::On } else { no })
        };
        let sink = MemorySink::new();
        let report = ship(&home.spool, &home.ledger, &sink, answer, &TestClock::new(), DEADLINE);
        assert_eq!(sink.batches().len(), 1, "{no}");
        assert_eq!(report.stopped_by, Some(Stopped::ConsentClosed), "{no}");
        assert_eq!((report.sent, report.left), (500, left), "{no}");
        assert_eq!(home.pending().len() as u64, left, "{no}");
        assert_eq!(home.sent(), numbers(0..500), "what went is still shown");
        assert_eq!(home.files("sent").len(), 2, "the batch that was not sent is not in the ledger");
    }
}

/// Neither is what was purged sent from memory, nor does writing the rest of a segment bring it back.
#[test]
fn what_is_purged_during_a_request_stays_away() {
    let home = Home::holding(600);
    let sink = ScriptSink::new([Box::new(|batch: &_| {
        assert_eq!(home.spool.purge().unwrap(), 600);
        home.spool.append(&numbered(1000)).unwrap();
        Ok(receipt(batch, Vec::new()))
    }) as Answer<'_>]);
    let report = run(&home, &sink);
    assert_eq!((report.sent, report.left), (501, 0));
    let got = sink.got.borrow();
    assert_eq!((got.len(), events_of(&got[1])), (2, numbers(1000..1001)));
}

#[test]
fn old_events_expire_and_events_of_the_future_do_not() {
    let home = Home::new();
    let [old, young, future] = [NOW_MS - 31 * DAY_MS, NOW_MS - 29 * DAY_MS, NOW_MS + 400 * DAY_MS];
    for time in [old, young, future] {
        home.spool.append(&event(id_at(time, 0), Mode::On)).unwrap();
    }
    let sink = MemorySink::new();
    let report = run(&home, &sink);
    assert_eq!((report.sent, report.expired), (2, 1));
    assert_eq!(events_of(&sink.batches()[0]), [id_at(young, 0), id_at(future, 0)]);
    assert_eq!(losses(sink.batches()[0].body()), [Loss { reason: LossReason::Expired, count: 1 }]);
}

#[test]
fn one_ships_and_the_other_waits_until_its_deadline() {
    let home = Home::holding(1);
    let lock = fs::File::create(home.state.join("ship.lock")).unwrap();
    lock.lock().unwrap();
    let sink = MemorySink::new();
    let report = run(&home, &sink);
    assert_eq!((report.left, report.stopped_by), (1, Some(Stopped::AnotherShips)));
    assert!(sink.batches().is_empty());
    drop(lock);
    assert_eq!(run(&home, &sink).sent, 1);
}

/// An event that comes while the batch before it is on its way leaves with the same shipper.
#[test]
fn what_is_appended_during_a_request_leaves_too() {
    let home = Home::holding(1);
    let sink = ScriptSink::new([Box::new(|batch: &_| {
        home.spool.append(&numbered(1)).unwrap();
        Ok(receipt(batch, Vec::new()))
    }) as Answer<'_>]);
    assert_eq!(run(&home, &sink).sent, 2);
    assert_eq!(home.sent(), numbers(0..2));
}

/// A shipper beside a loop of commands gathers what comes, rather than make a request for each.
#[test]
fn what_comes_one_by_one_leaves_in_few_requests() {
    let home = Home::holding(1);
    let one_more = |number| {
        let home = &home;
        Box::new(move |batch: &_| {
            home.spool.append(&numbered(number)).unwrap();
            Ok(receipt(batch, Vec::new()))
        }) as Answer<'_>
    };
    let sink = ScriptSink::new((1..200).map(one_more));
    run(&home, &sink);
    let requests = sink.got.borrow().len();
    assert!((2..10).contains(&requests), "{requests} requests");
}

#[test]
fn one_batch_takes_from_many_segments() {
    let home = Home::holding(1);
    let lock = fs::File::options().write(true).open(home.state.join("lock")).unwrap();
    lock.lock().unwrap();
    // Each in a segment of its own.
    for number in 1..50 {
        home.spool.append(&numbered(number)).unwrap();
    }
    drop(lock);
    assert_eq!(home.files("pending").len(), 50);
    let away = ScriptSink::new((0..100).map(|_| fails(SendError::Unreachable)));
    assert_eq!(run(&home, &away).left, 50);
    assert_eq!(home.files("shipping").len(), 1, "they are put together");
    let sink = MemorySink::new();
    assert_eq!(run(&home, &sink).sent, 50);
    assert_eq!(sink.batches().len(), 1);
    assert_eq!(home.sent(), numbers(0..50));
    assert!(home.files("shipping").is_empty());
}

#[test]
fn damage_that_cannot_be_moved_aside_blocks_nothing() {
    let home = Home::holding(1);
    fs::write(home.state.join("damaged"), "a file where a directory has to be").unwrap();
    fs::write(home.state.join("pending").join(SEGMENT), "{").unwrap();
    let report = run(&home, &MemorySink::new());
    assert_eq!((report.sent, report.damaged, report.left), (1, 1, 0));
}

#[test]
fn batches_are_bounded_by_events() {
    let home = Home::holding(1001);
    let sink = ScriptSink::default();
    assert_eq!(run(&home, &sink).sent, 1001);
    let sizes: Vec<_> = sink.got.borrow().iter().map(telemetry_transport::SealedBatch::events).collect();
    assert_eq!(sizes, [500, 500, 1]);
    let mut ids = sink.batch_ids();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}
