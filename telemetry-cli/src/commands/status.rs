//! `telemetry status`

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;
use telemetry_client::control::{Control, Width};
use telemetry_client::{Client, Host};
use telemetry_redact::Policy;

use crate::args::Status;
use crate::policies;
use crate::render::{commands, talk};

pub(crate) fn run(status: &Status) -> Result<ExitCode> {
    let program = status.program.as_deref().map(std::path::Path::new);
    let redactor = policies::redactor(status.policy.as_deref(), program)?;
    if let (Some(program), None) = (&status.program, redactor.policy()) {
        talk(&format!(
            "there is no policy for {program}: a variable of its own is not known, and of its name and arguments nothing \
             is kept"
        ));
    }
    let program_variable = redactor.policy().and_then(Policy::consent_variable);
    let host = Host { program_variable, ..Host::default() };
    let answer = Control::new(Client::new(), host, commands()).status();
    let mut out = std::io::stdout().lock();
    if status.json {
        serde_json::to_writer_pretty(&mut out, &answer)?;
        writeln!(out)?;
    } else {
        write!(out, "{}", answer.text(Width::of_stdout()))?;
    }
    Ok(ExitCode::SUCCESS)
}
