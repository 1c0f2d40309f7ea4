//! `telemetry purge`

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use telemetry_client::{Client, Purged};

use crate::args::Purge;
use crate::commands::flush::HELPER;
use crate::render::talk;

pub(crate) fn run(purge: &Purge) -> Result<ExitCode> {
    let client = Client::new();
    let purged = client.purge().context("not everything could be deleted")?;
    talk(&format!("{} events that were not sent and the install id are deleted", purged.events));
    if let Some(ledger) = client.ledger().filter(|_| purge.sent) {
        let gone = ledger.purge().context("not every copy could be deleted")?;
        talk(&format!("the copies of {gone} sent batches are deleted"));
    }
    ask(&client, &purged);
    Ok(ExitCode::SUCCESS)
}

/// Says who is asked to erase what was sent, and asks without waiting for the answer.
pub(crate) fn ask(client: &Client, purged: &Purged) {
    for destination in &purged.asks {
        talk(&format!(
            "{destination} is asked to erase what it has of this installation; telemetry status says when it has"
        ));
    }
    for destination in &purged.cannot_be_asked {
        talk(&format!("what went to {destination} cannot be asked back from here"));
    }
    client.ask_now(purged, &HELPER);
}
