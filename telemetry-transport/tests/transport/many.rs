//! Many at once, while somebody ships.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use telemetry_redact::consent::Mode;
use telemetry_schema::EventId;
use telemetry_transport::{
    HttpOptions, Ledger, MemorySink, ShipReport, Spool, SpoolLimits, SystemClock, ship, sink_for,
};

use crate::fixture::{self, Home, event, events_of, id_at, yes};
use crate::server::Server;

const MANY: u64 = 50;
const EACH: u64 = 20;
const DEADLINE: Duration = Duration::from_secs(120);

/// Events of now: the system's clock says what has expired.
fn id(number: u64) -> EventId {
    let now = telemetry_transport::Clock::unix_ms(&SystemClock::new());
    id_at(now, number)
}

fn number(id: EventId) -> u64 {
    u64::from_be_bytes(id.to_bytes()[8..].try_into().unwrap()) & 0xffff_ffff
}

/// Ships again and again until the appenders are done, and then what is left. How often each number was sent.
fn ship_until(home: &Home, done: &AtomicBool) -> BTreeMap<u64, u64> {
    let sink = MemorySink::new();
    loop {
        let last = done.load(Ordering::Acquire);
        let report = ship(&home.spool, &home.ledger, &sink, yes, &SystemClock::new(), DEADLINE);
        assert_eq!((report.damaged, report.stopped_by), (0, None));
        if last {
            break;
        }
        std::thread::yield_now();
    }
    let mut times = BTreeMap::new();
    for batch in sink.batches() {
        for id in events_of(&batch) {
            *times.entry(number(id)).or_default() += 1;
        }
    }
    times
}

fn once_each(count: u64) -> BTreeMap<u64, u64> {
    (0..count).map(|number| (number, 1)).collect()
}

#[test]
fn fifty_threads_lose_nothing_while_a_shipper_claims() {
    let home = Home::new();
    let done = AtomicBool::new(false);
    let times = std::thread::scope(|scope| {
        let shipper = scope.spawn(|| ship_until(&home, &done));
        let appenders: Vec<_> = (0..MANY)
            .map(|thread| {
                let spool = home.spool.clone();
                scope.spawn(move || {
                    for number in thread * EACH..(thread + 1) * EACH {
                        spool.append(&event(id(number), Mode::On)).unwrap();
                    }
                })
            })
            .collect();
        for appender in appenders {
            appender.join().unwrap();
        }
        done.store(true, Ordering::Release);
        shipper.join().unwrap()
    });
    assert_eq!(times, once_each(MANY * EACH));
    assert!(home.pending().is_empty());
}

/// Room for whatever an appender writes before it is killed: what is evicted is another test's subject.
fn roomy() -> SpoolLimits {
    let mut limits = SpoolLimits::default();
    limits.max_bytes = 1 << 30;
    limits
}

const APPENDER: &str = "TELEMETRY_TEST_APPENDER";

/// Is a process of its own in the test below, and does nothing otherwise.
#[test]
fn appender() {
    let Ok(told) = std::env::var(APPENDER) else { return };
    let mut told = told.splitn(3, ' ');
    let [first, count] = [told.next(), told.next()].map(|number| number.unwrap().parse::<u64>().unwrap());
    let spool = Spool::new(told.next().unwrap(), roomy());
    for number in first..first + count {
        spool.append(&event(id(number), Mode::On)).unwrap();
        // At once and without a buffer: whoever reads this knows that the record is kept.
        std::io::stderr().write_all(format!("kept {number}\n").as_bytes()).unwrap();
    }
}

fn start(first: u64, count: u64, home: &Home, said: Stdio) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "many::appender", "--nocapture"]);
    command.env(APPENDER, format!("{first} {count} {}", home.state.display()));
    fixture::start(|| command.stdout(Stdio::null()).stderr(said).spawn()).unwrap()
}

#[test]
fn fifty_processes_lose_nothing_while_a_shipper_claims() {
    let home = Home::new();
    let done = AtomicBool::new(false);
    let times = std::thread::scope(|scope| {
        let shipper = scope.spawn(|| ship_until(&home, &done));
        let children: Vec<_> = (0..MANY).map(|process| start(process * 4, 4, &home, Stdio::null())).collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        done.store(true, Ordering::Release);
        shipper.join().unwrap()
    });
    assert_eq!(times, once_each(MANY * 4));
}

