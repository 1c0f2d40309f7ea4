//! How many events were lost, by reason, until the collector knows.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use telemetry_schema::{Loss, LossReason};

use crate::private::{open_lock, read_private, remove_if_there, replace_private};

/// How often the lock is tried. It is held while a small file is written; a count is not worth more.
const TRIES: u32 = 1000;

/// Far more than six counts take.
const MAX_BYTES: u64 = 4096;

type Counts = BTreeMap<LossReason, u64>;

fn file(state: &Path) -> PathBuf {
    state.join("losses.json")
}

pub(super) fn read(state: &Path) -> Vec<Loss> {
    counts(state).into_iter().map(|(reason, count)| Loss { reason, count }).collect()
}

pub(super) fn add(state: &Path, losses: &[Loss]) {
    change(state, |counts| {
        for Loss { reason, count } in losses {
            let known = counts.entry(*reason).or_default();
            *known = known.saturating_add(*count);
        }
    });
}

pub(super) fn subtract(state: &Path, told: &[Loss]) {
    change(state, |counts| {
        for Loss { reason, count } in told {
            if let Some(known) = counts.get_mut(reason) {
                *known = known.saturating_sub(*count);
            }
        }
    });
}

pub(super) fn forget(state: &Path) -> io::Result<()> {
    remove_if_there(&file(state))
}

fn counts(state: &Path) -> Counts {
    let read = read_private(&file(state), MAX_BYTES).ok();
    read.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Changes the counts under a lock of their own. A count that cannot be kept is lost itself: there is nowhere to say so.
fn change(state: &Path, change: impl FnOnce(&mut Counts)) {
    let Some(_lock) = lock(state) else { return };
    let mut counts = counts(state);
    change(&mut counts);
    counts.retain(|_, count| *count > 0);
    if let Ok(text) = serde_json::to_vec(&counts) {
        let _ = replace_private(&file(state), &text);
    }
}

fn lock(state: &Path) -> Option<File> {
    let file = open_lock(&state.join("losses.lock")).ok()?;
    for _ in 0..TRIES {
        match file.try_lock() {
            Ok(()) => return Some(file),
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            Err(TryLockError::Error(_)) => return None,
        }
    }
    None
}
