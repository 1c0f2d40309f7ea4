//! The one thread that writes. Batches that wait are written together: one transaction, one sync of the disk, as many
//! receipts as there were batches.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use telemetry_schema::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::options::{Clock, OnFailure};
use crate::{AdmittedBatch, Inserted, Store};

/// A batch that waits for the store, with its place in the queue. The place is given up when the batch is stored, not
/// when its sender gives up: the semaphore that bounds the places bounds the queue.
pub(super) struct Job {
    pub(super) batch: AdmittedBatch,
    pub(super) place: OwnedSemaphorePermit,
    pub(super) answer: oneshot::Sender<Result<Stored, NotStored>>,
}

/// A batch is stored.
pub(super) struct Stored {
    pub(super) batch: AdmittedBatch,
    pub(super) inserted: Inserted,
    pub(super) received_at: Timestamp,
}

/// A batch is not stored. Why is for the operator, not for the sender.
pub(super) struct NotStored;

/// What the thread works with.
pub(super) struct Writer {
    pub(super) store: Arc<dyn Store>,
    pub(super) clock: Clock,
    pub(super) on_failure: OnFailure,
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
        let mut batches = Vec::new();
        let mut waiting = Vec::new();
        for Job { batch, place, answer } in jobs {
            batches.push(batch);
            waiting.push((place, answer));
        }
        let received_at = (self.clock)();
        let inserted = self.store.insert(&batches, received_at);
        if let Err(error) = &inserted {
            (self.on_failure)(error);
        }
        let mut inserted = inserted.unwrap_or_default().into_iter();
        for (batch, (place, answer)) in batches.into_iter().zip(waiting) {
            let stored = inserted.next().map(|inserted| Stored { batch, inserted, received_at });
            // Nobody waits any more where the sender timed out. The batch is stored all the same.
            let _ = answer.send(stored.ok_or(NotStored));
            drop(place);
        }
    }
}
