//! What was recorded and sent, byte for byte.

use serde::Serialize;
use serde_json::value::RawValue;
use telemetry_schema::BatchId;
use telemetry_transport::{SentBatch, Which};

use super::{Control, ControlError};

/// What is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// What was recorded and not sent: both of the following.
    Recorded,
    /// What waits to be sent.
    Pending,
    /// What stays on this machine.
    Local,
    /// What was sent.
    Sent,
}

/// Events as they are stored and sent.
#[derive(Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Shown {
    /// The events, byte for byte, in the order they were recorded. Of [`Show::Sent`] those that were answered for.
    pub events: Vec<Box<RawValue>>,
    /// What [`Show::Sent`] found that was sent and not answered for: whoever it was sent to may have it.
    pub unanswered: Vec<Unanswered>,
    /// What is damaged and left out, a sentence each: where it is, never what is in it.
    pub damaged: Vec<String>,
    /// The batches that [`Show::Sent`] found, with where they went and the receipts.
    #[serde(skip)]
    pub batches: Vec<SentBatch>,
}

/// A batch that was sent, and no answer came.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Unanswered {
    /// Where it went.
    pub destination: String,
    /// The batch's identifier.
    pub batch_id: BatchId,
    /// Its events, byte for byte, without those that went there in a later batch too.
    pub events: Vec<Box<RawValue>>,
}

impl Control {
    /// Events as they are stored and sent.
    ///
    /// # Errors
    ///
    /// [`ControlError::NoStateDir`] without a home; [`ControlError::Spool`] or [`ControlError::Ledger`] where what is
    /// there cannot be read.
    pub fn show(&self, show: Show) -> Result<Shown, ControlError> {
        let mut shown = Shown::default();
        for which in match show {
            Show::Recorded => &[Which::Local, Which::Pending][..],
            Show::Pending => &[Which::Pending],
            Show::Local => &[Which::Local],
            Show::Sent => return self.sent(),
        } {
            let contents = self.client.spool().ok_or(ControlError::NoStateDir)?.read(*which)?;
            // A record that is whole is JSON: it was read as an event.
            let events =
                contents.records.iter().filter_map(|record| RawValue::from_string(record.line().into()).ok());
            shown.events.extend(events);
            shown.damaged.extend(contents.left_out());
        }
        Ok(shown)
    }

    fn sent(&self) -> Result<Shown, ControlError> {
        let sent = self.client.ledger().ok_or(ControlError::NoStateDir)?.read()?;
        let mut shown = Shown::default();
        for batch in &sent.batches {
            let SentBatch { batch_id, destination, receipt, events, .. } = batch;
            match receipt {
                Some(_) => shown.events.extend(events.clone()),
                None => shown.unanswered.push(Unanswered {
                    destination: destination.clone(),
                    batch_id: *batch_id,
                    events: events.clone(),
                }),
            }
        }
        shown.damaged = sent.damaged.iter().map(ToString::to_string).collect();
        shown.batches = sent.batches;
        Ok(shown)
    }
}

impl Shown {
    /// The events, one a line, those that were not answered for after the others. What is to be said of them is not in it:
    /// see [`Shown::talk`].
    #[must_use]
    pub fn text(&self) -> String {
        let unanswered = self.unanswered.iter().flat_map(|batch| &batch.events);
        self.events.iter().chain(unanswered).flat_map(|event| [event.get(), "\n"]).collect()
    }

    /// What is to be said beside [`Shown::text`], a sentence each, for standard error: what is damaged and left out, and
    /// which of the lines tell of events that may have arrived.
    pub fn talk(&self) -> impl Iterator<Item = String> {
        let mut line = self.events.len();
        let unanswered = self.unanswered.iter().map(move |batch| {
            let first = line + 1;
            line += batch.events.len();
            let lines =
                if line > first { format!("lines {first} to {line}") } else { format!("line {line}") };
            format!("{lines}: sent to {}, and no answer came: it may have this", batch.destination)
        });
        self.damaged.iter().cloned().chain(unanswered)
    }
}
