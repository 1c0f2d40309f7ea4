//! `telemetry export`

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail};
use telemetry_client::{Client, Host};
use telemetry_transport::{ExportSink, SystemClock, Which, ship};

use crate::args::Export;
use crate::commands::flush;
use crate::render::talk;

/// Longer than a shipper lives that is under way, which is waited for.
const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) fn run(export: Export) -> Result<ExitCode> {
    let client = Client::new();
    let host = Host::default();
    if let Some(no) = flush::refusal(&client, &host)? {
        bail!(
            "{no}, so nothing is exported. Exporting needs what sending needs; without a network, \
             telemetry config set endpoint export: lets events wait for it from then on"
        );
    }
    let (Some(spool), Some(ledger)) = (client.spool(), client.ledger()) else {
        bail!("there is no home directory, so nothing is kept and nothing is exported");
    };
    if spool.read(Which::Pending)?.records.is_empty() {
        talk("nothing is waiting, so there is nothing to export");
        return Ok(ExitCode::SUCCESS);
    }
    let path = export.file.display().to_string();
    let sink = ExportSink::create(export.file)?;
    // Asked again before each batch: a no that came meanwhile counts at once.
    let consent = || Client::new().consent(&host);
    let report = ship(&spool, &ledger, &sink, consent, &SystemClock::new(), DEADLINE);
    let exported = sink.finish()?;
    talk(&flush::text(&report, "exported"));
    if exported > 0 {
        talk(&format!("carry {path} to the collector: telemetry import FILE --store PATH"));
    }
    Ok(if report.left > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
