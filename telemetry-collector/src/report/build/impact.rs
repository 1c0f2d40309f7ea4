//! What to fix first: commands and errors by whom they hit, how often, and how much time they take.

use std::collections::BTreeMap;

use super::guard::{Row, by_command, by_program, guard, is_shown};
use super::{
    Asker, COMMAND, INSTALLS, PROGRAM, TIMES, command, lists::word, microseconds, program, versions,
};
use crate::report::cell::{numbers, words};
use crate::report::{Cell, Chart, ChartKind, Interval, Query, Section, rate_interval, share};
use crate::store::{Group, Programs, StoreError, Subject, Tally};

/// What a clear change since the last version does to the score.
const ROSE: f64 = 1.5;
const FELL: f64 = 0.5;

type Name = (Option<String>, Vec<Option<String>>);

fn name(group: &Group) -> Name {
    (group.program.clone(), group.key.clone())
}

/// All that a rank is made of besides the row itself.
struct Whole {
    installs: u64,
    errors: u64,
    failed_us: u64,
    /// The latest version of each program, and the one before.
    latest: BTreeMap<Option<String>, [String; 2]>,
}

pub(super) fn sections(asker: &mut Asker) -> Result<Vec<Section>, StoreError> {
    let query = asker.query;
    let total =
        asker.groups(Subject::All, Programs::Together)?.pop().map(|group| group.tally).unwrap_or_default();
    let latest = latest(asker)?;
    let Tally { installs, errors, failed_us, .. } = total;
    let whole = Whole { installs, errors, failed_us, latest };

    // Of a command only what failed: that is what its rank is made of.
    let failed = |mut group: Group| {
        let tally = &mut group.tally;
        tally.runs = tally.errors;
        tally.ci_runs = if tally.installs == 0 { tally.ci_runs } else { 0 };
        tally.installs = tally.failed_installs;
        (tally.errors > 0).then_some(group)
    };
    let commands = asker.groups(Subject::Command, Programs::Apart)?.into_iter().filter_map(failed);
    let commands = guard(commands.collect(), query, by_program);
    let errors = guard(asker.groups(Subject::Error, Programs::Apart)?, query, by_command);
    let rates = Rates::read(asker, &whole)?;

    let chart = |label| Some(Chart { kind: ChartKind::Bars, label, value: label + 1 });
    let rest = [
        TIMES,
        INSTALLS,
        numbers("lost_ms", "Time lost"),
        words("change", "Since last version"),
        words("reason", "Why"),
    ];
    let mut sections = Vec::new();
    for (key, title, subject, mut guarded) in [
        ("errors", "Errors to fix first", Subject::Error, errors),
        ("commands", "Commands to fix first", Subject::Command, commands),
    ] {
        let mut ranked: Vec<_> =
            guarded.rows.drain(..).map(|row| Ranked::new(row, &whole, &rates, subject, query)).collect();
        ranked.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then_with(|| name(&a.row.group).cmp(&name(&b.row.group)))
        });
        let mut columns = vec![numbers("rank", "Rank"), PROGRAM, COMMAND];
        if subject == Subject::Error {
            columns.extend([words("code", "Code"), words("message", "Message")]);
        }
        let chart = chart(columns.len() - 1);
        columns.extend(rest);
        let mut places = BTreeMap::new();
        for (place, ranked) in (1_u64..).zip(&ranked) {
            places.insert(name(&ranked.row.group), (place, ranked.change.clone(), ranked.reason.clone()));
        }
        guarded.rows = ranked.into_iter().map(|ranked| ranked.row).collect();
        sections.push(guarded.section(query, (key, title), columns, chart, |row| {
            let (place, change, reason) = places[&name(&row.group)].clone();
            let mut cells = vec![Cell::Count(place), program(&row.group), command(&row.group)];
            if subject == Subject::Error {
                cells.extend([word(&row.group, 1), word(&row.group, 2)]);
            }
            let tally = &row.group.tally;
            cells.extend([
                Cell::Count(tally.runs),
                Cell::Count(tally.installs),
                microseconds(tally.failed_us),
                Cell::text(change),
                Cell::text(reason),
            ]);
            cells
        }));
    }
    Ok(sections)
}

