//! The ready-made subcommand `telemetry`, for programs that use clap.
//!
//! With the derive API it is a variant:
//!
//! ```no_run
//! use clap::Parser;
//! use telemetry_client::control;
//!
//! #[derive(Parser)]
//! enum Orchard {
//!     /// Plant a tree
//!     Plant,
//!     /// See and control what is recorded of how this program is used
//!     Telemetry(control::Arguments),
//! }
//! # fn run(telemetry: telemetry_client::Telemetry) -> std::process::ExitCode {
//! match Orchard::parse() {
//!     Orchard::Telemetry(arguments) => arguments.run(telemetry),
//!     Orchard::Plant => std::process::ExitCode::SUCCESS,
//! }
//! # }
//! ```

use std::ffi::OsString;
use std::fmt;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use clap::{ArgMatches, Args, FromArgMatches as _, Subcommand};
use serde::Serialize;
use telemetry_redact::policy::FirstWord;

use super::SUBCOMMAND;
use super::{Control, ControlError, Copies, Show, Typed, Width};
use crate::Telemetry;

/// The arguments of `telemetry`, as [`Args`] of clap.
#[derive(Debug, Args)]
#[command(about = "See and control what is recorded of how this program is used")]
#[non_exhaustive]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub action: Action,
}

/// What to do, as a [`Subcommand`] of clap.
#[derive(Debug, Subcommand)]
#[non_exhaustive]
pub enum Action {
    /// Record how this program is used, and send it
    On(Form),
    /// Record on this machine, never send
    Local(Form),
    /// Record nothing, and delete what was not sent
    Off(Form),
    /// Say whether telemetry is on, who decided, and what would change it
    Status(Form),
    /// Print recorded events, byte for byte as they are stored and sent
    Show(ShowArguments),
    /// Say who decides, and what was kept and dropped of the last commands, or of one that is not run
    Explain(ExplainArguments),
    /// Delete what was recorded and not sent
    Purge(PurgeArguments),
}

/// How an answer is printed.
#[derive(Debug, Clone, Copy, Args)]
#[non_exhaustive]
pub struct Form {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// The arguments of `telemetry show`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag that is typed")]
#[non_exhaustive]
pub struct ShowArguments {
    /// Only what is waiting to be sent
    #[arg(long, conflicts_with_all = ["local", "sent"])]
    pub pending: bool,
    /// Only what stays on this machine
    #[arg(long, conflicts_with = "sent")]
    pub local: bool,
    /// What was sent, as it was sent; last what was sent without an answer, which may have arrived
    #[arg(long)]
    pub sent: bool,
    /// Instead of events, print a line for each batch, where it went and the receipt, null where no answer came; and one
    /// for each request to erase
    #[arg(long, requires = "sent")]
    pub receipts: bool,
    /// How it is printed.
    #[command(flatten)]
    pub form: Form,
}

/// The arguments of `telemetry explain`.
#[derive(Debug, Args)]
#[non_exhaustive]
pub struct ExplainArguments {
    /// How many of the last commands to explain
    #[arg(long, value_name = "COUNT", default_value_t = 3, conflicts_with = "line")]
    pub last: usize,
    /// How it is printed.
    #[command(flatten)]
    pub form: Form,
    /// The arguments of a command line of this program, to be explained and not run
    #[arg(last = true, value_name = "ARGUMENT")]
    pub line: Vec<OsString>,
}

/// The arguments of `telemetry purge`.
#[derive(Debug, Args)]
#[non_exhaustive]
pub struct PurgeArguments {
    /// Also delete the copies of what was sent
    #[arg(long)]
    pub sent: bool,
    /// How it is printed.
    #[command(flatten)]
    pub form: Form,
}

/// The subcommand `telemetry`, to be mounted in any clap program by `Command::subcommand`.
///
/// ```
/// let orchard = clap::Command::new("orchard").subcommand(telemetry_client::control::command());
/// assert!(orchard.try_get_matches_from(["orchard", "telemetry", "show", "--sent"]).is_ok());
/// ```
#[must_use]
pub fn command() -> clap::Command {
    Arguments::augment_args(clap::Command::new(SUBCOMMAND))
}

/// Does what the matches of [`command`] say and prints it. The run itself is not recorded.
///
/// Data goes to standard output, talk to standard error. The exit code is 0, 1 where something could not be done, and 2
/// where the matches are not of [`command`].
///
/// ```no_run
/// use std::process::ExitCode;
/// use telemetry_client::control;
/// # fn main_of(telemetry: telemetry_client::Telemetry, orchard: clap::Command) -> ExitCode {
/// let matches = orchard.subcommand(control::command()).get_matches();
/// if let Some(("telemetry", matches)) = matches.subcommand() {
///     return control::run(telemetry, matches);
/// }
/// # ExitCode::SUCCESS
/// # }
/// ```
#[must_use]
pub fn run(telemetry: Telemetry, matches: &ArgMatches) -> ExitCode {
    let control = telemetry.into_control();
    // Matches of another command make clap panic.
    match catch_unwind(AssertUnwindSafe(|| Arguments::from_arg_matches(matches))) {
        Ok(Ok(arguments)) => arguments.action.run_or_say(control),
        Ok(Err(error)) => {
            talk(&error);
            ExitCode::from(2)
        }
        Err(_) => ExitCode::from(2),
    }
}

impl Arguments {
    /// Does what they say and prints it, as [`run`]. The run itself is not recorded.
    #[must_use]
    pub fn run(self, telemetry: Telemetry) -> ExitCode {
        self.action.run_or_say(telemetry.into_control())
    }
}

impl Action {
    fn run_or_say(self, control: Result<Control, ControlError>) -> ExitCode {
        match control {
            Ok(mut control) => self.run(&mut control),
            Err(error) => {
                talk(&with_causes(&error));
                ExitCode::FAILURE
            }
        }
    }

