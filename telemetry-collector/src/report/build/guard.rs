//! Groups into rows: hides what is of too few installs, orders, and leaves out what is beyond the asked number.

use std::fmt::Write as _;

use crate::report::{Cell, Chart, Column, Layout, Query, Section, Shown, Weight, share, suppress};
use crate::store::{Group, Tally};

/// A group that may be shown.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) group: Group,
    /// Its errors; absent where they are of too few installs.
    pub(super) errors: Option<u64>,
}

impl Row {
    pub(super) fn error_rate(&self) -> Cell {
        self.errors.map_or(Cell::Few, |errors| Cell::Share(share(errors, self.group.tally.runs)))
    }
}

/// What was left over.
#[derive(Debug, Default)]
pub(super) struct Guarded {
    pub(super) rows: Vec<Row>,
    pub(super) too_few: usize,
    pub(super) cover: usize,
}

impl Guarded {
    /// What is not there, in sentences.
    pub(super) fn notes(&self, query: &Query) -> Vec<String> {
        let mut notes = Vec::new();
        let rows = |count: usize| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") };
        if self.too_few > 0 {
            let is = if self.too_few == 1 { "is" } else { "are" };
            let mut note = format!(
                "{} with fewer than {} installs {is} not shown",
                rows(self.too_few),
                query.min_installs
            );
            if self.cover > 0 {
                let _ = write!(note, ", and {} from which they could be worked out", rows(self.cover));
            }
            note.push('.');
            notes.push(note);
        }
        let beyond = self.rows.len().saturating_sub(query.top);
        if beyond > 0 {
            notes.push(format!("{} more not listed.", rows(beyond)));
        }
        notes
    }

    pub(super) fn section(
        self,
        query: &Query,
        (key, title): (&'static str, &str),
        columns: impl Into<Vec<Column>>,
        chart: Option<Chart>,
        cells: impl Fn(&Row) -> Vec<Cell>,
    ) -> Section {
        let notes = self.notes(query);
        let rows = self.rows.iter().take(query.top).map(cells).collect();
        let title = title.to_owned();
        Section { key, title, layout: Layout::List, columns: columns.into(), rows, chart, notes }
    }
}

fn weight(tally: &Tally) -> Weight {
    Weight { size: tally.runs, installs: tally.installs, ci_runs: tally.ci_runs, hidden: false }
}

fn error_weight(tally: &Tally, hidden: bool) -> Weight {
    // Of a row that is CI's alone the errors are nobody's either.
    let ci_runs = if tally.installs == 0 { tally.ci_runs } else { 0 };
    Weight { size: tally.errors, installs: tally.failed_installs, ci_runs, hidden }
}

/// The errors of one tally by itself, where they may be shown.
pub(super) fn errors(tally: &Tally, query: &Query) -> Option<u64> {
    let shown = suppress(&[error_weight(tally, false)], query.min_installs);
    (shown == [Shown::Yes]).then_some(tally.errors)
}

/// Whether a tally by itself may be shown.
pub(super) fn is_shown(tally: &Tally, query: &Query) -> bool {
    suppress(&[weight(tally)], query.min_installs) == [Shown::Yes]
}

/// Guards groups that add up to totals part by part, and orders them: most runs first, then by name.
pub(super) fn guard<K: Ord>(groups: Vec<Group>, query: &Query, part: impl Fn(&Group) -> K) -> Guarded {
    let name = |group: &Group| (group.program.clone(), group.key.clone(), group.week);
    let mut groups = groups;
    // By name, too: a store has them in no order, and of two that would do as cover it is always the same one that goes.
    groups.sort_by(|a, b| part(a).cmp(&part(b)).then_with(|| name(a).cmp(&name(b))));
    let mut guarded = Guarded::default();
    let mut groups = groups.into_iter().peekable();
    while let Some(first) = groups.next() {
        let mut list = vec![first];
        while let Some(next) = groups.next_if(|next| part(next) == part(&list[0])) {
            list.push(next);
        }
        guard_part(list, query, &mut guarded);
    }
    guarded.rows.sort_by(|Row { group: a, .. }, Row { group: b, .. }| {
        b.tally.runs.cmp(&a.tally.runs).then_with(|| name(a).cmp(&name(b)))
    });
    guarded
}

fn guard_part(list: Vec<Group>, query: &Query, guarded: &mut Guarded) {
    let weights: Vec<_> = list.iter().map(|group| weight(&group.tally)).collect();
    let shown = suppress(&weights, query.min_installs);
    let errors =
        list.iter().zip(&shown).map(|(group, shown)| error_weight(&group.tally, *shown != Shown::Yes));
    let errors = suppress(&errors.collect::<Vec<_>>(), query.min_installs);
    for ((group, shown), errors) in list.into_iter().zip(shown).zip(errors) {
        match shown {
            Shown::TooFew => guarded.too_few += 1,
            Shown::Cover => guarded.cover += 1,
            Shown::Yes => {
                let errors = (errors == Shown::Yes).then_some(group.tally.errors);
                guarded.rows.push(Row { group, errors });
            }
        }
    }
}

/// All groups add up to one total, program by program.
pub(super) fn by_program(group: &Group) -> Option<String> {
    group.program.clone()
}

/// All groups of one command add up to its total.
pub(super) fn by_command(group: &Group) -> (Option<String>, Option<String>) {
    (group.program.clone(), group.key.first().cloned().flatten())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ReportName;

    #[test]
    fn which_of_two_alike_goes_as_cover_is_not_the_store_s_order() {
        let group = |name: &str, installs| Group {
            program: None,
            key: vec![Some(name.to_owned())],
            week: None,
            tally: Tally { runs: 2 * installs, installs, ..Tally::default() },
        };
        let mut query = Query::new(ReportName::Overview);
        query.min_installs = 3;
        let groups = [group("apple", 5), group("pear", 5), group("plum", 1)];
        for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0]] {
            let groups = order.map(|place: usize| groups[place].clone()).to_vec();
            let guarded = guard(groups, &query, by_program);
            let names: Vec<_> = guarded.rows.iter().map(|row| row.group.word(0)).collect();
            assert_eq!((names, guarded.cover), (vec![Some("pear")], 1), "{order:?}");
        }
    }
}
