//! A small program without clap, whose policy is a file: three lines of telemetry, in `main`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use std::fmt;
use std::process::ExitCode;

use telemetry_client::Telemetry;
use telemetry_redact::Policy;

fn main() -> ExitCode {
    let policy = Policy::from_json(include_str!("plain.json")).expect("the policy is sound: a test reads it");
    let telemetry =
        Telemetry::builder(policy, env!("CARGO_PKG_VERSION"), Some("https://telemetry.example.com")).start();
    let result = run();
    if let Err(error) = &result {
        eprintln!("Error: {error}");
    }
    telemetry.finish(&result, i32::from(result.is_err()));
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// `orchard trees plant NAME` and `orchard trees fell`.
fn run() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["trees", "plant", "--fruit", fruit, name] => println!("planted {name}, a {fruit} tree"),
        ["trees", "fell"] => return Err(Failure("no trees")),
        _ => return Err(Failure("unknown command")),
    }
    Ok(())
}

#[derive(Debug)]
struct Failure(&'static str);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}
