//! `telemetry purge`

use std::process::ExitCode;

use anyhow::Result;
use telemetry_client::control::{Control, Copies, Width};
use telemetry_client::{Client, Host};

use crate::args::Purge;
use crate::commands::flush::HELPER;
use crate::render::{commands, talk};

pub(crate) fn run(purge: &Purge) -> Result<ExitCode> {
    let copies = if purge.sent { Copies::Delete } else { Copies::Keep };
    let purged = Control::new(Client::new(), Host::default(), commands()).helper(&HELPER).purge(copies)?;
    talk(purged.text(Width::of_stdout()).trim_end());
    Ok(ExitCode::SUCCESS)
}
