//! What people read: complaints, headings and tables.

use std::io::{self, Write as _};

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use telemetry_client::control::{Commands, Width as Columns};
use telemetry_collector::Align;

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

/// What turns telemetry on and off here.
pub(crate) fn commands() -> Commands {
    Commands::of_setting("telemetry config set")
        .endpoint("telemetry config set endpoint URL (or TELEMETRY_ENDPOINT)")
}

/// A plain table that fits the terminal: no lines that a screen reader would read out, no colours. Columns give way to
/// the width by breaking between words; where a word would have to be broken, a row is a block of lines.
pub(crate) fn table(header: &[(&str, Align)], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let rows: Vec<Vec<String>> = rows.into_iter().collect();
    let width = Columns::of_stdout();
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width.get()).unwrap_or(u16::MAX))
        .set_header(header.iter().map(|(title, _)| *title));
    let mut least_widths = Vec::with_capacity(header.len());
    for (index, (title, align)) in header.iter().enumerate() {
        let cells = rows.iter().filter_map(|row| row.get(index)).map(String::as_str);
        let words = cells.chain([*title]).flat_map(str::split_whitespace).map(|word| word.chars().count());
        let widest = words.max().unwrap_or(0);
        // A blank on either side comes on top.
        let least = u16::try_from(widest + 2).unwrap_or(u16::MAX);
        least_widths.push((*align, least));
    }
    let needed: usize = least_widths.iter().map(|(_, least)| usize::from(*least)).sum();
    if needed > width.get() {
        return blocks(header, &rows, width);
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

/// A table for a terminal that is too narrow for it: a line for each cell, led by its column's title; names and values a
/// line each.
fn blocks(header: &[(&str, Align)], rows: &[Vec<String>], width: Columns) -> String {
    let block = |row: &Vec<String>| {
        if let [name, value] = &row[..] {
            return width.wrap(&format!("{name}: {value}"));
        }
        let cells = header.iter().zip(row);
        cells.map(|((title, _), cell)| width.wrap(&format!("{title}: {cell}"))).collect()
    };
    let between = if header.len() == 2 { "" } else { "\n" };
    rows.iter().map(block).collect::<Vec<_>>().join(between).trim_end().to_owned()
}
