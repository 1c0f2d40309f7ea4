//! What is kept, by whom it can be read, and what damage costs.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use telemetry_redact::consent::Mode;
use telemetry_schema::{Batch, Event, Loss, LossReason};
use telemetry_transport::faults::{Fault, Kind, Lasts, during};
use telemetry_transport::{AppendError, Fill, MemorySink, Spool, SpoolLimits, Which, ship, write_private};

use crate::fixture::{
    self, Home, NOW_MS, SEGMENT, TestClock, event, event_id, events_of, id_at, ids, json, numbered, numbers,
    yes,
};

const DEADLINE: Duration = Duration::from_secs(10);

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
fn a_segment_that_cannot_be_read_hides_no_other() {
    let home = Home::holding(1);
    let claimed = home.state.join("shipping/00000000-0000-7000-8000-000000000000.ndjson");
    write_private(&claimed, json(1).as_bytes()).unwrap();
    let read_with = |at| {
        let fault = Fault { at, kind: Kind::Error(5), lasts: Lasts::Once };
        during(Some(fault), || home.spool.read(Which::Pending)).0
    };
    let halves: Vec<_> = (0..20)
        .filter_map(|at| read_with(at).ok())
        .filter(|contents| !contents.unreadable.is_empty())
        .map(|contents| {
            let left_out: Vec<_> = contents.left_out().collect();
            assert_eq!((contents.records.len(), left_out.len()), (1, 1), "{left_out:?}");
            (contents.records[0].line().to_owned(), left_out[0].contains("active.ndjson"))
        })
        .collect();
    // Each of them once was the one that could not be read.
    assert!(halves.contains(&(json(0), false)) && halves.contains(&(json(1), true)), "{halves:?}");
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

/// The cut record is lost and said to be; what is before it and what is appended after it is not.
#[test]
fn a_cut_at_every_byte_costs_the_cut_record_and_no_other() {
    let home = Home::holding(3);
    let active = home.state.join("pending/active.ndjson");
    let whole = fs::read(&active).unwrap();
    // Where each record begins and ends, without its line ends.
    let mut at = 0;
    let spans: Vec<_> = (0..3)
        .map(|number| {
            let start = at + 1;
            at = start + json(number).len() + 1;
            (start, at - 1)
        })
        .collect();
    for cut in 0..=whole.len() {
        fs::write(&active, &whole[..cut]).unwrap();
        home.spool.append(&numbered(9)).unwrap();
        let contents = home.spool.read(Which::Pending).unwrap();
        let mut expected: Vec<_> =
            (0..).zip(&spans).filter(|(_, span)| span.1 <= cut).map(|(n, _)| n).collect();
        expected.push(9);
        let expected: Vec<_> = expected.into_iter().map(event_id).collect();
        assert_eq!(ids(contents.records.iter()), expected, "cut at {cut}");
        let torn = spans.iter().filter(|(start, end)| *start < cut && cut < *end).count();
        assert_eq!(contents.damaged.len(), torn, "cut at {cut}");
        if cut % 97 == 0 {
            let sink = MemorySink::new();
            let report = ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
            assert_eq!((report.sent, report.damaged), (expected.len() as u64, torn as u64), "cut at {cut}");
            let batch: Batch<Event> = serde_json::from_slice(sink.batches()[0].body()).unwrap();
            let count = torn as u64;
            let losses = [Loss { reason: LossReason::Torn, count }];
            assert_eq!(batch.losses, losses[..torn], "cut at {cut}");
        }
    }
    let name = home.spool.read(Which::Pending).unwrap();
    assert!(name.damaged.is_empty(), "the whole segment and one more");
}

#[test]
fn garbage_is_named_by_place_moved_aside_and_blocks_nothing() {
    let home = Home::holding(1);
    let active = home.state.join("pending/active.ndjson");
    let secret = "hunter2";
    let oversized = format!("{{\"secret\":\"{}\"}}", "x".repeat(70_000));
    let garbage: [&[u8]; 7] = [
        b"\0\0\0\0",
        b"\xff\xfe\x00",
        br#"{"user":"hunter2"}"#,
        b"[]",
        b"{",
        oversized.as_bytes(),
        br#"{"schema_version":2}"#,
    ];
    let mut bytes = fs::read(&active).unwrap();
    for line in garbage {
        bytes.extend_from_slice(line);
        bytes.push(b'\n');
    }
    fs::write(&active, &bytes).unwrap();
    home.spool.append(&numbered(1)).unwrap();
    fs::write(home.state.join("pending/notes.txt"), "not ours").unwrap();
    fs::create_dir(home.state.join("pending/directory.ndjson")).unwrap();

    let contents = home.spool.read(Which::Pending).unwrap();
    assert_eq!(ids(contents.records.iter()), numbers(0..2));
    assert_eq!(contents.damaged.len(), garbage.len());
    assert_eq!((&contents.damaged[0].path, contents.damaged[0].line), (&active, 3));
    let said = format!("{:?} {}", contents.damaged, contents.damaged[2]);
    assert!(!said.contains(secret), "{said}");

    let sink = MemorySink::new();
    let report = ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
    assert_eq!((report.sent, report.damaged, report.left), (2, 7, 0));
    assert_eq!(home.files("damaged").len(), 1);
    let aside = fs::read(home.state.join("damaged").join(&home.files("damaged")[0])).unwrap();
    assert!(aside.windows(7).any(|window| window == secret.as_bytes()), "moved, not deleted");
    assert_eq!(home.files("pending"), ["directory.ndjson", "notes.txt"], "what is no segment is left alone");
}

#[test]
fn a_segment_of_no_sensible_size_is_not_read_into_memory() {
    let mut limits = SpoolLimits::default();
    limits.max_bytes = 4096;
    let home = Home::with(limits);
    home.spool.append(&numbered(0)).unwrap();
    let mut bytes = fs::read(home.state.join("pending/active.ndjson")).unwrap();
    bytes.resize(1 << 20, b'x');
    fs::write(home.state.join("pending/active.ndjson"), bytes).unwrap();
    let contents = home.spool.read(Which::Pending).unwrap();
    assert_eq!((contents.records.len(), contents.damaged.len()), (1, 1));
}

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

/// Each kind of thing that may stand in a segment instead of a record: it costs itself, is moved aside and counted.
#[test]
fn what_is_no_record_costs_only_itself() {
    let whole = json(7);
    let table: [(&str, Vec<u8>); 12] = [
        ("torn at its end", whole.as_bytes()[..whole.len() - 1].to_vec()),
        ("torn at its beginning", whole.as_bytes()[1..].to_vec()),
        ("zeros of a file system that lost power", vec![0; 4096]),
        ("binary", (0..=255).filter(|byte| *byte != b'\n').collect()),
        ("no UTF-8", b"\xff\xfe{}".to_vec()),
        ("JSON of somebody else", br#"{"event":"click"}"#.to_vec()),
        ("a list", b"[1,2]".to_vec()),
        ("a schema to come", whole.replace(r#""schema_version":1"#, r#""schema_version":2"#).into()),
        ("a field to come", whole.replacen('{', r#"{"mood":"good","#, 1).into()),
        ("two records in a line", format!("{whole}{whole}").into()),
        ("oversized", format!("{whole}{}", " ".repeat(65 * 1024)).into()),
        ("carriage returns in a word", b"\r\r{\r".to_vec()),
    ];
    for (what, bytes) in table {
        assert_ne!(bytes, whole.as_bytes(), "{what}");
        let home = Home::holding(1);
        let active = home.state.join("pending/active.ndjson");
        fs::OpenOptions::new().append(true).open(&active).unwrap().write_all(&bytes).unwrap();
        home.spool.append(&numbered(1)).unwrap();
        let sink = MemorySink::new();
        let report = ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
        assert_eq!((report.sent, report.damaged, report.left), (2, 1, 0), "{what}");
        let aside = fs::read(home.state.join("damaged").join(&home.files("damaged")[0])).unwrap();
        assert_eq!(aside, bytes, "{what}");
        let batch: Batch<Event> = serde_json::from_slice(sink.batches()[0].body()).unwrap();
        assert_eq!(batch.losses, [Loss { reason: LossReason::Torn, count: 1 }], "{what}");
    }
}

proptest! {
    /// Whatever bytes come into a segment wherever: every record that they do not touch survives.
    #[test]
    fn bytes_in_between_cost_no_record_that_they_do_not_touch(
        splices in proptest::collection::vec((0_usize..4000, proptest::collection::vec(any::<u8>(), 0..80), 0_usize..40), 0..4)
    ) {
        let home = Home::new();
        let records: Vec<String> = (0..6).map(json).collect();
        // Each byte with the record that it is of.
        let mut bytes: Vec<(u8, Option<usize>)> = Vec::new();
        for (index, record) in records.iter().enumerate() {
            bytes.push((b'\n', None));
            bytes.extend(record.bytes().map(|byte| (byte, Some(index))));
            bytes.push((b'\n', None));
        }
        for (at, insert, remove) in splices {
            let at = at.min(bytes.len());
            let end = (at + remove).min(bytes.len());
            drop(bytes.splice(at..end, insert.into_iter().map(|byte| (byte, None))));
        }
        // A record is untouched where it stands whole in a line of its own.
        let lines: Vec<Vec<(u8, Option<usize>)>> =
            bytes.split(|(byte, _)| *byte == b'\n').map(<[_]>::to_vec).collect();
        let untouched: Vec<u64> = (0..)
            .zip(&records)
            .filter(|(number, record)| lines.iter().any(|line| {
                line.len() == record.len() && line.iter().all(|(_, of)| *of == usize::try_from(*number).ok())
            }))
            .map(|(number, _)| number)
            .collect();
        fs::create_dir_all(home.state.join("pending")).unwrap();
        let raw: Vec<u8> = bytes.iter().map(|(byte, _)| *byte).collect();
        fs::write(home.state.join("pending/active.ndjson"), raw).unwrap();
        home.spool.append(&numbered(9)).unwrap();
        let found = home.pending();
        for number in untouched.into_iter().chain([9]) {
            prop_assert!(found.contains(&event_id(number)), "{number} is gone");
        }
        let sink = MemorySink::new();
        let report = ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
        prop_assert_eq!((report.sent, report.left, report.stopped_by), (found.len() as u64, 0, None));
    }
}

/// A disk that is really full, where this process may mount one.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_keeps_what_it_has() {
    let dir = tempfile::tempdir().unwrap();
    let mount = |arguments: &[&str]| {
        let mut command = Command::new("mount");
        command.args(arguments).arg(dir.path()).stderr(Stdio::null());
        fixture::start(|| command.status()).is_ok_and(|status| status.success())
    };
    if !mount(&["-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs"]) {
        // `faults` does the same by making calls fail.
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

fn size_of(directory: &Path) -> u64 {
    fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
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

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};

    use super::*;

    #[test]
    fn everything_is_the_owner_s_only() {
        let home = Home::holding(2);
        ship(&home.spool, &home.ledger, &MemorySink::new(), yes, &TestClock::new(), DEADLINE);
        home.spool.append(&numbered(2)).unwrap();
        let mut open = vec![home.state.clone()];
        while let Some(path) = open.pop() {
            let facts = fs::symlink_metadata(&path).unwrap();
            let expected = if facts.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(facts.permissions().mode() & 0o777, expected, "{}", path.display());
            if facts.is_dir() {
                open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            }
        }
    }

    #[test]
    fn a_read_only_directory_gives_the_event_up_and_is_still_read() {
        let home = Home::holding(1);
        let pending = home.state.join("pending");
        fs::set_permissions(pending.join("active.ndjson"), fs::Permissions::from_mode(0o400)).unwrap();
        fs::set_permissions(&pending, fs::Permissions::from_mode(0o500)).unwrap();
        if fs::write(pending.join("probe"), "").is_ok() {
            // Permissions do not hold for root. `a_home_that_cannot_be_written_to_gives_the_event_up` is as much.
            return;
        }
        home.spool.append(&numbered(1)).unwrap_err();
        assert_eq!(home.pending(), numbers(0..1));
        assert_eq!(fs::read_to_string(home.state.join("losses.json")).unwrap(), r#"{"unwritable":1}"#);
        fs::set_permissions(&pending, fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[test]
    fn a_link_to_elsewhere_is_not_followed() {
        // What stands there instead, whether the event is given up for it, and whether nothing can be sent.
        let table = [
            ("", true, true),
            ("pending", true, true),
            ("pending/active.ndjson", false, false),
            ("lock", false, false),
            ("shipping", false, true),
            ("ship.lock", false, true),
            ("sent", false, true),
            ("losses.json", false, false),
            ("losses.lock", false, false),
            ("damaged", false, false),
            ("purged", false, false),
            ("local", false, false),
        ];
        for (linked, given_up, held_up) in table {
            let home = Home::new();
            let elsewhere = tempfile::tempdir().unwrap();
            let other = elsewhere.path().join("active.ndjson");
            fs::write(&other, json(7)).unwrap();
            // What a sweep and a purge would take for theirs.
            fs::write(elsewhere.path().join(".00000000-0000-7000-8000-000000000000.tmp"), "").unwrap();
            fs::create_dir(elsewhere.path().join("documents")).unwrap();
            fs::write(elsewhere.path().join("documents/letter"), "").unwrap();
            let link = home.state.join(linked);
            let link = if linked.is_empty() { home.state.clone() } else { link };
            fs::create_dir_all(link.parent().unwrap()).unwrap();
            let to_file = linked.contains('.') || linked == "lock";
            symlink(if to_file { &other } else { elsewhere.path() }, &link).unwrap();

            assert_eq!(home.spool.append(&numbered(0)).is_err(), given_up, "{linked}");
            if linked == "pending" {
                let counted = fs::read_to_string(home.state.join("losses.json")).unwrap();
                assert_eq!(counted, r#"{"unwritable":1}"#);
            } else if !linked.is_empty() {
                // A record that is damaged has to be moved aside and counted.
                fs::create_dir_all(home.state.join("pending")).unwrap();
                fs::write(home.state.join("pending").join(SEGMENT), "{").unwrap();
            }
            let sink = MemorySink::new();
            ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
            let sent: Vec<_> = sink.batches().iter().flat_map(events_of).collect();
            assert_eq!(sent, if held_up { vec![] } else { vec![event_id(0)] }, "{linked}");
            let _ = home.spool.purge();
            let _ = home.ledger.purge();
            assert_eq!(fs::read_to_string(&other).unwrap(), json(7), "{linked}");
            assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 3, "{linked}");
            assert!(elsewhere.path().join("documents/letter").exists(), "{linked}");
        }
    }

    /// `sudo` with the user's `HOME`: nothing is made that the user could not use afterwards.
    #[test]
    fn root_makes_nothing_in_another_user_s_directory() {
        let home = tempfile::tempdir().unwrap();
        let owner = fs::metadata(home.path()).unwrap().uid();
        if owner != 0 || chown(home.path(), Some(1000), None).is_err() {
            // Only root can be root.
            return;
        }
        let state = home.path().join(".local/state/telemetry");
        let error = Spool::new(&state, SpoolLimits::default()).append(&numbered(0)).unwrap_err();
        assert_eq!(error.to_string(), format!("cannot write to {}", state.display()));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }

    /// As with `sudo` in a user's home.
    #[test]
    fn a_directory_of_another_user_is_left_alone() {
        let home = Home::holding(1);
        let owner = fs::metadata(&home.state).unwrap().uid();
        for part in ["pending", ""] {
            let directory = home.state.join(part);
            if chown(&directory, Some(owner + 1), None).is_err() {
                // Only root can give files away.
                return;
            }
            let error = home.spool.append(&numbered(1)).unwrap_err();
            let AppendError::Write { path, source } = &error else { panic!("{error}") };
            assert_eq!(path, &home.state.join(part).components().as_path());
            assert_eq!(source.to_string(), "belongs to another user");
            let sink = MemorySink::new();
            let report = ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
            assert!(sink.batches().is_empty() && report.stopped_by.is_some());
            home.spool.purge().unwrap_err();
            assert_eq!(home.files("pending"), ["active.ndjson"]);
            chown(&directory, Some(owner), None).unwrap();
        }
        assert_eq!(home.pending(), numbers(0..1));
    }
}
