//! What to do next: a function of what happened so far, with no socket and no clock in it.

use std::fmt;
use std::time::Duration;

/// The numbers of the policy.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ShipPolicy {
    /// Events in a batch at most: the collector's bound is 1,000.
    pub max_batch_events: usize,
    /// Bytes of a batch's body at most, so that one fits into any proxy's default bound of a megabyte.
    pub max_batch_bytes: usize,
    /// The wait after the first failure; it doubles with each further one.
    pub first_backoff: Duration,
    /// The longest wait.
    pub max_backoff: Duration,
    /// When to give up until the next time.
    pub deadline: Duration,
}

impl ShipPolicy {
    /// The policy of a helper that has this long.
    #[must_use]
    pub fn new(deadline: Duration) -> Self {
        Self {
            max_batch_events: 500,
            max_batch_bytes: 768 * 1024,
            first_backoff: Duration::from_millis(250),
            max_backoff: Duration::from_secs(4),
            deadline,
        }
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send at most this many events.
    Send {
        /// How many.
        at_most: usize,
    },
    /// Wait this long.
    Wait(Duration),
    /// Stop.
    Done(Stopped),
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The batch was answered for: nothing of it is to be sent again.
    Settled,
    /// It may work later.
    Failed {
        /// How long the collector asks to wait.
        retry_after: Option<Duration>,
    },
    /// The batch was too large.
    TooLarge {
        /// How many events it held.
        events: usize,
    },
    /// One of the events in the batch is at fault, and which is not known.
    Unacceptable {
        /// How many events it held.
        events: usize,
    },
    /// It will not work, however often it is tried.
    Hopeless,
    /// What answers is not trusted.
    Untrusted,
    /// The file it goes to cannot be written.
    Unwritable,
    /// Consent is not there any more.
    Closed,
}

/// Why shipping stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// The deadline came.
    Deadline,
    /// The collector will not take what is sent.
    Refused,
    /// What answers has no certificate that is trusted, or speaks no TLS.
    Untrusted,
    /// The file that events go to cannot be written.
    Unwritable,
    /// Consent is not there any more.
    ConsentClosed,
    /// Another process ships.
    AnotherShips,
    /// The spool or the ledger cannot be used.
    Disk,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Deadline => "the collector could not be reached in time",
            Self::Refused => "what answers takes no events",
            Self::Untrusted => "what answers has no certificate that is trusted here, or speaks no TLS",
            Self::Unwritable => "the file that events go to cannot be written",
            Self::ConsentClosed => "telemetry was turned off meanwhile",
            Self::AnotherShips => "another process is sending",
            Self::Disk => "the state directory cannot be used",
        })
    }
}

/// How far shipping has come.
#[derive(Debug, Clone)]
pub struct ShipState {
    policy: ShipPolicy,
    batch_events: usize,
    /// A smaller bound, while an event that is at fault is looked for.
    searching: Option<usize>,
    failures: u32,
    not_before: Duration,
    stopped: Option<Stopped>,
}

impl ShipState {
    /// Nothing done yet.
    #[must_use]
    pub fn new(policy: ShipPolicy) -> Self {
        Self {
            batch_events: policy.max_batch_events,
            policy,
            searching: None,
            failures: 0,
            not_before: Duration::ZERO,
            stopped: None,
        }
    }

    /// What to do at this time, since shipping began.
    #[must_use]
    pub fn next(&self, elapsed: Duration) -> Step {
        if let Some(stopped) = self.stopped {
            Step::Done(stopped)
        } else if elapsed >= self.policy.deadline || self.not_before >= self.policy.deadline {
            // A wait that ends after the deadline is not worth beginning.
            Step::Done(Stopped::Deadline)
        } else if elapsed < self.not_before {
            Step::Wait(self.not_before.saturating_sub(elapsed))
        } else {
            Step::Send { at_most: self.searching.map_or(self.batch_events, |few| few.min(self.batch_events)) }
        }
    }

