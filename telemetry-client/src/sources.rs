//! Reads what has a say in consent. Deciding is `telemetry_redact::consent::resolve` and nothing else.

use std::path::{Path, PathBuf};

use telemetry_redact::consent::{self, Mode, Notice, Reading, SourceKind, Sources};

use crate::platform::is_there;
use crate::settings::{Said, SettingsFile};
use crate::surroundings::Environment;
use crate::{Key, variables};

/// The name of a project's file. It can only tighten what the user said.
pub const PROJECT_FILE: &str = ".telemetry.toml";

/// Directories above the working directory that are searched for a project file.
const MAX_ANCESTORS: usize = 32;

/// What a host program brings to the question of consent.
#[derive(Debug, Clone)]
pub struct Host {
    /// The flag for this run, as it was typed.
    pub run_flag: Option<String>,
    /// The program's own variable, `<PREFIX>_TELEMETRY_ENABLED`.
    pub program_variable: Option<String>,
    /// What happens where the user has not spoken.
    pub default: Mode,
    /// Whether the notice was seen.
    pub notice: Notice,
}

impl Default for Host {
    /// No flag, no variable of its own, on by default as in the source document, no notice needed.
    fn default() -> Self {
        Self { run_flag: None, program_variable: None, default: Mode::On, notice: Notice::Seen }
    }
}

/// The files that have a say.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) settings: Option<Source>,
    /// Beside a program's own settings, those that the user made for every program.
    pub(crate) for_all: Option<Source>,
    pub(crate) admin: Option<Source>,
    pub(crate) project: Option<Source>,
}

/// A file and what it said when it was read.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) file: SettingsFile,
    pub(crate) said: Said,
}

impl From<SettingsFile> for Source {
    fn from(file: SettingsFile) -> Self {
        let said = file.said();
        Self { file, said }
    }
}

impl Files {
    /// The files of this machine, this user and this working directory; of a program that has its own, those.
    pub(crate) fn find(
        environment: &Environment,
        working_directory: Option<&Path>,
        program: Option<&str>,
    ) -> Self {
        let named = environment.var(variables::CONFIG).filter(|path| !path.is_empty());
        let named = named.map(|path| SettingsFile::new(from(working_directory, path.into())));
        // A no for every program is one for this.
        let (settings, for_all) = match (named, program) {
            (named @ Some(_), _) => (named, None),
            (None, Some(program)) => SettingsFile::of_program_and_user(program),
            (None, None) => (SettingsFile::of_the_user(), None),
        };
        let project = working_directory
            .into_iter()
            .flat_map(|directory| directory.ancestors().take(MAX_ANCESTORS))
            // The root of the file system is no project's.
            .filter(|directory| directory.parent().is_some())
            .map(|directory| directory.join(PROJECT_FILE))
            .find(|path| is_there(path))
            .map(SettingsFile::new);
        let admin = crate::platform::admin_file().map(|path| SettingsFile::new(environment.at(&path)));
        Self {
            settings: settings.map(Source::from),
            for_all: for_all.map(Source::from),
            admin: admin.map(Source::from),
            project: project.map(Source::from),
        }
    }
}

impl Files {
    /// The settings that count in consent: of the program's and those for every program the stricter.
    pub(crate) fn setting(&self) -> Option<&Source> {
        let most = |source: &&Source| most(&source.said.enabled);
        let both = [self.settings.as_ref(), self.for_all.as_ref()].into_iter().flatten();
        both.filter(|source| most(source).is_some()).min_by_key(most).or(self.settings.as_ref())
    }

    /// What would count were the setting this. Nothing where it cannot be set so that it can be read.
    pub(crate) fn setting_if(&self, mode: Mode) -> Option<Reading> {
        self.settings.as_ref().filter(|source| source.file.can_take(Key::TelemetryEnabled))?;
        let for_all = self.for_all.as_ref().map(|source| &source.said.enabled);
        let stricter = for_all.filter(|said| most(said).is_some_and(|most| most < mode));
        Some(stricter.cloned().unwrap_or_else(|| Reading::text(mode.to_string())))
    }
}

/// The most that may happen after this was said.
fn most(said: &Reading) -> Option<Mode> {
    match said {
        Reading::Absent => None,
        Reading::Text(text) => Some(Mode::parse(text).unwrap_or(Mode::Off)),
        Reading::Unreadable => Some(Mode::Off),
    }
}

/// A path as it was meant in the directory where it was given.
pub(crate) fn from(working_directory: Option<&Path>, path: PathBuf) -> PathBuf {
    working_directory.map_or(path.clone(), |directory| directory.join(path))
}

pub(crate) fn gather(environment: &Environment, files: &Files, host: &Host) -> Sources {
    let file = |file: Option<&Source>| file.map_or(Reading::Absent, |source| source.said.enabled.clone());
    let mut sources = without_files(environment, host);
    sources.setting = file(files.setting());
    sources.admin_file = file(files.admin.as_ref());
    sources.project_file = file(files.project.as_ref());
    sources
}

fn without_files(environment: &Environment, host: &Host) -> Sources {
    let variable = |name: &str| match environment.var(name) {
        None => Reading::Absent,
        Some(value) => value.into_string().map_or(Reading::Unreadable, Reading::text),
    };
    let mut sources = Sources::new(host.default);
    sources.run_flag = host.run_flag.as_deref().map_or(Reading::Absent, Reading::text);
    sources.program_variable = host.program_variable.as_deref().map_or(Reading::Absent, variable);
    sources.variable = variable(variables::ENABLED);
    sources.do_not_track = variable(variables::DO_NOT_TRACK);
    sources.notice = host.notice;
    sources
}

/// Whether flags and variables say off. No file can say otherwise, so none needs to be opened.
pub(crate) fn is_off_without_files(environment: &Environment, host: &Host) -> bool {
    let consent = consent::resolve(&without_files(environment, host));
    consent.mode() == Mode::Off
        && matches!(
            consent.decided_by(),
            SourceKind::DoNotTrack | SourceKind::RunFlag | SourceKind::ProgramVariable | SourceKind::Variable
        )
}

/// The name of a source as its owner knows it: the variable, or the file with its path.
pub(crate) fn label(kind: SourceKind, files: &Files, host: &Host) -> String {
    let path = |what: &str, source: Option<&Source>| match source {
        Some(source) => format!("{what} {}", source.file.path().display()),
        None => what.to_owned(),
    };
    match kind {
        SourceKind::DoNotTrack => format!("variable {}", variables::DO_NOT_TRACK),
        SourceKind::AdminFile => path("machine-wide file", files.admin.as_ref()),
        SourceKind::ProjectFile => path("project file", files.project.as_ref()),
        SourceKind::RunFlag => "flag --telemetry of this run".to_owned(),
        SourceKind::ProgramVariable => match &host.program_variable {
            Some(name) => format!("variable {name}"),
            None => "the program's own variable".to_owned(),
        },
        SourceKind::Variable => format!("variable {}", variables::ENABLED),
        SourceKind::Setting => path(&format!("setting {} in", Key::TelemetryEnabled.name()), files.setting()),
        SourceKind::HostDefault => "default".to_owned(),
        SourceKind::Notice => "notice".to_owned(),
        SourceKind::Endpoint => {
            format!("endpoint (variable {} or setting {})", variables::ENDPOINT, Key::Endpoint.name())
        }
    }
}
