//! `bench peers`: what this client costs a program, and what the clients of others do: each in the same small clap program
//! (`benches/peers`), side by side in one run.

mod build;
mod cost;
mod sink;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::Args;

use super::{Tables, thousands};
use crate::document::{BENCHMARKS, table, write_part};
use crate::say;
use build::{Built, Times};
use cost::{Case, Costs, Elapsed, Measured};

/// A program of `benches/peers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Host {
    /// Its feature there, and how the tables name it; nothing for the one without telemetry.
    feature: Option<&'static str>,
}

impl Host {
    fn name(self) -> &'static str {
        self.feature.unwrap_or("without telemetry")
    }

    /// What has cargo build it, and its tree.
    fn features(self) -> impl Iterator<Item = &'static str> {
        self.feature.into_iter().flat_map(|feature| ["--features", feature])
    }

    fn program(self) -> String {
        self.feature.map_or_else(|| "bare".to_owned(), |feature| format!("with-{feature}"))
    }

    /// Whether what it has to send is sent by a process of its own, and not in every run.
    fn leaves_sending_to_a_helper(self) -> bool {
        self.feature == Some("ours")
    }
}

const BARE: Host = Host { feature: None };

/// Every one, the bare one first, which the others are compared with.
const HOSTS: [Host; 8] = [
    BARE,
    Host { feature: Some("ours") },
    Host { feature: Some("ureq") },
    Host { feature: Some("opentelemetry-otlp") },
    Host { feature: Some("glean") },
    Host { feature: Some("sentry") },
    Host { feature: Some("posthog-rs") },
    Host { feature: Some("telemetry-kit") },
];

/// One that could be built.
#[derive(Debug, Clone)]
pub(super) struct Program {
    host: Host,
    path: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Peers {
    /// Use what is built already, and leave out how long building takes
    #[arg(long)]
    no_build_times: bool,
    /// These alone, by their features in benches/peers
    #[arg(long, value_name = "CLIENT", value_delimiter = ',', conflicts_with = "write")]
    only: Vec<String>,
    #[command(flatten)]
    tables: Tables,
}

pub(super) fn run(root: &Path, peers: &Peers) -> Result<()> {
    let Peers { no_build_times, only, tables } = peers;
    let times = if *no_build_times { Times::Skipped } else { Times::Cold };
    let is_named =
        |host: &Host| *host == BARE || only.is_empty() || only.iter().any(|name| name == host.name());
    let hosts: Vec<Host> = HOSTS.into_iter().filter(is_named).collect();
    let built = build::all(root, &hosts, times)?;
    let size = of_a_build(&built);
    say(&size);
    let programs: Vec<Program> = built.into_iter().filter_map(|built| built.program).collect();
    let measured = cost::all(&programs)?;
    let (run, endpoint) = (of_a_run(&measured), of_an_endpoint(&measured));
    say(&run);
    say(&endpoint);
    if tables.write {
        let document = root.join(BENCHMARKS);
        if times == Times::Cold {
            write_part(&document, "peers-build", &size)?;
        }
        write_part(&document, "peers-run", &run)?;
        write_part(&document, "peers-endpoint", &endpoint)?;
    }
    Ok(())
}

const NOT_MEASURED: &str = "–";

fn shown<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| NOT_MEASURED.to_owned(), show)
}

#[expect(clippy::cast_precision_loss, reason = "a size in tenths of a MiB")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// The table of crates, build times and sizes.
fn of_a_build(built: &[Built]) -> String {
    let bare = built.iter().find(|built| built.host == BARE);
    let row = |built: &Built| {
        let ratio = |of: fn(&Built) -> Option<f64>| {
            shown(of(built).zip(bare.and_then(of)), |(one, bare)| format!("{:.1}", one / bare))
        };
        let added = built.bytes.zip(bare.and_then(|bare| bare.bytes));
        vec![
            built.label(),
            built.crates.to_string(),
            shown(built.seconds, |seconds| format!("{seconds:.0}")),
            ratio(|built| built.seconds),
            shown(built.processor_seconds, |seconds| format!("{seconds:.0}")),
            ratio(|built| built.processor_seconds),
            shown(built.bytes, |bytes| format!("{:.2}", mebibytes(bytes))),
            match added {
                Some(_) if built.host == BARE => String::new(),
                Some((one, bare)) => format!("+{:.2}", mebibytes(one.saturating_sub(bare))),
                None => NOT_MEASURED.to_owned(),
            },
        ]
    };
    let head = [
        "program with",
        "crates",
        "cold build, s",
        "times the bare one",
        "processor, s",
        "times the bare one",
        "stripped, MiB",
        "added, MiB",
    ];
    table(&head, &built.iter().map(row).collect::<Vec<_>>())
}

