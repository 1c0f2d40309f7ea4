//! Keeping a spool within its bounds. Never on the path of an append that does not close a segment.

use std::fs;
use std::path::Path;

use telemetry_schema::{Loss, LossReason};

use super::{ACTIVE, DAMAGED, SHIPPING, Spool, SpoolLimits, Which, segment};
use crate::private::{files, made_at_ms, read_private, sweep};

/// Closes the active segment and lets the oldest go where there are too many bytes. What fails is done next time.
pub(super) fn rotate(spool: &Spool, which: Which, now_ms: u64) {
    let directory = spool.state.join(which.directory());
    let active = directory.join(ACTIVE);
    let closed = directory.join(segment::new_name(now_ms));
    {
        let Some(_lock) = spool.lock_exclusive() else { return };
        // Another process may have closed it meanwhile.
        if fs::metadata(&active).is_ok_and(|facts| facts.len() > spool.limits.max_segment_bytes()) {
            let _ = fs::rename(&active, closed);
        }
    }
    let losses = evict(&directory, &spool.limits, now_ms);
    // What stays on this machine is not the collector's business, and neither is its loss.
    if which == Which::Pending {
        spool.note_losses(&losses);
    }
}

/// What a shipper does for the segments it has claimed, which appenders do not look at.
pub(super) fn tidy_claimed(spool: &Spool, now_ms: u64) {
    for which in [Which::Pending, Which::Local] {
        sweep(&spool.state.join(which.directory()), now_ms);
    }
    let shipping = spool.state.join(SHIPPING);
    sweep(&shipping, now_ms);
    spool.note_losses(&evict(&shipping, &spool.limits, now_ms));
}

/// Keeps what was moved aside small: it is there to be looked at, and nobody has to.
pub(super) fn tidy_damaged(spool: &Spool) {
    let mut room = spool.limits.max_segment_bytes();
    for file in files(&spool.state.join(DAMAGED), "ndjson").unwrap_or_default().into_iter().rev() {
        let size = fs::symlink_metadata(&file).map_or(0, |facts| facts.len());
        match room.checked_sub(size) {
            Some(rest) => room = rest,
            None => {
                let _ = fs::remove_file(file);
            }
        }
    }
}

/// Deletes the segments that were closed too long ago, and the oldest where there are too many bytes.
fn evict(directory: &Path, limits: &SpoolLimits, now_ms: u64) -> Vec<Loss> {
    let sized: Vec<_> = segment::segments(directory)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|file| fs::symlink_metadata(&file).ok().map(|facts| (file, facts.len())))
        .collect();
    let mut bytes: u64 = sized.iter().map(|(_, size)| size).sum();
    let mut losses = Vec::new();
    for (file, size) in sized.into_iter().filter(|(file, _)| !segment::is_active(file)) {
        // A time in the future is a clock that jumped, not an old segment.
        let expired = made_at_ms(&file).is_some_and(|made| now_ms.saturating_sub(made) > limits.max_age_ms);
        if !expired && bytes <= limits.max_bytes {
            continue;
        }
        // Lines, not events: this may be an append that closed a segment, and it does not parse thousands of them.
        let count = read_private(&file, limits.max_bytes).map_or(0, |bytes| lines(&bytes));
        // Of two processes that evict at once, the one that deletes counts.
        if fs::remove_file(&file).is_ok() {
            bytes -= size;
            let reason = if expired { LossReason::Expired } else { LossReason::Evicted };
            losses.push(Loss { reason, count });
        }
    }
    losses
}

fn lines(bytes: &[u8]) -> u64 {
    bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() as u64
}
