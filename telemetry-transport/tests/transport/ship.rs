//! What the shipper does with answers, consent and time. No socket, and no clock but the test's.

use std::cell::Cell;
use std::fs;
use std::time::Duration;

use telemetry_redact::consent::Mode;
use telemetry_schema::{Batch, Event, Loss, LossReason, Problem, Refusal};
use telemetry_transport::{FileSink, MemorySink, SendError, Sink, Stopped, Which, ship};

use crate::fixture::{
    Answer, Home, NOW_MS, SEGMENT, ScriptSink, TestClock, consent, event, event_id, events_of, id_at, json,
    numbered, numbers, receipt, yes,
};

const DEADLINE: Duration = Duration::from_secs(10);
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn run(home: &Home, sink: &dyn Sink) -> telemetry_transport::ShipReport {
    ship(&home.spool, &home.ledger, sink, yes, &TestClock::new(), DEADLINE)
}

fn fails(error: SendError) -> Answer<'static> {
    Box::new(move |_| Err(error))
}

fn losses(body: &[u8]) -> Vec<Loss> {
    serde_json::from_slice::<Batch<Event>>(body).unwrap().losses
}

#[test]
fn the_ledger_holds_what_the_sink_got_byte_for_byte() {
    let home = Home::holding(3);
    let sink = MemorySink::new();
    let report = run(&home, &sink);
    assert_eq!((report.sent, report.left, report.stopped_by), (3, 0, None));
    let batch = &sink.batches()[0];
    let body = fs::read(home.state.join(format!("sent/{}.json", batch.id()))).unwrap();
    assert_eq!(body, batch.body());
    let sent = home.ledger.read().unwrap();
    assert_eq!(sent.batches[0].batch_id, batch.id());
    assert_eq!(sent.batches[0].receipt.as_ref().unwrap().accepted, 3);
    let shown: Vec<_> = sent.batches[0].events.iter().map(|event| event.get()).collect();
    assert_eq!(shown, [json(0), json(1), json(2)]);
    assert_eq!(home.ledger.purge().unwrap(), 1);
    assert!(home.files("sent").is_empty());
}

#[test]
fn a_damaged_copy_is_reported_and_hides_no_other() {
    let home = Home::holding(1);
    run(&home, &MemorySink::new());
    home.spool.append(&numbered(1)).unwrap();
    let sink = MemorySink::new();
    run(&home, &sink);
    let damaged = home.state.join(format!("sent/{}.json", sink.batches()[0].id()));
    fs::write(&damaged, "{").unwrap();
    let sent = home.ledger.read().unwrap();
    assert_eq!((sent.batches.len(), sent.damaged.len()), (1, 1));
    assert_eq!(sent.damaged[0].path, damaged);
}

