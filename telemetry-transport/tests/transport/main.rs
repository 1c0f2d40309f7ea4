//! The whole of the crate from outside: a real directory, a scripted server on loopback, time that is injected.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod atlas;
mod documented;
mod erasure;
mod export;
#[cfg(unix)]
mod faults;
mod file;
mod fixture;
mod helper;
mod http;
mod kill;
mod many;
#[cfg(feature = "otlp")]
mod otlp;
mod server;
mod ship;
mod spool;
mod tls;
mod unanswered;
