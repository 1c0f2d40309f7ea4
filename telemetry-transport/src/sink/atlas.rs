//! What the MongoDB Atlas CLI sends, from our events: an array of `{timestamp, source, properties}`. The mapping is in
//! docs/sinks.md as a table; a test compares them.
//!
//! What the Atlas CLI sends and we do not: the first line of the raw error, ids of projects and organisations, the hash
//! of a profile's name, an id made from the machine's, host names.

use std::time::Duration;

use serde::Serialize;
use telemetry_redact::consent::SendPermit;
use telemetry_schema::{
    App, Arch, Batch, Command, Context, Event, Os, OsName, Outcome, ProgramName, Receipt, Signal, StreamKind,
    Terminal, Timestamp,
};

use super::endpoint::{Address, Protocol};
use super::foreign::{Manners, deliver};
use super::http::{Answer, Encoding, Http, HttpOptions, Request};
use super::receipt;
use super::{LossCounts, SealedBatch, SendError, Sink, SinkError, Takes, WireError};

/// Where the Atlas CLI sends without credentials, of which we have none.
const PATH: &str = "/api/private/unauth/telemetry/events";

const MAX_BATCH_EVENTS: usize = 32;

/// Sends batches as the Atlas CLI does.
#[derive(Debug)]
pub(super) struct AtlasSink {
    http: Http,
}

impl AtlasSink {
    pub(super) fn new(address: &Address, options: HttpOptions) -> Result<Self, SinkError> {
        Ok(Self { http: Http::new(Protocol::Atlas, address, PATH, options)? })
    }
}

/// What is sent for a batch. The same batch gives the same bytes, whenever and wherever this is asked.
pub(super) fn encode(batch: &[u8]) -> Result<Vec<u8>, WireError> {
    let batch: Batch<Event> = serde_json::from_slice(batch)?;
    let tracked: Vec<Tracked<'_>> = batch.events.iter().map(Tracked::of).collect();
    Ok(serde_json::to_vec(&tracked)?)
}

impl Sink for AtlasSink {
    fn takes(&self) -> Takes {
        // There is no place for counts of losses: they stay here until there is.
        Takes { max_batch_events: MAX_BATCH_EVENTS, losses: LossCounts::Kept }
    }

    fn destination(&self) -> String {
        self.http.destination()
    }

    fn send(&self, batch: &SealedBatch, permit: SendPermit, within: Duration) -> Result<Receipt, SendError> {
        let body = encode(batch.body()).map_err(|_| SendError::Unencodable)?;
        let request = Request {
            media_type: "application/json",
            encoding: Encoding::Identity,
            headers: &[],
            body: &body,
        };
        let manners = Manners { is_busy, is_genuine, empty: b"[]" };
        deliver(&self.http, &request, &manners, &self.http.leave(permit, within))?;
        receipt::made_here(batch, 0)
    }
}

fn is_busy(status: u16) -> bool {
    matches!(status, 408 | 429 | 500..=599)
}

/// The protocol has no answer but the status. A page is what a gateway shows that wants somebody to log in.
fn is_genuine(answer: &Answer) -> bool {
    answer.media_type != "text/html"
}

/// One event, with the names of the Atlas CLI.
#[derive(Debug, Serialize)]
struct Tracked<'a> {
    timestamp: Timestamp,
    source: &'a str,
    properties: Properties<'a>,
}

#[derive(Debug, Serialize)]
struct Properties<'a> {
    cli_event_type: &'static str,
    /// Not of the Atlas CLI: without it nobody could tell that an event came twice.
    event_id: String,
    command: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    alias: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    os: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arch: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    installer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_method: Option<&'static str>,
    ci: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_env_var: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    terminal: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a str>,
    duration: u64,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<String>,
}

