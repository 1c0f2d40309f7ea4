//! Many at once, while somebody ships.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use telemetry_redact::consent::Mode;
use telemetry_schema::EventId;
use telemetry_transport::{MemorySink, Spool, SpoolLimits, SystemClock, ship};

use crate::fixture::{Home, event, events_of, id_at, yes};

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

const APPENDER: &str = "TELEMETRY_TEST_APPENDER";

/// Is a process of its own in the test below, and does nothing otherwise.
#[test]
fn appender() {
    let Ok(told) = std::env::var(APPENDER) else { return };
    let (first, state) = told.split_once(' ').unwrap();
    let first: u64 = first.parse().unwrap();
    let spool = Spool::new(state, SpoolLimits::default());
    for number in first..first + 4 {
        spool.append(&event(id(number), Mode::On)).unwrap();
    }
}

#[test]
fn fifty_processes_lose_nothing_while_a_shipper_claims() {
    let home = Home::new();
    let done = AtomicBool::new(false);
    let times = std::thread::scope(|scope| {
        let shipper = scope.spawn(|| ship_until(&home, &done));
        let children: Vec<_> = (0..MANY)
            .map(|process| {
                Command::new(std::env::current_exe().unwrap())
                    .args(["--exact", "many::appender"])
                    .env(APPENDER, format!("{} {}", process * 4, home.state.display()))
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        done.store(true, Ordering::Release);
        shipper.join().unwrap()
    });
    assert_eq!(times, once_each(MANY * 4));
}
