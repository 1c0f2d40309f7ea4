//! Facts of the machine and the installation: each a small function of an [`Environment`], computed when asked for.
//!
//! No process is started, nothing is scanned, no file larger than 64 KiB is read. What is not known is not guessed.

mod agent;
mod ci;
mod clock;
mod environment;
mod install_source;
mod os;

pub use agent::agent;
pub use ci::ci;
pub use clock::now;
pub use environment::Environment;
pub use install_source::install_source;
pub use os::os;

use std::io::IsTerminal;

use telemetry_schema::{Context, StreamKind, Terminal};

/// What started this process.
#[must_use]
pub fn context(environment: &Environment) -> Context {
    Context { ci: ci(environment), agent: agent(environment), terminal: terminal() }
}

/// Which standard streams are a terminal.
#[must_use]
pub fn terminal() -> Terminal {
    let kind = |stream: &dyn Fn() -> bool| if stream() { StreamKind::Terminal } else { StreamKind::Other };
    Terminal {
        stdin: kind(&|| std::io::stdin().is_terminal()),
        stdout: kind(&|| std::io::stdout().is_terminal()),
        stderr: kind(&|| std::io::stderr().is_terminal()),
    }
}
