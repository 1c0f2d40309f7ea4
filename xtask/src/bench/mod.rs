//! `bench redact`: what redaction costs, cold as instructions of a process, warm as throughput, each beside a floor or
//! a peer that was measured in the same run. The other subjects have a file each.

mod clickhouse;
mod counting;
#[path = "../../../telemetry-collector/tests/collector/clickhouse/fixture.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "of the tests' own servers these are the ones that stay up"
)]
mod fixture;
mod ingest;
mod made_up;
mod peers;
mod reports;
mod served;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use serde::Deserialize;

use crate::compare::environment;
use crate::document::{BENCHMARKS, table, write_part};
use crate::say;

#[derive(Debug, Args)]
pub(crate) struct Bench {
    #[command(subcommand)]
    subject: Subject,
}

/// What is measured.
#[derive(Debug, Subcommand)]
enum Subject {
    /// The crate telemetry-redact
    Redact {
        /// Measure the patterns of a public rule file, too: its program is installed into target/peers the first time
        #[arg(long)]
        peers: bool,
        #[command(flatten)]
        tables: Tables,
    },
    /// What telemetry adds to a command
    Process {
        #[command(flatten)]
        tables: Tables,
    },
    /// What this client and its peers cost the same program: to build, and to run
    Peers(peers::Peers),
    /// Events a second that a collector takes
    Ingest {
        #[command(flatten)]
        tables: Tables,
    },
    /// What a collector and its reports take with a store on ClickHouse, of the server that is installed here
    Clickhouse {
        /// Events that reports are made over
        #[arg(long, value_name = "N", default_value_t = 1_000_000)]
        events: u64,
        #[command(flatten)]
        tables: Tables,
    },
    /// What storing and counting events costs a file, in this process, so that a profiler sees nothing else
    Counting {
        /// Events of a made-up year
        #[arg(long, value_name = "N", default_value_t = 300_000)]
        events: u64,
    },
    /// How long reports take over many events
    Reports {
        /// Events that reports are made over, and a tenth and a hundredth of them
        #[arg(long, value_name = "N", default_value_t = 10_000_000)]
        events: u64,
        #[command(flatten)]
        tables: Tables,
    },
}

/// Where the tables go, besides standard output.
#[derive(Debug, Clone, Copy, Args)]
struct Tables {
    /// Write the tables into docs/benchmarks.md
    #[arg(long)]
    write: bool,
}

/// What the example `cold` can do once, and how the tables name it.
const COLD: [(&str, &str); 8] = [
    ("success", "consent, embedded policy, a successful command"),
    ("error", "consent, embedded policy, a failed command with its message"),
    ("success-summed", "as the first, with the policy from a file and its checksum"),
    ("open", "opening the embedded policy alone"),
    ("copy", "floor: copying the compiled policy"),
    ("success-json", "as the first, with the policy from JSON"),
    ("parse-json", "floor: parsing that JSON and no more"),
    ("rules", "peer: compiling the patterns of a public rule file"),
];

/// Times of a process vary with what else the machine does; the median of so many does not.
const STARTS: usize = 31;

pub(crate) fn run(root: &Path, bench: &Bench) -> Result<()> {
    match &bench.subject {
        Subject::Redact { peers, tables } => redact(root, *peers, *tables),
        Subject::Process { tables } => process(root, *tables),
        Subject::Peers(peers) => peers::run(root, peers),
        Subject::Ingest { tables } => ingest::run(root, tables.write),
        Subject::Clickhouse { events, tables } => clickhouse::run(root, *events, tables.write),
        Subject::Counting { events } => counting::run(root, *events),
        Subject::Reports { events, tables } => reports::run(root, *events, tables.write),
    }
}

fn redact(root: &Path, peers: bool, tables: Tables) -> Result<()> {
    let rules = if peers { rules(root)? } else { None };
    if !peers {
        say("skipped: the patterns of a public rule file (--peers)");
    }
    let cold = cold(root, rules.as_deref())?;
    say(&cold);
    let warm = warm(root, rules.as_deref())?;
    say(&warm);
    if tables.write {
        let document = root.join(BENCHMARKS);
        write_part(&document, "cold", &cold)?;
        write_part(&document, "warm", &warm)?;
    }
    Ok(())
}

