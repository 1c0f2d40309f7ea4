//! What is asked.

use telemetry_schema::{InstallSource, OsName};
use thiserror::Error;

use super::{Day, Noise, ReportName};

/// Rows of each list, if nothing else is asked for: a screenful.
const DEFAULT_TOP: usize = 20;

/// Installs that a row needs to be shown, if nothing else is asked for.
const DEFAULT_MIN_INSTALLS: u64 = 10;

/// Which runs are counted. Empty, all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    /// Of this program. Losses stay those of the whole store: a lost event has no program.
    pub program: Option<String>,
    /// Of this version.
    pub version: Option<String>,
    /// Started on this day or later, in UTC. With more than one of version, system and source this is widened to
    /// its week's Monday.
    pub since: Option<Day>,
    /// Started on this day or earlier, in UTC.
    pub until: Option<Day>,
    /// On this system.
    pub os: Option<OsName>,
    /// Installed from this source.
    pub source: Option<InstallSource>,
    /// With CI or not.
    pub ci: Ci,
}

/// A first day that is later than the last one: no run could be counted, and an empty report would hide the mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("since {since} is later than until {until}: no day is in both; give the earlier day as since")]
pub struct RangeError {
    /// The first day that was asked for.
    pub since: Day,
    /// The last one.
    pub until: Day,
}

impl Filters {
    /// Whether there is a day that they let through.
    ///
    /// # Errors
    ///
    /// [`RangeError`] where the first day is later than the last one.
    pub fn check_range(&self) -> Result<(), RangeError> {
        match (self.since, self.until) {
            (Some(since), Some(until)) if since > until => Err(RangeError { since, until }),
            _ => Ok(()),
        }
    }

    /// Whether whole weeks are counted, whatever the days are.
    #[must_use]
    pub fn by_weeks(&self) -> bool {
        let Self { program: _, version, since, until, os, source, ci: _ } = self;
        let told_apart = [version.is_some(), os.is_some(), source.is_some()];
        let told_apart = told_apart.into_iter().filter(|told| *told).count();
        told_apart > 1 && (since.is_some() || until.is_some())
    }

    /// The filters as sentences' parts: `program orchard`, `without CI`.
    #[must_use]
    pub fn describe(&self) -> Vec<String> {
        let Self { program, version, since, until, os, source, ci } = self;
        let mut parts = Vec::new();
        parts.extend(program.as_ref().map(|name| format!("program {name}")));
        parts.extend(version.as_ref().map(|version| format!("version {version}")));
        parts.extend(since.map(|day| format!("since {day}")));
        parts.extend(until.map(|day| format!("until {day}")));
        parts.extend(os.map(|os| format!("on {}", os.title())));
        parts.extend(source.map(|source| format!("installed from {}", source.title())));
        match ci {
            Ci::With => {}
            Ci::Without => parts.push("without CI".to_owned()),
            Ci::Only => parts.push("CI only".to_owned()),
        }
        parts
    }
}

/// What becomes of runs in CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ci {
    /// They are counted with the others.
    #[default]
    With,
    /// They are left out.
    Without,
    /// Only they are counted.
    Only,
}

/// A report, over which runs, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Query {
    /// The report.
    pub name: ReportName,
    /// Over which runs.
    pub filters: Filters,
    /// Two versions to compare, the earlier one first.
    pub compare: Option<(String, String)>,
    /// Installs that a row needs to be shown; 1 shows all.
    pub min_installs: u64,
    /// The most rows of each list.
    pub top: usize,
    /// Noise on every count; none where it is absent.
    pub noise: Option<Noise>,
    /// Installs that a row with noise needs as stored, besides `min_installs` as shown; `min_installs` where it is absent.
    /// Set where somebody else may raise `min_installs`: with both raised, the number at which a row goes would be the
    /// exact one.
    pub min_stored_installs: Option<u64>,
}

impl Query {
    /// All runs, rows of at least 10 installs, the first 20 of each list, no noise.
    #[must_use]
    pub fn new(name: ReportName) -> Self {
        Self {
            name,
            filters: Filters::default(),
            compare: None,
            min_installs: DEFAULT_MIN_INSTALLS,
            top: DEFAULT_TOP,
            noise: None,
            min_stored_installs: None,
        }
    }

    /// Only these runs.
    #[must_use]
    pub fn filters(mut self, filters: Filters) -> Self {
        self.filters = filters;
        self
    }

    /// Compares two versions, the earlier one first.
    #[must_use]
    pub fn compare(mut self, old: impl Into<String>, new: impl Into<String>) -> Self {
        self.compare = Some((old.into(), new.into()));
        self
    }

    /// Installs that a row needs to be shown; 1 shows all, and so does 0.
    #[must_use]
    pub fn min_installs(mut self, installs: u64) -> Self {
        self.min_installs = installs;
        self
    }

    /// The most rows of each list; `usize::MAX` for all.
    #[must_use]
    pub fn top(mut self, rows: usize) -> Self {
        self.top = rows;
        self
    }

    /// Puts noise on every count. The same question over the same events has the same noise.
    #[must_use]
    pub fn noise(mut self, noise: Noise) -> Self {
        self.noise = Some(noise);
        self
    }
}
