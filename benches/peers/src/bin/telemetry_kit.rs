//! With telemetry-kit: an event of the command in its database, sent at the end by `sync`.

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser as _;
use telemetry_kit::prelude::*;
use telemetry_kit::privacy::PrivacyConfig;
use telemetry_kit::sync::SyncConfig;
use telemetry_peers::{Orchard, ended, endpoint, is_off};

fn telemetry() -> Result<TelemetryKit> {
    let sync = SyncConfig::builder()
        .endpoint(endpoint())
        .org_id("550e8400-e29b-41d4-a716-446655440000")?
        .app_id("7c9e6679-7425-40de-944b-e07fc1f90ae7")?
        .token("orchard")
        .secret("orchard")
        .build()?;
    TelemetryKit::builder()
        .service_name("orchard")?
        .service_version(env!("CARGO_PKG_VERSION"))
        .privacy(PrivacyConfig::default())
        .sync(sync)
        .build()
}

#[tokio::main]
async fn main() -> ExitCode {
    let telemetry = telemetry();
    let started = Instant::now();
    let orchard = Orchard::parse();
    let result = orchard.run();
    if let Ok(telemetry) = telemetry {
        let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let success = result.is_ok();
        let of_the_command = |event: CommandEventBuilder| event.success(success).duration_ms(took);
        let _ = telemetry.track_command(orchard.name(), of_the_command).await;
        // It leaves out events where the user said no, but would go on to send.
        if !is_off() {
            let _ = telemetry.sync().await;
        }
    }
    ended(&result)
}
