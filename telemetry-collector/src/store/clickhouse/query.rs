//! Questions as queries.

use crate::report::Filters;
use crate::store::scope::{BY_WEEKS, Scope};
use crate::store::{BANDS_MS, Period, Programs, Question, Subject};

use super::literal::literal;
use super::tables::BINARY;

/// What is erased is not counted, also while its rows are still being deleted.
pub(super) const NOT_ERASED: &str = "install_id GLOBAL NOT IN (SELECT install_id FROM erased_installs)";

/// Whether a run's install is one.
const IS_INSTALL: &str = "install_id != toFixedString('', 16)";

/// What a subject is made of.
struct Parts {
    /// A list of which each item counts.
    list: Option<&'static str>,
    /// The words of the key.
    words: Vec<String>,
    /// Runs that have one.
    only: Option<&'static str>,
}

impl Parts {
    fn of(subject: Subject) -> Self {
        let plain = |words: &[&str]| Self {
            list: None,
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            only: None,
        };
        let each = |list, words: &[&str]| Self { list: Some(list), ..plain(words) };
        let only = |column, words: &[&str]| Self { only: Some(column), ..plain(words) };
        match subject {
            Subject::All => plain(&[]),
            Subject::Command => plain(&["command"]),
            // Wordings of one fingerprint are one error.
            Subject::Error => only(
                "error_code IS NOT NULL",
                &["command", "error_code", "ifNull(error_fingerprint, error_message)"],
            ),
            Subject::Misspelling => each(
                "misspellings",
                &["command", "misspellings.place", "misspellings.typed", "misspellings.meant"],
            ),
            Subject::Flag => each("flag_names AS flag", &["command", "flag"]),
            Subject::FlagValue => each("flag_values", &["command", "flag_values.name", "flag_values.value"]),
            Subject::Deprecated => each("deprecated", &["command", "deprecated.place", "deprecated.name"]),
            Subject::Version => plain(&["program_version"]),
            Subject::System => plain(&["os_name", "os_version"]),
            Subject::Arch => plain(&["arch"]),
            Subject::Libc => only("libc IS NOT NULL", &["libc"]),
            Subject::Container => only("container IS NOT NULL", &["container"]),
            Subject::Wsl => only("wsl IS NOT NULL", &["wsl"]),
            Subject::InstallSource => plain(&["install_source"]),
            Subject::AuthMethod => plain(&["auth_method"]),
            Subject::CiVendor => only("ci_vendor IS NOT NULL", &["ci_vendor"]),
            Subject::Agent => only("agent IS NOT NULL", &["agent"]),
            Subject::Band => {
                let bounds = BANDS_MS.iter().map(|ms| format!("duration_us <= {}, '{ms}', ", ms * 1000));
                Self { words: vec![format!("multiIf({}NULL)", bounds.collect::<String>())], ..plain(&[]) }
            }
        }
    }
}

/// Whether durations are asked for.
pub(super) fn is_timed(subject: Subject) -> bool {
    matches!(subject, Subject::All | Subject::Command | Subject::Version)
}

/// Sums by key: program, words, week; then runs, errors, those in CI, the time of those that failed in two halves, installs
/// and those for which it failed; then of errors the first message and how many runs had none; then of what is timed the
/// buckets and the runs of each. With the number of words.
pub(super) fn groups(question: &Question) -> (String, usize) {
    let Question { subject, filters, programs, period } = question;
    let Parts { list, words, only } = Parts::of(*subject);
    let mut keys: Vec<String> = Vec::new();
    let mut columns: Vec<String> = Vec::new();
    let mut key = |expression: String| {
        let name = format!("key_{}", keys.len());
        columns.push(format!("{expression} AS {name}"));
        keys.push(name);
    };
    if *programs == Programs::Apart {
        key("program".to_owned());
    }
    for word in &words {
        key(format!("toNullable({word})"));
    }
    if *period == Period::Week {
        key("week".to_owned());
    }
    columns.extend(
        [
            "count()",
            "countIf(failed)",
            "countIf(ci)",
            // The sum of whole numbers of 64 bits could leave them.
            "sumIf(bitShiftRight(duration_us, 32), failed)",
            "sumIf(bitAnd(duration_us, 4294967295), failed)",
        ]
        .map(|column| format!("toUInt64({column})")),
    );
    columns.push(format!("uniqExactIf(install_id, {IS_INSTALL})"));
    columns.push(format!("uniqExactIf(install_id, failed AND {IS_INSTALL})"));
    if *subject == Subject::Error {
        columns.push("min(error_message)".to_owned());
        columns.push("toUInt64(countIf(isNull(error_message)))".to_owned());
    }
    if is_timed(*subject) {
        columns.push("sumMap([duration_bucket], [toUInt64(1)])".to_owned());
    }
    let list = list.map(|list| format!(" ARRAY JOIN {list}")).unwrap_or_default();
    let only = only.map(|only| format!(" AND {only}")).unwrap_or_default();
    let by = if keys.is_empty() { String::new() } else { format!(" GROUP BY {}", keys.join(", ")) };
    let query = format!(
        "SELECT {} FROM runs{list} WHERE {}{only}{by} {BINARY}",
        columns.join(", "),
        conditions(filters)
    );
    (query, words.len())
}

/// How many runs, and their first and last day.
pub(super) fn days(filters: &Filters) -> String {
    let day = day_column(&Scope::of(filters));
    format!(
        "SELECT toUInt64(count()), min({day}), max({day}) FROM runs WHERE {} {BINARY}",
        conditions(filters)
    )
}

/// By week: installs first seen in it, how many of them were seen each of four weeks later, all weeks they were seen in.
/// Runs of nobody are a group without installs, since a week with only such runs is one.
pub(super) fn cohorts(filters: &Filters) -> String {
    // An identifier lives for 30 days: what is later than four weeks is somebody else.
    let later = (1..=4)
        .map(|weeks| format!("toUInt64(sumIf(is_install, has(weeks, toInt32(first + {}))))", weeks * 7));
    format!(
        "SELECT first, toUInt64(sum(is_install)), {}, groupUniqArrayArray(weeks) FROM (
            SELECT {IS_INSTALL} AS is_install, min(week) AS first, groupUniqArray(week) AS weeks
            FROM runs WHERE {} GROUP BY install_id
        ) GROUP BY first ORDER BY first {BINARY}",
        later.collect::<Vec<_>>().join(", "),
        conditions(filters)
    )
}

fn day_column(scope: &Scope) -> &'static str {
    if scope.level == BY_WEEKS { "week" } else { "day" }
}

fn conditions(filters: &Filters) -> String {
    let scope = Scope::of(filters);
    let day = day_column(&scope);
    let Scope { since, until, level: _, program, version, os, source, ci } = scope;
    let mut all = vec![NOT_ERASED.to_owned()];
    // Beyond 32 bits there is no day.
    let bound = |day: i64| i32::try_from(day).unwrap_or(if day < 0 { i32::MIN } else { i32::MAX });
    if since > i64::MIN {
        all.push(format!("{day} >= {}", bound(since)));
    }
    if until < i64::MAX {
        all.push(format!("{day} <= {}", bound(until)));
    }
    let columns =
        [("program", program), ("program_version", version), ("os_name", os), ("install_source", source)];
    for (column, value) in columns {
        all.extend(value.map(|value| format!("{column} = {}", literal(value))));
    }
    all.extend(ci.map(|ci| format!("ci = {}", u8::from(ci))));
    all.join(" AND ")
}
