//! The `telemetry` command. Everything is in the library; see `telemetry_cli::run`.

use std::process::ExitCode;

fn main() -> ExitCode {
    telemetry_cli::run(std::env::args_os())
}
