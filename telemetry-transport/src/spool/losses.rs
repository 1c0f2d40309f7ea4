//! How many events were lost, by reason, until the collector knows.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use telemetry_schema::{Loss, LossReason};

use crate::disk;
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
    counts(state).unwrap_or_default().into_iter().map(|(reason, count)| Loss { reason, count }).collect()
}

/// Counts losses. Where that fails they had better not happen.
pub(super) fn add(state: &Path, losses: &[Loss]) -> io::Result<()> {
    change(state, |counts| {
        for Loss { reason, count } in losses {
            let known = counts.entry(*reason).or_default();
            *known = known.saturating_add(*count);
        }
    })
}

pub(super) fn subtract(state: &Path, told: &[Loss]) -> io::Result<()> {
    change(state, |counts| {
        for Loss { reason, count } in told {
            if let Some(known) = counts.get_mut(reason) {
                *known = known.saturating_sub(*count);
            }
        }
    })
}

pub(super) fn forget(state: &Path) -> io::Result<()> {
    remove_if_there(&file(state))
}

fn counts(state: &Path) -> io::Result<Counts> {
    let file = file(state);
    match read_private(&file, MAX_BYTES) {
        // Counts that are damaged are gone, and no reason to keep none from now on.
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Counts::new()),
        // A link is not followed; it is replaced.
        Err(_) if disk::facts(&file).is_ok_and(|facts| !facts.is_file()) => Ok(Counts::new()),
        Err(error) => Err(error),
    }
}

/// Changes the counts under a lock of their own. Where something else stands in the place of the counts or of their
/// lock, there is nowhere to count, and nothing waits until there is.
fn change(state: &Path, change: impl Fn(&mut Counts)) -> io::Result<()> {
    let changed = (|| {
        let _lock = lock(state)?;
        let mut counts = counts(state)?;
        change(&mut counts);
        counts.retain(|_, count| *count > 0);
        replace_private(&file(state), &serde_json::to_vec(&counts)?)
    })();
    changed.or_else(|error| {
        let in_the_way = |path: PathBuf| disk::facts(&path).is_ok_and(|facts| !facts.is_file());
        if in_the_way(file(state)) || in_the_way(lock_file(state)) { Ok(()) } else { Err(error) }
    })
}

fn lock_file(state: &Path) -> PathBuf {
    state.join("losses.lock")
}

fn lock(state: &Path) -> io::Result<File> {
    let file = open_lock(&lock_file(state))?;
    for _ in 0..TRIES {
        match disk::try_lock(&file) {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(io::ErrorKind::WouldBlock.into())
}
