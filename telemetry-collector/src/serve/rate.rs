//! How many requests a second are taken, all senders together: one bucket of tokens. There is none for each sender, since
//! that would be a list of addresses.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

#[derive(Debug)]
pub(super) struct Rate {
    /// Time between two requests at the greatest rate; zero where there is no bound.
    interval: Duration,
    /// How far the next free moment may lie behind now: what was not used is saved up to this.
    burst: Duration,
    /// When the next request is due.
    due: Mutex<Instant>,
}

impl Rate {
    /// So many requests a second, and two seconds' worth of them at once. 0 is no bound.
    pub(super) fn new(per_second: u32, now: Instant) -> Self {
        let interval = Duration::from_secs(1).checked_div(per_second).unwrap_or_default();
        // One of those two seconds is there from the start.
        Self { interval, burst: Duration::from_secs(1), due: Mutex::new(now) }
    }

    /// Takes a request, if it is not too many.
    pub(super) fn takes(&self, now: Instant) -> bool {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        // Generic cell rate algorithm (ITU-T I.371): a bucket of tokens kept as one moment.
        let earliest = now.checked_sub(self.burst).unwrap_or(now);
        let next = (*due).max(earliest) + self.interval;
        let takes = next <= now + self.burst;
        if takes {
            *due = next;
        }
        takes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_saved_up_goes_at_once_and_then_so_many_a_second() {
        let start = Instant::now() + Duration::from_secs(60);
        let rate = Rate::new(10, start);
        let taken = |now: Instant| (0..1000).filter(|_| rate.takes(now)).count();
        assert_eq!(taken(start), 10);
        assert_eq!(taken(start + Duration::from_millis(500)), 5);
        assert_eq!(taken(start + Duration::from_secs(1)), 5);
        assert_eq!(
            taken(start + Duration::from_secs(3600)),
            20,
            "no more is saved up than two seconds' worth"
        );
        let unbounded = Rate::new(0, start);
        assert_eq!((0..1000).filter(|_| unbounded.takes(start)).count(), 1000);
    }
}
