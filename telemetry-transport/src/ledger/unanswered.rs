//! What was sent and not answered for: sent again with the same bytes, or shown for what it is.

use std::collections::HashSet;

use serde_json::value::RawValue;
use telemetry_schema::{Batch, BatchId, Loss, PROTOCOL_VERSION};

use super::listing::{Fate, Listing};
use super::{Ledger, MAX_FILE_BYTES, SentBatch};
use crate::private::read_private;

/// A batch that an earlier shipper sent and got no answer for.
#[derive(Debug)]
pub(crate) struct Unanswered {
    pub(crate) batch_id: BatchId,
    /// As it was sent.
    pub(crate) body: Vec<u8>,
    pub(crate) losses: Vec<Loss>,
    /// The events, byte for byte.
    pub(crate) events: Vec<Box<RawValue>>,
}

impl Ledger {
    /// What a shipper begins with: lets go of what is old, also where no answer ever comes that would, and of what was
    /// prepared and not sent. Gives the last batch if it went to this destination and was not answered. The ones before
    /// are past sending: another batch is made only where the events of the one before are gone or stand in it.
    pub(crate) fn take_up(&self, destination: &str, now_ms: u64) -> Option<Unanswered> {
        let listing = Listing::read(&self.directory).ok()?;
        self.forget_old(&listing, now_ms);
        self.forget_unsent(&listing);
        let (id, _) = listing.batches.into_iter().rfind(|(_, parts)| parts.fate() == Fate::Unanswered)?;
        if self.read_departed(id).ok()?? != destination {
            return None;
        }
        let body = read_private(&self.body_path(id), MAX_FILE_BYTES).ok()?;
        let Batch { protocol_version, batch_id, losses, events } = serde_json::from_slice(&body).ok()?;
        let same = protocol_version == PROTOCOL_VERSION && batch_id == id;
        same.then_some(Unanswered { batch_id, body, losses, events })
    }
}

/// Takes events out of batches that were not answered for, where they went to the same place in a batch that was, or in
/// a later one. A batch of which nothing is left goes.
pub(super) fn leave_out_repeated(batches: &mut Vec<SentBatch>) {
    if batches.iter().all(|batch| batch.receipt.is_some()) {
        return;
    }
    let (answered, unanswered): (Vec<_>, Vec<_>) = batches.iter().partition(|batch| batch.receipt.is_some());
    let mut shown: HashSet<(&str, &str)> = HashSet::new();
    let mut repeated: HashSet<(BatchId, usize)> = HashSet::new();
    for batch in answered.into_iter().chain(unanswered.into_iter().rev()) {
        for (index, event) in batch.events.iter().enumerate() {
            let first = shown.insert((&batch.destination, event.get()));
            if !first && batch.receipt.is_none() {
                repeated.insert((batch.batch_id, index));
            }
        }
    }
    batches.retain_mut(|batch| {
        let mut index = 0..;
        batch
            .events
            .retain(|_| !index.next().is_some_and(|index| repeated.contains(&(batch.batch_id, index))));
        batch.receipt.is_some() || !batch.events.is_empty()
    });
}
