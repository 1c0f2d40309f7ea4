//! What a session has for programs that use clap.

use super::CommandPolicy;
use super::codes::ending_of;
use crate::ruling::Ruling;
use crate::{Builder, Telemetry};

impl Telemetry {
    /// Telemetry for a program whose policy is derived from its own `clap::Command`. Otherwise as [`Telemetry::builder`].
    ///
    /// ```no_run
    /// use clap::{Arg, Command};
    /// use telemetry_client::{CommandPolicy, Telemetry};
    ///
    /// fn cli() -> Command {
    ///     Command::new("orchard").arg(Arg::new("fruit").long("fruit").value_parser(["apple", "pear"]))
    /// }
    ///
    /// # const REVIEWED: &[u8] = b"";
    /// let policy = CommandPolicy::new("orchard", cli, REVIEWED);
    /// let telemetry =
    ///     Telemetry::for_clap(policy, env!("CARGO_PKG_VERSION"), Some("https://telemetry.example.com")).start();
    /// let matches = cli().get_matches();
    /// ```
    #[must_use]
    #[track_caller]
    pub fn for_clap(policy: CommandPolicy, version: &str, endpoint: Option<&str>) -> Builder {
        Builder::new(Ruling::of_command(policy), version, endpoint)
    }

    /// Records a run whose command line clap did not take, before the program ends by `error.exit()`: each kind of error
    /// by a code of its own, what clap said redacted, and the exit code that clap ends with. A display of help or of the
    /// version is a success.
    ///
    /// ```no_run
    /// # fn cli() -> clap::Command { clap::Command::new("orchard") }
    /// # fn run(telemetry: telemetry_client::Telemetry) {
    /// match cli().try_get_matches() {
    ///     Ok(matches) => println!("{matches:?}"),
    ///     Err(error) => {
    ///         telemetry.finish_parse(&error);
    ///         error.exit()
    ///     }
    /// }
    /// # }
    /// ```
    pub fn finish_parse(self, error: &clap::Error) {
        self.run.end(|_| ending_of(error), Some(error.exit_code()));
    }

    /// Reads the command line as [`clap::Parser::parse`] does: where clap does not take it, or was asked for help or the
    /// version, that is recorded and said, and the program ends.
    ///
    /// ```no_run
    /// # mod host {
    /// use clap::{CommandFactory, Parser};
    /// use telemetry_client::{CommandPolicy, Telemetry};
    ///
    /// #[derive(Parser)]
    /// struct Cli {
    ///     #[arg(long)]
    ///     rows: u32,
    /// }
    ///
    /// # const REVIEWED: &[u8] = b"";
    /// # pub
    /// fn main() {
    ///     let policy = CommandPolicy::new("orchard", Cli::command, REVIEWED);
    ///     let mut telemetry = Telemetry::for_clap(policy, env!("CARGO_PKG_VERSION"), None).start();
    ///     let cli: Cli = telemetry.parse();
    ///     println!("{} rows", cli.rows);
    ///     telemetry.finish_with_code(None, 0);
    /// }
    /// # }
    /// ```
    pub fn parse<C: clap::Parser>(&mut self) -> C {
        C::try_parse().unwrap_or_else(|error| {
            self.run.end(|_| ending_of(&error), Some(error.exit_code()));
            error.exit()
        })
    }
}
