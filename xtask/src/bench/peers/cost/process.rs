//! One process: how it is started, how long it runs, and what is counted of it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::super::sink::Sink;
use super::super::{BARE, Host, Program};
use super::{Case, LONGEST};

/// A program in a home of its own.
#[derive(Debug)]
pub(super) struct Run<'a> {
    program: &'a Program,
    case: Case,
    home: PathBuf,
}

impl<'a> Run<'a> {
    pub(super) fn new(program: &'a Program, case: Case, home: PathBuf) -> Result<Self> {
        fs::create_dir_all(&home)?;
        Ok(Self { program, case, home })
    }

    pub(super) fn host(&self) -> Host {
        self.program.host
    }

    /// What it does the first time is done, and what it sends has arrived. So it is known that it sends at all.
    pub(super) fn settle(&self, sink: &Sink) -> Result<()> {
        let sends = self.host() != BARE && self.case != Case::Off;
        let before = sink.requests();
        for _ in 0..2 {
            let name = self.host().name();
            ended(self.command(&sink.address), LONGEST).with_context(|| format!("{name} does not end"))?;
        }
        let started = Instant::now();
        while sends && sink.requests() == before {
            // A helper has to be started, to wait for the machine, and to connect.
            if started.elapsed() > LONGEST {
                bail!("{} has sent nothing", self.host().name());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Makes a helper due.
    pub(super) fn prepare(&self) {
        if self.case == Case::HelperStarted {
            let _ = fs::remove_file(self.home.join(".local/state/orchard/telemetry/helper"));
        }
    }

    pub(super) fn command(&self, endpoint: &str) -> Command {
        self.before(&[], endpoint)
    }

    /// The program under another one.
    fn before(&self, tool: &[&str], endpoint: &str) -> Command {
        let mut command = match tool {
            [tool, arguments @ ..] => {
                let mut command = Command::new(tool);
                command.args(arguments).arg(&self.program.path);
                command
            }
            [] => Command::new(&self.program.path),
        };
        command.args(["list", "--output", "json"]).current_dir(&self.home).env_clear();
        command.env("HOME", &self.home).env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("TELEMETRY_PEERS_ENDPOINT", endpoint);
        // The user has spoken, so that no notice is due; those that know of none need none.
        command.env("ORCHARD_TELEMETRY_ENABLED", "true");
        if self.case == Case::Off {
            command.env("DO_NOT_TRACK", "1");
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// The system calls of all its threads; those of a helper are not the command's.
    pub(super) fn calls(&self, endpoint: &str) -> Option<u64> {
        self.prepare();
        let log = self.home.join("calls");
        let mut tool = vec!["strace", "-c", "-o", log.to_str()?];
        if self.case != Case::HelperStarted {
            tool.push("-f");
        }
        ended(self.before(&tool, endpoint), LONGEST * 4)?;
        let text = fs::read_to_string(log).ok()?;
        let total = text.lines().find(|line| line.ends_with(" total"))?;
        // % time, seconds, usecs/call, calls, errors where there are any
        total.split_whitespace().nth(3)?.parse().ok()
    }

    /// What callgrind counts in user space, of all its threads.
    pub(super) fn instructions(&self, endpoint: &str) -> Option<u64> {
        self.prepare();
        let log = self.home.join("instructions");
        let log_file = format!("--log-file={}", log.display());
        let tool = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", &log_file];
        ended(self.before(&tool, endpoint), LONGEST * 4)?;
        let text = fs::read_to_string(log).ok()?;
        let (_, count) = text.lines().find_map(|line| line.split_once("Collected : "))?;
        count.trim().parse().ok()
    }
}

/// How long it ran; nothing where it did not start, did not succeed, or had to be killed.
pub(super) fn ended(mut command: Command, longest: Duration) -> Option<Duration> {
    let (says, hears) = mpsc::channel();
    let started = Instant::now();
    let mut child = command.spawn().ok()?;
    let id = child.id();
    thread::spawn(move || {
        let succeeded = child.wait().is_ok_and(|status| status.success());
        // Nobody listens any more where it had to be killed.
        let _ = says.send(succeeded.then(|| started.elapsed()));
    });
    hears.recv_timeout(longest).unwrap_or_else(|_| {
        // The thread waits for it still, so that the number is nobody else's.
        let _ = Command::new("kill").args(["-KILL", &id.to_string()]).status();
        None
    })
}
