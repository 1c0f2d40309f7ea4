//! One run of a host program, from the start of its `main` to its end.

use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use telemetry_redact::consent::{Consent, Mode, Notice};
use telemetry_redact::{Ending, Observation, Policy, Raw, Run};
use telemetry_schema::{AuthMethod, Context, ErrorCode, ProgramName, SCHEMA_VERSION, Version};
use telemetry_transport::helper;

use crate::describe::{Described, Moment};
use crate::installation::Installation;
use crate::ruling::Ruling;
use crate::ship::ship_pending;
use crate::sources::is_off_without_files;
use crate::surroundings::{self, Environment};
use crate::{App, Client, HELPER_DEADLINE, Host, NotRecorded, NotShipped, variables};

/// The argument by which a program starts itself as the helper that ships. Nothing else is in the helper's arguments.
const HELPER_ARGUMENT: &str = "__telemetry-ship";

/// What a program says of itself, once, at the start of its `main`.
#[derive(Debug)]
pub struct Builder {
    ruling: Ruling,
    version: Option<Version>,
    endpoint: Option<String>,
    auth_method: Option<AuthMethod>,
    run_flag: Option<String>,
    default: Mode,
    notice: Option<String>,
    foreground: Option<Duration>,
}

/// A run of the program: record how it ends by [`Telemetry::finish`]. One that is dropped without is recorded as an error
/// of which nothing is known, and as a panic where it is dropped by one.
#[derive(Debug)]
pub struct Telemetry {
    started: Started,
    /// Until the run has been recorded.
    open: Option<Builder>,
}

/// When and where the run began.
#[derive(Debug, Clone)]
struct Started {
    at: SystemTime,
    clock: Instant,
    working_directory: Option<PathBuf>,
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
    pub fn builder(policy: Policy, version: &str, endpoint: Option<&str>) -> Builder {
        Self::ruled_by(Ruling::of_policy(policy), version, endpoint)
    }

    pub(crate) fn ruled_by(ruling: Ruling, version: &str, endpoint: Option<&str>) -> Builder {
        Builder {
            ruling,
            version: Version::new(version).ok(),
            endpoint: endpoint.map(str::to_owned),
            auth_method: None,
            run_flag: None,
            default: Mode::On,
            notice: None,
            foreground: None,
        }
    }

    /// How the program's user is authenticated, once that is known. There is no place for a credential.
    pub fn set_auth_method(&mut self, method: AuthMethod) {
        if let Some(builder) = &mut self.open {
            builder.auth_method = Some(method);
        }
    }

    /// Records the run and what it came to. The error's text is redacted; nothing of it is kept that is not declared.
    pub fn finish<T, E: Display>(self, result: &Result<T, E>, exit_code: i32) {
        let ending = match result {
            Ok(_) => Ending::Success,
            Err(error) => {
                // `#`: with its causes, as `anyhow` prints them. An error that cannot be printed has no text.
                let text = catch_unwind(AssertUnwindSafe(|| format!("{error:#}")));
                Ending::Error { code: None, text: text.ok().map(|text| Raw::from(text.as_str())) }
            }
        };
        self.end(ending, Some(exit_code));
    }

    /// Records the run by an error's code alone, one that the policy declares or a built-in one.
    pub fn finish_with_code(self, code: Option<ErrorCode>, exit_code: i32) {
        let ending = match code {
            None if exit_code == 0 => Ending::Success,
            code => Ending::Error { code, text: None },
        };
        self.end(ending, Some(exit_code));
    }

    fn end(mut self, ending: Ending, exit_code: Option<i32>) {
        self.close(ending, exit_code);
    }

    /// Records the run, once: what is recorded later, by dropping it too, is nothing.
    pub(crate) fn close(&mut self, ending: Ending, exit_code: Option<i32>) {
        if let Some(builder) = self.open.take() {
            record_quietly(&builder, &self.started, ending, exit_code);
        }
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        let Some(builder) = self.open.take() else { return };
        let ending =
            if std::thread::panicking() { Ending::Panic } else { Ending::Error { code: None, text: None } };
        record_quietly(&builder, &self.started, ending, None);
    }
}

impl Builder {
    /// How the program's user is authenticated.
    #[must_use]
    pub fn auth_method(mut self, method: AuthMethod) -> Self {
        self.auth_method = Some(method);
        self
    }

    /// What the program's own flag for this run says: `true`, `false` or `local`.
    #[must_use]
    pub fn run_flag(mut self, mode: Option<&str>) -> Self {
        self.run_flag = mode.map(str::to_owned);
        self
    }

    /// What happens where the user has not spoken: `On` otherwise.
    #[must_use]
    pub fn default_mode(mut self, mode: Mode) -> Self {
        self.default = mode;
        self
    }

    /// The notice in the program's own words. It says what is collected, why, how to see it and how to stop it.
    #[must_use]
    pub fn notice(mut self, text: impl Into<String>) -> Self {
        self.notice = Some(text.into());
        self
    }

    /// Sends in this process, for at most this long, instead of starting a helper: for continuous integration and for
    /// containers that are gone once the command ends.
    #[must_use]
    pub fn foreground(mut self, deadline: Duration) -> Self {
        self.foreground = Some(deadline);
        self
    }

