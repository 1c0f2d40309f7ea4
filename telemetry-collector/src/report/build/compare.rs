//! Two versions beside each other, with what chance alone could have done.

use std::collections::BTreeMap;

use super::guard::{errors, is_shown};
use super::{Asker, COMMAND, PROGRAM, PROGRAM_ALONE, durations::median};
use crate::report::cell::{estimates, words};
use crate::report::{Cell, Interval, Layout, Query, Section, rate_interval, share};
use crate::store::{Group, StoreError, Subject, Tally};

pub(super) fn section(asker: &mut Asker, old: &str, new: &str) -> Result<Section, StoreError> {
    let query = asker.query;
    let mut pairs: BTreeMap<(Option<String>, Option<String>), [Tally; 2]> = BTreeMap::new();
    for (side, version) in [old, new].into_iter().enumerate() {
        let all = asker.version(Subject::All, version)?;
        let commands = asker.version(Subject::Command, version)?;
        for Group { program, key, tally, .. } in all.into_iter().chain(commands) {
            // The sum has no words, and stands first.
            let name = key.into_iter().next().flatten();
            pairs.entry((program, name)).or_default()[side] = tally;
        }
    }
    let known = pairs.len();
    let mut pairs: Vec<_> = pairs
        .into_iter()
        .filter(|(_, pair)| pair.iter().all(|tally| tally.runs > 0 && is_shown(tally, query)))
        .collect();
    let left_out = known - pairs.len();
    let is_sum = |name: &Option<String>| name.is_none();
    pairs.sort_by_key(|((program, name), [_, new])| (program.clone(), !is_sum(name), u64::MAX - new.runs));
    let mut rows = Vec::new();
    for ((program, name), [old, new]) in pairs.iter().take(query.top) {
        let about = match name.as_deref() {
            None => Cell::text("all commands"),
            Some(name) => Cell::or_absent(Some(name), PROGRAM_ALONE),
        };
        let rates = [old, new].map(|tally| error_rate(tally, query));
        let medians = [old, new].map(|tally| median(&tally.durations, query.noise));
        for (measure, [old, new]) in [("error rate", rates), ("median", medians)] {
            let verdict = verdict(&old, &new);
            rows.push(vec![
                Cell::or_absent(program.as_deref(), super::NO_POLICY),
                about.clone(),
                Cell::text(measure),
                old,
                new,
                Cell::text(verdict),
            ]);
        }
    }
    let mut notes = vec![
        "Intervals are of 95 per cent: Wilson's for rates, by ranks for medians. A difference is called one only where \
         the intervals are apart. Runs of one install are alike, so that intervals are rather too narrow."
            .to_owned(),
    ];
    if left_out > 0 {
        notes.push(format!("Of both versions there must be enough installs: {left_out} rows are not shown."));
    }
    Ok(Section {
        key: "comparison",
        title: format!("{new} against {old}"),
        layout: Layout::List,
        columns: vec![
            PROGRAM,
            COMMAND,
            words("measure", "Measure"),
            estimates("old", "Before"),
            estimates("new", "After"),
            words("verdict", "Difference"),
        ],
        rows,
        chart: None,
        notes,
    })
}

/// The error rate of one tally with its interval, where it may be shown.
pub(super) fn error_rate(tally: &Tally, query: &Query) -> Cell {
    let Some(errors) = errors(tally, query) else { return Cell::Few };
    let Interval { low, high } = rate_interval(errors, tally.runs, query.noise);
    let cells = [share(errors, tally.runs), low, high].map(Cell::Share);
    Cell::Estimate(Box::new(cells))
}

fn interval(cell: &Cell) -> Option<Interval> {
    let Cell::Estimate(cells) = cell else { return None };
    Some(Interval { low: cells[1].number()?, high: cells[2].number()? })
}

/// Whether two estimates differ by more than chance.
pub(super) fn verdict(old: &Cell, new: &Cell) -> &'static str {
    match (interval(old), interval(new)) {
        (Some(old), Some(new)) if old.is_below(&new) => "higher",
        (Some(old), Some(new)) if new.is_below(&old) => "lower",
        (Some(_), Some(_)) => "no clear difference",
        _ => "too few to tell",
    }
}