impl<'a> Tracked<'a> {
    fn of(event: &'a Event) -> Self {
        let Event {
            schema_version: _,
            policy_version: _,
            event_id,
            install_id,
            app: App { name, version, install_source },
            os: Os { name: os, version: _, arch, libc: _, container: _, wsl: _ },
            auth_method,
            command,
            // Nothing that takes these events has a place for them.
            prompts: _,
            started_at: _,
            completed_at,
            duration_us,
            outcome,
            exit_code: _,
            context: Context { ci, agent, terminal: Terminal { stdin: _, stdout, stderr: _ } },
        } = event;
        let Command { path, flags, .. } = command;
        let program = name.as_ref().map(ProgramName::as_str);
        let words = program.into_iter().chain(path.iter().map(AsRef::as_ref));
        let (result, error, signal) = ending(outcome);
        let output = flags.iter().find(|flag| flag.name.as_str() == "output");
        let properties = Properties {
            cli_event_type: "command",
            event_id: event_id.to_string(),
            command: words.collect::<Vec<_>>().join("-"),
            alias: path.last().map(AsRef::as_ref),
            flags: flags.iter().map(|flag| flag.name.as_str()).collect(),
            os: goos(*os),
            arch: goarch(*arch),
            version: version.as_ref().map(AsRef::as_ref),
            installer: install_source.map(telemetry_schema::InstallSource::key),
            auth_method: auth_method.map(telemetry_schema::AuthMethod::key),
            ci: ci.is_some(),
            agent_env_var: agent.map(telemetry_schema::CodingAgent::key),
            terminal: (*stdout == StreamKind::Terminal).then_some("tty"),
            output: output.and_then(|flag| flag.values.last()).map(AsRef::as_ref),
            duration: duration_us / 1_000,
            result,
            error,
            signal,
            device_id: install_id.map(|id| id.to_string()),
        };
        Self { timestamp: *completed_at, source: source(program), properties }
    }
}

/// The Atlas CLI calls itself so; others have their own name.
fn source(program: Option<&str>) -> &str {
    match program {
        Some("atlas") => "atlascli",
        Some(program) => program,
        None => "unknown",
    }
}

/// Result, error and signal. An error is the text that was rebuilt of declared words, or its class; never the line that
/// was printed.
fn ending(outcome: &Outcome) -> (&'static str, Option<&str>, Option<&'static str>) {
    match outcome {
        Outcome::Success => ("SUCCESS", None, None),
        Outcome::Error { code, message, fingerprint: _ } => {
            let error = message.as_ref().map_or(code.as_str(), |message| message.as_str());
            ("ERROR", Some(error), None)
        }
        Outcome::Interrupted { signal } => {
            let signal = signal_name(*signal);
            ("ERROR", Some(signal), Some(signal))
        }
        Outcome::Panic { .. } => ("ERROR", Some("panic"), None),
    }
}

/// The name that Go, in which the Atlas CLI is written, gives to a system.
fn goos(os: OsName) -> Option<&'static str> {
    match os {
        OsName::Macos => Some("darwin"),
        OsName::Windows | OsName::Freebsd | OsName::Netbsd | OsName::Openbsd | OsName::Android => {
            Some(os.key())
        }
        OsName::Other => None,
        _ => Some("linux"),
    }
}

fn goarch(arch: Arch) -> Option<&'static str> {
    match arch {
        Arch::X86_64 => Some("amd64"),
        Arch::X86 => Some("386"),
        Arch::Aarch64 => Some("arm64"),
        Arch::Powerpc64 => Some("ppc64"),
        Arch::Loongarch64 => Some("loong64"),
        Arch::Other => None,
        other => Some(other.key()),
    }
}

/// What Go's `os.Signal` is in words.
fn signal_name(signal: Signal) -> &'static str {
    match signal {
        Signal::Sighup => "hangup",
        Signal::Sigint => "interrupt",
        Signal::Sigquit => "quit",
        Signal::Sigill => "illegal instruction",
        Signal::Sigtrap => "trace/breakpoint trap",
        Signal::Sigabrt => "aborted",
        Signal::Sigbus => "bus error",
        Signal::Sigfpe => "floating point exception",
        Signal::Sigkill => "killed",
        Signal::Sigusr1 => "user defined signal 1",
        Signal::Sigsegv => "segmentation fault",
        Signal::Sigusr2 => "user defined signal 2",
        Signal::Sigpipe => "broken pipe",
        Signal::Sigalrm => "alarm clock",
        Signal::Sigterm => "terminated",
        Signal::Sigxcpu => "CPU time limit exceeded",
        Signal::Sigxfsz => "file size limit exceeded",
        Signal::Sigsys => "bad system call",
        Signal::Other => "signal",
    }
}
