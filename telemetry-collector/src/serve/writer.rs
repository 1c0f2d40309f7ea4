//! The one thread that writes. Batches that wait are written together: one transaction, one sync of the disk, as many
//! receipts as there were batches.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use telemetry_schema::{Receipt, Refusal, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::metrics::Metrics;
use super::options::{Clock, OnFailure};
use crate::{AdmittedBatch, Inserted, Store};

/// The batches of a request that wait for the store, with their place in the queue. The place is given up when they are
/// stored, not when their sender gives up: the semaphore that bounds the places bounds the queue.
pub(super) struct Job {
    pub(super) batches: Vec<AdmittedBatch>,
    pub(super) place: OwnedSemaphorePermit,
    pub(super) answer: oneshot::Sender<Result<Stored, NotStored>>,
}

/// The batches of a request are stored.
pub(super) struct Stored {
    batches: Vec<(AdmittedBatch, Inserted)>,
    received_at: Timestamp,
}

impl Stored {
    /// A receipt for each batch, in their order.
    pub(super) fn receipts(self) -> Vec<Receipt> {
        let Self { batches, received_at } = self;
        let receipts = batches.into_iter().map(move |(mut batch, inserted)| {
            let mut refused = batch.take_refused();
            refused.extend(inserted.refused);
            refused.sort_by_key(|Refusal { index, .. }| *index);
            Receipt {
                batch_id: batch.id(),
                received_at,
                accepted: inserted.accepted,
                duplicates: inserted.duplicates,
                refused,
                refused_unnamed: 0,
            }
        });
        receipts.collect()
    }
}

/// They are not stored. Why is for the operator, not for the sender.
pub(super) struct NotStored;

/// What the thread works with.
pub(super) struct Writer {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Clock,
    pub(super) on_failure: OnFailure,
    pub(super) metrics: Arc<Metrics>,
}

impl Writer {
    /// The thread, and the way to it. It ends when every [`Sender`] is gone and all that was sent is written.
    pub(super) fn start(self) -> io::Result<(Sender<Job>, JoinHandle<()>)> {
        let (sender, jobs) = channel();
        let thread = thread::Builder::new().name("telemetry-store".to_owned());
        let thread = thread.spawn(move || {
            while let Ok(first) = jobs.recv() {
                self.write(std::iter::once(first).chain(jobs.try_iter()));
            }
        })?;
        Ok((sender, thread))
    }

    fn write(&self, jobs: impl Iterator<Item = Job>) {
        let mut all = Vec::new();
        let mut waiting = Vec::new();
        for Job { batches, place, answer } in jobs {
            waiting.push((batches.len(), place, answer));
            all.extend(batches);
        }
        let received_at = (self.clock)();
        let begun = Instant::now();
        let inserted = self.store.insert(&all, received_at);
        self.metrics.wrote(begun.elapsed());
        if let Err(error) = &inserted {
            (self.on_failure)(error);
        }
        let is_stored = inserted.is_ok();
        let mut batches = all.into_iter().zip(inserted.unwrap_or_default());
        for (count, place, answer) in waiting {
            let stored =
                is_stored.then(|| Stored { batches: batches.by_ref().take(count).collect(), received_at });
            // Nobody waits any more where the sender timed out. The batches are stored all the same.
            let _ = answer.send(stored.ok_or(NotStored));
            drop(place);
        }
    }
}