/// The guarantee of the crate: what `append` returned for is kept, whenever its process is killed after that.
#[test]
fn a_killed_appender_loses_nothing_that_it_was_told_is_kept() {
    let home = Home::with(roomy());
    let mut kept = Vec::new();
    for round in 0..20 {
        let mut child = start(round * 1_000_000, 1_000_000, &home, Stdio::piped());
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = lines.filter_map(|line| line.unwrap().strip_prefix("kept ")?.parse::<u64>().ok());
        kept.extend(said.by_ref().take(1 + usize::try_from(round * 7).unwrap()));
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said before it was killed counts too.
        kept.extend(said);
    }
    let sink = MemorySink::new();
    let report = ship(&home.spool, &home.ledger, &sink, yes, &SystemClock::new(), DEADLINE);
    assert_eq!((report.left, report.stopped_by), (0, None));
    let mut sent: Vec<_> = sink.batches().iter().flat_map(events_of).map(number).collect();
    sent.sort_unstable();
    let distinct = sent.len();
    sent.dedup();
    assert_eq!(sent.len(), distinct, "none twice");
    kept.retain(|number| sent.binary_search(number).is_err());
    assert_eq!(kept, Vec::<u64>::new(), "kept and not there; damaged: {}", report.damaged);
}

const SHIPPER: &str = "TELEMETRY_TEST_SHIPPER";

/// Is a helper in the test below, and does nothing otherwise.
#[test]
fn shipper() {
    let Ok(told) = std::env::var(SHIPPER) else { return };
    let (url, state) = told.split_once(' ').unwrap();
    ship_to(url, &Spool::new(state, roomy()), &Ledger::new(state));
}

/// As a helper does, with the time that one has.
fn ship_to(url: &str, spool: &Spool, ledger: &Ledger) -> ShipReport {
    let sink = sink_for(&url.parse().unwrap(), HttpOptions::plain()).unwrap();
    ship(spool, ledger, sink.as_ref(), yes, &SystemClock::new(), Duration::from_secs(10))
}

/// Eight lanes of two hundred commands, and helpers beside them that all want to ship.
#[test]
fn sixteen_hundred_events_of_eight_processes_arrive_once_each_in_few_requests() {
    let home = Home::with(roomy());
    let server = Server::start([]);
    let mut lanes: Vec<Child> = (0..8).map(|lane| start(lane * 200, 200, &home, Stdio::null())).collect();
    let mut helpers = Vec::new();
    while lanes.iter_mut().any(|lane| lane.try_wait().unwrap().is_none()) {
        if helpers.len() < 8 {
            let mut command = Command::new(std::env::current_exe().unwrap());
            command.args(["--exact", "many::shipper"]).stdout(Stdio::null());
            command.env(SHIPPER, format!("{} {}", server.url(), home.state.display()));
            helpers.push(fixture::start(|| command.spawn()).unwrap());
        }
        std::thread::yield_now();
    }
    assert!(lanes.into_iter().all(|mut lane| lane.wait().unwrap().success()));
    assert!(helpers.into_iter().all(|mut helper| helper.wait().unwrap().success()));
    let report = ship_to(&server.url(), &home.spool, &home.ledger);
    assert_eq!((report.left, report.stopped_by), (0, None));
    let stored: Vec<_> =
        server.stored().into_iter().map(number).collect::<BTreeSet<_>>().into_iter().collect();
    assert_eq!(stored, (0..1600).collect::<Vec<_>>());
    assert_eq!(server.repeated(), 0, "none came twice");
    println!("{} requests for 1,600 events", server.answered());
    assert!(server.answered() <= 100, "{} requests", server.answered());
}

/// Those that nobody took, and those that come at once when somebody does.
#[test]
fn what_waited_while_the_collector_was_down_arrives_once() {
    let home = Home::with(roomy());
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for waiting in 0..20 {
        home.spool.append(&event(id(waiting), Mode::On)).unwrap();
        let sink = sink_for(&format!("http://{nobody}").parse().unwrap(), HttpOptions::plain()).unwrap();
        let deadline = Duration::from_millis(5);
        ship(&home.spool, &home.ledger, sink.as_ref(), yes, &SystemClock::new(), deadline);
    }
    assert_eq!(home.pending().len(), 20);
    let server = Server::start([]);
    std::thread::scope(|scope| {
        for coming in 20..44 {
            let (spool, ledger, url) = (&home.spool, &home.ledger, server.url());
            scope.spawn(move || {
                spool.append(&event(id(coming), Mode::On)).unwrap();
                ship_to(&url, spool, ledger);
            });
        }
    });
    assert_eq!(server.stored().len(), 44);
    assert_eq!(server.repeated(), 0, "none came twice");
    assert!(home.pending().is_empty());
    assert_eq!(home.sent().len(), 44);
}
