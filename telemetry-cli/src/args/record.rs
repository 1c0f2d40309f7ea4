//! What records, explains and redacts.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{ArgGroup, Args};

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
#[command(group = ArgGroup::new("source").required(true).args(["argv", "argv_lines", "last"]))]
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
    /// Instead of a command line, say who decides, and what was kept and dropped of this many recorded commands
    #[arg(long, value_name = "COUNT", conflicts_with = "policy")]
    pub last: Option<usize>,
    /// The error text the command would have printed
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["argv_lines", "last"])]
    pub error: Option<String>,
    /// The exit code the command would have ended with
    #[arg(long, value_name = "CODE", conflicts_with_all = ["argv_lines", "last"])]
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
