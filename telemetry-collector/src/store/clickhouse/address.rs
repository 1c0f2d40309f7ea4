//! Where a store is: servers, database, cluster. Who may in is never part of it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::str::FromStr;

use thiserror::Error;

/// The user; the server's own default one without it.
pub const USER: &str = "TELEMETRY_CLICKHOUSE_USER";
/// The user's password.
pub const PASSWORD: &str = "TELEMETRY_CLICKHOUSE_PASSWORD";
/// A file that holds the password.
pub const PASSWORD_FILE: &str = "TELEMETRY_CLICKHOUSE_PASSWORD_FILE";

const HTTP_PORT: u16 = 8123;
const HTTPS_PORT: u16 = 8443;
const SCHEMES: [&str; 3] = ["clickhouse://", "https://", "http://"];
const MAX_NAME: usize = 64;

/// The servers, the database and the cluster of a store: `clickhouse://HOST[:PORT][,HOST…]/DATABASE[?cluster=NAME]`.
///
/// `clickhouse://` and `https://` speak TLS, but for loopback, where `clickhouse://` speaks plain HTTP; `http://` is for
/// loopback alone. Several hosts are the shards of the cluster, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClickHouseAddress {
    pub(super) servers: Vec<ServerAddress>,
    pub(super) database: String,
    pub(super) cluster: Option<String>,
}

/// One server. Displays as the start of its addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerAddress {
    host: String,
    port: u16,
    is_plain: bool,
}

impl ServerAddress {
    /// Whether it speaks plain HTTP, which only this machine's own addresses do.
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port, is_plain } = self;
        write!(f, "{}://{host}:{port}", if *is_plain { "http" } else { "https" })
    }
}

/// What is wrong with an address. Never says what stood there: it may be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Another form.
    #[error("expected clickhouse://HOST[:PORT][,HOST…]/DATABASE[?cluster=NAME]")]
    Form,
    /// A user or a password in it.
    #[error("an address holds no user and no password: set {USER} and {PASSWORD} or {PASSWORD_FILE}")]
    Credentials,
    /// Plain HTTP to another machine.
    #[error("plain HTTP is for this machine alone: use clickhouse:// or https://")]
    Plain,
    /// A database or cluster with a name that is none.
    #[error("a database and a cluster are named by up to {MAX_NAME} letters, digits and underscores")]
    Name,
    /// Several servers that form no cluster, so that it could not be known which has what.
    #[error("several servers are the shards of a cluster: name it, as ?cluster=NAME")]
    NoCluster,
}

impl ClickHouseAddress {
    /// Whether a text is meant as one, and not as the path of a file.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        SCHEMES.iter().any(|scheme| text.starts_with(scheme))
    }
}

impl FromStr for ClickHouseAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let scheme = SCHEMES.iter().find(|scheme| text.starts_with(**scheme)).ok_or(AddressError::Form)?;
        let rest = &text[scheme.len()..];
        if rest.contains('@') {
            return Err(AddressError::Credentials);
        }
        let (rest, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let (hosts, database) = rest.split_once('/').ok_or(AddressError::Form)?;
        let servers: Vec<_> =
            hosts.split(',').map(|host| server(scheme, host)).collect::<Result<_, AddressError>>()?;
        let cluster = match parameters {
            "" => None,
            parameters => Some(parameters.strip_prefix("cluster=").ok_or(AddressError::Form)?),
        };
        if servers.len() > 1 && cluster.is_none() {
            return Err(AddressError::NoCluster);
        }
        Ok(Self { servers, database: name(database)?, cluster: cluster.map(name).transpose()? })
    }
}

/// As it is shown to operators and can be given again.
impl fmt::Display for ClickHouseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { servers, database, cluster } = self;
        let hosts = servers.iter().map(|ServerAddress { host, port, .. }| format!("{host}:{port}"));
        // The other scheme would be plain HTTP on this machine.
        let is_tls = servers.iter().any(|server| !server.is_plain && is_loopback(&server.host));
        let scheme = if is_tls { "https" } else { "clickhouse" };
        write!(f, "{scheme}://{}/{database}", hosts.collect::<Vec<_>>().join(","))?;
        cluster.as_ref().map_or(Ok(()), |cluster| write!(f, "?cluster={cluster}"))
    }
}

fn server(scheme: &str, text: &str) -> Result<ServerAddress, AddressError> {
    // A colon within brackets belongs to the address of IPv6.
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            (host, Some(port.parse().map_err(|_| AddressError::Form)?))
        }
        _ => (text, None),
    };
    let fits = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
    let is_host = !host.is_empty() && host.chars().all(fits);
    if !(is_host || bracketed(host).is_some()) {
        return Err(AddressError::Form);
    }
    let is_plain = match scheme {
        "http://" if !is_loopback(host) => return Err(AddressError::Plain),
        "https://" => false,
        _ => is_loopback(host),
    };
    let port = port.unwrap_or(if is_plain { HTTP_PORT } else { HTTPS_PORT });
    Ok(ServerAddress { host: host.to_owned(), port, is_plain })
}

/// The address in brackets, as one of IPv6 stands.
fn bracketed(host: &str) -> Option<IpAddr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

fn is_loopback(host: &str) -> bool {
    let ip = bracketed(host).or_else(|| host.parse::<Ipv4Addr>().ok().map(IpAddr::V4));
    host.eq_ignore_ascii_case("localhost") || ip.is_some_and(|address| address.is_loopback())
}

/// Letters, digits, underscores: what stands in queries without quotes.
fn name(text: &str) -> Result<String, AddressError> {
    let fits = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let starts = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    (starts && text.len() <= MAX_NAME && text.chars().all(fits))
        .then(|| text.to_owned())
        .ok_or(AddressError::Name)
}

