//! The one thread that writes. Batches that wait are written together: one transaction, one sync of the disk, as many
//! receipts as there were batches.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use telemetry_schema::{Receipt, Refusal, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::metrics::Metrics;
use super::options::{Clock, OnFailure};
use crate::{AdmittedBatch, Inserted, Store};

/// How long a writer without work waits before it looks for what is old.
const IDLE: Duration = Duration::from_secs(60);

const MICROSECONDS_OF_A_DAY: i64 = 24 * 60 * 60 * 1_000_000;

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
    pub(super) keep_days: Option<u32>,
}

impl Writer {
    /// The thread, and the way to it. It ends when every [`Sender`] is gone and all that was sent is written.
    pub(super) fn start(self) -> io::Result<(Sender<Job>, JoinHandle<()>)> {
        let (sender, jobs) = channel();
        let thread = thread::Builder::new().name("telemetry-store".to_owned());
        let thread = thread.spawn(move || {
            let mut forgotten_until = i64::MIN;
            loop {
                match jobs.recv_timeout(IDLE) {
                    Ok(first) => self.write(std::iter::once(first).chain(jobs.try_iter())),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
                self.forget(&mut forgotten_until);
            }
        })?;
        Ok((sender, thread))
    }

    /// Forgets some of what is old, once a day until there is none left: others write in between.
    fn forget(&self, until: &mut i64) {
        let Some(days) = self.keep_days else { return };
        let before = (self.clock)().unix_us().div_euclid(MICROSECONDS_OF_A_DAY) - i64::from(days);
        if before <= *until {
            return;
        }
        match self.store.forget(before) {
            Ok(0) => *until = before,
            Ok(_) => {}
            Err(error) => {
                (self.on_failure)(&error);
                // Tomorrow again: a disk that is full is not asked each time.
                *until = before;
            }
        }
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
        let inserted = inserted.unwrap_or_default();
        self.metrics.misdated(inserted.iter().map(|batch| batch.misdated).sum());
        let mut batches = all.into_iter().zip(inserted);
        for (count, place, answer) in waiting {
            let stored =
                is_stored.then(|| Stored { batches: batches.by_ref().take(count).collect(), received_at });
            // Nobody waits any more where the sender timed out. The batches are stored all the same.
            let _ = answer.send(stored.ok_or(NotStored));
            drop(place);
        }
    }
}
