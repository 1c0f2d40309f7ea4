//! Policies that are derived from clap commands: what is in them, and that they read a command line as clap does.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod against_clap;
mod arguments;
mod derived;
mod lock;
mod positionals;
mod programs;
