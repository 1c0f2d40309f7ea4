//! What every request shares, and the way each body goes: read, given a place, judged, stored.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Instant;

use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use telemetry_schema::{ProgramName, Receipt};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::Limits;
use super::body::{self, Encoding, MediaType};
use super::keys::{Readers, WriteKeys};
use super::metrics::Metrics;
use super::options::{Clock, OnFailure};
use super::problem::HttpProblem;
use super::rate::Rate;
use super::writer::Job;
use crate::{AdmittedBatch, SharedPolicies, Store, StoreError};

/// What every request shares.
pub(super) struct Door {
    pub(super) policies: SharedPolicies,
    pub(super) store: Arc<dyn Store>,
    pub(super) limits: Limits,
    pub(super) clock: Clock,
    pub(super) on_failure: OnFailure,
    pub(super) write_keys: Option<WriteKeys>,
    /// Who may read; for every path that shows something of what is stored or counted.
    pub(super) readers: Readers,
    pub(super) rate: Rate,
    pub(super) metrics: Arc<Metrics>,
    pub(super) places: Arc<Semaphore>,
    pub(super) jobs: Sender<Job>,
}

/// A body as it was sent, and what its headers say it is.
pub(super) struct Sent {
    pub(super) media_type: MediaType,
    encoding: Encoding,
    bytes: Vec<u8>,
    max_decoded_bytes: usize,
}

impl Sent {
    /// The body, decompressed.
    pub(super) fn decode(self) -> Result<Vec<u8>, HttpProblem> {
        body::decode(self.bytes, self.encoding, self.max_decoded_bytes)
    }
}

impl Door {
    /// Reads a body of one of these types.
    pub(super) async fn read(
        &self,
        headers: &HeaderMap,
        body: Body,
        takes: &'static [MediaType],
    ) -> Result<Sent, HttpProblem> {
        let pace = self.pace();
        // The body first, even where the headers are wrong: a client that sends all before it reads gets its answer.
        let bytes = timeout(self.limits.body_timeout, body::read(body, self.limits.max_body_bytes)).await;
        let bytes = bytes.map_err(|_| HttpProblem::BodyTimeout)??;
        self.metrics.received(bytes.len());
        pace?;
        let media_type = body::media_type(headers, takes)?;
        let encoding = body::encoding(headers)?;
        Ok(Sent { media_type, encoding, bytes, max_decoded_bytes: self.limits.max_decoded_bytes })
    }

    /// Whether this request is not too many.
    pub(super) fn pace(&self) -> Result<(), HttpProblem> {
        self.rate.takes(Instant::now()).then_some(()).ok_or(HttpProblem::TooFast)
    }

    /// The programs whose events this sender may send; `None` for all.
    pub(super) fn programs(&self, headers: &HeaderMap) -> Result<Option<BTreeSet<ProgramName>>, HttpProblem> {
        self.write_keys.as_ref().map(|keys| keys.programs(headers)).transpose()
    }

    /// A place among those that are judged or wait for the store.
    pub(super) async fn place(&self) -> Result<OwnedSemaphorePermit, HttpProblem> {
        let place = timeout(self.limits.queue_wait, Arc::clone(&self.places).acquire_owned()).await;
        place.ok().and_then(Result::ok).ok_or(HttpProblem::Busy)
    }

    /// Does what takes time on a thread that may.
    pub(super) async fn judge<T: Send + 'static>(
        &self,
        judge: impl FnOnce() -> Result<T, HttpProblem> + Send + 'static,
    ) -> Result<T, HttpProblem> {
        spawn_blocking(judge).await.map_err(|_| HttpProblem::StoreFailed)?
    }

    /// Stores batches together with those that wait; durable when it returns.
    pub(super) async fn insert(
        &self,
        batches: Vec<AdmittedBatch>,
        place: OwnedSemaphorePermit,
    ) -> Result<Vec<Receipt>, HttpProblem> {
        let (answer, stored) = oneshot::channel();
        self.jobs.send(Job { batches, place, answer }).map_err(|_| HttpProblem::StoreFailed)?;
        let stored = timeout(self.limits.store_timeout, stored).await.map_err(|_| HttpProblem::StoreSlow)?;
        match stored {
            Ok(Ok(stored)) => {
                let receipts = stored.receipts();
                for receipt in &receipts {
                    self.metrics.stored(receipt);
                }
                Ok(receipts)
            }
            Ok(Err(_)) | Err(_) => Err(HttpProblem::StoreFailed),
        }
    }

    /// Asks the store for something else. The place is given up when the store has answered, not when the sender
    /// gives up.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        place: Option<OwnedSemaphorePermit>,
        ask: impl FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, HttpProblem> {
        let store = Arc::clone(&self.store);
        let on_failure = Arc::clone(&self.on_failure);
        let asked = spawn_blocking(move || {
            let answer = ask(&*store).map_err(|error| on_failure(&error));
            drop(place);
            answer
        });
        match timeout(self.limits.store_timeout, asked).await {
            Err(_) => Err(HttpProblem::StoreSlow),
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(_) => Err(HttpProblem::StoreFailed),
        }
    }
}

/// An answer in JSON, or the problem document.
pub(super) fn json(answer: Result<impl Serialize, HttpProblem>) -> Response {
    match answer {
        Ok(answer) => {
            // A struct of strings and numbers cannot fail to serialise.
            let body = serde_json::to_vec(&answer).unwrap_or_default();
            ([(CONTENT_TYPE, "application/json")], body).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}
