//! `telemetry policy check`

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;
use telemetry_redact::policy::Summary;
use telemetry_redact::{Policy, PolicyProblem};

use super::count;
use crate::args::PolicyCheck;
use crate::policies::Written;

pub(crate) fn run(check: &PolicyCheck) -> Result<ExitCode> {
    let reports: Vec<Report> = check.files.iter().map(|file| report(file)).collect();
    let mut out = BufWriter::new(std::io::stdout().lock());
    if check.json {
        serde_json::to_writer_pretty(&mut out, &reports)?;
        writeln!(out)?;
    } else {
        reports.iter().try_for_each(|report| report.print(&mut out))?;
    }
    out.flush()?;
    let is_sound = reports.iter().all(|report| report.summary.is_some());
    Ok(if is_sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What there is to say of one file.
#[derive(Serialize)]
struct Report {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Summary>,
    problems: Vec<PolicyProblem>,
    /// Why it is no policy at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

fn report(path: &Path) -> Report {
    let file = path.display().to_string();
    let failed = |error: String| Report {
        file: file.clone(),
        summary: None,
        problems: Vec::new(),
        error: Some(error),
    };
    let policy = match Written::read(path) {
        Err(error) => return failed(format!("{error:#}")),
        Ok(Written::Compiled(bytes)) => match Policy::from_compiled(bytes) {
            Err(error) => return failed(error.to_string()),
            Ok(policy) => Ok(policy),
        },
        Ok(Written::Toml(text)) => Policy::from_toml(&text),
        Ok(Written::Json(text)) => Policy::from_json(&text),
    };
    let (summary, problems) = match policy {
        Ok(policy) => (Some(policy.summary()), Vec::new()),
        Err(error) => (None, error.problems().to_vec()),
    };
    Report { file, summary, problems, error: None }
}

impl Report {
    fn print(&self, out: &mut impl Write) -> Result<()> {
        let file = &self.file;
        if let Some(Summary {
            commands,
            flags,
            sets,
            flags_with_values,
            positionals_with_values,
            values,
            error_codes,
            ..
        }) = self.summary
        {
            writeln!(
                out,
                "{file}: ok ({}, {}, {}; may keep {} of {} and {}, {})",
                count(commands, "command"),
                count(flags, "flag"),
                count(sets, "set"),
                count(values, "value"),
                count(flags_with_values, "flag"),
                count(positionals_with_values, "positional argument"),
                count(error_codes, "error code"),
            )?;
        }
        for problem in &self.problems {
            match problem.position {
                Some(position) => writeln!(out, "{file}:{position}: {problem}")?,
                None => writeln!(out, "{file}: {problem}")?,
            }
        }
        if let Some(error) = &self.error {
            // What could not be read is named by the error already.
            let named = error.contains(file.as_str());
            writeln!(out, "{}{error}", if named { String::new() } else { format!("{file}: ") })?;
        }
        Ok(())
    }
}
