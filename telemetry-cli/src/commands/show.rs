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
    let printed = if show.receipts { receipts(&control) } else { events(&control, what, show) };
    match printed {
        Err(error) if matches!(error.downcast_ref(), Some(ControlError::NoStateDir)) => {
            talk(&error.to_string());
        }
        printed => printed?,
    }
    Ok(ExitCode::SUCCESS)
}

fn receipts(control: &Control) -> Result<()> {
    let receipts = control.receipts()?;
    say(&receipts.damaged);
    write!(std::io::stdout().lock(), "{}", receipts.text())?;
    Ok(())
}

fn say(sentences: &[String]) {
    for sentence in sentences {
        talk(&format!("telemetry: {sentence}"));
    }
}

fn events(control: &Control, what: What, show: &Show) -> Result<()> {
    let shown = control.show(what)?;
    match show.form {
        None => say(&shown.talk().collect::<Vec<_>>()),
        // What an endpoint is sent is not lines of events.
        Some(_) => say(&shown.damaged),
    }
    let mut out = std::io::stdout().lock();
    match show.form {
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
