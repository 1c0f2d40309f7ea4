//! How long runs take: percentiles by command and by version, and the whole distribution.

use super::guard::{Row, by_program, guard};
use super::{Asker, COMMAND, INSTALLS, PROGRAM, RUNS, UNKNOWN, command, program};
use crate::report::cell::{estimates, numbers, words};
use crate::report::{Cell, Chart, ChartKind, Column, Noise, Section, median_ranks};
use crate::store::{BANDS_MS, Durations, Programs, StoreError, Subject};

pub(super) fn sections(asker: &mut Asker) -> Result<Vec<Section>, StoreError> {
    let query = asker.query;
    let mut sections = vec![distribution(asker)?];
    let commands = guard(asker.groups(Subject::Command, Programs::Apart)?, query, by_program);
    let columns = [&[PROGRAM, COMMAND, RUNS][..], &PERCENTILES].concat();
    let title = ("durations", "By command");
    sections.push(
        commands.section(query, title, columns, None, |row| cells(row, command(&row.group), query.noise)),
    );
    let mut versions = guard(asker.groups(Subject::Version, Programs::Apart)?, query, by_program);
    super::versions::newest_first(&mut versions.rows);
    let columns = [&[PROGRAM, words("version", "Version"), RUNS][..], &PERCENTILES].concat();
    let title = ("versions", "By version");
    sections.push(versions.section(query, title, columns, None, |row| {
        cells(row, Cell::or_absent(row.group.word(0), UNKNOWN), query.noise)
    }));
    Ok(sections)
}

const PERCENTILES: [Column; 4] = [
    estimates("p50_ms", "Median (95 % interval)"),
    numbers("p90_ms", "90th"),
    numbers("p95_ms", "95th"),
    numbers("p99_ms", "99th"),
];

fn cells(row: &Row, name: Cell, noise: Option<Noise>) -> Vec<Cell> {
    let durations = &row.group.tally.durations;
    let percentile = |percent| Cell::ms(durations.percentile_ms(percent));
    vec![
        program(&row.group),
        name,
        Cell::Count(row.group.tally.runs),
        median(durations, noise),
        percentile(90),
        percentile(95),
        percentile(99),
    ]
}

/// The median, with its interval where there are runs enough for one. Noise moves it by its sum over the places below.
pub(super) fn median(durations: &Durations, noise: Option<Noise>) -> Cell {
    let moved = |noise: Noise| noise.of_runs().within_95().saturating_mul(durations.places().isqrt() + 1);
    let moved = noise.map_or(0, moved);
    let value = Cell::ms(durations.percentile_ms(50));
    match median_ranks(durations.count()) {
        None => value,
        Some((low, high)) => {
            let [low, high] = [low.saturating_sub(moved), high.saturating_add(moved).min(durations.count())]
                .map(|rank| Cell::ms(durations.at_rank_ms(rank)));
            Cell::Estimate(Box::new([value, low, high]))
        }
    }
}

/// Runs by how long they took, with the bands between that nobody fell into.
fn distribution(asker: &mut Asker) -> Result<Section, StoreError> {
    let query = asker.query;
    let mut guarded = guard(asker.groups(Subject::Band, Programs::Together)?, query, |_| ());
    let band = |row: &Row| {
        let bound = row.group.word(0).and_then(|bound| bound.parse::<u64>().ok());
        bound.and_then(|bound| BANDS_MS.iter().position(|known| *known == bound)).unwrap_or(BANDS_MS.len())
    };
    guarded.rows.sort_by_key(band);
    let title = ("distribution", "How long runs take");
    let columns = [words("duration", "Duration"), RUNS, INSTALLS];
    let chart = Chart { kind: ChartKind::Distribution, label: 0, value: 1 };
    Ok(guarded.section(&query.clone().top(usize::MAX), title, columns, Some(chart), |row| {
        let tally = &row.group.tally;
        vec![Cell::text(band_title(band(row))), Cell::Count(tally.runs), Cell::Count(tally.installs)]
    }))
}

fn band_title(band: usize) -> String {
    let bound = |band: usize| BANDS_MS.get(band).map(|ms| super::whole_milliseconds(*ms));
    match (band.checked_sub(1).and_then(bound), bound(band)) {
        (None, Some(high)) => format!("up to {high}"),
        (Some(low), Some(high)) => format!("{low} to {high}"),
        (low, None) => format!("over {}", low.unwrap_or_default()),
    }
}
