//! Strategies and laws for property tests of a policy. Behind the feature `proptest`, for development only.
//!
//! A policy decides what leaves your users' machines, so a typing error in it is a leak or a blind spot. The
//! [`laws`] say what holds for every policy; the strategies make, of a policy, the command lines, error texts and runs
//! to try them on. A [`CommandLine`] knows which of its parts the policy declares, and in what spelling they have to be
//! stored, and which are [planted](planted_values) and must not be found, whole, in pieces or encoded.
//!
//! Your own policy, in three lines:
//!
//! ```
//! use proptest::prelude::*;
//! use telemetry_redact::policy::PolicySource;
//! use telemetry_redact::strategies::{command_lines, laws};
//! use telemetry_redact::{Policy, Redactor};
//!
//! # const POLICY: &str = r#"{"format": 1, "program": "orchard", "version": 1, "dialect": "clap",
//! #     "sets": {"fruit": ["apple", "pear"]}, "flags": {"fruit": {"takes": "value", "values": "fruit"}},
//! #     "commands": [{"path": ""}, {"path": "plant", "flags": ["fruit"]}]}"#;
//! # /* in a test:
//! const POLICY: &str = include_str!("../orchard.json");
//! # */
//! # fn main() {
//! let source = PolicySource::from_json(POLICY).unwrap();
//! let redactor = Redactor::new(Policy::from_source(&source).unwrap());
//! proptest!(|(line in command_lines(&source))| laws::all_of_a_line(&redactor, &line)?);
//! # }
//! ```
//!
//! What your users' values look like you know best: [`command_lines_with`] takes a strategy of yours for them.
//!
//! Not stable: what is generated. A later version may try more.

#[cfg(test)]
mod against_clap;
mod choices;
mod clashes;
mod judge;
pub mod laws;
mod lines;
mod narrower;
mod observations;
mod outline;
mod parts;
mod places;
mod planted;
mod policies;
mod spell;
mod texts;

pub use lines::{CommandLine, command_lines, command_lines_with};
pub use narrower::narrower;
pub use observations::{Seen, observations, observations_with};
pub use planted::planted_values;
pub use policies::{policies, policies_of};
pub use texts::{ErrorText, error_texts, error_texts_with};
