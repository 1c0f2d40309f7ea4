//! Appenders, a shipper and a purger, each killed at some moment: what was acknowledged is sent, counted, or purged by
//! a purge that had not ended before it was begun to be appended.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use telemetry_redact::consent::Mode;
use telemetry_schema::EventId;
use telemetry_transport::{Clock, HttpOptions, Ledger, Spool, SpoolLimits, SystemClock, ship, sink_for};

use crate::fixture::{self, Home, event, id_at, yes};
use crate::server::Server;

/// How many rounds there are: `cargo xtask soak` says more than the everyday run.
const ROUNDS: &str = "TELEMETRY_TEST_ROUNDS";
const FEW: u64 = 60;
/// A directory is used for so many rounds, so that a round finds what killed processes have left.
const ROUNDS_EACH: u64 = 4;
const APPENDERS: u64 = 3;
/// Numbers of an appender's events; it never comes so far.
const EACH: u64 = 100_000;
const WORKER: &str = "TELEMETRY_TEST_WORKER";
const DEADLINE: Duration = Duration::from_secs(20);

/// The system's time, with next to no waiting.
struct Hasty {
    system: SystemClock,
    ahead_ms: u64,
}

impl Hasty {
    fn new() -> Self {
        Self::ahead(0)
    }

    fn ahead(ahead_ms: u64) -> Self {
        Self { system: SystemClock::new(), ahead_ms }
    }
}

impl Clock for Hasty {
    fn unix_ms(&self) -> u64 {
        self.system.unix_ms() + self.ahead_ms
    }

    fn elapsed(&self) -> Duration {
        self.system.elapsed()
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration.min(Duration::from_millis(1)));
    }

    fn random(&self) -> [u8; 10] {
        self.system.random()
    }
}

/// Numbers that a seed gives: the same in every run. xorshift64*, Vigna 2016.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }
}

/// What a round is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing goes but by being sent.
    Roomy,
    /// The bounds are so narrow that events are evicted all the time.
    Tight,
    /// A purger takes everything now and then.
    Purged,
}

impl Kind {
    fn of(round: u64) -> Self {
        [Self::Roomy, Self::Tight, Self::Purged][usize::try_from(round / ROUNDS_EACH % 3).unwrap()]
    }

    fn limits(self) -> SpoolLimits {
        let mut limits = SpoolLimits::default();
        limits.max_bytes = if self == Self::Tight { 16 * 1024 } else { 1 << 30 };
        limits.max_records = 1_000_000;
        limits
    }
}

/// Nanoseconds of the one clock that all processes of a machine share.
fn now_ns() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos()
}

/// Says a line at once: whoever reads it knows that what it says is so. Without a reader this process is done.
fn say(line: &str) {
    if std::io::stderr().write_all(format!("@{line}\n").as_bytes()).is_err() {
        std::process::exit(0);
    }
}

/// Is a process of its own in the test below, and does nothing otherwise.
#[test]
fn worker() {
    let Ok(told) = std::env::var(WORKER) else { return };
    let told: Vec<&str> = told.splitn(5, ' ').collect();
    let [role, first, tight, url, state] = told[..] else { panic!("{told:?}") };
    let first: u64 = first.parse().unwrap();
    let limits = if tight == "true" { Kind::Tight.limits() } else { Kind::Roomy.limits() };
    let spool = Spool::new(state, limits);
    say("ready");
    match role {
        "append" => {
            for number in first..first + EACH {
                say(&format!("began {number} {}", now_ns()));
                // A purge may take the directory away twice while it is looked for: such an event is not acknowledged.
                if spool.append(&event(id(number), Mode::On)).is_ok() {
                    say(&format!("kept {number}"));
                }
            }
        }
        "ship" => {
            let sink = sink_for(&url.parse().unwrap(), HttpOptions::plain()).unwrap();
            loop {
                ship(&spool, &Ledger::new(state), sink.as_ref(), yes, &Hasty::new(), DEADLINE);
                say("shipped");
            }
        }
        "purge" => loop {
            say("purging 0");
            let _ = spool.purge();
            say(&format!("purged {}", now_ns()));
            std::thread::sleep(Duration::from_millis(3));
        },
        other => panic!("{other}"),
    }
}

fn id(number: u64) -> EventId {
    id_at(SystemClock::new().unix_ms(), number)
}

fn number(id: EventId) -> u64 {
    u64::from_be_bytes(id.to_bytes()[8..].try_into().unwrap()) & 0xffff_ffff
}

struct Worker {
    child: Child,
    lines: Lines<BufReader<ChildStderr>>,
}

impl Worker {
    fn start(role: &str, first: u64, kind: Kind, url: &str, home: &Home) -> Self {
        let told = format!("{role} {first} {} {url} {}", kind == Kind::Tight, home.state.display());
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "kill::worker", "--nocapture"]).env(WORKER, told);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = fixture::start(|| command.spawn()).unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, lines }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What it said; the last line may be cut.
    fn said(&mut self) -> Vec<Vec<String>> {
        let whole = self.lines.by_ref().map_while(Result::ok);
        whole
            .filter_map(|line| {
                line.strip_prefix('@').map(|line| line.split(' ').map(str::to_owned).collect())
            })
            .collect()
    }
}

#[derive(Debug, Default)]
struct Totals {
    acknowledged: usize,
    evicted: usize,
    purged: usize,
    requests: u64,
    repeated: u64,
}

