//! What the server says of itself: whether it is there, whether it can store, what it counted, what it takes.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::door::Door;
use super::metrics;

/// Written by `cargo xtask gen`.
const OPENAPI: &str = include_str!("../../../schemas/openapi.json");

/// `GET /healthz`: the process answers. Asks nothing of the store, since a restart would not mend that.
pub(super) async fn health() -> &'static str {
    "ok"
}

/// `GET /readyz`: the store answers, so a balancer may send requests here.
pub(super) async fn readiness(State(door): State<Arc<Door>>) -> Response {
    match door.ask(None, |store| store.check()).await {
        Ok(()) => "ok".into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// `GET /metrics`.
pub(super) async fn metrics(State(door): State<Arc<Door>>, headers: HeaderMap) -> Response {
    if let Err(problem) = door.readers.check(&headers) {
        return problem.into_response();
    }
    let in_work = door.limits.max_requests.saturating_sub(door.places.available_permits());
    ([(CONTENT_TYPE, metrics::MEDIA_TYPE)], door.metrics.page(in_work)).into_response()
}

/// `GET /openapi.json`.
pub(super) async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}

/// Counts every answer.
pub(super) async fn count(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let since = Instant::now();
    let path = request.uri().path().to_owned();
    let response = next.run(request).await;
    door.metrics.answered(&path, response.status().as_u16(), since);
    response
}