    /// Takes in what came of a request. `chance` is a random number, for full jitter: waits of many clients that
    /// failed at once spread over the whole interval.
    pub fn apply(&mut self, outcome: &Outcome, elapsed: Duration, chance: u16) {
        match outcome {
            Outcome::Settled => {
                self.failures = 0;
                self.not_before = elapsed;
                // Twice as many next, so that one event costs some twenty requests at most and not one for each other.
                self.searching = self.searching.map(|few| few * 2).filter(|few| *few < self.batch_events);
            }
            Outcome::Failed { retry_after } => {
                let doubled = self.policy.first_backoff.saturating_mul(1 << self.failures.min(10));
                let ceiling = doubled.min(self.policy.max_backoff);
                let jittered = ceiling.mul_f64(f64::from(chance) / f64::from(u16::MAX));
                self.failures += 1;
                self.not_before = elapsed.saturating_add(retry_after.unwrap_or(jittered));
            }
            Outcome::TooLarge { events } if *events > 1 => self.batch_events = events / 2,
            // One event that is too large by itself is for the caller to set aside.
            Outcome::TooLarge { .. } => {}
            Outcome::Unacceptable { events } => self.searching = Some((events / 2).max(1)),
            Outcome::Hopeless => self.stopped = Some(Stopped::Refused),
            Outcome::Untrusted => self.stopped = Some(Stopped::Untrusted),
            Outcome::Unwritable => self.stopped = Some(Stopped::Unwritable),
            Outcome::Closed => self.stopped = Some(Stopped::ConsentClosed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> ShipState {
        ShipState::new(ShipPolicy::new(Duration::from_secs(10)))
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn failures_back_off_and_a_success_forgets_them() {
        let mut state = state();
        for (at, until) in [(0, 250), (250, 750), (750, 1750), (1750, 3750), (3750, 7750)] {
            assert_eq!(state.next(ms(at)), Step::Send { at_most: 500 });
            state.apply(&Outcome::Failed { retry_after: None }, ms(at), u16::MAX);
            assert_eq!(state.next(ms(at)), Step::Wait(ms(until - at)));
        }
        state.apply(&Outcome::Settled, ms(8000), 0);
        state.apply(&Outcome::Failed { retry_after: None }, ms(8000), u16::MAX);
        assert_eq!(state.next(ms(8000)), Step::Wait(ms(250)));
        assert_eq!(state.next(ms(10_000)), Step::Done(Stopped::Deadline));
    }

    #[test]
    fn jitter_spreads_from_nothing_to_the_whole() {
        let mut state = state();
        state.apply(&Outcome::Failed { retry_after: None }, ms(0), 0);
        assert_eq!(state.next(ms(0)), Step::Send { at_most: 500 });
    }

    #[test]
    fn retry_after_is_honoured_and_ends_shipping_where_it_is_too_long() {
        let mut state = state();
        state.apply(&Outcome::Failed { retry_after: Some(ms(3000)) }, ms(100), 7);
        assert_eq!(state.next(ms(100)), Step::Wait(ms(3000)));
        state.apply(&Outcome::Failed { retry_after: Some(Duration::MAX) }, ms(3100), 7);
        assert_eq!(state.next(ms(3100)), Step::Done(Stopped::Deadline));
    }

    #[test]
    fn a_batch_that_is_too_large_is_halved() {
        let mut state = state();
        for (events, next) in [(500, 250), (250, 125), (3, 1), (1, 1)] {
            state.apply(&Outcome::TooLarge { events }, ms(0), 0);
            assert_eq!(state.next(ms(0)), Step::Send { at_most: next });
        }
    }

    #[test]
    fn an_event_at_fault_is_searched_for_by_halves_and_then_batches_grow_again() {
        let mut state = state();
        for (events, next) in [(500, 250), (250, 125), (125, 62), (3, 1)] {
            state.apply(&Outcome::Unacceptable { events }, ms(0), 0);
            assert_eq!(state.next(ms(0)), Step::Send { at_most: next });
        }
        for next in [2, 4, 8, 16, 32, 64, 128, 256, 500, 500] {
            state.apply(&Outcome::Settled, ms(0), 0);
            assert_eq!(state.next(ms(0)), Step::Send { at_most: next });
        }
    }

    #[test]
    fn a_no_and_a_refusal_stop_for_good() {
        for (outcome, stopped) in [
            (Outcome::Closed, Stopped::ConsentClosed),
            (Outcome::Hopeless, Stopped::Refused),
            (Outcome::Untrusted, Stopped::Untrusted),
        ] {
            let mut state = state();
            state.apply(&outcome, ms(0), 0);
            state.apply(&Outcome::Settled, ms(0), 0);
            assert_eq!(state.next(ms(0)), Step::Done(stopped));
        }
    }
}
