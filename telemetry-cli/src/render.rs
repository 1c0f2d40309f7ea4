//! What people read: complaints, headings and tables.

use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
pub(crate) use telemetry_collector::Align;

/// Says on standard error what went wrong, with its causes.
pub(crate) fn complain(error: &anyhow::Error) {
    let mut text = format!("telemetry: {error}");
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        // A library's error often repeats its source.
        if !text.ends_with(&cause) {
            text.push_str(if cause.contains('\n') { ":\n" } else { ": " });
            text.push_str(&cause);
        }
    }
    talk(&text);
}

/// Says something on standard error. That nobody listens is no error.
pub(crate) fn talk(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// The width of the terminal that standard output is, else 100 columns.
pub(crate) fn width() -> u16 {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let terminal = io::stdout().is_terminal().then(terminal_width).flatten();
    columns.or(terminal).unwrap_or(100).max(30)
}

#[cfg(unix)]
fn terminal_width() -> Option<u16> {
    rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| size.ws_col).filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn terminal_width() -> Option<u16> {
    None
}

/// A sentence in lines of the terminal's width, each led by as many blanks.
pub(crate) fn wrapped(text: &str, blanks: usize) -> String {
    let mut lines = String::new();
    let mut length = usize::MAX;
    for word in text.split(' ') {
        let word_length = word.chars().count();
        if length == usize::MAX {
            lines.push_str(&" ".repeat(blanks));
            length = blanks;
        } else if length + 1 + word_length > usize::from(width()) {
            lines.push('\n');
            lines.push_str(&" ".repeat(blanks));
            length = blanks;
        } else {
            lines.push(' ');
            length += 1;
        }
        lines.push_str(word);
        length += word_length;
    }
    lines
}

/// The longest word that keeps a column wide: a path or an address is broken rather than the table.
const MAX_WORD: usize = 18;

/// A plain table that fits the terminal: no lines that a screen reader would read out, no colours. Columns give way to
/// the width by breaking between words.
pub(crate) fn table(header: &[(&str, Align)], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().collect();
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width());
    if header.iter().any(|(title, _)| !title.is_empty()) {
        table.set_header(header.iter().map(|(title, _)| *title));
    }
    let mut least_widths = Vec::with_capacity(header.len());
    for (index, (title, align)) in header.iter().enumerate() {
        let cells = rows.iter().filter_map(|row| row.get(index)).map(String::as_str);
        let words = cells.chain([*title]).flat_map(str::split_whitespace).map(|word| word.chars().count());
        let widest = words.max().unwrap_or(0).min(MAX_WORD);
        // A blank on either side comes on top.
        let least = u16::try_from(widest + 2).unwrap_or(u16::MAX);
        least_widths.push((*align, least));
    }
    let needed: u16 = least_widths.iter().map(|(_, least)| *least).sum();
    if needed > width() && header.iter().all(|(title, _)| !title.is_empty()) {
        return blocks(header, &rows);
    }
    table.add_rows(rows);
    for (column, (align, least)) in table.column_iter_mut().zip(least_widths) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
        if align == Align::Right {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// A table for a terminal that is too narrow for it: a line for each cell, led by its column's title.
fn blocks(header: &[(&str, Align)], rows: &[Vec<String>]) -> String {
    let block = |row: &Vec<String>| {
        let lines = header.iter().zip(row).map(|((title, _), cell)| format!(" {title}: {cell}"));
        lines.collect::<Vec<_>>().join("\n")
    };
    rows.iter().map(block).collect::<Vec<_>>().join("\n\n")
}
