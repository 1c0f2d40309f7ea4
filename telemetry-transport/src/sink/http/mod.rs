//! HTTP for every sink that speaks it, in one place: where it connects, what it trusts, how long it waits, how much it
//! reads. No sink has a client of its own. Without the feature `http` there is none at all: no sink that needs one can be
//! made, and nothing of it is in the program.

#[cfg(not(feature = "http"))]
mod absent;
#[cfg(feature = "http")]
mod client;
#[cfg(feature = "http")]
mod options;
#[cfg(feature = "http")]
mod proxy;
#[cfg(feature = "http")]
mod roots;

#[cfg(not(feature = "http"))]
pub use absent::HttpOptions;
#[cfg(feature = "http")]
pub use options::HttpOptions;

#[cfg(not(feature = "http"))]
pub(super) use absent::Http;
#[cfg(feature = "http")]
pub(super) use client::Http;

use std::time::{Duration, Instant};

/// The time and the leave for one delivery. A delivery may take more than one exchange; all of them share its time. Only
/// a permit to send and a user's wish to erase give one.
#[cfg_attr(not(feature = "http"), expect(dead_code, reason = "there is no client that would read it"))]
pub(super) struct Leave {
    until: Instant,
}

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Gzip,
    /// The Atlas CLI's.
    #[cfg(feature = "atlas")]
    Identity,
}

/// A request.
#[cfg_attr(not(feature = "http"), expect(dead_code, reason = "there is no client that would read it"))]
pub(super) struct Request<'a> {
    pub(super) media_type: &'static str,
    pub(super) encoding: Encoding,
    pub(super) headers: &'a [(&'static str, String)],
    pub(super) body: &'a [u8],
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Without its parameters, in small letters; empty where there is none.
    #[cfg(any(feature = "atlas", feature = "otlp"))]
    pub(super) media_type: String,
    /// How long to wait, where the peer says so.
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}
