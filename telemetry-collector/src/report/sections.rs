//! A report as titled tables, for those who print one without knowing its fields.

use std::fmt;

use telemetry_schema::{Loss, LossReason, Timestamp};

use super::{
    CommandRow, ErrorRow, InstallSourceRow, MisspellingRow, OperatingSystemRow, Report, Totals, VersionRow,
};

/// One table of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its key in the report's JSON.
    pub key: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its key in the report's JSON.
    pub key: &'static str,
    /// Its title.
    pub title: &'static str,
    /// To which side its cells stand.
    pub align: Align,
}

/// To which side a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// One cell. Its `Display` form is for people, [`Cell::plain`] for programs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Cell {
    /// Words: printable ASCII, which may hold tabs and line feeds.
    Text(String),
    /// Words that say that something is absent: `(none)`. Empty for programs.
    Absent(&'static str),
    /// A count.
    Count(u64),
    /// A share from 0 to 1; per cent for people.
    Share(f64),
    /// Milliseconds; seconds for people where there are many.
    Milliseconds(f64),
}

impl Cell {
    /// The bare value: no unit, no rounding.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Absent(_) => String::new(),
            Self::Count(count) => count.to_string(),
            Self::Share(number) | Self::Milliseconds(number) => number.to_string(),
        }
    }

    fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    fn or_absent(text: Option<&str>, absent: &'static str) -> Self {
        text.map_or(Self::Absent(absent), Self::text)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Absent(words) => f.pad(words),
            Self::Count(count) => f.pad(&count.to_string()),
            Self::Share(share) => f.pad(&format!("{:.1} %", share * 100.0)),
            Self::Milliseconds(ms) if *ms < 10.0 => f.pad(&format!("{ms:.1} ms")),
            Self::Milliseconds(ms) if *ms < 10_000.0 => f.pad(&format!("{ms:.0} ms")),
            Self::Milliseconds(ms) => f.pad(&format!("{:.1} s", ms / 1000.0)),
        }
    }
}

const NO_POLICY: &str = "(no policy)";
const UNKNOWN: &str = "(unknown)";
const PROGRAM_ALONE: &str = "(none)";

fn program(name: Option<&str>) -> Cell {
    Cell::or_absent(name, NO_POLICY)
}

fn command(words: &str) -> Cell {
    Cell::or_absent(Some(words).filter(|words| !words.is_empty()), PROGRAM_ALONE)
}

const fn words(key: &'static str, title: &'static str) -> Column {
    Column { key, title, align: Align::Left }
}

const fn number(key: &'static str, title: &'static str) -> Column {
    Column { key, title, align: Align::Right }
}

const PROGRAM: Column = words("program", "Program");
const COMMAND: Column = words("command", "Command");
const RUNS: Column = number("runs", "Runs");
const TIMES: Column = number("times", "Times");
const INSTALLS: Column = number("installs", "Installs");

fn section<T>(
    (key, title): (&'static str, &'static str),
    columns: impl Into<Vec<Column>>,
    rows: &[T],
    cells: impl Fn(&T) -> Vec<Cell>,
) -> Section {
    Section { key, title, columns: columns.into(), rows: rows.iter().map(cells).collect() }
}

