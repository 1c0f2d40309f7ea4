//! From how a command ended to what was observed.

use std::process::ExitStatus;
use std::time::Duration;

use telemetry_client::{App, Client};
use telemetry_redact::{Ending, Observation, Raw, Run};
use telemetry_schema::Timestamp;

use super::{error_text, platform};

/// A command's end.
pub(super) struct Seen {
    pub(super) started_at: Timestamp,
    pub(super) duration: Duration,
    pub(super) status: ExitStatus,
    /// The end of its standard error, where that was read.
    pub(super) stderr: Option<Vec<u8>>,
}

pub(super) fn observation(client: &Client, app: &App, argv: Vec<Raw>, seen: &Seen) -> Observation {
    let ending = match platform::signal_of(seen.status) {
        Some(signal) => Ending::Interrupted(signal),
        None if seen.status.success() => Ending::Success,
        None => {
            let text = seen.stderr.as_deref().and_then(error_text::find).map(Raw::from);
            Ending::Error { code: None, text }
        }
    };
    let duration_us = u64::try_from(seen.duration.as_micros()).unwrap_or(u64::MAX);
    let known_values = match &ending {
        Ending::Error { text: Some(_), .. } => client.known_values(),
        // Nothing to take them out of: a success does not pay for looking them up.
        _ => Vec::new(),
    };
    Observation {
        argv,
        run: Run {
            started_at: seen.started_at,
            completed_at: client.now(),
            duration_us,
            ending,
            exit_code: seen.status.code(),
        },
        // What a program of others asks is not seen.
        prompts: Vec::new(),
        facts: client.facts(app),
        known_values,
    }
}
