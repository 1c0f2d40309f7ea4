//! How many calls an append makes, and what it does on a disk that is full.

use telemetry_redact::consent::Mode;
use telemetry_transport::faults::{Fault, Kind, Lasts, during};
use telemetry_transport::{SpoolLimits, Which};

use super::ENOSPC;
use super::scenarios::{segment, write};
use crate::fixture::{Home, event, event_id, json, numbered};

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
