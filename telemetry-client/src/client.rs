//! The whole way of one event, seen from the program it is about.

use std::path::{Path, PathBuf};
use std::time::Duration;

use telemetry_redact::consent::{self, Consent, Endpoint as Reachable, Reach, SourceKind};
use telemetry_redact::{Facts, Observation, Raw, Redaction, Redactor};
use telemetry_schema::{AuthMethod, EventId, Timestamp, Version};
use telemetry_transport::{AppendError, Delivery, Endpoint, EndpointError, Ledger, Spool, SpoolLimits};
use thiserror::Error;

use crate::identity;
use crate::known;
use crate::settings::{Key, SettingsError, SettingsFile};
use crate::sources::{self, Files, Host};
use crate::surroundings::{self, Environment};
use crate::variables;

/// Everything a program needs to record how it was used.
///
/// Making one reads settings and variables; it writes nothing.
#[derive(Debug)]
pub struct Client {
    environment: Environment,
    files: Files,
    state_dir: Option<PathBuf>,
    endpoint: Result<Option<Endpoint>, EndpointProblem>,
}

/// An endpoint that is configured but cannot be used.
#[derive(Debug, Clone, Error)]
#[error("{origin}: {why}")]
pub struct EndpointProblem {
    /// Where it was configured.
    pub origin: String,
    /// What is wrong.
    pub why: String,
}

/// Why an event was not recorded. The host goes on as if nothing had happened.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NotRecorded {
    /// Telemetry is off.
    #[error("telemetry is off")]
    Off,
    /// There is no directory to keep events in.
    #[error("there is no home directory to keep events in; set TELEMETRY_STATE_DIR")]
    NoStateDir,
    /// The spool did not take it.
    #[error("the event could not be kept")]
    Append(#[from] AppendError),
}

/// What the host knows of itself.
#[derive(Debug, Clone, Default)]
pub struct App {
    /// Its version.
    pub version: Option<Version>,
    /// How its user is authenticated.
    pub auth_method: Option<AuthMethod>,
    /// Its executable, from whose path the install source is told.
    pub executable: Option<PathBuf>,
}

impl Client {
    /// A client as the environment and the settings of this user say.
    #[must_use]
    pub fn new() -> Self {
        Self::in_environment(Environment::real(), std::env::current_dir().ok().as_deref())
    }

    /// A client in a given environment, for tests and for hosts that bring their own. Relative paths in variables, and
    /// the project file, are looked for from the working directory that is given, also if the process has moved since.
    #[must_use]
    pub fn in_environment(environment: Environment, working_directory: Option<&Path>) -> Self {
        let files = Files::find(&environment, working_directory);
        let named = environment.var(variables::STATE_DIR).filter(|path| !path.is_empty());
        let named = named.map(|path| sources::from(working_directory, path.into()));
        let state_dir = named.or_else(telemetry_transport::state_dir);
        let endpoint = find_endpoint(&environment, &files);
        Self { environment, files, state_dir, endpoint }
    }

    /// Whether an event may exist and whether it may leave.
    ///
    /// An endpoint that cannot be used counts as none: events stay here.
    #[must_use]
    pub fn consent(&self, host: &Host) -> Consent {
        let mut sources = sources::gather(&self.environment, &self.files, host);
        sources.endpoint = match &self.endpoint {
            Ok(Some(_)) => Reachable::Configured,
            Ok(None) | Err(_) => Reachable::Missing,
        };
        consent::resolve(&sources)
    }

    /// The name of a source of consent, as its owner knows it.
    #[must_use]
    pub fn source_label(&self, source: SourceKind, host: &Host) -> String {
        sources::label(source, &self.files, host)
    }

    /// Why the file behind a source cannot be understood, where that is so.
    #[must_use]
    pub fn source_problem(&self, source: SourceKind) -> Option<SettingsError> {
        let file = match source {
            SourceKind::Setting => self.files.settings.as_ref(),
            SourceKind::AdminFile => self.files.admin.as_ref(),
            SourceKind::ProjectFile => self.files.project.as_ref(),
            _ => None,
        };
        file.and_then(|file| file.get(Key::TelemetryEnabled).err())
    }

    /// Where events go.
    ///
    /// # Errors
    ///
    /// [`EndpointProblem`] where one is configured that cannot be used.
    pub fn endpoint(&self) -> Result<Option<&Endpoint>, &EndpointProblem> {
        self.endpoint.as_ref().map(Option::as_ref)
    }

    /// The settings file.
    ///
    /// # Errors
    ///
    /// [`SettingsError::NoHome`] where there is none.
    pub fn settings(&self) -> Result<&SettingsFile, SettingsError> {
        self.files.settings.as_ref().ok_or(SettingsError::NoHome)
    }

