//! Shipping: a pure policy that decides, and a loop around it that acts.

mod policy;
mod queue;
mod run;

pub use policy::{Outcome, ShipPolicy, ShipState, Step, Stopped};
pub use run::{ShipReport, ship};

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::disk;
use crate::private::open_lock;
use crate::spool::SHIP_LOCK;

/// How long a shipper waits between looks at whether another one has finished, or an appender has.
const LOCK_POLL: Duration = Duration::from_millis(20);

/// Time and chance, from outside.
pub trait Clock {
    /// Milliseconds since the Unix epoch.
    fn unix_ms(&self) -> u64;
    /// Time since the clock was made, which never jumps.
    fn elapsed(&self) -> Duration;
    /// Lets time pass.
    fn sleep(&self, duration: Duration);
    /// Ten random bytes.
    fn random(&self) -> [u8; 10];
}

/// The system's clock.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock that starts now.
    #[must_use]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn unix_ms(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    fn sleep(&self, duration: Duration) {
        std::thread::sleep(duration);
    }

    fn random(&self) -> [u8; 10] {
        let bytes = uuid::Uuid::new_v4().into_bytes();
        // Without the bytes that hold the version and the variant.
        std::array::from_fn(|index| if index < 6 { bytes[index] } else { bytes[index + 3] })
    }
}

/// The lock of the one process that sends, which a crash frees.
pub(crate) fn lock(state: &Path, clock: &dyn Clock, deadline: Duration) -> Result<File, Stopped> {
    let file = open_lock(&state.join(SHIP_LOCK)).map_err(|_| Stopped::Disk)?;
    loop {
        match disk::try_lock(&file) {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(_)) => return Err(Stopped::Disk),
            Err(TryLockError::WouldBlock) if clock.elapsed() >= deadline => {
                return Err(Stopped::AnotherShips);
            }
            Err(TryLockError::WouldBlock) => clock.sleep(LOCK_POLL),
        }
    }
}
