//! What a collector is started and asked with.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;

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