    /// Where the spool and the ledger lie. `None` without a home.
    #[must_use]
    pub fn state_dir(&self) -> Option<&Path> {
        self.state_dir.as_deref()
    }

    /// The spool. Opening it touches nothing.
    #[must_use]
    pub fn spool(&self) -> Option<Spool> {
        self.state_dir.as_ref().map(|dir| Spool::new(dir, SpoolLimits::default()))
    }

    /// The ledger of what was sent. Opening it touches nothing.
    #[must_use]
    pub fn ledger(&self) -> Option<Ledger> {
        self.state_dir.as_ref().map(Ledger::new)
    }

    /// Now, with the offset of local time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        surroundings::now(&self.environment)
    }

    /// What an event says of the machine and the installation. Reads the install id where there is one, and makes
    /// none: that is left to [`Client::record`].
    #[must_use]
    pub fn facts(&self, app: &App) -> Facts {
        let context = surroundings::context(&self.environment);
        let now = self.now();
        let now_s = now.unix_us() / 1_000_000;
        let install_id = identity::of_ci(context.ci)
            .or_else(|| self.state_dir.as_deref().and_then(|dir| identity::read(dir, now_s)));
        let executable = app.executable.as_deref();
        Facts {
            event_id: new_event_id(now),
            install_id,
            app_version: app.version.clone(),
            install_source: executable.and_then(|path| surroundings::install_source(&self.environment, path)),
            os: surroundings::os(&self.environment),
            auth_method: app.auth_method,
            context,
        }
    }

    /// What this process knows to be the user's: it is taken out of error text wherever it stands. Name, full name, home,
    /// machine and directory of the user, and what stands in variables, but for switches and numbers.
    ///
    /// Add what the program itself knows, such as configured secrets. The command line needs no adding.
    #[must_use]
    pub fn known_values(&self) -> Vec<Raw> {
        known::values(&self.environment)
    }

    /// Redacts what was seen and keeps it: in the part of the spool that may be sent, or in the part that never is.
    ///
    /// # Errors
    ///
    /// [`NotRecorded`]. With consent off nothing is touched.
    pub fn record(
        &self,
        redactor: &Redactor,
        mut observation: Observation,
        consent: &Consent,
    ) -> Result<Redaction, NotRecorded> {
        let permit = consent.recording().ok_or(NotRecorded::Off)?;
        let dir = self.state_dir.as_deref().ok_or(NotRecorded::NoStateDir)?;
        if observation.facts.install_id.is_none() {
            observation.facts.install_id = identity::make(dir, self.now().unix_us() / 1_000_000);
        }
        let redaction = redactor.redact(observation, permit);
        Spool::new(dir, SpoolLimits::default()).append(&redaction.event)?;
        Ok(redaction)
    }

    /// Whether a helper should be started for this event.
    #[must_use]
    pub fn wants_shipping(&self, redaction: &Redaction) -> bool {
        // Events that wait for an export wait for a person.
        let by_itself = |endpoint: &Endpoint| endpoint.delivery() == Delivery::ByItself;
        redaction.event.reach() == Reach::Send && self.endpoint().is_ok_and(|to| to.is_some_and(by_itself))
    }

    /// Forgets what was recorded and not sent, and the install id. How many events went.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub fn purge(&self) -> std::io::Result<u64> {
        let Some(dir) = &self.state_dir else { return Ok(0) };
        let gone = Spool::new(dir, SpoolLimits::default()).purge()?;
        identity::forget(dir)?;
        Ok(gone)
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

/// How long a helper may live, whatever the network does.
pub const HELPER_DEADLINE: Duration = Duration::from_secs(10);

fn find_endpoint(environment: &Environment, files: &Files) -> Result<Option<Endpoint>, EndpointProblem> {
    let parse = |origin: String, text: &str| {
        text.parse()
            .map(Some)
            .map_err(|error: EndpointError| EndpointProblem { origin, why: error.to_string() })
    };
    let variable = environment.var(variables::ENDPOINT).filter(|value| !value.is_empty());
    if let Some(value) = variable {
        return parse(variables::ENDPOINT.to_owned(), &value.to_string_lossy());
    }
    let Some(file) = &files.settings else { return Ok(None) };
    // A file that cannot be understood is a no already; see `SettingsFile::reading`.
    match file.get(Key::Endpoint) {
        Ok(Some(text)) => parse(file.path().display().to_string(), &text),
        Ok(None) | Err(_) => Ok(None),
    }
}

fn new_event_id(now: Timestamp) -> EventId {
    let bytes = uuid::Uuid::new_v4().into_bytes();
    // Without the bytes that hold the version and the variant.
    let random = std::array::from_fn(|index| if index < 6 { bytes[index] } else { bytes[index + 3] });
    EventId::new(u64::try_from(now.unix_us() / 1_000).unwrap_or(0), &random)
}
