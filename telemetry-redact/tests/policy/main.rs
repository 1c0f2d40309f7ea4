//! The policy: what is wrong with one, what a change of one means, and how one is begun.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod check;
mod diff;
mod diff_law;
mod docs;
mod draft;
