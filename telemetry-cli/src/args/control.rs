//! What a user controls and looks at their own telemetry with.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `telemetry show`
#[derive(Debug, Args)]
pub struct Show {
    /// Only what is waiting to be sent
    #[arg(long, conflicts_with = "sent")]
    pub pending: bool,
    /// What was sent, as it was sent; last what was sent without an answer, which may have arrived
    #[arg(long)]
    pub sent: bool,
    /// Instead of events, print a line for each batch, where it went and the receipt, null where no answer came; and one
    /// for each request to erase
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
