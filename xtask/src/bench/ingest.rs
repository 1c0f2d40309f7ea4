//! `bench ingest`: events a second for which a durable receipt came, beside what the disk can do and beside a peer.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use telemetry_transport::{OtlpEncoding, WireForm, in_form};

use super::made_up::{MadeUp, gzip};
use super::served::{Connection, Gzip, Served, policy, post, telemetry};
use super::{median, number, thousands};
use crate::document::{BENCHMARKS, table, write_part};
use crate::say;

const CLIENTS: [usize; 3] = [1, 8, 64];
const BATCHES: [u64; 3] = [1, 32, 500];
/// How long each cell is sent to the collector.
const CELL: Duration = Duration::from_secs(3);
/// How long the floor and the peer take each.
const BESIDE: Duration = Duration::from_secs(1);
/// How long a client that is told to come again waits, and how long it goes on.
const COME_AGAIN: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(60);
/// Different requests that the peer gets: it stores none, so they may come again.
const OF_PEER: u64 = 16;
const PEER: &str = "rotel==0.0.1a15";

pub(super) fn run(root: &Path, write: bool) -> Result<()> {
    let program = telemetry(root)?;
    let directory = root.join("target").join("bench");
    fs::create_dir_all(&directory)?;
    let store = Store::new(&directory.join("ingest.sqlite"))?;
    let made_up = MadeUp::new(&fs::read_to_string(policy(root))?, 10_000_000)?;
    let peer = match peer(root) {
        Ok(peer) => Some(peer),
        Err(error) => {
            say(&format!("skipped: rotel, since {error:#}"));
            None
        }
    };
    let server = Served::collector(&program, root, &store.0)?;
    let mut next = 0_u64;
    // The first requests make it ready: policies compiled, caches filled.
    send(server.address, &requests(&made_up, &mut next, 500, 4)?, 1, Some(500))?;
    let begin = server.peak_mib();
    let mut rows = Vec::new();
    for batch in BATCHES {
        let floor = floor(&directory.join("floor"), made_up.batch(0, batch)?.as_bytes(), batch)?;
        for clients in CLIENTS {
            server.forget_peak();
            let before = server.processor_seconds();
            let cell = cell(&server, &made_up, &mut next, clients, batch)?;
            let memory = server.peak_mib();
            let used = server.processor_seconds().zip(before).map(|(after, before)| after - before);
            let beside = peer.as_ref().map(|peer| of_peer(peer, &made_up, clients, batch)).transpose()?;
            let ours = cell.events_a_second();
            let mut row = vec![format!("{clients} × {batch}"), number(ours)];
            row.extend([format!("{:.2}", ours / floor), number(floor)]);
            row.extend(cell.receipts());
            row.push(cell.waits.to_string());
            row.push(memory.map_or("–".to_owned(), |mib| format!("{mib:.0}")));
            row.push(each_us(used, cell.events));
            let peer = beside.map(|(rate, used)| [number(rate), format!("{:.2}", ours / rate), used]);
            row.extend(peer.unwrap_or(["–".to_owned(), "–".to_owned(), "–".to_owned()]));
            say(&row.join(" | "));
            rows.push(row);
        }
    }
    let head = [
        "clients × events a batch",
        "events/s",
        "times the floor",
        "floor, events/s",
        "receipt, median ms",
        "99 %, ms",
        "told to come again",
        "memory, MiB",
        "processor, µs an event",
        "rotel, nothing kept, events/s",
        "times rotel",
        "its processor, µs an event",
    ];
    let mut text = table(&head, &rows);
    for batch in BATCHES {
        let body = made_up.batch(0, batch)?;
        let sent = gzip(body.as_bytes())?.len() as u64;
        let each = |bytes: u64| thousands(bytes / batch);
        let raw = each(body.len() as u64);
        writeln!(text, "\nIn a batch of {batch} an event is {raw} bytes, {} as it is sent.", each(sent))?;
    }
    if let Some(begin) = begin {
        let events = thousands(next);
        writeln!(
            text,
            "\nMemory before the first cell {begin:.0} MiB; {events} events in the store at the end."
        )?;
    }
    say(&text);
    if write { write_part(&root.join(BENCHMARKS), "ingest", &text) } else { Ok(()) }
}

