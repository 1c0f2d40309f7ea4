//! The HTTP server: `POST /v1/events`, the pages of [`page`] and `GET /healthz`.
//!
//! It keeps and logs nothing of who sends. It has no TLS: behind anything but loopback, a proxy in front of it does
//! that.

mod body;
mod events;
mod limits;
mod listener;
mod options;
mod page;
mod problem;
mod writer;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use axum::Router;
use axum::routing::{get, post};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};

pub use limits::Limits;
pub use options::ServeOptions;

use events::Door;
use listener::PacedListener;
use problem::HttpProblem;
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
        let ServeOptions { listen: _, store, policies, limits, clock, on_failure, min_installs, notice } =
            options;
        let pages = page::Pages {
            store: Arc::clone(&store),
            limits,
            on_failure: Arc::clone(&on_failure),
            programs: policies.programs().map(ToString::to_string).collect(),
            min_installs,
            notice,
        };
        let failed = |source| ServeError::Run { address, source };
        let listener = TcpListener::from_std(listener).map_err(failed)?;
        let (jobs, writer) = Writer { store, clock, on_failure }.start().map_err(failed)?;
        let places = Arc::new(Semaphore::new(limits.max_requests));
        let router = router(Arc::new(Door { policies, limits, places, jobs }), pages);
        axum::serve(PacedListener::new(listener, limits), router)
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

fn router(door: Arc<Door>, pages: page::Pages) -> Router {
    let takes = |allow| move || async move { HttpProblem::MethodNotAllowed { allow } };
    Router::new()
        .route("/healthz", get(async || "ok").fallback(takes("GET, HEAD")))
        .route("/v1/events", post(events::take).fallback(takes("POST")))
        .fallback(async || HttpProblem::NotFound)
        .with_state(door)
        .merge(page::router(pages))
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
