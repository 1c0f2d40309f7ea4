//! The reports by name.

use std::fmt;
use std::str::FromStr;

/// A report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ReportName {
    /// A page of everything.
    #[default]
    Overview,
    /// What to fix first.
    Impact,
    /// Commands: runs, errors, durations.
    Commands,
    /// Errors by command.
    Errors,
    /// Misspelled words and what was meant.
    Misspellings,
    /// Flags and their values.
    Flags,
    /// Percentiles by command and version.
    Durations,
    /// Versions over time, and how fast they are taken up.
    Versions,
    /// Operating systems, architectures, C libraries, containers, Windows Subsystems for Linux.
    Systems,
    /// How programs were installed.
    InstallSources,
    /// How users are authenticated.
    AuthMethods,
    /// CI vendors and coding agents.
    CiAndAgents,
    /// How many installs come back.
    Retention,
}

impl ReportName {
    /// Every report, in the order in which they are shown.
    pub const ALL: &'static [Self] = &[
        Self::Overview,
        Self::Impact,
        Self::Commands,
        Self::Errors,
        Self::Misspellings,
        Self::Flags,
        Self::Durations,
        Self::Versions,
        Self::Systems,
        Self::InstallSources,
        Self::AuthMethods,
        Self::CiAndAgents,
        Self::Retention,
    ];

    /// How it is typed, and stands in an address.
    #[must_use]
    pub fn key(self) -> &'static str {
        self.texts().0
    }

    /// How people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.texts().1
    }

    /// The question it answers.
    #[must_use]
    pub fn question(self) -> &'static str {
        self.texts().2
    }

    fn texts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Overview => ("overview", "Overview", "How is it used?"),
            Self::Impact => ("impact", "Impact", "What should be fixed first?"),
            Self::Commands => ("commands", "Commands", "Which commands are run, and how do they fare?"),
            Self::Errors => ("errors", "Errors", "What goes wrong?"),
            Self::Misspellings => ("misspellings", "Misspellings", "What do people type that there is not?"),
            Self::Flags => ("flags", "Flags", "Which flags and values are used?"),
            Self::Durations => ("durations", "Durations", "How long does it take?"),
            Self::Versions => {
                ("versions", "Versions", "Which versions are used, and how fast are they taken up?")
            }
            Self::Systems => ("systems", "Systems", "Where does it run?"),
            Self::InstallSources => ("install-sources", "Install sources", "Where does it come from?"),
            Self::AuthMethods => ("auth-methods", "Authentication", "How are users authenticated?"),
            Self::CiAndAgents => ("ci-and-agents", "CI and agents", "What runs it besides people?"),
            Self::Retention => ("retention", "Retention", "Do installs come back?"),
        }
    }
}

impl fmt::Display for ReportName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.key())
    }
}

/// A name that is no report's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such report")]
pub struct NoSuchReport;

impl FromStr for ReportName {
    type Err = NoSuchReport;

    fn from_str(text: &str) -> Result<Self, NoSuchReport> {
        Self::ALL.iter().copied().find(|name| name.key() == text).ok_or(NoSuchReport)
    }
}
