//! Sections: titled tables of typed cells.

use std::fmt;

/// One table of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its key in the report's JSON.
    pub key: &'static str,
    /// Its title.
    pub title: String,
    /// How it is best laid out.
    pub layout: Layout,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows, each as long as `columns`.
    pub rows: Vec<Vec<Cell>>,
    /// What can be drawn of it.
    pub chart: Option<Chart>,
    /// Sentences about it: what is hidden, what is not listed, how to read it.
    pub notes: Vec<String>,
}

/// How a section is best laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Many rows; a list in JSON.
    List,
    /// One row, each column a fact; an object in JSON.
    Facts,
}

/// What can be drawn of a section: one column against another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chart {
    /// Its form.
    pub kind: ChartKind,
    /// The column that tells rows apart.
    pub label: usize,
    /// The column that is drawn.
    pub value: usize,
}

/// The form of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// A line over time.
    Series,
    /// A bar a row, which may stand in any order.
    Bars,
    /// A bar a row, in the order of what they measure.
    Distribution,
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
    /// Whether its cells are estimates: in CSV it is three columns then, the others `_low` and `_high`.
    pub estimate: bool,
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
    /// One of a closed list: its key for programs, its name for people.
    Named(&'static str, &'static str),
    /// Words that say that something is absent: `(none)`. Empty for programs.
    Absent(&'static str),
    /// A number that is not shown, since it is of too few installs. Empty for programs.
    Few,
    /// A count.
    Count(u64),
    /// A share from 0 to 1; per cent for people.
    Share(f64),
    /// Milliseconds; seconds and more for people where there are many.
    Milliseconds(f64),
    /// A share or a duration, and the interval it lies in.
    Estimate(Box<[Cell; 3]>),
}

impl Cell {
    /// The bare value: no unit, no rounding.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Named(key, _) => (*key).to_owned(),
            Self::Absent(_) | Self::Few => String::new(),
            Self::Count(count) => count.to_string(),
            Self::Share(number) | Self::Milliseconds(number) => number.to_string(),
            Self::Estimate(cells) => cells[0].plain(),
        }
    }

    /// The number, for drawing.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "a bar for more than 2^53 is as long")]
            Self::Count(count) => Some(*count as f64),
            Self::Share(number) | Self::Milliseconds(number) => Some(*number),
            Self::Estimate(cells) => cells[0].number(),
            Self::Text(_) | Self::Named(..) | Self::Absent(_) | Self::Few => None,
        }
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn or_absent(text: Option<&str>, absent: &'static str) -> Self {
        text.filter(|text| !text.is_empty()).map_or(Self::Absent(absent), Self::text)
    }

    pub(crate) fn ms(ms: Option<f64>) -> Self {
        ms.map_or(Self::Absent("-"), Self::Milliseconds)
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.pad(text),
            Self::Absent(words) | Self::Named(_, words) => f.pad(words),
            Self::Few => f.pad("(few)"),
            Self::Count(count) => f.pad(&thousands(*count)),
            Self::Share(share) => f.pad(&format!("{:.1} %", share * 100.0)),
            Self::Milliseconds(ms) => f.pad(&duration(*ms)),
            Self::Estimate(cells) => {
                let [value, low, high] = &**cells;
                f.pad(&format!("{value} ({low} to {high})"))
            }
        }
    }
}

/// `1234567` as `1,234,567`.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Three figures or so, in the unit that needs the fewest.
fn duration(ms: f64) -> String {
    const MINUTE: f64 = 60_000.0;
    const HOUR: f64 = 60.0 * MINUTE;
    match ms {
        ms if ms < 10.0 => format!("{ms:.1} ms"),
        ms if ms < 10_000.0 => format!("{ms:.0} ms"),
        ms if ms < 2.0 * MINUTE => format!("{:.1} s", ms / 1000.0),
        ms if ms < 2.0 * HOUR => format!("{:.0} min", ms / MINUTE),
        ms if ms < 100.0 * HOUR => format!("{:.1} h", ms / HOUR),
        ms => format!("{:.0} d", ms / (24.0 * HOUR)),
    }
}

pub(crate) const fn words(key: &'static str, title: &'static str) -> Column {
    Column { key, title, align: Align::Left, estimate: false }
}

pub(crate) const fn numbers(key: &'static str, title: &'static str) -> Column {
    Column { key, title, align: Align::Right, estimate: false }
}

pub(crate) const fn estimates(key: &'static str, title: &'static str) -> Column {
    Column { key, title, align: Align::Right, estimate: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_by_people() {
        for (cell, shown) in [
            (Cell::Count(0), "0"),
            (Cell::Count(999), "999"),
            (Cell::Count(1000), "1,000"),
            (Cell::Count(1_234_567), "1,234,567"),
            (Cell::Share(0.0851), "8.5 %"),
            (Cell::Milliseconds(1.5), "1.5 ms"),
            (Cell::Milliseconds(2663.0), "2663 ms"),
            (Cell::Milliseconds(61_000.0), "61.0 s"),
            (Cell::Milliseconds(600_000.0), "10 min"),
            (Cell::Milliseconds(36_000_000.0), "10.0 h"),
            (Cell::Milliseconds(1e9), "12 d"),
            (Cell::Few, "(few)"),
        ] {
            assert_eq!(cell.to_string(), shown);
        }
    }
}
