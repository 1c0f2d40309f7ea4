//! Charts as inline SVG. Beside each stands the table with its numbers; the picture has a title and a sentence.

use maud::{Markup, html};

use crate::report::{Cell, Chart, ChartKind, Section};

const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 150.0;
/// Room for the numbers on the left and the labels below.
const LEFT: f64 = 44.0;
const BELOW: f64 = 18.0;
const ABOVE: f64 = 10.0;

/// One row as it is drawn.
struct Point {
    label: String,
    cell: Cell,
    number: f64,
}

fn points(section: &Section, chart: Chart) -> Vec<Point> {
    let point = |row: &Vec<Cell>| {
        let cell = row[chart.value].clone();
        Some(Point { label: row[chart.label].to_string(), number: cell.number()?, cell })
    };
    section.rows.iter().filter_map(point).collect()
}

/// The chart of a section, where it has one that is a picture of its own.
pub(super) fn picture(section: &Section) -> Option<Markup> {
    let chart = section.chart.filter(|chart| chart.kind != ChartKind::Bars)?;
    let points = points(section, chart);
    let greatest =
        points.iter().max_by(|a, b| a.number.total_cmp(&b.number)).filter(|point| point.number > 0.0)?;
    let (first, last) = (points.first()?, points.last()?);
    let value = section.columns[chart.value].title;
    let description = format!(
        "{value} from {} ({}) to {} ({}); the most, {}, at {}. The table below has every number.",
        first.label, first.cell, last.label, last.cell, greatest.cell, greatest.label
    );
    let id = section.key;
    let round = nice(greatest.number);
    let y = |number: f64| ABOVE + (HEIGHT - ABOVE - BELOW) * (1.0 - number / round);
    let step = (WIDTH - LEFT) / count(points.len());
    let middle = points.get(points.len() / 2).filter(|_| points.len() > 4);
    Some(html! {
        svg.chart viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-labelledby=(format!("{id}-title {id}-desc")) {
            title id=(format!("{id}-title")) { (section.title) ": " (value) }
            desc id=(format!("{id}-desc")) { (description) }
            @for part in [0.0, 0.5, 1.0] {
                line.grid x1=(LEFT) x2=(WIDTH) y1=(fixed(y(round * part))) y2=(fixed(y(round * part))) {}
                text.label x=(LEFT - 4.0) y=(fixed(y(round * part) + 3.0)) text-anchor="end" { (short(round * part)) }
            }
            @if chart.kind == ChartKind::Series {
                path.area d=(area(&points, step, &y)) {}
                path.line d=(line(&points, step, &y)) {}
            } @else {
                @for (index, point) in points.iter().enumerate() {
                    rect.column x=(fixed(LEFT + step * count(index) + step * 0.1)) width=(fixed(step * 0.8))
                        y=(fixed(y(point.number))) height=(fixed(y(0.0) - y(point.number))) {
                        title { (point.label) ": " (point.cell) }
                    }
                }
            }
            text.label x=(LEFT) y=(HEIGHT - 4.0) { (first.label) }
            @if let Some(middle) = middle {
                text.label x=(fixed(LEFT + (WIDTH - LEFT) / 2.0)) y=(HEIGHT - 4.0) text-anchor="middle" { (middle.label) }
            }
            text.label x=(WIDTH) y=(HEIGHT - 4.0) text-anchor="end" { (last.label) }
        }
    })
}

/// A bar as long as the cell's part of the greatest in its column, for a table of bars. Hidden from screen readers: the
/// number stands beside it.
pub(super) fn bar(section: &Section, row: &[Cell]) -> Option<Markup> {
    let chart = section.chart.filter(|chart| chart.kind == ChartKind::Bars)?;
    let greatest = points(section, chart).iter().map(|point| point.number).fold(0.0, f64::max);
    let number = row[chart.value].number().filter(|_| greatest > 0.0)?;
    Some(html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect width=(fixed(100.0 * number / greatest)) height="10" {}
        }
    })
}

fn line(points: &[Point], step: f64, y: &impl Fn(f64) -> f64) -> String {
    let place = |(index, point): (usize, &Point)| {
        let command = if index == 0 { 'M' } else { 'L' };
        format!("{command}{} {}", fixed(LEFT + step * (count(index) + 0.5)), fixed(y(point.number)))
    };
    points.iter().enumerate().map(place).collect::<Vec<_>>().join(" ")
}

fn area(points: &[Point], step: f64, y: &impl Fn(f64) -> f64) -> String {
    let (first, last) = (LEFT + step * 0.5, LEFT + step * (count(points.len()) - 0.5));
    let ground = fixed(y(0.0));
    format!("{} L{} {ground} L{} {ground} Z", line(points, step, y), fixed(last), fixed(first))
}

/// The next number above that is 1, 2 or 5 times a power of ten, for the top of an axis.
fn nice(number: f64) -> f64 {
    let power = 10_f64.powf(number.log10().floor());
    [1.0, 2.0, 5.0].iter().map(|step| step * power).find(|nice| *nice >= number).unwrap_or(10.0 * power)
}

/// A number at an axis: `20k` rather than `20,000`.
fn short(number: f64) -> String {
    match number {
        number if number >= 1e6 => format!("{}M", number / 1e6),
        number if number >= 1e3 => format!("{}k", number / 1e3),
        number => format!("{number}"),
    }
}

/// A tenth is less than anybody sees.
fn fixed(number: f64) -> String {
    format!("{number:.1}")
}

#[expect(clippy::cast_precision_loss, reason = "rows of a table")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        for (greatest, top) in [(1.0, 1.0), (3.0, 5.0), (7.0, 10.0), (1432.0, 2000.0), (0.3, 0.5)] {
            assert!((nice(greatest) - top).abs() < 1e-9, "{greatest}: {}", nice(greatest));
        }
        assert_eq!(
            (short(500.0).as_str(), short(20_000.0).as_str(), short(5e6).as_str()),
            ("500", "20k", "5M")
        );
    }
}
