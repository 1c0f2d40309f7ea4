//! One run of a host program, from the start of its `main` to its end.

use std::error::Error;
use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _};
use std::panic::Location;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use telemetry_redact::consent::{Consent, Mode, Notice};
use telemetry_redact::{Ending, Observation, Policy, Raw, Redactor, Run};
use telemetry_schema::{
    AuthMethod, Context, ErrorCode, InstallSource, ProgramName, SCHEMA_VERSION, Signal, Version,
};
use telemetry_transport::helper;

use crate::describe::{Described, Moment};
use crate::explain::Explainers;
use crate::installation::Installation;
use crate::notice::{self, NoticeParts, Words};
use crate::run::{Run as Open, Started};
use crate::ship::ship_pending;
use crate::sources::is_off_without_files;
use crate::surroundings::{self, Environment};
use crate::{App, Client, Explain, HELPER_DEADLINE, Host, NotRecorded, NotShipped, exit, panic, variables};

/// The argument by which a program starts itself as the helper that ships. Nothing else is in the helper's arguments.
const HELPER_ARGUMENT: &str = "__telemetry-ship";

/// What a program says of itself, once, at the start of its `main`.
#[derive(Debug)]
pub struct Builder {
    redactor: Redactor,
    program: ProgramName,
    version: Option<Version>,
    endpoint: Option<String>,
    auth_method: Option<AuthMethod>,
    run_flag: Option<String>,
    default: Mode,
    notice: Words,
    foreground: Option<Duration>,
    install_source: Option<InstallSource>,
    #[cfg(feature = "interrupts")]
    interrupts: bool,
    explainers: Explainers,
    /// A place in the program's own source.
    pub(crate) origin: &'static Location<'static>,
}

/// A run of the program: record how it ends by [`Telemetry::finish`]. One that is dropped without is recorded as an error
/// of which nothing is known, as a panic where it is dropped by one, and by its exit code where the process exits meanwhile.
#[must_use = "a run that is dropped at once ends at once"]
#[derive(Debug)]
pub struct Telemetry {
    run: Arc<Open>,
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
        Builder {
            program: policy.program().clone(),
            redactor: Redactor::new(policy),
            version: Version::new(version).ok(),
            endpoint: endpoint.map(str::to_owned),
            auth_method: None,
            run_flag: None,
            default: Mode::On,
            notice: Words::default(),
            foreground: None,
            install_source: None,
            #[cfg(feature = "interrupts")]
            interrupts: false,
            explainers: Explainers::default(),
            origin: Location::caller(),
        }
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

    /// The notice in the program's own words. It says what is collected, why, how to see it and how to stop it. One that
    /// names no variable to stop it by gets a line that does.
    ///
    /// It is shown on standard error, where that is a terminal and no continuous integration, once for each version of
    /// policy and schema. The run that shows it is not recorded.
    #[must_use]
    pub fn notice(mut self, text: impl Into<String>) -> Self {
        self.notice = Words::Text(text.into());
        self
    }

    /// As [`Builder::notice`], made of what it has to name when it is shown: for translations.
    #[must_use]
    pub fn notice_with(mut self, make: fn(&NoticeParts<'_>) -> String) -> Self {
        self.notice = Words::Made(make);
        self
    }

    /// How the program was installed, by the key of an [`InstallSource`], where that was known when it was built:
    /// `.install_source(option_env!("ORCHARD_INSTALL_SOURCE"))`, set by who packages it. Where there is none, or one that
    /// is no key, it is told by where the program lies, as [`surroundings::install_source`] does.
    #[must_use]
    pub fn install_source(mut self, key: Option<&str>) -> Self {
        self.install_source = key.and_then(InstallSource::from_key);
        self
    }

    /// Sends in this process, for at most this long, instead of starting a helper: for continuous integration and for
    /// containers that are gone once the command ends.
    #[must_use]
    pub fn foreground(mut self, deadline: Duration) -> Self {
        self.foreground = Some(deadline);
        self
    }

    /// Records a run that SIGINT (Ctrl-C), SIGTERM or SIGHUP ends, which then end the program as they would have. This
    /// takes a thread, from [`Builder::start`] on; without it, such a run leaves no event. Nothing is done for a signal
    /// that the program handled or ignored before `start`, and nothing on Windows.
    ///
    /// For programs that do not handle signals themselves: one that begins to after `start` is ended all the same where it
    /// does so by `signal-hook` or `tokio`, which call each handler there is. It calls
    /// [`interrupted`](crate::interrupted) instead.
    #[cfg(feature = "interrupts")]
    #[must_use]
    pub fn interrupts(mut self) -> Self {
        self.interrupts = true;
        self
    }

    /// Errors of this type explain themselves, as the error that a run ends by and as a cause of it.
    ///
    /// What a crate like `anyhow` puts around an error is looked into with [`Builder::looks_into`].
    #[must_use]
    pub fn explains<E: Explain + 'static>(mut self) -> Self {
        self.explainers.explain::<E>();
        self
    }

