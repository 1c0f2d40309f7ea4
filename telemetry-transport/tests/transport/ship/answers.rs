//! What the shipper does with answers, and how long it waits for them.

use std::fs;
use std::time::Duration;

use telemetry_redact::consent::Mode;
use telemetry_schema::{Loss, LossReason, Problem, Refusal};
use telemetry_transport::{MemorySink, SendError, Stopped, ship};

use super::{DAY_MS, DEADLINE, fails, losses, numbered_batch, run};
use crate::fixture::{
    Answer, Home, NOW_MS, ScriptSink, TestClock, event, event_id, events_of, id_at, json, numbered, numbers,
    receipt, yes,
};

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
