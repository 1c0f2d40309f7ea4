//! The program without telemetry.

use std::process::ExitCode;

use clap::Parser as _;
use telemetry_peers::{Orchard, ended};

fn main() -> ExitCode {
    ended(&Orchard::parse().run())
}
