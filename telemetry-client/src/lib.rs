#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod client;
mod identity;
mod known;
mod platform;
mod settings;
mod sources;
pub mod surroundings;
pub mod variables;

pub use client::{App, Client, EndpointProblem, HELPER_DEADLINE, NotRecorded};
pub use settings::{Key, SettingsError, SettingsFile};
pub use sources::{Host, PROJECT_FILE};
