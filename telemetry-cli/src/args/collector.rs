//! What a collector is started and asked with.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};
use telemetry_collector::{Day, MIN_KEEP_DAYS, Noise, ReportName};
use telemetry_schema::{InstallSource, OsName};

use crate::place::StorePlace;

/// `telemetry import`
#[derive(Debug, Args)]
pub struct Import {
    /// The file that `telemetry export` wrote
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Store the events in this collector's store, instead of sending them to the configured endpoint
    #[arg(long, value_name = "STORE", value_parser = StorePlace::parser())]
    pub store: Option<StorePlace>,
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
    /// Where to store: a file, or `clickhouse://HOST[:PORT]/DATABASE` (see docs/clickhouse.md)
    #[arg(long, value_name = "STORE", value_parser = StorePlace::parser())]
    pub store: Option<StorePlace>,
    /// A policy file to admit events by, besides the shipped ones; repeatable, and read again as a directory of them is
    #[arg(long, value_name = "FILE")]
    pub policy: Vec<PathBuf>,
    /// A directory of policy files, one a program, read again when one changes or on SIGHUP
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
    /// Installs that a row of a report needs to be shown
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub min_installs: u64,
    /// Put noise on every count of a report, from 0.001 to 10: the less, the more noise. See docs/reports.md
    #[arg(long, value_name = "EPSILON", allow_negative_numbers = true)]
    pub noise: Option<Noise>,
    /// Forget events so many days after they came, at least 45; what reports counted of them stays
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(i64::from(MIN_KEEP_DAYS)..))]
    pub keep_days: Option<u32>,
    /// Serve a year of a made-up program's events from a temporary store, to see the reports
    #[arg(long, conflicts_with_all = ["store", "policy"])]
    pub demo: bool,
}

/// `telemetry report`
#[derive(Debug, Args)]
pub struct Report {
    /// The report
    #[arg(value_name = "NAME", default_value = "overview", value_parser = report_name())]
    pub name: ReportName,
    /// Report on a collector's store instead of this machine's own events: a file, or `clickhouse://HOST[:PORT]/DATABASE`
    #[arg(long, value_name = "STORE", value_parser = StorePlace::parser())]
    pub store: Option<StorePlace>,
    /// Print JSON
    #[arg(long, conflicts_with = "csv")]
    pub json: bool,
    /// Print CSV
    #[arg(long)]
    pub csv: bool,
    /// Two versions to compare, the earlier one first, as 1.2.0,1.3.0
    #[arg(long, value_name = "OLD,NEW", value_parser = two_versions)]
    pub compare: Option<(String, String)>,
    /// Installs that a row needs to be shown: 10 where nothing else is said, and 1 on this machine's own events
    #[arg(long, value_name = "N")]
    pub min_installs: Option<u64>,
    /// Put noise on every count, from 0.001 to 10: the less, the more noise. See docs/reports.md
    #[arg(long, value_name = "EPSILON", requires = "store", allow_negative_numbers = true)]
    pub noise: Option<Noise>,
    /// Rows of each list; 0 for all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub top: usize,
    /// Over which runs.
    #[command(flatten)]
    pub filters: ReportFilters,
}

/// Over which runs a report is made.
#[derive(Debug, Args)]
#[command(next_help_heading = "Filters")]
pub struct ReportFilters {
    /// Only runs of this program
    #[arg(long, value_name = "NAME")]
    pub program: Option<String>,
    /// Only runs of this version of the program
    #[arg(long, value_name = "VERSION")]
    pub program_version: Option<String>,
    /// Only runs on this day or later, in UTC, as 2026-01-31
    #[arg(long, value_name = "DAY")]
    pub since: Option<Day>,
    /// Only runs on this day or earlier, in UTC
    #[arg(long, value_name = "DAY")]
    pub until: Option<Day>,
    /// Only runs on this operating system
    #[arg(long, value_name = "SYSTEM", value_parser = os_name(), hide_possible_values = true)]
    pub os: Option<OsName>,
    /// Only runs of what was installed from this source
    #[arg(long, value_name = "SOURCE", value_parser = install_source(), hide_possible_values = true)]
    pub source: Option<InstallSource>,
    /// Leave runs in CI out, or count only them
    #[arg(long, value_name = "WHICH")]
    pub ci: Option<CiFilter>,
}

/// What becomes of runs in CI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CiFilter {
    /// Count only runs in CI
    Only,
    /// Leave them out
    Without,
}

fn report_name() -> impl TypedValueParser<Value = ReportName> {
    let names = ReportName::ALL.iter().map(|name| PossibleValue::new(name.key()).help(name.question()));
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

fn os_name() -> impl TypedValueParser<Value = OsName> {
    PossibleValuesParser::new(OsName::ALL.iter().map(|os| os.key()))
        .try_map(|key| OsName::from_key(&key).ok_or("there is no such system"))
}

fn install_source() -> impl TypedValueParser<Value = InstallSource> {
    PossibleValuesParser::new(InstallSource::ALL.iter().map(|source| source.key()))
        .try_map(|key| InstallSource::from_key(&key).ok_or("there is no such source"))
}

fn two_versions(text: &str) -> Result<(String, String), &'static str> {
    let pair =
        text.split_once(',').filter(|(old, new)| !old.is_empty() && !new.is_empty() && !new.contains(','));
    pair.map(|(old, new)| (old.to_owned(), new.to_owned())).ok_or("two versions are needed, as 1.2.0,1.3.0")
}

/// `telemetry demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// The command to run; `cargo --version` if none is given
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub argv: Vec<OsString>,
}

/// `telemetry store`
#[derive(Debug, Args)]
pub struct Store {
    /// What to do.
    #[command(subcommand)]
    pub action: StoreAction,
}

/// What to do with a collector's store.
#[derive(Debug, Subcommand)]
pub enum StoreAction {
    /// Read the whole store, and say what is wrong with it and what is in it
    ///
    /// Exit code 0 where it is sound, 1 where it is not.
    Check {
        /// The store: a file, or `clickhouse://HOST[:PORT]/DATABASE`
        #[arg(value_name = "STORE", value_parser = StorePlace::parser())]
        store: StorePlace,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Give back the room of what is not there any more; nobody can write meanwhile
    Compact {
        /// The store: a file, or `clickhouse://HOST[:PORT]/DATABASE`
        #[arg(value_name = "STORE", value_parser = StorePlace::parser())]
        store: StorePlace,
    },
    /// Write every stored event to standard output, for those who analyse elsewhere
    Export {
        /// The store: a file, or `clickhouse://HOST[:PORT]/DATABASE`
        #[arg(value_name = "STORE", value_parser = StorePlace::parser())]
        store: StorePlace,
        /// Write CSV instead of a JSON object a line
        #[arg(long)]
        csv: bool,
    },
}
