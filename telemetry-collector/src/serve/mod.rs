//! The HTTP server: events in, requests to erase in, receipts out; the pages of [`page`].
//!
//! It keeps and logs nothing of who sends. Where it is given no certificate, a proxy in front of it does TLS.

mod body;
mod door;
mod erasures;
mod events;
mod keys;
mod limits;
mod listener;
mod logs;
mod metrics;
mod options;
mod own;
mod page;
mod problem;
mod rate;
mod tls;
mod writer;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};

pub use keys::{Key, KeyError, WriteKeys};
pub use limits::Limits;
pub use options::{MIN_KEEP_DAYS, ServeOptions};
pub use tls::{Tls, TlsError};

use door::Door;
use listener::PacedListener;
use metrics::Metrics;
use options::OnFailure;
use problem::HttpProblem;
use rate::Rate;
use writer::Writer;

/// A server that cannot start, or that stopped by itself.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address is taken, not this machine's, or not allowed.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The system gave no thread, or took the listener away.
    #[error("cannot serve on {address}")]
    Run {
        /// The address bound.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
}

/// A server that is bound to its address and has not begun to answer.
#[derive(Debug)]
pub struct Server {
    listener: std::net::TcpListener,
    address: SocketAddr,
    options: ServeOptions,
}

impl Server {
    /// Binds the address. From here on clients can connect; they are answered once the server runs.
    ///
    /// # Errors
    ///
    /// [`ServeError::Bind`].
    pub fn bind(options: ServeOptions) -> Result<Self, ServeError> {
        let failed = |source| ServeError::Bind { address: options.listen, source };
        let listener = listener::bind(options.listen).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, options })
    }

    /// The address bound, with the port the system chose where 0 was asked for.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers requests until `shutdown` is done, then finishes those that have begun and returns. Runs on tokio,
    /// with its time and I/O enabled.
    ///
    /// # Errors
    ///
    /// [`ServeError::Run`].
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
        let Self { listener, address, options } = self;
        let readers = options.readers();
        let ServeOptions {
            store,
            policies,
            limits,
            clock,
            on_failure,
            write_keys,
            tls,
            min_installs,
            noise,
            notice,
            keep_days,
            ..
        } = options;
        let failed = |source| ServeError::Run { address, source };
        let listener = TcpListener::from_std(listener).map_err(failed)?;
        let metrics = Arc::new(Metrics::new());
        let on_failure = counted(on_failure, Arc::clone(&metrics));
        let writer = Writer {
            store: Arc::clone(&store),
            clock: Arc::clone(&clock),
            on_failure: Arc::clone(&on_failure),
            metrics: Arc::clone(&metrics),
            keep_days,
        };
        let (jobs, writer) = writer.start().map_err(failed)?;
        let places = Arc::new(Semaphore::new(limits.max_requests));
        let rate = Rate::new(limits.max_requests_per_second, Instant::now());
        let pages = page::Pages {
            store: Arc::clone(&store),
            policies: policies.clone(),
            readers: readers.clone(),
            limits,
            on_failure: Arc::clone(&on_failure),
            min_installs,
            noise,
            notice,
        };
        let door = Door {
            policies,
            store,
            limits,
            clock,
            on_failure,
            write_keys,
            readers,
            rate,
            metrics,
            places,
            jobs,
        };
        axum::serve(PacedListener::new(listener, limits, tls), router(Arc::new(door), pages))
            .with_graceful_shutdown(shutdown)
            .await
            .map_err(failed)?;
        // The router is gone and with it the way to the writer, which ends when it has written what it was sent.
        let ended = tokio::task::spawn_blocking(move || writer.join()).await;
        match ended {
            Ok(Ok(())) => Ok(()),
            _ => Err(failed(io::Error::other("the store's thread panicked"))),
        }
    }

    /// Runs on threads of its own, for callers without an async runtime.
    ///
    /// # Errors
    ///
    /// [`ServeError::Run`].
    pub fn start(self) -> Result<RunningServer, ServeError> {
        let address = self.address;
        let failed = |source| ServeError::Run { address, source };
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::Builder::new().name("telemetry-serve".to_owned()).spawn(move || {
            // Sent or dropped: both mean stop.
            let shutdown = async move { drop(stopped.await) };
            runtime.block_on(self.run(shutdown))
        });
        Ok(RunningServer { address, stop: Some(stop), thread: Some(thread.map_err(failed)?) })
    }
}

/// A failure is counted, whatever else is done about it.
fn counted(act: OnFailure, metrics: Arc<Metrics>) -> OnFailure {
    Arc::new(move |error| {
        metrics.store_failed();
        act(error);
    })
}

fn router(door: Arc<Door>, pages: page::Pages) -> Router {
    let takes = |allow| move || async move { HttpProblem::MethodNotAllowed { allow } };
    Router::new()
        .route("/healthz", get(own::health).fallback(takes("GET, HEAD")))
        .route("/readyz", get(own::readiness).fallback(takes("GET, HEAD")))
        .route("/metrics", get(own::metrics).fallback(takes("GET, HEAD")))
        .route("/openapi.json", get(own::openapi).fallback(takes("GET, HEAD")))
        .route("/v1/events", post(events::take).fallback(takes("POST")))
        .route("/v1/logs", post(logs::take).fallback(takes("POST")))
        .route("/v1/erasures", post(erasures::take).fallback(takes("POST")))
        .route("/v1/erasures/{erasure_id}", get(erasures::receipt).fallback(takes("GET, HEAD")))
        .fallback(async || HttpProblem::NotFound)
        .with_state(Arc::clone(&door))
        .merge(page::router(pages))
        .layer(from_fn_with_state(door, own::count))
}

/// A server that runs on threads of its own. Dropping it stops it.
#[derive(Debug)]
#[must_use = "dropping it stops the server"]
pub struct RunningServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<Result<(), ServeError>>>,
}

impl RunningServer {
    /// The address bound.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops taking requests, finishes those that have begun, and returns when all that was taken is stored.
    ///
    /// # Errors
    ///
    /// [`ServeError::Run`] where the server had failed.
    pub fn stop(mut self) -> Result<(), ServeError> {
        self.finish()
    }

    fn finish(&mut self) -> Result<(), ServeError> {
        drop(self.stop.take());
        match self.thread.take().map(JoinHandle::join) {
            None => Ok(()),
            Some(Ok(result)) => result,
            Some(Err(_)) => {
                let source = io::Error::other("the server's thread panicked");
                Err(ServeError::Run { address: self.address, source })
            }
        }
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        // Who wants to know calls `stop`.
        let _ = self.finish();
    }
}
