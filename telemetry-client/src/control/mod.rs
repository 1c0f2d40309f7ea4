//! What a program's user controls their telemetry with: turn it on, off or local, see who decided, see what was recorded
//! and sent, see what would be kept of a command, delete.
//!
//! Each is a function of a [`Control`] that prints nothing: it returns a value that serialises, for `--json`, and has a
//! `text` for people. A program with a style of its own calls these; one that uses clap mounts the ready-made
//! subcommand, feature `clap`.
//!
//! The text has no colour, draws no lines and says everything in words, so `NO_COLOR` and a screen reader ask for nothing
//! more. On a narrow terminal a table becomes lines of `name: value`.
//!
//! ```
//! use telemetry_client::control::{Commands, Control, Width};
//! use telemetry_client::surroundings::Environment;
//! use telemetry_client::{Client, Host};
//! use telemetry_redact::consent::Mode;
//!
//! // In a test, variables and the file system are the test's own.
//! let dir = tempfile::tempdir()?;
//! let path = |name: &str| dir.path().join(name).display().to_string();
//! let (state, config) = (path("state"), path("telemetry.toml"));
//! let variables = [("TELEMETRY_STATE_DIR", state.as_str()), ("TELEMETRY_CONFIG", config.as_str())];
//! let client = Client::in_environment(Environment::fake(variables, dir.path()), None);
//!
//! let mut control = Control::new(client, Host::default(), Commands::below("orchard telemetry"));
//! let switched = control.off()?;
//! assert_eq!(switched.mode, Mode::Off);
//! assert_eq!(control.enabled()?, Some(Mode::Off));
//! let text = control.status().text(Width::columns(80));
//! assert!(text.starts_with("Telemetry is off: nothing is recorded.\n"), "{text}");
//! assert!(text.contains("orchard telemetry on turns it on"), "{text}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod decision;
mod dry_run;
mod explain;
mod layout;
mod of_session;
mod past;
mod show;
mod status;
#[cfg(feature = "clap")]
mod subcommand;
mod switch;

pub use decision::{Decision, Source};
pub use dry_run::{DryRun, Typed};
pub use explain::Explanation;
pub use layout::Width;
pub(crate) use layout::broken;
pub(crate) use of_session::SUBCOMMAND;
pub use past::{Fate, PastCommand, PastPart, PlaceholderCount};
pub use show::{BatchReceipt, Receipts, Show, Shown, Unanswered, Unreceipted};
pub use status::{ErasureAnswered, ErasurePending, Status};
#[cfg(feature = "clap")]
pub use subcommand::{Action, Arguments, command, run};
pub use switch::{Copies, Switched};

use std::io;

use telemetry_redact::Redactor;
use telemetry_schema::ProgramName;
use telemetry_transport::{LedgerError, SpoolError};
use thiserror::Error;

use crate::settings::SettingsError;
use crate::{App, Client, Host};

/// One program's telemetry, in its user's hands.
#[derive(Debug)]
pub struct Control {
    client: Client,
    host: Host,
    commands: Commands,
    redactor: Redactor,
    app: App,
    helper: &'static [&'static str],
}

/// How the program's user calls what turns telemetry on and off, for the advice that answers give.
#[derive(Debug, Clone)]
pub struct Commands {
    on: String,
    off: String,
    endpoint: String,
}

