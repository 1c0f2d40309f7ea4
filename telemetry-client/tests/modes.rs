//! What a host program's caller sees does not depend on telemetry: real processes of `examples/orchard.rs`.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn orchard(&self, arguments: &[impl AsRef<str>], variables: &[(&str, &str)]) -> Output {
        self.command(arguments, variables).output().unwrap()
    }

    fn command(&self, arguments: &[impl AsRef<str>], variables: &[(&str, &str)]) -> Command {
        // Beside this test's own directory; `cargo test` builds examples too.
        let program = std::env::current_exe().unwrap();
        let program = program.ancestors().nth(2).unwrap().join("examples").join("orchard");
        let mut command = Command::new(program);
        command.args(arguments.iter().map(AsRef::as_ref)).current_dir(self.0.path()).env_clear();
        command.env("HOME", self.0.path()).envs(variables.iter().copied());
        // Where Windows has them.
        command.env("APPDATA", self.path(".config")).env("LOCALAPPDATA", self.path(".local"));
        command
    }

    /// Every path in the home, the home's own left out.
    fn paths(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        below(self.0.path(), &mut found);
        found.sort();
        found
    }
}

fn below(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, found);
        }
        found.push(path);
    }
}

/// A server that counts who comes, and takes nothing.
struct Server {
    endpoint: String,
    requests: Arc<AtomicUsize>,
    came: std::sync::mpsc::Receiver<()>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(AtomicUsize::new(0));
        let (says, came) = std::sync::mpsc::channel();
        let counted = Arc::clone(&requests);
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n");
                if says.send(()).is_err() {
                    return;
                }
            }
        });
        Self { endpoint, requests, came }
    }
}

const PLANT: [&str; 6] = ["trees", "plant", "--fruit", "pear", "--name", "grandma's"];

#[test]
fn off_touches_no_file_local_sends_nothing_and_on_does_both() {
    let server = Server::start();
    let endpoint = ("TELEMETRY_ENDPOINT", server.endpoint.as_str());
    for (mode, files) in [(None, 0), (Some("false"), 0), (Some("perhaps"), 0), (Some("local"), 1)] {
        let home = Home::new();
        let mode = mode.map(|mode| ("ORCHARD_TELEMETRY_ENABLED", mode));
        let variables: Vec<_> = mode.into_iter().chain([endpoint]).collect();
        assert!(home.orchard(&PLANT, &variables).status.success());
        assert_eq!(usize::from(!home.paths().is_empty()), files, "{mode:?}: {:?}", home.paths());
    }
    for file in [".config/telemetry/config.toml", ".config/orchard/telemetry.toml", ".telemetry.toml"] {
        let home = Home::new();
        fs::create_dir_all(home.path(file).parent().unwrap()).unwrap();
        fs::write(home.path(file), "telemetry_enabled = false\n").unwrap();
        let before = home.paths();
        // The user's own voice does not reach over a project's no; over a setting's it does.
        let speaks = file == ".telemetry.toml";
        let variables: Vec<_> =
            speaks.then_some(("ORCHARD_TELEMETRY_ENABLED", "true")).into_iter().chain([endpoint]).collect();
        assert!(home.orchard(&PLANT, &variables).status.success());
        assert_eq!(home.paths(), before, "{file}");
    }
    let home = Home::new();
    assert!(home.orchard(&PLANT, &[("ORCHARD_TELEMETRY_ENABLED", "true"), endpoint]).status.success());
    // The helper comes once it has started. It is the only one that ever did.
    server.came.recv().unwrap();
    assert_eq!(server.requests.load(Ordering::SeqCst), 1);
    assert!(home.path(".local/state/orchard/telemetry").exists() || cfg!(not(target_os = "linux")));
}

