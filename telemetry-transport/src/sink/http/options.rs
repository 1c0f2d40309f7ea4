//! What a client is set up with.

use std::path::PathBuf;
use std::time::Duration;

use super::proxy::Proxies;

/// The whole request, below the deadline of the helper that makes it.
const DEADLINE: Duration = Duration::from_secs(8);

const SSL_CERT_FILE: &str = "SSL_CERT_FILE";

/// What comes from the environment, so that tests can bring their own.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    pub(super) proxies: Proxies,
    pub(super) certificates: Option<PathBuf>,
    pub(super) deadline: Duration,
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
