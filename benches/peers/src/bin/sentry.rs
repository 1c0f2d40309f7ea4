//! With Sentry: a message of the command; the guard sends what is left when it is dropped.

use std::process::ExitCode;

use clap::Parser as _;
use telemetry_peers::{Orchard, ended, endpoint, is_off};

fn main() -> ExitCode {
    // A client without an address does nothing.
    let options = sentry::ClientOptions::new().maybe_release(sentry::release_name!());
    let address = endpoint().replace("http://", "http://key@") + "/42";
    let _guard = sentry::init(if is_off() { options } else { options.dsn(&address) });
    let orchard = Orchard::parse();
    let result = orchard.run();
    sentry::capture_message(orchard.name(), sentry::Level::Info);
    ended(&result)
}
