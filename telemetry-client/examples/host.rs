//! A clap program that does nothing, with telemetry and, with the variable `BARE` set, without: what `whole_process`
//! compares.

use std::process::ExitCode;

use clap::{Arg, Command};
use telemetry_client::Telemetry;
use telemetry_redact::Policy;

fn command() -> Command {
    let list = Command::new("list").arg(Arg::new("output").short('o').long("output"));
    Command::new("atlas").subcommand(Command::new("clusters").subcommand(list))
}

fn run() -> Result<(), String> {
    let matches = command().try_get_matches().map_err(|error| error.to_string())?;
    if matches.subcommand().is_none() { Err("no command was given".to_owned()) } else { Ok(()) }
}

fn main() -> ExitCode {
    if std::env::var_os("BARE").is_some() {
        return if run().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let policy = Policy::from_embedded(include_bytes!("../../policies/compiled/atlas.policy"));
    let Ok(policy) = policy else { return ExitCode::FAILURE };
    let telemetry = Telemetry::builder(policy, "1.2.3", Some("https://127.0.0.1:9")).start();
    let result = run();
    telemetry.finish(&result, i32::from(result.is_err()));
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
