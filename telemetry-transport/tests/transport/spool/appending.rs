//! Appending, reading and purging: what is kept, and whom it waits for.

use std::fs;
use std::time::{Duration, Instant};

use telemetry_redact::consent::Mode;
use telemetry_transport::{AppendError, Fill, MemorySink, Spool, SpoolLimits, Which, ship};

use super::DEADLINE;
use crate::fixture::{Home, SEGMENT, TestClock, event, event_id, json, numbered, numbers, yes};

#[test]
fn an_append_that_fills_a_quarter_of_the_bound_says_so() {
    let mut limits = SpoolLimits::default();
    limits.max_bytes = 16 * 1024;
    let home = Home::with(limits);
    let fills: Vec<Fill> = (0..40).map(|number| home.spool.append(&numbered(number)).unwrap()).collect();
    let full = fills.iter().filter(|fill| **fill == Fill::Quarter).count();
    assert!((2..=20).contains(&full), "{fills:?}");
    assert_eq!(fills[0], Fill::Little);
}

#[test]
fn a_record_is_the_event_s_json_byte_for_byte() {
    let home = Home::holding(2);
    home.spool.append(&event(event_id(2), Mode::Local)).unwrap();
    let lines = |which| -> Vec<String> {
        let records = home.spool.read(which).unwrap().records;
        records.iter().map(|record| record.line().to_owned()).collect()
    };
    assert_eq!(lines(Which::Pending), [json(0), json(1)]);
    assert_eq!(lines(Which::Local), [json(2)]);
    let file = fs::read_to_string(home.state.join("pending/active.ndjson")).unwrap();
    assert_eq!(file, format!("\n{}\n\n{}\n", json(0), json(1)));
}

#[test]
fn an_appender_without_the_lock_writes_a_segment_of_its_own() {
    let home = Home::holding(1);
    let lock = fs::File::options().write(true).open(home.state.join("lock")).unwrap();
    lock.lock().unwrap();
    let before = Instant::now();
    home.spool.append(&numbered(1)).unwrap();
    assert!(before.elapsed() < Duration::from_secs(5), "it does not wait");
    assert_eq!(home.files("pending").len(), 2);
    assert_eq!(home.pending(), numbers(0..2));
    // A shipper takes what needs no lock, and goes on trying for the rest until its deadline.
    let sink = MemorySink::new();
    let report = ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
    assert_eq!((report.sent, report.left), (1, 1));
    assert!(report.stopped_by.is_some());
    drop(lock);
    let report = ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
    assert_eq!((report.sent, report.left, report.stopped_by), (1, 0, None));
}

/// An appender has opened the segment and not yet written: taken away now, the record would come after it was read.
#[test]
fn the_segment_that_grows_is_not_claimed_under_an_appender() {
    let home = Home::holding(1);
    let appender = fs::File::options().write(true).open(home.state.join("lock")).unwrap();
    appender.lock_shared().unwrap();
    let sink = MemorySink::new();
    let report = ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
    assert_eq!((report.sent, report.left), (0, 1));
    assert_eq!(home.files("pending"), ["active.ndjson"]);
    // Another appender shares the lock.
    home.spool.append(&numbered(1)).unwrap();
    assert_eq!(home.files("pending"), ["active.ndjson"]);
}

#[test]
fn an_event_that_is_too_large_is_refused_and_counted() {
    let mut limits = SpoolLimits::default();
    limits.max_record_bytes = 64;
    let home = Home::with(limits);
    let error = home.spool.append(&numbered(0)).unwrap_err();
    assert!(matches!(error, AppendError::TooLarge { .. }), "{error}");
    assert_eq!(fs::read_to_string(home.state.join("losses.json")).unwrap(), r#"{"too_large":1}"#);
    home.spool.append(&event(event_id(1), Mode::Local)).unwrap_err();
    let text = fs::read_to_string(home.state.join("losses.json")).unwrap();
    assert_eq!(text, r#"{"too_large":1}"#, "what was never to be sent is nobody's loss");
}

#[test]
fn a_home_that_cannot_be_written_to_gives_the_event_up() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Spool::new(file.join("state"), SpoolLimits::default()).append(&numbered(0)).unwrap_err();
    assert!(error.to_string().contains(&file.join("state").display().to_string()), "{error}");
    let error = Spool::new(&file, SpoolLimits::default()).append(&numbered(0)).unwrap_err();
    assert!(matches!(error, AppendError::Write { .. }), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "");
}

/// A disk that is really full, where this process may mount one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_keeps_what_it_has() {
    use std::process::{Command, Stdio};

    use crate::fixture::{self, ids};

    let dir = tempfile::tempdir().unwrap();
    let mount = |arguments: &[&str]| {
        let mut command = Command::new("mount");
        command.args(arguments).arg(dir.path()).stderr(Stdio::null());
        fixture::start(|| command.status()).is_ok_and(|status| status.success())
    };
    if !mount(&["-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs"]) {
        println!("skipped: no file system can be mounted here; `faults` does the same by making calls fail");
        return;
    }
    let state = dir.path().join("state");
    let spool = Spool::new(&state, SpoolLimits::default());
    let kept: Vec<u64> = (0..500).filter(|number| spool.append(&numbered(*number)).is_ok()).collect();
    let contents = spool.read(Which::Pending);
    let unmounted = fixture::start(|| Command::new("umount").arg(dir.path()).status()).unwrap();
    assert!(unmounted.success());
    let contents = contents.unwrap();
    assert!(!kept.is_empty() && kept.len() < 500, "{} were kept", kept.len());
    let kept: Vec<_> = kept.into_iter().map(event_id).collect();
    assert_eq!(ids(contents.records.iter()), kept);
}

#[test]
fn reading_and_purging_make_nothing() {
    let home = Home::new();
    assert!(home.spool.read(Which::Local).unwrap().records.is_empty());
    assert_eq!(home.spool.purge().unwrap(), 0);
    assert_eq!(home.ledger.purge().unwrap(), 0);
    assert!(home.ledger.read().unwrap().batches.is_empty());
    let report = ship(&home.spool, &home.ledger, &MemorySink::new(), yes, &TestClock::new(), DEADLINE);
    assert_eq!(report.stopped_by, None);
    assert!(!home.state.exists());
}

#[test]
fn purging_deletes_what_is_recorded_and_says_how_much() {
    let home = Home::holding(3);
    home.spool.append(&event(event_id(3), Mode::Local)).unwrap();
    let claimed = home.state.join("shipping");
    fs::create_dir(&claimed).unwrap();
    fs::write(claimed.join(SEGMENT), json(4)).unwrap();
    // What an earlier purge was killed over.
    fs::create_dir_all(home.state.join("purged/old")).unwrap();
    fs::write(home.state.join("purged/old/active.ndjson"), json(5)).unwrap();
    assert_eq!(home.spool.purge().unwrap(), 5);
    assert_eq!(home.files(""), ["lock"]);
    home.spool.append(&numbered(6)).unwrap();
    assert_eq!(home.pending(), numbers(6..7));
}