#[test]
fn what_was_acknowledged_survives_whatever_is_killed() {
    let rounds = std::env::var(ROUNDS).map_or(FEW, |rounds| rounds.parse().unwrap());
    let mut totals = Totals::default();
    for first in (0..rounds).step_by(usize::try_from(ROUNDS_EACH).unwrap()) {
        let kind = Kind::of(first);
        let home = Home::with(kind.limits());
        let server = Server::start([]);
        let mut evicted = 0;
        for round in first..rounds.min(first + ROUNDS_EACH) {
            one(round, kind, &home, &server, &mut totals, &mut evicted);
        }
        nothing_is_left_over(&home, &server, kind);
        totals.requests += server.answered();
        totals.repeated += server.repeated();
    }
    println!("{rounds} rounds: {totals:?}");
    assert!(totals.acknowledged as u64 > rounds, "rounds in which nothing happens show nothing: {totals:?}");
}

fn one(round: u64, kind: Kind, home: &Home, server: &Server, totals: &mut Totals, evicted: &mut u64) {
    let mut numbers = Numbers(round.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let roles = ["append", "append", "append", "ship", "purge"];
    let count = if kind == Kind::Purged { 5 } else { 4 };
    let mut workers: Vec<Worker> = (0..)
        .zip(&roles[..count])
        .map(|(index, role)| {
            let first = (round * APPENDERS + index) * EACH;
            Worker::start(role, first, kind, &server.url(), home)
        })
        .collect();
    for worker in &mut workers {
        while worker.lines.next().unwrap().unwrap() != "@ready" {}
    }
    let mut order: Vec<usize> = (0..count).collect();
    while !order.is_empty() {
        std::thread::sleep(Duration::from_micros(numbers.below(12_000)));
        let next = order.swap_remove(usize::try_from(numbers.below(order.len() as u64)).unwrap());
        workers[next].kill();
    }
    let said: Vec<Vec<String>> = workers.iter_mut().flat_map(Worker::said).collect();
    let find = |what: &str| said.iter().filter(|words| words[0] == what).collect::<Vec<_>>();
    let kept: BTreeSet<u64> = find("kept").iter().map(|words| words[1].parse().unwrap()).collect();

    let sink = sink_for(&server.url().parse().unwrap(), HttpOptions::plain()).unwrap();
    let report = ship(&home.spool, &home.ledger, sink.as_ref(), yes, &Hasty::new(), DEADLINE);
    assert_eq!((report.left, report.stopped_by), (0, None), "round {round}");
    let stored: BTreeSet<u64> = server.stored().into_iter().map(number).collect();
    let mut missing: Vec<u64> = kept.difference(&stored).copied().collect();
    let missed = missing.len();
    match kind {
        Kind::Roomy => {}
        Kind::Purged => {
            // A purge that was killed may have ended at any time.
            let whole = find("purging").len() == find("purged").len();
            let ended = find("purged").iter().map(|words| words[1].parse().unwrap()).max().unwrap_or(0);
            let until: u128 = if whole { ended } else { u128::MAX };
            let begun: BTreeSet<u64> = find("began")
                .iter()
                .filter(|words| words.len() == 3 && words[2].parse::<u128>().unwrap() < until)
                .map(|words| words[1].parse().unwrap())
                .collect();
            missing.retain(|number| !begun.contains(number));
            totals.purged += missed - missing.len();
        }
        Kind::Tight => {
            totals.evicted += missed;
            *evicted += missed as u64;
            // Both are of all rounds in this directory.
            let lost = server.lost() + losses(home);
            assert!(*evicted <= lost, "round {round}: {evicted} are nowhere and {lost} counted");
            missing.clear();
        }
    }
    assert!(missing.is_empty(), "round {round} ({kind:?}): {missing:?} are nowhere");
    totals.acknowledged += kept.len();
}

fn losses(home: &Home) -> u64 {
    let text = std::fs::read_to_string(home.state.join("losses.json")).unwrap_or_else(|_| "{}".to_owned());
    let counts: std::collections::BTreeMap<String, u64> = serde_json::from_str(&text).unwrap();
    counts.values().sum()
}

/// What was sent can be shown, and what killed processes left goes with the next ones.
fn nothing_is_left_over(home: &Home, server: &Server, kind: Kind) {
    let mut shown: BTreeSet<EventId> = home.sent().into_iter().collect();
    // What was sent by a shipper that was killed before the answer, and then evicted or purged before it was sent again.
    if kind != Kind::Roomy {
        shown.extend(home.unanswered());
    }
    // The ledger forgets beyond two hundred.
    if home.ledger.read().unwrap().batches.len() < 200 {
        let unshown: Vec<_> = server.stored().into_iter().filter(|id| !shown.contains(id)).collect();
        assert!(unshown.is_empty(), "{kind:?}: sent and not in the ledger: {unshown:?}");
    }
    // Temporary files go when they are so old that nobody can be writing them.
    let later = Hasty::ahead(2 * 60 * 60 * 1000);
    let sink = sink_for(&server.url().parse().unwrap(), HttpOptions::plain()).unwrap();
    ship(&home.spool, &home.ledger, sink.as_ref(), yes, &later, DEADLINE);
    for directory in ["", "pending", "shipping", "local", "damaged", "sent"] {
        let files = home.files(directory);
        assert!(files.iter().all(|name| !name.contains("tmp")), "{kind:?}: {directory}: {files:?}");
    }
    home.spool.purge().unwrap();
    for directory in ["pending", "shipping", "purged"] {
        assert!(home.files(directory).is_empty(), "{kind:?}: {directory}");
    }
}
