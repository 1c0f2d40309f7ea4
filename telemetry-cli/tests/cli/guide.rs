//! docs/guide.md, followed to the letter.
//!
//! Its commands are run one after the other by a shell, in a home of their own. Of what they print, the lines that the
//! guide shows must be in it. Two things are put in place of what it says: `cargo run -q --` is the program that cargo has
//! built for this test, whose source is the guide's own, since to compile a fresh crate with all below it would take
//! minutes; and the collector listens on a free port.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::home::{BINARY, Home};
use crate::mounted::example;

const GUIDE: &str = include_str!("../../../docs/guide.md");
const ADDRESS: &str = "127.0.0.1:8750";

/// The fenced blocks of a language, in their order.
fn blocks(language: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<(bool, String)> = None;
    for line in GUIDE.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info == language, String::new())),
            (Some(_), Some(_)) => found.extend(open.take().filter(|(is_wanted, _)| *is_wanted)),
            (Some((_, text)), None) => text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    found.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn the_program_of_the_guide_is_the_one_that_is_tested() {
    let example = include_str!("../../examples/greet.rs");
    // What the lints of this workspace ask for is left out there.
    let (_, program) = example.split_once("\n\n").unwrap();
    assert_eq!(blocks("rust"), [program]);
    assert_eq!(blocks("json"), [include_str!("../../examples/greet.json")]);
}

/// A shell's command and what it must print, in parts.
struct Step {
    command: String,
    prints: Vec<String>,
}

fn steps() -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in blocks("console").iter().flat_map(|block| block.lines()) {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step { command: command.to_owned(), prints: Vec::new() }),
            (None, Some(step)) => step.prints.push(line.to_owned()),
            (None, None) => panic!("the guide prints before it runs: {line}"),
        }
    }
    steps
}

/// What runs as long as the test.
struct Background(Child);

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn every_command_of_the_guide_does_what_it_says() {
    let home = Home::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut directory = home.path("work");
    let mut variables: Vec<(String, String)> = Vec::new();
    let mut collector = None;
    let steps = steps();
    assert!(steps.len() > 10, "the guide has commands");
    for Step { command, prints } in steps {
        if let Some(name) = command.strip_prefix("cd ") {
            directory = directory.join(name);
            settle(&directory);
        } else if let Some((name, value)) =
            command.strip_prefix("export ").and_then(|set| set.split_once('='))
        {
            variables.push((name.to_owned(), value.replace(ADDRESS, &free)));
        } else {
            let mut shell = shell(&home, &command, &directory);
            shell.envs(variables.iter().map(|(name, value)| (name, value)));
            if command.starts_with("telemetry serve") {
                collector = Some(serve(&home, &command, &directory, &free));
            } else {
                follow(&mut shell, &command, &prints);
            }
        }
    }
    assert!(collector.is_some());
}

/// Runs a command until it prints what it must: what another process does in the background takes its time.
fn follow(shell: &mut Command, command: &str, prints: &[String]) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let waits = command.contains("--sent") || command.contains("report");
    loop {
        let output = shell.output().unwrap();
        let all = String::from_utf8(output.stdout).unwrap();
        let missing: Vec<&String> = prints.iter().filter(|part| !all.contains(part.trim())).collect();
        if output.status.success() && missing.is_empty() {
            return;
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(waits && Instant::now() < deadline, "{command}: no {missing:?} in\n{all}\n{stderr}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn shell(home: &Home, command: &str, directory: &Path) -> Command {
    let mut shell = Command::new("sh");
    let greet = example();
    let binary = Path::new(BINARY).parent().unwrap();
    home.settle(&mut shell);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let tools = Path::new(env!("CARGO")).parent().unwrap();
    let path = std::env::join_paths(
        [binary, tools].map(Path::to_owned).into_iter().chain(std::env::split_paths(&path)),
    );
    shell
        .arg("-c")
        .arg(command.replace("cargo run -q --", greet.to_str().unwrap()))
        .current_dir(directory)
        .env("PATH", path.unwrap())
        .env("CARGO_HOME", home.path("cargo"))
        .env_remove("TELEMETRY_STATE_DIR")
        .env_remove("TELEMETRY_CONFIG");
    shell
}

/// Puts the guide's files into the new crate, whose dependencies must be where the guide says.
fn settle(directory: &Path) {
    let manifest = fs::read_to_string(directory.join("Cargo.toml")).unwrap();
    let [dependencies] = &blocks("toml")[..] else { panic!("one block of TOML") };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for line in dependencies.lines().filter(|line| line.contains("path = ")) {
        let path = line.split('"').nth(1).unwrap().strip_prefix("../../telemetry/").unwrap();
        assert!(root.join(path).join("Cargo.toml").exists(), "{line}");
    }
    fs::write(directory.join("Cargo.toml"), manifest.replace("[dependencies]\n", dependencies)).unwrap();
    fs::write(directory.join("src/main.rs"), &blocks("rust")[0]).unwrap();
    fs::write(directory.join("src/greet.json"), &blocks("json")[0]).unwrap();
}

fn serve(home: &Home, command: &str, directory: &Path, address: &str) -> Background {
    let command = format!("exec {command} --listen {address}");
    let child = shell(home, &command, directory).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let background = Background(child);
    let deadline = Instant::now() + Duration::from_secs(60);
    while std::net::TcpStream::connect(address).is_err() {
        assert!(Instant::now() < deadline, "the collector does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    background
}
