//! A receipt where nobody on the other side gives one.

use telemetry_schema::{Receipt, Timestamp};

use super::{SealedBatch, SendError};

/// For the ledger, and for whoever counts: all was taken but this many, of which it is not known which they are.
pub(super) fn made_here(batch: &SealedBatch, refused: u64) -> Result<Receipt, SendError> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let unix_us = i64::try_from(now.as_micros()).unwrap_or(i64::MAX);
    let received_at = Timestamp::new(unix_us, 0).map_err(|_| SendError::NotAReceipt)?;
    let refused_unnamed = refused.min(batch.events() as u64);
    Ok(Receipt {
        batch_id: batch.id(),
        received_at,
        accepted: batch.events() as u64 - refused_unnamed,
        duplicates: 0,
        refused: Vec::new(),
        refused_unnamed,
    })
}