/// Processor time of one event, in microseconds.
#[expect(clippy::cast_precision_loss, reason = "some millions")]
pub(super) fn each_us(seconds: Option<f64>, events: u64) -> String {
    seconds.map_or("–".to_owned(), |seconds| format!("{:.0}", seconds * 1e6 / events.max(1) as f64))
}

/// A store's file, which goes with all that lies beside it.
pub(super) struct Store(pub(super) PathBuf);

impl Store {
    pub(super) fn new(path: &Path) -> Result<Self> {
        let store = Self(path.to_owned());
        store.remove();
        fs::create_dir_all(path.parent().context("a directory")?)?;
        Ok(store)
    }

    fn remove(&self) {
        for ending in ["", "-wal", "-shm"] {
            // What is not there need not go.
            let _ = fs::remove_file(format!("{}{ending}", self.0.display()));
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.remove();
    }
}

/// What was sent, and when it was answered.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) events: u64,
    pub(super) took: Duration,
    pub(super) each: Vec<Duration>,
    /// Times that somebody was told to come again: 429 or 503.
    pub(super) waits: u64,
}

impl Sent {
    #[expect(clippy::cast_precision_loss, reason = "some millions")]
    pub(super) fn events_a_second(&self) -> f64 {
        self.events as f64 / self.took.as_secs_f64()
    }

    /// The median and the 99th percentile, in milliseconds.
    pub(super) fn receipts(&self) -> [String; 2] {
        let mut each: Vec<f64> = self.each.iter().map(|took| took.as_secs_f64() * 1000.0).collect();
        each.sort_by(f64::total_cmp);
        [50, 99].map(|percent| {
            let place = (each.len() * percent).div_ceil(100).max(1) - 1;
            each.get(place).map_or("–".to_owned(), |ms| format!("{ms:.1}"))
        })
    }
}

/// Sends for the time of a cell. Requests are made between, in rounds, so that making them takes nothing from the server.
pub(super) fn cell(
    server: &Served,
    made_up: &MadeUp,
    next: &mut u64,
    clients: usize,
    batch: u64,
) -> Result<Sent> {
    let mut all = Sent::default();
    let mut round = 2 * clients;
    while all.took < CELL {
        let requests = requests(made_up, next, batch, round)?;
        let sent = send(server.address, &requests, clients, Some(batch))?;
        all.events += sent.events;
        all.took += sent.took;
        all.each.extend(sent.each);
        all.waits += sent.waits;
        // As many as fit into a third of the cell, at the speed of before.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some thousands")]
        let most =
            (CELL.as_secs_f64() / 3.0 * all.events_a_second()) as usize / usize::try_from(batch).unwrap_or(1);
        round = most.max(2 * clients);
    }
    Ok(all)
}

fn requests(made_up: &MadeUp, next: &mut u64, batch: u64, count: usize) -> Result<Vec<Vec<u8>>> {
    let first = *next;
    *next += batch * count as u64;
    // On as many threads as there are cores here, as a rule.
    std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            scope.spawn(move || {
                let mine = (0..count as u64).filter(|index| index % 2 == half);
                let request = |index| {
                    let body = made_up.batch(first + index * batch, batch)?;
                    Ok(post("/v1/events", "application/json", Gzip::Yes, &gzip(body.as_bytes())?))
                };
                mine.map(request).collect::<Result<Vec<_>>>()
            })
        });
        let mut all = Vec::with_capacity(count);
        for half in halves {
            all.extend(half.join().map_err(|_| anyhow::anyhow!("no requests"))??);
        }
        Ok(all)
    })
}

