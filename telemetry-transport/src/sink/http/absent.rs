//! No client: a program that sends nothing by itself.

use std::time::Duration;

use telemetry_redact::consent::SendPermit;

use super::{Answer, Leave, Request};
use crate::PendingErasure;
use crate::sink::endpoint::{Address, Protocol};
use crate::sink::key::WriteKey;
use crate::sink::{SendError, SinkError};

/// What comes from the environment, had this program an HTTP client.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    pub(in crate::sink) write_key: Option<WriteKey>,
}

impl HttpOptions {
    /// Nothing is looked at.
    #[must_use]
    pub fn from_environment() -> Self {
        Self { write_key: None }
    }

    /// There is nobody to show it to.
    #[must_use]
    pub fn write_key(self, _: impl Into<String>) -> Self {
        self
    }
}

/// Of this there is none.
#[derive(Debug)]
pub(in crate::sink) enum Http {}

impl Http {
    pub(in crate::sink) fn new(_: Protocol, _: &Address, _: &str, _: HttpOptions) -> Result<Self, SinkError> {
        Err(SinkError::WithoutHttp)
    }

    pub(in crate::sink) fn destination(&self) -> String {
        match *self {}
    }

    pub(in crate::sink) fn leave(&self, _permit: SendPermit, _: Duration) -> Leave {
        match *self {}
    }

    pub(in crate::sink) fn leave_to_erase(&self, _: &PendingErasure, _: Duration) -> Leave {
        match *self {}
    }

    pub(in crate::sink) fn post(&self, _: &Request<'_>, _: &Leave) -> Result<Answer, SendError> {
        match *self {}
    }
}
