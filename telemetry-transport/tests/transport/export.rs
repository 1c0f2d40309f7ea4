//! Exports: written whole, read back byte for byte, and refused where they are not as they were written.

use std::fs;
use std::path::Path;
use std::time::Duration;

use telemetry_redact::consent::Mode;
use telemetry_schema::{Batch, Event, EventId};
use telemetry_transport::{
    Export, ExportError, ExportSink, HttpOptions, HttpSink, SendError, ShipReport, Stopped, ship,
};

use crate::fixture::{Home, ScriptSink, TestClock, consent, events_of, json, numbers, yes};
use crate::server::{Reply, Server};

const DEADLINE: Duration = Duration::from_secs(10);

fn export(home: &Home, path: &Path) -> ShipReport {
    let sink = ExportSink::create(path).unwrap();
    let report = ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
    assert_eq!(sink.finish().unwrap(), report.sent);
    report
}

fn events(export: &Export) -> Vec<EventId> {
    export.batches().iter().flat_map(events_of).collect()
}

#[test]
fn what_was_pending_is_in_the_file_and_in_the_ledger_and_not_sent_again() {
    let home = Home::holding(1201);
    fs::write(home.state.join("losses.json"), r#"{"evicted":5}"#).unwrap();
    let path = home.state.join("../july.export");
    assert_eq!(export(&home, &path).sent, 1201);
    assert!(home.pending().is_empty());
    assert_eq!(home.sent(), numbers(0..1201));
    let ledger = home.ledger.read().unwrap().batches;
    assert!(ledger.iter().all(|batch| batch.destination == format!("export:{}", path.display())));

    let read = Export::read(&path).unwrap();
    assert_eq!(events(&read), numbers(0..1201));
    let bodies: Vec<&[u8]> = read.batches().iter().map(telemetry_transport::SealedBatch::body).collect();
    assert_eq!(bodies, ledger.iter().map(|batch| &*batch.body).collect::<Vec<_>>(), "byte for byte");
    let first: Batch<Event> = serde_json::from_slice(bodies[0]).unwrap();
    assert_eq!(first.losses[0].count, 5);
    assert_eq!(home.losses(), "{}", "told");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let text = fs::read_to_string(&path).unwrap();
    let (header, rest) = text.split_once('\n').unwrap();
    let header: serde_json::Value = serde_json::from_str(header).unwrap();
    assert_eq!((&header["events"], &header["batches"]), (&1201.into(), &3.into()));
    assert_eq!(header["bytes"], rest.len());
    assert!(rest.contains(&json(7)));
    let beside = path.parent().unwrap().read_dir().unwrap();
    assert!(beside.map(|entry| entry.unwrap().file_name()).all(|name| name != ".tmp"));
}

#[test]
fn nothing_is_exported_without_consent_and_no_file_stays() {
    for mode in [Mode::Off, Mode::Local] {
        let home = Home::holding(3);
        let path = home.state.join("../empty.export");
        let sink = ExportSink::create(&path).unwrap();
        let no = || consent(mode);
        let report = ship(&home.spool, &home.ledger, &sink, no, &TestClock::new(), DEADLINE);
        assert_eq!((sink.finish().unwrap(), report.stopped_by), (0, Some(Stopped::ConsentClosed)));
        assert!(!path.exists());
        assert!(home.sent().is_empty());
    }
}

#[test]
fn a_file_that_is_there_is_left_alone() {
    let home = Home::holding(1);
    let path = home.state.join("../diary.txt");
    fs::write(&path, "dear diary").unwrap();
    let error = ExportSink::create(&path).unwrap_err();
    assert!(matches!(error, ExportError::There { .. }), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "dear diary");
    #[cfg(unix)]
    {
        let link = home.state.join("../link.export");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        ExportSink::create(&link).unwrap_err();
        std::os::unix::fs::symlink(home.state.join("../nowhere"), home.state.join("../dangling")).unwrap();
        ExportSink::create(home.state.join("../dangling")).unwrap_err();
    }
    let missing = ExportSink::create(home.state.join("none/x.export")).unwrap_err();
    assert!(matches!(missing, ExportError::Write { .. }), "{missing}");
}

#[test]
fn a_file_that_cannot_be_written_keeps_the_events() {
    let home = Home::holding(2);
    let directory = home.state.join("../carried");
    fs::create_dir(&directory).unwrap();
    let sink = ExportSink::create(directory.join("a.export")).unwrap();
    fs::remove_dir_all(&directory).unwrap();
    let report = ship(&home.spool, &home.ledger, &sink, yes, &TestClock::new(), DEADLINE);
    assert_eq!((report.sent, report.left, report.stopped_by), (0, 2, Some(Stopped::Unwritable)));
    assert_eq!(sink.finish().unwrap(), 0);
}

#[test]
fn a_file_that_is_not_as_it_was_written_is_refused_with_what_to_do() {
    let home = Home::holding(40);
    let path = home.state.join("../a.export");
    export(&home, &path);
    let whole = fs::read(&path).unwrap();
    let header = whole.iter().position(|byte| *byte == b'\n').unwrap();
    let with = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = whole.clone();
        change(&mut bytes);
        fs::write(&path, bytes).unwrap();
        Export::read(&path).map(|export| events(&export).len())
    };
    assert_eq!(with(&|_| {}).unwrap(), 40);
    // Cut at any byte: never fewer events, always an error.
    for length in (0..whole.len()).step_by(97).chain([header, header + 1, whole.len() - 1]) {
        let error = with(&|bytes| bytes.truncate(length)).unwrap_err();
        let cut = matches!(error, ExportError::Torn { .. });
        assert_eq!(cut, length >= header, "{length}: {error}");
    }
    // Any byte that is another one.
    for place in (header + 1..whole.len()).step_by(101) {
        let error = with(&|bytes| bytes[place] ^= 1).unwrap_err();
        assert!(matches!(error, ExportError::Altered { .. }), "{place}: {error}");
    }
    for place in 0..=header {
        with(&|bytes| bytes[place] ^= 1).unwrap_err();
    }
    let more = with(&|bytes| bytes.extend(b"{}\n")).unwrap_err();
    assert!(matches!(more, ExportError::Altered { .. }), "{more}");

    let said = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        Export::read(&path).unwrap_err().to_string()
    };
    let name = path.display().to_string();
    for (bytes, words) in [
        (&b""[..], "is no telemetry export"),
        (b"dear diary", "is no telemetry export"),
        (b"{\"protocol_version\":1}\n", "is no telemetry export"),
        (b"{\"telemetry_export\":2,\"other\":1}\n{}", "format 2, and this version reads format 1: update"),
        (&whole[..whole.len() / 2], "is cut off"),
    ] {
        let said = said(bytes);
        assert!(said.contains(&name) && said.contains(words), "{said}");
    }
    let missing = Export::read(&home.state.join("../none.export")).unwrap_err();
    assert!(matches!(missing, ExportError::Read { .. }));
}

