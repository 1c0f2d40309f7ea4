//! A collector under mixed load that is killed at any moment and started again: at the end its store holds exactly what
//! it answered for and was not asked to erase, byte for byte, and its reports count exactly that.
//!
//! The everyday run is short; `cargo xtask soak collector --minutes N` runs for as long as is said.

mod sender;
mod wire;

use std::collections::HashSet;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Read as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use crate::home::{BINARY, Home};
use sender::{Numbers, Sender};
use wire::Request;

/// How long it runs.
const MINUTES: &str = "TELEMETRY_TEST_MINUTES";
/// What everything that happens is made of, but for the moments at which it happens.
const SEED: &str = "TELEMETRY_TEST_SEED";
const SENDERS: u64 = 4;
/// What a sender does in the everyday run.
const FEW: u64 = 25;
const POLICY: &str = include_str!("../../../src/sample/orchard.toml");

/// A collector at one address, with its own copy of the program: a build beside a long run must not change it.
struct Collector<'a> {
    home: &'a Home,
    child: Child,
    begun: Instant,
}

impl<'a> Collector<'a> {
    fn start(home: &'a Home, address: SocketAddr) -> Self {
        let program = home.path("telemetry");
        if !program.exists() {
            fs::copy(BINARY, &program).unwrap();
            fs::write(home.path("orchard.toml"), POLICY).unwrap();
        }
        let mut command = Command::new(program);
        home.settle(&mut command);
        command.args(["serve", "--max-rate", "0", "--listen", &address.to_string(), "--store"]);
        command.arg(home.path("store.sqlite")).arg("--policy").arg(home.path("orchard.toml"));
        let log = fs::OpenOptions::new().create(true).append(true).open(home.path("log")).unwrap();
        let child = command.stderr(Stdio::from(log)).spawn().unwrap();
        let mut collector = Self { home, child, begun: Instant::now() };
        let deadline = Instant::now() + Duration::from_secs(60);
        while Request::get("/readyz").send(address).is_err() {
            assert_eq!(collector.child.try_wait().unwrap(), None, "{}", collector.log());
            assert!(Instant::now() < deadline, "it does not answer: {}", collector.log());
            thread::sleep(Duration::from_millis(20));
        }
        collector
    }

    fn log(&self) -> String {
        fs::read_to_string(self.home.path("log")).unwrap_or_default()
    }

    /// Ends it, and says what its life was like.
    fn end(mut self, how: End) -> Life {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak_kib = peak.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok());
        let life = Life { lasted: self.begun.elapsed(), peak_kib };
        match how {
            End::Killed => self.child.kill().unwrap(),
            End::Asked => {
                let pid = rustix::process::Pid::from_child(&self.child);
                rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
            }
        }
        let status = self.child.wait().unwrap();
        assert_eq!(status.success(), how == End::Asked, "{status}: {}", self.log());
        life
    }
}

impl Drop for Collector<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Killed,
    Asked,
}

struct Life {
    lasted: Duration,
    /// The most memory it had; where the system says so.
    peak_kib: Option<u64>,
}

#[test]
fn what_was_answered_for_is_stored_once_whenever_the_collector_is_killed() {
    let minutes = std::env::var(MINUTES).ok().map(|minutes| minutes.parse::<u64>().unwrap());
    let seed = std::env::var(SEED).map_or(1, |seed| seed.parse().unwrap());
    let home = Home::new();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let stop = AtomicBool::new(false);
    let most = if minutes.is_some() { u64::MAX } else { FEW };
    let pause = Duration::from_millis(if minutes.is_some() { 150 } else { 5 });
    let begun = Instant::now();
    let mut lives = Vec::new();
    let senders: Vec<Sender> = thread::scope(|scope| {
        let work = |number| {
            let stop = &stop;
            scope.spawn(move || {
                let mut sender = Sender::new(number, seed, address);
                sender.work(most, pause, stop);
                sender
            })
        };
        let working: Vec<ScopedJoinHandle<Sender>> = (0..SENDERS).map(work).collect();
        scope.spawn(|| linger(address, &stop));
        let mut numbers = Numbers::new(seed);
        let is_over = || {
            minutes.map_or_else(
                || working.iter().all(ScopedJoinHandle::is_finished),
                |minutes| begun.elapsed() >= Duration::from_secs(60 * minutes),
            )
        };
        let mut collector = Collector::start(&home, address);
        while !is_over() && !working.iter().any(|sender| minutes.is_some() && sender.is_finished()) {
            // Long lives, too, to see what grows in one.
            let ms = match (minutes, numbers.below(12)) {
                (None, _) => 200 + numbers.below(1_500),
                (Some(_), 0) => 180_000,
                (Some(_), _) => 200 + numbers.below(15_000),
            };
            let until = Instant::now() + Duration::from_millis(ms);
            while Instant::now() < until && !is_over() {
                thread::sleep(Duration::from_millis(10));
            }
            let how = if numbers.below(6) == 0 { End::Asked } else { End::Killed };
            lives.push(collector.end(how));
            collector = Collector::start(&home, address);
        }
        stop.store(true, Relaxed);
        let senders = working.into_iter().map(|sender| sender.join().unwrap()).collect();
        lives.push(collector.end(End::Asked));
        senders
    });
    let stored = check(&home, &senders);
    println!("{}", summary(begun.elapsed(), seed, stored, &senders, &lives));
    is_flat(&lives);
}

