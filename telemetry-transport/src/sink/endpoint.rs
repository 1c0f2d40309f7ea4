//! Where events go.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

/// Where events go: a collector's address, or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(pub(crate) Target);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// `https://host[:port][/base]`
    Http {
        /// The whole address, without a slash at the end.
        base: String,
        /// The host in it.
        host: String,
        /// Whether the host is this machine.
        loopback: bool,
    },
    /// `file:///path`
    File(PathBuf),
}

/// An endpoint that cannot be used. Does not repeat it, since it may hold a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// It is no address.
    #[error("expected an endpoint like https://telemetry.example.com")]
    Form,
    /// Plain HTTP across a network.
    #[error("an endpoint on another machine has to be https")]
    NotSecure,
    /// A user name or password in the address.
    #[error("an endpoint must not hold a user name or password")]
    Credential,
    /// A query or fragment in the address.
    #[error("an endpoint must not have a query or fragment")]
    Query,
    /// A relative file.
    #[error("a file endpoint needs an absolute path, as file:///var/spool/events.ndjson")]
    RelativeFile,
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        if let Some(path) = text.strip_prefix("file://") {
            let path = PathBuf::from(path);
            let absolute = path.is_absolute();
            return absolute.then_some(Self(Target::File(path))).ok_or(EndpointError::RelativeFile);
        }
        if text.contains(['?', '#']) {
            return Err(EndpointError::Query);
        }
        let uri: ureq::http::Uri = text.parse().map_err(|_| EndpointError::Form)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(EndpointError::Form);
        };
        if authority.as_str().contains('@') {
            return Err(EndpointError::Credential);
        }
        // A port that is no number would be the scheme's default one otherwise.
        if authority.host().is_empty()
            || (authority.as_str() != authority.host() && authority.port_u16().is_none())
        {
            return Err(EndpointError::Form);
        }
        let loopback = is_loopback(authority.host());
        match scheme {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(EndpointError::NotSecure),
            _ => return Err(EndpointError::Form),
        }
        let base = format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/'));
        Ok(Self(Target::Http { base, host: authority.host().to_owned(), loopback }))
    }
}

/// A name other than `localhost` could lead anywhere, whatever it resolves to now.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Target::Http { base, .. } => f.write_str(base),
            Target::File(path) => write!(f, "file://{}", path.display()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_are_taken_or_refused_with_a_reason() {
        for (text, expected) in [
            ("https://telemetry.example.com/", Ok("https://telemetry.example.com")),
            ("https://telemetry.example.com:8443/in/", Ok("https://telemetry.example.com:8443/in")),
            ("http://127.0.0.1:8750", Ok("http://127.0.0.1:8750")),
            ("http://[::1]:8750", Ok("http://[::1]:8750")),
            ("http://localhost", Ok("http://localhost")),
            ("file:///var/events", Ok("file:///var/events")),
            ("http://telemetry.example.com", Err(EndpointError::NotSecure)),
            ("http://127.0.0.1.example.com", Err(EndpointError::NotSecure)),
            ("http://localhost.example.com", Err(EndpointError::NotSecure)),
            ("https://ada:pw@example.com", Err(EndpointError::Credential)),
            ("http://127.0.0.1@example.com", Err(EndpointError::Credential)),
            ("https://example.com/?key=1", Err(EndpointError::Query)),
            ("telnet://example.com", Err(EndpointError::Form)),
            ("example.com", Err(EndpointError::Form)),
            ("", Err(EndpointError::Form)),
            ("https://", Err(EndpointError::Form)),
            ("https://:443", Err(EndpointError::Form)),
            ("https://example.com:99999", Err(EndpointError::Form)),
            ("https://example.com:", Err(EndpointError::Form)),
            ("https://example.com/in#part", Err(EndpointError::Query)),
            ("http://127.1", Err(EndpointError::NotSecure)),
            ("HTTP://LOCALHOST:1", Ok("http://LOCALHOST:1")),
            ("file://events", Err(EndpointError::RelativeFile)),
        ] {
            let parsed = text.parse::<Endpoint>().map(|endpoint| endpoint.to_string());
            assert_eq!(parsed, expected.map(str::to_owned), "{text}");
        }
    }
}