#[test]
fn an_export_is_sent_on_and_doing_it_twice_stores_once() {
    let home = Home::holding(700);
    let path = home.state.join("../a.export");
    export(&home, &path);
    let read = Export::read(&path).unwrap();
    let server = Server::start([Reply::Status(503, "", ""), Reply::StoreAndClose]);
    let sink = HttpSink::new(&server.url().parse().unwrap(), HttpOptions::plain()).unwrap();
    for (accepted, duplicates) in [(200, 500), (0, 700)] {
        let receipts = read.forward(&sink, yes, &TestClock::new(), DEADLINE).unwrap();
        let sum = |count: fn(&telemetry_schema::Receipt) -> u64| receipts.iter().map(count).sum::<u64>();
        assert_eq!((sum(|one| one.accepted), sum(|one| one.duplicates)), (accepted, duplicates));
    }
    assert_eq!(server.stored(), numbers(0..700));
}

#[test]
fn sending_on_stops_with_a_reason() {
    let home = Home::holding(700);
    let path = home.state.join("../a.export");
    export(&home, &path);
    let read = Export::read(&path).unwrap();
    let second_is_refused = ScriptSink::new([
        Box::new(|batch: &telemetry_transport::SealedBatch| Ok(crate::fixture::receipt(batch, Vec::new())))
            as crate::fixture::Answer<'_>,
        Box::new(|_| Err(SendError::Refused { status: 404 })),
    ]);
    let error = read.forward(&second_is_refused, yes, &TestClock::new(), DEADLINE).unwrap_err();
    assert_eq!((error.sent, error.batches, error.stopped), (1, 2, Stopped::Refused));
    let no = || consent(Mode::Local);
    let sink = ScriptSink::default();
    let error = read.forward(&sink, no, &TestClock::new(), DEADLINE).unwrap_err();
    assert_eq!((error.sent, error.stopped), (0, Stopped::ConsentClosed));
    assert!(sink.got.borrow().is_empty());
}
