//! The whole way of one event, seen from the program it is about.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use telemetry_redact::consent::{self, Consent, Endpoint as Reachable, Mode, Reach, SourceKind, Sources};
use telemetry_redact::{Facts, Observation, Raw, Redaction, Redactor};
use telemetry_schema::{AuthMethod, EventId, InstallSource, Os, ProgramName, Timestamp, Version};
use telemetry_transport::{
    AppendError, Delivery, Endpoint, EndpointError, Fill, Ledger, ReadyDir, Spool, SpoolLimits, helper,
};
use thiserror::Error;

use crate::installation::{self, Busy, Installation, KeptFacts};
use crate::known;
use crate::platform;
use crate::settings::{Key, SettingsError, SettingsFile};
use crate::sources::{self, Files, Host};
use crate::surroundings::{self, Environment};
use crate::variables;

/// Everything a program needs to record how it was used.
///
/// Making one reads settings and variables; it writes nothing.
#[derive(Debug)]
pub struct Client {
    pub(crate) environment: Environment,
    files: Files,
    pub(crate) state_dir: Option<PathBuf>,
    endpoint: Result<Option<Endpoint>, EndpointProblem>,
    pub(crate) write_key: Option<String>,
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
    /// There is no policy to judge it by: the program's own cannot be used, or nobody reviewed it.
    #[error("the program has no policy that can be used")]
    NoPolicy,
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
        Self::with(environment, working_directory, None)
    }

    /// A client for a program that brings its own: settings, spool and ledger lie in directories of the program's, and
    /// events go to its endpoint unless a variable or setting names another.
    #[must_use]
    pub fn of_program(
        environment: Environment,
        working_directory: Option<&Path>,
        program: &ProgramName,
        endpoint: Option<&str>,
    ) -> Self {
        Self::with(environment, working_directory, Some((program.as_str(), endpoint)))
    }

    fn with(
        environment: Environment,
        working_directory: Option<&Path>,
        program: Option<(&str, Option<&str>)>,
    ) -> Self {
        let (name, endpoint) = program.unzip();
        let files = Files::find(&environment, working_directory, name);
        let named = environment.var(variables::STATE_DIR).filter(|path| !path.is_empty());
        let named = named.map(|path| {
            let directory = sources::from(working_directory, path.into());
            name.map_or(directory.clone(), |name| directory.join(name))
        });
        let state_dir = named.or_else(|| match name {
            Some(name) => telemetry_transport::state_dir_of(name),
            None => telemetry_transport::state_dir(),
        });
        let endpoint = find_endpoint(&environment, &files, endpoint.flatten());
        Self { environment, files, state_dir, endpoint, write_key: None }
    }

    /// Whether an event may exist and whether it may leave.
    ///
    /// An endpoint that cannot be used counts as none: events stay here.
    #[must_use]
    pub fn consent(&self, host: &Host) -> Consent {
        consent::resolve(&self.sources(host))
    }

    /// Everything that has a say, as it is said now.
    pub(crate) fn sources(&self, host: &Host) -> Sources {
        let mut sources = sources::gather(&self.environment, &self.files, host);
        sources.endpoint = match &self.endpoint {
            Ok(Some(_)) => Reachable::Configured,
            Ok(None) | Err(_) => Reachable::Missing,
        };
        sources
    }

    /// What would come of the user's setting said this. Nothing where there is no file that could say it.
    pub(crate) fn consent_if(&self, host: &Host, setting: Mode) -> Option<Consent> {
        let mut sources = self.sources(host);
        sources.setting = self.files.setting_if(setting)?;
        Some(consent::resolve(&sources))
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
            SourceKind::Setting => self.files.setting(),
            SourceKind::AdminFile => self.files.admin.as_ref(),
            SourceKind::ProjectFile => self.files.project.as_ref(),
            _ => None,
        };
        file.and_then(|source| source.file.get(Key::TelemetryEnabled).err())
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
        self.files.settings.as_ref().map(|source| &source.file).ok_or(SettingsError::NoHome)
    }

    /// Reads the settings file again, after it was written.
    pub(crate) fn read_settings_anew(&mut self) {
        self.files.settings = self.files.settings.take().map(|source| source.file.into());
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
        let install_id = installation::of_ci(context.ci)
            .or_else(|| self.state_dir.as_deref().and_then(|dir| Installation::read(dir).id(now_s)));
        Facts {
            event_id: new_event_id(now),
            install_id,
            app_version: app.version.clone(),
            install_source: self.install_source(app),
            os: surroundings::os(&self.environment),
            auth_method: app.auth_method,
            context,
        }
    }

    fn install_source(&self, app: &App) -> Option<InstallSource> {
        let executable = app.executable.as_deref()?;
        surroundings::install_source(&self.environment, executable)
    }

    /// Facts that seldom change, to be kept in a directory that is reached by this mount.
    pub(crate) fn gather_facts(&self, app: &App, mount: Option<u64>, now: Timestamp) -> KeptFacts {
        KeptFacts {
            gathered_at_unix_s: now.unix_us() / 1_000_000,
            app_version: app.version.clone(),
            mount,
            os: Os { libc: None, ..surroundings::os(&self.environment) },
            install_source: self.install_source(app),
            agent: surroundings::agent_of_machine(&self.environment),
            // With a variable of its own the time zone is looked up each time.
            offset_min: self.environment.var("TZ").is_none().then(|| now.offset_min()),
        }
    }

    /// The environment that facts come from.
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The state directory, made where it is missing. Nothing where it cannot be used: to append says why.
    pub(crate) fn ready_dir(&self) -> Option<ReadyDir<'_>> {
        telemetry_transport::ready_dir(self.state_dir.as_deref()?).ok()
    }

    /// Keeps a redacted event, in the state directory that was looked at already if it was.
    pub(crate) fn append(
        &self,
        redaction: &Redaction,
        ready: Option<ReadyDir<'_>>,
    ) -> Result<Fill, NotRecorded> {
        let spool = self.spool().ok_or(NotRecorded::NoStateDir)?;
        let event = &redaction.event;
        Ok(match ready {
            Some(ready) => spool.append_in(&ready, event)?,
            None => spool.append(event)?,
        })
    }

    /// Starts this program anew as a helper that ships, with these arguments, where it is time for one: ten minutes after
    /// the last, or once a quarter of the spool has filled. That it cannot be started is no loss: a later run tries again.
    pub fn start_helper(&self, arguments: &[&str], fill: Fill) {
        let Some(dir) = &self.state_dir else { return };
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now_ms = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
        let interval = if fill == Fill::Quarter { Duration::ZERO } else { HELPER_INTERVAL };
        if helper::is_turn(dir, interval, now_ms)
            && let Ok(program) = std::env::current_exe()
        {
            let _ = helper::spawn(&program, arguments);
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

    /// Redacts what was seen and keeps it: in the part of the spool that may be sent, or in the part that never is. With
    /// it, how full that part is, for [`Client::start_helper`].
    ///
    /// # Errors
    ///
    /// [`NotRecorded`]. With consent off nothing is touched.
    pub fn record(
        &self,
        redactor: &Redactor,
        mut observation: Observation,
        consent: &Consent,
    ) -> Result<(Redaction, Fill), NotRecorded> {
        let permit = consent.recording().ok_or(NotRecorded::Off)?;
        let dir = self.state_dir.as_deref().ok_or(NotRecorded::NoStateDir)?;
        if observation.facts.install_id.is_none() {
            let now_s = self.now().unix_us() / 1_000_000;
            let has_id = |kept: &Installation| kept.id(now_s).is_some();
            let kept = Installation::settled(dir, Busy::Wait, has_id, |kept| kept.make_id(now_s));
            observation.facts.install_id = kept.ok().and_then(|kept| kept.id(now_s));
        }
        let redaction = redactor.redact(observation, permit);
        let fill = self.append(&redaction, None)?;
        Ok((redaction, fill))
    }

    /// Whether a helper should be started for this event.
    #[must_use]
    pub fn wants_shipping(&self, redaction: &Redaction) -> bool {
        // Events that wait for an export wait for a person.
        let by_itself = |endpoint: &Endpoint| endpoint.delivery() == Delivery::ByItself;
        redaction.event.reach() == Reach::Send && self.endpoint().is_ok_and(|to| to.is_some_and(by_itself))
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

/// How often a helper is started at most: telemetry is in no hurry, and a start is what costs a command most.
const HELPER_INTERVAL: Duration = Duration::from_secs(10 * 60);

/// How long a helper may live, whatever the network does.
pub const HELPER_DEADLINE: Duration = Duration::from_secs(10);

fn find_endpoint(
    environment: &Environment,
    files: &Files,
    of_host: Option<&str>,
) -> Result<Option<Endpoint>, EndpointProblem> {
    let parse = |origin: String, text: &str| {
        text.parse()
            .map(Some)
            .map_err(|error: EndpointError| EndpointProblem { origin, why: error.to_string() })
    };
    let variable = environment.var(variables::ENDPOINT).filter(|value| !value.is_empty());
    if let Some(value) = variable {
        return parse(variables::ENDPOINT.to_owned(), &value.to_string_lossy());
    }
    // A file that cannot be understood is a no already; see `Said`.
    let settings = files.settings.as_ref();
    if let Some((source, text)) = settings.and_then(|source| Some((source, source.said.endpoint.as_ref()?))) {
        return parse(source.file.path().display().to_string(), text);
    }
    of_host.map_or(Ok(None), |text| parse("the program".to_owned(), text))
}

pub(crate) fn new_event_id(now: Timestamp) -> EventId {
    let [random @ .., _, _, _, _, _, _] = platform::random();
    EventId::new(u64::try_from(now.unix_us() / 1_000).unwrap_or(0), &random)
}
