//! `telemetry config`

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use telemetry_client::{Client, Key};
use telemetry_redact::consent::Mode;

use crate::args::ConfigAction;
use crate::commands::purge;
use crate::render::talk;

pub(crate) fn run(action: ConfigAction) -> Result<ExitCode> {
    let client = Client::new();
    let settings = client.settings()?;
    let mut out = std::io::stdout().lock();
    match action {
        ConfigAction::Get { key } => {
            if let Some(value) = settings.get(Key::parse(&key)?)? {
                writeln!(out, "{value}")?;
            } else {
                talk(&format!("{key} is not set in {}", settings.path().display()));
                return Ok(ExitCode::FAILURE);
            }
        }
        ConfigAction::Set { key, value } => {
            let key = Key::parse(&key)?;
            settings.set(key, &value)?;
            if key == Key::TelemetryEnabled && Mode::parse(&value) == Some(Mode::Off) {
                let purged =
                    client.purge().context("telemetry is off, but what was recorded could not be deleted")?;
                talk(&format!("telemetry is off; {} events that were not sent are deleted", purged.events));
                purge::ask(&client, &purged);
            }
        }
        ConfigAction::Unset { key } => {
            if !settings.unset(Key::parse(&key)?)? {
                talk(&format!("{key} was not set in {}", settings.path().display()));
            }
        }
        ConfigAction::List => {
            for key in Key::ALL {
                match settings.get(key)? {
                    Some(value) => writeln!(out, "{} = {value}", key.name())?,
                    None => writeln!(out, "# {} is not set: {}", key.name(), key.help())?,
                }
            }
        }
        ConfigAction::Path => writeln!(out, "{}", settings.path().display())?,
    }
    Ok(ExitCode::SUCCESS)
}
