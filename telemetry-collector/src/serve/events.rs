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
    let programs = door.programs(&head.headers)?;
    let place = door.place().await?;
    let policies = door.policies.current();
    let batch = door.judge(move || {
        let admit = if sent.media_type == MediaType::JsonLines { admit_lines } else { admit };
        let mut batch = admit(&sent.decode()?, &policies).map_err(HttpProblem::NoBatch)?;
        if let Some(programs) = programs {
            batch.refuse_others(&programs);
        }
        Ok(batch)
    });
    let batch = batch.await?;
    door.insert(vec![batch], place).await?.pop().ok_or(HttpProblem::StoreFailed)
}
