//! The real binary, real processes, a real collector on loopback, a temporary home.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bad_input;
mod canary;
mod clickhouse;
mod commands;
mod consent;
mod document;
mod erasure;
#[cfg(unix)]
mod exec;
mod export;
#[cfg(unix)]
mod guide;
mod home;
mod mounted;
mod narrow;
mod operating;
mod otlp;
mod page;
mod policy;
#[cfg(unix)]
mod soak;
mod way;
