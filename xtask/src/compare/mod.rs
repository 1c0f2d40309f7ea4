//! `compare`: this crate and its peers over the evaluation data.

mod peers;
mod score;
mod undo;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::Args;

use peers::Redactor;
pub(crate) use peers::environment;
use score::{Score, Share};

use crate::document::{BENCHMARKS, table, write_part};
use crate::evaluation::{Evaluation, distinct};
use crate::say;

#[derive(Debug, Args)]
pub(crate) struct Compare {
    /// Run the peers, too: they are installed into target/peers the first time
    #[arg(long)]
    peers: bool,
    /// The `telemetry` binary; one is built where none is given
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Show so many of the texts that this crate does not get right
    #[arg(long, value_name = "N", default_value_t = 0)]
    show: usize,
    /// Write the tables into docs/benchmarks.md
    #[arg(long)]
    write: bool,
}

/// How long a timed run must be, so that the start of the process is a small part of it.
const LEAST_TIME: Duration = Duration::from_secs(2);

/// A process is started so often for its first answer.
const STARTS: usize = 9;

/// What one redactor did.
struct Row {
    name: &'static str,
    score: Score,
    first_answer: Duration,
    megabytes_a_second: f64,
}

pub(crate) fn run(root: &Path, compare: &Compare) -> Result<()> {
    let evaluation = Evaluation::load(root)?;
    let texts = score::texts(&evaluation);
    let binary = match &compare.binary {
        Some(binary) => binary.clone(),
        None => build(root)?,
    };
    let mut redactors = vec![peers::ours(&binary)];
    if compare.peers {
        redactors.extend(peers::peers(root));
    }
    let mut rows = Vec::new();
    for redactor in &redactors {
        say(&format!("== {}", redactor.name));
        rows.push(measure(redactor, &evaluation, &texts)?);
    }
    let summary = summary(&rows, &evaluation);
    say(&summary);
    let Some(ours) = rows.first() else { bail!("nothing was run") };
    let details = details(&ours.score);
    say(&details);
    for kind in ["secret", "message", "benign", "idempotent"] {
        let samples = ours.score.samples.iter().filter(|sample| sample.starts_with(kind));
        samples.take(compare.show).for_each(|sample| say(sample));
    }
    if compare.write {
        let document = root.join(BENCHMARKS);
        write_part(&document, "compare", &summary)?;
        write_part(&document, "compare-details", &details)?;
    }
    Ok(())
}

fn build(root: &Path) -> Result<PathBuf> {
    say("== build the release binary");
    let mut command = Command::new(env!("CARGO"));
    let status = command.current_dir(root).args(["build", "--release", "--quiet", "--locked"]).status()?;
    if !status.success() {
        bail!("the release binary does not build");
    }
    Ok(root.join("target").join("release").join(format!("telemetry{}", std::env::consts::EXE_SUFFIX)))
}

fn measure(redactor: &Redactor, evaluation: &Evaluation, texts: &[&str]) -> Result<Row> {
    let (outputs, mut took) = redactor.run(texts)?;
    let (again, _) = redactor.run(&outputs)?;
    let score = score::score(evaluation, &outputs, &again);
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(redactor.run(&["open the file: permission denied"])?.1);
    }
    starts.sort();
    let first_answer = starts[STARTS / 2];
    let mut times = 1;
    if took < LEAST_TIME {
        times = usize::try_from(LEAST_TIME.as_millis() / took.as_millis().max(1)).unwrap_or(1) + 1;
        took = redactor.run(&texts.repeat(times))?.1;
    }
    let bytes = texts.iter().map(|text| text.len()).sum::<usize>() * times;
    #[expect(clippy::cast_precision_loss, reason = "a megabyte more or less in 2^52 bytes")]
    let megabytes_a_second = bytes as f64 / 1e6 / took.saturating_sub(first_answer).as_secs_f64().max(1e-6);
    Ok(Row { name: redactor.name, score, first_answer, megabytes_a_second })
}

fn summary(rows: &[Row], evaluation: &Evaluation) -> String {
    let Evaluation { secrets, messages, benign } = evaluation;
    let mut text = format!(
        "{} texts with a secret ({} kinds, {} carriers), {} messages with a user's data, {} ordinary messages.\n\n",
        secrets.len(),
        distinct(secrets.iter().map(|secret| secret.kind.as_str())),
        distinct(secrets.iter().map(|secret| secret.carrier.as_str())),
        messages.len(),
        benign.len(),
    );
    let head = [
        "redactor",
        "secrets gone, %",
        "messages clean, %",
        "words kept, %",
        "ordinary intact, %",
        "twice is once, %",
        "first answer, ms",
        "MB/s",
    ];
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let Score { secrets, messages, words, benign, idempotent, .. } = &row.score;
            let shares = [secrets, messages, words, benign, idempotent].map(|share| share.percent());
            let first = format!("{:.1}", row.first_answer.as_secs_f64() * 1000.0);
            let speed = format!("{:.3}", row.megabytes_a_second);
            std::iter::once(row.name.to_owned()).chain(shares).chain([first, speed]).collect()
        })
        .collect();
    text.push_str(&table(&head, &rows));
    text
}

/// Where this crate stands, by class: the worst first.
fn details(score: &Score) -> String {
    let mut text = String::new();
    let parts = [
        ("secrets by class", &score.by_class),
        ("secrets by carrier", &score.by_carrier),
        ("secrets by kind", &score.by_kind),
        ("messages by class", &score.by_message_class),
        ("ordinary messages by class", &score.by_benign_class),
    ];
    let rows: Vec<Vec<String>> = parts
        .into_iter()
        .map(|(name, shares)| {
            let whole = shares.values().filter(|share| share.holds == share.of).count();
            vec![name.to_owned(), format!("{whole} of {}", shares.len()), worst(shares)]
        })
        .collect();
    let _ = write!(text, "{}", table(&["telemetry-redact", "without a miss", "the worst"], &rows));
    text
}

fn worst(shares: &BTreeMap<String, Share>) -> String {
    const SHOWN: usize = 4;
    let mut missed: Vec<(&String, &Share)> =
        shares.iter().filter(|(_, share)| share.holds < share.of).collect();
    missed.sort_by_key(|(name, share)| (share.holds * 10_000 / share.of.max(1), *name));
    let shown =
        missed.iter().take(SHOWN).map(|(name, share)| format!("{name} {} of {}", share.holds, share.of));
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { "none".to_owned() } else { shown.join(", ") }
}
