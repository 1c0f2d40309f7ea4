//! What is kept, by whom it can be read, and what damage costs.

mod appending;
mod bounds;
mod damage;
#[cfg(unix)]
mod owner;

use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(10);
