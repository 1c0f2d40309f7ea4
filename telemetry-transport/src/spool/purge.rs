//! Purging: what was recorded and not sent goes away, also from under a shipper.
//!
//! Directories are renamed first and deleted then. So what is purged is gone at once for everybody, and a shipper that
//! still holds a segment's name cannot write it anew: its directory is not there any more.

use std::io;
use std::path::Path;

use super::{DAMAGED, PURGED, SENT, SHIP_LOCK, SHIPPING, Spool, Which, append, losses, segment};
use crate::Ledger;
use crate::disk;
use crate::private::{Presence, check_dir, ready_dir, remove_if_there};

/// Directories that hold events.
const KEPT: [&str; 4] = [Which::Pending.directory(), Which::Local.directory(), SHIPPING, DAMAGED];

impl Spool {
    /// Deletes what was recorded and not sent, and what is known of losses. How many records went.
    ///
    /// # Errors
    ///
    /// What the file system says; the rest is deleted all the same.
    pub fn purge(&self) -> io::Result<u64> {
        if check_dir(&self.state)? == Presence::Missing {
            return Ok(0);
        }
        let purged = self.state.join(PURGED);
        let mut gone = 0;
        let mut result = losses::forget(&self.state);
        for name in KEPT {
            let away = purged.join(uuid::Uuid::now_v7().to_string());
            match self.purge_directory(&self.state.join(name), &away) {
                // Copies of damaged and refused records are no records that waited.
                Ok(count) if name != DAMAGED => gone += count,
                Ok(_) => {}
                Err(error) => result = Err(error),
            }
        }
        match delete_all(&purged) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => result = Err(error),
            _ => {}
        }
        self.forget_limit();
        self.forget_unsent();
        result.map(|()| gone)
    }

    /// What a shipper that was killed had prepared, a copy of events that are gone now. What was on its way stays: it is to
    /// be shown. So nothing is taken from under a shipper that is at it.
    fn forget_unsent(&self) {
        if let Ok(Presence::There) = check_dir(&self.state.join(SENT))
            && let Ok(Some(_lock)) = append::lock(&self.state.join(SHIP_LOCK), disk::try_lock)
        {
            Ledger::new(&self.state).purge_unsent();
        }
    }

    fn purge_directory(&self, directory: &Path, away: &Path) -> io::Result<u64> {
        if check_dir(directory)? == Presence::Missing {
            return Ok(0);
        }
        if let Some(parent) = away.parent() {
            ready_dir(parent)?;
        }
        // Where a directory with open files cannot be renamed, on Windows, its files are deleted where they are.
        let directory = if disk::rename(directory, away).is_ok() { away } else { directory };
        let mut gone = 0;
        for file in segment::segments(directory).map_err(|error| error.source)? {
            let records = segment::read_segment(&file, &self.limits).map(|found| found.records.len() as u64);
            remove_if_there(&file)?;
            gone += records.unwrap_or(0);
        }
        Ok(gone)
    }
}

/// Deletes what was moved away, also what an earlier purge was killed over; another one may be at it now.
fn delete_all(purged: &Path) -> io::Result<()> {
    // What a link leads to is not ours to delete.
    if check_dir(purged)? == Presence::Missing {
        return Ok(());
    }
    let mut result = Ok(());
    for (away, _) in disk::entries(purged)? {
        match disk::remove_dir_all(&away) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => result = Err(error),
            _ => {}
        }
    }
    let _ = disk::remove_dir(purged);
    result
}