/// The latest two versions of each program that enough installs use, the earlier one first.
fn latest(asker: &mut Asker) -> Result<BTreeMap<Option<String>, [String; 2]>, StoreError> {
    let mut rows = guard(asker.groups(Subject::Version, Programs::Apart)?, asker.query, by_program).rows;
    versions::newest_first(&mut rows);
    let mut latest: BTreeMap<Option<String>, Vec<String>> = BTreeMap::new();
    for Row { group, .. } in rows {
        if let Some(version) = group.word(0) {
            latest.entry(group.program.clone()).or_default().push(version.to_owned());
        }
    }
    let pairs = latest.into_iter().filter_map(|(program, versions)| match versions.as_slice() {
        [new, old, ..] => Some((program, [old.clone(), new.clone()])),
        _ => None,
    });
    Ok(pairs.collect())
}

/// What failed in the last two versions, and how often the command was run in each.
#[derive(Default)]
struct Rates {
    commands: BTreeMap<Name, [Tally; 2]>,
    errors: BTreeMap<Name, [Tally; 2]>,
}

impl Rates {
    fn read(asker: &mut Asker, whole: &Whole) -> Result<Self, StoreError> {
        let mut rates = Self::default();
        for (program, pair) in &whole.latest {
            for (side, version) in pair.iter().enumerate() {
                for group in asker.version(Subject::Command, version)? {
                    if group.program == *program {
                        let name = name(&group);
                        rates.commands.entry(name).or_default()[side] = group.tally;
                    }
                }
                for group in asker.version(Subject::Error, version)? {
                    if group.program == *program {
                        let name = name(&group);
                        rates.errors.entry(name).or_default()[side] = group.tally;
                    }
                }
            }
        }
        Ok(rates)
    }

    /// The rates in the last version but one and in the last, where both are of enough installs.
    fn of(&self, group: &Group, subject: Subject, query: &Query) -> Option<[(f64, Interval); 2]> {
        let command = (group.program.clone(), group.key.iter().take(1).cloned().collect());
        let runs = self.commands.get(&command)?;
        let nothing = [Tally::default(), Tally::default()];
        let failed =
            if subject == Subject::Error { self.errors.get(&name(group)).unwrap_or(&nothing) } else { runs };
        let rate = |side: usize| {
            let (runs, failed) = (&runs[side], &failed[side]);
            let (times, of) = match subject {
                Subject::Error => (failed.runs, is_shown(failed, query)),
                _ => (failed.errors, super::guard::errors(failed, query).is_some()),
            };
            (runs.runs > 0 && is_shown(runs, query) && of)
                .then(|| (share(times, runs.runs), rate_interval(times, runs.runs, query.noise)))
        };
        Some([rate(0)?, rate(1)?])
    }
}

struct Ranked {
    row: Row,
    score: f64,
    change: String,
    reason: String,
}

impl Ranked {
    /// The mean of three shares — of the installs, of all failures, of all lost time — and half as much again where
    /// the last version made it clearly worse, or half where it made it clearly better.
    fn new(row: Row, whole: &Whole, rates: &Rates, subject: Subject, query: &Query) -> Self {
        let tally = &row.group.tally;
        let hit = share(tally.installs, whole.installs);
        let times = share(tally.runs, whole.errors);
        let time = share(tally.failed_us, whole.failed_us);
        let mean = (hit + times + time) / 3.0;
        let versions = whole.latest.get(&row.group.program);
        let rates = rates.of(&row.group, subject, query);
        let percent = |share: f64| Cell::Share(share).to_string();
        let (factor, change, sentence) = match (versions, rates) {
            (Some([old, new]), Some([(before, before_in), (now, now_in)])) => {
                let rate = format!("from {} of runs in {old} to {} in {new}", percent(before), percent(now));
                if before_in.is_below(&now_in) {
                    (ROSE, "worse", format!("it rose {rate}, more than chance would"))
                } else if now_in.is_below(&before_in) {
                    (FELL, "better", format!("it fell {rate}, more than chance would"))
                } else {
                    (1.0, "no clear change", format!("no clear change {rate}"))
                }
            }
            (Some([old, new]), None) => (1.0, "-", format!("too few installs to compare {old} with {new}")),
            (None, _) => (1.0, "-", "there is no earlier version to compare with".to_owned()),
        };
        let reason = format!(
            "Hits {} of {} installs ({}), is {} of all failures and {} of the time lost to them ({}); {sentence}.",
            Cell::Count(tally.installs),
            Cell::Count(whole.installs),
            percent(hit),
            percent(times),
            percent(time),
            microseconds(tally.failed_us),
        );
        Self { score: mean * factor, change: change.to_owned(), reason, row }
    }
}