/// What a run prints on standard error, where that is a terminal, and its standard output.
#[cfg(unix)]
fn on_a_terminal(mut command: Command) -> (String, Vec<u8>) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let path = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
    let theirs = fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    let stdout = command.stderr(theirs.try_clone().unwrap()).output().unwrap().stdout;
    // What tells where the text ends, since a terminal has no end while somebody holds it.
    (&theirs).write_all(b"\0").unwrap();
    let (mut ours, mut said, mut byte) = (fs::File::from(ours), Vec::new(), [0]);
    while ours.read(&mut byte).unwrap() == 1 && byte != [0] {
        said.push(byte[0]);
    }
    (String::from_utf8(said).unwrap(), stdout)
}

#[cfg(unix)]
#[test]
fn the_notice_is_shown_on_a_terminal_once_and_the_run_that_shows_it_is_not_recorded() {
    let home = Home::new();
    let run =
        |arguments: &[&str], variables: &[(&str, &str)]| on_a_terminal(home.command(arguments, variables));
    let planted = home.orchard(&PLANT, &[("DO_NOT_TRACK", "1")]).stdout;
    let spooled = || home.paths().iter().filter(|path| path.ends_with("active.ndjson")).count();
    for ci in [("CI", "true"), ("DO_NOT_TRACK", "1")] {
        assert_eq!(run(&PLANT, &[ci]), (String::new(), planted.clone()), "{ci:?}");
        assert!(home.paths().is_empty(), "{ci:?}");
    }
    let (notice, stdout) = run(&PLANT, &[]);
    assert!(!notice.trim().is_empty(), "the words are the program's own");
    assert_eq!((stdout, spooled()), (planted.clone(), 0));
    // No endpoint that anybody listens at: what is recorded stays.
    let (notice, stdout) = run(&PLANT, &[("TELEMETRY_ENDPOINT", "export:")]);
    assert_eq!((notice.as_str(), stdout, spooled()), ("", planted, 1));
}

/// A command line, right and wrong.
fn line() -> impl Strategy<Value = Vec<String>> {
    let word = prop_oneof![
        4 => prop::sample::select(vec![
            "trees", "plant", "fell", "--fruit", "apple", "pear", "--name", "--name=x", "-f", "-N", "--", "-",
            "--help", "-h", "--version", "help", "tree", "plnat", "--fruits=pear", "", "telemetry",
        ]).prop_map(str::to_owned),
        // No zero byte can be in an argument.
        1 => "[^\0]{0,12}",
    ];
    let random = prop::collection::vec(word, 0..6);
    let plant = ("[^\0-][^\0]{0,12}", prop::sample::select(vec!["apple", "pear", "plum"]));
    let plant = plant.prop_map(|(name, fruit)| {
        ["trees", "plant", "--fruit", fruit, "--name", &name].map(str::to_owned).to_vec()
    });
    prop_oneof![3 => random, 1 => plant, 1 => Just(vec!["trees".to_owned(), "fell".to_owned()])]
}

#[test]
fn what_the_caller_sees_is_the_same_in_every_mode() {
    let server = Server::start();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{nobody}");
    let enabled = "ORCHARD_TELEMETRY_ENABLED";
    let modes: [&[(&str, &str)]; 7] = [
        &[],
        &[(enabled, "false")],
        &[(enabled, "local")],
        &[(enabled, "true"), ("TELEMETRY_ENDPOINT", &server.endpoint)],
        &[(enabled, "true"), ("TELEMETRY_ENDPOINT", &nobody)],
        &[(enabled, "true"), ("TELEMETRY_ENDPOINT", "telnet://nonsense")],
        &[(enabled, "true"), ("TELEMETRY_STATE_DIR", "/dev/null/nothing")],
    ];
    let homes: Vec<Home> = modes.iter().map(|_| Home::new()).collect();
    let nothing = Home::new();
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(24) });
    runner
        .run(&line(), |line| {
            let without = nothing.orchard(&line, &[("DO_NOT_TRACK", "1")]);
            for (home, mode) in homes.iter().zip(modes) {
                let with = home.orchard(&line, mode);
                prop_assert_eq!(&with.stdout, &without.stdout, "{:?}", mode);
                prop_assert_eq!(with.status, without.status, "{:?}", mode);
            }
            Ok(())
        })
        .unwrap();
    assert!(nothing.paths().is_empty());
    assert!(homes[2].paths().len() > 1, "those that record did");
}