    /// Begins the run. To be called first in `main`: where this process was started as the helper that ships, it ships
    /// here and ends. Opens no file and makes no thread otherwise.
    #[must_use]
    pub fn start(self) -> Telemetry {
        let started = Started {
            at: SystemTime::now(),
            clock: Instant::now(),
            working_directory: std::env::current_dir().ok(),
        };
        if std::env::args_os().nth(1).is_some_and(|argument| argument == HELPER_ARGUMENT) {
            helper::enter(HELPER_DEADLINE);
            // A helper has nobody to tell. What was not sent stays for the next one.
            let _ = self.ship(&started, HELPER_DEADLINE);
            std::process::exit(0);
        }
        Telemetry { started, open: Some(self) }
    }

    fn host(&self, notice: Notice) -> Host {
        Host {
            run_flag: self.run_flag.clone(),
            program_variable: self.ruling.consent_variable(),
            default: self.default,
            notice,
        }
    }

    fn client(&self, environment: Environment, started: &Started, program: &ProgramName) -> Client {
        let directory = started.working_directory.as_deref();
        Client::of_program(environment, directory, program, self.endpoint.as_deref())
    }

    fn ship(&self, started: &Started, deadline: Duration) -> Result<(), NotShipped> {
        let program = self.ruling.program().ok_or(NotShipped::NoStateDir)?;
        // What is there to be sent was recorded after the notice.
        ship_pending(
            &|| self.client(Environment::real(), started, &program),
            &self.host(Notice::Seen),
            deadline,
        )
        .map(|_| ())
    }

    /// The notice is shown again where what is collected is something else.
    fn notice_version(&self) -> Option<String> {
        Some(format!("{SCHEMA_VERSION}.{}", self.ruling.version()?))
    }

    /// Whether the run may be recorded, and what is kept of this installation. With consent off nothing is touched.
    fn decide(
        &self,
        client: &Client,
        program: &ProgramName,
        context: &Context,
    ) -> Result<(Consent, Installation), NotRecorded> {
        let consent = client.consent(&self.host(Notice::Seen));
        if consent.mode() == Mode::Off {
            return Err(NotRecorded::Off);
        }
        let dir = client.state_dir().ok_or(NotRecorded::NoStateDir)?;
        let notice_version = self.notice_version().ok_or(NotRecorded::NoPolicy)?;
        let mut kept = Installation::read(dir);
        if kept.notice.as_deref() == Some(&*notice_version) {
            return Ok((consent, kept));
        }
        let consent = client.consent(&self.host(Notice::Unseen));
        if consent.mode() != Mode::Off {
            return Ok((consent, kept));
        }
        // Where nobody would read it, it stays unseen.
        if context.ci.is_none() && std::io::stderr().is_terminal() {
            kept.notice = Some(notice_version);
            // Once: what cannot be kept would be shown again and again.
            if kept.write(dir).is_ok() {
                let _ = writeln!(std::io::stderr(), "{}", self.notice_text(program));
            }
        }
        Err(NotRecorded::Off)
    }

    fn notice_text(&self, program: &ProgramName) -> String {
        if let Some(text) = &self.notice {
            return text.clone();
        }
        let variable = self.ruling.consent_variable().unwrap_or_else(|| variables::ENABLED.to_owned());
        format!(
            "{program} will record how it is used, from the next run on: which of its own commands and options, how long \
             they take, and the class of an error. It never records what you type beyond those. To say no, now and for \
             what was recorded: {variable}=false, or DO_NOT_TRACK=1."
        )
    }

    fn record(&self, started: &Started, ending: Ending, exit_code: Option<i32>) -> Result<(), NotRecorded> {
        let duration = started.clock.elapsed();
        let environment = Environment::real();
        if is_off_without_files(&environment, &self.host(Notice::Seen)) {
            return Err(NotRecorded::Off);
        }
        let program = self.ruling.program().ok_or(NotRecorded::NoPolicy)?;
        let client = self.client(environment, started, &program);
        let context = surroundings::context_by_variable(client.environment());
        let (consent, kept) = self.decide(&client, &program, &context)?;
        let permit = consent.recording().ok_or(NotRecorded::Off)?;
        let redactor = self.ruling.redactor().ok_or(NotRecorded::NoPolicy)?;
        let known_values = match &ending {
            Ending::Error { text: Some(_), .. } => client.known_values(),
            // Nothing to take them out of: a success does not pay for looking them up.
            _ => Vec::new(),
        };
        let app = App { version: self.version.clone(), auth_method: self.auth_method, executable: None };
        let moment = Moment { started_at: started.at, duration };
        let Described { facts, started_at, completed_at, duration_us } =
            client.describe(&app, &context, kept, moment);
        let argv = std::env::args_os().map(|argument| Raw::from(argument.as_encoded_bytes())).collect();
        let run = Run { started_at, completed_at, duration_us, ending, exit_code };
        let redaction = redactor.redact(Observation { argv, run, facts, known_values }, permit);
        let fill = client.append(&redaction)?;
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

/// Records, whatever happens: what fails here is the event's loss, and no failure of the host's.
fn record_quietly(builder: &Builder, started: &Started, ending: Ending, exit_code: Option<i32>) {
    let record = || builder.record(started, ending, exit_code);
    let _ = catch_unwind(AssertUnwindSafe(record));
}
