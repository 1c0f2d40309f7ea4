//! `telemetry show`

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use serde_json::value::RawValue;
use telemetry_client::Client;
use telemetry_schema::{Batch, BatchId, PROTOCOL_VERSION};
use telemetry_transport::{Erased, OtlpEncoding, Sent, Which, WireForm, in_form};

use crate::args::{Form, Show};
use crate::render::talk;

const NO_HOME: &str = "there is no home directory, so nothing is kept; set TELEMETRY_STATE_DIR";

pub(crate) fn run(show: &Show) -> Result<ExitCode> {
    let client = Client::new();
    if show.sent {
        match client.ledger() {
            Some(ledger) => {
                sent(show, &ledger.read()?)?;
                if show.receipts {
                    erased(&ledger.erasures()?)?;
                }
            }
            None => talk(NO_HOME),
        }
        return Ok(ExitCode::SUCCESS);
    }
    let Some(spool) = client.spool() else {
        talk(NO_HOME);
        return Ok(ExitCode::SUCCESS);
    };
    let kinds: &[Which] = if show.pending { &[Which::Pending] } else { &[Which::Local, Which::Pending] };
    let mut records = Vec::new();
    for which in kinds {
        let contents = spool.read(*which)?;
        records.extend(contents.records);
        for damaged in &contents.damaged {
            talk(&format!("telemetry: {damaged}"));
        }
    }
    let mut out = std::io::stdout().lock();
    match show.form {
        Some(form) => {
            let events: Vec<&RawValue> =
                records.iter().map(|record| serde_json::from_str(record.line())).collect::<Result<_, _>>()?;
            // Nothing was sealed yet: the batch's identifier is the one thing that is still open.
            let batch_id = BatchId::new(0, &[0; 10]);
            let batch = Batch { protocol_version: PROTOCOL_VERSION, batch_id, losses: Vec::new(), events };
            print(&mut out, &serde_json::to_vec(&batch)?, form)?;
        }
        None => {
            for record in &records {
                writeln!(out, "{}", record.line())?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn sent(show: &Show, sent: &Sent) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for batch in &sent.batches {
        if show.receipts {
            let receipt = serde_json::to_string(&batch.receipt)?;
            let destination = serde_json::to_string(&batch.destination)?;
            writeln!(out, r#"{{"destination":{destination},"receipt":{receipt}}}"#)?;
        } else if let Some(form) = show.form {
            print(&mut out, &batch.body, form)?;
        } else {
            for event in &batch.events {
                writeln!(out, "{}", event.get())?;
            }
        }
    }
    for damaged in &sent.damaged {
        talk(&format!("telemetry: {damaged}"));
    }
    Ok(())
}

/// Prints requests to erase and what was answered, one line each.
fn erased(erasures: &[Erased]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for erased in erasures {
        writeln!(out, "{}", serde_json::to_string(erased)?)?;
    }
    Ok(())
}

/// Prints what an endpoint is sent for a batch, one line a batch.
fn print(out: &mut impl Write, batch: &[u8], form: Form) -> Result<()> {
    let form = match form {
        Form::Otlp => WireForm::Otlp(OtlpEncoding::Json),
        Form::Atlas => WireForm::Atlas,
    };
    out.write_all(&in_form(batch, form)?)?;
    writeln!(out)?;
    Ok(())
}
