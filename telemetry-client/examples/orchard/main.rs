//! A small program with clap, and with telemetry: all of that is the variant `Telemetry` of its commands, `policy`, five
//! lines of `main`, and the test.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

mod cli;

use std::process::ExitCode;

use clap::CommandFactory as _;
use cli::{Cli, Command};
use telemetry_client::{CommandPolicy, Telemetry};

/// What is recorded follows from `Cli`: its commands, flags and `ValueEnum`s; and of the number of rows, how large it is.
fn policy() -> CommandPolicy {
    CommandPolicy::new("orchard", Cli::command, include_bytes!("telemetry.policy")).numbers(
        "trees plant",
        "--rows",
        [1, 10, 100],
    )
}

fn main() -> ExitCode {
    let endpoint = Some("https://telemetry.example.com");
    let mut telemetry = Telemetry::for_clap(policy(), env!("CARGO_PKG_VERSION"), endpoint).start();
    let cli: Cli = telemetry.parse();
    let result = match cli.command {
        Command::Orchard(command) => command.run(cli.quiet),
        Command::Telemetry(arguments) => return arguments.run(telemetry),
    };
    if let Err(error) = &result {
        eprintln!("Error: {error}");
    }
    telemetry.finish(&result, i32::from(result.is_err()));
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[test]
fn what_is_collected_is_what_was_reviewed() {
    policy().assert_locked("examples/orchard/telemetry.lock.json");
}
