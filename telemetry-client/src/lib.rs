#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod client;
#[cfg(feature = "clap")]
mod derive;
mod describe;
mod installation;
mod known;
mod platform;
mod ruling;
mod session;
mod settings;
mod ship;
mod sources;
pub mod surroundings;
pub mod variables;

pub use client::{App, Client, EndpointProblem, HELPER_DEADLINE, NotRecorded};
#[cfg(feature = "clap")]
pub use derive::{CommandPolicy, LockError};
pub use session::{Builder, Telemetry};
pub use settings::{Key, Said, SettingsError, SettingsFile};
pub use ship::{NotShipped, ship_pending};
pub use sources::{Host, PROJECT_FILE};
