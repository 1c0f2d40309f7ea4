//! The loop: asks the policy, asks for consent, sends, and keeps the books.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

use telemetry_redact::consent::{Consent, Mode};
use telemetry_schema::{BatchId, Loss, LossReason, Receipt};

use super::{Clock, Outcome, ShipPolicy, ShipState, Step, Stopped};
use crate::platform::private_options;
use crate::private::write_private;
use crate::spool::{Contents, parse};
use crate::{Ledger, Record, SealedBatch, SendError, Sink, Spool, Which};

/// How long a shipper waits between looks at whether another one has finished.
const LOCK_POLL: Duration = Duration::from_millis(50);

/// What shipping came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ShipReport {
    /// Events the collector stored.
    pub sent: u64,
    /// Events it had already.
    pub duplicates: u64,
    /// Events it refused; they are moved aside.
    pub refused: u64,
    /// Records that were damaged; they are moved aside.
    pub damaged: u64,
    /// Events that were older than the spool keeps.
    pub expired: u64,
    /// Events that are still here.
    pub left: u64,
    /// Why it stopped before everything was sent.
    pub stopped_by: Option<Stopped>,
}

/// Ships what is pending until nothing is left or the deadline comes. One process per state directory ships at a
/// time; another one waits for it, since what it is about may have come after the first one looked.
///
/// `consent` is called right before each request. Where it says off, what is pending is deleted instead.
pub fn ship(
    spool: &Spool,
    ledger: &Ledger,
    sink: &dyn Sink,
    consent: impl FnMut() -> Consent,
    clock: &dyn Clock,
    deadline: Duration,
) -> ShipReport {
    let state = ShipState::new(ShipPolicy::new(deadline));
    let mut run = Run { spool, ledger, sink, consent, clock, deadline, state, report: ShipReport::default() };
    let stopped = run.all();
    run.report.stopped_by = stopped.err();
    run.report.left = spool.read(Which::Pending).map_or(0, |contents| contents.records.len() as u64);
    run.report
}

struct Run<'a, F> {
    spool: &'a Spool,
    ledger: &'a Ledger,
    sink: &'a dyn Sink,
    consent: F,
    clock: &'a dyn Clock,
    deadline: Duration,
    state: ShipState,
    report: ShipReport,
}

