//! Where events go.

use std::fmt;
#[cfg(feature = "http")]
use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

/// Where events go, and how: one text says both.
///
/// | text | where events go |
/// |---|---|
/// | `https://telemetry.example.com` | a collector, by its own protocol |
/// | `otlp+https://otel.example.com` | anything that takes OTLP logs, as protobuf |
/// | `otlp+json+https://otel.example.com` | the same, as JSON |
/// | `atlas+https://cloud.example.com` | anything that takes what the Atlas CLI sends |
/// | `file:///var/log/telemetry.ndjson`, on Windows `file:///C:/telemetry.ndjson` | a file, one event a line |
/// | `export:` | nowhere by themselves: `telemetry export` puts them into a file |
///
/// `http` stands for `https` on loopback only. Parsing looks at nothing but the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint(pub(crate) Target);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    Http { protocol: Protocol, address: Address },
    File(PathBuf),
    Export,
}

/// An address that is reached by HTTP: `https://host[:port][/base]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address {
    /// The whole of it, without a slash at the end.
    pub(crate) base: String,
    /// The host in it.
    pub(crate) host: String,
    /// Whether the host is this machine.
    pub(crate) loopback: bool,
}

/// What is spoken over HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Collector,
    Otlp(OtlpEncoding),
    Atlas,
}

/// How OTLP is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtlpEncoding {
    /// As protobuf, which every receiver takes.
    Protobuf,
    /// As JSON, which people can read.
    Json,
}

/// What stands before the address, the longer first where one begins as another.
const PROTOCOLS: [(&str, Protocol); 4] = [
    ("otlp+json+", Protocol::Otlp(OtlpEncoding::Json)),
    ("otlp+", Protocol::Otlp(OtlpEncoding::Protobuf)),
    ("atlas+", Protocol::Atlas),
    ("", Protocol::Collector),
];

const EXPORT: &str = "export:";

/// An endpoint that cannot be used. Does not repeat it, since it may hold a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EndpointError {
    /// It is no address.
    #[error("expected an endpoint like https://telemetry.example.com")]
    Form,
    /// It begins with something that is no protocol of ours.
    #[error(
        "an endpoint begins with https://, otlp+https://, otlp+json+https://, atlas+https:// or file:///, or is export:"
    )]
    Scheme,
    /// Plain HTTP across a network.
    #[error("an endpoint on another machine has to be https")]
    NotSecure,
    /// A user name or password in the address.
    #[error("an endpoint must not hold a user name or password")]
    Credential,
    /// A query or fragment in the address.
    #[error("an endpoint must not have a query or fragment")]
    Query,
    /// This build sends nothing over a network.
    #[error("this program was built without a network: it needs the feature `http` of telemetry-transport")]
    WithoutHttp,
    /// A relative file.
    #[error("a file endpoint needs an absolute path, as file:///var/spool/events.ndjson")]
    RelativeFile,
}

impl Endpoint {
    /// Whether events go there by themselves, or wait for somebody to carry them.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        match self.0 {
            Target::Http { .. } | Target::File(_) => Delivery::ByItself,
            Target::Export => Delivery::ByHand,
        }
    }

    /// Whether what is there can be asked to erase what it got: a collector that speaks our own protocol.
    #[must_use]
    pub fn takes_erasures(&self) -> bool {
        matches!(self.0, Target::Http { protocol: Protocol::Collector, .. })
    }
}

/// How events get to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// A shipper sends them.
    ByItself,
    /// They wait for an export.
    ByHand,
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        if text == EXPORT {
            return Ok(Self(Target::Export));
        }
        if let Some(path) = text.strip_prefix("file://") {
            let path = PathBuf::from(if cfg!(windows) { path.trim_start_matches('/') } else { path });
            let absolute = path.is_absolute();
            return absolute.then_some(Self(Target::File(path))).ok_or(EndpointError::RelativeFile);
        }
        if text.contains(['?', '#']) {
            return Err(EndpointError::Query);
        }
        // The last one is the empty prefix, which every text has.
        let found = PROTOCOLS.iter().find_map(|(prefix, protocol)| {
            let start = text.get(..prefix.len())?;
            start.eq_ignore_ascii_case(prefix).then(|| (*protocol, &text[prefix.len()..]))
        });
        let (protocol, address) = found.ok_or(EndpointError::Form)?;
        Ok(Self(Target::Http { protocol, address: address.parse()? }))
    }
}

