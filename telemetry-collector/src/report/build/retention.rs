//! How many installs come back, week after week.

use super::Asker;
use crate::report::cell::{numbers, words};
use crate::report::{Cell, Day, Layout, Section, Shown, Weight, share, suppress};
use crate::store::StoreError;

pub(super) fn section(asker: &mut Asker) -> Result<Section, StoreError> {
    let query = asker.query;
    let cohorts = asker.reader.cohorts(&query.filters)?;
    let weight = |installs| Weight { size: installs, installs, ci_runs: 0, hidden: false };
    let weights: Vec<_> = cohorts.iter().map(|cohort| weight(cohort.installs)).collect();
    let shown = suppress(&weights, query.min_installs);
    let hidden = shown.iter().filter(|shown| **shown != Shown::Yes).count();
    let mut rows: Vec<_> = cohorts
        .iter()
        .zip(&shown)
        .filter(|(cohort, shown)| **shown == Shown::Yes && cohort.installs > 0)
        .map(|(cohort, _)| {
            let mut row = vec![Cell::text(Day::new(cohort.week).to_string()), Cell::Count(cohort.installs)];
            row.extend((0..4).map(|later| match cohort.returned.get(later) {
                None => Cell::Absent("-"),
                Some(back) if suppress(&[weight(*back)], query.min_installs) != [Shown::Yes] => Cell::Few,
                Some(back) => Cell::Share(share(*back, cohort.installs)),
            }));
            row
        })
        .collect();
    // The last ones, of a year.
    rows.drain(..rows.len().saturating_sub(query.top.max(54)));
    let mut notes = vec![
        "An install identifier is made anew every 30 days: who comes back later is a new install here."
            .to_owned(),
    ];
    if hidden > 0 {
        notes.push(format!(
            "Weeks with fewer than {} new installs are not shown: {hidden}.",
            query.min_installs
        ));
    }
    Ok(Section {
        key: "retention",
        title: "Installs by the week in which they were first seen".to_owned(),
        layout: Layout::List,
        columns: vec![
            words("week", "Week from"),
            numbers("installs", "Installs"),
            numbers("after_1_week", "Back after 1 week"),
            numbers("after_2_weeks", "2 weeks"),
            numbers("after_3_weeks", "3 weeks"),
            numbers("after_4_weeks", "4 weeks"),
        ],
        rows,
        chart: None,
        notes,
    })
}
