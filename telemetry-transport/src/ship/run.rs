//! The loop: asks the policy, asks for consent, sends, and keeps the books.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Duration;

use telemetry_redact::consent::{Consent, Mode};
use telemetry_schema::{BatchId, InstallId, Loss, LossReason, Receipt};

use super::queue::Queue;
use super::{Clock, LOCK_POLL, Outcome, ShipPolicy, ShipState, Step, Stopped};
use crate::erasure::{InstallBook, installs_of};
use crate::ledger::Unanswered;
use crate::private::{Presence, check_dir};
use crate::spool::{Claimed, Everything};
use crate::{Ledger, LossCounts, Record, SealedBatch, SendError, Sink, Spool, Takes, Which};

/// How long a shipper that has sent all it claimed waits before it claims what came meanwhile, twice as long each time:
/// so many commands at once leave in few requests, and a helper of ten seconds makes some eight.
const GATHER: Duration = Duration::from_millis(250);
const MAX_GATHER: Duration = Duration::from_secs(2);

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
    let Takes { max_batch_events, losses: loss_counts } = sink.takes();
    let mut policy = ShipPolicy::new(deadline);
    policy.max_batch_events = policy.max_batch_events.min(max_batch_events);
    let state = ShipState::new(policy);
    let mut run = Run {
        spool,
        ledger,
        sink,
        consent,
        clock,
        policy,
        loss_counts,
        state,
        queue: Queue::default(),
        unanswered: None,
        sealed: None,
        noted: HashSet::new(),
        report: ShipReport::default(),
    };
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
    policy: ShipPolicy,
    loss_counts: LossCounts,
    state: ShipState,
    queue: Queue,
    /// What an earlier shipper got no answer for.
    unanswered: Option<Unanswered>,
    sealed: Option<Sealed>,
    /// Installations of which it is known that their events go here.
    noted: HashSet<InstallId>,
    report: ShipReport,
}

/// A batch that goes out with the same bytes until it is answered, so that a collector which got it the first time
/// knows it again, and counts its losses once.
struct Sealed {
    batch: SealedBatch,
    records: Vec<Record>,
    losses: Vec<Loss>,
    arrival: Arrival,
}

/// Whether a batch is somewhere else too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arrival {
    /// Nothing of it left, or whoever was asked said no.
    RuledOut,
    /// Whoever was asked may have it: it is not withdrawn.
    Possible,
}

