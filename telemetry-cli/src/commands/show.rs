//! `telemetry show`

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use telemetry_client::Client;
use telemetry_transport::Which;

use crate::args::Show;
use crate::render::talk;

const NO_HOME: &str = "there is no home directory, so nothing is kept; set TELEMETRY_STATE_DIR";

pub(crate) fn run(show: &Show) -> Result<ExitCode> {
    let client = Client::new();
    let mut out = std::io::stdout().lock();
    if show.sent {
        let Some(ledger) = client.ledger() else {
            talk(NO_HOME);
            return Ok(ExitCode::SUCCESS);
        };
        let sent = ledger.read()?;
        for batch in &sent.batches {
            for event in &batch.events {
                writeln!(out, "{}", event.get())?;
            }
        }
        for damaged in &sent.damaged {
            talk(&format!("telemetry: {damaged}"));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let Some(spool) = client.spool() else {
        talk(NO_HOME);
        return Ok(ExitCode::SUCCESS);
    };
    let kinds: &[Which] = if show.pending { &[Which::Pending] } else { &[Which::Local, Which::Pending] };
    for which in kinds {
        let contents = spool.read(*which)?;
        for record in &contents.records {
            writeln!(out, "{}", record.line())?;
        }
        for damaged in &contents.damaged {
            talk(&format!("telemetry: {damaged}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
