//! What the stored events say: counts, in rows that anybody can print.

mod sections;

use serde::{Deserialize, Serialize};
use telemetry_schema::{Loss, Timestamp};

pub use sections::{Align, Cell, Column, Section};

/// Rows of each list, if nothing else is asked for: a screenful.
const DEFAULT_TOP: usize = 20;

/// What to report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportOptions {
    program: Option<String>,
    top: usize,
}

impl Default for ReportOptions {
    fn default() -> Self {
        Self { program: None, top: DEFAULT_TOP }
    }
}

impl ReportOptions {
    /// All programs, the first 20 rows of each list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Only events of this program. Losses stay those of the whole store: a lost event has no program.
    #[must_use]
    pub fn program(mut self, name: impl Into<String>) -> Self {
        self.program = Some(name.into());
        self
    }

    /// The number of rows of each list; `usize::MAX` for all.
    #[must_use]
    pub fn top(mut self, rows: usize) -> Self {
        self.top = rows;
        self
    }

    /// The program asked for.
    #[must_use]
    pub fn program_name(&self) -> Option<&str> {
        self.program.as_deref()
    }

    /// The number of rows asked for.
    #[must_use]
    pub fn top_rows(&self) -> usize {
        self.top
    }
}

/// What the stored events say.
///
/// A run is one event. An install is one install identifier; all CI runs share one, and an event without one counts
/// for none. An error is a run that reported one or panicked; a run that a signal ended is none. Lists are ordered
/// by count, the greatest first, then by name.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Report {
    /// Of everything.
    pub totals: Totals,
    /// By command.
    pub commands: Vec<CommandRow>,
    /// By version of the program.
    pub versions: Vec<VersionRow>,
    /// By operating system and its version.
    pub operating_systems: Vec<OperatingSystemRow>,
    /// By the way the program was installed.
    pub install_sources: Vec<InstallSourceRow>,
    /// The most frequent errors.
    pub errors: Vec<ErrorRow>,
    /// The most frequent misspellings.
    pub misspellings: Vec<MisspellingRow>,
}

/// Sums over all events.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Events stored.
    pub events: u64,
    /// Installs seen.
    pub installs: u64,
    /// Runs that ended in an error or a panic.
    pub errors: u64,
    /// Their share of the events, from 0 to 1.
    pub error_rate: f64,
    /// When the first of the commands started, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_event_at: Option<Timestamp>,
    /// When the last of the commands started, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_event_at: Option<Timestamp>,
    /// Events that senders lost, by reason: how complete this report is.
    pub losses: Vec<Loss>,
}

/// One command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommandRow {
    /// The program; absent for programs without a policy.
    pub program: Option<String>,
    /// The command's words without the program's name; empty for the program alone.
    pub command: String,
    /// Runs.
    pub runs: u64,
    /// Installs that ran it.
    pub installs: u64,
    /// Share of the runs that ended in an error or a panic, from 0 to 1.
    pub error_rate: f64,
    /// Median of the durations in milliseconds. Percentiles are by nearest rank: the least duration that at least
    /// that share of the runs did not exceed, so always one that was measured.
    pub p50_ms: f64,
    /// 95th percentile of the durations in milliseconds, by nearest rank.
    pub p95_ms: f64,
}

/// One version of a program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// The program; absent for programs without a policy.
    pub program: Option<String>,
    /// Its version; absent where it was not known.
    pub version: Option<String>,
    /// Runs.
    pub runs: u64,
    /// Installs.
    pub installs: u64,
}

/// One operating system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatingSystemRow {
    /// Name and version as people read them: `Windows 11.5`.
    pub name: String,
    /// Runs.
    pub runs: u64,
    /// Installs.
    pub installs: u64,
}

/// One way to install.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstallSourceRow {
    /// Its name as people read it: `Homebrew`; absent where it was not known.
    pub source: Option<String>,
    /// Runs.
    pub runs: u64,
    /// Installs.
    pub installs: u64,
}

/// One error of one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorRow {
    /// The program; absent for programs without a policy.
    pub program: Option<String>,
    /// The command's words; empty for the program alone.
    pub command: String,
    /// The class of the error; `panic` for a panic.
    pub code: String,
    /// The redacted message, where one was kept.
    pub message: Option<String>,
    /// How often.
    pub times: u64,
    /// Installs that saw it.
    pub installs: u64,
}

/// One misspelling in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MisspellingRow {
    /// The program.
    pub program: Option<String>,
    /// The command's words up to it; empty for the program alone.
    pub command: String,
    /// Where it stood: `command` or `flag`.
    pub place: String,
    /// What was typed.
    pub typed: String,
    /// The declared word it is near to.
    pub meant: String,
    /// How often.
    pub times: u64,
    /// Installs where it happened.
    pub installs: u64,
}

/// `part` of `whole`, from 0 to 1; 0 of nothing.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a share of more than 2^53 events is still a share")]
    let share = part as f64 / whole.max(1) as f64;
    share
}
