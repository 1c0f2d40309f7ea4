//! From bytes that somebody sent to events that may be stored.
//!
//! Each event is read as the schema's type, must be nothing but what that type holds, and is judged by the redactor
//! of its program. What passes keeps its bytes as they were sent.

mod bounds;
mod envelope;
mod erasure;
mod event;
mod lines;
mod logs;
mod problem;

use std::collections::BTreeSet;

use telemetry_schema::{Batch, BatchId, Loss, PROTOCOL_VERSION, Problem, ProgramName, Refusal};
use thiserror::Error;

use crate::Policies;

pub use erasure::{AdmittedErasure, ErasureError, MAX_INSTALL_IDS, admit_erasure};
pub use event::AdmittedEvent;
pub use lines::admit_lines;
pub use logs::{LogsEncoding, LogsError, MAX_RECORDS, admit_logs};

/// Events in one batch; the bound that the batch's JSON Schema shows.
pub const MAX_EVENTS: usize = 1000;
/// Loss counts in one batch; the bound that the batch's JSON Schema shows.
pub const MAX_LOSSES: usize = 16;
/// Bytes of one event's JSON. An event of everyday size has under 2 KiB; this bounds what one judgement can cost.
pub const MAX_EVENT_BYTES: usize = 256 * 1024;

/// A batch that was judged: the events that may be stored, and why others may not. Only this
/// module's `admit` functions make one, so a store can hold nothing that was not judged.
#[derive(Debug, Clone)]
pub struct AdmittedBatch {
    id: BatchId,
    losses: Vec<Loss>,
    events: Vec<AdmittedEvent>,
    refused: Vec<Refusal>,
}

impl AdmittedBatch {
    /// The batch's identifier.
    #[must_use]
    pub fn id(&self) -> BatchId {
        self.id
    }

    /// What the sender lost before.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// The events that may be stored, in the order of the batch.
    #[must_use]
    pub fn events(&self) -> &[AdmittedEvent] {
        &self.events
    }

    /// The events that may not, each with its problems.
    #[must_use]
    pub fn refused(&self) -> &[Refusal] {
        &self.refused
    }

    /// Refuses the events of other programs than these.
    pub(crate) fn refuse_others(&mut self, programs: &BTreeSet<ProgramName>) {
        let others = self.events.extract_if(.., |event| {
            event.event().app.name.as_ref().is_none_or(|program| !programs.contains(program))
        });
        self.refused.extend(others.map(|event| event.refusal("app.name", "key.other_program")));
    }

    /// Takes the refusals out, for the receipt.
    pub(crate) fn take_refused(&mut self) -> Vec<Refusal> {
        std::mem::take(&mut self.refused)
    }
}

/// A body that is no batch. Says where and which rule, never what stood there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BatchError {
    /// Bytes that are no UTF-8.
    #[error("the batch is not UTF-8")]
    NotUtf8,
    /// Text that is no JSON, or ends too early, or nests too deeply.
    #[error("the batch is not JSON: line {line} column {column}")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// Another protocol.
    #[error("the batch does not state protocol version {PROTOCOL_VERSION}")]
    ProtocolVersion,
    /// Too many events.
    #[error("the batch has more than {MAX_EVENTS} events")]
    TooManyEvents,
    /// Too many loss counts.
    #[error("the batch has more than {MAX_LOSSES} losses")]
    TooManyLosses,
    /// JSON that is no batch.
    #[error("the batch breaks the rule {rule} at `{field}`", rule = .0.rule, field = .0.field)]
    Invalid(Problem),
}

impl BatchError {
    /// Field and rule.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (field, rule) = match self {
            Self::NotUtf8 => ("", "batch.not_utf8"),
            Self::NotJson { .. } => ("", "batch.not_json"),
            Self::ProtocolVersion => ("protocol_version", "batch.protocol_version"),
            Self::TooManyEvents => ("events", "batch.too_many_events"),
            Self::TooManyLosses => ("losses", "batch.too_many_losses"),
            Self::Invalid(problem) => return problem.clone(),
        };
        Problem { field: field.to_owned(), rule: rule.to_owned() }
    }
}

/// Judges a batch as it came: UTF-8 JSON of the batch's schema.
///
/// # Errors
///
/// [`BatchError`] where the body is no batch. A bad event in a good batch is no error: it is refused by itself.
pub fn admit(body: &[u8], policies: &Policies) -> Result<AdmittedBatch, BatchError> {
    admit_batch(envelope::read(body)?, policies)
}

/// Judges a batch whose events are JSON texts: what lies in a spool, or what [`admit`] has read.
///
/// # Errors
///
/// [`BatchError`] where the protocol version is another one or there are too many events or losses.
pub fn admit_batch(batch: Batch<&str>, policies: &Policies) -> Result<AdmittedBatch, BatchError> {
    let Batch { protocol_version, batch_id, losses, events } = batch;
    if protocol_version != PROTOCOL_VERSION {
        return Err(BatchError::ProtocolVersion);
    }
    if events.len() > MAX_EVENTS {
        return Err(BatchError::TooManyEvents);
    }
    if losses.len() > MAX_LOSSES {
        return Err(BatchError::TooManyLosses);
    }
    let mut admitted = Vec::with_capacity(events.len());
    let mut refused = Vec::new();
    for (index, json) in (0..).zip(events) {
        match event::judge(index, json, policies) {
            Ok(event) => admitted.push(event),
            Err(problems) => {
                refused.push(Refusal { index, event_id: event::identifier(json), problems });
            }
        }
    }
    Ok(AdmittedBatch { id: batch_id, losses, events: admitted, refused })
}
