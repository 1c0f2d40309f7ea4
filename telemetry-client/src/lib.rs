#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod builder;
mod client;
pub mod control;
#[cfg(feature = "clap")]
mod derive;
mod describe;
mod exit;
mod explain;
mod installation;
#[cfg(all(unix, feature = "interrupts"))]
mod interrupt;
mod known;
mod notice;
mod panic;
mod platform;
mod prompt;
mod purge;
mod ruling;
mod run;
mod session;
mod settings;
mod ship;
mod sources;
pub mod surroundings;
pub mod variables;

pub use builder::Builder;
pub use client::{App, Client, EndpointProblem, HELPER_DEADLINE, NotRecorded};
#[cfg(feature = "clap")]
pub use derive::CommandPolicy;
#[cfg(feature = "lock")]
pub use derive::LockError;
pub use explain::{Explain, Explanation};
pub use notice::NoticeParts;
pub use prompt::Prompt;
pub use purge::Purged;
pub use run::interrupted;
pub use session::Telemetry;
pub use settings::{Key, Said, SettingsError, SettingsFile};
pub use ship::{NotShipped, ship_pending};
pub use sources::{Host, PROJECT_FILE};
