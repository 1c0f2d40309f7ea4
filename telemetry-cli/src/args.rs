//! What can be typed: the one place from which help and the reference are made.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

/// Learn how a command-line program is used, without learning about its user.
///
/// Only what a policy declares is recorded; everything else is dropped before it is written anywhere. Without an
/// endpoint events stay on this machine.
#[derive(Debug, Parser)]
#[command(name = "telemetry", version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a command untouched and record its event
    Exec(Exec),
    /// Show what would be recorded of a command line, token by token, without running it
    Explain(Explain),
    /// Redact error texts from standard input
    Redact(Redact),
    /// Show recorded events, byte for byte as they are stored and sent
    Show(Show),
    /// Say whether telemetry is on, who decided, and what would change it
    Status(Status),
    /// Read and change settings
    Config(Config),
    /// Send what is waiting
    Flush(Flush),
    /// Put what is waiting into a file, to be carried to a collector
    ///
    /// Needs the same consent as sending. The events are in the ledger afterwards, and are not sent again.
    Export(Export),
    /// Take in a file that `telemetry export` wrote
    ///
    /// Doing it twice is harmless: an event is stored once. A file that was cut off or changed is refused.
    Import(Import),
    /// Delete what was recorded and not sent, and the install id
    Purge(Purge),
    /// Collect events from others
    Serve(Serve),
    /// Check, compare and draft policies
    Policy(Policy),
    /// Say how commands are used: runs, errors, durations, misspellings
    Report(Report),
    /// See the whole way of one event: run a command, send its event to a collector, print the report
    Demo(Demo),
}

/// `telemetry exec`
#[derive(Debug, Args)]
pub struct Exec {
    /// The policy file to use instead of the shipped one for the program
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Print the event on standard error afterwards
    #[arg(long)]
    pub show: bool,
    /// Whether to record this run: true, false or local
    #[arg(long, value_name = "MODE")]
    pub telemetry: Option<String>,
    /// Let standard error pass through a pipe, so that the last error it prints can be read and redacted
    #[arg(long)]
    pub read_stderr: bool,
    /// The program's version, if you know it
    #[arg(long, value_name = "VERSION")]
    pub app_version: Option<String>,
    /// How the program is authenticated: `api_key`, `service_account`, `user_account`, oauth, …
    #[arg(long, value_name = "METHOD")]
    pub auth_method: Option<String>,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub argv: Vec<OsString>,
}

/// `telemetry explain`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("source").required(true).args(["argv", "argv_lines"]))]
pub struct Explain {
    /// The policy file to use instead of the shipped one for the program
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Read command lines from standard input, a JSON array a line, and print an event a line
    #[arg(long)]
    pub argv_lines: bool,
    /// The error text the command would have printed
    #[arg(long, value_name = "TEXT", conflicts_with = "argv_lines")]
    pub error: Option<String>,
    /// The exit code the command would have ended with
    #[arg(long, value_name = "CODE", conflicts_with = "argv_lines")]
    pub exit_code: Option<i32>,
    /// The command and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub argv: Vec<OsString>,
}

/// `telemetry redact`
#[derive(Debug, Args)]
pub struct Redact {
    /// The policy file whose words may be kept
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Read and write one JSON string a line instead of plain lines
    #[arg(long)]
    pub json_lines: bool,
}

/// `telemetry show`
#[derive(Debug, Args)]
pub struct Show {
    /// Only what is waiting to be sent
    #[arg(long, conflicts_with = "sent")]
    pub pending: bool,
    /// What was sent, as it was sent
    #[arg(long)]
    pub sent: bool,
    /// Instead of events, print a line for each batch: where it went, and the receipt
    #[arg(long, requires = "sent")]
    pub receipts: bool,
    /// Print what an endpoint of this protocol is sent for these events
    #[arg(long = "as", value_name = "PROTOCOL", conflicts_with = "receipts")]
    pub form: Option<Form>,
}

/// A protocol other than our own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// OTLP logs. Printed as JSON, which says what the protobuf says
    Otlp,
    /// What the Atlas CLI sends
    Atlas,
}

