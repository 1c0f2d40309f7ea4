//! What a store is asked, and what it answers: sums by key.

use telemetry_schema::Loss;

use super::{Durations, StoreError};
use crate::report::{Filters, NoiseKey};

/// What runs are counted by. Each says which words its groups have as their key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// Nothing: the sum. No words.
    All,
    /// The command: its words, without the program's name.
    Command,
    /// The error of a run that had one: command, class, message. Wordings with one fingerprint are one error, and the
    /// first message in order of the alphabet stands for them.
    Error,
    /// A misspelling: command, place, what was typed, what was meant.
    Misspelling,
    /// A flag: command, name.
    Flag,
    /// A value of a flag: command, name, value; no value where it was dropped.
    FlagValue,
    /// A deprecated name: command, place, name.
    Deprecated,
    /// The version of the program, where it is known.
    Version,
    /// The operating system: its key and version, where that is known.
    System,
    /// The key of the processor's architecture.
    Arch,
    /// The key of the C library; no runs of programs that say none.
    Libc,
    /// The key of what runs the container; no runs outside of one.
    Container,
    /// The key of the Windows Subsystem for Linux; no runs outside of one.
    Wsl,
    /// The key of the install source, where it is known.
    InstallSource,
    /// The key of the authentication method, where there is one.
    AuthMethod,
    /// The key of the CI vendor; no runs outside of CI.
    CiVendor,
    /// The key of the coding agent; no runs without one.
    Agent,
    /// How long it took, roughly: the upper bound of one of [`BANDS_MS`] in milliseconds; no word above the last.
    Band,
}

/// Upper bounds of bands of durations, in milliseconds: three an order of magnitude, about as wide as the differences
/// that people feel.
pub const BANDS_MS: [u64; 14] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 60_000];

/// Whether to tell times apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Period {
    /// All in one.
    #[default]
    Whole,
    /// By weeks, which start on Monday.
    Week,
}

/// Whether to tell programs apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Programs {
    /// Each by itself.
    #[default]
    Apart,
    /// All in one.
    Together,
}

/// Sums to be made.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// By what.
    pub subject: Subject,
    /// Over which runs.
    pub filters: &'a Filters,
    /// Of which programs.
    pub programs: Programs,
    /// By which times.
    pub period: Period,
}

/// The sums of one key.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The program; absent for programs without a policy, and where all are counted together.
    pub program: Option<String>,
    /// The words that [`Subject`] names; absent where they were not known.
    pub key: Vec<Option<String>>,
    /// The week's Monday in days since 1970, where weeks were asked for.
    pub week: Option<i64>,
    /// The sums.
    pub tally: Tally,
}

impl Group {
    /// A word of the key; nothing where it was not known.
    #[must_use]
    pub fn word(&self, index: usize) -> Option<&str> {
        self.key.get(index).and_then(Option::as_deref)
    }
}

/// Sums over runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Tally {
    /// Runs.
    pub runs: u64,
    /// Those that ended in an error or a panic.
    pub errors: u64,
    /// Those in CI.
    pub ci_runs: u64,
    /// How long those that ended in an error or a panic took, together, in microseconds.
    pub failed_us: u64,
    /// Installs that ran it. CI runs, which share one identifier, and runs without an identifier count for none.
    pub installs: u64,
    /// Installs for which it ended in an error or a panic.
    pub failed_installs: u64,
    /// How long the runs took; only by [`Subject::All`], [`Subject::Command`] and [`Subject::Version`].
    pub durations: Durations,
}

/// The installs that were first seen in one week, and how many of them were seen again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohort {
    /// Its Monday in days since 1970.
    pub week: i64,
    /// Installs first seen in it.
    pub installs: u64,
    /// How many of them were seen one week later, two weeks later, and so on, as far as weeks are known.
    pub returned: Vec<u64>,
}

/// Answers, all as of one moment.
pub trait Reader {
    /// The sums by key, in no order. Groups without runs are not among them.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read.
    fn groups(&mut self, question: &Question) -> Result<Vec<Group>, StoreError>;

    /// The first and the last day with a run, in days since 1970.
    ///
    /// # Errors
    ///
    /// As [`Reader::groups`].
    fn days(&mut self, filters: &Filters) -> Result<Option<(i64, i64)>, StoreError>;

    /// Installs by the week in which they were first seen, in order.
    ///
    /// # Errors
    ///
    /// As [`Reader::groups`].
    fn cohorts(&mut self, filters: &Filters) -> Result<Vec<Cohort>, StoreError>;

    /// What senders lost, of all programs: a lost event has no program.
    ///
    /// # Errors
    ///
    /// As [`Reader::groups`].
    fn losses(&mut self) -> Result<Vec<Loss>, StoreError>;

    /// What noise on answers is drawn with: of this store alone, and always the same.
    ///
    /// # Errors
    ///
    /// As [`Reader::groups`].
    fn noise_key(&mut self) -> Result<NoiseKey, StoreError>;
}
