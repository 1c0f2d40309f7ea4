//! Bars and sparklines beside the numbers of a report, on a terminal.

use std::io::{self, IsTerminal as _};

use telemetry_collector::{Cell, ChartKind, Section};

use telemetry_client::control::Width;

/// What a terminal can draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drawing {
    /// No terminal: numbers only.
    None,
    /// Characters that every terminal has.
    Ascii,
    /// Blocks of eighths (Unicode, Block Elements).
    Blocks,
}

/// Characters of the longest bar.
const BAR: usize = 12;

/// The narrowest terminal that has room for bars beside the numbers.
const ROOM: usize = 80;

impl Drawing {
    /// By what standard output is, and what the locale says of its characters.
    pub(crate) fn of_terminal() -> Self {
        if !io::stdout().is_terminal() || Width::of_stdout().get() < ROOM {
            return Self::None;
        }
        Self::of_locale(|name| std::env::var(name).ok())
    }

    /// POSIX: the first of these that is set and not empty decides (XBD 8.2).
    fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set =
            ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(variable).find(|value| !value.is_empty());
        let name = set.unwrap_or_default().to_ascii_lowercase();
        if name.contains("utf-8") || name.contains("utf8") { Self::Blocks } else { Self::Ascii }
    }
}

/// The column that is drawn, as parts of its greatest number.
fn parts(section: &Section) -> Option<(ChartKind, Vec<f64>)> {
    let chart = section.chart?;
    let numbers: Vec<_> =
        section.rows.iter().map(|row| row.get(chart.value).and_then(Cell::number).unwrap_or(0.0)).collect();
    let greatest = numbers.iter().copied().fold(0.0, f64::max);
    (greatest > 0.0).then(|| (chart.kind, numbers.iter().map(|number| number / greatest).collect()))
}

/// A bar for each row.
pub(crate) fn bars(section: &Section, drawing: Drawing) -> Option<Vec<String>> {
    let (kind, parts) = parts(section)?;
    (drawing != Drawing::None && kind != ChartKind::Series)
        .then(|| parts.iter().map(|part| bar(*part, drawing)).collect())
}

/// A line of all rows.
pub(crate) fn sparkline(section: &Section, drawing: Drawing) -> Option<String> {
    const ASCII: [char; 8] = ['_', '.', ',', '-', '=', '+', '*', '#'];
    const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let (kind, parts) = parts(section)?;
    let levels = match drawing {
        Drawing::None => return None,
        Drawing::Ascii => ASCII,
        Drawing::Blocks => BLOCKS,
    };
    (kind == ChartKind::Series)
        .then(|| parts.iter().map(|part| levels[steps(*part, levels.len() - 1)]).collect())
}

fn bar(part: f64, drawing: Drawing) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    match drawing {
        Drawing::None => String::new(),
        Drawing::Ascii => "#".repeat(steps(part, BAR)),
        Drawing::Blocks => {
            let eighths = steps(part, BAR * 8);
            "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
        }
    }
}

/// A part from 0 to 1 as whole steps; more than nothing is at least one.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small"
)]
fn steps(part: f64, all: usize) -> usize {
    let steps = (part * all as f64).round() as usize;
    steps.max(usize::from(part > 0.0)).min(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_numbers() {
        assert_eq!(bar(1.0, Drawing::Ascii), "############");
        assert_eq!(bar(0.5, Drawing::Ascii), "######");
        assert_eq!(bar(0.0001, Drawing::Ascii), "#");
        assert_eq!(bar(0.0, Drawing::Blocks), "");
        assert_eq!(bar(0.5, Drawing::Blocks), "██████");
        assert_eq!(bar(1.0 / 96.0, Drawing::Blocks), "▏");
    }

    #[test]
    fn the_locale_says_what_can_be_drawn() {
        let of = |set: &[(&str, &str)]| {
            Drawing::of_locale(|name| {
                set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert_eq!(of(&[("LANG", "en_GB.UTF-8")]), Drawing::Blocks);
        assert_eq!(of(&[("LC_ALL", ""), ("LANG", "C.utf8")]), Drawing::Blocks);
        assert_eq!(of(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]), Drawing::Ascii);
        assert_eq!(of(&[]), Drawing::Ascii);
    }
}