/// `telemetry export`
#[derive(Debug, Args)]
pub struct Export {
    /// The file to write, which must not be there
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `telemetry import`
#[derive(Debug, Args)]
pub struct Import {
    /// The file that `telemetry export` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Store the events in this collector's file, instead of sending them to the configured endpoint
    #[arg(long, value_name = "PATH")]
    pub store: Option<PathBuf>,
    /// A policy file to admit events by, besides the shipped ones; repeatable
    #[arg(long, value_name = "FILE", requires = "store")]
    pub policy: Vec<PathBuf>,
}

/// `telemetry status`
#[derive(Debug, Args)]
pub struct Status {
    /// Answer for the program of this policy file
    #[arg(long, value_name = "FILE", conflicts_with = "program")]
    pub policy: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Answer for this program, which has a shipped policy
    #[arg(value_name = "PROGRAM")]
    pub program: Option<String>,
}

/// `telemetry config`
#[derive(Debug, Args)]
pub struct Config {
    /// What to do.
    #[command(subcommand)]
    pub action: ConfigAction,
}

/// What to do with settings.
#[derive(Debug, Subcommand)]
pub enum ConfigAction {
    /// Print a setting
    Get {
        /// The setting
        key: String,
    },
    /// Change a setting
    Set {
        /// The setting
        key: String,
        /// Its new value
        value: String,
    },
    /// Take a setting out of the file
    Unset {
        /// The setting
        key: String,
    },
    /// Print every setting
    List,
    /// Print where the settings file is
    Path,
}

/// `telemetry flush`
#[derive(Debug, Args)]
pub struct Flush {
    /// Say nothing; what was not sent stays for the next time
    #[arg(long)]
    pub quiet: bool,
    /// Run as a helper that outlives its parent
    #[arg(long, hide = true)]
    pub detached: bool,
}

/// `telemetry purge`
#[derive(Debug, Args)]
pub struct Purge {
    /// Also delete the copies of what was sent
    #[arg(long)]
    pub sent: bool,
}

/// `telemetry serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen on
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8750")]
    pub listen: SocketAddr,
    /// The store's file
    #[arg(long, value_name = "PATH")]
    pub store: Option<PathBuf>,
    /// A policy file to admit events by, besides the shipped ones; repeatable
    #[arg(long, value_name = "FILE")]
    pub policy: Vec<PathBuf>,
}

/// `telemetry policy`
#[derive(Debug, Args)]
pub struct Policy {
    /// What to do.
    #[command(subcommand)]
    pub action: PolicyAction,
}

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyAction {
    /// Say all that is wrong with policies, each problem with its place
    ///
    /// Exit code 0 where all are sound, 1 where one is not.
    Check(PolicyCheck),
    /// Say what a change of a policy would newly collect, and what it would collect no more
    ///
    /// Exit code 0 where nothing is newly collected, 3 where something is or may be: a change to review. 1 where a policy
    /// cannot be read, or collects less without a higher version.
    Diff(PolicyDiff),
    /// Draft a policy from a program's help texts or a completion script, with every value withheld
    ///
    /// Runs the program with `--help`, and with `--help` after each command that a help text names; nothing else. With
    /// `--text` or `--completion` nothing is run.
    FromHelp(PolicyFromHelp),
}

/// `telemetry policy check`
#[derive(Debug, Args)]
pub struct PolicyCheck {
    /// Policies in JSON, TOML (`.toml`) or compiled
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `telemetry policy diff`
#[derive(Debug, Args)]
pub struct PolicyDiff {
    /// The policy as it is
    #[arg(value_name = "OLD")]
    pub old: PathBuf,
    /// The policy as it would be
    #[arg(value_name = "NEW")]
    pub new: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `telemetry policy from-help`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("from").required(true).args(["program", "text", "completion"]))]
pub struct PolicyFromHelp {
    /// Read one help text from this file instead, or from standard input with `-`
    #[arg(long, value_name = "FILE")]
    pub text: Option<PathBuf>,
    /// Read a completion script for bash, zsh or fish from this file instead, or from standard input with `-`
    #[arg(long, value_name = "FILE")]
    pub completion: Option<PathBuf>,
    /// The program's name, where it is not the name of its file
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// How many command words deep to ask
    #[arg(long, value_name = "COUNT", default_value_t = 4)]
    pub depth: usize,
    /// Print JSON, which has no comments
    #[arg(long)]
    pub json: bool,
    /// The program, and arguments that go before `--help` every time
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "PROGRAM")]
    pub program: Vec<OsString>,
}

/// `telemetry report`
#[derive(Debug, Args)]
pub struct Report {
    /// Report on a collector's store instead of this machine's own events
    #[arg(long, value_name = "PATH")]
    pub store: Option<PathBuf>,
    /// Print JSON
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV
    #[arg(long)]
    pub csv: bool,
}

/// `telemetry demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// The command to run; `cargo --version` if none is given
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub argv: Vec<OsString>,
}
