//! `telemetry serve`

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use telemetry_client::Client;
use telemetry_collector::{ServeOptions, Server, SqliteStore};

use crate::args::Serve;
use crate::policies;
use crate::render::{complain, talk};

/// The name of the store's file where none is given.
const STORE: &str = "collector.sqlite";

pub(crate) fn run(serve: Serve) -> Result<ExitCode> {
    let Serve { listen, store, policy } = serve;
    let path = match store {
        Some(path) => path,
        None => default_store()?,
    };
    let policies = policies::admitting(&policy)?;
    let store = Arc::new(SqliteStore::open(&path)?);
    let options = ServeOptions::new(listen, store, policies)
        .on_store_failure(|error| complain(&anyhow!("{error}").context("events are not stored")));
    let server = Server::bind(options)?;
    let address = server.address();
    talk(&format!(
        "telemetry: collecting on http://{address}\n\
         telemetry: store {path}\n\
         telemetry: TELEMETRY_ENDPOINT=http://{address} sends events here; telemetry report --store {path} reports",
        path = path.display()
    ));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(server.run(asked_to_stop()))?;
    Ok(ExitCode::SUCCESS)
}

/// Until somebody presses Ctrl-C or, where there is such a thing, sends SIGTERM.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // Without a way to be told, it runs until it is killed.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn default_store() -> Result<PathBuf> {
    let client = Client::new();
    let dir =
        client.state_dir().context("there is no home directory to keep a store in; give --store PATH")?;
    telemetry_transport::ready_dir(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    Ok(dir.join(STORE))
}
