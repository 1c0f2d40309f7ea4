//! How long runs take: percentiles by command and by version, and the whole distribution.

use super::guard::{Row, by_program, guard, is_shown};
use super::{Asker, COMMAND, PROGRAM, RUNS, UNKNOWN, command, program};
use crate::report::cell::{estimates, numbers, words};
use crate::report::{Cell, Chart, ChartKind, Column, Layout, Section, Shown, Weight, median_ranks, suppress};
use crate::store::{Durations, Programs, StoreError, Subject};

/// Upper bounds of the bars, in milliseconds: three an order of magnitude, so that bars are about as wide as the
/// differences people feel.
const BOUNDS: [(f64, &str); 15] = [
    (1.0, "up to 1 ms"),
    (2.0, "1 to 2 ms"),
    (5.0, "2 to 5 ms"),
    (10.0, "5 to 10 ms"),
    (20.0, "10 to 20 ms"),
    (50.0, "20 to 50 ms"),
    (100.0, "50 to 100 ms"),
    (200.0, "100 to 200 ms"),
    (500.0, "200 to 500 ms"),
    (1_000.0, "0.5 to 1 s"),
    (2_000.0, "1 to 2 s"),
    (5_000.0, "2 to 5 s"),
    (10_000.0, "5 to 10 s"),
    (60_000.0, "10 to 60 s"),
    (f64::INFINITY, "over a minute"),
];

pub(super) fn sections(asker: &mut Asker) -> Result<Vec<Section>, StoreError> {
    let query = asker.query;
    let mut sections = vec![distribution(asker)?];
    let commands = guard(asker.groups(Subject::Command, Programs::Apart)?, query, by_program);
    let columns = [&[PROGRAM, COMMAND, RUNS][..], &PERCENTILES].concat();
    let title = ("durations", "By command");
    sections.push(commands.section(query, title, columns, None, |row| cells(row, command(&row.group))));
    let mut versions = guard(asker.groups(Subject::Version, Programs::Apart)?, query, by_program);
    super::versions::newest_first(&mut versions.rows);
    let columns = [&[PROGRAM, words("version", "Version"), RUNS][..], &PERCENTILES].concat();
    let title = ("versions", "By version");
    sections.push(versions.section(query, title, columns, None, |row| {
        cells(row, Cell::or_absent(row.group.word(0), UNKNOWN))
    }));
    Ok(sections)
}

const PERCENTILES: [Column; 4] = [
    estimates("p50_ms", "Median (95 % interval)"),
    numbers("p90_ms", "90th"),
    numbers("p95_ms", "95th"),
    numbers("p99_ms", "99th"),
];

fn cells(row: &Row, name: Cell) -> Vec<Cell> {
    let durations = &row.group.tally.durations;
    let percentile = |percent| Cell::ms(durations.percentile_ms(percent));
    vec![
        program(&row.group),
        name,
        Cell::Count(row.group.tally.runs),
        median(durations),
        percentile(90),
        percentile(95),
        percentile(99),
    ]
}

/// The median, with its interval where there are runs enough for one.
pub(super) fn median(durations: &Durations) -> Cell {
    let value = Cell::ms(durations.percentile_ms(50));
    match median_ranks(durations.count()) {
        None => value,
        Some((low, high)) => {
            let [low, high] = [low, high].map(|rank| Cell::ms(durations.at_rank_ms(rank)));
            Cell::Estimate(Box::new([value, low, high]))
        }
    }
}

/// Runs by how long they took. How many installs a bar is of is not known: it is guarded as if each run was one.
fn distribution(asker: &mut Asker) -> Result<Section, StoreError> {
    let query = asker.query;
    let tally = asker.groups(Subject::All, Programs::Together)?.pop().map(|group| group.tally).unwrap_or_default();
    let mut counts = [0_u64; BOUNDS.len()];
    if is_shown(&tally, query) {
        for (ms, runs) in tally.durations.iter_ms() {
            if let Some(bar) = BOUNDS.iter().position(|(bound, _)| ms <= *bound) {
                counts[bar] += runs;
            }
        }
    }
    let ends = |mut bars: std::slice::Iter<u64>| bars.position(|count| *count > 0);
    let first = ends(counts.iter()).unwrap_or(counts.len());
    let last = counts.iter().rposition(|count| *count > 0).map_or(first, |last| last + 1);
    let weights: Vec<_> = counts[first..last]
        .iter()
        .map(|runs| Weight { size: *runs, installs: *runs / 10, ci_runs: 0, hidden: false })
        .collect();
    let shown = suppress(&weights, query.min_installs);
    let rows = (first..last).zip(&shown).map(|(bar, shown)| {
        let runs = if *shown == Shown::Yes { Cell::Count(counts[bar]) } else { Cell::Few };
        vec![Cell::text(BOUNDS[bar].1), runs]
    });
    Ok(Section {
        key: "distribution",
        title: "How long runs take".to_owned(),
        layout: Layout::List,
        columns: vec![words("duration", "Duration"), RUNS],
        rows: rows.collect(),
        chart: Some(Chart { kind: ChartKind::Distribution, label: 0, value: 1 }),
        notes: Vec::new(),
    })
}
