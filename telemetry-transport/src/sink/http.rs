//! The collector's own protocol over HTTP: a gzipped JSON batch out, a receipt back.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use telemetry_redact::consent::SendPermit;
use telemetry_schema::{PROTOCOL_VERSION, Receipt};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Proxy};

use super::{SealedBatch, SendError, Sink, SinkError};

/// A connection that is not there by then is not going to be.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);

/// The whole request, below the deadline of the helper that makes it.
const DEADLINE: Duration = Duration::from_secs(8);

/// A receipt for the largest batch with every event refused stays below; more is no receipt.
const MAX_ANSWER_BYTES: u64 = 256 * 1024;

/// What comes from the environment, so that tests can bring their own.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HttpOptions {
    /// A proxy, as `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say. Never used for loopback.
    proxy: Option<Proxy>,
    /// Root certificates in PEM that are trusted besides the built-in ones, as `SSL_CERT_FILE` says.
    certificates: Option<PathBuf>,
    /// The deadline of the whole request.
    deadline: Duration,
}

impl HttpOptions {
    /// As the environment says.
    #[must_use]
    pub fn from_environment() -> Self {
        let certificates =
            std::env::var_os("SSL_CERT_FILE").filter(|path| !path.is_empty()).map(PathBuf::from);
        Self { proxy: Proxy::try_from_env(), certificates, ..Self::plain() }
    }

    /// No proxy, no further certificates.
    #[must_use]
    pub fn plain() -> Self {
        Self { proxy: None, certificates: None, deadline: DEADLINE }
    }

    /// Sets the deadline of the whole request.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Trusts the certificates in this file besides the built-in ones.
    #[must_use]
    pub fn certificates(mut self, path: impl Into<PathBuf>) -> Self {
        self.certificates = Some(path.into());
        self
    }
}

/// Sends batches to a collector.
#[derive(Debug)]
pub struct HttpSink {
    agent: Agent,
    url: String,
}

impl HttpSink {
    pub(super) fn open(base: &str, loopback: bool, options: HttpOptions) -> Result<Self, SinkError> {
        let HttpOptions { proxy, certificates, deadline } = options;
        let mut tls = TlsConfig::builder();
        if let Some(path) = certificates {
            let roots = roots_with(&path).map_err(|source| SinkError::Certificates { path, source })?;
            tls = tls.root_certs(RootCerts::Specific(Arc::new(roots)));
        }
        let agent = Agent::config_builder()
            .https_only(!loopback)
            .proxy(proxy.filter(|_| !loopback))
            .tls_config(tls.build())
            .timeout_connect(Some(CONNECT_DEADLINE.min(deadline)))
            .timeout_global(Some(deadline))
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(1)
            .user_agent(concat!("telemetry/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Ok(Self { agent, url: format!("{base}/v1/events") })
    }
}

/// The certificates of a file. With a file of one's own the built-in roots are not used, as with other programs that
/// read `SSL_CERT_FILE`.
fn roots_with(path: &std::path::Path) -> io::Result<Vec<Certificate<'static>>> {
    let pem = fs::read(path)?;
    let mut roots = Vec::new();
    for item in parse_pem(&pem) {
        if let PemItem::Certificate(certificate) = item.map_err(io::Error::other)? {
            roots.push(certificate);
        }
    }
    if roots.is_empty() {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "holds no certificate"));
    }
    Ok(roots)
}

impl Sink for HttpSink {
    fn send(&self, batch: &SealedBatch, _permit: SendPermit) -> Result<Receipt, SendError> {
        let body = gzip(batch.body()).map_err(|_| SendError::Unreachable)?;
        let answer = self
            .agent
            .post(&self.url)
            .header("content-type", "application/json")
            .header("content-encoding", "gzip")
            .header("telemetry-protocol", PROTOCOL_VERSION.to_string())
            .send(&body);
        let mut answer = answer.map_err(|error| failure(&error))?;
        let status = answer.status().as_u16();
        match status {
            200..=299 => {}
            413 => return Err(SendError::TooLarge),
            408 | 429 | 500..=599 => {
                let after = answer.headers().get("retry-after").and_then(|after| after.to_str().ok());
                let retry_after = after.and_then(|after| after.trim().parse().ok()).map(Duration::from_secs);
                return Err(SendError::Busy { status, retry_after });
            }
            _ => return Err(SendError::Refused { status }),
        }
        let text =
            answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec().map_err(|error| {
                match failure(&error) {
                    SendError::Timeout => SendError::Timeout,
                    _ => SendError::NotAReceipt,
                }
            })?;
        let receipt: Receipt = serde_json::from_slice(&text).map_err(|_| SendError::NotAReceipt)?;
        if receipt.batch_id == batch.id() { Ok(receipt) } else { Err(SendError::NotAReceipt) }
    }
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn failure(error: &ureq::Error) -> SendError {
    match error {
        ureq::Error::Timeout(_) => SendError::Timeout,
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => SendError::Timeout,
        _ => SendError::Unreachable,
    }
}