/// Connections that say little or nothing, all the time.
fn linger(address: SocketAddr, stop: &AtomicBool) {
    let mut open: Vec<TcpStream> = Vec::new();
    while !stop.load(Relaxed) {
        open.retain_mut(|stream| {
            // Closed by the server, or by its end.
            stream.set_nonblocking(true).is_ok()
                && stream
                    .read(&mut [0; 64])
                    .is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
        });
        if open.len() < 32
            && let Ok(mut stream) = TcpStream::connect(address)
        {
            if open.len().is_multiple_of(2) {
                let _ = std::io::Write::write_all(&mut stream, b"POST /v1/events HTTP/1.1\r\nHost: c\r\n");
            }
            open.push(stream);
        }
        thread::sleep(Duration::from_millis(100));
    }
}

fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// What is stored is what must be, once each, and what reports count. How many events that is.
fn check(home: &Home, senders: &[Sender]) -> u64 {
    let store = home.path("store.sqlite");
    let store = store.to_str().unwrap();
    let condition = home.json(&["store", "check", store, "--json"]);
    assert_eq!(condition["problems"], Json::Array(Vec::new()), "{condition}");
    let mut missing: HashSet<u64> =
        senders.iter().flat_map(Sender::stored).map(|text| digest(&text)).collect();
    let expected = missing.len();
    let exported = home.ok(&["store", "export", store]);
    for line in exported.lines() {
        assert!(missing.remove(&digest(line)), "stored twice, or never answered for, or erased: {line}");
    }
    assert_eq!(missing.len(), 0, "of {expected} that were answered for, so many are not stored");
    let report = home.json(&["report", "--json", "--min-installs", "1", "--store", store]);
    assert_eq!(report["totals"]["events"], expected, "what reports count");
    let accepted: u64 = senders.iter().map(|sender| sender.accepted).sum();
    let acknowledged: usize = senders.iter().map(|sender| sender.acknowledged.len()).sum();
    assert!(accepted <= acknowledged as u64, "{accepted} were stored anew, of {acknowledged}");
    expected as u64
}

fn summary(took: Duration, seed: u64, stored: u64, senders: &[Sender], lives: &[Life]) -> String {
    let sum = |of: fn(&Sender) -> u64| senders.iter().map(of).sum::<u64>();
    let peaks: Vec<u64> = lives.iter().filter_map(|life| life.peak_kib).collect();
    let longest = lives.iter().map(|life| life.lasted).max().unwrap_or_default();
    format!(
        "soak: seed {seed}, {} s, {} lives (the longest {} s)\n\
         requests {}, sent again {}, events accepted {}, duplicates {}, refused {}, erasures {}\n\
         answered for {}, of these stored at the end {stored} (the rest was erased)\n\
         longest answer at the first attempt {} ms\n\
         most memory of a life, MiB: first {}, median {}, last {}, most {}",
        took.as_secs(),
        lives.len(),
        longest.as_secs(),
        sum(|sender| sender.done),
        sum(|sender| sender.repeated),
        sum(|sender| sender.accepted),
        sum(|sender| sender.duplicates),
        sum(|sender| sender.refused),
        sum(|sender| sender.receipts.len() as u64),
        sum(|sender| sender.acknowledged.len() as u64),
        senders.iter().map(|sender| sender.longest).max().unwrap_or_default().as_millis(),
        peaks.first().unwrap_or(&0) / 1024,
        median(&peaks) / 1024,
        peaks.last().unwrap_or(&0) / 1024,
        peaks.iter().max().unwrap_or(&0) / 1024,
    )
}

fn median(of: &[u64]) -> u64 {
    let mut sorted = of.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

/// The later lives need no more memory than the earlier ones, but for what an allocator keeps.
fn is_flat(lives: &[Life]) {
    const ROOM_KIB: u64 = 64 * 1024;
    let peaks: Vec<u64> = lives.iter().filter_map(|life| life.peak_kib).collect();
    let (early, late) = peaks.split_at(peaks.len() / 2);
    let (early, late) = (early.iter().max().unwrap_or(&0), late.iter().max().unwrap_or(&0));
    assert!(*late <= early + ROOM_KIB, "{early} KiB in the first half, {late} KiB in the second");
}
