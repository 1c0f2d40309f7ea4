//! `POST /v1/events`.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use telemetry_schema::Receipt;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::problem::HttpProblem;
use super::writer::{Job, Stored};
use super::{Limits, body};
use crate::{Policies, admit};

/// What every request shares.
pub(super) struct Door {
    pub(super) policies: Arc<Policies>,
    pub(super) limits: Limits,
    pub(super) places: Arc<Semaphore>,
    pub(super) jobs: Sender<Job>,
}

/// Takes a batch and answers with its receipt once it is durable.
pub(super) async fn take(State(door): State<Arc<Door>>, request: Request) -> Response {
    match door.take(request).await {
        Ok(receipt) => {
            // A struct of strings and numbers cannot fail to serialise.
            let body = serde_json::to_vec(&receipt).unwrap_or_default();
            ([(CONTENT_TYPE, "application/json")], body).into_response()
        }
        Err(problem) => problem.into_response(),
    }
}

impl Door {
    async fn take(&self, request: Request) -> Result<Receipt, HttpProblem> {
        let (head, body) = request.into_parts();
        // The body first, even where the headers are wrong: a client that sends all before it reads gets its answer.
        let body = timeout(self.limits.body_timeout, body::read(body, self.limits.max_body_bytes)).await;
        let body = body.map_err(|_| HttpProblem::BodyTimeout)??;
        let encoding = body::encoding(&head.headers)?;

        let place = timeout(self.limits.queue_wait, Arc::clone(&self.places).acquire_owned()).await;
        let place = place.ok().and_then(Result::ok).ok_or(HttpProblem::Busy)?;
        let policies = Arc::clone(&self.policies);
        let max_decoded_bytes = self.limits.max_decoded_bytes;
        let judged = spawn_blocking(move || {
            let decoded = body::decode(body, encoding, max_decoded_bytes)?;
            admit(&decoded, &policies).map_err(HttpProblem::NoBatch)
        });
        let batch = judged.await.map_err(|_| HttpProblem::StoreFailed)??;

        let (answer, stored) = oneshot::channel();
        self.jobs.send(Job { batch, place, answer }).map_err(|_| HttpProblem::StoreFailed)?;
        let stored = timeout(self.limits.store_timeout, stored).await.map_err(|_| HttpProblem::StoreSlow)?;
        match stored {
            Ok(Ok(stored)) => Ok(receipt(stored)),
            Ok(Err(_)) | Err(_) => Err(HttpProblem::StoreFailed),
        }
    }
}

fn receipt(Stored { mut batch, inserted, received_at }: Stored) -> Receipt {
    Receipt {
        batch_id: batch.id(),
        received_at,
        accepted: inserted.accepted,
        duplicates: inserted.duplicates,
        refused: batch.take_refused(),
        refused_unnamed: 0,
    }
}
