//! What a telemetry event is.
//!
//! Invariants, each held by a test:
//!
//! - **Nothing is free text.** No field of [`Event`] is a bare `String`: each is an enum, a number, or a bounded
//!   type that parses. In the JSON Schema every string has `enum`, `const`, `format`, or `pattern` with
//!   `maxLength`.
//! - **Pure.** No I/O, no clock, no randomness, no environment: identifiers and times come in from outside.
//! - **Unknown is refused.** Every object denies unknown fields, so nothing can ride along.
//!
//! # Example
//!
//! ```
//! use telemetry_schema::{Event, Outcome};
//!
//! let event: Event = serde_json::from_str(include_str!("../testdata/event.json"))?;
//! assert_eq!(event.command.path.join(" "), "clusters create");
//! assert!(matches!(event.outcome, Outcome::Success));
//!
//! // A field that the schema does not name is refused, and so is a value that is not of its form.
//! assert!(serde_json::from_str::<Event>(r#"{"user": "ada"}"#).is_err());
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! Stable: the JSON form of [`Event`] and of what client and collector say to each other under [`SCHEMA_VERSION`]; `cargo xtask compat`
//! compares it with the released set. The Rust types may gain fields.

mod bounded;
#[cfg(feature = "json-schema")]
pub mod catalogue;
mod command;
pub mod compat;
mod context;
mod event;
mod identity;
mod outcome;
mod prompt;
mod surroundings;
mod time;
mod wire;

pub use bounded::{
    BoundedRule, CodeLocation, ErrorCode, FieldError, Fingerprint, Message, ProgramName, Typed, Value,
    Version, Word, bounded_rules,
};
pub use command::{Command, Deprecated, Dropped, Flag, Misspelling, Place, Positional};
pub use context::{CiVendor, CodingAgent, Context, StreamKind, Terminal};
pub use event::{App, Event, PolicyVersion, SCHEMA_VERSION, SchemaVersion};
pub use identity::{BatchId, ErasureId, EventId, InstallId};
pub use outcome::{Outcome, Signal};
pub use prompt::{Prompt, PromptKind};
pub use surroundings::{Arch, AuthMethod, Container, InstallSource, Libc, Os, OsName, Wsl};
pub use time::{Timestamp, TimestampPrecision};
pub use wire::{
    Batch, Erasure, ErasureReceipt, Loss, LossReason, PROTOCOL_VERSION, Problem, Receipt, Refusal,
};
