//! Keeping a spool within its bounds. Never on the path of an append that does not close a segment.

use std::io;
use std::path::{Path, PathBuf};

use telemetry_schema::{Loss, LossReason};

use super::{ACTIVE, DAMAGED, SENT, SHIPPING, Spool, Which, segment};
use crate::disk;
use crate::platform::private_options;
use crate::private::{files, made_at_ms, sweep};

/// No event's JSON is shorter; see the test.
const MIN_RECORD_BYTES: u64 = 256;

/// Segments are counted in pieces of this size, and so many of them: a file beyond 64 MiB is none of ours.
const CHUNK_BYTES: u64 = 1024 * 1024;
const MAX_CHUNKS: usize = 64;

/// Closes the active segment and lets the oldest go where there are too many bytes. What fails is done next time.
pub(super) fn rotate(spool: &Spool, which: Which, now_ms: u64) {
    let directory = spool.state.join(which.directory());
    let active = directory.join(ACTIVE);
    let closed = directory.join(segment::new_name(now_ms));
    {
        let Some(_lock) = spool.lock_exclusive() else { return };
        // Another process may have closed it meanwhile.
        if disk::facts(&active).is_ok_and(|facts| facts.len() > spool.limits.max_segment_bytes()) {
            let _ = disk::rename(&active, &closed);
        }
    }
    evict(spool, &directory, which, now_ms);
}

/// What a shipper does for the segments it has claimed, which appenders do not look at.
pub(super) fn tidy_claimed(spool: &Spool, now_ms: u64) {
    for name in [Which::Pending.directory(), Which::Local.directory(), SHIPPING, DAMAGED, SENT, ""] {
        sweep(&spool.state.join(name), now_ms);
    }
    evict(spool, &spool.state.join(SHIPPING), Which::Pending, now_ms);
}

/// Keeps what was moved aside small: it is there to be looked at, and nobody has to.
pub(super) fn tidy_damaged(spool: &Spool) {
    let mut room = spool.limits.max_segment_bytes();
    for file in files(&spool.state.join(DAMAGED), "ndjson").unwrap_or_default().into_iter().rev() {
        let size = disk::facts(&file).map_or(0, |facts| facts.len());
        match room.checked_sub(size) {
            Some(rest) => room = rest,
            None => {
                let _ = disk::remove_file(&file);
            }
        }
    }
}

/// Deletes the segments that were closed too long ago, and the oldest where there is too much. An event that goes is
/// counted first: of a process that is killed between the two, the count may stay and the event too, but not neither.
pub(super) fn evict(spool: &Spool, directory: &Path, which: Which, now_ms: u64) {
    let limits = &spool.limits;
    let facts = |file: PathBuf| disk::facts(&file).ok().map(|facts| (file, facts.len()));
    let sized: Vec<_> =
        segment::segments(directory).unwrap_or_default().into_iter().filter_map(facts).collect();
    let mut bytes: u64 = sized.iter().map(|(_, size)| size).sum();
    let mut records = 0;
    // Segments are read only where they may hold too many.
    if bytes / MIN_RECORD_BYTES > limits.max_records {
        records = sized.iter().filter_map(|(file, _)| count(file).ok()).sum();
    }
    for (file, size) in sized.into_iter().filter(|(file, _)| !segment::is_active(file)) {
        // A time in the future is a clock that jumped, not an old segment.
        let age_ms = made_at_ms(&file).map_or(0, |made| now_ms.saturating_sub(made));
        let expired = age_ms > limits.max_age_ms;
        if !expired && bytes <= limits.max_bytes && records <= limits.max_records {
            continue;
        }
        let count = match count(&file) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            // The next look may be able to read it. One that nobody ever can still goes, and held one event at least.
            Err(_) if age_ms / 2 <= limits.max_age_ms => continue,
            Err(_) => 1,
        };
        let reason = spool.reason(if expired { LossReason::Expired } else { LossReason::Evicted });
        // What stays on this machine is not the collector's business, and neither is its loss.
        let losses: &[Loss] = if which == Which::Pending { &[Loss { reason, count }] } else { &[] };
        let counted = match spool.note_losses(losses) {
            // Another process counts at this moment. There will be another look.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            counted => counted.is_ok(),
        };
        // A disk that is full takes no count now, and no event either: what is there and what is claimed at once is twice
        // the bound. Where it grows all the same, the bound is worth more than the count.
        if !counted && bytes / 4 <= limits.max_bytes && records / 4 <= limits.max_records {
            return;
        }
        if disk::remove_file(&file).is_ok() {
            bytes -= size;
            records = records.saturating_sub(count);
        } else {
            // Another process evicted it too, or a shipper claimed it.
            spool.forget_losses(losses);
        }
    }
}

/// Lines, not events: this may be an append that closed a segment, and it does not parse thousands of them. A segment may
/// be larger than the bound, where nobody could close it for a while or a shipper put several together.
fn count(path: &Path) -> io::Result<u64> {
    let file = disk::open(private_options().read(true), path)?;
    let (mut lines, mut inside) = (0, false);
    for _ in 0..MAX_CHUNKS {
        let bytes = disk::read(&file, CHUNK_BYTES)?;
        if bytes.is_empty() {
            break;
        }
        for byte in bytes {
            let begins = byte != b'\n' && !inside;
            inside = byte != b'\n';
            lines += u64::from(begins);
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_event_is_shorter_than_a_record_is_taken_to_be() {
        let least = r#"{"schema_version":1,"event_id":"019e7044-87ff-7000-8000-000000000000","#;
        assert!(least.len() as u64 * 3 < MIN_RECORD_BYTES);
    }
}
