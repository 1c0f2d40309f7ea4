//! `telemetry explain`

use std::io::{BufRead as _, BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use telemetry_client::control::{Control, DryRun, Typed, Width};
use telemetry_client::{App, Client, Host};
use telemetry_redact::{Raw, Redactor};

use crate::args::Explain;
use crate::policies;
use crate::render::commands;

pub(crate) fn run(explain: &Explain) -> Result<ExitCode> {
    let client = Client::new();
    if explain.argv_lines {
        return lines(&client, explain.policy.as_deref());
    }
    if let Some(last) = explain.last {
        let explanation = Control::new(client, Host::default(), commands()).explain(last)?;
        return print(explain, &explanation, |width| explanation.text(width));
    }
    let program = explain.argv.first().map(Path::new);
    let redactor = policies::redactor(explain.policy.as_deref(), program)?;
    let typed = Typed::of_arguments(&explain.argv);
    let typed = typed.error(explain.error.as_deref()).exit_code(explain.exit_code);
    let dry_run = DryRun::new(&client, &redactor, &App::default(), typed);
    let text = |width| dry_run.text(redactor.policy(), &explain.argv, width);
    print(explain, &dry_run, text)
}

fn print<T: Serialize>(explain: &Explain, answer: &T, text: impl Fn(Width) -> String) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    if explain.json {
        serde_json::to_writer_pretty(&mut out, answer)?;
        writeln!(out)?;
    } else {
        write!(out, "{}", text(Width::of_stdout()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One argument of a JSON line: text, or bytes that are none.
#[derive(Deserialize)]
#[serde(untagged)]
enum Argument {
    Text(String),
    Bytes { bytes_hex: String },
}

impl Argument {
    fn raw(self) -> Option<Raw> {
        match self {
            Self::Text(text) => Some(Raw::from(text)),
            Self::Bytes { bytes_hex } => {
                let digit =
                    |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                let pairs = bytes_hex.as_bytes().chunks(2).map(|pair| match pair {
                    [high, low] => Some(digit(high)? << 4 | digit(low)?),
                    _ => None,
                });
                pairs.collect::<Option<Vec<u8>>>().map(Raw::from)
            }
        }
    }
}

fn lines(client: &Client, policy: Option<&Path>) -> Result<ExitCode> {
    let given = policy.map(|policy| policies::redactor(Some(policy), None)).transpose()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (index, line) in std::io::stdin().lock().split(b'\n').enumerate() {
        let line = line.context("cannot read standard input")?;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let wrong = || format!("line {} of standard input is not a JSON array of strings", index + 1);
        let arguments: Vec<Argument> = serde_json::from_slice(&line).with_context(wrong)?;
        let by_name;
        let redactor = match (&given, arguments.first()) {
            (Some(redactor), _) => redactor,
            (None, Some(Argument::Text(program))) => {
                by_name = policies::redactor(None, Some(Path::new(program)))?;
                &by_name
            }
            (None, _) => {
                by_name = Redactor::without_policy();
                &by_name
            }
        };
        let argv =
            arguments.into_iter().map(Argument::raw).collect::<Option<Vec<Raw>>>().with_context(wrong)?;
        let dry_run = DryRun::new(client, redactor, &App::default(), Typed::new(argv));
        serde_json::to_writer(&mut out, &dry_run.event)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