/// Sends requests, each client the next one when its answer is there. With a number of events each answer has to be a
/// receipt for so many that were stored now.
pub(super) fn send(
    address: SocketAddr,
    requests: &[Vec<u8>],
    clients: usize,
    accepted: Option<u64>,
) -> Result<Sent> {
    let next = AtomicUsize::new(0);
    let start = Barrier::new(clients + 1);
    std::thread::scope(|scope| {
        let client = || {
            let connection = Connection::open(address);
            start.wait();
            let (mut connection, mut each, mut waits) = (connection?, Vec::new(), 0);
            while let Some(request) = requests.get(next.fetch_add(1, Relaxed)) {
                let begun = Instant::now();
                let before = waits;
                let (status, body) = loop {
                    let (status, body) = connection.ask(request)?;
                    if !matches!(status, 429 | 503) || begun.elapsed() > PATIENCE {
                        break (status, body);
                    }
                    waits += 1;
                    std::thread::sleep(COME_AGAIN);
                };
                each.push(begun.elapsed());
                let said = String::from_utf8_lossy(&body);
                // After a 503 a batch may have been stored before.
                let is_receipt = |count| {
                    said.contains(&format!("\"accepted\":{count},"))
                        || (waits > before && said.contains(&format!("\"duplicates\":{count}")))
                };
                if status != 200 || !accepted.is_none_or(is_receipt) {
                    bail!("answered {status}: {said}");
                }
            }
            Ok((each, waits))
        };
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(client)).collect();
        start.wait();
        let begun = Instant::now();
        let (mut each, mut waits) = (Vec::new(), 0);
        for client in clients {
            let mine = client.join().map_err(|_| anyhow::anyhow!("a client panicked"))??;
            each.extend(mine.0);
            waits += mine.1;
        }
        let events = accepted.unwrap_or(0) * each.len() as u64;
        Ok(Sent { events, took: begun.elapsed(), each, waits })
    })
}

/// The disk's own limit: one writer that appends the bytes of a batch and syncs them, again and again. Events a second.
fn floor(path: &Path, batch: &[u8], events: u64) -> Result<f64> {
    let mut file = File::create(path)?;
    let begun = Instant::now();
    let mut times = Vec::new();
    while begun.elapsed() < BESIDE {
        let each = Instant::now();
        file.write_all(batch)?;
        file.sync_data()?;
        times.push(each.elapsed().as_secs_f64());
    }
    fs::remove_file(path)?;
    #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
    let events = events as f64;
    Ok(events / median(&mut times))
}

/// The peer's program, in an environment of its own.
fn peer(root: &Path) -> Result<PathBuf> {
    let environment = root.join("target").join("peers").join("rotel");
    let python = environment.join("bin").join("python");
    let run = |command: &mut Command| -> Result<String> {
        let output = command.output().context("cannot be run")?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            bail!("it cannot be installed: {}", text.lines().last().unwrap_or_default());
        }
        Ok(String::from_utf8(output.stdout)?)
    };
    let find = "import pathlib, rotel; print(pathlib.Path(rotel.__file__).parent / 'rotel-agent')";
    if !python.exists() {
        say("== install the peer");
        run(Command::new("python3").args(["-m", "venv"]).arg(&environment))?;
    }
    if run(Command::new(&python).args(["-c", find])).is_err() {
        run(Command::new(&python).args(["-m", "pip", "install", "--quiet", PEER]))?;
    }
    Ok(run(Command::new(&python).args(["-c", find]))?.trim().into())
}

/// Events a second that the peer answers for, and its processor time of one. It gets the same events as OTLP logs and passes them to an exporter that
/// drops them, the only one it has that needs no other server: its answer says that they are in its memory.
fn of_peer(program: &Path, made_up: &MadeUp, clients: usize, batch: u64) -> Result<(f64, String)> {
    let server = Served::peer(|address| {
        let mut command = Command::new(program);
        command.args(["start", "--exporter", "blackhole", "--otlp-http-endpoint", &address.to_string()]);
        // Its own default is taken, and may be in use.
        command.args(["--otlp-grpc-endpoint", "127.0.0.1:0", "--otlp-receiver-traces-disabled"]);
        command.arg("--otlp-receiver-metrics-disabled");
        command
    })?;
    let mut requests = Vec::new();
    for index in 0..OF_PEER {
        let sealed = made_up.batch(index * batch, batch)?;
        let body = in_form(sealed.as_bytes(), WireForm::Otlp(OtlpEncoding::Protobuf))?;
        requests.push(post("/v1/logs", "application/x-protobuf", Gzip::Yes, &gzip(&body)?));
    }
    let (mut answered, mut took) = (0, Duration::ZERO);
    let before = server.processor_seconds();
    while took < BESIDE {
        let again: Vec<Vec<u8>> = requests.iter().cycle().take(64 * clients).cloned().collect();
        let sent = send(server.address, &again, clients, None)?;
        answered += sent.each.len() as u64 * batch;
        took += sent.took;
    }
    let used = server.processor_seconds().zip(before).map(|(after, before)| after - before);
    #[expect(clippy::cast_precision_loss, reason = "some millions")]
    Ok((answered as f64 / took.as_secs_f64(), each_us(used, answered)))
}
