//! Sums into sections: one file a kind of report.

mod compare;
mod durations;
mod guard;
mod impact;
mod lists;
mod overview;
mod retention;
mod versions;

use telemetry_schema::{Loss, LossReason};

use super::cell::{numbers, words};
use super::noisy::Noisy;
use super::{Cell, Column, Layout, Noise, Query, RUNS_OF_ONE, Report, ReportName, Section};
use crate::store::{Group, Period, Programs, Question, Reader, StoreError, Subject};

/// Answers a query from what a store has counted.
///
/// # Errors
///
/// [`StoreError`] where the store cannot be read.
pub fn answer(reader: &mut dyn Reader, query: &Query) -> Result<Report, StoreError> {
    match query.noise {
        None => build(reader, query),
        // What is built sees no exact number.
        Some(noise) => build(&mut Noisy::new(reader, noise, query)?, query),
    }
}

fn build(reader: &mut dyn Reader, query: &Query) -> Result<Report, StoreError> {
    let mut asker = Asker { reader, query };
    let mut sections = vec![overview::totals(&mut asker)?];
    match query.name {
        ReportName::Overview => {
            sections.push(overview::weeks(&mut asker)?);
            sections.extend(lists::overview(&mut asker)?);
        }
        ReportName::Impact => sections.extend(impact::sections(&mut asker)?),
        ReportName::Commands => sections.push(lists::commands(&mut asker)?),
        ReportName::Errors => sections.push(lists::errors(&mut asker)?),
        ReportName::Misspellings => sections.push(lists::misspellings(&mut asker)?),
        ReportName::Flags => sections.extend(lists::flags(&mut asker)?),
        ReportName::Durations => sections.extend(durations::sections(&mut asker)?),
        ReportName::Versions => sections.extend(versions::sections(&mut asker)?),
        ReportName::Systems => {
            sections.extend(lists::systems(&mut asker)?);
            sections.extend(lists::around(&mut asker)?);
        }
        ReportName::InstallSources => sections.push(lists::install_sources(&mut asker)?),
        ReportName::AuthMethods => sections.push(lists::auth_methods(&mut asker)?),
        ReportName::CiAndAgents => sections.extend(lists::ci_and_agents(&mut asker)?),
        ReportName::Retention => sections.push(retention::section(&mut asker)?),
    }
    if let Some((old, new)) = &query.compare {
        sections.push(compare::section(&mut asker, old, new)?);
    }
    let losses = asker.reader.losses()?;
    let notes = notes(query, &sections[0], &losses);
    sections.push(losses_section(&losses));
    Ok(Report { query: query.clone(), sections, notes })
}

/// A store, and what it is asked about.
struct Asker<'a> {
    reader: &'a mut dyn Reader,
    query: &'a Query,
}

impl Asker<'_> {
    fn groups(&mut self, subject: Subject, programs: Programs) -> Result<Vec<Group>, StoreError> {
        let filters = &self.query.filters;
        self.reader.groups(&Question { subject, filters, programs, period: Period::Whole })
    }

    fn weeks(&mut self, subject: Subject, programs: Programs) -> Result<Vec<Group>, StoreError> {
        let filters = &self.query.filters;
        self.reader.groups(&Question { subject, filters, programs, period: Period::Week })
    }

    /// Of one version alone.
    fn version(&mut self, subject: Subject, version: &str) -> Result<Vec<Group>, StoreError> {
        let filters = super::Filters { version: Some(version.to_owned()), ..self.query.filters.clone() };
        let question =
            Question { subject, filters: &filters, programs: Programs::Apart, period: Period::Whole };
        self.reader.groups(&question)
    }
}

fn notes(query: &Query, totals: &Section, losses: &[Loss]) -> Vec<String> {
    let mut notes = Vec::new();
    let filters = query.filters.describe();
    if !filters.is_empty() {
        notes.push(format!("Only runs: {}.", filters.join(", ")));
    }
    if query.filters.by_weeks() {
        notes.push(
            "More than one of version, system and source is asked for: days are counted by whole weeks."
                .to_owned(),
        );
    }
    if query.min_installs > 1 {
        notes.push(format!(
            "Rows of fewer than {} installs are not shown, nor what they could be worked out from.",
            query.min_installs
        ));
        if totals.rows.iter().flatten().any(|cell| *cell == Cell::Few) {
            notes.push(format!("(few): fewer than {} installs.", query.min_installs));
        }
    }
    notes.extend(query.noise.map(noise_note));
    let lost: u64 = losses.iter().map(|loss| loss.count).sum();
    notes.push(if lost == 0 {
        "No sender has reported a lost event.".to_owned()
    } else {
        format!("Senders have reported {} lost events, of all programs and times.", Cell::Count(lost))
    });
    notes
}

fn noise_note(noise: Noise) -> String {
    let (installs, runs) = (noise.of_installs(), noise.of_runs());
    format!(
        "Every count has noise (epsilon {noise}): of installs within {} of what is stored in 95 of 100 cells, of runs and \
         errors within {} (made for {RUNS_OF_ONE} runs of one install). All else is worked out from these; each row and each \
         total has noise of its own, so they do not add up.",
        installs.within_95(),
        runs.within_95()
    )
}

fn losses_section(losses: &[Loss]) -> Section {
    let rows = losses.iter().map(|Loss { reason, count }| vec![loss(*reason), Cell::Count(*count)]);
    Section {
        key: "losses",
        title: "Lost events".to_owned(),
        layout: Layout::List,
        columns: vec![words("reason", "Reason"), numbers("count", "Events")],
        rows: rows.collect(),
        chart: None,
        notes: Vec::new(),
    }
}

/// The key on the wire, and words.
fn loss(reason: LossReason) -> Cell {
    match reason {
        LossReason::Evicted => Cell::Named("evicted", "spool full"),
        LossReason::Expired => Cell::Named("expired", "too old"),
        LossReason::Torn => Cell::Named("torn", "damaged"),
        LossReason::Refused => Cell::Named("refused", "refused by the collector"),
        LossReason::RateLimited => Cell::Named("rate_limited", "rate limited"),
        LossReason::TooLarge => Cell::Named("too_large", "too large"),
        LossReason::Unwritable => Cell::Named("unwritable", "not writable"),
    }
}

const NO_POLICY: &str = "(no policy)";
const UNKNOWN: &str = "(unknown)";
const PROGRAM_ALONE: &str = "(none)";

const PROGRAM: Column = words("program", "Program");
const COMMAND: Column = words("command", "Command");
const RUNS: Column = numbers("runs", "Runs");
const TIMES: Column = numbers("times", "Times");
const INSTALLS: Column = numbers("installs", "Installs");

fn program(group: &Group) -> Cell {
    Cell::or_absent(group.program.as_deref(), NO_POLICY)
}

fn command(group: &Group) -> Cell {
    Cell::or_absent(group.word(0), PROGRAM_ALONE)
}

fn microseconds(us: u64) -> Cell {
    #[expect(clippy::cast_precision_loss, reason = "exact up to 285 years")]
    let us = us as f64;
    Cell::Milliseconds(us / 1000.0)
}

/// A bound of a band: `5 ms`, `10 s`.
fn whole_milliseconds(ms: u64) -> String {
    match ms {
        ms if ms < 1_000 => format!("{ms} ms"),
        ms => format!("{} s", ms / 1_000),
    }
}