/// A user and a password. Shows neither.
#[derive(Clone, Default)]
pub struct Credentials {
    pub(super) user: Option<String>,
    pub(super) password: Option<Password>,
}

#[derive(Clone)]
pub(super) struct Password(String);

impl Password {
    pub(super) fn shown_to_the_server(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

/// Credentials that cannot be read, or that no request can carry. Never says what they are.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// The file.
    #[error("cannot read the file that {PASSWORD_FILE} names")]
    File(#[source] std::io::Error),
    /// Both ways at once.
    #[error("{PASSWORD} and {PASSWORD_FILE} are both set")]
    Twice,
    /// Characters.
    #[error("the user and the password of the store are printable ASCII in one line")]
    Characters,
}

impl Credentials {
    /// As the environment says.
    ///
    /// # Errors
    ///
    /// [`CredentialsError`].
    pub fn from_environment() -> Result<Self, CredentialsError> {
        Self::from_variables(&|name| std::env::var(name).ok())
    }

    /// As these variables say.
    ///
    /// # Errors
    ///
    /// [`CredentialsError`].
    pub fn from_variables(variables: &dyn Fn(&str) -> Option<String>) -> Result<Self, CredentialsError> {
        let set = |name| variables(name).filter(|value| !value.is_empty());
        let password = match (set(PASSWORD), set(PASSWORD_FILE)) {
            (Some(_), Some(_)) => return Err(CredentialsError::Twice),
            (Some(password), None) => Some(password),
            (None, Some(path)) => {
                let text = std::fs::read_to_string(Path::new(&path)).map_err(CredentialsError::File)?;
                Some(text.trim_end_matches(['\r', '\n']).to_owned())
            }
            (None, None) => None,
        };
        let user = set(USER);
        let fits = |text: &String| text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if !user.iter().chain(&password).all(fits) {
            return Err(CredentialsError::Characters);
        }
        Ok(Self { user, password: password.map(Password) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_shown_again() {
        for (text, servers, shown) in [
            (
                "clickhouse://127.0.0.1/telemetry",
                "http://127.0.0.1:8123",
                "clickhouse://127.0.0.1:8123/telemetry",
            ),
            ("http://localhost:9/t", "http://localhost:9", "clickhouse://localhost:9/t"),
            (
                "clickhouse://db.example.com/t",
                "https://db.example.com:8443",
                "clickhouse://db.example.com:8443/t",
            ),
            ("https://[::1]:1/t", "https://[::1]:1", "https://[::1]:1/t"),
            ("clickhouse://[::1]/t", "http://[::1]:8123", "clickhouse://[::1]:8123/t"),
            (
                "clickhouse://a.example,b.example:1/t?cluster=both",
                "https://a.example:8443 https://b.example:1",
                "clickhouse://a.example:8443,b.example:1/t?cluster=both",
            ),
        ] {
            let address: ClickHouseAddress = text.parse().unwrap();
            let all: Vec<_> = address.servers.iter().map(ToString::to_string).collect();
            assert_eq!((all.join(" ").as_str(), address.to_string().as_str()), (servers, shown), "{text}");
            assert_eq!(shown.parse(), Ok(address), "what is shown can be given again");
        }
    }

    #[test]
    fn a_bad_address_is_refused_without_repeating_it() {
        for (text, error) in [
            ("collector.sqlite", AddressError::Form),
            ("clickhouse://127.0.0.1", AddressError::Form),
            ("clickhouse:///t", AddressError::Form),
            ("clickhouse://a b/t", AddressError::Form),
            ("clickhouse://host:port/t", AddressError::Form),
            ("clickhouse://host/t?user=ada", AddressError::Form),
            ("clickhouse://ada:hunter2@host/t", AddressError::Credentials),
            ("http://db.example.com:8123/t", AddressError::Plain),
            ("http://127.0.0.1.example.com/t", AddressError::Plain),
            ("clickhouse://host/", AddressError::Name),
            ("clickhouse://host/t;drop", AddressError::Name),
            ("clickhouse://host/t/u", AddressError::Name),
            ("clickhouse://host/1t", AddressError::Name),
            ("clickhouse://host/t?cluster=a'b", AddressError::Name),
            ("clickhouse://a,b/t", AddressError::NoCluster),
        ] {
            assert_eq!(text.parse::<ClickHouseAddress>(), Err(error), "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn a_password_comes_from_a_variable_or_a_file_and_is_not_shown() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("password").display().to_string();
        std::fs::write(&path, "hunter2\n").unwrap();
        let read = |set: &[(&str, &str)]| {
            Credentials::from_variables(&|name| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            })
        };
        for set in [[(USER, "ada"), (PASSWORD, "hunter2")], [(USER, "ada"), (PASSWORD_FILE, path.as_str())]] {
            let credentials = read(&set).unwrap();
            assert_eq!(credentials.user.as_deref(), Some("ada"));
            assert_eq!(credentials.password.as_ref().unwrap().shown_to_the_server(), "hunter2");
            assert_eq!(format!("{credentials:?}"), "Credentials");
        }
        assert!(matches!(read(&[(PASSWORD, "a"), (PASSWORD_FILE, "b")]), Err(CredentialsError::Twice)));
        assert!(matches!(read(&[(PASSWORD_FILE, "/no/such/file")]), Err(CredentialsError::File(_))));
        assert!(matches!(read(&[(PASSWORD, "a\nX-Other: b")]), Err(CredentialsError::Characters)));
        assert!(read(&[]).unwrap().password.is_none());
    }
}
