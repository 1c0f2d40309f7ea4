//! Versions: how many use each, week by week, and how fast they are taken up.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::guard::{Row, by_program, guard};
use super::{Asker, INSTALLS, PROGRAM, RUNS, UNKNOWN, program};
use crate::report::cell::{numbers, words};
use crate::report::{Cell, Chart, ChartKind, Day, Section, share};
use crate::store::{Group, Programs, StoreError, Subject};

pub(super) fn list(asker: &mut Asker) -> Result<Section, StoreError> {
    let guarded = guard(asker.groups(Subject::Version, Programs::Apart)?, asker.query, by_program);
    let columns = [PROGRAM, words("version", "Version"), RUNS, INSTALLS, numbers("error_rate", "Errors")];
    let chart = Some(Chart { kind: ChartKind::Bars, label: 1, value: 3 });
    Ok(guarded.section(asker.query, ("versions", "Versions"), columns, chart, |row| {
        let tally = &row.group.tally;
        vec![
            program(&row.group),
            version(&row.group),
            Cell::Count(tally.runs),
            Cell::Count(tally.installs),
            row.error_rate(),
        ]
    }))
}

/// Installs by week.
struct Week {
    monday: i64,
    /// Installs that were seen in the week with this version.
    installs: u64,
    /// Their share of those seen with any version.
    share: f64,
}

pub(super) fn sections(asker: &mut Asker) -> Result<Vec<Section>, StoreError> {
    let query = asker.query;
    let list = list(asker)?;
    let of_week = |group: &Group| (group.program.clone(), group.week);
    let all: BTreeMap<_, _> = asker
        .weeks(Subject::All, Programs::Apart)?
        .into_iter()
        .map(|group| (of_week(&group), group.tally.installs))
        .collect();
    // The versions of a week add up to it.
    let mut guarded = guard(asker.weeks(Subject::Version, Programs::Apart)?, query, of_week);
    let mut by_version: BTreeMap<(Option<String>, Option<String>), Vec<Week>> = BTreeMap::new();
    for Row { group, .. } in &guarded.rows {
        let installs = group.tally.installs;
        let whole = all.get(&of_week(group)).copied().unwrap_or_default();
        let week = Week { monday: group.week.unwrap_or_default(), installs, share: share(installs, whole) };
        by_version.entry(by_name(group)).or_default().push(week);
    }
    for weeks in by_version.values_mut() {
        weeks.sort_by_key(|week| week.monday);
    }
    let adoption = adoption(asker, &by_version)?;

    guarded.rows.sort_by(|a, b| b.group.week.cmp(&a.group.week).then_with(|| newest(&a.group, &b.group)));
    let columns = [
        words("week", "Week from"),
        PROGRAM,
        words("version", "Version"),
        INSTALLS,
        numbers("share", "Share of the week"),
    ];
    // A version a week: a year of four versions at once.
    let top = query.clone().top(query.top.max(60));
    let weeks =
        guarded.section(&top, ("version_weeks", "Week by week"), columns, None, |Row { group, .. }| {
            let whole = all.get(&of_week(group)).copied().unwrap_or_default();
            vec![
                Cell::text(Day::new(group.week.unwrap_or_default()).to_string()),
                program(group),
                version(group),
                Cell::Count(group.tally.installs),
                Cell::Share(share(group.tally.installs, whole)),
            ]
        });
    Ok(vec![list, adoption, weeks])
}

type ByVersion = BTreeMap<(Option<String>, Option<String>), Vec<Week>>;

/// How long each version took to reach a half of the installs of a week.
fn adoption(asker: &mut Asker, by_version: &ByVersion) -> Result<Section, StoreError> {
    let query = asker.query;
    let mut guarded = guard(asker.groups(Subject::Version, Programs::Apart)?, query, by_program);
    // What has no number has no adoption, and what was too small in every week has none to show.
    guarded.rows.retain(|row| row.group.word(0).is_some() && by_version.contains_key(&by_name(&row.group)));
    newest_first(&mut guarded.rows);
    let columns = [
        PROGRAM,
        words("version", "Version"),
        words("first_week", "First week"),
        numbers("weeks_to_half", "Weeks to half"),
        numbers("peak", "Greatest share"),
        numbers("last_share", "Share in its last week"),
        words("last_week", "Last week"),
    ];
    Ok(guarded.section(
        query,
        ("adoption", "How fast versions are taken up"),
        columns,
        None,
        |Row { group, .. }| {
            let weeks = by_version.get(&by_name(group)).map_or(&[][..], Vec::as_slice);
            let first = weeks.first().map_or(0, |week| week.monday);
            let half = weeks.iter().find(|week| week.share >= 0.5).map(|week| (week.monday - first) / 7);
            let peak = weeks.iter().map(|week| week.share).fold(0.0, f64::max);
            let day = |week: Option<&Week>| {
                week.map_or(Cell::Absent("-"), |week| Cell::text(Day::new(week.monday).to_string()))
            };
            vec![
                program(group),
                version(group),
                day(weeks.first()),
                half.map_or(Cell::Absent("not yet"), |weeks| Cell::Count(weeks.unsigned_abs())),
                Cell::Share(peak),
                weeks.last().map_or(Cell::Absent("-"), |week| Cell::Share(week.share)),
                day(weeks.iter().rfind(|week| week.installs > 0)),
            ]
        },
    ))
}

fn by_name(group: &Group) -> (Option<String>, Option<String>) {
    (group.program.clone(), group.key.first().cloned().flatten())
}

fn version(group: &Group) -> Cell {
    Cell::or_absent(group.word(0), UNKNOWN)
}

/// Newest first, program by program; unknown versions last.
pub(super) fn newest_first(rows: &mut [Row]) {
    rows.sort_by(|a, b| newest(&a.group, &b.group));
}

fn newest(a: &Group, b: &Group) -> Ordering {
    let order = |group: &Group| group.word(0).map(order);
    a.program.cmp(&b.program).then_with(|| order(b).cmp(&order(a)))
}

/// Versions in order: by their numbers, a pre-release before its release (semver.org, 11), and its words before its
/// numbers.
pub(super) fn order(version: &str) -> (Vec<u64>, bool, String, Vec<u64>) {
    let numbers = |text: &str| -> Vec<u64> {
        text.split(|char: char| !char.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
    };
    let (release, before) =
        version.split_once('-').map_or((version, None), |(release, before)| (release, Some(before)));
    let mut release = numbers(release);
    // 1.2 is 1.2.0.
    while release.last() == Some(&0) {
        release.pop();
    }
    let name = before.unwrap_or_default().chars().take_while(char::is_ascii_alphabetic).collect();
    (release, before.is_none(), name, numbers(before.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let in_order =
            ["0.9", "1.2.0-alpha.2", "1.2.0-rc.2", "1.2.0-rc.10", "1.2", "1.2.1", "1.10.0", "2.0.0"];
        assert!(in_order.windows(2).all(|pair| order(pair[0]) < order(pair[1])));
        assert_eq!(order("1.2"), order("1.2.0"));
    }
}
