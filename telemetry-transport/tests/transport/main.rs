//! The whole of the crate from outside: a real directory, a scripted server on loopback, time that is injected.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(unix)]
mod faults;
mod fixture;
mod helper;
mod http;
mod kill;
mod many;
mod server;
mod ship;
mod spool;
