//! A request to erase, from bytes that somebody sent.

use serde_json::error::Category;
use telemetry_schema::{Erasure, ErasureId, InstallId, PROTOCOL_VERSION, Problem};
use thiserror::Error;

use super::problem::{self, INVALID, Paths, Place};

/// Installations in one request to erase; the bound that its JSON Schema shows.
pub const MAX_INSTALL_IDS: usize = 64;

/// A request to erase that may be carried out. Only [`admit_erasure`] makes one, so that no store is ever asked to
/// erase the number that all CI runs share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdmittedErasure {
    id: ErasureId,
    install_ids: Vec<InstallId>,
}

impl AdmittedErasure {
    /// The request's identifier.
    #[must_use]
    pub fn id(&self) -> ErasureId {
        self.id
    }

    /// The installations: one to [`MAX_INSTALL_IDS`].
    #[must_use]
    pub fn install_ids(&self) -> &[InstallId] {
        &self.install_ids
    }
}

/// A body that is no request to erase. Says where and which rule, never what stood there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ErasureError {
    /// Bytes that are no UTF-8.
    #[error("the request is not UTF-8")]
    NotUtf8,
    /// Text that is no JSON, or ends too early, or nests too deeply.
    #[error("the request is not JSON: line {line} column {column}")]
    NotJson {
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
    },
    /// Another protocol.
    #[error("the request does not state protocol version {PROTOCOL_VERSION}")]
    ProtocolVersion,
    /// No installation.
    #[error("the request names no installation")]
    NoInstall,
    /// Too many installations.
    #[error("the request names more than {MAX_INSTALL_IDS} installations")]
    TooManyInstalls,
    /// The number that all CI runs share, which nobody can speak for.
    #[error("the request names the number that all CI runs share")]
    SharedInstall {
        /// Its place in the list, from 0.
        index: usize,
    },
    /// JSON that is no request.
    #[error("the request breaks the rule {rule} at `{field}`", rule = .0.rule, field = .0.field)]
    Invalid(Problem),
}

impl ErasureError {
    /// Field and rule.
    #[must_use]
    pub fn problem(&self) -> Problem {
        let (field, rule) = match self {
            Self::NotUtf8 => ("", "erasure.not_utf8"),
            Self::NotJson { .. } => ("", "erasure.not_json"),
            Self::ProtocolVersion => ("protocol_version", "erasure.protocol_version"),
            Self::NoInstall => ("install_ids", "erasure.no_install"),
            Self::TooManyInstalls => ("install_ids", "erasure.too_many_installs"),
            Self::SharedInstall { index } => {
                return Place::default().list("install_ids").item(*index).breaks("erasure.shared_install");
            }
            Self::Invalid(problem) => return problem.clone(),
        };
        Problem { field: field.to_owned(), rule: rule.to_owned() }
    }
}

/// Reads a request to erase as it came: UTF-8 JSON of its schema.
///
/// # Errors
///
/// [`ErasureError`] where the body is no such request, or one that nobody may ask for.
pub fn admit_erasure(body: &[u8]) -> Result<AdmittedErasure, ErasureError> {
    let text = std::str::from_utf8(body).map_err(|_| ErasureError::NotUtf8)?;
    // serde's derived code would take a list of the fields' values for an object.
    if text.trim_start().starts_with('[') {
        return Err(ErasureError::Invalid(Place::default().breaks(INVALID)));
    }
    // Events that arrive later are refused whenever that is, so the time of the request decides nothing.
    let Erasure { protocol_version, erasure_id, install_ids, requested_at: _ } =
        serde_json::from_str(text).map_err(|error| explain(text, &error))?;
    if protocol_version != PROTOCOL_VERSION {
        return Err(ErasureError::ProtocolVersion);
    }
    match install_ids.len() {
        0 => return Err(ErasureError::NoInstall),
        1..=MAX_INSTALL_IDS => {}
        _ => return Err(ErasureError::TooManyInstalls),
    }
    if let Some(index) = install_ids.iter().position(|id| *id == InstallId::CI) {
        return Err(ErasureError::SharedInstall { index });
    }
    Ok(AdmittedErasure { id: erasure_id, install_ids })
}

#[cold]
fn explain(text: &str, error: &serde_json::Error) -> ErasureError {
    if problem::states_another_protocol(text) {
        return ErasureError::ProtocolVersion;
    }
    if error.classify() != Category::Data {
        return ErasureError::NotJson { line: error.line(), column: error.column() };
    }
    ErasureError::Invalid(problem::of::<Erasure>(text, Paths::erasure()))
}
