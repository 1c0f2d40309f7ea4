//! `bench clickhouse`: what a collector in front of ClickHouse takes, and how long its reports take, with one server and
//! with two that share the rows.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use telemetry_collector::ReportName;

use super::fixture::Servers;
use super::ingest::{cell, each_us};
use super::made_up::MadeUp;
use super::reports::{APART, ask, fill, report};
use super::served::{Served, peak_mib, policy, processor_seconds, telemetry};
use super::{median, number, thousands};
use crate::document::{BENCHMARKS, table, write_part};
use crate::say;

const SHARDS: [usize; 2] = [1, 2];
/// Clients and events a batch; four events a request is what docs/scale.md reckons with.
const CELLS: [(usize, u64); 5] = [(1, 500), (8, 500), (64, 500), (8, 4), (64, 4)];
/// Times that each report is made; the median counts.
const TIMES: usize = 3;

/// What one number of shards showed.
struct Shown {
    shards: usize,
    /// By cell, a row without its first two columns.
    cells: Vec<Vec<String>>,
    /// By report, milliseconds in a new process and from a running server.
    reports: Vec<[f64; 2]>,
    /// Of the store and its servers: one row of the third table.
    row: Vec<String>,
}

pub(super) fn run(root: &Path, events: u64, write: bool) -> Result<()> {
    let program = telemetry(root)?;
    let mut shown = Vec::new();
    for shards in SHARDS {
        // Which server was looked for, and that there is none, is said there.
        let Some(servers) = Servers::start(shards) else { return Ok(()) };
        shown.push(measure(root, &program, &servers, shards, events)?);
    }
    let text = tables(&shown, events);
    say(&text);
    if write { write_part(&root.join(BENCHMARKS), "clickhouse", &text) } else { Ok(()) }
}

fn measure(root: &Path, program: &Path, servers: &Servers, shards: usize, events: u64) -> Result<Shown> {
    say(&format!("== {shards} of ClickHouse"));
    let address = servers.address("bench");
    let store = Path::new(&address);
    let made_up = MadeUp::new(&fs::read_to_string(policy(root))?, events)?;
    let server = Served::collector(program, root, store)?;
    let before = processors();
    let filled = fill(server.address, &made_up, events)?;
    let (of_collector, of_servers) = (server.processor_seconds(), since(before));
    let (filled, collector, database) =
        (number(filled.events_a_second()), each_us(of_collector, events), each_us(of_servers, events));
    say(&format!("filled: {filled} events/s, {collector} + {database} µs of processor each"));
    let bytes = bytes(servers, shards)?;
    let mut reports = Vec::new();
    for name in ReportName::ALL {
        let path = format!("/reports/{}.json?min_installs=10", name.key());
        let (mut cold, mut warm) = (Vec::new(), Vec::new());
        for _ in 0..TIMES {
            cold.push(report(program, store, *name)?.0.as_secs_f64() * 1000.0);
            warm.push(ask(server.address, &path)?.as_secs_f64() * 1000.0);
        }
        let row = [median(&mut cold), median(&mut warm)];
        say(&format!("{}: {row:.0?}", name.key()));
        reports.push(row);
    }
    let mut cells = Vec::new();
    // Behind what it was filled with.
    let mut next = events + APART;
    for (clients, batch) in CELLS {
        let before = (server.processor_seconds(), processors());
        let sent = cell(&server, &made_up, &mut next, clients, batch)?;
        let used = server.processor_seconds().zip(before.0).map(|(after, before)| after - before);
        let of_servers = since(before.1);
        let mut row = vec![number(sent.events_a_second())];
        row.extend(sent.receipts());
        row.extend([each_us(used, sent.events), each_us(of_servers, sent.events)]);
        say(&row.join(" | "));
        cells.push(row);
    }
    let memory: f64 = children().iter().filter_map(|child| peak_mib(*child)).sum();
    #[expect(clippy::cast_precision_loss, reason = "some gigabytes")]
    let each = bytes as f64 / events as f64;
    let row =
        vec![shards.to_string(), filled, collector, database, format!("{each:.0}"), format!("{memory:.0}")];
    Ok(Shown { shards, cells, reports, row })
}

/// The servers: what this process started, but for the collector.
fn children() -> Vec<u32> {
    let own = std::process::id().to_string();
    let stat = |process: u32| fs::read_to_string(format!("/proc/{process}/stat")).ok();
    let is_server = |process: &u32| {
        stat(*process).is_some_and(|stat| {
            // Its name in brackets, its state, its parent: proc(5).
            let (name, rest) = stat.split_once(") ").unwrap_or_default();
            name.contains("clickhouse") && rest.split(' ').nth(1) == Some(&own)
        })
    };
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).filter(is_server).collect()
}

/// Seconds of processors that the servers have used.
fn processors() -> Option<f64> {
    children().into_iter().map(processor_seconds).sum()
}

fn since(before: Option<f64>) -> Option<f64> {
    processors().zip(before).map(|(after, before)| after - before)
}

/// What the rows take on the disks, as they lie there.
fn bytes(servers: &Servers, shards: usize) -> Result<u64> {
    let query = "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'bench'";
    let of = |shard| servers.ask(shard, query).trim().parse::<u64>().context("a size");
    (0..shards).map(of).sum()
}

fn tables(shown: &[Shown], events: u64) -> String {
    let of_cells = shown.iter().flat_map(|shown| {
        CELLS.iter().zip(&shown.cells).map(|((clients, batch), row)| {
            let mut whole = vec![shown.shards.to_string(), format!("{clients} × {batch}")];
            whole.extend(row.iter().cloned());
            whole
        })
    });
    let cells = table(
        &[
            "servers",
            "clients × events a batch",
            "events/s",
            "receipt, median ms",
            "99 %, ms",
            "processor of the collector, µs an event",
            "of the servers, µs an event",
        ],
        &of_cells.collect::<Vec<_>>(),
    );
    let mut head = vec!["report".to_owned()];
    for Shown { shards, .. } in shown {
        let servers = if *shards == 1 { "server" } else { "servers" };
        head.extend([format!("{shards} {servers}: cold, ms"), "warm, ms".to_owned()]);
    }
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let of_reports = ReportName::ALL.iter().enumerate().map(|(index, name)| {
        let cells = shown.iter().flat_map(|shown| shown.reports[index]).map(|ms| format!("{ms:.0}"));
        std::iter::once(format!("`{}`", name.key())).chain(cells).collect()
    });
    let reports = table(&head, &of_reports.collect::<Vec<_>>());
    let of_store: Vec<_> = shown.iter().map(|shown| shown.row.clone()).collect();
    let store = table(
        &[
            "servers",
            "filled, events/s",
            "processor of the collector, µs an event",
            "of the servers, µs an event",
            "bytes an event on disk",
            "memory of the servers, MiB",
        ],
        &of_store,
    );
    format!("Over {} events:\n\n{store}\n{reports}\n{cells}", thousands(events))
}