impl<F: FnMut() -> Consent> Run<'_, F> {
    fn all(&mut self) -> Result<(), Stopped> {
        match check_dir(&self.spool.state) {
            Ok(Presence::There) => {}
            Ok(Presence::Missing) => return Ok(()),
            Err(_) => return Err(Stopped::Disk),
        }
        let _lock = super::lock(&self.spool.state, self.clock, self.policy.deadline)?;
        self.unanswered = self.ledger.take_up(&self.sink.destination(), self.clock.unix_ms());
        let stopped = self.until_empty();
        self.unseal();
        stopped
    }

    fn until_empty(&mut self) -> Result<(), Stopped> {
        let mut gather = GATHER;
        loop {
            let Claimed { segments, all } =
                self.spool.claim(self.clock.unix_ms()).map_err(|_| Stopped::Disk)?;
            self.load(segments)?;
            if self.queue.is_empty() {
                match all {
                    Everything::Claimed => return Ok(()),
                    // Appenders come so fast that none of the moments between them was met.
                    Everything::NotYet if self.clock.elapsed() >= self.policy.deadline => {
                        return Err(Stopped::Deadline);
                    }
                    Everything::NotYet => self.clock.sleep(LOCK_POLL),
                }
            }
            while !self.queue.is_empty() {
                match self.state.next(self.clock.elapsed()) {
                    Step::Done(stopped) => return Err(stopped),
                    Step::Wait(duration) => self.clock.sleep(duration),
                    Step::Send { at_most } => self.send(at_most)?,
                }
            }
            if self.spool.has_pending() {
                self.clock.sleep(gather);
                gather = (gather * 2).min(MAX_GATHER);
            }
        }
    }

    fn load(&mut self, segments: Vec<PathBuf>) -> Result<(), Stopped> {
        let (mut queue, unsendable) = Queue::load(segments, &self.spool.limits, self.clock.unix_ms());
        if !unsendable.damaged_bytes.is_empty() {
            self.spool.set_aside(&unsendable.damaged_bytes, self.clock.unix_ms());
        }
        let damaged = unsendable.damaged.len() as u64;
        // Counted first: what is taken out and not counted would be nowhere.
        let torn = Loss { reason: LossReason::Torn, count: damaged };
        let expired = Loss { reason: self.spool.reason(LossReason::Expired), count: unsendable.expired };
        self.spool.note_losses(&[torn, expired]).map_err(|_| Stopped::Disk)?;
        queue.take_out(&unsendable).map_err(|_| Stopped::Disk)?;
        self.report.damaged += damaged;
        self.report.expired += unsendable.expired;
        self.queue = queue;
        if unsendable.unreadable.is_some() && self.queue.is_empty() {
            return Err(Stopped::Disk);
        }
        Ok(())
    }

    /// Makes one request, if consent is there.
    fn send(&mut self, at_most: usize) -> Result<(), Stopped> {
        let mut sealed = match self.sealed.take() {
            Some(sealed) => sealed,
            None => self.seal(at_most)?,
        };
        let consent = (self.consent)();
        let Some(permit) = consent.sending() else {
            self.withdraw(&sealed);
            if consent.mode() == Mode::Off {
                // What the user took back is not kept for a later yes.
                let _ = self.spool.purge();
            }
            self.apply(&Outcome::Closed);
            return Ok(());
        };
        // Noted before they go: what nobody could be asked to erase is not sent.
        self.note_installs(&sealed)?;
        if sealed.arrival == Arrival::RuledOut {
            let departed = self.ledger.depart(sealed.batch.id(), &self.sink.destination());
            departed.map_err(|_| Stopped::Disk)?;
        }
        // What a purge deleted meanwhile is not sent from memory. After the note: a purge deletes first, and asks for what
        // is noted then. So what goes out all the same is in its request.
        if self.queue.forget_missing() {
            self.withdraw(&sealed);
            return Ok(());
        }
        let within = self.policy.deadline.saturating_sub(self.clock.elapsed());
        let answer = self.sink.send(&sealed.batch, permit, within).and_then(|receipt| {
            if sealed.batch.is_answered_by(&receipt) { Ok(receipt) } else { Err(SendError::NotAReceipt) }
        });
        if answer.as_ref().is_err_and(SendError::may_have_arrived) {
            sealed.arrival = Arrival::Possible;
        }
        let Sealed { records, losses, .. } = &sealed;
        match answer {
            Ok(receipt) => {
                // The ledger first: an event that was sent and is in neither would be one nobody can show.
                let kept = self.ledger.keep(&receipt, self.sink.destination(), self.clock.unix_ms());
                kept.map_err(|_| Stopped::Disk)?;
                self.spool.forget_losses(losses);
                self.spool.forget_limit();
                self.settle(records, &receipt)
            }
            Err(error @ (SendError::TooLarge | SendError::Unacceptable { .. })) if records.len() == 1 => {
                self.withdraw(&sealed);
                let reason = match error {
                    SendError::TooLarge => LossReason::TooLarge,
                    _ => LossReason::Refused,
                };
                self.report.refused += u64::from(reason == LossReason::Refused);
                self.set_aside(records.iter(), reason)?;
                self.settled(1)
            }
            Err(error) => {
                if matches!(error, SendError::Busy { status: 429, .. }) {
                    self.spool.note_limit();
                }
                self.apply(&outcome(&error, records.len()));
                match error {
                    // The same events go out in other batches.
                    SendError::TooLarge | SendError::Unacceptable { .. } => self.withdraw(&sealed),
                    _ => self.sealed = Some(sealed),
                }
                Ok(())
            }
        }
    }

    /// A batch of the oldest records. Its bytes are in the ledger before they are anywhere else: what cannot be shown
    /// is not sent.
    fn seal(&mut self, at_most: usize) -> Result<Sealed, Stopped> {
        if let Some(sealed) = self.seal_again(at_most) {
            return Ok(sealed);
        }
        let records: Vec<Record> =
            self.queue.first(at_most, self.policy.max_batch_bytes).into_iter().cloned().collect();
        let losses = match self.loss_counts {
            LossCounts::Told => self.spool.losses(),
            LossCounts::Kept => Vec::new(),
        };
        let id = BatchId::new(self.clock.unix_ms(), &self.clock.random());
        let batch = SealedBatch::seal(id, &records, &losses).map_err(|_| Stopped::Disk)?;
        self.ledger.prepare(&batch).map_err(|_| Stopped::Disk)?;
        Ok(Sealed { batch, records, losses, arrival: Arrival::RuledOut })
    }

    /// The batch that an earlier shipper got no answer for, where all of it still waits: whoever has it knows it again, and
    /// the receipt is for what the ledger holds already.
    fn seal_again(&mut self, at_most: usize) -> Option<Sealed> {
        let Unanswered { batch_id, body, losses, events } = self.unanswered.take()?;
        let records: Vec<Record> = self.queue.first(events.len(), usize::MAX).into_iter().cloned().collect();
        let same = records.iter().map(Record::line).eq(events.iter().map(|event| event.get()));
        let batch = SealedBatch::sealed(batch_id, body, events.len());
        (same && events.len() <= at_most).then_some(Sealed {
            batch,
            records,
            losses,
            arrival: Arrival::Possible,
        })
    }

    fn note_installs(&mut self, sealed: &Sealed) -> Result<(), Stopped> {
        let mut installs = installs_of(&sealed.records);
        installs.retain(|id| !self.noted.contains(id));
        if !installs.is_empty() {
            let book = InstallBook::new(&self.spool.state);
            book.note(&self.sink.destination(), &installs).map_err(|_| Stopped::Disk)?;
            self.noted.extend(installs);
        }
        Ok(())
    }

    /// Lets go of a batch that was not answered; its events stay where they are. One that may have arrived is shown.
    fn withdraw(&self, sealed: &Sealed) {
        if sealed.arrival == Arrival::RuledOut {
            self.ledger.withdraw(sealed.batch.id());
        }
    }

    fn unseal(&mut self) {
        if let Some(sealed) = self.sealed.take() {
            self.withdraw(&sealed);
        }
    }

    fn settle(&mut self, records: &[Record], receipt: &Receipt) -> Result<(), Stopped> {
        self.report.sent += receipt.accepted;
        self.report.duplicates += receipt.duplicates;
        self.report.refused += receipt.refused.len() as u64 + receipt.refused_unnamed;
        // Which they are is not known, so there is nothing to set aside; and none is sent again, since the others would be
        // doubled.
        let unnamed = Loss { reason: LossReason::Refused, count: receipt.refused_unnamed };
        if unnamed.count > 0 {
            self.spool.note_losses(&[unnamed]).map_err(|_| Stopped::Disk)?;
        }
        let at = |index: u64| usize::try_from(index).ok().and_then(|index| records.get(index));
        let refused = receipt.refused.iter().filter_map(|refusal| at(refusal.index));
        self.set_aside(refused, LossReason::Refused)?;
        self.settled(records.len())
    }

    fn settled(&mut self, count: usize) -> Result<(), Stopped> {
        self.queue.settle(count).map_err(|_| Stopped::Disk)?;
        self.apply(&Outcome::Settled);
        Ok(())
    }

    fn set_aside<'r>(
        &self,
        records: impl Iterator<Item = &'r Record>,
        reason: LossReason,
    ) -> Result<(), Stopped> {
        let lines: Vec<Vec<u8>> = records.map(|record| record.line().as_bytes().to_vec()).collect();
        if lines.is_empty() {
            return Ok(());
        }
        self.spool.set_aside(&lines, self.clock.unix_ms());
        let loss = Loss { reason, count: lines.len() as u64 };
        self.spool.note_losses(&[loss]).map_err(|_| Stopped::Disk)
    }

    fn apply(&mut self, outcome: &Outcome) {
        let [a, b, ..] = self.clock.random();
        self.state.apply(outcome, self.clock.elapsed(), u16::from_be_bytes([a, b]));
    }
}

fn outcome(error: &SendError, events: usize) -> Outcome {
    match error {
        SendError::Unreachable | SendError::Broken | SendError::Timeout => {
            Outcome::Failed { retry_after: None }
        }
        SendError::Busy { retry_after, .. } => Outcome::Failed { retry_after: *retry_after },
        SendError::TooLarge => Outcome::TooLarge { events },
        SendError::Unacceptable { .. } => Outcome::Unacceptable { events },
        SendError::Refused { .. } | SendError::NotAReceipt | SendError::Unencodable => Outcome::Hopeless,
        SendError::Untrusted => Outcome::Untrusted,
        SendError::Write { .. } => Outcome::Unwritable,
    }
}
