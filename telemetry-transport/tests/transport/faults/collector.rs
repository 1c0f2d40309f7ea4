//! A collector in this process, and what it has seen.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use telemetry_redact::consent::SendPermit;
use telemetry_schema::{Batch, Event, EventId, LossReason, Problem, Receipt, Refusal};
use telemetry_transport::{SealedBatch, SendError, Sink};

use crate::fixture::{event_id, receipt};

/// The collector refuses this event, and takes no batch that holds the other.
const REFUSED: u64 = 4;
const TOO_LARGE: u64 = 15;

/// A collector that stores each event once, however often it comes.
#[derive(Default)]
pub(super) struct Collector {
    /// Stores and does not answer.
    pub(super) silent: Cell<bool>,
    pub(super) stored: RefCell<BTreeMap<EventId, u64>>,
    pub(super) refused: RefCell<BTreeSet<EventId>>,
    pub(super) told: RefCell<BTreeMap<LossReason, u64>>,
}

impl Collector {
    pub(super) fn lost(&self) -> u64 {
        self.told.borrow().values().sum()
    }
}

impl Sink for Collector {
    fn send(&self, sealed: &SealedBatch, _: SendPermit, _: Duration) -> Result<Receipt, SendError> {
        let batch: Batch<Event> = serde_json::from_slice(sealed.body()).unwrap();
        let mut ids = batch.events.iter().map(|event| event.event_id);
        if ids.any(|id| id == event_id(TOO_LARGE)) {
            return Err(SendError::TooLarge);
        }
        for loss in batch.losses {
            *self.told.borrow_mut().entry(loss.reason).or_default() += loss.count;
        }
        let mut stored = self.stored.borrow_mut();
        let mut answer = receipt(sealed, Vec::new());
        for (index, event) in (0..).zip(&batch.events) {
            let id = event.event_id;
            if id == event_id(REFUSED) {
                self.refused.borrow_mut().insert(id);
                let problems = vec![Problem { field: "app.name".into(), rule: "policy.unknown".into() }];
                answer.refused.push(Refusal { index, event_id: Some(id), problems });
                answer.accepted -= 1;
            } else if let Some(times) = stored.get_mut(&id) {
                *times += 1;
                answer.accepted -= 1;
                answer.duplicates += 1;
            } else {
                stored.insert(id, 1);
            }
        }
        if self.silent.get() { Err(SendError::Timeout) } else { Ok(answer) }
    }
}