impl Report {
    /// The report as tables, in the order of its fields. Tables without rows are among them.
    #[must_use]
    pub fn sections(&self) -> Vec<Section> {
        let Self { totals, commands, versions, operating_systems, install_sources, errors, misspellings } =
            self;
        vec![
            totals_section(totals),
            section(
                ("commands", "Commands"),
                [
                    PROGRAM,
                    COMMAND,
                    RUNS,
                    INSTALLS,
                    number("error_rate", "Errors"),
                    number("p50_ms", "Median"),
                    number("p95_ms", "95th percentile"),
                ],
                commands,
                command_cells,
            ),
            section(
                ("versions", "Versions"),
                [PROGRAM, words("version", "Version"), RUNS, INSTALLS],
                versions,
                |VersionRow { program: name, version, runs, installs }| {
                    let version = Cell::or_absent(version.as_deref(), UNKNOWN);
                    vec![program(name.as_deref()), version, Cell::Count(*runs), Cell::Count(*installs)]
                },
            ),
            section(
                ("operating_systems", "Operating systems"),
                [words("name", "System"), RUNS, INSTALLS],
                operating_systems,
                |OperatingSystemRow { name, runs, installs }| {
                    vec![Cell::text(name), Cell::Count(*runs), Cell::Count(*installs)]
                },
            ),
            section(
                ("install_sources", "Install sources"),
                [words("source", "Source"), RUNS, INSTALLS],
                install_sources,
                |InstallSourceRow { source, runs, installs }| {
                    let source = Cell::or_absent(source.as_deref(), UNKNOWN);
                    vec![source, Cell::Count(*runs), Cell::Count(*installs)]
                },
            ),
            section(
                ("errors", "Errors"),
                [PROGRAM, COMMAND, words("code", "Code"), words("message", "Message"), TIMES, INSTALLS],
                errors,
                error_cells,
            ),
            section(
                ("misspellings", "Misspellings"),
                [
                    PROGRAM,
                    COMMAND,
                    words("place", "Place"),
                    words("typed", "Typed"),
                    words("meant", "Meant"),
                    TIMES,
                    INSTALLS,
                ],
                misspellings,
                misspelling_cells,
            ),
        ]
    }
}

fn totals_section(totals: &Totals) -> Section {
    let Totals { events, installs, errors, error_rate, first_event_at, last_event_at, losses } = totals;
    let moment = |at: &Option<Timestamp>| at.map_or(Cell::Absent("-"), |at| Cell::Text(at.to_string()));
    let mut rows = vec![
        vec![Cell::text("events"), Cell::Count(*events)],
        vec![Cell::text("installs"), Cell::Count(*installs)],
        vec![Cell::text("errors"), Cell::Count(*errors)],
        vec![Cell::text("error rate"), Cell::Share(*error_rate)],
        vec![Cell::text("first event"), moment(first_event_at)],
        vec![Cell::text("last event"), moment(last_event_at)],
    ];
    rows.extend(
        losses.iter().map(|Loss { reason, count }| vec![Cell::text(loss(*reason)), Cell::Count(*count)]),
    );
    Section {
        key: "totals",
        title: "Totals",
        columns: vec![words("total", "Total"), number("value", "Value")],
        rows,
    }
}

fn loss(reason: LossReason) -> &'static str {
    match reason {
        LossReason::Evicted => "lost: spool full",
        LossReason::Expired => "lost: too old",
        LossReason::Torn => "lost: damaged",
        LossReason::Refused => "lost: refused",
        LossReason::RateLimited => "lost: rate limited",
        LossReason::TooLarge => "lost: too large",
        LossReason::Unwritable => "lost: not writable",
    }
}

fn command_cells(row: &CommandRow) -> Vec<Cell> {
    let CommandRow { program: name, command: path, runs, installs, error_rate, p50_ms, p95_ms } = row;
    vec![
        program(name.as_deref()),
        command(path),
        Cell::Count(*runs),
        Cell::Count(*installs),
        Cell::Share(*error_rate),
        Cell::Milliseconds(*p50_ms),
        Cell::Milliseconds(*p95_ms),
    ]
}

fn error_cells(row: &ErrorRow) -> Vec<Cell> {
    let ErrorRow { program: name, command: path, code, message, times, installs } = row;
    vec![
        program(name.as_deref()),
        command(path),
        Cell::text(code),
        Cell::or_absent(message.as_deref(), "-"),
        Cell::Count(*times),
        Cell::Count(*installs),
    ]
}

fn misspelling_cells(row: &MisspellingRow) -> Vec<Cell> {
    let MisspellingRow { program: name, command: path, place, typed, meant, times, installs } = row;
    vec![
        program(name.as_deref()),
        command(path),
        Cell::text(place),
        Cell::text(typed),
        Cell::text(meant),
        Cell::Count(*times),
        Cell::Count(*installs),
    ]
}
