//! `fuzz`: runs the fuzz targets for a bounded time and says what they reached.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use serde::{Deserialize, Serialize};
use telemetry_redact::Policy;

use crate::document::{BENCHMARKS, table, write_part};
use crate::say;

/// Every target; the name is that of its file in `fuzz/fuzz_targets`.
const TARGETS: [&str; 6] = ["policy", "command_line", "error_text", "detectors", "event", "door"];

/// One input that takes longer than this is a finding.
const SECONDS_AN_INPUT: u32 = 20;

#[derive(Debug, Args)]
pub(crate) struct Fuzz {
    /// How long each target runs
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u64,
    /// Write what every target reached so far into docs/benchmarks.md
    #[arg(long)]
    write: bool,
    /// The targets; all of them where none is named
    #[arg(value_name = "TARGET", value_parser = clap::builder::PossibleValuesParser::new(TARGETS))]
    targets: Vec<String>,
}

/// What the runs of a target reached, since its corpus was begun.
#[derive(Debug, Serialize, Deserialize)]
struct Reached {
    date: String,
    seconds: u64,
    executions: u64,
    /// Edges of the code, as libFuzzer counts them.
    edges: u64,
    /// Edges told apart by how often they were taken.
    features: u64,
    findings: usize,
}

pub(crate) fn run(root: &Path, fuzz: &Fuzz) -> Result<()> {
    let directory = root.join("fuzz");
    let targets: Vec<&str> = if fuzz.targets.is_empty() {
        TARGETS.to_vec()
    } else {
        fuzz.targets.iter().map(String::as_str).collect()
    };
    let mut findings = 0;
    if fuzz.seconds > 0 {
        let host = host()?;
        build(root, &targets)?;
        for target in targets {
            seed(root, target)?;
            let reached = fuzz_one(&directory, &host, target, fuzz.seconds)?;
            findings += reached.findings;
            let before = before(&directory, target)?;
            fs::write(record(&directory, target), serde_json::to_string(&reached.after(before))?)?;
        }
    }
    let text = summary(&directory)?;
    say(&text);
    if fuzz.write {
        write_part(&root.join(BENCHMARKS), "fuzz", &text)?;
    }
    if findings > 0 {
        bail!("{findings} findings: the inputs are in fuzz/artifacts");
    }
    Ok(())
}

/// libFuzzer's instrumentation is behind flags of unstable compilers, which the variable lets a stable one take.
/// Nothing under test has unsafe code, so no sanitizer is on: it would cost half of the speed.
fn build(root: &Path, targets: &[&str]) -> Result<()> {
    for target in targets {
        say(&format!("== build {target}"));
        let status = Command::new("cargo-fuzz")
            .args(["fuzz", "build", "--sanitizer", "none", target])
            .current_dir(root)
            .env("RUSTC_BOOTSTRAP", "1")
            .status()
            .context("cannot run cargo-fuzz: install it by `cargo install cargo-fuzz`")?;
        if !status.success() {
            bail!("{target} does not build");
        }
    }
    Ok(())
}

/// The triple that cargo-fuzz builds for.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("cannot run rustc")?;
    let text = String::from_utf8(output.stdout)?;
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say its host")
}

/// Puts what the repository has elsewhere into the corpus: there is no second copy to keep up to date.
fn seed(root: &Path, target: &str) -> Result<()> {
    let corpus = root.join("fuzz").join("corpus").join(target);
    fs::create_dir_all(&corpus)?;
    let tests = root.join("telemetry-redact").join("testdata");
    let read =
        |path: PathBuf| fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()));
    if target == "policy" {
        for name in ["orchard", "market"] {
            let text = read(tests.join(format!("{name}.json")))?;
            let policy = Policy::from_json(&text)?;
            fs::write(corpus.join(format!("json_{name}")), [b"j", text.as_bytes()].concat())?;
            fs::write(corpus.join(format!("compiled_{name}")), [b"c", policy.compiled()].concat())?;
        }
    }
    if target == "error_text" {
        let lines = [("text", "z"), ("text_policy", "c")];
        for (table, subject) in lines {
            for (index, line) in read(tests.join(format!("{table}.jsonl")))?.lines().enumerate() {
                let case: serde_json::Value = serde_json::from_str(line)?;
                let text = case.get("text").and_then(serde_json::Value::as_str).unwrap_or_default();
                fs::write(corpus.join(format!("{table}_{index}")), format!("{subject}{text}"))?;
            }
        }
    }
    Ok(())
}

