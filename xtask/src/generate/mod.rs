//! `gen`: writes what is derived, or compares it.

mod cli;
mod clickhouse;
mod detectors;
mod events;
mod openapi;
mod words;

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use telemetry_redact::Policy;
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
    for (path, content) in outputs(root)? {
        let file = root.join(&path);
        let there = fs::read(&file).ok();
        if there.is_some_and(|there| is_same(there, &content)) {
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

/// Whether a file is what it should be. A checkout may have turned the line ends of text into the platform's.
fn is_same(there: Vec<u8>, content: &[u8]) -> bool {
    there == content
        || String::from_utf8(there).is_ok_and(|text| text.replace("\r\n", "\n").as_bytes() == content)
}

fn outputs(root: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut outputs: Vec<(String, Vec<u8>)> =
        texts()?.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    outputs.extend(words::outputs(root)?);
    let policies =
        [("atlas", "atlas.json", Policy::from_json as fn(&str) -> _), ("git", "git.toml", Policy::from_toml)];
    for (name, source, read) in policies {
        let file = root.join("policies").join(source);
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let policy = read(&text).with_context(|| file.display().to_string())?;
        outputs.push((format!("policies/compiled/{name}.policy"), policy.compiled().to_vec()));
    }
    Ok(outputs)
}

fn texts() -> Result<Vec<(String, String)>> {
    let mut outputs = Vec::new();
    for (name, schema) in schemas() {
        outputs.push((format!("schemas/{name}"), serde_json::to_string_pretty(&schema)? + "\n"));
    }
    let openapi = openapi::document()?;
    outputs.push(("schemas/openapi.json".to_owned(), serde_json::to_string_pretty(&openapi)? + "\n"));
    let policy = telemetry_redact::policy::json_schema();
    outputs.push(("schemas/policy.json".to_owned(), serde_json::to_string_pretty(&policy)? + "\n"));
    outputs.push(("docs/generated/events.md".to_owned(), events::markdown()));
    outputs.push(("docs/generated/detectors.md".to_owned(), detectors::markdown()));
    outputs.push(("docs/generated/cli.md".to_owned(), cli::markdown()));
    outputs.extend(clickhouse::outputs());
    Ok(outputs)
}
