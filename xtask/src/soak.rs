//! `soak`: the tests whose everyday run is short, at full length.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct Soak {
    /// Rounds in which processes that append, ship and purge are killed
    #[arg(long, default_value_t = 2000, value_name = "N")]
    rounds: u64,
}

pub(crate) fn run(root: &Path, soak: &Soak) -> Result<()> {
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
