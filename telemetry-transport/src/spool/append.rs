//! Appending: what a command pays for.

use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;

use telemetry_redact::Redacted;
use telemetry_schema::{Event, Loss, LossReason};

use super::{ACTIVE, AppendError, Spool, Which, bounds, segment};
use crate::platform::private_options;
use crate::private::{ready_dir, write_private};

/// How often the lock is tried. It is held for one rename, so more tries than this mean that its holder was stopped.
const TRIES: u32 = 64;

/// The file whose lock keeps appenders and claimers apart.
const LOCK: &str = "lock";

impl Spool {
    /// Keeps an event. Never waits for another process: an appender that does not get the lock at once writes a
    /// segment of its own.
    ///
    /// # Errors
    ///
    /// [`AppendError`]; the event is then lost.
    pub fn append(&self, event: &Redacted<Event>) -> Result<(), AppendError> {
        let json = serde_json::to_vec(event.get())?;
        if json.len() > self.limits.max_record_bytes {
            self.note_losses(&[Loss { reason: LossReason::TooLarge, count: 1 }]);
            return Err(AppendError::TooLarge { bytes: json.len() });
        }
        let which = Which::from(event.reach());
        let directory = self.state.join(which.directory());
        let wrap = |path: &Path| {
            let path = path.to_owned();
            move |source| AppendError::Write { path, source }
        };
        ready_dir(&self.state).map_err(wrap(&self.state))?;
        ready_dir(&directory).map_err(wrap(&directory))?;
        // The line end before the record closes one that was torn, so that a torn record costs only itself.
        let line = [b"\n", json.as_slice(), b"\n"].concat();
        let active = directory.join(ACTIVE);
        let shared = lock(&self.state, File::try_lock_shared).map_err(wrap(&self.state))?;
        let Some(shared) = shared else {
            let own = directory.join(segment::new_name());
            return write_private(&own, &line).map_err(wrap(&own));
        };
        let size = append_line(&active, &line).map_err(wrap(&active))?;
        drop(shared);
        if size > self.limits.max_bytes / bounds::SEGMENTS {
            bounds::rotate(self, which);
        }
        Ok(())
    }
}

/// Appends in one `write`, and gives the size of the file.
fn append_line(path: &Path, line: &[u8]) -> io::Result<u64> {
    let mut file = private_options().append(true).create(true).open(path)?;
    match file.write(line)? {
        length if length == line.len() => file.metadata().map(|facts| facts.len()),
        // The disk is full. What was written is a torn record, which readers leave out.
        _ => Err(io::ErrorKind::StorageFull.into()),
    }
}

/// The lock, if it can be had within moments.
pub(super) fn lock(
    state: &Path,
    take: impl Fn(&File) -> Result<(), TryLockError>,
) -> io::Result<Option<File>> {
    let file = match private_options().write(true).create(true).truncate(false).open(state.join(LOCK)) {
        Ok(file) => file,
        // Nothing was ever recorded.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
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
