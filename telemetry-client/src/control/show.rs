//! What was recorded and sent, byte for byte.

use serde::Serialize;
use serde_json::value::RawValue;
use telemetry_schema::{BatchId, Receipt};
use telemetry_transport::{Erased, SentBatch, Which};

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

/// What came of what was sent.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Receipts {
    /// Each batch.
    pub batches: Vec<BatchReceipt>,
    /// Requests to erase that were carried out.
    pub erasures: Vec<Erased>,
    /// What is damaged and left out, a sentence each.
    pub damaged: Vec<String>,
}

/// What came of a batch.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct BatchReceipt {
    /// Where it went.
    pub destination: String,
    /// The receipt. `None` where no answer came.
    pub receipt: Option<Receipt>,
    /// What the receipt would name, where no answer came.
    #[serde(flatten)]
    pub unanswered: Option<Unreceipted>,
}

/// A batch of which there is no receipt.
#[derive(Debug, Serialize)]
#[non_exhaustive]
pub struct Unreceipted {
    /// The batch's identifier.
    pub batch_id: BatchId,
    /// How many events it had.
    pub events: usize,
}

impl Control {
    /// Where each batch went that was sent, with its receipt, and the requests to erase that were carried out.
    ///
    /// # Errors
    ///
    /// [`ControlError::NoStateDir`] without a home; [`ControlError::Ledger`] where what is there cannot be read.
    pub fn receipts(&self) -> Result<Receipts, ControlError> {
        let ledger = self.client.ledger().ok_or(ControlError::NoStateDir)?;
        let sent = ledger.read()?;
        let batches = sent.batches.into_iter().map(|batch| {
            let SentBatch { batch_id, destination, receipt, events, .. } = batch;
            let unanswered = receipt.is_none().then_some(Unreceipted { batch_id, events: events.len() });
            BatchReceipt { destination, receipt, unanswered }
        });
        Ok(Receipts {
            batches: batches.collect(),
            erasures: ledger.erasures()?,
            damaged: sent.damaged.iter().map(ToString::to_string).collect(),
        })
    }

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

impl Receipts {
    /// The same as lines of JSON, one for each batch and then one for each request.
    #[must_use]
    pub fn text(&self) -> String {
        let batches = self.batches.iter().map(serde_json::to_string);
        // They are texts and numbers: each is JSON.
        let lines = batches.chain(self.erasures.iter().map(serde_json::to_string)).flatten();
        lines.flat_map(|line| [line, "\n".to_owned()]).collect()
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
