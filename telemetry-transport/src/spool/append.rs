//! Appending: what a command pays for.

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use telemetry_redact::Redacted;
use telemetry_schema::{Event, Loss, LossReason};

use super::{ACTIVE, AppendError, LOCK, Spool, Which, bounds, segment};
use crate::platform::private_options;
use crate::private::{open_lock, ready_dir, write_private};

/// How often the lock is tried. It is held for one rename, so more tries than this mean that its holder was stopped.
const TRIES: u32 = 64;

/// A write that failed, and what of the record is on disk.
struct Failed {
    path: PathBuf,
    source: io::Error,
    /// A part of the record was written: it will be found, and counted as torn then.
    torn: bool,
}

impl Spool {
    /// Keeps an event. Never waits for another process: an appender that does not get the lock at once writes a
    /// segment of its own.
    ///
    /// # Errors
    ///
    /// [`AppendError`]; the event is then lost, and counted where the directory can be written to.
    pub fn append(&self, event: &Redacted<Event>) -> Result<(), AppendError> {
        let json = serde_json::to_vec(event.get())?;
        let which = Which::from(event.reach());
        let directory = self.state.join(which.directory());
        for path in [&self.state, &directory] {
            ready_dir(path).map_err(|source| AppendError::Write { path: path.clone(), source })?;
        }
        if json.len() > self.limits.max_record_bytes {
            self.lose(which, LossReason::TooLarge);
            return Err(AppendError::TooLarge { bytes: json.len() });
        }
        // The line end before the record closes one that was torn, so that a torn record costs only itself.
        let line = [b"\n", json.as_slice(), b"\n"].concat();
        let now_ms = event.get().event_id.unix_ms();
        let size = self.write(&directory, &line, now_ms).map_err(|Failed { path, source, torn }| {
            if !torn {
                self.lose(which, LossReason::Unwritable);
            }
            AppendError::Write { path, source }
        })?;
        if size > self.limits.max_segment_bytes() {
            bounds::rotate(self, which, now_ms);
        }
        Ok(())
    }

    /// Writes a record, and gives the size of the segment that grows.
    fn write(&self, directory: &Path, line: &[u8], now_ms: u64) -> Result<u64, Failed> {
        let lock = lock(&self.state.join(LOCK), File::try_lock_shared);
        let failed = |path: &Path, source| Failed { path: path.to_owned(), source, torn: false };
        let Some(_shared) = lock.map_err(|source| failed(&self.state.join(LOCK), source))? else {
            let own = directory.join(segment::new_name(now_ms));
            return write_private(&own, line).map(|()| 0).map_err(|source| failed(&own, source));
        };
        let path = directory.join(ACTIVE);
        let mut options = private_options();
        options.append(true).create(true);
        let opened = options.open(&path).or_else(|error| match error.kind() {
            // A purge took the directory away since it was looked at.
            io::ErrorKind::NotFound => ready_dir(directory).and_then(|()| options.open(&path)),
            _ => Err(error),
        });
        let mut file = opened.map_err(|source| failed(&path, source))?;
        let written = loop {
            match file.write(line) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                written => break written.map_err(|source| failed(&path, source))?,
            }
        };
        if written < line.len() {
            // The disk is full. One byte is the line end before the record.
            let source = io::ErrorKind::StorageFull.into();
            return Err(Failed { path, source, torn: written > 1 });
        }
        // A size that is not known is asked for again by the next append.
        Ok(file.metadata().map_or(0, |facts| facts.len()))
    }

    /// Counts an event that is lost. What stays on this machine is not the collector's business, nor is its loss.
    fn lose(&self, which: Which, reason: LossReason) {
        if which == Which::Pending {
            self.note_losses(&[Loss { reason, count: 1 }]);
        }
    }
}

/// A lock, if it can be had within moments.
pub(super) fn lock(
    path: &Path,
    take: impl Fn(&File) -> Result<(), TryLockError>,
) -> io::Result<Option<File>> {
    let file = open_lock(path)?;
    for _ in 0..TRIES {
        match take(&file) {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) => std::thread::yield_now(),
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            // A file system without locks: each record is a segment of its own then.
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
    Ok(None)
}
