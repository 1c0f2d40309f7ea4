//! The client.

use std::error::Error;
use std::io::{self, Read, Write as _};
use std::time::{Duration, Instant, SystemTime};

use flate2::Compression;
use flate2::write::GzEncoder;
use telemetry_redact::consent::SendPermit;
use ureq::http::{HeaderMap, header};
use ureq::{Agent, SendBody};

use super::roots::Roots;
use super::{Answer, Encoding, HttpOptions, Leave, Request};
use crate::PendingErasure;
use crate::sink::endpoint::{Address, Protocol, Target};
use crate::sink::{Endpoint, SendError, SinkError};

/// A connection that is not there by then is not going to be. Covers the proxy and TLS too.
const CONNECT_DEADLINE: Duration = Duration::from_secs(3);

/// From the last byte of the request to the end of the answer's headers: a collector that stores durably before it
/// answers takes far less, and time has to be left for another try.
const ANSWER_DEADLINE: Duration = Duration::from_secs(6);

/// A receipt for the largest batch with every event refused stays below; more is no answer.
const MAX_ANSWER_BYTES: u64 = 256 * 1024;

/// Makes requests to one address.
#[derive(Debug)]
pub(in crate::sink) struct Http {
    agent: Agent,
    /// For a machine whose platform has no roots at all, such as a bare container: the roots this program brings, where it
    /// does.
    without_platform: Option<Agent>,
    url: String,
    destination: String,
    deadline: Duration,
}

impl Http {
    /// For a path below an address. Connects to nothing until something is posted.
    pub(in crate::sink) fn new(
        protocol: Protocol,
        address: &Address,
        path: &str,
        options: HttpOptions,
    ) -> Result<Self, SinkError> {
        let HttpOptions { proxies, certificates, deadline, write_key: _ } = options;
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
        #[cfg(feature = "built-in-roots")]
        let without_platform = matches!(roots, Roots::Platform).then(|| agent(&Roots::BuiltIn));
        #[cfg(not(feature = "built-in-roots"))]
        let without_platform = None;
        let destination = Endpoint(Target::Http { protocol, address: address.clone() }).to_string();
        let url = format!("{base}{path}");
        Ok(Self { agent: agent(&roots), without_platform, url, destination, deadline })
    }

    /// The endpoint, as its user wrote it.
    pub(in crate::sink) fn destination(&self) -> String {
        self.destination.clone()
    }

    /// The leave for one delivery that is over within this time. Uses up the permit.
    pub(in crate::sink) fn leave(&self, _permit: SendPermit, within: Duration) -> Leave {
        Leave { until: Instant::now() + self.deadline.min(within) }
    }

    /// The leave to send what a user asked for.
    pub(in crate::sink) fn leave_to_erase(&self, _asked: &PendingErasure, within: Duration) -> Leave {
        Leave { until: Instant::now() + self.deadline.min(within) }
    }

    /// Makes one exchange. An answer of any status is one; everything else is an error.
    pub(in crate::sink) fn post(&self, request: &Request<'_>, leave: &Leave) -> Result<Answer, SendError> {
        let body = match request.encoding {
            Encoding::Gzip => &gzip(request.body).map_err(|_| SendError::Unreachable)?,
            #[cfg(feature = "atlas")]
            Encoding::Identity => request.body,
        };
        let mut body = Body { rest: body, stage: Stage::Connecting };
        let answer = match (self.post_by(&self.agent, request, &mut body, leave), &self.without_platform) {
            // This error comes before any byte is sent, and only where the platform's roots cannot be had.
            (Err(ureq::Error::Rustls(_)), Some(agent)) => self.post_by(agent, request, &mut body, leave),
            (answer, _) => answer,
        };
        answer.map_err(|error| failure(&error, body.stage))
    }

    fn post_by(
        &self,
        agent: &Agent,
        request: &Request<'_>,
        body: &mut Body<'_>,
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
            .header(header::CONTENT_TYPE, request.media_type)
            .header(header::CONTENT_LENGTH, body.rest.len());
        if request.encoding == Encoding::Gzip {
            builder = builder.header(header::CONTENT_ENCODING, "gzip");
        }
        for (name, value) in request.headers {
            builder = builder.header(*name, value);
        }
        let mut answer = builder.send(SendBody::from_reader(body))?;
        let status = answer.status().as_u16();
        let retry_after = retry_after(answer.headers(), SystemTime::now());
        // What stands in a refusal is not read: it has no say.
        let body = match status {
            200..=299 => answer.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_vec()?,
            _ => Vec::new(),
        };
        Ok(Answer {
            status,
            #[cfg(any(feature = "atlas", feature = "otlp"))]
            media_type: media_type(answer.headers()),
            retry_after,
            body,
        })
    }
}

/// A request's body, which knows whether it was asked for: until there is a connection, it is not.
struct Body<'a> {
    rest: &'a [u8],
    stage: Stage,
}

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Connecting,
    Sending,
}

impl Read for Body<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stage = Stage::Sending;
        self.rest.read(buffer)
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

#[cfg(any(feature = "atlas", feature = "otlp"))]
fn media_type(headers: &HeaderMap) -> String {
    let whole = text(headers, header::CONTENT_TYPE).unwrap_or_default();
    whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Seconds, or the moment itself (RFC 9110, 10.2.3), in any of the three forms of a date (5.6.7).
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = text(headers, header::RETRY_AFTER)?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    Some(httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default())
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// What went wrong, by what the shipper does about it. What a peer says that is no HTTP is no receipt; a connection
/// that breaks may hold next time.
fn failure(error: &ureq::Error, stage: Stage) -> SendError {
    match error {
        ureq::Error::Timeout(_) if stage == Stage::Sending => SendError::Timeout,
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut && stage == Stage::Sending => {
            SendError::Timeout
        }
        ureq::Error::BodyExceedsLimit(_) | ureq::Error::Protocol(_) | ureq::Error::Http(_) => {
            SendError::NotAReceipt
        }
        // Without the platform's roots, or with a root that is none, there is nothing to trust anybody by.
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => SendError::Untrusted,
        ureq::Error::Io(error)
            if error.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<rustls::Error>) =>
        {
            SendError::Untrusted
        }
        _ if stage == Stage::Sending => SendError::Broken,
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
            ("Sunday, 06-Nov-94 08:49:57 GMT", Some(20)),
            ("Sun Nov  6 08:49:57 1994", Some(20)),
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
