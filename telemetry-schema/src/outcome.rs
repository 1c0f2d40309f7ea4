//! How a command ended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ErrorCode, Message};

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// It did what it was asked.
    Success,
    /// It reported an error.
    Error {
        /// The class of the error.
        #[schemars(example = &"unknown_command")]
        code: ErrorCode,
        /// What it said, rebuilt from declared words, a closed vocabulary and placeholders.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(example = message_example())]
        message: Option<Message>,
    },
    /// A signal ended it.
    Interrupted {
        /// The signal.
        #[schemars(example = &"SIGINT")]
        signal: Signal,
    },
    /// It panicked.
    Panic,
}

fn message_example() -> &'static str {
    "Error: unknown command \"rgister\" for \"atlas\""
}

/// A signal by its POSIX name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
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
