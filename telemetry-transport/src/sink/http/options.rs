//! What a client is set up with.

use std::path::PathBuf;
use std::time::Duration;

use super::proxy::Proxies;
use crate::sink::key::WriteKey;

/// The whole request, below the deadline of the helper that makes it.
const DEADLINE: Duration = Duration::from_secs(8);

const SSL_CERT_FILE: &str = "SSL_CERT_FILE";

/// What a collector that asks for keys is shown.
const WRITE_KEY: &str = "TELEMETRY_WRITE_KEY";

/// What comes from the environment, so that tests can bring their own.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    pub(super) proxies: Proxies,
    pub(super) certificates: Option<PathBuf>,
    pub(super) deadline: Duration,
    pub(in crate::sink) write_key: Option<WriteKey>,
}

impl HttpOptions {
    /// As the environment says: `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (or in small letters), which are never used
    /// for loopback; `SSL_CERT_FILE`, root certificates in PEM that are trusted instead of the platform's; and
    /// `TELEMETRY_WRITE_KEY`, what a collector of ours is shown that asks for keys.
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
        let write_key = variables(WRITE_KEY).filter(|key| !key.is_empty()).map(WriteKey);
        Self { proxies: Proxies::read(variables), certificates, write_key, ..Self::plain() }
    }

    /// No proxy, no further certificates.
    #[must_use]
    pub fn plain() -> Self {
        Self { proxies: Proxies::default(), certificates: None, deadline: DEADLINE, write_key: None }
    }

    /// Sets the deadline of a whole request: 8 seconds otherwise.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// Shows a collector of ours this key, unless the environment names one. No other receiver is shown it.
    #[must_use]
    pub fn write_key(mut self, key: impl Into<String>) -> Self {
        self.write_key.get_or_insert_with(|| WriteKey(key.into()));
        self
    }

    /// Trusts the certificates in this file instead of the platform's.
    #[must_use]
    pub fn certificates(mut self, path: impl Into<PathBuf>) -> Self {
        self.certificates = Some(path.into());
        self
    }
}
