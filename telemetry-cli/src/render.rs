//! What people read: complaints, headings and tables.

use std::io::{self, IsTerminal as _, Write as _};

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, presets};
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

/// A plain table that fits the terminal: no lines that a screen reader would read out, no colours.
pub(crate) fn table(header: &[(&str, Align)], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width());
    if header.iter().any(|(title, _)| !title.is_empty()) {
        table.set_header(header.iter().map(|(title, _)| *title));
    }
    for row in rows {
        table.add_row(row);
    }
    for (column, (_, align)) in table.column_iter_mut().zip(header) {
        if *align == Align::Right {
            column.set_cell_alignment(CellAlignment::Right);
            // Numbers are not broken over lines; words are.
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
