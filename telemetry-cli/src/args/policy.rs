//! `telemetry policy …`

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand};

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
