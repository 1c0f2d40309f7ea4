//! `telemetry purge`

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use telemetry_client::Client;

use crate::args::Purge;
use crate::render::talk;

pub(crate) fn run(purge: &Purge) -> Result<ExitCode> {
    let client = Client::new();
    let gone = client.purge().context("not everything could be deleted")?;
    talk(&format!("{gone} events that were not sent and the install id are deleted"));
    if let Some(ledger) = client.ledger().filter(|_| purge.sent) {
        let gone = ledger.purge().context("not every copy could be deleted")?;
        talk(&format!("the copies of {gone} sent batches are deleted"));
    }
    Ok(ExitCode::SUCCESS)
}
