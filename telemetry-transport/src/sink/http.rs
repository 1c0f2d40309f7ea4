//! The collector's own protocol over HTTP: a gzipped JSON batch out, a receipt back.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use telemetry_redact::consent::SendPermit;
use telemetry_schema::{PROTOCOL_VERSION, Receipt};
use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use super::proxy::Proxies;
use super::{Endpoint, SealedBatch, SendError, Sink, SinkError, Target};

/// A connection that is not there by then is not going to be.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);

/// The whole request, below the deadline of the helper that makes it.
const DEADLINE: Duration = Duration::from_secs(8);

/// A receipt for the largest batch with every event refused stays below; more is no receipt.
const MAX_ANSWER_BYTES: u64 = 256 * 1024;

const SSL_CERT_FILE: &str = "SSL_CERT_FILE";

/// What comes from the environment, so that tests can bring their own.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    proxies: Proxies,
    certificates: Option<PathBuf>,
    deadline: Duration,
}

impl HttpOptions {
    /// As the environment says: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (or in small letters), which are never used
    /// for loopback; and `SSL_CERT_FILE`, root certificates in PEM that are trusted instead of the built-in ones.
    #[must_use]
    pub fn from_environment() -> Self {
        let options = Self::from_variables(&|name| std::env::var(name).ok());
        match std::env::var_os(SSL_CERT_FILE).filter(|path| !path.is_empty()) {
            Some(path) => options.certificates(path),
            None => options,
        }
    }

    /// As these variables say.
    #[must_use]
    pub fn from_variables(variables: &dyn Fn(&str) -> Option<String>) -> Self {
        let certificates = variables(SSL_CERT_FILE).filter(|path| !path.is_empty()).map(PathBuf::from);
        Self { proxies: Proxies::read(variables), certificates, ..Self::plain() }
    }

    /// No proxy, no further certificates.
    #[must_use]
    pub fn plain() -> Self {
        Self { proxies: Proxies::default(), certificates: None, deadline: DEADLINE }
    }

    /// Sets the deadline of a whole request: 8 seconds otherwise.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Trusts the certificates in this file instead of the built-in ones.
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
    deadline: Duration,
}

impl HttpSink {
    /// A sink to a collector. Connects to nothing until something is sent.
    ///
    /// # Errors
    ///
    /// [`SinkError`] where the endpoint is a file, or the certificates or the proxy cannot be used.
    pub fn new(endpoint: &Endpoint, options: HttpOptions) -> Result<Self, SinkError> {
        let HttpOptions { proxies, certificates, deadline } = options;
        let Target::Http { base, host, loopback } = &endpoint.0 else { return Err(SinkError::NotHttp) };
        let mut tls = TlsConfig::builder();
        if let Some(path) = certificates {
            let roots = roots_in(&path).map_err(|source| SinkError::Certificates { path, source })?;
            tls = tls.root_certs(RootCerts::Specific(Arc::new(roots)));
        }
        let proxy = if *loopback { None } else { proxies.proxy_for(host)? };
        let agent = Agent::config_builder()
            .https_only(!loopback)
            .proxy(proxy)
            .tls_config(tls.build())
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(1)
            .user_agent(concat!("telemetry/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Ok(Self { agent, url: format!("{base}/v1/events"), deadline })
    }
}

/// The certificates of a file. With a file of one's own the built-in roots are not used, as with other programs that
/// read `SSL_CERT_FILE`: who names one says whom to trust.
fn roots_in(path: &Path) -> io::Result<Vec<Certificate<'static>>> {
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
    fn send(&self, batch: &SealedBatch, _permit: SendPermit, within: Duration) -> Result<Receipt, SendError> {
        let deadline = self.deadline.min(within);
        if deadline.is_zero() {
            // A timeout of nothing is none to the system.
            return Err(SendError::Timeout);
        }
        let body = gzip(batch.body()).map_err(|_| SendError::Unreachable)?;
        let answer = self
            .agent
            .post(&self.url)
            .config()
            .timeout_connect(Some(CONNECT_DEADLINE.min(deadline)))
            .timeout_global(Some(deadline))
            .build()
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
        let text = answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec();
        let text = text.map_err(|error| failure(&error))?;
        let receipt: Receipt = serde_json::from_slice(&text).map_err(|_| SendError::NotAReceipt)?;
        if receipt.batch_id == batch.id() { Ok(receipt) } else { Err(SendError::NotAReceipt) }
    }
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// What went wrong, by what the shipper does about it. What a peer says that is no HTTP is no receipt; a connection
/// that breaks may hold next time.
fn failure(error: &ureq::Error) -> SendError {
    match error {
        ureq::Error::Timeout(_) => SendError::Timeout,
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => SendError::Timeout,
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::Protocol(_) | ureq::Error::Http(_) => {
            SendError::NotAReceipt
        }
        _ => SendError::Unreachable,
    }
}
