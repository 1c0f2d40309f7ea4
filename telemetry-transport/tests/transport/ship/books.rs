//! What the ledger holds of what was sent, and what other places than a collector get.

use std::fs;

use telemetry_redact::consent::Mode;
use telemetry_transport::{FileSink, MemorySink, Stopped, ship};

use super::{DAY_MS, DEADLINE, numbered_batch, run};
use crate::fixture::{Home, NOW_MS, SEGMENT, TestClock, event, id_at, json, numbered, numbers, yes};

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
