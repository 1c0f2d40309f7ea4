//! A batch as lines: what stands around the events in the first, then an event a line. Somebody who has events in a file
//! sends it as it is, and a line that is damaged costs itself and not the batch.

use serde::Deserialize;
use telemetry_schema::{Batch, BatchId, Loss, PROTOCOL_VERSION};

use super::envelope::AtMost;
use super::problem::{self, INVALID, Paths, Place};
use super::{AdmittedBatch, BatchError, MAX_EVENTS, MAX_LOSSES, admit_batch};
use crate::Policies;

/// [`Batch`] without its events.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    protocol_version: u32,
    batch_id: BatchId,
    #[serde(default = "AtMost::none")]
    losses: AtMost<Loss, MAX_LOSSES>,
}

/// Judges a batch as lines of UTF-8 JSON: the batch without its events in the first one, then an event a line. Lines
/// end by a line feed, with or without a carriage return before it; empty ones are passed over, and do not count.
///
/// # Errors
///
/// [`BatchError`] where the first line is no head of a batch, or there are too many events. A bad line in a good batch is
/// no error: it is refused by itself.
pub fn admit_lines(body: &[u8], policies: &Policies) -> Result<AdmittedBatch, BatchError> {
    let text = std::str::from_utf8(body).map_err(|_| BatchError::NotUtf8)?;
    let blank = |byte: char| matches!(byte, ' ' | '\t' | '\r');
    let mut lines = text.split('\n').map(|line| line.trim_matches(blank)).filter(|line| !line.is_empty());
    let head = lines.next().unwrap_or_default();
    let Head { protocol_version, batch_id, losses } = read(head)?;
    if protocol_version != PROTOCOL_VERSION {
        return Err(BatchError::ProtocolVersion);
    }
    // One more than the bound shows that there are too many.
    let events = lines.take(MAX_EVENTS + 1).collect();
    let losses = losses.into_list().ok_or(BatchError::TooManyLosses)?;
    admit_batch(Batch { protocol_version, batch_id, losses, events }, policies)
}

fn read(head: &str) -> Result<Head, BatchError> {
    // serde's derived code would take a list of the fields' values for an object.
    if head.starts_with('[') {
        return Err(BatchError::Invalid(Place::default().breaks(INVALID)));
    }
    serde_json::from_str(head).map_err(|error| {
        if problem::states_another_protocol(head) {
            BatchError::ProtocolVersion
        } else if error.is_data() {
            BatchError::Invalid(problem::of::<Head>(head, Paths::batch()))
        } else {
            BatchError::NotJson { line: error.line(), column: error.column() }
        }
    })
}
