//! The lock file: the derived policy as it was reviewed, and the comparison with the one that is derived now.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use telemetry_redact::policy::{Effect, PolicySource, TemplateRule, diff};
use telemetry_redact::{ERROR_CODES, Policy};
use thiserror::Error;

use super::said::Said;
use super::{CommandPolicy, prompts, tree};
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
    /// The program was built with another compiled policy than that of the lock file.
    #[error("{path}: what the program has built in is not what its lock file says\n\n{HOW_TO}")]
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
enum Purpose {
    Compare,
    Write,
}

impl Purpose {
    fn of_environment() -> Self {
        match std::env::var_os(variables::LOCK) {
            Some(value) if value == "write" => Self::Write,
            _ => Self::Compare,
        }
    }
}

impl CommandPolicy {
    /// The policy as it is derived now, with the version of what was reviewed.
    #[must_use]
    pub fn source(&self) -> PolicySource {
        self.derive().source
    }

    /// For a test of the program's: passes where the derived policy is the one in the lock file at `path`, the one that is
    /// built in is the same, and nothing in the lines that made it leads nowhere. With the variable `TELEMETRY_LOCK=write` it
    /// writes both files instead, with a higher version where something else is collected.
    ///
    /// A path that is not absolute begins at the package's directory, where `cargo test` runs tests.
    ///
    /// # Panics
    ///
    /// With what [`CommandPolicy::check_lock`] says.
    #[track_caller]
    pub fn assert_locked(&self, path: impl AsRef<Path>) {
        if let Err(error) = self.check_lock(path) {
            panic!("{error}");
        }
    }

    /// As [`CommandPolicy::assert_locked`], for tests that say in their own way what is wrong.
    ///
    /// # Errors
    ///
    /// [`LockError`]: its text is a line for each difference.
    pub fn check_lock(&self, path: impl AsRef<Path>) -> Result<(), LockError> {
        check(self, path.as_ref(), Purpose::of_environment())
    }

    /// Writes the lock file and what is compiled of it, as the test does with `TELEMETRY_LOCK=write`: for programs that
    /// generate theirs in their own way.
    ///
    /// # Errors
    ///
    /// [`LockError`], where lines lead nowhere or the file cannot be written.
    pub fn write_lock(&self, path: impl AsRef<Path>) -> Result<(), LockError> {
        check(self, path.as_ref(), Purpose::Write)
    }

    fn derive(&self) -> tree::Derived {
        let Said { asked, errors, prompts } = &self.said;
        let mut derived = tree::derive(&self.program, &(self.command)(), asked);
        prompts::add(prompts, &mut derived.source, &mut derived.problems);
        let source = &mut derived.source;
        source.version = self.reviewed().map_or(0, |policy| policy.version().0);
        source.environment_prefix = Some(self.prefix());
        for (code, text) in errors {
            if !ERROR_CODES.contains(&code.as_str()) && !source.error_codes.contains(code) {
                source.error_codes.push(code.clone());
            }
            source.templates.push(TemplateRule { text: text.clone(), code: Some(code.clone()) });
        }
        derived
    }
}

fn check(policy: &CommandPolicy, path: &Path, purpose: Purpose) -> Result<(), LockError> {
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
    let beside = path.with_file_name(COMPILED);
    if purpose == Purpose::Write {
        let source = raised(derived.source, locked.ok().as_ref());
        // A policy is maps with texts for keys, so it can be written as JSON.
        let text = serde_json::to_string_pretty(&source).unwrap_or_default() + "\n";
        replace(path, text.as_bytes())?;
        return replace(&beside, &compiled(&source));
    }
    let locked = locked.map_err(|error| {
        let why = if text.trim().is_empty() { "empty".to_owned() } else { error.to_string() };
        LockError::NotALock { path: path.to_owned(), why }
    })?;
    let changes = changes(&locked, &derived.source);
    if !changes.is_empty() {
        return Err(LockError::Differs { path: path.to_owned(), changes: lines(&changes) });
    }
    if policy.reviewed != compiled(&locked) {
        return Err(LockError::NotCompiled { path: beside });
    }
    Ok(())
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
