//! `telemetry status`

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;
use telemetry_client::{Client, Host};
use telemetry_redact::Redactor;
use telemetry_redact::consent::{Consent, Mode, Say, SourceKind};
use telemetry_schema::Timestamp;
use telemetry_transport::{Erased, PendingErasure, Which};

use crate::args::Status;
use crate::policies;
use crate::render::{Align, table};

#[derive(Debug, Serialize)]
struct Answer {
    mode: Mode,
    decided_by: SourceKind,
    decided_by_label: String,
    sources: Vec<Source>,
    would_change_it: Vec<String>,
    endpoint: Option<String>,
    endpoint_problem: Option<String>,
    state_dir: Option<String>,
    settings_file: Option<String>,
    pending_events: u64,
    local_events: u64,
    sent_batches: u64,
    damaged_records: u64,
    erasures_pending: Vec<Pending>,
    erasures_answered: Vec<Answered>,
}

/// A request to erase that waits for its receipt.
#[derive(Debug, Serialize)]
struct Pending {
    destination: String,
    requested_at: Timestamp,
}

/// A request to erase that was carried out.
#[derive(Debug, Serialize)]
struct Answered {
    destination: String,
    requested_at: Timestamp,
    received_at: Timestamp,
    erased: u64,
}

#[derive(Debug, Serialize)]
struct Source {
    #[serde(rename = "source")]
    kind: SourceKind,
    label: String,
    says: &'static str,
    problem: Option<String>,
}

