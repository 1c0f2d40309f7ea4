//! Sending what an export holds on, from a machine that has a network.

use std::time::Duration;

use telemetry_redact::consent::Consent;
use telemetry_schema::Receipt;
use thiserror::Error;

use super::Export;
use crate::{Clock, Outcome, SealedBatch, SendError, ShipPolicy, ShipState, Sink, Step, Stopped};

/// An export that was not sent on, or not all of it. Doing it again is harmless: what arrived is recognised by the
/// identifiers of the events.
#[derive(Debug, Error)]
#[non_exhaustive]
#[error("{sent} of {batches} batches were sent: {stopped}. Do it again: what arrived is not stored twice")]
pub struct ForwardError {
    /// Batches that were answered for.
    pub sent: usize,
    /// Batches in the export.
    pub batches: usize,
    /// What ended it.
    pub stopped: Stopped,
    /// The last answer that was none, where there was one.
    pub source: Option<SendError>,
}

impl Export {
    /// Sends the batches on, as they are. `consent` is that of this machine, and is asked before each request.
    ///
    /// # Errors
    ///
    /// [`ForwardError`] where not all were answered for.
    pub fn forward(
        &self,
        sink: &dyn Sink,
        mut consent: impl FnMut() -> Consent,
        clock: &dyn Clock,
        deadline: Duration,
    ) -> Result<Vec<Receipt>, ForwardError> {
        let mut state = ShipState::new(ShipPolicy::new(deadline));
        let mut receipts = Vec::new();
        let mut last = None;
        while let Some(batch) = self.batches.get(receipts.len()) {
            match state.next(clock.elapsed()) {
                Step::Wait(duration) => clock.sleep(duration),
                Step::Done(stopped) => {
                    let (sent, batches) = (receipts.len(), self.batches.len());
                    return Err(ForwardError { sent, batches, stopped, source: last });
                }
                Step::Send { .. } => {
                    let within = deadline.saturating_sub(clock.elapsed());
                    let outcome = match send(batch, sink, &consent(), within) {
                        Ok(Some(receipt)) => {
                            receipts.push(receipt);
                            Outcome::Settled
                        }
                        Ok(None) => Outcome::Closed,
                        Err(error) => {
                            let outcome = outcome(&error);
                            last = Some(error);
                            outcome
                        }
                    };
                    let [a, b, ..] = clock.random();
                    state.apply(&outcome, clock.elapsed(), u16::from_be_bytes([a, b]));
                }
            }
        }
        Ok(receipts)
    }
}

/// One request; `None` without consent.
fn send(
    batch: &SealedBatch,
    sink: &dyn Sink,
    consent: &Consent,
    within: Duration,
) -> Result<Option<Receipt>, SendError> {
    let Some(permit) = consent.sending() else { return Ok(None) };
    let receipt = sink.send(batch, permit, within)?;
    if batch.is_answered_by(&receipt) { Ok(Some(receipt)) } else { Err(SendError::NotAReceipt) }
}

fn outcome(error: &SendError) -> Outcome {
    match error {
        SendError::Unreachable | SendError::Broken | SendError::Timeout => {
            Outcome::Failed { retry_after: None }
        }
        SendError::Busy { retry_after, .. } => Outcome::Failed { retry_after: *retry_after },
        SendError::Untrusted => Outcome::Untrusted,
        // A batch of an export is sealed: it is not made smaller.
        _ => Outcome::Hopeless,
    }
}
