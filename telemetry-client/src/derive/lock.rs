//! The lock file: the derived policy as it was reviewed, and the comparison with the one that is derived now.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::Deserialize;
use telemetry_redact::Policy;
use telemetry_redact::policy::{Effect, PolicySource, diff};
use thiserror::Error;

use super::CommandPolicy;
use crate::variables;

/// Why a lock file is not that of a program.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LockError {
    /// The derived policy is another one.
    #[error("{path}: what is collected is not what was reviewed:{changes}\n\n{HOW_TO}")]
    Differs {
        /// The lock file.
        path: PathBuf,
        /// A line for each difference, each beginning with a line break.
        changes: String,
    },
    /// Something of the program's own lines leads nowhere, or something that it declares has no place in a policy.
    #[error("what is said of the telemetry of {program} has to be mended:{problems}")]
    Problems {
        /// The program.
        program: String,
        /// A line for each, each beginning with a line break.
        problems: String,
    },
    /// The file is no policy, or none yet.
    #[error("{path}: {why}\n\n{HOW_TO}")]
    NotALock {
        /// The lock file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The program was built with another file than this one.
    #[error("{path}: the program has another file built in; `include_str!` has to name this one")]
    NotTheOneBuiltIn {
        /// The lock file.
        path: PathBuf,
    },
    /// The compiled policy that is built in is not that of the lock file.
    #[error(
        "{path}: the program has a compiled policy built in that is not that of its lock file\n\n{HOW_TO}"
    )]
    NotCompiled {
        /// The compiled policy, beside the lock file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("{path}")]
    File {
        /// The lock file.
        path: PathBuf,
        /// Why.
        #[source]
        why: io::Error,
    },
}

const HOW_TO: &str = "Where that is meant, write it anew and commit it: TELEMETRY_LOCK=write cargo test";

/// The compiled policy, beside the lock file.
const COMPILED: &str = "telemetry.policy";

/// What is done with the lock file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Compare,
    Write,
}

impl Purpose {
    pub(super) fn of_environment() -> Self {
        match std::env::var_os(variables::LOCK) {
            Some(value) if value == "write" => Self::Write,
            _ => Self::Compare,
        }
    }
}

/// The version that a lock file states. The rest of it is not looked at.
pub(super) fn version(lock: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct Head {
        version: u32,
    }
    serde_json::from_str::<Head>(lock).ok().map(|head| head.version)
}

pub(super) fn check(policy: &CommandPolicy, path: &Path, purpose: Purpose) -> Result<(), LockError> {
    let failed = |why| LockError::File { path: path.to_owned(), why };
    let mut derived = policy.derive();
    if let Err(error) = Policy::from_source(&derived.source) {
        derived.problems.extend(error.problems().iter().map(ToString::to_string));
    }
    if !derived.problems.is_empty() {
        return Err(LockError::Problems {
            program: policy.program.clone(),
            problems: lines(&derived.problems),
        });
    }
    let text = match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && purpose == Purpose::Write => String::new(),
        text => text.map_err(failed)?,
    };
    let locked = PolicySource::from_json(&text);
    // Beside the lock file, for those who build one in.
    let beside = policy.compiled.map(|built_in| (path.with_file_name(COMPILED), built_in));
    if purpose == Purpose::Write {
        let source = raised(derived.source, locked.ok().as_ref());
        // A policy is maps with texts for keys, so it can be written as JSON.
        let text = serde_json::to_string_pretty(&source).unwrap_or_default() + "\n";
        replace(path, text.as_bytes())?;
        return beside.map_or(Ok(()), |(path, _)| replace(&path, &compiled(&source)));
    }
    let locked = locked.map_err(|error| {
        let why = if text.trim().is_empty() { "empty".to_owned() } else { error.to_string() };
        LockError::NotALock { path: path.to_owned(), why }
    })?;
    let changes = changes(&locked, &derived.source);
    if !changes.is_empty() {
        return Err(LockError::Differs { path: path.to_owned(), changes: lines(&changes) });
    }
    // Line ends may be another system's.
    if !text.lines().eq(policy.lock.lines()) {
        return Err(LockError::NotTheOneBuiltIn { path: path.to_owned() });
    }
    match beside {
        Some((path, built_in)) if built_in != compiled(&locked) => Err(LockError::NotCompiled { path }),
        _ => Ok(()),
    }
}

/// The policy in the form that a run reads. It was checked.
fn compiled(source: &PolicySource) -> Vec<u8> {
    Policy::from_source(source).map(|policy| policy.compiled().to_vec()).unwrap_or_default()
}

/// Writes a file. One that says the same keeps its time, so that nothing is built anew.
fn replace(path: &Path, contents: &[u8]) -> Result<(), LockError> {
    if fs::read(path).is_ok_and(|before| before == contents) {
        return Ok(());
    }
    fs::write(path, contents).map_err(|why| LockError::File { path: path.to_owned(), why })
}

/// What differs, apart from the version, which is the file's.
fn changes(locked: &PolicySource, derived: &PolicySource) -> Vec<String> {
    let derived = PolicySource { version: locked.version, ..derived.clone() };
    diff(locked, &derived).iter().map(ToString::to_string).collect()
}

/// The policy with the version of its lock file, raised where an event can hold something else than before.
fn raised(mut source: PolicySource, locked: Option<&PolicySource>) -> PolicySource {
    source.version = match locked {
        None => 1,
        Some(locked) => {
            let now = PolicySource { version: locked.version, ..source.clone() };
            let differs = diff(locked, &now).iter().any(|change| change.effect != Effect::Nothing);
            locked.version.saturating_add(u32::from(differs))
        }
    };
    source
}

fn lines(all: &[impl AsRef<str>]) -> String {
    all.iter().fold(String::new(), |mut text, line| {
        let _ = write!(text, "\n  {}", line.as_ref());
        text
    })
}