#[test]
fn the_ledger_forgets_what_is_old() {
    let home = Home::new();
    for day in [0, 1, 89, 95] {
        let now_ms = NOW_MS + day * DAY_MS;
        home.spool.append(&event(id_at(now_ms, day), Mode::On)).unwrap();
        let clock = TestClock::at(now_ms);
        ship(&home.spool, &home.ledger, &MemorySink::new(), yes, &clock, DEADLINE);
    }
    assert_eq!(home.sent(), [id_at(NOW_MS + 89 * DAY_MS, 89), id_at(NOW_MS + 95 * DAY_MS, 95)]);
}

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

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_bytes() {
    let home = Home::holding(2);
    fs::write(home.state.join("losses.json"), r#"{"evicted":5}"#).unwrap();
    let sink = ScriptSink::new([fails(SendError::Unreachable), fails(SendError::Timeout)]);
    let report = run(&home, &sink);
    assert_eq!((report.sent, report.stopped_by), (2, None));
    let got = sink.got.borrow();
    assert_eq!(got.len(), 3);
    assert!(got.iter().all(|batch| batch.body() == got[0].body()));
    assert_eq!(losses(got[0].body()), [Loss { reason: LossReason::Evicted, count: 5 }]);
    drop(got);
    home.spool.append(&numbered(2)).unwrap();
    run(&home, &sink);
    assert!(losses(sink.got.borrow()[3].body()).is_empty(), "told once");
}

#[test]
fn losses_that_come_meanwhile_wait_for_the_next_batch() {
    let home = Home::holding(1);
    let file = home.state.join("losses.json");
    fs::write(&file, r#"{"evicted":5}"#).unwrap();
    let sink = ScriptSink::new([Box::new(|batch: &_| {
        fs::write(&file, r#"{"evicted":7,"torn":1}"#).unwrap();
        Ok(receipt(batch, Vec::new()))
    }) as Answer<'_>]);
    run(&home, &sink);
    assert_eq!(fs::read_to_string(&file).unwrap(), r#"{"evicted":2,"torn":1}"#);
}

#[test]
fn refused_events_are_set_aside_and_the_others_settled() {
    let home = Home::holding(3);
    let refusal = Refusal {
        index: 1,
        event_id: Some(event_id(1)),
        problems: vec![Problem { field: "app.name".to_owned(), rule: "policy.unknown".to_owned() }],
    };
    let sink = ScriptSink::new([Box::new(|batch: &_| Ok(receipt(batch, vec![refusal]))) as Answer<'_>]);
    let report = run(&home, &sink);
    assert_eq!((report.sent, report.refused, report.left), (2, 1, 0));
    let aside = fs::read_to_string(home.state.join("damaged").join(&home.files("damaged")[0])).unwrap();
    assert_eq!(aside, json(1));
    home.spool.append(&numbered(3)).unwrap();
    run(&home, &sink);
    assert_eq!(losses(sink.got.borrow()[1].body()), [Loss { reason: LossReason::Refused, count: 1 }]);
}

#[test]
fn a_batch_that_is_too_large_is_split_and_an_event_that_is_too_large_set_aside() {
    let home = Home::holding(9);
    let small = |batch: &telemetry_transport::SealedBatch| {
        let poison = events_of(batch).contains(&event_id(4));
        if batch.events() > 2 || poison { Err(SendError::TooLarge) } else { Ok(receipt(batch, Vec::new())) }
    };
    let sink = ScriptSink::new((0..50).map(|_| Box::new(small) as Answer<'_>));
    let report = run(&home, &sink);
    assert_eq!((report.sent, report.left, report.stopped_by), (8, 0, None));
    let mut expected = numbers(0..9);
    expected.remove(4);
    assert_eq!(home.sent(), expected);
    let batches = home.ledger.read().unwrap().batches.len();
    assert_eq!(home.files("sent").len(), 2 * batches, "nothing is left of the batches that were split");
    let told: Vec<_> = sink.got.borrow().iter().flat_map(|batch| losses(batch.body())).collect();
    assert!(told.contains(&Loss { reason: LossReason::TooLarge, count: 1 }));
}

/// What does not account for each event of the batch is no leave to forget them.
#[test]
fn a_receipt_that_does_not_add_up_is_none() {
    let refuse = |index| Refusal { index, event_id: None, problems: Vec::new() };
    for (accepted, duplicates, refused) in [
        (0, 0, vec![]),
        (3, 0, vec![]),
        (1, 0, vec![refuse(2)]),
        (0, 0, vec![refuse(0), refuse(0)]),
        (u64::MAX, 3, vec![]),
    ] {
        let home = Home::holding(2);
        let answer = |batch: &_| {
            let mut receipt = receipt(batch, Vec::new());
            (receipt.accepted, receipt.duplicates, receipt.refused) = (accepted, duplicates, refused);
            Ok(receipt)
        };
        let sink = ScriptSink::new([Box::new(answer) as Answer<'_>]);
        let report = run(&home, &sink);
        assert_eq!((report.left, report.stopped_by), (2, Some(Stopped::Refused)));
        assert!(home.sent().is_empty());
    }
    let home = Home::holding(2);
    let other = numbered_batch();
    let sink = ScriptSink::new([Box::new(move |_: &_| Ok(receipt(&other, Vec::new()))) as Answer<'_>]);
    assert_eq!(run(&home, &sink).left, 2, "a receipt for another batch");
}

fn numbered_batch() -> telemetry_transport::SealedBatch {
    let home = Home::holding(2);
    let sink = MemorySink::new();
    run(&home, &sink);
    sink.batches().remove(0)
}

#[test]
fn patience_is_bounded_by_the_deadline_and_nothing_is_lost() {
    let busy = |seconds| SendError::Busy { status: 429, retry_after: Some(Duration::from_secs(seconds)) };
    for (error, requests) in [(SendError::Unreachable, 4..200), (busy(3), 4..5), (busy(3600), 1..2)] {
        let home = Home::holding(2);
        let said = error.to_string();
        let script = (0..200).map(|_| {
            fails(match &error {
                SendError::Busy { status, retry_after } => {
                    SendError::Busy { status: *status, retry_after: *retry_after }
                }
                _ => SendError::Unreachable,
            })
        });
        let sink = ScriptSink::new(script);
        let clock = TestClock::new();
        let report = ship(&home.spool, &home.ledger, &sink, yes, &clock, DEADLINE);
        assert_eq!((report.left, report.stopped_by), (2, Some(Stopped::Deadline)), "{said}");
        assert!(telemetry_transport::Clock::elapsed(&clock) <= DEADLINE, "{said}");
        assert!(requests.contains(&sink.got.borrow().len()), "{said}: {}", sink.got.borrow().len());
        assert!(home.sent().is_empty());
        assert_eq!(run(&home, &MemorySink::new()).sent, 2);
    }
}

/// What is lost because the collector takes no more is told apart from what is lost without a network.
#[test]
fn what_goes_while_the_collector_asks_to_wait_is_rate_limited() {
    for (status, reason) in [(429, LossReason::RateLimited), (503, LossReason::Expired)] {
        let home = Home::holding(2);
        let busy = || fails(SendError::Busy { status, retry_after: Some(Duration::from_secs(3600)) });
        assert_eq!(run(&home, &ScriptSink::new([busy()])).left, 2);
        let now_ms = NOW_MS + 31 * DAY_MS;
        home.spool.append(&event(id_at(now_ms, 2), Mode::On)).unwrap();
        let sink = MemorySink::new();
        ship(&home.spool, &home.ledger, &sink, yes, &TestClock::at(now_ms), DEADLINE);
        assert_eq!(losses(sink.batches()[0].body()), [Loss { reason, count: 2 }]);
        // It has taken events since: what expires from now on is old, and no more.
        home.spool.append(&numbered(3)).unwrap();
        home.spool.append(&event(id_at(now_ms, 4), Mode::On)).unwrap();
        ship(&home.spool, &home.ledger, &sink, yes, &TestClock::at(now_ms), DEADLINE);
        let expired = Loss { reason: LossReason::Expired, count: 1 };
        assert_eq!(losses(sink.batches()[1].body()), [expired]);
    }
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
fn what_cannot_be_shown_is_not_sent() {
    let home = Home::holding(1);
    fs::write(home.state.join("sent"), "a file where the ledger has to be").unwrap();
    let sink = MemorySink::new();
    let report = run(&home, &sink);
    assert_eq!((report.left, report.stopped_by), (1, Some(Stopped::Disk)));
    assert!(sink.batches().is_empty());
}

#[test]
fn what_a_killed_shipper_left_is_sent_and_shown_once() {
    let home = Home::holding(2);
    let batch = numbered_batch();
    // It had claimed, sealed and not sent; and it had put two segments together and not deleted the second.
    fs::create_dir(home.state.join("sent")).unwrap();
    fs::write(home.state.join(format!("sent/{}.json", batch.id())), batch.body()).unwrap();
    fs::create_dir(home.state.join("shipping")).unwrap();
    fs::write(home.state.join("shipping").join(SEGMENT), format!("{}\n{}\n", json(0), json(2))).unwrap();
    assert!(home.sent().is_empty());
    let sink = MemorySink::new();
    assert_eq!(run(&home, &sink).sent, 3);
    assert_eq!(home.sent(), numbers(0..3));
    assert_eq!(home.files("sent").len(), 2);
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
fn a_file_takes_events_one_a_line() {
    let home = Home::holding(2);
    let path = home.state.join("out.ndjson");
    let sink = FileSink::new(&path);
    assert_eq!(run(&home, &sink).sent, 2);
    home.spool.append(&numbered(2)).unwrap();
    run(&home, &sink);
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n{}\n{}\n", json(0), json(1), json(2)));
    let nowhere = FileSink::new(home.state.join("missing/out.ndjson"));
    home.spool.append(&numbered(3)).unwrap();
    assert_eq!(run(&home, &nowhere).left, 1);
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