    /// Does it and prints it, as [`run`].
    #[must_use]
    pub fn run(self, control: &mut Control) -> ExitCode {
        let printed = catch_unwind(AssertUnwindSafe(|| self.print(control)));
        match printed {
            Ok(Ok(())) => ExitCode::SUCCESS,
            // Nobody reads any more, as with `telemetry show | head`.
            Ok(Err(Failure::Print(error))) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Ok(Err(Failure::Print(error))) => {
                talk(&error);
                ExitCode::FAILURE
            }
            Ok(Err(Failure::Control(error))) => {
                talk(&with_causes(&error));
                ExitCode::FAILURE
            }
            Err(_) => ExitCode::FAILURE,
        }
    }

    fn print(self, control: &mut Control) -> Result<(), Failure> {
        let width = Width::of_stdout();
        match self {
            Self::On(form) => form.print(&control.on()?, |switched| switched.text(width)),
            Self::Local(form) => form.print(&control.local()?, |switched| switched.text(width)),
            Self::Off(form) => form.print(&control.off()?, |switched| switched.text(width)),
            Self::Status(form) => form.print(&control.status(), |status| status.text(width)),
            Self::Show(ShowArguments { receipts: true, form, .. }) => {
                let receipts = control.receipts()?;
                form.print(&receipts, super::Receipts::text)?;
                receipts.damaged.iter().for_each(talk);
                Ok(())
            }
            Self::Show(ShowArguments { pending, local, sent, form, .. }) => {
                let show = match (pending, local, sent) {
                    (true, ..) => Show::Pending,
                    (_, true, _) => Show::Local,
                    (_, _, true) => Show::Sent,
                    _ => Show::Recorded,
                };
                let shown = control.show(show)?;
                form.print(&shown, super::Shown::text)?;
                // What is JSON says itself which events these are.
                let talks = if form.json { shown.damaged } else { shown.talk().collect() };
                talks.iter().for_each(talk);
                Ok(())
            }
            Self::Explain(ExplainArguments { last, form, line }) if line.is_empty() => {
                form.print(&control.explain(last)?, |explanation| explanation.text(width))
            }
            Self::Explain(ExplainArguments { form, line, .. }) => {
                let argv: Vec<OsString> = control.program().into_iter().chain(line).collect();
                let dry_run = control.dry_run(Typed::of_arguments(&argv));
                form.print(&dry_run, |dry_run| control.dry_run_text(dry_run, &argv, width))
            }
            Self::Purge(PurgeArguments { sent, form }) => {
                let copies = if sent { Copies::Delete } else { Copies::Keep };
                form.print(&control.purge(copies)?, |purged| purged.text(width))
            }
        }
    }
}

impl Control {
    /// The program's name, which begins a command line. Where the executable's name is a command's, the line has it.
    fn program(&self) -> Option<OsString> {
        let policy = self.redactor.policy().filter(|policy| policy.first_word() == FirstWord::Argument)?;
        Some(OsString::from(policy.program().as_str()))
    }
}

impl Form {
    fn print<T: Serialize>(self, answer: &T, text: impl FnOnce(&T) -> String) -> Result<(), Failure> {
        let text = if self.json {
            serde_json::to_string_pretty(answer).map_err(io::Error::from)? + "\n"
        } else {
            text(answer)
        };
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }
}

enum Failure {
    Control(ControlError),
    Print(io::Error),
}

impl From<ControlError> for Failure {
    fn from(error: ControlError) -> Self {
        Self::Control(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Print(error)
    }
}

/// Says something on standard error. That nobody listens is no error.
fn talk(what: &impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{SUBCOMMAND}: {what}");
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
