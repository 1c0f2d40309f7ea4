//! What may be in a telemetry event, and whether one may exist at all.
//!
//! Invariants:
//!
//! - **Only declared things come out.** A word or value that the [`Policy`] does not declare for its place cannot be
//!   in a [`Redacted`] event, whatever form it was written in.
//! - **The stage is the type.** An [`Observation`] is raw and can be neither printed nor serialised; only a
//!   [`Redactor`] makes a [`Redacted`] event of it, and only with a permit from a [`consent::Consent`] that says yes.
//! - **Redacting twice is redacting once.** [`Redactor::admit`] refuses an event that redaction would change, so a
//!   collector can run the same policy again.
//! - **Pure.** No I/O, no clock, no randomness, no environment, no globals but compiled automata.
//! - **A finding names rule and place, never the value.**
//!
//! # Example
//!
//! ```
//! use telemetry_redact::{Policy, Redactor};
//!
//! let policy = Policy::from_json(
//!     r#"{
//!         "format": 1, "program": "orchard", "version": 1, "dialect": "clap",
//!         "sets": {"fruit": ["apple", "pear"]},
//!         "flags": {"fruit": {"takes": "value", "values": "fruit"}, "name": {"takes": "value"}},
//!         "commands": [{"path": ""}, {"path": "plant", "flags": ["fruit", "name"]}]
//!     }"#,
//! )?;
//! let redactor = Redactor::new(policy);
//! let reading = redactor.read_command(&["orchard", "plant", "--fruit=pear", "--name", "grandma's tree"]);
//! let command = serde_json::to_string(&reading.command)?;
//! assert!(command.contains(r#"{"name":"fruit","values":["pear"]},{"name":"name"}"#));
//! assert!(!command.contains("grandma"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Raw text does not get out:
//!
//! ```compile_fail
//! fn leak(observation: &telemetry_redact::Observation) -> String {
//!     serde_json::to_string(observation).unwrap()
//! }
//! ```
//!
//! Nothing but the redactor makes a redacted event:
//!
//! ```compile_fail
//! fn forge(event: telemetry_schema::Event) -> telemetry_redact::Redacted<telemetry_schema::Event> {
//!     telemetry_redact::Redacted(event)
//! }
//! ```
//!
//! To test a policy of your own, see `strategies`, behind the feature `proptest`.
//!
//! Stable: the policy file format under its `format` number, the rule identifiers, and `consent`.

mod admit;
mod command;
pub mod consent;
pub mod detect;
mod hash;
mod near;
mod observation;
pub mod policy;
mod prompt;
mod redactor;
#[cfg(feature = "proptest")]
pub mod strategies;
mod text;

pub use admit::Admitted;
pub use command::{CommandReading, Finding, Part, Verdict};
pub use observation::{Ending, Facts, Observation, Raw, RawPrompt, Run};
pub use policy::Policy;
#[cfg(feature = "source")]
pub use policy::{PolicyError, PolicyProblem};
pub use prompt::PromptFinding;
pub use redactor::{Preview, Redacted, RedactedText, Redaction, Redactor, TextFinding};
pub use text::{CODES as ERROR_CODES, PLACEHOLDERS};

/// The examples of the README are tests.
#[cfg(all(doctest, feature = "proptest"))]
#[doc = include_str!("../README.md")]
struct Readme;