/// What was asked for could not be done.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ControlError {
    /// The setting cannot be read or written.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The setting that says off cannot be written. What was recorded is deleted all the same.
    #[error("{said}")]
    OffNotWritten {
        /// Whether telemetry is off now, and what turns it off.
        said: String,
        /// Why.
        source: SettingsError,
    },
    /// The setting says off, but something that was recorded is still there.
    #[error("{said}, but what was recorded could not be deleted")]
    OffNotPurged {
        /// Whether telemetry is off now.
        said: String,
        /// Why.
        source: io::Error,
    },
    /// Nothing was deleted: the state directory is somebody else's.
    #[error("nothing was deleted")]
    NotPurged(#[source] io::Error),
    /// Something that was recorded is still there.
    #[error("not everything could be deleted")]
    Purge(#[source] io::Error),
    /// A copy of something that was sent is still there.
    #[error("not every copy could be deleted")]
    PurgeSent(#[source] io::Error),
    /// What was recorded cannot be read.
    #[error("what was recorded cannot be read")]
    Spool(#[from] SpoolError),
    /// What was sent cannot be read.
    #[error("what was sent cannot be read")]
    Ledger(#[from] LedgerError),
    /// The program's policy names no program, or has no name that can be one, so it has no settings and no records of its
    /// own.
    #[error(
        "this program has no name under which its telemetry is kept, so there is nothing of its own to control"
    )]
    NoProgram,
    /// The run was recorded already, so it was no run that controls telemetry.
    #[error("this run is recorded already")]
    RunOver,
    /// There is no directory that anything could be kept in.
    #[error("there is no home directory, so nothing is kept; set TELEMETRY_STATE_DIR")]
    NoStateDir,
}

impl Control {
    /// The telemetry that this client records, for a program that says this of itself.
    #[must_use]
    pub fn new(client: Client, host: Host, commands: Commands) -> Self {
        Self {
            client,
            host,
            commands,
            redactor: Redactor::without_policy(),
            app: App::default(),
            helper: &[],
        }
    }

    /// The judge by which [`Control::dry_run`] shows what would be kept; by none, nothing of a command line is.
    #[must_use]
    pub fn redactor(self, redactor: Redactor) -> Self {
        Self { redactor, ..self }
    }

    /// What the program knows of itself, which is in every event.
    #[must_use]
    pub fn app(self, app: App) -> Self {
        Self { app, ..self }
    }

    /// How this program starts itself as the helper that sends: by it [`Control::off`] and [`Control::purge`] ask for what
    /// was sent to be erased. Without, that is left to whoever sends next.
    #[must_use]
    pub fn helper(self, arguments: &'static [&'static str]) -> Self {
        Self { helper: arguments, ..self }
    }

    /// The client: where settings, spool and ledger are.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }
}

impl Commands {
    /// Subcommands `on` and `off` below a command, such as `orchard telemetry`.
    ///
    /// ```
    /// use telemetry_client::control::Commands;
    /// assert_eq!(Commands::below("orchard telemetry").off(), "orchard telemetry off");
    /// ```
    #[must_use]
    pub fn below(command: &str) -> Self {
        Self::new(format!("{command} on"), format!("{command} off"))
    }

    /// Those of the ready-made subcommand of a program.
    pub(crate) fn mounted(program: &ProgramName) -> Self {
        Self::below(&format!("{program} {SUBCOMMAND}"))
    }

    /// A command that changes settings, such as `orchard config set`.
    ///
    /// ```
    /// use telemetry_client::control::Commands;
    /// assert_eq!(Commands::of_setting("orchard config set").off(), "orchard config set telemetry_enabled false");
    /// ```
    #[must_use]
    pub fn of_setting(command: &str) -> Self {
        let key = crate::Key::TelemetryEnabled.name();
        Self::new(format!("{command} {key} true"), format!("{command} {key} false"))
    }

    fn new(on: String, off: String) -> Self {
        let endpoint = format!(
            "the variable {} or the setting {}",
            crate::variables::ENDPOINT,
            crate::Key::Endpoint.name()
        );
        Self { on, off, endpoint }
    }

    /// With what names an endpoint, where the program has a command for it.
    #[must_use]
    pub fn endpoint(self, command: &str) -> Self {
        Self { endpoint: command.to_owned(), ..self }
    }

    /// What turns telemetry on.
    #[must_use]
    pub fn on(&self) -> &str {
        &self.on
    }

    /// What turns telemetry off.
    #[must_use]
    pub fn off(&self) -> &str {
        &self.off
    }
}
