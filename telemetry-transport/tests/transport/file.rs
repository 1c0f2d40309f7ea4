//! The file sink: a line an event, files that do not grow without end, nobody else's files.

use std::fs;
use std::time::Duration;

use telemetry_schema::Event;
use telemetry_transport::{FileLimits, FileSink, ShipReport, Stopped, ship};

use crate::fixture::{Home, TestClock, json, numbered, numbers, yes};

fn send(home: &Home, sink: &FileSink) -> ShipReport {
    ship(&home.spool, &home.ledger, sink, yes, &TestClock::new(), Duration::from_secs(10))
}

fn limits(max_bytes: u64, max_old_files: u32) -> FileLimits {
    let mut limits = FileLimits::default();
    limits.max_bytes = max_bytes;
    limits.max_old_files = max_old_files;
    limits
}

#[test]
fn files_are_bounded_in_size_and_number_and_the_oldest_goes() {
    let home = Home::new();
    let directory = home.state.join("../out");
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join("events.ndjson");
    let line = json(0).len() as u64 + 1;
    let sink = FileSink::new(&path).limits(limits(3 * line, 2));
    for number in 0..10 {
        home.spool.append(&numbered(number)).unwrap();
        assert_eq!(send(&home, &sink).sent, 1);
    }
    let ids = |name: &str| -> Vec<_> {
        let text = fs::read_to_string(directory.join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str::<Event>(line).unwrap().event_id).collect()
    };
    assert_eq!(ids("events.ndjson"), numbers(9..10));
    assert_eq!(ids("events.ndjson.1"), numbers(6..9));
    assert_eq!(ids("events.ndjson.2"), numbers(3..6));
    assert_eq!(fs::read_dir(&directory).unwrap().count(), 3);
    assert_eq!(home.sent(), numbers(0..10), "the ledger has them all");
    assert_eq!(home.ledger.read().unwrap().batches[0].destination, format!("file://{}", path.display()));
    #[cfg(unix)]
    for name in ["events.ndjson", "events.ndjson.1", "events.ndjson.2"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(directory.join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn without_old_files_the_one_begins_anew() {
    let home = Home::holding(1);
    let path = home.state.join("../events.ndjson");
    let sink = FileSink::new(&path).limits(limits(1, 0));
    send(&home, &sink);
    home.spool.append(&numbered(1)).unwrap();
    send(&home, &sink);
    assert_eq!(fs::read_to_string(&path).unwrap(), json(1) + "\n");
}

#[test]
fn a_line_that_a_crash_cut_off_costs_only_itself() {
    let home = Home::holding(1);
    let path = home.state.join("../events.ndjson");
    fs::write(&path, r#"{"schema_ver"#).unwrap();
    send(&home, &FileSink::new(&path));
    assert_eq!(fs::read_to_string(&path).unwrap(), format!("{{\"schema_ver\n{}\n", json(0)));
}

#[test]
fn a_directory_that_is_missing_keeps_the_events_and_says_what_is_wrong() {
    let home = Home::holding(1);
    let report = send(&home, &FileSink::new(home.state.join("../none/events.ndjson")));
    assert_eq!((report.left, report.stopped_by), (1, Some(Stopped::Unwritable)));
}

#[cfg(unix)]
#[test]
fn links_and_what_is_no_file_are_left_alone() {
    let home = Home::holding(1);
    let diary = home.state.join("../diary.txt");
    fs::write(&diary, "dear diary").unwrap();
    let link = home.state.join("../events.ndjson");
    std::os::unix::fs::symlink(&diary, &link).unwrap();
    let socket = home.state.join("../socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    for path in [link, socket, home.state.clone(), "/dev/null".into()] {
        let report = send(&home, &FileSink::new(&path));
        assert_eq!((report.sent, report.left), (0, 1), "{}", path.display());
    }
    assert_eq!(fs::read_to_string(&diary).unwrap(), "dear diary");
}
