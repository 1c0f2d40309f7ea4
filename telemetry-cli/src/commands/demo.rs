//! `telemetry demo`: the whole way of one event, in a temporary directory that goes away afterwards.

use std::ffi::OsString;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, ExitCode};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use telemetry_client::{Client, Host, variables};
use telemetry_collector::{Query, ReportName, RunningServer, ServeOptions, Server, SqliteStore, Store};
use telemetry_redact::consent::Mode;

use crate::args::Demo;
use crate::commands::report;
use crate::draw::Drawing;
use crate::policies;
use crate::render::talk;

/// What is run where nothing is named: something that everybody who cloned a repository has.
const DEFAULT: [&str; 3] = ["git", "status", "--short"];

pub(crate) fn run(demo: Demo) -> Result<ExitCode> {
    let argv = if demo.argv.is_empty() { DEFAULT.map(OsString::from).to_vec() } else { demo.argv };
    let client = Client::new();
    let host = Host::default();
    let consent = client.consent(&host);
    if consent.mode() == Mode::Off {
        let label = client.source_label(consent.decided_by(), &host);
        talk(&format!("Telemetry is off on this machine (decided by: {label}), so there is nothing to see."));
        return Ok(ExitCode::SUCCESS);
    }
    let home = tempfile::tempdir().context("cannot make a temporary directory")?;
    let store_file = home.path().join("collector.sqlite");
    let server = start_collector(&store_file)?;
    let endpoint = format!("http://{}", server.address());

    let typed: Vec<_> = argv.iter().map(|argument| argument.to_string_lossy()).collect();
    talk(&format!("1. Running the command untouched: telemetry exec --show -- {}\n", typed.join(" ")));
    let mut exec = this_program(home.path(), &endpoint)?;
    let status =
        exec.args(["exec", "--show", "--"]).args(&argv).status().context("cannot run telemetry exec")?;

    talk(
        "\n2. The line of JSON above is its event: all that was kept. It is sent, byte for byte: telemetry flush\n",
    );
    let flush =
        this_program(home.path(), &endpoint)?.arg("flush").status().context("cannot run telemetry flush")?;
    server.stop()?;

    talk("\n3. What the collector makes of it: telemetry report\n");
    let store = SqliteStore::open(&store_file)?;
    let answer = store.report(&Query::new(ReportName::Overview).min_installs(1))?;
    write!(std::io::stdout().lock(), "{}", report::text(&answer, "the collector's store", Drawing::None))?;
    talk("\nSee token by token what would be kept of any command line: telemetry explain -- COMMAND ARGS…");
    Ok(if status.success() && flush.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// This program, with everything it keeps in a directory of its own.
fn this_program(home: &Path, endpoint: &str) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe().context("cannot find this program")?);
    command
        .env(variables::STATE_DIR, home.join("state"))
        .env(variables::CONFIG, home.join("config.toml"))
        .env(variables::ENDPOINT, endpoint);
    Ok(command)
}

fn start_collector(store_file: &Path) -> Result<RunningServer> {
    let store = Arc::new(SqliteStore::open(store_file)?);
    let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let server = Server::bind(ServeOptions::new(loopback, store, policies::admitting(&[])?))?;
    Ok(server.start()?)
}
