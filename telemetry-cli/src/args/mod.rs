//! What can be typed: the one place from which help and the reference are made.

mod collector;
mod control;
mod policy;
mod record;

use clap::{Parser, Subcommand};

pub(crate) use collector::*;
pub(crate) use control::*;
pub(crate) use policy::*;
pub(crate) use record::*;

/// Learn how a command-line program is used, without learning about its user.
///
/// Only what a policy declares is recorded; everything else is dropped before it is written anywhere. Without an
/// endpoint events stay on this machine.
#[derive(Debug, Parser)]
#[command(name = "telemetry", version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a command untouched and record its event
    Exec(Exec),
    /// Show what would be recorded of a command line, token by token, without running it
    Explain(Explain),
    /// Redact error texts from standard input
    Redact(Redact),
    /// Show recorded events, byte for byte as they are stored and sent
    Show(Show),
    /// Say whether telemetry is on, who decided, and what would change it
    Status(Status),
    /// Read and change settings
    Config(Config),
    /// Send what is waiting
    Flush(Flush),
    /// Put what is waiting into a file, to be carried to a collector
    ///
    /// Needs the same consent as sending. The events are in the ledger afterwards, and are not sent again.
    Export(Export),
    /// Take in a file that `telemetry export` wrote
    ///
    /// Doing it twice is harmless: an event is stored once. A file that was cut off or changed is refused.
    Import(Import),
    /// Delete what was recorded and not sent, and the install id, and ask for what was sent to be erased
    ///
    /// Each collector that got events of this installation is sent one request, with no wait, again and again until its
    /// receipt is in the ledger. Turning telemetry off by `config set telemetry_enabled false` does the same.
    Purge(Purge),
    /// Collect events from others
    Serve(Serve),
    /// Look after a collector's store: check, compact, export
    Store(Store),
    /// Check, compare and draft policies
    Policy(Policy),
    /// Say how commands are used: runs, errors, durations, misspellings
    Report(Report),
    /// See the whole way of one event: run a command, send its event to a collector, print the report
    Demo(Demo),
}
