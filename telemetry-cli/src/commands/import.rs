//! `telemetry import`

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use telemetry_client::{Client, Host};
use telemetry_collector::admit;
use telemetry_schema::Refusal;
use telemetry_transport::{Export, HttpOptions, HttpSink, SystemClock};

use crate::args::Import;
use crate::commands::flush;
use crate::place::StorePlace;
use crate::policies;
use crate::render::talk;

/// For all batches together.
const DEADLINE: Duration = Duration::from_secs(60);

/// What became of the events.
#[derive(Debug, Default)]
struct Counts {
    accepted: u64,
    duplicates: u64,
    refused: Vec<Refusal>,
}

pub(crate) fn run(import: &Import) -> Result<ExitCode> {
    let export = Export::read(&import.file)?;
    let counts = match &import.store {
        Some(store) => store_in(&export, store, &import.policy)?,
        None => send_on(&export)?,
    };
    let Counts { accepted, duplicates, refused } = counts;
    talk(&format!(
        "{accepted} events stored, {duplicates} were there already, {} were refused",
        refused.len()
    ));
    for Refusal { event_id, problems, .. } in &refused {
        let id = event_id.map_or_else(|| "an event without an id".to_owned(), |id| id.to_string());
        let problems = problems.iter().map(|problem| format!("{} {}", problem.field, problem.rule));
        talk(&format!("refused: {id}: {}", problems.collect::<Vec<_>>().join(", ")));
    }
    Ok(if refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn store_in(export: &Export, place: &StorePlace, policies: &[PathBuf]) -> Result<Counts> {
    let policies = policies::admitting(policies)?;
    let store = place.open()?;
    let mut counts = Counts::default();
    let mut admitted = Vec::new();
    for batch in export.batches() {
        let batch =
            admit(batch.body(), &policies).context("a batch of the export is none to this collector")?;
        counts.refused.extend_from_slice(batch.refused());
        admitted.push(batch);
    }
    // All of the file or nothing of it.
    for inserted in store.insert(&admitted, Client::new().now())? {
        counts.accepted += inserted.accepted;
        counts.duplicates += inserted.duplicates;
        counts.refused.extend(inserted.refused);
    }
    Ok(counts)
}

fn send_on(export: &Export) -> Result<Counts> {
    let client = Client::new();
    let host = Host::default();
    if let Some(no) = flush::refusal(&client, &host)? {
        bail!("{no}, so nothing is sent on. Give --store STORE, or set an endpoint (TELEMETRY_ENDPOINT)");
    }
    let endpoint = client.endpoint().map_err(Clone::clone)?.context("there is no endpoint")?;
    let sink = HttpSink::new(endpoint, HttpOptions::from_environment())
        .with_context(|| format!("cannot send on to {endpoint}"))?;
    let mut counts = Counts::default();
    let consent = || Client::new().consent(&host);
    for receipt in export.forward(&sink, consent, &SystemClock::new(), DEADLINE)? {
        counts.accepted += receipt.accepted;
        counts.duplicates += receipt.duplicates;
        counts.refused.extend(receipt.refused);
    }
    Ok(counts)
}
