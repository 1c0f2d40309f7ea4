//! A temporary home, and the binary run in it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_telemetry");

/// A user of their own.
pub(crate) struct Home {
    dir: TempDir,
}

impl Home {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("work")).unwrap();
        Self { dir }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.path("state")
    }

    /// The binary, with nothing of the real user's around it.
    pub(crate) fn telemetry(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        command.args(arguments);
        self.settle(&mut command);
        command
    }

    /// Puts a command into this home.
    pub(crate) fn settle(&self, command: &mut Command) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.dir.path())
            .env("TELEMETRY_STATE_DIR", self.state())
            .env("TELEMETRY_CONFIG", self.path("config.toml"))
            .current_dir(self.path("work"))
            .stdin(Stdio::null());
        for name in ["SystemRoot", "PATHEXT"] {
            command.envs(std::env::var_os(name).map(|value| (name, value)));
        }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.telemetry(arguments).output().unwrap()
    }

    /// Runs what must succeed, and gives its standard output.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what must fail, and gives what it says on standard error.
    pub(crate) fn fails(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(!output.status.success(), "{arguments:?} succeeded");
        assert!(output.status.code().is_some_and(|code| code != 101), "{arguments:?} panicked");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Json {
        serde_json::from_str(&self.ok(arguments)).unwrap()
    }

    /// The events that `show` prints.
    pub(crate) fn events(&self, arguments: &[&str]) -> Vec<Json> {
        let text = self.ok(&[&["show"], arguments].concat());
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Every file of the state directory with its content, to see whether anything changed.
    pub(crate) fn snapshot(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(&self.state(), &mut files);
        files
    }
}

fn collect(dir: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.insert(path.clone(), Vec::new());
            collect(&path, files);
        } else {
            files.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
}

/// A collector, killed when it goes out of scope.
pub(crate) struct Collector {
    child: Child,
    pub(crate) endpoint: String,
    pub(crate) store: PathBuf,
}

impl Collector {
    pub(crate) fn start(home: &Home) -> Self {
        Self::start_at(home, "127.0.0.1:0")
    }

    pub(crate) fn start_at(home: &Home, address: &str) -> Self {
        Self::start_with(home, &["--listen", address])
    }

    pub(crate) fn start_with(home: &Home, arguments: &[&str]) -> Self {
        let store = home.path("store.sqlite");
        let mut command = home.telemetry(&["serve", "--store", store.to_str().unwrap()]);
        command.args(arguments);
        Self::spawn(command, store)
    }

    /// On a store that is no file, on any free port.
    pub(crate) fn start_on(home: &Home, store: &str, variables: &[(&str, &str)]) -> Self {
        let mut command = home.telemetry(&["serve", "--listen", "127.0.0.1:0", "--store", store]);
        command.envs(variables.iter().copied());
        Self::spawn(command, store.into())
    }

    fn spawn(mut command: Command, store: PathBuf) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        let first = lines.find(|line| line.contains("collecting on")).expect("it says where it listens");
        let endpoint = first.rsplit(' ').next().unwrap().to_owned();
        // Somebody has to read on, or the collector would stop at a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, endpoint, store }
    }

    pub(crate) fn report(&self, home: &Home) -> Json {
        home.json(&["report", "--json", "--min-installs", "1", "--store", self.store.to_str().unwrap()])
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
