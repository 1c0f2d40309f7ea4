//! `telemetry flush`

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use telemetry_client::surroundings::Environment;
use telemetry_client::{Client, HELPER_DEADLINE, Host, NotShipped, ship_pending};
use telemetry_redact::consent::Mode;
use telemetry_transport::{EraseReport, ShipReport, helper};

use crate::args::Flush;
use crate::render::talk;

/// How this program is called to be the helper that ships.
pub(crate) const HELPER: [&str; 3] = ["flush", "--quiet", "--detached"];

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
    let begun = Instant::now();
    let erased = client.erase_pending(HELPER_DEADLINE / 2);
    if erased != EraseReport::default() {
        say(&erasures(&erased));
    }
    let deadline = HELPER_DEADLINE.saturating_sub(begun.elapsed());
    let host = Host::default();
    if let Some(no) = refusal(&client, &host)? {
        say(&format!("{no}, so nothing is sent"));
        return Ok(ExitCode::SUCCESS);
    }
    match ship_pending(&client_now, &host, deadline) {
        Ok(report) => {
            say(&text(&report, "sent"));
            Ok(if report.left > 0 && !flush.quiet { ExitCode::FAILURE } else { ExitCode::SUCCESS })
        }
        Err(problem @ (NotShipped::Endpoint(_) | NotShipped::Sink(_))) => Err(problem.into()),
        Err(reason) => {
            say(&reason.to_string());
            Ok(ExitCode::SUCCESS)
        }
    }
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

fn erasures(report: &EraseReport) -> String {
    let mut text = format!("{} events erased by {} requests", report.erased, report.answered);
    if report.left > 0 {
        let _ = write!(text, ", {} requests are left for the next time", report.left);
    }
    if let Some(reason) = &report.stopped_by {
        let _ = write!(text, " ({reason})");
    }
    text
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
