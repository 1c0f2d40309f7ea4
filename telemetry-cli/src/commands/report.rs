//! `telemetry report`

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use telemetry_client::Client;
use telemetry_client::control::Width;
use telemetry_collector::{
    Cell, MAX_EVENTS, Policies, Report, ReportOptions, SqliteStore, Store, admit_batch,
};
use telemetry_schema::{Batch, BatchId, PROTOCOL_VERSION, Timestamp};
use telemetry_transport::Which;

use crate::args;
use crate::policies;
use crate::render::{table, talk};

pub(crate) fn run(args: &args::Report) -> Result<ExitCode> {
    let (report, source) = match &args.store {
        Some(path) => {
            let store = SqliteStore::open_existing(path)?;
            (store.report(&ReportOptions::default())?, format!("store {}", path.display()))
        }
        None => (of_this_machine(&Client::new())?, "what this machine recorded and sent".to_owned()),
    };
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer_pretty(&mut out, &report)?;
        writeln!(out)?;
    } else if args.csv {
        csv_text(&report, &mut out)?;
    } else {
        write!(out, "{}", text(&report, &source))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The same report as a collector's, over the spool and the ledger.
fn of_this_machine(client: &Client) -> Result<Report> {
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
            contents.damaged.iter().for_each(|damaged| talk(&format!("telemetry: {damaged}")));
        }
    }
    let store = SqliteStore::in_memory()?;
    let refused = import(&store, &policies::admitting(&[])?, &lines, client.now())?;
    if refused > 0 {
        talk(&format!(
            "telemetry: {refused} events are left out: the policies of this version do not know them"
        ));
    }
    Ok(store.report(&ReportOptions::default())?)
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

pub(crate) fn text(report: &Report, source: &str) -> String {
    let mut text = Width::of_stdout().wrap(&format!("Report on {source}"));
    for section in report.sections().into_iter().filter(|section| !section.rows.is_empty()) {
        let header: Vec<_> = section.columns.iter().map(|column| (column.title, column.align)).collect();
        let rows = section.rows.iter().map(|row| row.iter().map(ToString::to_string).collect());
        let _ = write!(text, "\n{}\n{}\n", section.title, table(&header, rows));
    }
    text
}

/// One table after the other, each row led by the name of its section, so that one filter splits them.
fn csv_text(report: &Report, out: &mut impl std::io::Write) -> Result<()> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(out);
    for section in report.sections() {
        let titles = section.columns.iter().map(|column| column.key);
        writer.write_record(std::iter::once("section").chain(titles))?;
        for row in &section.rows {
            writer
                .write_record(std::iter::once(section.key.to_owned()).chain(row.iter().map(Cell::plain)))?;
        }
    }
    writer.flush()?;
    Ok(())
}
