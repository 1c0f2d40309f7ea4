//! Where there is none of that.

use std::io;
use std::process::{Child, Command, ExitCode, ExitStatus};

use telemetry_schema::Signal;

/// Windows tells the whole console of Ctrl-C, so there is nothing to pass on.
pub(crate) struct Signals;

impl Signals {
    pub(crate) fn take_over() -> Self {
        Self
    }

    pub(crate) fn pass_on_to(&self, _child: &Child) {}

    pub(crate) fn wait_for(self, child: &mut Child) -> io::Result<ExitStatus> {
        child.wait()
    }
}

/// A command gets what this process has.
pub(crate) fn hand_on(_command: &mut Command, _is_stderr_read: bool) {}

/// A process cannot become another one here: it is run and waited for.
pub(crate) fn replace_with(mut command: Command) -> io::Error {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(error) => error,
    }
}

/// Ends with the same exit code, all 32 bits of it.
pub(crate) fn end_like(status: ExitStatus) -> ExitCode {
    std::process::exit(status.code().unwrap_or(1))
}

pub(crate) fn signal_of(_status: ExitStatus) -> Option<Signal> {
    None
}