fn fuzz_one(directory: &Path, host: &str, target: &str, seconds: u64) -> Result<Reached> {
    say(&format!("== {target}, {seconds} s"));
    let artifacts = directory.join("artifacts").join(target);
    fs::create_dir_all(&artifacts)?;
    let program = directory.join("target").join(host).join("release").join(target);
    // Fuzzing is never what somebody waits for.
    let mut command = if cfg!(unix) { Command::new("nice") } else { Command::new(&program) };
    if cfg!(unix) {
        command.args(["-n", "19"]).arg(&program);
    }
    command.arg(directory.join("corpus").join(target)).arg(directory.join("seeds").join(target));
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    let dictionary = directory.join("dictionaries").join(format!("{target}.dict"));
    if dictionary.is_file() {
        command.arg(format!("-dict={}", dictionary.display()));
    }
    command.args([
        format!("-max_total_time={seconds}"),
        format!("-timeout={SECONDS_AN_INPUT}"),
        "-rss_limit_mb=2048".to_owned(),
        "-max_len=4096".to_owned(),
        "-print_final_stats=1".to_owned(),
        "-verbosity=1".to_owned(),
    ]);
    let before = count(&artifacts)?;
    let started = Instant::now();
    let output = command.output().with_context(|| format!("cannot run {}", program.display()))?;
    // A finding ends a run early.
    let seconds = started.elapsed().as_secs();
    let log = String::from_utf8_lossy(&output.stderr);
    let findings = count(&artifacts)?.saturating_sub(before);
    if !output.status.success() {
        say(&log.lines().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n"));
        if findings == 0 {
            bail!("{target} ended with {} and found nothing", output.status);
        }
    }
    reached(&log, seconds, findings).with_context(|| format!("{target} printed no figures"))
}

fn count(directory: &Path) -> Result<usize> {
    Ok(fs::read_dir(directory)?.count())
}

/// Reads what libFuzzer prints: `#1024 pulse cov: 512 ft: 2048 corp: …`, and the statistics at the end.
fn reached(log: &str, seconds: u64, findings: usize) -> Option<Reached> {
    let after = |line: &str, key: &str| {
        line.split_once(key).and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<u64>().ok())
    };
    let status = log.lines().rev().find(|line| line.starts_with('#') && line.contains(" ft: "))?;
    let runs = log.lines().rev().find_map(|line| after(line, "stat::number_of_executed_units:"));
    let started = status.trim_start_matches('#').split_whitespace().next();
    Some(Reached {
        date: today(),
        seconds,
        executions: runs.or_else(|| started.and_then(|runs| runs.parse().ok()))?,
        edges: after(status, "cov: ")?,
        features: after(status, "ft: ")?,
        findings,
    })
}

pub(crate) fn today() -> String {
    jiff::Timestamp::now().to_string().chars().take_while(|c| *c != 'T').collect()
}

fn record(directory: &Path, target: &str) -> PathBuf {
    directory.join("corpus").join(format!("{target}.json"))
}

fn before(directory: &Path, target: &str) -> Result<Option<Reached>> {
    match fs::read_to_string(record(directory, target)) {
        Ok(text) => Ok(Some(serde_json::from_str(&text)?)),
        Err(_) => Ok(None),
    }
}

impl Reached {
    /// With what earlier runs took and found: what they covered is in the corpus.
    fn after(self, before: Option<Self>) -> Self {
        let Some(before) = before else { return self };
        Self {
            seconds: self.seconds + before.seconds,
            executions: self.executions + before.executions,
            findings: self.findings + before.findings,
            ..self
        }
    }
}

fn summary(directory: &Path) -> Result<String> {
    let mut all: BTreeMap<&str, Reached> = BTreeMap::new();
    for target in TARGETS {
        if let Some(reached) = before(directory, target)? {
            all.insert(target, reached);
        }
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|(target, reached)| {
            let Reached { date, seconds, executions, edges, features, findings } = reached;
            let numbers = [*seconds, *executions, *edges, *features].map(|number| number.to_string());
            let name = vec![format!("`{target}`"), date.clone()];
            name.into_iter().chain(numbers).chain([findings.to_string()]).collect()
        })
        .collect();
    Ok(table(&["target", "date", "seconds", "executions", "edges", "features", "findings"], &rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libfuzzer_prints_is_read() {
        let log = "INFO: seed\n#2\tINITED cov: 10 ft: 11 corp: 1/1b\n#4096\tpulse  cov: 512 ft: 2048 corp: 7/1b\n\
                   stat::number_of_executed_units: 5000\n";
        let reached = reached(log, 60, 0).unwrap();
        assert_eq!((reached.executions, reached.edges, reached.features), (5000, 512, 2048));
        assert!(self::reached("nothing", 60, 0).is_none());
    }
}
