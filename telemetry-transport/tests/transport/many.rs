//! Many at once, while somebody ships.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use telemetry_redact::consent::Mode;
use telemetry_schema::EventId;
use telemetry_transport::{MemorySink, Spool, SpoolLimits, SystemClock, ship};

use crate::fixture::{self, Home, event, events_of, id_at, yes};

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
