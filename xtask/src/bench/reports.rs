//! `bench reports`: how long each report takes over how many events, and what that does to those who send meanwhile.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use telemetry_collector::ReportName;

use super::ingest::{Sent, Store, each_us, send};
use super::made_up::MadeUp;
use super::served::{Connection, Gzip, Served, get, peak_mib, policy, post, telemetry};
use super::{median, number, thousands};
use crate::document::{BENCHMARKS, table, write_part};
use crate::say;

/// Events in a request while the store is filled: as many as a batch may have.
const FILL: u64 = 1_000;
/// Times that each report is made; the median counts.
const TIMES: usize = 5;
/// How long events are sent beside reports, and without.
const BESIDE: Duration = Duration::from_secs(5);
/// More events than are sent in that time: the second time begins so far behind the first.
pub(super) const APART: u64 = 1 << 32;
/// Events in a batch meanwhile.
const BATCH: u64 = 100;

/// What one size showed.
struct Size {
    events: u64,
    /// By report: milliseconds in a new process, from a running server, MiB of that process.
    reports: Vec<[f64; 3]>,
    /// Of the store and the server: one row of the second table.
    row: Vec<String>,
}

pub(super) fn run(root: &Path, events: u64, write: bool) -> Result<()> {
    let program = telemetry(root)?;
    let mut sizes = Vec::new();
    for size in [events / 100, events / 10, events] {
        sizes.push(measure(root, &program, size)?);
    }
    let text = tables(&sizes);
    say(&text);
    if write { write_part(&root.join(BENCHMARKS), "reports", &text) } else { Ok(()) }
}

fn measure(root: &Path, program: &Path, events: u64) -> Result<Size> {
    let store = Store::new(&root.join("target").join("bench").join("reports.sqlite"))?;
    let made_up = MadeUp::new(&fs::read_to_string(policy(root))?, events)?;
    let server = Served::collector(program, root, &store.0)?;
    say(&format!("== {} events", thousands(events)));
    let filled = fill(server.address, &made_up, events)?;
    // The rest is counted once, by the first report.
    ask(server.address, "/reports/overview.json")?;
    let peak_filling = server.peak_mib();
    let used = each_us(server.processor_seconds(), events);
    say(&format!("filled: {} events/s, {used} µs of processor each", number(filled.events_a_second())));
    let bytes = fs::metadata(&store.0)?.len();
    server.forget_peak();
    let mut reports = Vec::new();
    for name in ReportName::ALL {
        let path = format!("/reports/{}.json?min_installs=10", name.key());
        let mut warm: Vec<f64> = Vec::new();
        for _ in 0..=TIMES {
            warm.push(ask(server.address, &path)?.as_secs_f64() * 1000.0);
        }
        warm.remove(0);
        let (mut cold, mut memory) = (Vec::new(), 0.0_f64);
        for _ in 0..TIMES {
            let (took, peak) = report(program, &store.0, *name)?;
            cold.push(took.as_secs_f64() * 1000.0);
            memory = memory.max(peak);
        }
        let row = [median(&mut cold), median(&mut warm), memory];
        say(&format!("{}: {row:.1?}", name.key()));
        reports.push(row);
    }
    let peak_reporting = server.peak_mib();
    let (alone, longest_alone, _) = beside(server.address, &made_up, events, 0)?;
    let (with, longest_with, made) = beside(server.address, &made_up, events + APART, 2)?;
    let mib = |peak: Option<f64>| peak.map_or("–".to_owned(), |mib| format!("{mib:.0}"));
    #[expect(clippy::cast_precision_loss, reason = "some gigabytes")]
    let (size, each) = (bytes as f64 / 1024.0 / 1024.0, bytes as f64 / events as f64);
    let row = vec![
        thousands(events),
        number(filled.events_a_second()),
        used,
        format!("{size:.0}"),
        format!("{each:.0}"),
        mib(peak_filling),
        mib(peak_reporting),
        number(alone),
        format!("{longest_alone:.0}"),
        number(with),
        format!("{longest_with:.0}"),
        format!("{made}"),
    ];
    Ok(Size { events, reports, row })
}

/// Fills the store through the door: four clients, each with its part of what comes next.
pub(super) fn fill(address: SocketAddr, made_up: &MadeUp, events: u64) -> Result<Sent> {
    let next = AtomicU64::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| -> Result<()> {
        let client = || -> Result<()> {
            loop {
                let first = next.fetch_add(FILL, Relaxed);
                if first >= events {
                    return Ok(());
                }
                let count = FILL.min(events - first);
                let body = made_up.batch(first, count)?;
                let request = post("/v1/events", "application/json", Gzip::No, body.as_bytes());
                send(address, &[request], 1, Some(count))?;
            }
        };
        let clients: Vec<_> = (0..4).map(|_| scope.spawn(client)).collect();
        for client in clients {
            client.join().map_err(|_| anyhow::anyhow!("a client panicked"))??;
        }
        Ok(())
    })?;
    Ok(Sent { events, took: begun.elapsed(), each: Vec::new(), waits: 0 })
}

