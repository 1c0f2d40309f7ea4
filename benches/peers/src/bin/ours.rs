//! With telemetry-client, as its README has it.

use std::process::ExitCode;

use clap::CommandFactory as _;
use telemetry_client::{CommandPolicy, Telemetry};
use telemetry_peers::{Orchard, ended, endpoint};

fn policy() -> CommandPolicy {
    CommandPolicy::new("orchard", Orchard::command, include_bytes!("../telemetry.policy"))
}

fn main() -> ExitCode {
    let mut telemetry = Telemetry::for_clap(policy(), env!("CARGO_PKG_VERSION"), Some(&endpoint())).start();
    let orchard: Orchard = telemetry.parse();
    let result = orchard.run();
    telemetry.finish(&result, i32::from(result.is_err()));
    ended(&result)
}

#[test]
fn what_is_collected_is_what_was_reviewed() {
    policy().assert_locked("src/telemetry.lock.json");
}
