//! With `posthog-rs`: an event of the command, sent at the end by `shutdown`.

use std::process::ExitCode;

use clap::Parser as _;
use posthog_rs::{ClientOptionsBuilder, Event};
use telemetry_peers::{Orchard, ended, endpoint, is_off};

#[tokio::main]
async fn main() -> ExitCode {
    let options = ClientOptionsBuilder::default()
        .api_key("phc_orchard".to_owned())
        .host(endpoint())
        .is_server(false)
        .disabled(is_off())
        .build();
    let posthog = match options {
        Ok(options) => Some(posthog_rs::client(options).await),
        Err(_) => None,
    };
    let orchard = Orchard::parse();
    let result = orchard.run();
    if let Some(posthog) = posthog {
        let mut event = Event::new("command", "a-random-install-id");
        let _ = event.insert_prop("name", orchard.name());
        let _ = event.insert_prop("success", result.is_ok());
        posthog.capture(event);
        posthog.shutdown().await;
    }
    ended(&result)
}
