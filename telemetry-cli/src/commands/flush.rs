//! `telemetry flush`

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use telemetry_client::surroundings::Environment;
use telemetry_client::{Client, HELPER_DEADLINE, Host};
use telemetry_redact::consent::Mode;
use telemetry_transport::{Delivery, HttpOptions, ShipReport, SystemClock, helper, ship};

use crate::args::Flush;
use crate::render::talk;

/// How this program is called to be the helper that ships.
const HELPER: [&str; 3] = ["flush", "--quiet", "--detached"];

/// Starts a process that ships and is not waited for. That it cannot be started is no loss: the next run tries again.
pub(crate) fn start_helper() {
    if let Ok(program) = std::env::current_exe() {
        let _ = helper::spawn(&program, &HELPER);
    }
}

pub(crate) fn run(flush: &Flush) -> Result<ExitCode> {
    // A helper leaves the directory it was started in; a project file and relative paths are meant from there.
    let started_in = std::env::current_dir().ok();
    if flush.detached {
        helper::enter(HELPER_DEADLINE);
    }
    let client_now = || Client::in_environment(Environment::real(), started_in.as_deref());
    let say = |text: &str| {
        if !flush.quiet {
            talk(text);
        }
    };
    let client = client_now();
    let host = Host::default();
    if let Some(no) = refusal(&client, &host)? {
        say(&format!("{no}, so nothing is sent"));
        return Ok(ExitCode::SUCCESS);
    }
    let (Some(spool), Some(ledger)) = (client.spool(), client.ledger()) else {
        say("there is no home directory, so nothing is kept and nothing is sent");
        return Ok(ExitCode::SUCCESS);
    };
    let endpoint = client.endpoint().map_err(Clone::clone)?.context("there is no endpoint")?;
    if endpoint.delivery() == Delivery::ByHand {
        say("events wait to be carried: telemetry export FILE");
        return Ok(ExitCode::SUCCESS);
    }
    let sink = telemetry_transport::sink_for(endpoint, HttpOptions::from_environment())?;
    // Asked again before each request: a no that came meanwhile counts at once.
    let consent = || client_now().consent(&host);
    let report = ship(&spool, &ledger, sink.as_ref(), consent, &SystemClock::new(), HELPER_DEADLINE);
    say(&text(&report, "sent"));
    Ok(if report.left > 0 && !flush.quiet { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Why nothing may leave this machine, where that is so.
pub(crate) fn refusal(client: &Client, host: &Host) -> Result<Option<String>> {
    let consent = client.consent(host);
    if consent.mode() == Mode::On {
        return Ok(None);
    }
    if let Err(problem) = client.endpoint() {
        return Err(anyhow::Error::new(problem.clone()).context("nothing is sent"));
    }
    let label = client.source_label(consent.decided_by(), host);
    Ok(Some(format!("telemetry is {} (decided by: {label})", consent.mode())))
}

pub(crate) fn text(report: &ShipReport, done: &str) -> String {
    let mut text = format!("{} events {done}", report.sent);
    for (count, what) in [
        (report.duplicates, "were there already"),
        (report.refused, "were refused"),
        (report.damaged, "were damaged and moved aside"),
        (report.left, "are left for the next time"),
    ] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    if let Some(reason) = &report.stopped_by {
        let _ = write!(text, " ({reason})");
    }
    text
}
