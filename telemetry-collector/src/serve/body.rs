//! The body: read within its bounds, and decompressed within its bounds.

use std::future::poll_fn;
use std::io::Read;
use std::pin::Pin;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use flate2::read::MultiGzDecoder;

use super::problem::HttpProblem;

/// How many times its bound of a body that is too large is still read, and dropped: a client that sends all before it
/// reads would otherwise see a reset connection and not the answer.
const DRAIN: usize = 8;

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
}

/// What a body may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MediaType {
    Json,
    JsonLines,
    Protobuf,
}

impl MediaType {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::JsonLines => "application/x-ndjson",
            Self::Protobuf => "application/x-protobuf",
        }
    }
}

/// Which of these types the headers say the body is.
pub(super) fn media_type(headers: &HeaderMap, takes: &'static [MediaType]) -> Result<MediaType, HttpProblem> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let refused = HttpProblem::MediaType { takes };
    let (Some(media_type), None) = (types.next(), types.next()) else { return Err(refused) };
    let essence = media_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    takes.iter().copied().find(|taken| essence.eq_ignore_ascii_case(taken.name())).ok_or(refused)
}

/// How the headers say the body is encoded.
pub(super) fn encoding(headers: &HeaderMap) -> Result<Encoding, HttpProblem> {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter().map(|value| value.to_str().unwrap_or("?"));
    match (encodings.next(), encodings.next()) {
        (None, _) => Ok(Encoding::Identity),
        (Some(one), None) if one.eq_ignore_ascii_case("identity") => Ok(Encoding::Identity),
        (Some(one), None) if one.eq_ignore_ascii_case("gzip") => Ok(Encoding::Gzip),
        _ => Err(HttpProblem::Encoding),
    }
}

/// Reads a body of at most so many bytes.
pub(super) async fn read(mut body: Body, max_bytes: usize) -> Result<Vec<u8>, HttpProblem> {
    let mut bytes = Vec::new();
    let mut total = 0_usize;
    let drain = max_bytes.saturating_mul(DRAIN);
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    while total <= drain && announced <= drain {
        let frame = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
        let Some(frame) = frame else { break };
        let data: Bytes = frame.map_err(|_| HttpProblem::BodyBroken)?.into_data().unwrap_or_default();
        total = total.saturating_add(data.len());
        if total <= max_bytes {
            bytes.extend_from_slice(&data);
        }
    }
    if total > max_bytes || announced > max_bytes { Err(HttpProblem::BodyTooLarge) } else { Ok(bytes) }
}

/// Decompresses a body to at most so many bytes. Stops at the bound, whatever the body would become.
pub(super) fn decode(bytes: Vec<u8>, encoding: Encoding, max_bytes: usize) -> Result<Vec<u8>, HttpProblem> {
    let decoded = match encoding {
        Encoding::Identity => bytes,
        Encoding::Gzip => {
            let mut decoded = Vec::new();
            let bound = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
            MultiGzDecoder::new(bytes.as_slice())
                .take(bound)
                .read_to_end(&mut decoded)
                .map_err(|_| HttpProblem::NotGzip)?;
            decoded
        }
    };
    if decoded.len() > max_bytes { Err(HttpProblem::DecodedTooLarge) } else { Ok(decoded) }
}
