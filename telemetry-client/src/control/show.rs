//! What was recorded and sent, byte for byte.

use serde::Serialize;
use serde_json::value::RawValue;
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
    /// The events, byte for byte, in the order they were recorded.
    pub events: Vec<Box<RawValue>>,
    /// What is damaged and left out, a sentence each: where it is, never what is in it.
    pub damaged: Vec<String>,
    /// The batches that [`Show::Sent`] found, with where they went and the receipts.
    #[serde(skip)]
    pub batches: Vec<SentBatch>,
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
        Ok(Shown {
            events: sent.batches.iter().flat_map(|batch| batch.events.clone()).collect(),
            damaged: sent.damaged.iter().map(ToString::to_string).collect(),
            batches: sent.batches,
        })
    }
}

impl Shown {
    /// The events, one a line. What is damaged is not in it: that is talk, for standard error.
    #[must_use]
    pub fn text(&self) -> String {
        self.events.iter().flat_map(|event| [event.get(), "\n"]).collect()
    }
}
