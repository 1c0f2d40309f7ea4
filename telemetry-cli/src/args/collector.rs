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
    /// A directory of policy files, one a program, read again when it changes or on SIGHUP
    #[arg(long, value_name = "DIR")]
    pub policies: Option<PathBuf>,
    /// A TOML or JSON file of the keys that senders must have: a list of keys by the name of each program
    #[arg(long, value_name = "FILE")]
    pub write_keys: Option<PathBuf>,
    /// A file with the token that readers must have; without it only loopback is answered
    #[arg(long, value_name = "FILE")]
    pub read_token_file: Option<PathBuf>,
    /// Speak TLS, with this certificate in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's private key in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Requests a second to take at most, of all senders together; 0 for no bound
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub max_rate: u32,
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
