//! Whose the files are, and what links lead to.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};

use telemetry_transport::{AppendError, MemorySink, Spool, SpoolLimits, ship};

use super::DEADLINE;
use crate::fixture::{Home, SEGMENT, TestClock, event_id, events_of, json, numbered, numbers, yes};

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
