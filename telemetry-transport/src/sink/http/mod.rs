//! HTTP for every sink that speaks it, in one place: where it connects, what it trusts, how long it waits, how much it
//! reads. No sink has a client of its own.

mod proxy;
mod roots;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::fmt::rfc2822;
use telemetry_redact::consent::SendPermit;
use ureq::Agent;
use ureq::http::{HeaderMap, header};

use super::endpoint::{Address, Protocol, Target};
use super::{Endpoint, SendError, SinkError};
use crate::PendingErasure;
use proxy::Proxies;
use roots::Roots;

/// A connection that is not there by then is not going to be. Covers the proxy and TLS too.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);

/// From the last byte of the request to the end of the answer's headers: a collector that stores durably before it
/// answers takes far less, and time has to be left for another try.
const ANSWER_DEADLINE: Duration = Duration::from_secs(6);

/// The whole request, below the deadline of the helper that makes it.
const DEADLINE: Duration = Duration::from_secs(8);

/// A receipt for the largest batch with every event refused stays below; more is no answer.
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
    /// for loopback; and `SSL_CERT_FILE`, root certificates in PEM that are trusted instead of the platform's.
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

    /// Trusts the certificates in this file instead of the platform's.
    #[must_use]
    pub fn certificates(mut self, path: impl Into<PathBuf>) -> Self {
        self.certificates = Some(path.into());
        self
    }
}

/// Makes requests to one address.
#[derive(Debug)]
pub(super) struct Http {
    agent: Agent,
    /// For a machine whose platform has no roots at all, such as a bare container: the roots this program brings.
    without_platform: Option<Agent>,
    url: String,
    destination: String,
    deadline: Duration,
}

/// The time and the leave for one delivery. A delivery may take more than one exchange; all of them share its time. Only
/// a permit to send and a user's wish to erase give one.
pub(super) struct Leave {
    until: Instant,
}

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Gzip,
    Identity,
}

/// A request.
pub(super) struct Request<'a> {
    pub(super) media_type: &'static str,
    pub(super) encoding: Encoding,
    pub(super) headers: &'a [(&'static str, String)],
    pub(super) body: &'a [u8],
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Without its parameters, in small letters; empty where there is none.
    pub(super) media_type: String,
    /// How long to wait, where the peer says so.
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Vec<u8>,
}

impl Http {
    /// For a path below an address. Connects to nothing until something is posted.
    pub(super) fn new(
        protocol: Protocol,
        address: &Address,
        path: &str,
        options: HttpOptions,
    ) -> Result<Self, SinkError> {
        let HttpOptions { proxies, certificates, deadline } = options;
        let Address { base, host, loopback } = address;
        let proxy = if *loopback { None } else { proxies.proxy_for(host)? };
        let agent = |roots: &Roots| {
            Agent::config_builder()
                .https_only(!loopback)
                .proxy(proxy.clone())
                .tls_config(roots.tls())
                .max_redirects(0)
                .max_redirects_will_error(false)
                .http_status_as_error(false)
                .max_idle_connections(1)
                .user_agent(concat!("telemetry/", env!("CARGO_PKG_VERSION")))
                .build()
                .new_agent()
        };
        let roots = Roots::read(certificates)?;
        let without_platform = matches!(roots, Roots::Platform).then(|| agent(&Roots::BuiltIn));
        let destination = Endpoint(Target::Http { protocol, address: address.clone() }).to_string();
        let url = format!("{base}{path}");
        Ok(Self { agent: agent(&roots), without_platform, url, destination, deadline })
    }

    /// The endpoint, as its user wrote it.
    pub(super) fn destination(&self) -> String {
        self.destination.clone()
    }

    /// The leave for one delivery that is over within this time. Uses up the permit.
    pub(super) fn leave(&self, _permit: SendPermit, within: Duration) -> Leave {
        Leave { until: Instant::now() + self.deadline.min(within) }
    }

    /// The leave to send what a user asked for.
    pub(super) fn leave_to_erase(&self, _asked: &PendingErasure, within: Duration) -> Leave {
        Leave { until: Instant::now() + self.deadline.min(within) }
    }

    /// Makes one exchange. An answer of any status is one; everything else is an error.
    pub(super) fn post(&self, request: &Request<'_>, leave: &Leave) -> Result<Answer, SendError> {
        let body = match request.encoding {
            Encoding::Gzip => &gzip(request.body).map_err(|_| SendError::Unreachable)?,
            Encoding::Identity => request.body,
        };
        let answer = match (self.post_by(&self.agent, request, body, leave), &self.without_platform) {
            // This error comes before any byte is sent, and only where the platform's roots cannot be had.
            (Err(ureq::Error::Rustls(_)), Some(agent)) => self.post_by(agent, request, body, leave),
            (answer, _) => answer,
        };
        answer.map_err(|error| failure(&error))
    }

    fn post_by(
        &self,
        agent: &Agent,
        request: &Request<'_>,
        body: &[u8],
        leave: &Leave,
    ) -> Result<Answer, ureq::Error> {
        let left = leave.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            // A timeout of nothing is none to the system.
            return Err(ureq::Error::Timeout(ureq::Timeout::Global));
        }
        let mut builder = agent
            .post(&self.url)
            .config()
            .timeout_resolve(Some(CONNECT_DEADLINE.min(left)))
            .timeout_connect(Some(CONNECT_DEADLINE.min(left)))
            .timeout_recv_response(Some(ANSWER_DEADLINE.min(left)))
            .timeout_global(Some(left))
            .build()
            .header(header::CONTENT_TYPE, request.media_type);
        if request.encoding == Encoding::Gzip {
            builder = builder.header(header::CONTENT_ENCODING, "gzip");
        }
        for (name, value) in request.headers {
            builder = builder.header(*name, value);
        }
        let mut answer = builder.send(body)?;
        let status = answer.status().as_u16();
        let media_type = media_type(answer.headers());
        let retry_after = retry_after(answer.headers(), SystemTime::now());
        // What stands in a refusal is not read: it has no say.
        let body = match status {
            200..=299 => answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec()?,
            _ => Vec::new(),
        };
        Ok(Answer { status, media_type, retry_after, body })
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

fn media_type(headers: &HeaderMap) -> String {
    let whole = text(headers, header::CONTENT_TYPE).unwrap_or_default();
    whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Seconds, or the moment itself (RFC 9110, 10.2.3).
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = text(headers, header::RETRY_AFTER)?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?.as_second();
    let moment = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(moment).ok()?))?;
    Some(moment.duration_since(now).unwrap_or_default())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_moment() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        for (text, expected) in [
            ("120", Some(120)),
            (" 7 ", Some(7)),
            ("Sun, 06 Nov 1994 08:49:57 GMT", Some(20)),
            ("Sun, 06 Nov 1994 08:49:17 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::RETRY_AFTER, text.parse().unwrap());
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{text}");
        }
    }
}
