//! Which certificates are trusted.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

use crate::SinkError;

/// Where trust begins.
pub(super) enum Roots {
    /// With the platform: its own verifier on macOS and Windows, its files elsewhere. So a root that a company
    /// installs is trusted, and one that it distrusts is not.
    Platform,
    /// With Mozilla's list, as this program was built with it.
    #[cfg(feature = "built-in-roots")]
    BuiltIn,
    /// With these and no others, as with other programs that read `SSL_CERT_FILE`: who names a file says whom to
    /// trust.
    These(Arc<Vec<Certificate<'static>>>),
}

impl Roots {
    pub(super) fn read(certificates: Option<PathBuf>) -> Result<Self, SinkError> {
        let Some(path) = certificates else { return Ok(Self::Platform) };
        match certificates_in(&path) {
            Ok(roots) => Ok(Self::These(Arc::new(roots))),
            Err(source) => Err(SinkError::Certificates { path, source }),
        }
    }

    pub(super) fn tls(&self) -> TlsConfig {
        let roots = match self {
            Self::Platform => RootCerts::PlatformVerifier,
            #[cfg(feature = "built-in-roots")]
            Self::BuiltIn => RootCerts::WebPki,
            Self::These(roots) => RootCerts::Specific(Arc::clone(roots)),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        TlsConfig::builder().root_certs(roots).unversioned_rustls_crypto_provider(provider).build()
    }
}

fn certificates_in(path: &Path) -> io::Result<Vec<Certificate<'static>>> {
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