impl<F: FnMut() -> Consent> Run<'_, F> {
    fn all(&mut self) -> Result<(), Stopped> {
        if !self.spool.state.exists() {
            return Ok(());
        }
        let _lock = self.lock()?;
        loop {
            let segments = self.spool.claim().map_err(|_| Stopped::Disk)?;
            if segments.is_empty() {
                return Ok(());
            }
            for segment in segments {
                self.segment(&segment)?;
            }
        }
    }

    /// The lock that a crash frees.
    fn lock(&self) -> Result<File, Stopped> {
        let path = self.spool.state.join("ship.lock");
        let file = private_options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|_| Stopped::Disk)?;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(_)) => return Err(Stopped::Disk),
                Err(TryLockError::WouldBlock) if self.clock.elapsed() >= self.deadline => {
                    return Err(Stopped::AnotherShips);
                }
                Err(TryLockError::WouldBlock) => self.clock.sleep(LOCK_POLL),
            }
        }
    }

    fn segment(&mut self, path: &Path) -> Result<(), Stopped> {
        let Contents { mut records, damaged_bytes, .. } = match std::fs::read(path) {
            Ok(bytes) => parse(path, &bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(_) => return Err(Stopped::Disk),
        };
        if !damaged_bytes.is_empty() {
            self.spool.set_aside(&damaged_bytes).map_err(|_| Stopped::Disk)?;
            rewrite(path, &records)?;
            self.report.damaged += damaged_bytes.len() as u64;
            self.lose(LossReason::Torn, damaged_bytes.len());
        }
        self.drop_expired(path, &mut records)?;
        while !records.is_empty() {
            match self.state.next(self.clock.elapsed()) {
                Step::Done(stopped) => return Err(stopped),
                Step::Wait(duration) => self.clock.sleep(duration),
                Step::Send { at_most } => {
                    let settled = self.send(&records, at_most)?;
                    if settled > 0 {
                        records.drain(..settled);
                        rewrite(path, &records)?;
                    }
                }
            }
        }
        rewrite(path, &records)
    }

    fn drop_expired(&mut self, path: &Path, records: &mut Vec<Record>) -> Result<(), Stopped> {
        let (now, max_age) = (self.clock.unix_ms(), self.spool.limits.max_age_ms);
        let before = records.len();
        // A time in the future is a clock that jumped, not an old event.
        records.retain(|record| now.saturating_sub(record.event_id().unix_ms()) <= max_age);
        let expired = before - records.len();
        if expired > 0 {
            rewrite(path, records)?;
            self.report.expired += expired as u64;
            self.lose(LossReason::Expired, expired);
        }
        Ok(())
    }

    /// Sends the first records, and says how many of them are settled.
    fn send(&mut self, records: &[Record], at_most: usize) -> Result<usize, Stopped> {
        let mut bytes = 0;
        let fits = |record: &&Record| {
            bytes += record.line().len() + 1;
            bytes <= ShipPolicy::new(self.deadline).max_batch_bytes
        };
        // One record always fits: the spool's bound on a record is below the batch's.
        let count = records.iter().take(at_most).take_while(fits).count().max(1);
        let batch_records = records.get(..count).unwrap_or(records);
        let losses = self.spool.losses();
        let id = BatchId::new(self.clock.unix_ms(), &self.clock.random());
        let batch = SealedBatch::seal(id, batch_records, &losses).map_err(|_| Stopped::Disk)?;

        let consent = (self.consent)();
        let Some(permit) = consent.sending() else {
            if consent.mode() == Mode::Off {
                // What the user took back is not kept for a later yes.
                let _ = self.spool.purge();
            }
            self.apply(&Outcome::Closed);
            return Ok(0);
        };
        match self.sink.send(&batch, permit) {
            Ok(receipt) => {
                // The ledger first: an event that was sent and is in neither would be one nobody can show.
                self.ledger.keep(&batch, &receipt, self.clock.unix_ms()).map_err(|_| Stopped::Disk)?;
                self.spool.losses_told(&losses);
                self.settle(batch_records, &receipt)?;
                self.apply(&Outcome::Settled);
                Ok(count)
            }
            Err(SendError::TooLarge) if count == 1 => {
                self.set_aside(batch_records.iter())?;
                self.lose(LossReason::TooLarge, 1);
                self.apply(&Outcome::Settled);
                Ok(1)
            }
            Err(error) => {
                self.apply(&outcome(&error, count));
                Ok(0)
            }
        }
    }

    fn settle(&mut self, records: &[Record], receipt: &Receipt) -> Result<(), Stopped> {
        self.report.sent += receipt.accepted;
        self.report.duplicates += receipt.duplicates;
        self.report.refused += receipt.refused.len() as u64;
        if !receipt.refused.is_empty() {
            let at = |index: u64| usize::try_from(index).ok().and_then(|index| records.get(index));
            self.set_aside(receipt.refused.iter().filter_map(|refusal| at(refusal.index)))?;
            self.lose(LossReason::Refused, receipt.refused.len());
        }
        Ok(())
    }

    fn set_aside<'r>(&self, records: impl Iterator<Item = &'r Record>) -> Result<(), Stopped> {
        let lines: Vec<Vec<u8>> = records.map(|record| record.line().as_bytes().to_vec()).collect();
        self.spool.set_aside(&lines).map_err(|_| Stopped::Disk)
    }

    fn lose(&self, reason: LossReason, count: usize) {
        self.spool.note_losses(&[Loss { reason, count: count as u64 }]);
    }

    fn apply(&mut self, outcome: &Outcome) {
        let [a, b, ..] = self.clock.random();
        self.state.apply(outcome, self.clock.elapsed(), u16::from_be_bytes([a, b]));
    }
}

/// Puts what is left of a segment in its place, or deletes it.
fn rewrite(path: &Path, records: &[Record]) -> Result<(), Stopped> {
    // A purge meanwhile took the segment away: what is gone stays gone.
    if !path.exists() {
        return Ok(());
    }
    let result = if records.is_empty() {
        std::fs::remove_file(path)
    } else {
        let lines: String = records.iter().flat_map(|record| [record.line(), "\n"]).collect();
        write_private(path, lines.as_bytes())
    };
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Stopped::Disk),
        _ => Ok(()),
    }
}

fn outcome(error: &SendError, events: usize) -> Outcome {
    match error {
        SendError::Unreachable | SendError::Timeout => Outcome::Failed { retry_after: None },
        SendError::Busy { retry_after, .. } => Outcome::Failed { retry_after: *retry_after },
        SendError::TooLarge => Outcome::TooLarge { events },
        SendError::Refused { .. } | SendError::NotAReceipt | SendError::Write { .. } => Outcome::Hopeless,
    }
}
