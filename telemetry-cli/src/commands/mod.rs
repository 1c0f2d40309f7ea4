//! One file a command: call the library, render the answer.

pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod flush;
pub(crate) mod import;
pub(crate) mod policy;
pub(crate) mod purge;
pub(crate) mod redact;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod store;
