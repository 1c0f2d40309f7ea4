//! What was seen, raw: it lives in memory only.

use std::fmt;

use telemetry_schema::{
    AuthMethod, Context, ErrorCode, EventId, InstallId, InstallSource, Os, Signal, Timestamp, Version,
};

/// Raw bytes of the user's. Opaque in `Debug`, not serialisable, not displayable.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Raw(Vec<u8>);

impl Raw {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<T: Into<Vec<u8>>> From<T> for Raw {
    fn from(bytes: T) -> Self {
        Self(bytes.into())
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Raw(..)")
    }
}

/// One run of a command, as it was seen.
///
/// ```
/// use telemetry_redact::Raw;
/// assert_eq!(format!("{:?}", Raw::from("hunter2")), "Raw(..)");
/// ```
#[derive(Debug, Clone)]
pub struct Observation {
    /// The command line, the program's name first.
    pub argv: Vec<Raw>,
    /// When it ran and how it ended.
    pub run: Run,
    /// What is known of the machine and the installation.
    pub facts: Facts,
    /// Values that the process knows to be the user's: user name, home, host name, configured secrets. They are
    /// taken out of error text wherever they stand. The command line's own dropped values are added to them.
    pub known_values: Vec<Raw>,
}

/// When a command ran and how it ended.
#[derive(Debug, Clone)]
pub struct Run {
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub completed_at: Timestamp,
    /// How long it took by a monotonic clock, in microseconds.
    pub duration_us: u64,
    /// How it ended.
    pub ending: Ending,
    /// The exit code, where it ended by itself.
    pub exit_code: Option<i32>,
}

/// How a command ended.
#[derive(Debug, Clone)]
pub enum Ending {
    /// It did what it was asked.
    Success,
    /// It reported an error.
    Error {
        /// The error's class, where the host knows it.
        code: Option<ErrorCode>,
        /// What it said.
        text: Option<Raw>,
    },
    /// A signal ended it.
    Interrupted(Signal),
    /// It panicked.
    Panic,
}

/// What is known of the machine and the installation: closed by its types.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The event's identifier.
    pub event_id: EventId,
    /// The installation's random number.
    pub install_id: Option<InstallId>,
    /// The program's version.
    pub app_version: Option<Version>,
    /// How the program was installed.
    pub install_source: Option<InstallSource>,
    /// The operating system.
    pub os: Os,
    /// How the user is authenticated.
    pub auth_method: Option<AuthMethod>,
    /// What started the command.
    pub context: Context,
}
