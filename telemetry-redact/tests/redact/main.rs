//! The crate as its dependents see it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod command;
mod dialects;
mod endings;
#[cfg(feature = "proptest")]
mod laws;
mod prompts;
