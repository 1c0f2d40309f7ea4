//! Keeping a spool within its bounds. Never on the path of an append that does not close a segment.

use std::fs;

use telemetry_schema::{Loss, LossReason};

use super::{ACTIVE, Spool, Which, parse, segment, segments};

/// How many segments the bound is spread over: the oldest of them goes when there is no room.
pub(super) const SEGMENTS: u64 = 4;

/// Closes the active segment and lets the oldest go where there are too many bytes. What fails is done next time.
pub(super) fn rotate(spool: &Spool, which: Which) {
    let Some(_lock) = spool.lock_exclusive() else { return };
    let directory = spool.state.join(which.directory());
    let active = directory.join(ACTIVE);
    let limit = spool.limits.max_bytes;
    // Another process may have closed it meanwhile.
    if fs::metadata(&active).is_ok_and(|facts| facts.len() > limit / SEGMENTS) {
        let _ = fs::rename(&active, directory.join(segment::new_name()));
    }
    let sized: Vec<_> = segments(&directory)
        .unwrap_or_default()
        .into_iter()
        .filter_map(|file| fs::metadata(&file).ok().map(|facts| (file, facts.len())))
        .collect();
    let mut bytes: u64 = sized.iter().map(|(_, size)| size).sum();
    let mut evicted = 0;
    for (file, size) in sized {
        if bytes <= limit {
            break;
        }
        let records = fs::read(&file).map_or(0, |content| parse(&file, &content).records.len() as u64);
        if fs::remove_file(&file).is_ok() {
            bytes -= size;
            evicted += records;
        }
    }
    // What stays on this machine is not the collector's business, and neither is its loss.
    if evicted > 0 && which == Which::Pending {
        spool.note_losses(&[Loss { reason: LossReason::Evicted, count: evicted }]);
    }
}
