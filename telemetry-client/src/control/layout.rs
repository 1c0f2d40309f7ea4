//! How answers look: plain text that fits the terminal, without colours and without lines that a screen reader would read
//! out.

use std::io::{self, IsTerminal as _};

/// How wide text may be, in columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Width(usize);

/// Below this nothing can be laid out; the terminal breaks the lines then.
const MIN: usize = 20;
/// The width of what is no terminal, such as a file.
const OF_NO_TERMINAL: usize = 100;

impl Width {
    /// This many columns, at least 20.
    #[must_use]
    pub fn columns(columns: u16) -> Self {
        Self(usize::from(columns).max(MIN))
    }

    /// As the variable `COLUMNS` says, else as wide as the terminal that standard output is, else 100 columns.
    #[must_use]
    pub fn of_stdout() -> Self {
        let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let found = || io::stdout().is_terminal().then(of_terminal).flatten();
        said.or_else(found).map_or(Self(OF_NO_TERMINAL), Self::columns)
    }

    /// A text in lines of at most this width, broken between words, the further ones indented; a line end after each. A
    /// word that is too long, such as a path, stays whole so that it can be copied.
    ///
    /// ```
    /// use telemetry_client::control::Width;
    /// assert_eq!(Width::columns(24).wrap("endpoint: https://t.example.com"), "endpoint:\n  https://t.example.com\n");
    /// ```
    #[must_use]
    pub fn wrap(self, text: &str) -> String {
        paragraph(text, self)
    }

    /// How many columns.
    #[must_use]
    pub fn get(self) -> usize {
        self.0
    }
}

#[cfg(unix)]
fn of_terminal() -> Option<u16> {
    rustix::termios::tcgetwinsize(io::stdout()).ok().map(|size| size.ws_col).filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn of_terminal() -> Option<u16> {
    None
}

/// A column: what stands above it, and what leads its cell where a row is a block of lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    pub(super) title: &'static str,
    pub(super) name: &'static str,
}

/// A table where it fits, else a block of lines for each row. Ends with a line end.
pub(super) fn table<const N: usize>(columns: [Column; N], rows: &[[String; N]], width: Width) -> String {
    let titles = columns.map(|column| column.title.to_owned());
    let all: Vec<&[String; N]> = std::iter::once(&titles).chain(rows).collect();
    aligned(&all, width).unwrap_or_else(|| {
        let block = |row: &[String; N]| {
            let cells = columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty());
            cells.map(|(column, cell)| pair(column.name, cell, width)).collect::<String>()
        };
        rows.iter().map(block).collect::<Vec<_>>().join("\n")
    })
}

/// Names and values, side by side where that fits, else a line each. Ends with a line end.
pub(super) fn pairs(rows: &[[String; 2]], width: Width) -> String {
    let all: Vec<&[String; 2]> = rows.iter().collect();
    let lines = || rows.iter().map(|[name, value]| pair(name, value, width)).collect();
    aligned(&all, width).unwrap_or_else(lines)
}

fn pair(name: &str, value: &str, width: Width) -> String {
    paragraph(&format!("{name}: {value}"), width)
}

/// Rows with their cells below each other. Nothing where one is too wide.
fn aligned<const N: usize>(rows: &[&[String; N]], width: Width) -> Option<String> {
    let length = |cell: &String| cell.chars().count();
    let widest: [usize; N] =
        std::array::from_fn(|index| rows.iter().map(|row| length(&row[index])).max().unwrap_or(0));
    // A blank on either side of a cell, so two between them.
    let padding = 2 * N;
    if widest.iter().sum::<usize>() + padding > width.get() {
        return None;
    }
    let line = |row: &&[String; N]| {
        let cells = row.iter().zip(widest).map(|(cell, width)| format!(" {cell:width$} "));
        format!("{}\n", cells.collect::<String>().trim_end())
    };
    Some(rows.iter().map(line).collect())
}

/// As [`Width::wrap`].
pub(super) fn paragraph(text: &str, width: Width) -> String {
    text.split('\n').map(|line| broken(line, width.get(), "  ") + "\n").collect()
}

/// One line of a text, in as many as it needs, the further ones with this before them.
pub(crate) fn broken(line: &str, width: usize, indent: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut used = 0;
    for word in line.split(' ') {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            out.push('\n');
            out.push_str(indent);
            used = indent.len();
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: [&str; 2]) -> [String; 2] {
        cells.map(str::to_owned)
    }

    #[test]
    fn a_table_that_does_not_fit_is_blocks() {
        let columns =
            [Column { title: "argument", name: "argument" }, Column { title: "", name: "what became of it" }];
        let rows = [row(["--name", "kept"]), row(["grandma's tree", "dropped"])];
        assert_eq!(
            table(columns, &rows, Width::columns(40)),
            " argument\n --name          kept\n grandma's tree  dropped\n"
        );
        assert_eq!(
            table(columns, &rows, Width::columns(20)),
            "argument: --name\nwhat became of it:\n  kept\n\nargument: grandma's\n  tree\nwhat became of it:\n  dropped\n"
        );
    }

    #[test]
    fn pairs_that_do_not_fit_are_lines() {
        let rows = [row(["endpoint", "https://telemetry.example.com"]), row(["sent", "3"])];
        assert_eq!(
            pairs(&rows, Width::columns(50)),
            " endpoint  https://telemetry.example.com\n sent      3\n"
        );
        assert_eq!(pairs(&rows, Width::columns(30)), "endpoint:\n  https://telemetry.example.com\nsent: 3\n");
    }

    #[test]
    fn a_width_is_never_none() {
        assert_eq!(Width::columns(0).get(), MIN);
        assert_eq!(paragraph("", Width::columns(0)), "\n");
    }

    #[test]
    fn lines_of_a_text_stay_lines() {
        let text = "message: error: unrecognized subcommand\n\nFor more, try --help";
        let broken = "message: error:\n  unrecognized\n  subcommand\n\nFor more, try --help\n";
        assert_eq!(paragraph(text, Width::columns(20)), broken);
    }
}
