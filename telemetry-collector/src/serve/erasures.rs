//! `POST /v1/erasures`, and `GET /v1/erasures/{erasure_id}` for the receipt of one.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Uri;
use axum::response::Response;
use telemetry_schema::{ErasureId, ErasureReceipt};

use super::body::MediaType;
use super::door::{self, Door};
use super::problem::HttpProblem;
use crate::admit_erasure;

/// Erases, and answers with the receipt once nothing of the installations is stored any more.
pub(super) async fn take(State(door): State<Arc<Door>>, request: Request) -> Response {
    door::json(erase(&door, request).await)
}

async fn erase(door: &Door, request: Request) -> Result<ErasureReceipt, HttpProblem> {
    let (head, body) = request.into_parts();
    let sent = door.read(&head.headers, body, &[MediaType::Json]).await?;
    let place = door.place().await?;
    let erasure = door.judge(move || admit_erasure(&sent.decode()?).map_err(HttpProblem::NoErasure)).await?;
    let received_at = (door.clock)();
    let receipt = door.ask(Some(place), move |store| store.erase(&erasure, received_at)).await?;
    door.metrics.erased(&receipt);
    Ok(receipt)
}

/// The receipt again, for whoever has the request's identifier: nobody else can guess its 74 random bits.
pub(super) async fn receipt(State(door): State<Arc<Door>>, uri: Uri) -> Response {
    // The path as it was sent: an identifier has one spelling, and no part of it needs an escape.
    let id = uri.path().rsplit('/').next().unwrap_or_default();
    door::json(find(&door, id).await)
}

async fn find(door: &Door, id: &str) -> Result<ErasureReceipt, HttpProblem> {
    door.pace()?;
    let id: ErasureId = id.parse().map_err(|_| HttpProblem::NotFound)?;
    let place = door.place().await?;
    let found = door.ask(Some(place), move |store| store.erasure(id)).await?;
    found.ok_or(HttpProblem::NotFound)
}
