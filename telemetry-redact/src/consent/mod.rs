//! Consent: whether an event may exist, and whether it may leave the machine.
//!
//! [`resolve`] is one pure function over everything that has a say. Reading files and variables is the caller's
//! part; deciding is done here and nowhere else.
//!
//! - The user's own voice is the one-run flag, else the environment variables, else the setting, else the host's
//!   default. Of the two variables, the program's own and the one for all programs, the stricter counts.
//! - The admin file, the project file, `DO_NOT_TRACK`, a missing endpoint and a notice that was not seen can only
//!   tighten that, and nothing overrides them.
//! - What cannot be parsed or read is off, and nothing overrides that either: doubt is a no.
//!
//! ```
//! use telemetry_redact::consent::{Endpoint, Mode, Reading, Sources, resolve};
//!
//! let mut sources = Sources::new(Mode::On);
//! sources.endpoint = Endpoint::Configured;
//! assert_eq!(resolve(&sources).mode(), Mode::On);
//!
//! sources.do_not_track = Reading::text("1");
//! assert_eq!(resolve(&sources).mode(), Mode::Off);
//! assert!(resolve(&sources).recording().is_none());
//! ```

mod resolve;

pub use resolve::resolve;

use std::fmt;

use serde::Serialize;

/// What telemetry may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Nothing: no event, no file.
    Off,
    /// Record and show on this machine, never send.
    Local,
    /// Record and send.
    On,
}

impl Mode {
    /// Reads a setting. `true`, `on`, `yes`, `1`; `false`, `off`, `no`, `0`; `local`; in any case.
    ///
    /// ```
    /// use telemetry_redact::consent::Mode;
    /// assert_eq!(Mode::parse("FALSE"), Some(Mode::Off));
    /// assert_eq!(Mode::parse("perhaps"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is = |words: &[&str]| words.iter().any(|word| text.trim().eq_ignore_ascii_case(word));
        if is(&["true", "on", "yes", "1"]) {
            Some(Self::On)
        } else if is(&["false", "off", "no", "0"]) {
            Some(Self::Off)
        } else if is(&["local"]) {
            Some(Self::Local)
        } else {
            None
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Off => "off",
            Self::Local => "local",
            Self::On => "on",
        })
    }
}

/// What was found where a source was looked for.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Reading {
    /// Nothing there.
    #[default]
    Absent,
    /// This text.
    Text(Box<str>),
    /// Something that could not be read.
    Unreadable,
}

impl Reading {
    /// A text that was found.
    #[must_use]
    pub fn text(text: impl Into<Box<str>>) -> Self {
        Self::Text(text.into())
    }
}

/// Shows the kind only: a setting could hold anything.
impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Text(_) => "Text(..)",
            Self::Unreadable => "Unreadable",
        })
    }
}

/// Whether there is somewhere to send events to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// An endpoint is configured.
    Configured,
    /// None is; events stay on this machine.
    Missing,
}

/// Whether the user could have seen what is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// The notice of this version was shown, or the program needs none, since recording is what it was asked to do.
    Seen,
    /// It was not shown yet.
    Unseen,
}

/// Everything that has a say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sources {
    /// The flag for this run only.
    pub run_flag: Reading,
    /// The program's own variable, `<PREFIX>_TELEMETRY_ENABLED`.
    pub program_variable: Reading,
    /// The variable for all programs, `TELEMETRY_ENABLED`.
    pub variable: Reading,
    /// The user's setting `telemetry_enabled`.
    pub setting: Reading,
    /// What the host program does where the user has not spoken.
    pub host_default: Mode,
    /// The machine-wide admin file.
    pub admin_file: Reading,
    /// The project file.
    pub project_file: Reading,
    /// The variable `DO_NOT_TRACK`.
    pub do_not_track: Reading,
    /// Whether there is an endpoint.
    pub endpoint: Endpoint,
    /// Whether the notice was seen.
    pub notice: Notice,
}

impl Sources {
    /// Nothing found anywhere: the host's default, no endpoint, the notice seen.
    #[must_use]
    pub fn new(host_default: Mode) -> Self {
        Self {
            run_flag: Reading::Absent,
            program_variable: Reading::Absent,
            variable: Reading::Absent,
            setting: Reading::Absent,
            host_default,
            admin_file: Reading::Absent,
            project_file: Reading::Absent,
            do_not_track: Reading::Absent,
            endpoint: Endpoint::Missing,
            notice: Notice::Seen,
        }
    }
}

/// A source of consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// The variable `DO_NOT_TRACK`.
    DoNotTrack,
    /// The machine-wide admin file.
    AdminFile,
    /// The project file.
    ProjectFile,
    /// The flag for this run.
    RunFlag,
    /// The program's own variable.
    ProgramVariable,
    /// The variable for all programs.
    Variable,
    /// The user's setting.
    Setting,
    /// The host's default.
    HostDefault,
    /// The notice.
    Notice,
    /// The endpoint.
    Endpoint,
}

/// What a source said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Say {
    /// Nothing.
    Silent,
    /// At most this.
    Mode(Mode),
    /// Something that cannot be parsed, which is off.
    Unparsable,
    /// Something that cannot be read, which is off.
    Unreadable,
}

/// What one source said, and whether that is what decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SourceReport {
    /// The source.
    pub source: SourceKind,
    /// What it said.
    pub say: Say,
}

/// How many sources there are.
const SOURCES: usize = 10;

/// The decision. Only [`resolve`] makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Consent {
    mode: Mode,
    decided_by: SourceKind,
    reports: [SourceReport; SOURCES],
}

impl Consent {
    /// What telemetry may do.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The source that decided.
    #[must_use]
    pub fn decided_by(&self) -> SourceKind {
        self.decided_by
    }

    /// Every source that was consulted and what it said, strongest first.
    #[must_use]
    pub fn reports(&self) -> &[SourceReport] {
        &self.reports
    }

    /// Leave to record one event, unless the mode is off.
    #[must_use]
    pub fn recording(&self) -> Option<RecordPermit> {
        match self.mode {
            Mode::Off => None,
            Mode::Local => Some(RecordPermit { reach: Reach::Local }),
            Mode::On => Some(RecordPermit { reach: Reach::Send }),
        }
    }

    /// Leave to make one request, where the mode is on.
    #[must_use]
    pub fn sending(&self) -> Option<SendPermit> {
        (self.mode == Mode::On).then_some(SendPermit(()))
    }
}

/// How far an event may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It stays on this machine, also if consent to send comes later.
    Local,
    /// It may be sent.
    Send,
}

/// Leave to record one event. Cannot be made, copied or kept for later: it is used up by the event.
#[derive(Debug)]
pub struct RecordPermit {
    pub(crate) reach: Reach,
}

/// Leave to make one request. Cannot be made, copied or kept for later: it is used up by the request.
///
/// ```compile_fail
/// let permit = telemetry_redact::consent::SendPermit(());
/// ```
#[derive(Debug)]
pub struct SendPermit(());
