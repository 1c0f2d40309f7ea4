//! Where facts are read from: variables and a file system, the real ones or a test's.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Files that hold facts are small; what is larger is something else.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Where facts are read from.
#[derive(Debug, Clone)]
pub struct Environment {
    variables: Option<BTreeMap<String, OsString>>,
    root: PathBuf,
}

impl Environment {
    /// This process's variables and the machine's file system.
    #[must_use]
    pub fn real() -> Self {
        Self { variables: None, root: PathBuf::from("/") }
    }

    /// These variables, and a directory in place of the file system's root.
    pub fn fake<'a>(
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
        root: impl Into<PathBuf>,
    ) -> Self {
        let variables =
            variables.into_iter().map(|(name, value)| (name.to_owned(), OsString::from(value))).collect();
        Self { variables: Some(variables), root: root.into() }
    }

    /// A variable.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<OsString> {
        match &self.variables {
            Some(variables) => variables.get(name).cloned(),
            None => std::env::var_os(name),
        }
    }

    /// Whether a variable is set to something.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.var(name).is_some_and(|value| !value.is_empty())
    }

    /// Whether a variable is set to this.
    pub(crate) fn is(&self, name: &str, value: &str) -> bool {
        self.var(name).is_some_and(|found| found == value)
    }

    /// Where an absolute path is in this file system.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Whether there is something at an absolute path.
    pub(crate) fn exists(&self, path: &str) -> bool {
        self.at(path).exists()
    }

    /// The text of a small file.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        read_small(&self.at(path))
    }
}

fn read_small(path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = File::open(path).ok()?;
    let length = file.take(MAX_FILE_BYTES + 1).read_to_string(&mut text).ok()?;
    (length as u64 <= MAX_FILE_BYTES).then_some(text)
}
