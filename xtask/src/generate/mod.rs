//! `gen`: writes what is derived, or compares it.

mod cli;
mod events;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use telemetry_schema::catalogue::schemas;

use crate::say;

/// Write, or only compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    Check,
}

pub(crate) fn run(root: &Path, mode: Mode) -> Result<()> {
    let mut stale = Vec::new();
    for (path, content) in outputs()? {
        let file = root.join(&path);
        let there = fs::read_to_string(&file).ok();
        // A checkout may have turned line ends into the platform's.
        if there.is_some_and(|there| there.replace("\r\n", "\n") == content) {
            continue;
        }
        match mode {
            Mode::Check => stale.push(path),
            Mode::Write => {
                if let Some(directory) = file.parent() {
                    fs::create_dir_all(directory)?;
                }
                fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))?;
                say(&format!("wrote {path}"));
            }
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    bail!("stale: {}\nRun `cargo xtask gen` and commit what it writes.", stale.join(", "))
}

fn outputs() -> Result<Vec<(String, String)>> {
    let mut outputs = Vec::new();
    for (name, schema) in schemas() {
        outputs.push((format!("schemas/{name}"), serde_json::to_string_pretty(&schema)? + "\n"));
    }
    let policy = telemetry_redact::policy::json_schema();
    outputs.push(("schemas/policy.json".to_owned(), serde_json::to_string_pretty(&policy)? + "\n"));
    outputs.push(("docs/generated/events.md".to_owned(), events::markdown()));
    outputs.push(("docs/generated/cli.md".to_owned(), cli::markdown()));
    Ok(outputs)
}
