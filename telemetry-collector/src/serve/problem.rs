//! Every error answer, from one enum: a problem document (RFC 9457) with no internals and no echo of the request.

use axum::http::header::{ALLOW, CONNECTION, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use telemetry_schema::Problem;

use super::body::MediaType;
use crate::{BatchError, ErasureError, LogsError};

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HttpProblem {
    NotFound,
    NoKey,
    NoToken,
    TooFast,
    MethodNotAllowed { allow: &'static str },
    MediaType { takes: &'static [MediaType] },
    Encoding,
    BodyTooLarge,
    DecodedTooLarge,
    BodyTimeout,
    BodyBroken,
    NotGzip,
    NoBatch(BatchError),
    NoErasure(ErasureError),
    NoLogs(LogsError),
    Busy,
    StoreSlow,
    StoreFailed,
    StoreUnreadable,
    BadQuery { parameter: &'static str },
    BackwardRange,
}

/// Seconds until a client should come again. A queue of durable writes drains in less; a store that failed, say by
/// a full disk, needs a person.
const SOON: &str = "5";
const LATER: &str = "60";

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Problem>,
}

impl HttpProblem {
    /// Status, key and title.
    fn parts(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "there is nothing here"),
            Self::NoKey => {
                (StatusCode::UNAUTHORIZED, "no_key", "sending takes a key of the program, as a bearer token")
            }
            Self::NoToken => {
                (StatusCode::UNAUTHORIZED, "no_token", "reading takes the token, as a bearer token")
            }
            Self::TooFast => (StatusCode::TOO_MANY_REQUESTS, "too_fast", "too many requests a second"),
            Self::MethodNotAllowed { .. } => {
                (StatusCode::METHOD_NOT_ALLOWED, "method", "this takes another method")
            }
            Self::MediaType { .. } => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", "the body must be of another type")
            }
            Self::Encoding => {
                let title = "the body must be encoded by gzip or not at all";
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "encoding", title)
            }
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "the body is too large"),
            Self::DecodedTooLarge => {
                let title = "the body is too large once it is decompressed";
                (StatusCode::PAYLOAD_TOO_LARGE, "decoded_too_large", title)
            }
            Self::BodyTimeout => {
                (StatusCode::REQUEST_TIMEOUT, "body_timeout", "the body took too long to arrive")
            }
            Self::BodyBroken => (StatusCode::BAD_REQUEST, "body_broken", "the body did not arrive whole"),
            Self::NotGzip => (StatusCode::BAD_REQUEST, "not_gzip", "the body is not whole gzip"),
            Self::NoBatch(_) => (StatusCode::BAD_REQUEST, "no_batch", "the body is no batch of events"),
            Self::NoErasure(_) => (StatusCode::BAD_REQUEST, "no_erasure", "the body is no request to erase"),
            Self::NoLogs(LogsError::TooManyRecords) => {
                (StatusCode::PAYLOAD_TOO_LARGE, "too_many_records", "the body has too many records")
            }
            Self::NoLogs(_) => (StatusCode::BAD_REQUEST, "no_logs", "the body is no OTLP logs request"),
            Self::Busy => (StatusCode::TOO_MANY_REQUESTS, "busy", "too many requests at once"),
            Self::StoreSlow => (StatusCode::SERVICE_UNAVAILABLE, "store_slow", "the store takes too long"),
            Self::StoreFailed => {
                (StatusCode::SERVICE_UNAVAILABLE, "store_failed", "the store cannot be written")
            }
            Self::StoreUnreadable => {
                (StatusCode::SERVICE_UNAVAILABLE, "store_unreadable", "the store cannot be read")
            }
            Self::BackwardRange => (
                StatusCode::BAD_REQUEST,
                "query",
                "`since` is later than `until`: no day is in both; give the earlier day as `since`",
            ),
            Self::BadQuery { .. } => {
                (StatusCode::BAD_REQUEST, "query", "a parameter of the address has no such value")
            }
        }
    }

    fn header(&self) -> Option<(HeaderName, &'static str)> {
        match self {
            Self::MethodNotAllowed { allow } => Some((ALLOW, allow)),
            Self::NoKey => Some((WWW_AUTHENTICATE, "Bearer")),
            // By which a browser asks for it.
            Self::NoToken => Some((WWW_AUTHENTICATE, r#"Bearer, Basic realm="reports", charset="UTF-8""#)),
            Self::Busy | Self::TooFast | Self::StoreSlow => Some((RETRY_AFTER, SOON)),
            Self::StoreFailed | Self::StoreUnreadable => Some((RETRY_AFTER, LATER)),
            // What is left of the body would be read as the next request.
            Self::BodyTimeout | Self::BodyTooLarge => Some((CONNECTION, "close")),
            _ => None,
        }
    }
}

impl IntoResponse for HttpProblem {
    fn into_response(self) -> Response {
        let (status, key, title) = self.parts();
        let header = self.header();
        let (detail, problems) = match &self {
            Self::NoBatch(error) => (Some(error.to_string()), vec![error.problem()]),
            Self::NoErasure(error) => (Some(error.to_string()), vec![error.problem()]),
            Self::NoLogs(error) => (Some(error.to_string()), vec![error.problem()]),
            Self::MediaType { takes } => {
                let names: Vec<_> = takes.iter().map(|taken| taken.name()).collect();
                (Some(format!("this takes {}", names.join(", "))), Vec::new())
            }
            Self::BadQuery { parameter } if !parameter.is_empty() => {
                (Some(format!("parameter `{parameter}`")), Vec::new())
            }
            _ => (None, Vec::new()),
        };
        let kind = format!("urn:telemetry:problem:{key}");
        let document = Document { kind, title, status: status.as_u16(), detail, problems };
        // A struct of strings and numbers cannot fail to serialise; an empty body would still have its status.
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let mut response = (status, [(CONTENT_TYPE, "application/problem+json")], body).into_response();
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        response
    }
}
