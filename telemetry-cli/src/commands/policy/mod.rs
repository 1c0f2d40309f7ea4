//! `telemetry policy`

mod ask;
mod check;
mod diff;
mod from_help;

use std::process::ExitCode;

use anyhow::Result;

use crate::args::PolicyAction;

pub(crate) fn run(action: &PolicyAction) -> Result<ExitCode> {
    match action {
        PolicyAction::Check(check) => check::run(check),
        PolicyAction::Diff(diff) => diff::run(diff),
        PolicyAction::FromHelp(from_help) => from_help::run(from_help),
    }
}

/// `1 flag`, `2 flags`.
fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}
