//! One run of a host program, from the start of its `main` to its end.

use std::fmt::Display;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use telemetry_redact::consent::{Consent, Mode, Notice, resolve};
use telemetry_redact::{Ending, Observation, Policy, Raw, Run};
use telemetry_schema::{AuthMethod, Context, ErrorCode, ProgramName, SCHEMA_VERSION, Signal, StreamKind};

use telemetry_transport::Endpoint;

use crate::control::Commands;
use crate::describe::{Described, Moment};
use crate::installation::{Busy, Installation};
use crate::notice::{self, NoticeParts};
use crate::platform::is_in_foreground;
use crate::ruling::Ruling;
use crate::run::{Run as Open, Started};
use crate::ship::ship_pending;
use crate::surroundings;
use crate::{App, Builder, Client, Host, NotRecorded, NotShipped, exit, panic, variables};

/// The argument by which a program starts itself as the helper that ships. Nothing else is in the helper's arguments.
pub(crate) const HELPER_ARGUMENT: &str = "__telemetry-ship";

/// A run of the program: record how it ends by [`Telemetry::finish`]. One that is dropped without is recorded as an error
/// of which nothing is known, as a panic where it is dropped by one, and by its exit code where the process exits meanwhile.
#[must_use = "a run that is dropped at once ends at once"]
#[derive(Debug)]
pub struct Telemetry {
    pub(crate) run: Arc<Open>,
}

impl Telemetry {
    /// Telemetry for the program of this policy, of this version, with events going to this endpoint unless its user
    /// names another. A version that is not one of numbers is left out.
    ///
    /// ```no_run
    /// use std::process::ExitCode;
    /// use telemetry_client::Telemetry;
    /// use telemetry_redact::Policy;
    ///
    /// fn run() -> Result<(), std::io::Error> {
    ///     Ok(())
    /// }
    ///
    /// fn main() -> ExitCode {
    ///     let policy = Policy::from_json(r#"{"format": 1, "program": "orchard", "version": 1, "dialect": "clap",
    ///         "commands": [{"path": ""}]}"#).expect("a sound policy");
    ///     let telemetry =
    ///         Telemetry::builder(policy, env!("CARGO_PKG_VERSION"), Some("https://telemetry.example.com")).start();
    ///     let result = run();
    ///     telemetry.finish(&result, i32::from(result.is_err()));
    ///     if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    /// }
    /// ```
    #[must_use]
    #[track_caller]
    pub fn builder(policy: Policy, version: &str, endpoint: Option<&str>) -> Builder {
        Builder::new(Ruling::of_policy(policy), version, endpoint)
    }

    /// How the program's user is authenticated, once that is known. There is no place for a credential.
    pub fn set_auth_method(&mut self, method: AuthMethod) {
        self.run.change(|builder| builder.auth_method = Some(method));
    }

    /// Records the run and what it came to, be the error one of `anyhow`'s, `eyre`'s or `miette`'s, one of
    /// [`std::error::Error`], or one that can only be printed. An error that explains itself is recorded as it says, see
    /// [`Builder::explains`]; the text of another one is redacted, and nothing of it is kept that is not declared.
    pub fn finish<T, E: Display + 'static>(self, result: &Result<T, E>, exit_code: i32) {
        let ending = |builder: &Builder| match result {
            Ok(_) => Ending::Success,
            Err(error) => builder.explainers.ending(error),
        };
        self.run.end(ending, Some(exit_code));
    }

    /// Records the run by an error's code alone, one that the policy declares or a built-in one.
    pub fn finish_with_code(self, code: Option<ErrorCode>, exit_code: i32) {
        let ending = |_: &Builder| match code {
            None => exit::ending(Some(exit_code)),
            code => Ending::Error { code, text: None },
        };
        self.run.end(ending, Some(exit_code));
    }

    /// Records the run by its exit code alone and exits, as [`std::process::exit`] does. Where that is called instead, the
    /// run is recorded too, but its exit code is known only on Linux with glibc, and on Windows nothing is recorded.
    pub fn exit(self, exit_code: i32) -> ! {
        self.finish_with_code(None, exit_code);
        std::process::exit(exit_code)
    }

    /// Records that a signal ended the run. For a handler, which has no guard at hand, there is
    /// [`interrupted`](crate::interrupted).
    pub fn finish_interrupted(self, signal: Signal) {
        self.run.end(|_| Ending::Interrupted(signal), None);
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        let ending = |builder: &Builder| {
            if std::thread::panicking() {
                Ending::Panic { location: panic::location(builder.origin) }
            } else {
                exit::ending(None)
            }
        };
        self.run.end(ending, None);
    }
}

impl Builder {
    pub(crate) fn host(&self, notice: Notice) -> Host {
        Host {
            run_flag: self.run_flag.clone(),
            program_variable: self.ruling.consent_variable(),
            default: self.default,
            notice,
        }
    }

    pub(crate) fn client(&self, started: &Started, program: &ProgramName) -> Client {
        let Started { environment, working_directory, .. } = started;
        let directory = working_directory.as_deref();
        let mut client =
            Client::of_program(environment.clone(), directory, program, self.endpoint.as_deref());
        if let (Some(key), Some(own)) = (&self.write_key, &self.endpoint) {
            let goes_to = client.endpoint().ok().flatten();
            let is_own = own.parse().is_ok_and(|own: Endpoint| goes_to == Some(&own));
            client.write_key = is_own.then(|| key.clone());
        }
        client
    }

