//! Where facts are read from: variables and a file system, the real ones or a test's.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use telemetry_schema::Terminal;
use telemetry_transport::VariableNames;

/// Files that hold facts are small. More of one is never read, so that no file can make a command wait.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Where facts are read from.
#[derive(Debug, Clone)]
pub struct Environment {
    variables: Option<BTreeMap<String, OsString>>,
    /// Of this process's variables, those that may be set at all, where many are asked for at once.
    names: Option<VariableNames>,
    root: PathBuf,
    terminal: Option<Terminal>,
}

/// The beginning of a file.
#[derive(Debug)]
pub(super) struct Head {
    /// Its first 64 KiB; what is no UTF-8 is replaced.
    pub(super) text: String,
    /// Whether that is all of it.
    pub(super) extent: Extent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    Whole,
    Cut,
}

impl Environment {
    /// This process's variables and the machine's file system.
    #[must_use]
    pub fn real() -> Self {
        Self { variables: None, names: None, root: PathBuf::from("/"), terminal: None }
    }

    /// These variables, and a directory in place of the file system's root.
    pub fn fake<'a>(
        variables: impl IntoIterator<Item = (&'a str, &'a str)>,
        root: impl Into<PathBuf>,
    ) -> Self {
        let variables =
            variables.into_iter().map(|(name, value)| (name.to_owned(), OsString::from(value))).collect();
        Self { variables: Some(variables), names: None, root: root.into(), terminal: None }
    }

    /// These standard streams in place of this process's own.
    #[must_use]
    pub fn with_terminal(self, terminal: Terminal) -> Self {
        Self { terminal: Some(terminal), ..self }
    }

    /// The same as of now, for whoever asks for many variables of which few are set.
    pub(super) fn of_now(&self) -> Self {
        Self { names: self.is_real().then(VariableNames::look), ..self.clone() }
    }

    /// Which standard streams are a terminal.
    pub(super) fn terminal(&self) -> Terminal {
        self.terminal.unwrap_or_else(super::terminal)
    }

    /// A variable.
    #[must_use]
    pub fn var(&self, name: &str) -> Option<OsString> {
        match &self.variables {
            Some(variables) => variables.get(name).cloned(),
            None if !self.may_hold(name) => None,
            None => std::env::var_os(name),
        }
    }

    /// Whether a variable may be set. Most are not, and a hundred are asked for in each run: this is all that they cost.
    #[inline]
    fn may_hold(&self, name: &str) -> bool {
        self.names.as_ref().is_none_or(|names| names.may_hold(name))
    }

    /// Every variable.
    pub(crate) fn variables(&self) -> Vec<(OsString, OsString)> {
        match &self.variables {
            Some(variables) => {
                variables.iter().map(|(name, value)| (OsString::from(name), value.clone())).collect()
            }
            None => std::env::vars_os().collect(),
        }
    }

    /// Where this process is, if it is this process that facts come from.
    pub(crate) fn working_directory(&self) -> Option<PathBuf> {
        self.is_real().then(std::env::current_dir)?.ok()
    }

    /// The number of this process's user.
    #[cfg(unix)]
    pub(crate) fn user_id(&self) -> Option<u32> {
        self.is_real().then(|| rustix::process::getuid().as_raw())
    }

    /// Users have no numbers here.
    #[cfg(not(unix))]
    pub(crate) fn user_id(&self) -> Option<u32> {
        None
    }

    /// Whether facts come from this process and this machine.
    pub(super) fn is_real(&self) -> bool {
        self.variables.is_none()
    }

    /// Whether a variable is set to something.
    #[inline]
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.may_hold(name) && self.var(name).is_some_and(|value| !value.is_empty())
    }

    /// Whether a variable is set to this.
    #[inline]
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.may_hold(name) && self.var(name).is_some_and(|found| found == value)
    }

    /// Whether a variable that is a switch is set, and not to a no.
    #[inline]
    pub(super) fn is_on(&self, name: &str) -> bool {
        let is_yes =
            |value: OsString| !value.is_empty() && value != "0" && !value.eq_ignore_ascii_case("false");
        self.may_hold(name) && self.var(name).is_some_and(is_yes)
    }

    /// Whether there is something at an absolute path.
    pub(super) fn exists(&self, path: &str) -> bool {
        self.at(Path::new(path)).exists()
    }

    /// The text of a file that is small enough to be what is looked for.
    pub(crate) fn read(&self, path: &str) -> Option<String> {
        self.head(path).filter(|head| head.extent == Extent::Whole).map(|head| head.text)
    }

    /// The beginning of a file. `None` for what is no plain file: to open a pipe would wait for its other end.
    pub(super) fn head(&self, path: &str) -> Option<Head> {
        let path = self.at(Path::new(path));
        let length = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?.len();
        let mut bytes = Vec::new();
        File::open(path).ok()?.take(MAX_FILE_BYTES).read_to_end(&mut bytes).ok()?;
        let extent = if length > MAX_FILE_BYTES { Extent::Cut } else { Extent::Whole };
        Some(Head { text: String::from_utf8_lossy(&bytes).into_owned(), extent })
    }

    /// An absolute path without links, and as it was given where that cannot be found out.
    pub(super) fn resolve(&self, path: &Path) -> PathBuf {
        if self.is_real() {
            return fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        }
        let inside = || {
            let found = fs::canonicalize(self.at(path)).ok()?;
            let root = fs::canonicalize(&self.root).ok()?;
            Some(Path::new("/").join(found.strip_prefix(root).ok()?))
        };
        inside().unwrap_or_else(|| path.to_owned())
    }

    /// Where an absolute path is below the root.
    pub(crate) fn at(&self, path: &Path) -> PathBuf {
        self.root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// With a variable that need not be text.
    #[cfg(test)]
    pub(super) fn with(mut self, name: &str, value: OsString) -> Self {
        self.variables.get_or_insert_default().insert(name.to_owned(), value);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_the_beginning_of_a_file_is_read() {
        let root = tempfile::tempdir().unwrap();
        let environment = Environment::fake([], root.path());
        for (name, length, whole) in [("small", 10, true), ("limit", 65_536, true), ("large", 65_537, false)]
        {
            fs::write(root.path().join(name), vec![b'a'; length]).unwrap();
            assert_eq!(
                environment.head(&format!("/{name}")).unwrap().text.len(),
                length.min(65_536),
                "{name}"
            );
            assert_eq!(environment.read(&format!("/{name}")).is_some(), whole, "{name}");
        }
        fs::write(root.path().join("mixed"), b"ID=debian\nNAME=\xff\n").unwrap();
        assert!(environment.read("/mixed").unwrap().starts_with("ID=debian\n"));
        assert!(environment.read("/").is_none());
        assert!(environment.read("/absent").is_none());
    }

    #[test]
    fn a_switch_can_be_set_to_a_no() {
        for (value, on) in
            [("1", true), ("true", true), ("x", true), ("", false), ("0", false), ("False", false)]
        {
            assert_eq!(Environment::fake([("SWITCH", value)], "/nonexistent").is_on("SWITCH"), on, "{value}");
        }
        assert!(!Environment::fake([], "/nonexistent").is_on("SWITCH"));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_below_the_root_only() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("usr/bin")).unwrap();
        fs::write(root.path().join("usr/bin/atlas"), "").unwrap();
        std::os::unix::fs::symlink("usr/bin", root.path().join("bin")).unwrap();
        std::os::unix::fs::symlink("/etc/hosts", root.path().join("outside")).unwrap();
        let environment = Environment::fake([], root.path());
        for (path, resolved) in
            [("/bin/atlas", "/usr/bin/atlas"), ("/absent", "/absent"), ("/outside", "/outside")]
        {
            assert_eq!(environment.resolve(Path::new(path)), Path::new(resolved));
        }
    }
}
