//! `telemetry show`

use std::io::Write;
use std::process::ExitCode;

use anyhow::Result;
use telemetry_client::control::{Control, ControlError, Show as What, Shown};
use telemetry_client::{Client, Host};
use telemetry_schema::{Batch, BatchId, PROTOCOL_VERSION};
use telemetry_transport::{OtlpEncoding, WireForm, in_form};

use crate::args::{Form, Show};
use crate::render::{commands, talk};

pub(crate) fn run(show: &Show) -> Result<ExitCode> {
    let what = match (show.sent, show.pending) {
        (true, _) => What::Sent,
        (_, true) => What::Pending,
        _ => What::Recorded,
    };
    let control = Control::new(Client::new(), Host::default(), commands());
    let shown = match control.show(what) {
        Err(nothing @ ControlError::NoStateDir) => {
            talk(&nothing.to_string());
            return Ok(ExitCode::SUCCESS);
        }
        shown => shown?,
    };
    // A receipt, and what an endpoint is sent, are not lines of events.
    let said: Vec<String> = match show.form {
        None if !show.receipts => shown.talk().collect(),
        _ => shown.damaged.clone(),
    };
    for sentence in said {
        talk(&format!("telemetry: {sentence}"));
    }
    let mut out = std::io::stdout().lock();
    match show.form {
        _ if show.receipts => {
            receipts(&shown, &mut out)?;
            for erased in
                control.client().ledger().map(|ledger| ledger.erasures()).transpose()?.unwrap_or_default()
            {
                writeln!(out, "{}", serde_json::to_string(&erased)?)?;
            }
        }
        Some(form) if show.sent => {
            shown.batches.iter().try_for_each(|batch| print(&mut out, &batch.body, form))?;
        }
        Some(form) => {
            // Nothing was sealed yet: the batch's identifier is the one thing that is still open.
            let batch_id = BatchId::new(0, &[0; 10]);
            let Shown { events, .. } = shown;
            let batch = Batch { protocol_version: PROTOCOL_VERSION, batch_id, losses: Vec::new(), events };
            print(&mut out, &serde_json::to_vec(&batch)?, form)?;
        }
        None => write!(out, "{}", shown.text())?,
    }
    Ok(ExitCode::SUCCESS)
}

fn receipts(shown: &Shown, out: &mut impl Write) -> Result<()> {
    for batch in &shown.batches {
        let destination = serde_json::to_string(&batch.destination)?;
        let receipt = match &batch.receipt {
            Some(receipt) => serde_json::to_string(receipt)?,
            // No answer came: what it would name is all that there is to tell.
            None => format!(r#"null,"batch_id":"{}","events":{}"#, batch.batch_id, batch.events.len()),
        };
        writeln!(out, r#"{{"destination":{destination},"receipt":{receipt}}}"#)?;
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
