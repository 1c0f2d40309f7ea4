//! `telemetry report`

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use telemetry_client::Client;
use telemetry_client::control::Width;
use telemetry_collector::{
    Align, ChartKind, Ci, Filters, Layout, MAX_EVENTS, Policies, Query, Report, Section, SqliteStore, Store,
    admit_batch,
};
use telemetry_schema::{Batch, BatchId, PROTOCOL_VERSION, Timestamp};
use telemetry_transport::Which;

use crate::args;
use crate::draw::{self, Drawing};
use crate::policies;
use crate::render::{table, talk};

/// Weeks that a table lists on a terminal; the line above it draws all.
const WEEKS: usize = 8;

pub(crate) fn run(args: args::Report) -> Result<ExitCode> {
    let args::Report { name, store, json, csv, compare, min_installs, noise, top, filters } = args;
    let filters = filters_of(filters);
    filters.check_range()?;
    let mut query = Query::new(name).filters(filters).top(if top == 0 { usize::MAX } else { top });
    if let Some((old, new)) = compare {
        query = query.compare(old, new);
    }
    query.noise = noise;
    let (report, source) = if let Some(place) = &store {
        query.min_installs = min_installs.unwrap_or(query.min_installs);
        (place.open_existing()?.report(&query)?, format!("store {place}"))
    } else {
        // There is nobody here to hide but the one who looks.
        query = query.min_installs(min_installs.unwrap_or(1));
        let source = "what this machine recorded and sent, however few installs it is";
        (of_this_machine(&Client::new(), &query)?, source.to_owned())
    };
    let mut out = std::io::stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, &report.to_json())?;
        writeln!(out)?;
    } else if csv {
        out.write_all(&report.to_csv())?;
    } else {
        write!(out, "{}", text(&report, &source, Drawing::of_terminal()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn filters_of(filters: args::ReportFilters) -> Filters {
    let args::ReportFilters { program, program_version: version, since, until, os, source, ci } = filters;
    let ci = match ci {
        None => Ci::With,
        Some(args::CiFilter::Only) => Ci::Only,
        Some(args::CiFilter::Without) => Ci::Without,
    };
    Filters { program, version, since, until, os, source, ci }
}

/// The same report as a collector's, over the spool and the ledger.
fn of_this_machine(client: &Client, query: &Query) -> Result<Report> {
    let mut lines: Vec<String> = Vec::new();
    if let Some(ledger) = client.ledger() {
        let sent = ledger.read()?;
        lines.extend(sent.batches.iter().flat_map(|batch| &batch.events).map(|event| event.get().to_owned()));
        sent.damaged.iter().for_each(|damaged| talk(&format!("telemetry: {damaged}")));
    }
    if let Some(spool) = client.spool() {
        for which in [Which::Local, Which::Pending] {
            let contents = spool.read(which)?;
            lines.extend(contents.records.iter().map(|record| record.line().to_owned()));
            contents.left_out().for_each(|left_out| talk(&format!("telemetry: {left_out}")));
        }
    }
    let store = SqliteStore::in_memory()?;
    let refused = import(&store, &policies::admitting(&[])?, &lines, client.now())?;
    if refused > 0 {
        talk(&format!(
            "telemetry: {refused} events are left out: the policies of this version do not know them"
        ));
    }
    Ok(store.report(query)?)
}

/// Puts recorded events through the same door as a collector does. How many were refused.
fn import(store: &SqliteStore, policies: &Policies, lines: &[String], now: Timestamp) -> Result<usize> {
    let mut refused = 0;
    let mut batches = Vec::new();
    for (index, chunk) in (0_u64..).zip(lines.chunks(MAX_EVENTS)) {
        let events = chunk.iter().map(String::as_str).collect();
        // The identifier is forgotten with the store; it only has to differ from the others.
        let batch_id = BatchId::new(index, &[0; 10]);
        let batch = Batch { protocol_version: PROTOCOL_VERSION, batch_id, losses: Vec::new(), events };
        let admitted = admit_batch(batch, policies)?;
        refused += admitted.refused().len();
        batches.push(admitted);
    }
    store.insert(&batches, now)?;
    Ok(refused)
}

pub(crate) fn text(report: &Report, source: &str, drawing: Drawing) -> String {
    let name = report.query.name;
    let width = Width::of_stdout();
    let mut text = width.wrap(&format!("{} of {source}", name.title()));
    text.push_str(&width.wrap(name.question()));
    for note in &report.notes {
        text.push_str(&width.wrap(note));
    }
    let told = |section: &&Section| !section.rows.is_empty() || !section.notes.is_empty();
    for section in report.sections.iter().filter(told) {
        let _ = write!(text, "\n{}\n{}", section.title, section_text(section, drawing));
    }
    text
}

fn section_text(section: &Section, drawing: Drawing) -> String {
    let mut text = String::new();
    if let Layout::Facts = section.layout {
        let cells = section.columns.iter().zip(section.rows.iter().flatten());
        let rows = cells.map(|(column, cell)| vec![column.title.to_owned(), cell.to_string()]);
        let _ = writeln!(text, "{}", table(&[("", Align::Left), ("", Align::Right)], rows));
    } else if !section.rows.is_empty() {
        let mut header: Vec<_> = section.columns.iter().map(|column| (column.title, column.align)).collect();
        let mut rows: Vec<Vec<String>> =
            section.rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        let sentences = sentences(&mut header, &mut rows);
        let series = section.chart.is_some_and(|chart| chart.kind == ChartKind::Series);
        if let Some(line) = draw::sparkline(section, drawing) {
            let _ = writeln!(text, " {line}");
        }
        if let Some(bars) = draw::bars(section, drawing) {
            header.push(("", Align::Left));
            rows.iter_mut().zip(bars).for_each(|(row, bar)| row.push(bar));
        }
        let earlier = if series { rows.len().saturating_sub(WEEKS) } else { 0 };
        rows.drain(..earlier);
        let _ = writeln!(text, "{}", table(&header, rows));
        for sentence in sentences {
            text.push_str(&Width::of_stdout().wrap(&sentence));
        }
        if earlier > 0 {
            let _ = writeln!(text, " {earlier} earlier ones: --csv or --json");
        }
    }
    for note in &section.notes {
        text.push_str(&Width::of_stdout().wrap(note));
    }
    text
}

/// A cell this long is a sentence: in a column it would be a tower of words.
const SENTENCE: usize = 60;

/// Takes a last column of sentences out of a table: they stand below it, each led by the row's first cell.
fn sentences(header: &mut Vec<(&str, Align)>, rows: &mut [Vec<String>]) -> Vec<String> {
    let is_sentence = |row: &Vec<String>| row.last().is_some_and(|cell| cell.chars().count() > SENTENCE);
    if header.len() < 2 || !rows.iter().any(is_sentence) {
        return Vec::new();
    }
    header.pop();
    let told = |row: &mut Vec<String>| {
        let sentence = row.pop()?;
        Some(format!("{}. {sentence}", row.first()?))
    };
    rows.iter_mut().filter_map(told).collect()
}