pub(super) fn ask(address: SocketAddr, path: &str) -> Result<Duration> {
    let mut connection = Connection::open(address)?;
    let begun = Instant::now();
    let (status, body) = connection.ask(&get(path))?;
    let took = begun.elapsed();
    if status != 200 {
        bail!("{path} is answered {status}: {}", String::from_utf8_lossy(&body));
    }
    Ok(took)
}

/// A report by a process of its own: how long that took, and the most memory it was seen with.
pub(super) fn report(program: &Path, store: &Path, name: ReportName) -> Result<(Duration, f64)> {
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(["report", name.key(), "--json", "--store"])
        .arg(store)
        .stdout(Stdio::null())
        .spawn()?;
    let mut peak = 0.0_f64;
    let status = loop {
        peak = peak.max(peak_mib(child.id()).unwrap_or(0.0));
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    let took = begun.elapsed();
    if !status.success() {
        bail!("the report {name} ended with {status}");
    }
    Ok((took, peak))
}

/// Two clients send while so many others ask for one report after the other: events a second, the longest receipt in
/// milliseconds, and how many reports were made.
fn beside(address: SocketAddr, made_up: &MadeUp, first: u64, readers: usize) -> Result<(f64, f64, u64)> {
    let stop = AtomicBool::new(false);
    let (next, made) = (AtomicU64::new(first), AtomicU64::new(0));
    let begun = Instant::now();
    let (events, longest) = std::thread::scope(|scope| {
        let read = || -> Result<()> {
            for name in ReportName::ALL.iter().cycle() {
                if stop.load(Relaxed) {
                    break;
                }
                ask(address, &format!("/reports/{}.json", name.key()))?;
                made.fetch_add(1, Relaxed);
            }
            Ok(())
        };
        let send = || -> Result<(u64, Duration)> {
            let (mut events, mut longest) = (0, Duration::ZERO);
            while begun.elapsed() < BESIDE {
                let body = made_up.batch(next.fetch_add(BATCH, Relaxed), BATCH)?;
                let request = post("/v1/events", "application/json", Gzip::No, body.as_bytes());
                let sent = send(address, &[request], 1, Some(BATCH))?;
                events += sent.events;
                longest = longest.max(sent.each.into_iter().max().unwrap_or_default());
            }
            Ok((events, longest))
        };
        let readers: Vec<_> = (0..readers).map(|_| scope.spawn(read)).collect();
        let senders = [scope.spawn(send), scope.spawn(send)];
        let ended = senders.map(ScopedJoinHandle::join);
        // Before anything of that can be an error: readers go on until they are told.
        stop.store(true, Relaxed);
        let mut all = (0, Duration::ZERO);
        for sender in ended {
            let (events, longest) = sender.map_err(|_| anyhow::anyhow!("a sender panicked"))??;
            all = (all.0 + events, all.1.max(longest));
        }
        for reader in readers {
            reader.join().map_err(|_| anyhow::anyhow!("a reader panicked"))??;
        }
        anyhow::Ok(all)
    })?;
    let sent = Sent { events, took: BESIDE, each: Vec::new(), waits: 0 };
    Ok((sent.events_a_second(), longest.as_secs_f64() * 1000.0, made.load(Relaxed)))
}

fn tables(sizes: &[Size]) -> String {
    let mut head = vec!["report".to_owned()];
    for size in sizes {
        let events = thousands(size.events);
        head.extend([format!("{events}: cold, ms"), "warm, ms".to_owned(), "MiB".to_owned()]);
    }
    let rows: Vec<Vec<String>> = ReportName::ALL
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let cells = sizes.iter().flat_map(|size| size.reports[index]);
            std::iter::once(format!("`{}`", name.key()))
                .chain(cells.map(|cell| format!("{cell:.0}")))
                .collect()
        })
        .collect();
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let store = [
        "events",
        "filled, events/s",
        "processor, µs an event",
        "file, MiB",
        "bytes an event",
        "server filling, MiB",
        "reporting, MiB",
        "sent alone, events/s",
        "longest receipt, ms",
        "beside reports, events/s",
        "longest receipt, ms",
        "reports made",
    ];
    let of_store: Vec<Vec<String>> = sizes.iter().map(|size| size.row.clone()).collect();
    format!("{}\n{}", table(&head, &rows), table(&store, &of_store))
}