pub(crate) fn run(status: &Status) -> Result<ExitCode> {
    let client = Client::new();
    let program = status.program.as_deref().map(std::path::Path::new);
    let redactor = policies::redactor(status.policy.as_deref(), program)?;
    let answer = answer(&client, &redactor);
    let mut out = std::io::stdout().lock();
    if status.json {
        serde_json::to_writer_pretty(&mut out, &answer)?;
        writeln!(out)?;
    } else {
        write!(out, "{}", text(&answer))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn answer(client: &Client, redactor: &Redactor) -> Answer {
    let program_variable = redactor.policy().and_then(telemetry_redact::Policy::consent_variable);
    let host = Host { program_variable, ..Host::default() };
    let consent = client.consent(&host);
    let sources = consent
        .reports()
        .iter()
        .map(|report| Source {
            kind: report.source,
            label: client.source_label(report.source, &host),
            says: says(report.say),
            problem: client.source_problem(report.source).map(|problem| problem.to_string()),
        })
        .collect();
    let spool = client.spool();
    let contents = |which| spool.as_ref().and_then(|spool| spool.read(which).ok());
    let (pending, local) = (contents(Which::Pending), contents(Which::Local));
    let count = |contents: &Option<telemetry_transport::Contents>| {
        contents.as_ref().map_or(0, |contents| contents.records.len() as u64)
    };
    let damaged =
        [&pending, &local].into_iter().flatten().map(|contents| contents.damaged.len() as u64).sum();
    let endpoint = client.endpoint();
    Answer {
        mode: consent.mode(),
        decided_by: consent.decided_by(),
        decided_by_label: client.source_label(consent.decided_by(), &host),
        sources,
        would_change_it: remedies(client, &consent, &host),
        endpoint: endpoint.ok().flatten().map(ToString::to_string),
        endpoint_problem: endpoint.err().map(ToString::to_string),
        state_dir: client.state_dir().map(|dir| dir.display().to_string()),
        settings_file: client.settings().ok().map(|file| file.path().display().to_string()),
        pending_events: count(&pending),
        local_events: count(&local),
        sent_batches: client
            .ledger()
            .and_then(|ledger| ledger.read().ok())
            .map_or(0, |sent| sent.batches.len() as u64),
        damaged_records: damaged,
        erasures_pending: pending_erasures(client),
        erasures_answered: answered_erasures(client),
    }
}

fn pending_erasures(client: &Client) -> Vec<Pending> {
    let pending = client.erasures().and_then(|erasures| erasures.pending().ok()).unwrap_or_default();
    let shown = pending.into_iter().map(|PendingErasure { destination, request, .. }| Pending {
        destination,
        requested_at: request.requested_at,
    });
    shown.collect()
}

fn answered_erasures(client: &Client) -> Vec<Answered> {
    let erased = client.ledger().and_then(|ledger| ledger.erasures().ok()).unwrap_or_default();
    let shown = erased.into_iter().map(|Erased { destination, request, receipt, .. }| Answered {
        destination,
        requested_at: request.requested_at,
        received_at: receipt.received_at,
        erased: receipt.erased,
    });
    shown.collect()
}

fn says(say: Say) -> &'static str {
    match say {
        Say::Silent => "nothing",
        Say::Mode(Mode::On) => "on",
        Say::Mode(Mode::Local) => "at most local",
        Say::Mode(Mode::Off) => "off",
        Say::Unparsable => "something that is no yes or no, which is off",
        Say::Unreadable => "something that cannot be read, which is off",
    }
}

/// What a person can do, by who decided.
fn remedies(client: &Client, consent: &Consent, host: &Host) -> Vec<String> {
    let label = client.source_label(consent.decided_by(), host);
    let off = "telemetry config set telemetry_enabled false turns it off".to_owned();
    let on = "telemetry config set telemetry_enabled true turns it on".to_owned();
    let undo = match consent.decided_by() {
        SourceKind::HostDefault | SourceKind::Notice => None,
        SourceKind::Setting => Some(on).filter(|_| consent.mode() != Mode::On),
        SourceKind::Endpoint => {
            Some("telemetry config set endpoint URL (or TELEMETRY_ENDPOINT) lets events be sent".to_owned())
        }
        SourceKind::AdminFile => Some(format!("an administrator of this machine can change the {label}")),
        SourceKind::DoNotTrack | SourceKind::ProgramVariable | SourceKind::Variable => {
            Some(format!("unset the {label}, which decides now"))
        }
        SourceKind::ProjectFile => Some(format!("change the {label}, which decides now")),
        SourceKind::RunFlag => Some(format!("leave out the {label}")),
    };
    let off = Some(off).filter(|_| consent.mode() != Mode::Off);
    undo.into_iter().chain(off).collect()
}

fn text(answer: &Answer) -> String {
    let mode = match answer.mode {
        Mode::On => "on: events are recorded and sent",
        Mode::Local => "local: events are recorded and stay on this machine",
        Mode::Off => "off: nothing is recorded",
    };
    let mut text = format!("Telemetry is {mode}.\nDecided by: {}\n", answer.decided_by_label);
    for remedy in &answer.would_change_it {
        let _ = writeln!(text, "To change it: {remedy}");
    }
    if let Some(problem) = &answer.endpoint_problem {
        let _ = writeln!(text, "The endpoint cannot be used: {problem}");
    }
    text.push_str("\nEverything that has a say, strongest first:\n");
    let rows = answer.sources.iter().map(|source| {
        let decided = if source.kind == answer.decided_by { "  *" } else { "   " };
        let says = match &source.problem {
            Some(problem) => format!("{} ({problem})", source.says),
            None => source.says.to_owned(),
        };
        vec![decided.to_owned(), source.label.clone(), says]
    });
    text.push_str(&table(&[("", Align::Left), ("", Align::Left), ("", Align::Left)], rows));
    let or_none = |what: &Option<String>| what.clone().unwrap_or_else(|| "none".to_owned());
    let facts = [
        ("endpoint", or_none(&answer.endpoint)),
        ("settings", or_none(&answer.settings_file)),
        ("spool and ledger", or_none(&answer.state_dir)),
        ("waiting to be sent", answer.pending_events.to_string()),
        ("recorded to stay here", answer.local_events.to_string()),
        ("batches sent", answer.sent_batches.to_string()),
        ("damaged records", answer.damaged_records.to_string()),
    ];
    text.push_str("\n\n");
    let rows = facts.into_iter().map(|(name, value)| vec![name.to_owned(), value]);
    text.push_str(&table(&[("", Align::Left), ("", Align::Left)], rows));
    text.push('\n');
    for Pending { destination, requested_at } in &answer.erasures_pending {
        let _ = writeln!(
            text,
            "{destination} was asked to erase at {requested_at} and has not answered; telemetry flush asks again"
        );
    }
    for Answered { destination, received_at, erased, .. } in &answer.erasures_answered {
        let _ = writeln!(text, "{destination} erased {erased} events at {received_at}");
    }
    text
}
