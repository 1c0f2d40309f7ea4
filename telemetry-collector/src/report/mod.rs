//! What the stored events say, in rows that anybody can print.
//!
//! A [`Query`] names a report and its filters; [`answer`] asks a store for sums, hides what is of too few installs, and
//! gives sections of typed cells. Table, JSON, CSV and page are made of these alone, so none of them shows more.

mod build;
mod cell;
mod day;
mod interval;
mod name;
mod noise;
mod noisy;
mod query;
mod render;
mod suppress;

pub use build::answer;
pub use cell::{Align, Cell, Chart, ChartKind, Column, Layout, Section};
pub use day::{Day, DayError, monday};
pub(crate) use interval::rate_interval;
pub use interval::{Interval, median_ranks, wilson};
pub use name::{NoSuchReport, ReportName};
pub use noise::{Noise, NoiseError, NoiseKey, RUNS_OF_ONE, Spread};
pub use query::{Ci, Filters, Query, RangeError};
pub use suppress::{Shown, Weight, suppress};

/// The answer to a query.
///
/// A run is one event. An install is one install identifier, which is made anew every 30 days; CI runs, which share
/// one, and runs without one count for none. An error is a run that reported one or panicked; a run that a signal
/// ended is none.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// What was asked.
    pub query: Query,
    /// Tables, in order. Those without rows are among them.
    pub sections: Vec<Section>,
    /// Sentences about the whole: what is hidden, how complete it is.
    pub notes: Vec<String>,
}

impl Report {
    /// The section with this key.
    #[must_use]
    pub fn section(&self, key: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.key == key)
    }
}

/// `part` of `whole`, from 0 to 1, also where noise has made a part greater than its whole; 0 of nothing.
pub(crate) fn share(part: u64, whole: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a share of more than 2^53 events is still a share")]
    let share = part as f64 / whole.max(1) as f64;
    share.min(1.0)
}
