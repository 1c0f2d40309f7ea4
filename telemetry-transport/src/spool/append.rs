//! Appending: what a command pays for.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use telemetry_redact::Redacted;
use telemetry_schema::{Event, Loss, LossReason};

use super::{ACTIVE, AppendError, LOCK, Spool, Which, bounds, segment};
use crate::disk;
use crate::platform::private_options;
use crate::private::{ReadyDir, open_lock, ready_dir, write_private};

/// How often the lock is tried. It is held for one rename, so more tries than this mean that its holder was stopped.
const TRIES: u32 = 64;

/// Of so many records that are segments of their own, one has a look at the bounds.
const ALONE_BETWEEN_LOOKS: u8 = 64;

/// A write that failed, and what of the record is on disk.
struct Failed {
    path: PathBuf,
    source: io::Error,
    /// A part of the record was written: it will be found, and counted as torn then.
    torn: bool,
}

/// How much has come together, as far as an append sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// Less than a quarter of the bound in the segment that grows.
    Little,
    /// A quarter of the bound: the segment was closed, and it is time to ship, however long ago that was done.
    Quarter,
}

/// Where a record was put.
enum Kept {
    /// Into the segment that grows, which has this many bytes now.
    Together(u64),
    /// Into a segment of its own.
    Alone,
}

impl Spool {
    /// Keeps an event. Never waits for another process: an appender that does not get the lock at once, or finds
    /// something else where the segment that grows should be, writes a segment of its own.
    ///
    /// # Errors
    ///
    /// [`AppendError`]; the event is then lost, and counted where the directory can be written to.
    pub fn append(&self, event: &Redacted<Event>) -> Result<Fill, AppendError> {
        // Nothing is counted in a directory that is somebody else's.
        let state = ready_dir(&self.state)
            .map_err(|source| AppendError::Write { path: self.state.clone(), source })?;
        self.append_in(&state, event)
    }

    /// As [`Self::append`], for whoever has looked at the spool's state directory already: a command pays for each look.
    ///
    /// # Errors
    ///
    /// As there. Another directory than the spool's is looked at nonetheless.
    pub fn append_in(&self, state: &ReadyDir<'_>, event: &Redacted<Event>) -> Result<Fill, AppendError> {
        if state.path.as_os_str() != self.state.as_os_str() {
            return self.append(event);
        }
        let json = serde_json::to_vec(event.get())?;
        let which = Which::from(event.reach());
        let directory = self.state.join(which.directory());
        ready_dir(&directory).map_err(|source| {
            self.lose(which, LossReason::Unwritable);
            AppendError::Write { path: directory.clone(), source }
        })?;
        if json.len() > self.limits.max_record_bytes {
            self.lose(which, LossReason::TooLarge);
            return Err(AppendError::TooLarge { bytes: json.len() });
        }
        // The line end before the record closes one that was torn, so that a torn record costs only itself.
        let line = [b"\n", json.as_slice(), b"\n"].concat();
        let event_id = event.get().event_id;
        let now_ms = event_id.unix_ms();
        let kept = self.write(&directory, &line, now_ms).map_err(|Failed { path, source, torn }| {
            if !torn {
                self.lose(which, LossReason::Unwritable);
            }
            AppendError::Write { path, source }
        })?;
        match kept {
            Kept::Together(size) if size > self.limits.max_segment_bytes() => {
                bounds::rotate(self, which, now_ms);
                return Ok(Fill::Quarter);
            }
            // Nothing tells how many segments there are but counting them, so that is done now and then.
            Kept::Alone if event_id.to_bytes()[15].is_multiple_of(ALONE_BETWEEN_LOOKS) => {
                bounds::evict(self, &directory, which, now_ms);
            }
            Kept::Together(_) | Kept::Alone => {}
        }
        Ok(Fill::Little)
    }

    /// Writes a record.
    fn write(&self, directory: &Path, line: &[u8], now_ms: u64) -> Result<Kept, Failed> {
        // Whatever stands in the place of the lock or of the segment: a record of its own does not need it.
        let lock = lock(&self.state.join(LOCK), disk::try_lock_shared).ok().flatten();
        let path = directory.join(ACTIVE);
        let active = lock.and_then(|lock| open_active(directory, &path).ok().map(|file| (lock, file)));
        let Some((_shared, file)) = active else {
            return write_alone(directory, line, now_ms).map(|()| Kept::Alone);
        };
        let written = match disk::write(&file, line) {
            Ok(written) => written,
            Err(source) => return Err(Failed { path, source, torn: false }),
        };
        // Without the line end after it a record is whole; the next one begins with one.
        if written + 1 < line.len() {
            // The disk is full. One byte is the line end before the record.
            let source = io::ErrorKind::StorageFull.into();
            return Err(Failed { path, source, torn: written > 1 });
        }
        // A size that is not known is asked for again by the next append.
        Ok(Kept::Together(disk::size(&file).unwrap_or(0)))
    }

    /// Counts an event that is lost, where that can be done. What stays on this machine is not the collector's business,
    /// nor is its loss.
    fn lose(&self, which: Which, reason: LossReason) {
        if which == Which::Pending {
            let _ = self.note_losses(&[Loss { reason, count: 1 }]);
        }
    }
}

fn open_active(directory: &Path, path: &Path) -> io::Result<File> {
    let mut options = private_options();
    options.append(true).create(true);
    disk::open(&options, path).or_else(|error| match error.kind() {
        // A purge took the directory away since it was looked at.
        io::ErrorKind::NotFound => ready_dir(directory).and_then(|_| disk::open(&options, path)),
        _ => Err(error),
    })
}

fn write_alone(directory: &Path, line: &[u8], now_ms: u64) -> Result<(), Failed> {
    let path = directory.join(segment::new_name(now_ms));
    let written = write_private(&path, line).or_else(|error| match error.kind() {
        // As above.
        io::ErrorKind::NotFound => write_private(&path, line),
        _ => Err(error),
    });
    written.map_err(|source| Failed { path, source, torn: false })
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
            // A file system without locks: each record is a segment of its own then.
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
    Ok(None)
}