    pub(crate) fn ship(&self, started: &Started, deadline: Duration) -> Result<(), NotShipped> {
        let begun = Instant::now();
        let program = self.ruling.program().ok_or(NotShipped::NoStateDir)?;
        let client_now = || self.client(started, &program);
        let _ = client_now().erase_pending(deadline / 2);
        let left = deadline.saturating_sub(begun.elapsed());
        // What is there to be sent was recorded after the notice.
        ship_pending(&client_now, &self.host(Notice::Seen), left).map(|_| ())
    }

    /// The notice is shown again where what is collected is something else.
    pub(crate) fn notice_version(&self) -> Option<String> {
        Some(format!("{SCHEMA_VERSION}.{}", self.ruling.version()?))
    }

    /// Whether the run may be recorded, and what is kept of this installation. With consent off nothing is touched.
    fn decide(
        &self,
        client: &Client,
        program: &ProgramName,
        context: &Context,
        stderr: &mut dyn Write,
    ) -> Result<(Consent, Installation), NotRecorded> {
        let mut sources = client.sources(&self.host(Notice::Seen));
        let consent = resolve(&sources);
        if consent.mode() == Mode::Off {
            if self.foreground.is_none() {
                client.keep_asking(&consent, &[HELPER_ARGUMENT]);
            }
            return Err(NotRecorded::Off);
        }
        let dir = client.state_dir().ok_or(NotRecorded::NoStateDir)?;
        let notice_version = self.notice_version().ok_or(NotRecorded::NoPolicy)?;
        let kept = Installation::read(dir);
        if kept.notice.as_deref() == Some(&*notice_version) {
            return Ok((consent, kept));
        }
        sources.notice = Notice::Unseen;
        let consent = resolve(&sources);
        if consent.mode() != Mode::Off {
            return Ok((consent, kept));
        }
        // Where nobody would read it, it stays unseen.
        let is_seen = context.terminal.stderr == StreamKind::Terminal && is_in_foreground();
        if context.ci.is_none() && is_seen {
            let text = self.notice_text(client, program, dir);
            let is_shown = |kept: &Installation| kept.notice.as_deref() == Some(&*notice_version);
            let show = |kept: &mut Installation| kept.notice = Some(notice_version.clone());
            // Once: what cannot be kept would be shown again and again, and who is just keeping it may be showing it.
            if Installation::settled(dir, Busy::Leave, is_shown, show).is_ok() {
                let _ = writeln!(stderr, "{text}");
            }
        }
        Err(NotRecorded::Off)
    }

    fn notice_text(&self, client: &Client, program: &ProgramName, directory: &Path) -> String {
        let variable = self.ruling.consent_variable();
        let endpoint = client.endpoint().ok().flatten().map(ToString::to_string);
        let commands = self.commands.clone().or_else(|| self.ruling.mounted(program));
        let parts = NoticeParts {
            program: program.as_str(),
            variable: variable.as_deref().unwrap_or(variables::ENABLED),
            off: commands.as_ref().map(Commands::off),
            endpoint: endpoint.as_deref(),
            directory,
        };
        self.notice.text(&parts, notice::width(client.environment()))
    }

    pub(crate) fn record(
        &self,
        started: &Started,
        stderr: &mut dyn Write,
        ending: Ending,
        exit_code: Option<i32>,
    ) -> Result<(), NotRecorded> {
        let duration = started.clock.elapsed();
        let program = self.ruling.program().ok_or(NotRecorded::NoPolicy)?;
        let client = self.client(started, &program);
        let context = surroundings::context_by_variable(client.environment());
        let (consent, kept) = self.decide(&client, &program, &context, stderr)?;
        let permit = consent.recording().ok_or(NotRecorded::Off)?;
        let redactor = self.ruling.redactor().ok_or(NotRecorded::NoPolicy)?;
        let known_values = match &ending {
            Ending::Error { text: Some(_), .. } | Ending::Explained { .. } => client.known_values(),
            // Nothing to take them out of: a success does not pay for looking them up.
            _ => Vec::new(),
        };
        let app = App { version: self.version.clone(), auth_method: self.auth_method, executable: None };
        let moment = Moment { started_at: started.at, duration };
        let ready = client.ready_dir();
        let mount = ready.and_then(|ready| ready.mount());
        let Described { mut facts, started_at, completed_at, duration_us } =
            client.describe(&app, &context, kept, mount, moment);
        facts.install_source = self.install_source.or(facts.install_source);
        let argv = std::env::args_os().map(|argument| Raw::from(argument.as_encoded_bytes())).collect();
        let run = Run { started_at, completed_at, duration_us, ending, exit_code };
        let prompts = self.prompts.clone();
        let redaction = redactor.redact(Observation { argv, prompts, run, facts, known_values }, permit);
        let fill = client.append(&redaction, ready)?;
        if client.wants_shipping(&redaction) {
            match self.foreground {
                Some(deadline) => {
                    let _ = self.ship(started, deadline);
                }
                None => client.start_helper(&[HELPER_ARGUMENT], fill),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod modes;
