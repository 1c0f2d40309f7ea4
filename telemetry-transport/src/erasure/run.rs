//! Sending requests to erase, until each is answered or the time is over.

use std::time::Duration;

use telemetry_schema::ErasureReceipt;

use super::{Erasures, PendingErasure};
use crate::ship::{self, Clock, Outcome, ShipPolicy, ShipState, Step, Stopped};
use crate::sink::{HttpEraser, SendError};
use crate::{Endpoint, HttpOptions, Ledger};

/// What asking came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EraseReport {
    /// Requests that were answered.
    pub answered: u64,
    /// Events that their collectors erased.
    pub erased: u64,
    /// Requests that wait for the next time.
    pub left: u64,
    /// Why not all were answered.
    pub stopped_by: Option<Stopped>,
}

/// A request under way. One that is not answered holds up no other.
struct Open {
    pending: PendingErasure,
    eraser: HttpEraser,
    state: ShipState,
}

/// Sends every request that waits, and keeps its receipt in the ledger. Needs no consent: the user asked for it, and what
/// is sent is what they take back.
pub fn erase(
    erasures: &Erasures,
    ledger: &Ledger,
    options: &HttpOptions,
    clock: &dyn Clock,
    deadline: Duration,
) -> EraseReport {
    let mut report = EraseReport::default();
    if !erasures.is_pending() {
        return report;
    }
    report.stopped_by = all(erasures, ledger, options, clock, deadline, &mut report).err();
    report.left = erasures.pending().map_or(0, |pending| pending.len() as u64);
    report
}

fn all(
    erasures: &Erasures,
    ledger: &Ledger,
    options: &HttpOptions,
    clock: &dyn Clock,
    deadline: Duration,
    report: &mut EraseReport,
) -> Result<(), Stopped> {
    let _lock = ship::lock(erasures.state(), clock, deadline)?;
    let pending = erasures.pending().map_err(|_| Stopped::Disk)?;
    let mut stopped = None;
    let mut open: Vec<Open> = Vec::new();
    for pending in pending {
        let eraser = pending
            .destination
            .parse()
            .ok()
            .and_then(|endpoint: Endpoint| HttpEraser::new(&endpoint, options.clone()).ok());
        match eraser {
            Some(eraser) => {
                let state = ShipState::new(ShipPolicy::new(deadline));
                open.push(Open { pending, eraser, state });
            }
            None => stopped = Some(Stopped::Refused),
        }
    }
    while !open.is_empty() {
        let mut least_wait: Option<Duration> = None;
        let mut still_open = Vec::new();
        for mut one in open {
            match one.state.next(clock.elapsed()) {
                Step::Done(why) => stopped = Some(why),
                Step::Wait(wait) => {
                    least_wait = Some(least_wait.map_or(wait, |least| least.min(wait)));
                    still_open.push(one);
                }
                Step::Send { .. } => match one.ask(clock, deadline) {
                    Some(receipt) => {
                        let PendingErasure { destination, request } = &one.pending;
                        // The ledger first: a request that is answered and in neither would be one nobody can show.
                        let now_ms = clock.unix_ms();
                        ledger
                            .keep_erasure(destination, request, &receipt, now_ms)
                            .and_then(|()| erasures.settle(request.erasure_id))
                            .map_err(|_| Stopped::Disk)?;
                        report.answered += 1;
                        report.erased += receipt.erased;
                    }
                    None => still_open.push(one),
                },
            }
        }
        open = still_open;
        if let Some(wait) = least_wait {
            clock.sleep(wait);
        }
    }
    stopped.map_or(Ok(()), Err)
}

impl Open {
    /// Asks once.
    fn ask(&mut self, clock: &dyn Clock, deadline: Duration) -> Option<ErasureReceipt> {
        let within = deadline.saturating_sub(clock.elapsed());
        let outcome = match self.eraser.erase(&self.pending, within) {
            Ok(receipt) => return Some(receipt),
            Err(SendError::Busy { retry_after, .. }) => Outcome::Failed { retry_after },
            Err(SendError::Unreachable | SendError::Broken | SendError::Timeout) => {
                Outcome::Failed { retry_after: None }
            }
            Err(SendError::Untrusted) => Outcome::Untrusted,
            // An older collector, or something else in its place. It may be another one next time.
            Err(_) => Outcome::Hopeless,
        };
        let [a, b, ..] = clock.random();
        self.state.apply(&outcome, clock.elapsed(), u16::from_be_bytes([a, b]));
        None
    }
}
