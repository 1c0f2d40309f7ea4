//! How a command ended.

#[cfg(feature = "json-schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{CodeLocation, ErrorCode, Fingerprint, Message};

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// It did what it was asked.
    Success,
    /// It reported an error.
    Error {
        /// The class of the error.
        #[cfg_attr(feature = "json-schema", schemars(example = &"unknown_command"))]
        code: ErrorCode,
        /// What it said, rebuilt from declared words, a closed vocabulary and placeholders.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "json-schema", schemars(example = message_example()))]
        message: Option<Message>,
        /// What messages of this wording have in common, whatever was taken out of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "json-schema", schemars(example = &"3b29f8c5d41e07a6"))]
        fingerprint: Option<Fingerprint>,
    },
    /// A signal ended it.
    Interrupted {
        /// The signal.
        #[cfg_attr(feature = "json-schema", schemars(example = &"SIGINT"))]
        signal: Signal,
    },
    /// It panicked.
    Panic {
        /// Where in the program's own source. Absent where it was in a library.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(feature = "json-schema", schemars(example = &"src/main.rs:42"))]
        location: Option<CodeLocation>,
    },
}

/// Every field of every outcome. `serde` takes unknown fields beside the tag of a variant without any of its own
/// (serde-rs/serde#2123), so the variants are told apart here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    kind: Kind,
    code: Option<ErrorCode>,
    message: Option<Message>,
    fingerprint: Option<Fingerprint>,
    signal: Option<Signal>,
    location: Option<CodeLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Success,
    Error,
    Interrupted,
    Panic,
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Fields { kind, code, message, fingerprint, signal, location } =
            Fields::deserialize(deserializer)?;
        match (kind, code, message, fingerprint, signal, location) {
            (Kind::Success, None, None, None, None, None) => Ok(Self::Success),
            (Kind::Panic, None, None, None, None, location) => Ok(Self::Panic { location }),
            (Kind::Error, Some(code), message, fingerprint, None, None) => {
                Ok(Self::Error { code, message, fingerprint })
            }
            (Kind::Interrupted, None, None, None, Some(signal), None) => Ok(Self::Interrupted { signal }),
            _ => Err(serde::de::Error::custom("the fields of an outcome are those of its kind")),
        }
    }
}

#[cfg(feature = "json-schema")]
fn message_example() -> &'static str {
    "Error: unknown command \"rgister\" for \"atlas\""
}

/// A signal by its POSIX name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the variants are the names of POSIX signals")]
pub enum Signal {
    Sighup,
    Sigint,
    Sigquit,
    Sigill,
    Sigtrap,
    Sigabrt,
    Sigbus,
    Sigfpe,
    Sigkill,
    Sigusr1,
    Sigsegv,
    Sigusr2,
    Sigpipe,
    Sigalrm,
    Sigterm,
    Sigxcpu,
    Sigxfsz,
    Sigsys,
    /// Any other.
    Other,
}
