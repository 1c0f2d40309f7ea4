//! A report as a page.

use maud::{DOCTYPE, Markup, html};
use telemetry_schema::{InstallSource, OsName};

use super::params::Params;
use super::{Pages, chart};
use crate::report::{Align, Cell, ChartKind, Layout, Report, ReportName, Section};

pub(super) fn page(report: &Report, params: &Params, pages: &Pages) -> Markup {
    let name = report.query.name;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (name.title()) " · telemetry" }
                link rel="stylesheet" href="/style.css";
                // Without it browsers ask for a picture that there is not.
                link rel="icon" href="data:,";
            }
            body {
                a.skip href="#report" { "Skip to the report" }
                @if let Some(notice) = &pages.notice {
                    p.notice role="note" { strong { (notice) } }
                }
                header {
                    p.brand { "telemetry" }
                    (navigation(name, params))
                }
                main id="report" {
                    h1 { (name.title()) }
                    p.question { (name.question()) }
                    (form(report, params, pages))
                    @for section in &report.sections { (section_of(section)) }
                    (notes(report, pages))
                    (files(name, params))
                }
            }
        }
    }
}

fn navigation(current: ReportName, params: &Params) -> Markup {
    let query = params.to_query_string();
    html! {
        nav aria-label="Reports" {
            ul {
                @for name in ReportName::ALL {
                    li {
                        a href=(format!("{}{query}", path(*name))) aria-current=[(*name == current).then_some("page")] {
                            (name.title())
                        }
                    }
                }
            }
        }
    }
}

fn path(name: ReportName) -> String {
    match name {
        ReportName::Overview => "/".to_owned(),
        name => format!("/reports/{name}"),
    }
}

fn form(report: &Report, params: &Params, pages: &Pages) -> Markup {
    let filtered = !report.query.filters.describe().is_empty() || report.query.compare.is_some();
    let programs: Vec<String> = pages.policies.current().programs().map(ToString::to_string).collect();
    html! {
        details.filters open[filtered] {
            summary { "Filters" @if filtered { " (in use)" } }
            form method="get" action=(path(report.query.name)) {
                (choice("program", "Program", &params.program, programs.iter().map(|name| (name.as_str(), name.as_str()))))
                (text("version", "Version", &params.version))
                (day("since", "From day", &params.since))
                (day("until", "To day", &params.until))
                (choice("os", "System", &params.os, OsName::ALL.iter().map(|os| (os.key(), os.title()))))
                (choice("source", "Install source", &params.source,
                    InstallSource::ALL.iter().map(|source| (source.key(), source.title()))))
                (choice("ci", "CI", &params.ci, [("without", "without CI"), ("only", "CI only")].into_iter()))
                (text("old", "Compare version", &params.old))
                (text("new", "with version", &params.new))
                p.buttons {
                    button type="submit" { "Apply" }
                    " "
                    a href=(path(report.query.name)) { "Reset" }
                }
            }
        }
    }
}

fn text(name: &str, label: &str, value: &str) -> Markup {
    html! { label { span { (label) } input type="text" name=(name) value=(value) maxlength="64" autocomplete="off"; } }
}

fn day(name: &str, label: &str, value: &str) -> Markup {
    html! { label { span { (label) } input type="date" name=(name) value=(value); } }
}

fn choice<'a>(
    name: &str,
    label: &str,
    chosen: &str,
    values: impl Iterator<Item = (&'a str, &'a str)>,
) -> Markup {
    html! {
        label {
            span { (label) }
            select name=(name) {
                option value="" { "all" }
                @for (key, title) in values { option value=(key) selected[key == chosen] { (title) } }
            }
        }
    }
}

fn section_of(section: &Section) -> Markup {
    let heading = format!("{}-heading", section.key);
    html! {
        @if !section.rows.is_empty() || !section.notes.is_empty() {
            section aria-labelledby=(heading) {
                h2 id=(heading) { (section.title) }
                @if section.layout == Layout::Facts {
                    (facts(section))
                } @else if !section.rows.is_empty() {
                    @if let Some(picture) = chart::picture(section) {
                        (picture)
                        details { summary { "Numbers" } (table(section, &heading)) }
                    } @else {
                        (table(section, &heading))
                    }
                }
                @for note in &section.notes { p.note { (note) } }
            }
        }
    }
}

fn facts(section: &Section) -> Markup {
    html! {
        dl.facts {
            @for (column, cell) in section.columns.iter().zip(section.rows.iter().flatten()) {
                div { dt { (column.title) } dd { (cell) } }
            }
        }
    }
}

/// Wider than a phone it can be moved sideways, by keyboard too: that is why it can have the focus.
fn table(section: &Section, heading: &str) -> Markup {
    let bars = section.chart.is_some_and(|chart| chart.kind == ChartKind::Bars);
    html! {
        div.scroll role="region" aria-labelledby=(heading) tabindex="0" {
            table {
                thead {
                    tr {
                        @for column in &section.columns {
                            th scope="col" class=[number(column.align)] { (column.title) }
                        }
                        @if bars { th.bar-head scope="col" aria-hidden="true" {} }
                    }
                }
                tbody {
                    @for row in &section.rows {
                        tr {
                            @for (cell, column) in row.iter().zip(&section.columns) {
                                td class=[class(cell, column.align)] { (cell) }
                            }
                            @if bars { td.bar-cell aria-hidden="true" { @if let Some(bar) = chart::bar(section, row) { (bar) } } }
                        }
                    }
                }
            }
        }
    }
}

fn number(align: Align) -> Option<&'static str> {
    (align == Align::Right).then_some("number")
}

fn class(cell: &Cell, align: Align) -> Option<&'static str> {
    match cell {
        Cell::Absent(_) | Cell::Few => Some(if align == Align::Right { "number absent" } else { "absent" }),
        Cell::Text(text) if text.len() > 40 => Some("long"),
        _ => number(align),
    }
}

fn notes(report: &Report, pages: &Pages) -> Markup {
    html! {
        section aria-labelledby="notes-heading" {
            h2 id="notes-heading" { "About these numbers" }
            ul.notes {
                @for note in report.notes.iter().filter(|note| pages.notice.as_ref() != Some(note)) { li { (note) } }
                li { "A run is one event. Days are in UTC." }
                li { "An install is one identifier, made anew every 30 days. All CI runs share one, which is not counted." }
            }
        }
    }
}

fn files(name: ReportName, params: &Params) -> Markup {
    let query = params.to_query_string();
    html! {
        p.files {
            "This report as "
            a href=(format!("/reports/{name}.json{query}")) { "JSON" }
            " or "
            a href=(format!("/reports/{name}.csv{query}")) { "CSV" }
        }
    }
}

impl maud::Render for Cell {
    fn render_to(&self, buffer: &mut String) {
        // By its text alone, which maud escapes.
        maud::Render::render_to(&self.to_string(), buffer);
    }
}
