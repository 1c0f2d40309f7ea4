//! Facts of the machine and the installation: each a small function of an [`Environment`], computed when asked for.
//!
//! No process is started, nothing is scanned, no more than 64 KiB of a file are read, nothing
//! panics. What is not known is not guessed.

mod agent;
mod ci;
mod clock;
mod container;
mod environment;
mod install_source;
mod libc;
mod os;
mod windows;
mod wsl;

pub use agent::agent;
pub(crate) use agent::agent_of_machine;
pub use ci::ci;
pub use clock::{local_offset_min, now};
pub use container::container;
pub use environment::Environment;
pub use install_source::install_source;
pub use libc::libc;
pub use os::os;
pub use wsl::wsl;

use std::io::IsTerminal;

use telemetry_schema::{Context, StreamKind, Terminal};

/// What started this process.
#[must_use]
pub fn context(environment: &Environment) -> Context {
    let environment = &environment.of_now();
    Context { ci: ci(environment), agent: agent(environment), terminal: environment.terminal() }
}

/// As [`context`], by variables and streams alone: no file is looked at.
pub(crate) fn context_by_variable(environment: &Environment) -> Context {
    let environment = &environment.of_now();
    Context {
        ci: ci(environment),
        agent: agent::agent_by_variable(environment),
        terminal: environment.terminal(),
    }
}

/// Which standard streams are a terminal.
#[must_use]
pub fn terminal() -> Terminal {
    // The descriptors themselves: std's streams come with buffers, which a program that does not read would get for this.
    #[cfg(unix)]
    use rustix::stdio::{stderr, stdin, stdout};
    #[cfg(not(unix))]
    use std::io::{stderr, stdin, stdout};
    Terminal { stdin: kind(&stdin()), stdout: kind(&stdout()), stderr: kind(&stderr()) }
}

fn kind(stream: &impl IsTerminal) -> StreamKind {
    if stream.is_terminal() { StreamKind::Terminal } else { StreamKind::Other }
}

#[cfg(test)]
mod tests;
