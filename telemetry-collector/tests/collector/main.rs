//! The collector from outside: a real server on loopback, a real file, a client that writes bytes.

#![expect(clippy::unwrap_used, reason = "clippy knows a test's own body for one, not what it calls")]

mod client;
mod sample;

mod admitting;
#[cfg(feature = "clickhouse")]
mod clickhouse;
mod dating;
mod erasing;
mod guarding;
mod lines;
mod load;
mod logs;
mod noising;
mod reporting;
mod serving;
mod storing;
mod upkeep;