    /// Where the run ends by an error of this type, it and its causes are asked whether they explain themselves:
    /// `.looks_into::<anyhow::Error>(|error| error.as_ref())`. Errors of types that explain themselves, [`std::io::Error`]
    /// and boxed errors are looked into anyway. What is to be found has to be an error of the chain: a
    /// context of `anyhow` is none, nor is what `miette`'s `into_diagnostic` hides.
    #[must_use]
    pub fn looks_into<E: 'static>(mut self, error: fn(&E) -> &(dyn Error + 'static)) -> Self {
        self.explainers.open(error);
        self
    }

    /// Begins the run. To be called first in `main`: where this process was started as the helper that ships, it ships
    /// here and ends. Opens no file and makes no thread otherwise.
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
        panic::watch();
        exit::watch();
        #[cfg(all(unix, feature = "interrupts"))]
        if self.interrupts {
            crate::interrupt::watch();
        }
        Telemetry { run: Open::begin(self, started) }
    }

    fn host(&self, notice: Notice) -> Host {
        Host {
            run_flag: self.run_flag.clone(),
            program_variable: self.redactor.policy().and_then(Policy::consent_variable),
            default: self.default,
            notice,
        }
    }

    fn client(&self, environment: Environment, started: &Started) -> Client {
        let directory = started.working_directory.as_deref();
        Client::of_program(environment, directory, &self.program, self.endpoint.as_deref())
    }

    fn ship(&self, started: &Started, deadline: Duration) -> Result<(), NotShipped> {
        // What is there to be sent was recorded after the notice.
        ship_pending(&|| self.client(Environment::real(), started), &self.host(Notice::Seen), deadline)
            .map(|_| ())
    }

    /// The notice is shown again where what is collected is something else.
    fn notice_version(&self) -> String {
        format!("{SCHEMA_VERSION}.{}", self.redactor.policy().map_or(0, |policy| policy.version().0))
    }

    /// Whether the run may be recorded, and what is kept of this installation. With consent off nothing is touched.
    fn decide(&self, client: &Client, context: &Context) -> Result<(Consent, Installation), NotRecorded> {
        let consent = client.consent(&self.host(Notice::Seen));
        if consent.mode() == Mode::Off {
            return Err(NotRecorded::Off);
        }
        let dir = client.state_dir().ok_or(NotRecorded::NoStateDir)?;
        let mut kept = Installation::read(dir);
        if kept.notice.as_deref() == Some(&*self.notice_version()) {
            return Ok((consent, kept));
        }
        let consent = client.consent(&self.host(Notice::Unseen));
        if consent.mode() != Mode::Off {
            return Ok((consent, kept));
        }
        // Where nobody would read it, it stays unseen.
        if context.ci.is_none() && std::io::stderr().is_terminal() {
            let text = self.notice_text(client, dir);
            kept.notice = Some(self.notice_version());
            // Once: what cannot be kept would be shown again and again.
            if kept.write(dir).is_ok() {
                let _ = writeln!(std::io::stderr(), "{text}");
            }
        }
        Err(NotRecorded::Off)
    }

    fn notice_text(&self, client: &Client, directory: &Path) -> String {
        let variable = self.redactor.policy().and_then(Policy::consent_variable);
        let endpoint = client.endpoint().ok().flatten().map(ToString::to_string);
        let parts = NoticeParts {
            program: self.program.as_str(),
            variable: variable.as_deref().unwrap_or(variables::ENABLED),
            endpoint: endpoint.as_deref(),
            directory,
        };
        self.notice.text(&parts, notice::width(client.environment()))
    }

    pub(crate) fn record(
        &self,
        started: &Started,
        ending: Ending,
        exit_code: Option<i32>,
    ) -> Result<(), NotRecorded> {
        let duration = started.clock.elapsed();
        let environment = Environment::real();
        if is_off_without_files(&environment, &self.host(Notice::Seen)) {
            return Err(NotRecorded::Off);
        }
        let client = self.client(environment, started);
        let context = surroundings::context_by_variable(client.environment());
        let (consent, kept) = self.decide(&client, &context)?;
        let permit = consent.recording().ok_or(NotRecorded::Off)?;
        let known_values = match &ending {
            Ending::Error { text: Some(_), .. } | Ending::Explained { .. } => client.known_values(),
            // Nothing to take them out of: a success does not pay for looking them up.
            _ => Vec::new(),
        };
        let app = App { version: self.version.clone(), auth_method: self.auth_method, executable: None };
        let moment = Moment { started_at: started.at, duration };
        let Described { mut facts, started_at, completed_at, duration_us } =
            client.describe(&app, &context, kept, moment);
        facts.install_source = self.install_source.or(facts.install_source);
        let argv = std::env::args_os().map(|argument| Raw::from(argument.as_encoded_bytes())).collect();
        let run = Run { started_at, completed_at, duration_us, ending, exit_code };
        let redaction = self.redactor.redact(Observation { argv, run, facts, known_values }, permit);
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
