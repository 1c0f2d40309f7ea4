//! `telemetry store`

use std::fmt::Write as _;
use std::io::{BufWriter, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use telemetry_collector::{Condition, ExportForm};

use crate::args::StoreAction;
use crate::render::talk;

pub(crate) fn run(action: &StoreAction) -> Result<ExitCode> {
    match action {
        StoreAction::Check { store, json } => {
            let condition = store.open_existing()?.condition()?;
            let mut out = std::io::stdout().lock();
            if *json {
                serde_json::to_writer_pretty(&mut out, &condition)?;
                writeln!(out)?;
            } else {
                write!(out, "{}", text(&condition))?;
            }
            Ok(if condition.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        StoreAction::Compact { store } => {
            let (before, after) = store.open_existing()?.compact()?;
            talk(&format!("{store} had {before} bytes and has {after}"));
            Ok(ExitCode::SUCCESS)
        }
        StoreAction::Export { store, csv } => {
            let form = if *csv { ExportForm::Csv } else { ExportForm::Lines };
            let mut out = BufWriter::new(std::io::stdout().lock());
            let count =
                store.open_existing()?.export(form, &mut out).context("not every event is written")?;
            talk(&format!("{count} events"));
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn text(condition: &Condition) -> String {
    let Condition { format, events, uncounted, bytes, free_bytes, problems, .. } = condition;
    let mut text = if problems.is_empty() {
        "The store is sound.\n".to_owned()
    } else {
        "The store is damaged:\n".to_owned()
    };
    for problem in problems {
        let _ = writeln!(text, "  {problem}");
    }
    let _ = writeln!(text, "format: {format}\nevents: {events}\nnot counted yet: {uncounted}");
    let _ = writeln!(text, "bytes: {bytes}\nfree bytes: {free_bytes}");
    text
}
