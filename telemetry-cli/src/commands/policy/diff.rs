//! `telemetry policy diff`

use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use telemetry_redact::policy::{Change, PolicySource, diff, version_problem};
use telemetry_redact::{Policy, PolicyProblem};

use crate::args::PolicyDiff;
use crate::policies::Written;
use crate::render::talk;

/// Something is newly collected, or may be. Not 1 and not 2, so that a check can tell it from a mistake.
const WIDENS: u8 = 3;

#[derive(Serialize)]
struct Answer {
    /// Whether something is newly collected, or may be.
    widens: bool,
    changes: Vec<Change>,
    problems: Vec<PolicyProblem>,
}

pub(crate) fn run(arguments: &PolicyDiff) -> Result<ExitCode> {
    let (old, new) = (sound(&arguments.old)?, sound(&arguments.new)?);
    let changes = diff(&old, &new);
    let problems: Vec<PolicyProblem> = version_problem(&old, &new, &changes).into_iter().collect();
    let answer = Answer { widens: changes.iter().any(Change::is_widening), changes, problems };
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &answer)?;
        writeln!(out)?;
    } else {
        for change in &answer.changes {
            writeln!(out, "{change}")?;
        }
        if answer.changes.is_empty() {
            writeln!(out, "no difference")?;
        }
    }
    out.flush()?;
    for problem in &answer.problems {
        talk(&format!("{}: {problem}", arguments.new.display()));
    }
    Ok(if answer.widens {
        ExitCode::from(WIDENS)
    } else if answer.problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What a policy without a problem says.
fn sound(path: &Path) -> Result<PolicySource> {
    let about = || path.display().to_string();
    let source = match Written::read(path)? {
        Written::Compiled(_) => {
            bail!("{}: a compiled policy: compare the files that it was compiled from", path.display())
        }
        Written::Toml(text) => Policy::from_toml(&text).and_then(|_| PolicySource::from_toml(&text)),
        Written::Json(text) => Policy::from_json(&text).and_then(|_| PolicySource::from_json(&text)),
    };
    source.with_context(about)
}
