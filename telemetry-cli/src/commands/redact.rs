//! `telemetry redact`

use std::io::{BufRead as _, BufWriter, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::args::Redact;
use crate::policies;

pub(crate) fn run(redact: &Redact) -> Result<ExitCode> {
    let redactor = policies::redactor(redact.policy.as_deref(), None)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    for (index, line) in std::io::stdin().lock().split(b'\n').enumerate() {
        let line = line.context("cannot read standard input")?;
        if redact.json_lines {
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let text: String = serde_json::from_slice(&line)
                .with_context(|| format!("line {} of standard input is not a JSON string", index + 1))?;
            serde_json::to_writer(&mut out, &redactor.redact_text(&text).text)?;
            out.write_all(b"\n")?;
        } else {
            writeln!(out, "{}", redactor.redact_text(&String::from_utf8_lossy(&line)))?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
