//! `telemetry exec`: runs a command untouched and records its event.
//!
//! The command gets this process's own standard streams, environment and working directory. It is started first;
//! what its event needs is made ready while it runs. However it ends, this process ends the same way.

mod error_text;
mod observe;
mod path;
mod platform;
mod stderr;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context as _, Result, anyhow};
use telemetry_client::{App, Client, Host};
use telemetry_redact::consent::{Consent, Mode};
use telemetry_redact::{Policy, Raw, Redaction, Redactor};
use telemetry_schema::{AuthMethod, Version};
use telemetry_transport::Fill;

use crate::args::Exec;
use crate::commands::flush::HELPER;
use crate::policies;
use crate::render::{complain, talk};

/// What `env`, `timeout` and `nice` end with when they themselves fail.
const OWN_FAILURE: u8 = 125;
/// A command that was found and cannot be run, as in a POSIX shell.
const NOT_EXECUTABLE: u8 = 126;
/// A command that was not found, as in a POSIX shell.
const NOT_FOUND: u8 = 127;

pub(crate) fn run(exec: Exec) -> ExitCode {
    let mut plan = match Plan::new(exec) {
        Ok(plan) => plan,
        Err(error) => {
            complain(&error);
            return ExitCode::from(OWN_FAILURE);
        }
    };
    let client = Client::new();
    let consent = client.consent(&plan.host());
    if consent.mode() == Mode::Off {
        if plan.show {
            talk("telemetry: off, nothing is recorded (telemetry status says why)");
        }
        client.keep_asking(&consent, &HELPER);
        // Nothing of ours has to be there: this process becomes the command.
        let error = platform::replace_with(plan.command());
        return plan.could_not_start(&error);
    }
    let signals = platform::Signals::take_over();
    let started_at = client.now();
    let clock = Instant::now();
    let mut child = match plan.spawn() {
        Ok(child) => child,
        Err(error) => return plan.could_not_start(&error),
    };
    signals.pass_on_to(&child);
    let stderr = child.stderr.take().map(stderr::pass_through);
    let ready = plan.prepare();
    let status = signals.wait_for(&mut child);
    let duration = clock.elapsed();
    let stderr = stderr.map(stderr::PassThrough::finish);
    match status {
        Ok(status) => {
            match ready {
                Ok(ready) => {
                    let seen = observe::Seen { started_at, duration, status, stderr };
                    plan.record(&client, ready, &consent, &seen);
                }
                Err(error) if plan.show => complain(&error),
                Err(_) => {}
            }
            platform::end_like(status)
        }
        Err(error) => {
            complain(&anyhow!(error).context("cannot wait for the command"));
            ExitCode::from(OWN_FAILURE)
        }
    }
}

/// What was asked for, checked.
struct Plan {
    argv: Vec<OsString>,
    program: PathBuf,
    policy: Option<Policy>,
    show: bool,
    run_flag: Option<String>,
    read_stderr: bool,
    app_version: Option<Version>,
    auth_method: Option<AuthMethod>,
}

/// What the event needs besides how the command ended.
struct Ready {
    redactor: Redactor,
    app: App,
}

impl Plan {
    fn new(exec: Exec) -> Result<Self> {
        let Exec { policy, show, telemetry, read_stderr, app_version, auth_method, argv } = exec;
        let policy = policy.as_deref().map(policies::from_file).transpose()?;
        if let Some(mode) = telemetry.as_deref().filter(|mode| Mode::parse(mode).is_none()) {
            return Err(anyhow!("--telemetry: `{mode}` is not one of true, false, local"));
        }
        let app_version = app_version.map(Version::new).transpose().context("--app-version")?;
        let auth_method = auth_method.as_deref().map(auth_method_of).transpose()?;
        let program = argv.first().map(PathBuf::from).unwrap_or_default();
        Ok(Self { argv, program, policy, show, run_flag: telemetry, read_stderr, app_version, auth_method })
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(self.argv.iter().skip(1));
        command
    }

    fn spawn(&self) -> io::Result<Child> {
        let mut command = self.command();
        if self.read_stderr {
            command.stderr(Stdio::piped());
        }
        platform::hand_on(&mut command, self.read_stderr);
        command.spawn()
    }

    fn host(&self) -> Host {
        let program_variable = match &self.policy {
            Some(policy) => policy.consent_variable(),
            None => policies::consent_variable(&self.program),
        };
        Host { run_flag: self.run_flag.clone(), program_variable, ..Host::default() }
    }

    /// Makes ready what takes time, while the command runs.
    fn prepare(&mut self) -> Result<Ready> {
        let policy = match self.policy.take() {
            Some(policy) => Some(policy),
            None => policies::shipped(&self.program)?,
        };
        let redactor = policy.map_or_else(Redactor::without_policy, Redactor::new);
        let app = App {
            version: self.app_version.clone(),
            auth_method: self.auth_method,
            executable: path::find(&self.program),
        };
        Ok(Ready { redactor, app })
    }

    /// Records the event. Whatever fails here is the event's loss, not the command's.
    fn record(&self, client: &Client, ready: Ready, consent: &Consent, seen: &observe::Seen) {
        let Ready { redactor, app } = ready;
        let argv = self.argv.iter().map(|argument| Raw::from(argument.as_encoded_bytes())).collect();
        let observation = observe::observation(client, &app, argv, seen);
        match client.record(&redactor, observation, consent) {
            Ok((redaction, fill)) => self.after(client, &redaction, fill),
            Err(error) if self.show => complain(&anyhow!(error).context("the event was not recorded")),
            Err(_) => {}
        }
    }

    fn after(&self, client: &Client, redaction: &Redaction, fill: Fill) {
        if self.show {
            match serde_json::to_string(redaction.event.get()) {
                Ok(line) => talk(&line),
                Err(error) => complain(&error.into()),
            }
        }
        if client.wants_shipping(redaction) {
            client.start_helper(&HELPER, fill);
        }
    }

    fn could_not_start(&self, error: &io::Error) -> ExitCode {
        let program = self.program.display();
        let (code, why) = match error.kind() {
            io::ErrorKind::NotFound if is_there(&self.program) => {
                (NOT_EXECUTABLE, "its interpreter was not found".into())
            }
            io::ErrorKind::NotFound => (NOT_FOUND, "command not found".into()),
            _ => (NOT_EXECUTABLE, error.to_string()),
        };
        talk(&format!("telemetry: {program}: {why}"));
        ExitCode::from(code)
    }
}

/// A script whose interpreter is missing is "not found" too, though it is there.
fn is_there(program: &Path) -> bool {
    path::find(program).is_some()
}

fn auth_method_of(key: &str) -> Result<AuthMethod> {
    AuthMethod::from_key(key).ok_or_else(|| {
        let known: Vec<&str> = AuthMethod::ALL.iter().map(|method| method.key()).collect();
        anyhow!("--auth-method: expected one of {}", known.join(", "))
    })
}
