//! The library behind the `telemetry` command: parse, call a library, render.
//!
//! Standard output is data, standard error is talk; a closed pipe is a success. `exec` ends as the command it ran.

mod args;
mod commands;
mod draw;
mod exec;
mod place;
mod policies;
mod render;
mod sample;

pub use args::Arguments;
pub use place::VARIABLES as STORE_VARIABLES;

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::Parser as _;

use args::Command;

/// Parses a command line, the program's name first, and does what it says.
pub fn run(argv: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(argv) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version go to standard output and are a success; the rest is usage, exit code 2.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let result = match arguments.command {
        // `exec` ends as the command ended, which can be by a signal.
        Command::Exec(exec) => return exec::run(exec),
        Command::Explain(explain) => commands::explain::run(&explain),
        Command::Redact(redact) => commands::redact::run(&redact),
        Command::Show(show) => commands::show::run(&show),
        Command::Status(status) => commands::status::run(&status),
        Command::Config(config) => commands::config::run(config.action),
        Command::Flush(flush) => commands::flush::run(&flush),
        Command::Export(export) => commands::export::run(export),
        Command::Import(import) => commands::import::run(&import),
        Command::Purge(purge) => commands::purge::run(&purge),
        Command::Serve(serve) => commands::serve::run(serve),
        Command::Store(store) => commands::store::run(&store.action),
        Command::Policy(policy) => commands::policy::run(&policy.action),
        Command::Report(report) => commands::report::run(report),
        Command::Demo(demo) => commands::demo::run(demo),
    };
    match result {
        Ok(code) => code,
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            render::complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// Whether nobody reads what is printed any more, as with `telemetry show | head`.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
