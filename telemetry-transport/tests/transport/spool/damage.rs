//! What damage costs: the record that it touches.

use std::fs;
use std::io::Write as _;

use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use telemetry_schema::{Batch, Event, Loss, LossReason};
use telemetry_transport::faults::{Fault, Kind, Lasts, during};
use telemetry_transport::{MemorySink, SpoolLimits, Which, ship, write_private};

use super::DEADLINE;
use crate::fixture::{Home, TestClock, event_id, ids, json, numbered, numbers, yes};

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
