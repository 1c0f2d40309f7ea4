//! `telemetry explain`

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use telemetry_client::{App, Client};
use telemetry_redact::{
    Ending, Finding, Observation, Part, Preview, Raw, Redactor, Run, TextFinding, Verdict,
};
use telemetry_schema::Event;

use crate::args::Explain;
use crate::policies;
use crate::render::{Align, table};

pub(crate) fn run(explain: &Explain) -> Result<ExitCode> {
    let client = Client::new();
    if explain.argv_lines {
        return lines(&client, explain.policy.as_deref());
    }
    let program = explain.argv.first().map(Path::new);
    let redactor = policies::redactor(explain.policy.as_deref(), program)?;
    let argv = explain.argv.iter().map(|argument| Raw::from(argument.as_encoded_bytes())).collect();
    let ending = ending(explain.error.as_deref(), explain.exit_code);
    let preview = redactor.preview(observation(&client, argv, ending, explain.exit_code));
    let mut out = std::io::stdout().lock();
    if explain.json {
        let Preview { event, findings, text_findings } = &preview;
        serde_json::to_writer_pretty(&mut out, &Json { findings, text_findings, event })?;
        writeln!(out)?;
    } else {
        write!(out, "{}", text(&redactor, &explain.argv, &preview)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct Json<'a> {
    findings: &'a [Finding],
    text_findings: &'a [TextFinding],
    event: &'a Event,
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
        let preview = redactor.preview(observation(client, argv, Ending::Success, None));
        serde_json::to_writer(&mut out, &preview.event)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn ending(error: Option<&str>, exit_code: Option<i32>) -> Ending {
    match (error, exit_code) {
        (None, None | Some(0)) => Ending::Success,
        (text, _) => Ending::Error { code: None, text: text.map(Raw::from) },
    }
}

fn observation(client: &Client, argv: Vec<Raw>, ending: Ending, exit_code: Option<i32>) -> Observation {
    let now = client.now();
    let success = matches!(ending, Ending::Success);
    let known_values = if success { Vec::new() } else { client.known_values() };
    Observation {
        argv,
        run: Run {
            started_at: now,
            completed_at: now,
            duration_us: 0,
            ending,
            exit_code: exit_code.or(success.then_some(0)),
        },
        facts: client.facts(&App::default()),
        known_values,
    }
}

fn text(redactor: &Redactor, argv: &[impl AsRef<OsStr>], preview: &Preview) -> Result<String> {
    let mut text = String::new();
    match redactor.policy() {
        Some(policy) => {
            let version = policy.version().0;
            let _ = write!(text, "Policy for {}, version {version}\n\n", policy.program());
            let header = [
                ("argument", Align::Left),
                ("is", Align::Left),
                ("", Align::Left),
                ("rule", Align::Left),
                ("in the event", Align::Left),
            ];
            let rows = preview.findings.iter().map(|finding| {
                let argument = argv.get(finding.argument).map(|argument| printable(argument.as_ref()));
                let verdict = if finding.verdict == Verdict::Kept { "kept" } else { "dropped" };
                vec![
                    argument.unwrap_or_default(),
                    part(finding.part).to_owned(),
                    verdict.to_owned(),
                    finding.rule.to_owned(),
                    finding.kept_as.clone().unwrap_or_default(),
                ]
            });
            text.push_str(&table(&header, rows));
            text.push('\n');
        }
        None => text.push_str(
            "There is no policy for this program, so nothing of its name and arguments is kept:\n\
             only that a run happened, how it ended, how long it took, and where.\n",
        ),
    }
    for TextFinding { rule, count } in &preview.text_findings {
        let _ = writeln!(text, "error text: {rule} took something out {count} times");
    }
    text.push_str("\nThe event (its id and times are made anew for each run):\n");
    text.push_str(&serde_json::to_string_pretty(&preview.event)?);
    text.push('\n');
    Ok(text)
}

fn part(part: Part) -> &'static str {
    match part {
        Part::Program => "program",
        Part::CommandWord => "command word",
        Part::FlagName => "flag",
        Part::FlagValue => "value",
        Part::Positional => "positional",
        Part::Separator => "separator",
    }
}

/// An argument as it can be shown on a terminal: the user's own, so it is shown, but it cannot move the cursor.
fn printable(argument: &OsStr) -> String {
    argument
        .to_string_lossy()
        .chars()
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect()
}