#[cfg(not(feature = "http"))]
impl FromStr for Address {
    type Err = EndpointError;

    fn from_str(_: &str) -> Result<Self, EndpointError> {
        Err(EndpointError::WithoutHttp)
    }
}

#[cfg(feature = "http")]
impl FromStr for Address {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
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
            _ => return Err(EndpointError::Scheme),
        }
        let base = format!("{scheme}://{authority}{}", uri.path().trim_end_matches('/'));
        Ok(Self { base, host: authority.host().to_owned(), loopback })
    }
}

/// A name other than `localhost` could lead anywhere, whatever it resolves to now.
#[cfg(feature = "http")]
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Target::Http { protocol, address } => {
                let prefix =
                    PROTOCOLS.iter().find(|(_, known)| known == protocol).map_or("", |known| known.0);
                write!(f, "{prefix}{}", address.base)
            }
            Target::File(path) => {
                // A drive stands where the root does.
                let root = if cfg!(windows) { "/" } else { "" };
                write!(f, "file://{root}{}", path.display())
            }
            Target::Export => f.write_str(EXPORT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = if cfg!(windows) { "file:///C:/events" } else { "file:///var/events" };

    #[test]
    fn endpoints_are_taken_or_refused_with_a_reason() {
        for (text, expected) in [
            ("https://telemetry.example.com/", Ok("https://telemetry.example.com")),
            ("https://telemetry.example.com:8443/in/", Ok("https://telemetry.example.com:8443/in")),
            ("http://127.0.0.1:8750", Ok("http://127.0.0.1:8750")),
            ("http://[::1]:8750", Ok("http://[::1]:8750")),
            ("http://localhost", Ok("http://localhost")),
            (FILE, Ok(FILE)),
            ("export:", Ok("export:")),
            ("otlp+https://otel.example.com/", Ok("otlp+https://otel.example.com")),
            ("otlp+json+https://otel.example.com", Ok("otlp+json+https://otel.example.com")),
            ("atlas+https://cloud.example.com", Ok("atlas+https://cloud.example.com")),
            ("otlp+http://127.0.0.1:4318", Ok("otlp+http://127.0.0.1:4318")),
            ("OTLP+JSON+HTTP://LOCALHOST:1", Ok("otlp+json+http://LOCALHOST:1")),
            ("otlp+http://otel.example.com", Err(EndpointError::NotSecure)),
            ("atlas+http://cloud.example.com", Err(EndpointError::NotSecure)),
            ("otlp+https://ada:pw@example.com", Err(EndpointError::Credential)),
            ("otlp+grpc://example.com", Err(EndpointError::Scheme)),
            ("otlp+file:///var/events", Err(EndpointError::Form)),
            ("json+https://example.com", Err(EndpointError::Scheme)),
            ("otlp+", Err(EndpointError::Form)),
            ("export:/var/events", Err(EndpointError::Form)),
            ("http://telemetry.example.com", Err(EndpointError::NotSecure)),
            ("http://127.0.0.1.example.com", Err(EndpointError::NotSecure)),
            ("http://localhost.example.com", Err(EndpointError::NotSecure)),
            ("https://ada:pw@example.com", Err(EndpointError::Credential)),
            ("http://127.0.0.1@example.com", Err(EndpointError::Credential)),
            ("https://example.com/?key=1", Err(EndpointError::Query)),
            ("telnet://example.com", Err(EndpointError::Scheme)),
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

    #[test]
    fn what_is_shown_is_the_same_endpoint_again() {
        for text in
            ["otlp+json+https://a.example/b", "otlp+https://a.example", "atlas+http://[::1]:1", "export:"]
        {
            let endpoint: Endpoint = text.parse().unwrap();
            assert_eq!(endpoint.to_string().parse(), Ok(endpoint), "{text}");
        }
    }
}
