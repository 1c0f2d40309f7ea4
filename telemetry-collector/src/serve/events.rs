//! `POST /v1/events`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use telemetry_schema::Receipt;

use super::body::MediaType;
use super::door::{self, Door};
use super::problem::HttpProblem;
use crate::{admit, admit_lines};

/// Takes a batch and answers with its receipt once it is durable.
pub(super) async fn take(State(door): State<Arc<Door>>, request: Request) -> Response {
    door::json(receive(&door, request).await)
}

async fn receive(door: &Door, request: Request) -> Result<Receipt, HttpProblem> {
    let (head, body) = request.into_parts();
    let sent = door.read(&head.headers, body, &[MediaType::Json, MediaType::JsonLines]).await?;
    let place = door.place().await?;
    let policies = Arc::clone(&door.policies);
    let batch = door.judge(move || {
        let admit = if sent.media_type == MediaType::JsonLines { admit_lines } else { admit };
        admit(&sent.decode()?, &policies).map_err(HttpProblem::NoBatch)
    });
    let batch = batch.await?;
    let stored = door.insert(vec![batch], place).await?;
    stored.receipts().next().ok_or(HttpProblem::StoreFailed)
}
