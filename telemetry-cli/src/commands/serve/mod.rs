//! `telemetry serve`

mod reload;
mod secrets;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use telemetry_client::Client;
use telemetry_collector::{Limits, ServeOptions, Server, SqliteStore};

use crate::args::Serve;
use crate::render::{complain, talk};
use reload::Reload;

/// The name of the store's file where none is given.
const STORE: &str = "collector.sqlite";

pub(crate) fn run(serve: Serve) -> Result<ExitCode> {
    let Serve { listen, store, policy, policies, write_keys, read_token_file, tls_cert, tls_key, max_rate } =
        serve;
    let path = match store {
        Some(path) => path,
        None => default_store()?,
    };
    let reload = Reload::load(policy, policies)?;
    let mut limits = Limits::default();
    limits.max_requests_per_second = max_rate;
    let store = Arc::new(SqliteStore::open(&path)?);
    let mut options = ServeOptions::new(listen, store, reload.policies())
        .limits(limits)
        .on_store_failure(|error| complain(&anyhow!("{error}").context("events are not stored")));
    if let Some(file) = write_keys {
        options = options.write_keys(secrets::write_keys(&file)?);
    }
    if let Some(file) = read_token_file {
        options = options.read_token(secrets::token(&file)?);
    }
    let mut scheme = "http";
    if let (Some(certificate), Some(key)) = (tls_cert, tls_key) {
        options = options.tls(secrets::tls(&certificate, &key)?);
        scheme = "https";
    }
    let server = Server::bind(options)?;
    let address = server.address();
    talk(&format!(
        "telemetry: collecting on {scheme}://{address}\n\
         telemetry: store {path}\n\
         telemetry: TELEMETRY_ENDPOINT={scheme}://{address} sends events here; telemetry report --store {path} reports",
        path = path.display()
    ));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let watch = tokio::spawn(reload.watch());
        let result = server.run(asked_to_stop()).await;
        watch.abort();
        result
    });
    result?;
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
