//! `telemetry serve`

mod reload;
mod secrets;

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use telemetry_client::Client;
use telemetry_collector::{Limits, ServeOptions, Server, SharedPolicies, SqliteStore, Store, StoreError};
use tokio::runtime::Runtime;

use crate::args::Serve;
use crate::place::StorePlace;
use crate::render::{complain, talk};
use crate::sample;
use reload::{Hangups, Reload};

/// The name of the store's file where none is given.
const STORE: &str = "collector.sqlite";

pub(crate) fn run(serve: Serve) -> Result<ExitCode> {
    if serve.demo {
        return demo(&serve);
    }
    let Serve {
        listen,
        store,
        policy,
        policies,
        write_keys,
        read_token_file,
        tls_cert,
        tls_key,
        max_rate,
        min_installs,
        noise,
        keep_days,
        demo: _,
    } = serve;
    let place = match store {
        Some(place) => place,
        None => StorePlace::File(default_store()?),
    };
    let reload = Reload::load(policy, policies)?;
    let mut limits = Limits::default();
    limits.max_requests_per_second = max_rate;
    let store = place.open_or_wait(|error| complain(&with_reasons(&error).context("it is waited for")))?;
    let mut options = options(listen, store, reload.policies()).limits(limits).min_installs(min_installs);
    if let Some(noise) = noise {
        options = options.noise(noise);
    }
    if let Some(file) = write_keys {
        options = options.write_keys(secrets::write_keys(&file)?);
    }
    if let Some(file) = read_token_file {
        options = options.read_token(secrets::token(&file)?);
    }
    if let Some(days) = keep_days {
        options = options.keep_days(days);
    }
    let mut scheme = "http";
    if let (Some(certificate), Some(key)) = (tls_cert, tls_key) {
        options = options.tls(secrets::tls(&certificate, &key)?);
        scheme = "https";
    }
    let server = Server::bind(options)?;
    let address = server.address();
    let runtime = runtime()?;
    // Before anything is said: whoever reads that it is there may send the signal at once.
    let hangups = {
        let _within = runtime.enter();
        Hangups::new()
    };
    talk(&format!(
        "telemetry: collecting on {scheme}://{address}\n\
         telemetry: store {place}\n\
         telemetry: open {scheme}://{address}/ to read reports\n\
         telemetry: TELEMETRY_ENDPOINT={scheme}://{address} sends events here; telemetry report --store {place} reports"
    ));
    serve_until_stopped(&runtime, server, reload.watch(hangups))
}

/// Serves sample data from a store that goes away.
fn demo(serve: &Serve) -> Result<ExitCode> {
    let home = tempfile::tempdir().context("cannot make a temporary directory")?;
    let path = home.path().join("sample.sqlite");
    let store = Arc::new(SqliteStore::open(&path)?);
    talk("telemetry: making a year of sample data …");
    let events = sample::fill(&*store, Client::new().now())?;
    // Counted now, so that the first page does not wait.
    drop(store.reader()?);
    let mut options = options(serve.listen, store, sample::policies()?);
    if let Some(noise) = serve.noise {
        options = options.noise(noise);
    }
    let server = Server::bind(options.min_installs(serve.min_installs).notice(sample::NOTICE))?;
    talk(&format!(
        "telemetry: {events} made-up events of a made-up program in {path}, which goes when this ends\n\
         telemetry: open http://{address}/",
        address = server.address(),
        path = path.display()
    ));
    serve_until_stopped(&runtime()?, server, std::future::ready(()))
}

fn options(listen: SocketAddr, store: Arc<dyn Store>, policies: impl Into<SharedPolicies>) -> ServeOptions {
    ServeOptions::new(listen, store, policies)
        .on_store_failure(|error| complain(&with_reasons(error).context("the store failed")))
}

/// The error with everything that led to it, in one line: a callback has no more than a look at it.
fn with_reasons(error: &StoreError) -> anyhow::Error {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(reason) = source {
        let _ = write!(text, ": {reason}");
        source = reason.source();
    }
    anyhow!(text)
}

fn runtime() -> Result<Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

fn serve_until_stopped(
    runtime: &Runtime,
    server: Server,
    beside: impl Future<Output = ()> + Send + 'static,
) -> Result<ExitCode> {
    runtime.block_on(async {
        let beside = tokio::spawn(beside);
        let result = server.run(asked_to_stop()).await;
        beside.abort();
        result
    })?;
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
        client.state_dir().context("there is no home directory to keep a store in; give --store STORE")?;
    telemetry_transport::ready_dir(dir).with_context(|| format!("cannot make {}", dir.display()))?;
    Ok(dir.join(STORE))
}