/// The table that the benchmark of whole processes prints.
fn process(root: &Path, tables: Tables) -> Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root).args(["bench", "--quiet", "--locked", "--package", "telemetry-client"]);
    let output = command.args(["--bench", "process"]).output()?;
    if !output.status.success() {
        bail!("the benchmark failed:\n{}", String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout)?;
    say(&text);
    if tables.write { write_part(&root.join(BENCHMARKS), "process", &text) } else { Ok(()) }
}

/// The patterns of gitleaks' rule file, one a line: those that the `regex` crate takes.
fn rules(root: &Path) -> Result<Option<PathBuf>> {
    #[derive(Deserialize)]
    struct File {
        rules: Vec<Rule>,
    }
    #[derive(Deserialize)]
    struct Rule {
        regex: Option<String>,
    }
    let python = match environment(root) {
        Ok(python) => python,
        Err(error) => {
            say(&format!("skipped: the patterns of a public rule file, since {error:#}"));
            return Ok(None);
        }
    };
    let script = root.join("telemetry-redact").join("benches").join("peers").join("gitleaks_lines.py");
    let output = Command::new(python).arg(script).arg("--rules").output()?;
    let file: File = toml::from_str(&String::from_utf8(output.stdout)?).context("the rule file")?;
    let all: Vec<String> = file.rules.into_iter().filter_map(|rule| rule.regex).collect();
    let is_taken = |pattern: &&String| {
        !pattern.contains('\n') && regex::RegexBuilder::new(pattern).size_limit(1 << 30).build().is_ok()
    };
    let taken: Vec<&str> = all.iter().filter(is_taken).map(String::as_str).collect();
    say(&format!("{} of {} patterns of the rule file are taken by the regex crate", taken.len(), all.len()));
    let path = root.join("target").join("peers").join("patterns.txt");
    fs::write(&path, taken.join("\n"))?;
    Ok(Some(path))
}

fn cold(root: &Path, rules: Option<&Path>) -> Result<String> {
    say("== cold");
    let mut build = Command::new(env!("CARGO"));
    let build =
        build.current_dir(root).args(["build", "--release", "--locked", "--package", "telemetry-redact"]);
    if !build.args(["--example", "cold"]).status()?.success() {
        bail!("the example does not build");
    }
    let name = format!("cold{}", std::env::consts::EXE_SUFFIX);
    let program = root.join("target").join("release").join("examples").join(name);
    let counts = Command::new("valgrind").arg("--version").output().is_ok_and(|out| out.status.success());
    if !counts {
        say("skipped: instructions, since valgrind is not installed");
    }
    let empty = if counts { Some(instructions(&program, "empty", None)?) } else { None };
    let mut rows = Vec::new();
    for (what, label) in COLD {
        if what == "rules" && rules.is_none() {
            continue;
        }
        let counted = match empty {
            Some(empty) => thousands(instructions(&program, what, rules)?.saturating_sub(empty)),
            None => "–".to_owned(),
        };
        rows.push(vec![label.to_owned(), counted, microseconds(&program, what, rules)?]);
    }
    Ok(table(&["once, in a new process", "instructions", "µs"], &rows))
}

fn with_arguments(mut command: Command, what: &str, rules: Option<&Path>) -> Command {
    command.arg(what).args(rules.filter(|_| what == "rules"));
    command
}

/// callgrind's count: the same each time for the same binary, whatever else the machine does.
fn instructions(program: &Path, what: &str, rules: Option<&Path>) -> Result<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    let output = with_arguments(valgrind, what, rules).output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    let collected =
        log.lines().find_map(|line| line.split_once("Collected : ")).map(|(_, count)| count.trim());
    collected
        .and_then(|count| count.parse().ok())
        .with_context(|| format!("callgrind counted nothing: {log}"))
}

