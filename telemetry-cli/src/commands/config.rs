//! `telemetry config`

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use telemetry_client::control::{Control, Width};
use telemetry_client::{Client, Host, Key};

use crate::args::ConfigAction;
use crate::commands::flush::HELPER;
use crate::render::{commands, talk};

pub(crate) fn run(action: ConfigAction) -> Result<ExitCode> {
    let mut control = Control::new(Client::new(), Host::default(), commands()).helper(&HELPER);
    let settings = control.client().settings()?;
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
            match Key::parse(&key)? {
                Key::TelemetryEnabled => {
                    let switched = control.set_enabled(&value)?;
                    // What was asked for is said by its silence, but for what is gone and for what it comes to nothing by.
                    if switched.purged.is_some() || switched.mode != switched.setting {
                        talk(switched.text(Width::of_stdout()).trim_end());
                    }
                }
                key @ Key::Endpoint => settings.set(key, &value)?,
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
