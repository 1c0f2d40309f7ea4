//! Connections that cannot be held open for nothing.
//!
//! `axum::serve` sets no time limit on reading a request's head. The limit is here, under it: a connection that has
//! begun to send must get its answer within one time, and one that says nothing may stay for another. The peer's
//! address is dropped where it is learnt, so nothing above can keep it.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

use super::tls::Connection;
use super::{Limits, Tls};

/// How long to wait after the system refused a connection, for want of file descriptors mostly. As `axum::serve`.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

pub(super) struct PacedListener {
    listener: TcpListener,
    connections: Arc<Semaphore>,
    limits: Limits,
    tls: Option<Tls>,
}

impl PacedListener {
    pub(super) fn new(listener: TcpListener, limits: Limits, tls: Option<Tls>) -> Self {
        Self { listener, connections: Arc::new(Semaphore::new(limits.max_connections)), limits, tls }
    }

    async fn next(&self) -> io::Result<PacedStream> {
        let permit = Arc::clone(&self.connections).acquire_owned().await.map_err(io::Error::other)?;
        let (stream, _peer) = self.listener.accept().await?;
        // An answer is one small write; waiting to fill a packet only delays it.
        stream.set_nodelay(true)?;
        let timer = Box::pin(sleep(self.limits.idle_timeout));
        Ok(PacedStream { stream, timer, phase: Phase::Idle, limits: self.limits, _permit: permit })
    }
}

impl Listener for PacedListener {
    type Io = Connection;
    /// Nothing: nobody's address.
    type Addr = ();

    async fn accept(&mut self) -> (Connection, ()) {
        loop {
            match self.next().await {
                Ok(stream) => return (Connection::new(stream, self.tls.as_ref()), ()),
                // The peer gave up between connecting and being accepted; the next one is waiting.
                Err(error) if is_of_peer(&error) => {}
                Err(_) => sleep(ACCEPT_PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}

fn is_of_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, InvalidInput};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | InvalidInput)
}

pub(super) fn bind(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing of a request has come yet, or its answer is on the way.
    Idle,
    /// A request has begun, and has no answer yet.
    Exchange,
}

pub(super) struct PacedStream {
    stream: TcpStream,
    timer: Pin<Box<Sleep>>,
    phase: Phase,
    limits: Limits,
    _permit: OwnedSemaphorePermit,
}

impl PacedStream {
    fn check_time(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.timer.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        let time = match phase {
            Phase::Idle => self.limits.idle_timeout,
            Phase::Exchange => self.limits.exchange_timeout,
        };
        self.timer.as_mut().reset(Instant::now() + time);
    }

    fn wrote(&mut self, written: &Poll<io::Result<usize>>) {
        if matches!(written, Poll::Ready(Ok(1..))) {
            self.enter(Phase::Idle);
        }
    }
}

impl AsyncRead for PacedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check_time(cx)?;
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        // Only the first bytes start the time: a byte now and then does not win more of it.
        if self.phase == Phase::Idle && buffer.filled().len() > before {
            self.enter(Phase::Exchange);
        }
        read
    }
}

impl AsyncWrite for PacedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.check_time(cx)?;
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(&written);
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check_time(cx)?;
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.wrote(&written);
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check_time(cx)?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
