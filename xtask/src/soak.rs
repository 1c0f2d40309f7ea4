//! `soak`: the tests whose everyday run is short, at full length.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Soak {
    /// What is tried
    #[arg(value_enum, default_value = "spool")]
    subject: Subject,
    /// Of the spool: rounds in which processes that append, ship and purge are killed
    #[arg(long, default_value_t = 2000, value_name = "N")]
    rounds: u64,
    /// Of the collector: how long it is used and killed
    #[arg(long, default_value_t = 60, value_name = "N")]
    minutes: u64,
    /// Of the collector: what everything that happens is made of
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Subject {
    /// What waits to be sent, on the side of the client
    Spool,
    /// A collector under mixed load, killed at any moment
    Collector,
}

pub(crate) fn run(root: &Path, soak: &Soak) -> Result<()> {
    match soak.subject {
        Subject::Spool => spool(root, soak),
        Subject::Collector => collector(root, soak),
    }
}

fn collector(root: &Path, soak: &Soak) -> Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root).args(["test", "--locked", "--package", "telemetry-cli"]);
    command.args(["--test", "cli", "--", "--nocapture", "--exact"]);
    command.arg("soak::what_was_answered_for_is_stored_once_whenever_the_collector_is_killed");
    command.env("TELEMETRY_TEST_MINUTES", soak.minutes.to_string());
    command.env("TELEMETRY_TEST_SEED", soak.seed.to_string());
    if !command.status()?.success() {
        bail!("the soak failed");
    }
    Ok(())
}

fn spool(root: &Path, soak: &Soak) -> Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root).args(["test", "--locked", "--package", "telemetry-transport"]);
    command.args(["--test", "transport", "--", "--nocapture", "--exact"]);
    command.args([
        "kill::what_was_acknowledged_survives_whatever_is_killed",
        "faults::a_failing_call_loses_nothing_that_was_acknowledged",
    ]);
    command.env("TELEMETRY_TEST_ROUNDS", soak.rounds.to_string()).env("TELEMETRY_TEST_FULL", "1");
    if !command.status()?.success() {
        bail!("the soak failed");
    }
    Ok(())
}