/// The median time of the thing itself, without the start of the process.
fn microseconds(program: &Path, what: &str, rules: Option<&Path>) -> Result<String> {
    let starts = if what == "rules" { 3 } else { STARTS };
    let mut times: Vec<f64> = Vec::new();
    for _ in 0..starts {
        let output = with_arguments(Command::new(program), what, rules).output()?;
        let nanoseconds: f64 =
            String::from_utf8(output.stdout)?.trim().parse().with_context(|| what.to_owned())?;
        times.push(nanoseconds / 1000.0);
    }
    times.sort_by(f64::total_cmp);
    times.get(starts / 2).map(|time| format!("{time:.1}")).context("no times")
}

fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// A rate, without digits that say nothing.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some millions at most")]
fn number(rate: f64) -> String {
    thousands(rate.max(0.0).round() as u64)
}

/// The middle one, 0 of none.
fn median(of: &mut [f64]) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(0.0)
}

/// One benchmark, as criterion writes it down.
struct Measured {
    group: String,
    name: String,
    /// Nanoseconds for one byte or element.
    each: f64,
    is_bytes: bool,
}

fn warm(root: &Path, rules: Option<&Path>) -> Result<String> {
    say("== warm");
    let results = root.join("target").join("criterion");
    // What an older version measured under another name must not be taken for a figure of this one.
    if results.is_dir() {
        fs::remove_dir_all(&results)?;
    }
    let mut bench = Command::new(env!("CARGO"));
    bench.current_dir(root).args([
        "bench",
        "--quiet",
        "--locked",
        "--package",
        "telemetry-redact",
        "--bench",
        "warm",
    ]);
    bench.args(["--", "--quiet", "--warm-up-time", "1", "--measurement-time", "3"]);
    if let Some(rules) = rules {
        bench.env("TELEMETRY_PEER_RULES", rules);
    }
    if !bench.status()?.success() {
        bail!("the benchmark failed");
    }
    let mut all = Vec::new();
    measured(&results, &mut all)?;
    if all.is_empty() {
        bail!("criterion wrote nothing into {}", results.display());
    }
    all.sort_by(|a, b| {
        (&a.group, a.name.starts_with("floor"), &a.name).cmp(&(
            &b.group,
            b.name.starts_with("floor"),
            &b.name,
        ))
    });
    let floor = |of: &Measured| {
        all.iter().find(|one| one.group == of.group && one.name.starts_with("floor")).map(|floor| floor.each)
    };
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            let speed = if one.is_bytes {
                format!("{:.2} MB/s", 1000.0 / one.each)
            } else {
                format!("{:.2} µs a line", one.each / 1000.0)
            };
            let ratio = floor(one).map(|floor| format!("{:.1}", one.each / floor));
            vec![format!("{}: {}", one.group, one.name), speed, ratio.unwrap_or_default()]
        })
        .collect();
    Ok(table(&["again and again", "speed", "times the floor"], &rows))
}

fn measured(directory: &Path, all: &mut Vec<Measured>) -> Result<()> {
    #[derive(Deserialize)]
    struct Id {
        #[serde(rename = "group_id")]
        group: String,
        #[serde(rename = "function_id")]
        function: Option<String>,
        throughput: Option<serde_json::Map<String, serde_json::Value>>,
    }
    #[derive(Deserialize)]
    struct Estimates {
        median: Estimate,
    }
    #[derive(Deserialize)]
    struct Estimate {
        point_estimate: f64,
    }
    let id = directory.join("new").join("benchmark.json");
    if !id.is_file() {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if path.is_dir() {
                measured(&path, all)?;
            }
        }
        return Ok(());
    }
    let id: Id = serde_json::from_str(&fs::read_to_string(&id)?)?;
    let estimates = fs::read_to_string(directory.join("new").join("estimates.json"))?;
    let estimates: Estimates = serde_json::from_str(&estimates)?;
    let throughput = id.throughput.unwrap_or_default();
    let (unit, count) = throughput.iter().next().context("a benchmark without a throughput")?;
    let count = count.as_f64().context("a throughput that is no number")?;
    all.push(Measured {
        group: id.group,
        name: id.function.unwrap_or_default(),
        each: estimates.median.point_estimate / count,
        is_bytes: unit == "Bytes",
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(1234), "1 234");
        assert_eq!(thousands(1_234_567), "1 234 567");
    }
}
