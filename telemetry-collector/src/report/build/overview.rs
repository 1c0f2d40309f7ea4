//! The sum of everything, and its weeks.

use super::guard::{errors, guard, is_shown};
use super::{Asker, INSTALLS, RUNS};
use crate::report::cell::{numbers, words};
use crate::report::{Cell, Chart, ChartKind, Day, Layout, Section, share};
use crate::store::{Programs, StoreError, Subject};

/// One row: everything.
pub(super) fn totals(asker: &mut Asker) -> Result<Section, StoreError> {
    let query = asker.query;
    let tally =
        asker.groups(Subject::All, Programs::Together)?.pop().map(|group| group.tally).unwrap_or_default();
    let days = asker.reader.days(&query.filters)?;
    let moment =
        |day: Option<i64>| day.map_or(Cell::Absent("-"), |day| Cell::text(Day::new(day).to_string()));
    let errors = errors(&tally, query);
    let (counts, mut notes) = if is_shown(&tally, query) {
        let counts = [
            Cell::Count(tally.runs),
            Cell::Count(tally.installs),
            Cell::Count(tally.ci_runs),
            errors.map_or(Cell::Few, Cell::Count),
            errors.map_or(Cell::Few, |errors| Cell::Share(share(errors, tally.runs))),
        ];
        (counts, Vec::new())
    } else {
        let note = format!(
            "There are fewer than {} installs so far, so nothing is shown; with a least number of 1, all is.",
            query.min_installs
        );
        ([const { Cell::Few }; 5], vec![note])
    };
    let mut row = counts.to_vec();
    row.extend([moment(days.map(|days| days.0)), moment(days.map(|days| days.1))]);
    if tally.runs > 0 && tally.installs == 0 && tally.ci_runs < tally.runs {
        notes.push("Runs without an install identifier count for no install.".to_owned());
    }
    Ok(Section {
        key: "totals",
        title: "Totals".to_owned(),
        layout: Layout::Facts,
        columns: vec![
            numbers("events", "Runs"),
            numbers("installs", "Installs"),
            numbers("ci_runs", "Runs in CI"),
            numbers("errors", "Errors"),
            numbers("error_rate", "Error rate"),
            words("first_day", "First day"),
            words("last_day", "Last day"),
        ],
        rows: vec![row],
        chart: None,
        notes,
    })
}

/// A row a week.
pub(super) fn weeks(asker: &mut Asker) -> Result<Section, StoreError> {
    let query = asker.query;
    let mut guarded = guard(asker.weeks(Subject::All, Programs::Together)?, query, |_| ());
    guarded.rows.sort_by_key(|row| row.group.week);
    // Of weeks the last ones are asked for, and all that a year has are a screenful of a chart.
    let weeks = query.clone().top(query.top.max(54));
    let beyond = guarded.rows.len().saturating_sub(weeks.top);
    guarded.rows.drain(..beyond);
    let chart = Chart { kind: ChartKind::Series, label: 0, value: 1 };
    Ok(guarded.section(
        &weeks,
        ("weeks", "Weeks"),
        [words("week", "Week from"), RUNS, INSTALLS, numbers("error_rate", "Errors")],
        Some(chart),
        |row| {
            let week = row.group.week.map(|week| Day::new(week).to_string());
            let tally = &row.group.tally;
            vec![
                Cell::or_absent(week.as_deref(), "-"),
                Cell::Count(tally.runs),
                Cell::Count(tally.installs),
                row.error_rate(),
            ]
        },
    ))
}
