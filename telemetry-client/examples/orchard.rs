//! A small program with telemetry: three lines of it, in `main`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use std::fmt;
use std::process::ExitCode;

use clap::{Arg, Command};
use telemetry_client::Telemetry;
use telemetry_redact::Policy;

fn main() -> ExitCode {
    let policy =
        Policy::from_json(include_str!("orchard.json")).expect("the policy is sound: a test reads it");
    let telemetry =
        Telemetry::builder(policy, env!("CARGO_PKG_VERSION"), Some("https://telemetry.example.com")).start();
    let result = run();
    if let Err(error) = &result {
        eprintln!("Error: {error}");
    }
    telemetry.finish(&result, i32::from(result.is_err()));
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run() -> Result<(), Failure> {
    let plant = Command::new("plant")
        .arg(Arg::new("fruit").short('f').long("fruit").default_value("apple"))
        .arg(Arg::new("name").short('N').long("name").required(true));
    let trees = Command::new("trees").subcommand(plant).subcommand(Command::new("fell"));
    let matches = Command::new("orchard").subcommand(trees).try_get_matches()?;
    let Some(("trees", trees)) = matches.subcommand() else {
        return Err(Failure("requires a subcommand".into()));
    };
    match trees.subcommand() {
        Some(("plant", plant)) => {
            let [fruit, name] = ["fruit", "name"].map(|id| plant.get_one::<String>(id).expect("has a value"));
            println!("planted {name}, a {fruit} tree");
            Ok(())
        }
        Some(("fell", _)) => panic!("nobody has written how to fell a tree"),
        _ => Err(Failure("open /srv/orchard/ada.txt: permission denied".into())),
    }
}

#[derive(Debug)]
struct Failure(String);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self(error.to_string())
    }
}