/// The table of a command that succeeds, and of one whose user said no.
fn of_a_run(measured: &Measured) -> String {
    let head = [
        "program with",
        "system calls added",
        "instructions added, thousands",
        "ms, median (fastest)",
        "added, ms",
        "times the append",
        "off: system calls added",
        "off: instructions added, thousands",
        "off: added, ms",
    ];
    let bare = measured.of(BARE, Case::AtOnce);
    let bare_off = measured.of(BARE, Case::Off);
    let row = |costs: &Costs| {
        let off = measured.of(costs.host, Case::Off).filter(|_| costs.case == Case::AtOnce);
        let added = ms_added(costs.elapsed.as_ref(), bare);
        vec![
            costs.label(),
            count_added(costs.calls, bare.and_then(|bare| bare.calls), thousands),
            count_added(costs.instructions, bare.and_then(|bare| bare.instructions), in_thousands),
            shown(costs.elapsed.as_ref(), ToString::to_string),
            shown(added, |ms| format!("{ms:.2}")),
            shown(added, |ms| format!("{:.1}", ms / measured.append_ms)),
            shown(off, |off| count_added(off.calls, bare_off.and_then(|bare| bare.calls), thousands)),
            shown(off, |off| {
                count_added(off.instructions, bare_off.and_then(|bare| bare.instructions), in_thousands)
            }),
            shown(off.and_then(|off| ms_added(off.elapsed.as_ref(), bare_off)), |ms| format!("{ms:.2}")),
        ]
    };
    let is_shown =
        |costs: &&Costs| matches!(costs.case, Case::AtOnce | Case::HelperStarted) && costs.host != BARE;
    let mut rows = vec![of_the_bare(bare)];
    rows.extend(measured.costs.iter().filter(is_shown).map(row));
    let floor = format!("{:.4}", measured.append_ms);
    let of_the_floor = [
        "floor: open, append, close".to_owned(),
        "3".to_owned(),
        String::new(),
        String::new(),
        floor,
        "1.0".to_owned(),
    ];
    rows.push(of_the_floor.into_iter().chain((0..3).map(|_| String::new())).collect());
    table(&head, &rows)
}

/// What the others add to.
fn of_the_bare(bare: Option<&Costs>) -> Vec<String> {
    let calls = shown(bare.and_then(|bare| bare.calls), |calls| format!("({})", thousands(calls)));
    let counted =
        shown(bare.and_then(|bare| bare.instructions), |count| format!("({})", in_thousands(count)));
    let elapsed = shown(bare.and_then(|bare| bare.elapsed.as_ref()), ToString::to_string);
    [BARE.name().to_owned(), calls, counted, elapsed]
        .into_iter()
        .chain((0..5).map(|_| String::new()))
        .collect()
}

/// The table of what a command waits for, by how the endpoint behaves.
fn of_an_endpoint(measured: &Measured) -> String {
    let mut head = vec!["ms added, by the endpoint"];
    head.extend(Case::ENDPOINTS.iter().map(|case| case.label()));
    let row = |host: Host| {
        let cell = |case: &Case| {
            let bare = measured.of(BARE, *case);
            match measured.of(host, *case).and_then(|costs| costs.elapsed.as_ref()) {
                Some(Elapsed::Killed(limit)) => format!("≥ {}", limit.as_millis()),
                elapsed => shown(ms_added(elapsed, bare), |ms| format!("{ms:.1}")),
            }
        };
        let mut row = vec![host.name().to_owned()];
        row.extend(Case::ENDPOINTS.iter().map(cell));
        row
    };
    let hosts = HOSTS.into_iter().filter(|host| *host != BARE && measured.of(*host, Case::AtOnce).is_some());
    table(&head, &hosts.map(row).collect::<Vec<_>>())
}

fn ms_added(elapsed: Option<&Elapsed>, bare: Option<&Costs>) -> Option<f64> {
    Some(elapsed?.median_ms()? - bare?.elapsed.as_ref()?.median_ms()?)
}

fn count_added(one: Option<u64>, bare: Option<u64>, show: fn(u64) -> String) -> String {
    shown(one.zip(bare), |(one, bare)| show(one.saturating_sub(bare)))
}

fn in_thousands(count: u64) -> String {
    thousands((count + 500) / 1000)
}
