//! Claiming: a shipper takes segments away from the appenders, before it reads them.

use std::io;
use std::path::{Path, PathBuf};

use telemetry_schema::{Loss, LossReason};

use super::{ACTIVE, DAMAGED, LIMITED, SHIPPING, Spool, Which, bounds, losses, segment};
use crate::disk;
use crate::private::{Presence, check_dir, ready_dir, remove_if_there, replace_private, write_private};

/// What a claim got.
pub(crate) struct Claimed {
    /// Every segment that is claimed now, oldest first; some may be left from an earlier shipper.
    pub(crate) segments: Vec<PathBuf>,
    /// Whether nothing was left behind.
    pub(crate) all: Everything,
}

/// Whether a claim got the segment that is appended to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Everything {
    Claimed,
    /// Its lock could not be had within moments; another try will do.
    NotYet,
}

impl Spool {
    /// Takes every segment that may be sent away from the appenders. The caller is the only shipper.
    pub(crate) fn claim(&self, now_ms: u64) -> io::Result<Claimed> {
        let shipping = self.state.join(SHIPPING);
        let pending = self.state.join(Which::Pending.directory());
        let mut all = Everything::Claimed;
        if check_dir(&pending)? == Presence::There {
            for file in segment::segments(&pending).map_err(|error| error.source)? {
                ready_dir(&shipping)?;
                if segment::is_active(&file) {
                    all = self.claim_active(&file, &shipping.join(segment::new_name(now_ms)))?;
                } else {
                    // A segment with a name of its own does not grow any more, so no lock is needed.
                    let name = file.file_name().unwrap_or(ACTIVE.as_ref());
                    moved(disk::rename(&file, &shipping.join(name)))?;
                }
            }
        }
        bounds::tidy_claimed(self, now_ms);
        Ok(Claimed { segments: segment::segments(&shipping).map_err(|error| error.source)?, all })
    }

    /// Whether there is something to claim.
    pub(crate) fn has_pending(&self) -> bool {
        let pending = self.state.join(Which::Pending.directory());
        segment::segments(&pending).is_ok_and(|segments| !segments.is_empty())
    }

    fn claim_active(&self, active: &Path, to: &Path) -> io::Result<Everything> {
        let Some(_lock) = self.lock_exclusive() else { return Ok(Everything::NotYet) };
        moved(disk::rename(active, to)).map(|()| Everything::Claimed)
    }

    /// Counts losses that are to be told to the collector, before they happen.
    pub(crate) fn note_losses(&self, losses: &[Loss]) -> io::Result<()> {
        if losses.iter().any(|loss| loss.count > 0) { losses::add(&self.state, losses) } else { Ok(()) }
    }

    /// The losses that the collector does not know of.
    pub(crate) fn losses(&self) -> Vec<Loss> {
        losses::read(&self.state)
    }

    /// Forgets losses that the collector knows of now, or that did not happen. Where that fails they are told again.
    pub(crate) fn forget_losses(&self, told: &[Loss]) {
        if !told.is_empty() {
            let _ = losses::subtract(&self.state, told);
        }
    }

    /// Keeps in mind that the collector asks to wait. What goes for room or age from now on goes for that reason.
    pub(crate) fn note_limit(&self) {
        let _ = replace_private(&self.state.join(LIMITED), b"");
    }

    /// The collector takes events again.
    pub(crate) fn forget_limit(&self) {
        let _ = remove_if_there(&self.state.join(LIMITED));
    }

    /// Why an event goes that would go for this reason.
    pub(crate) fn reason(&self, otherwise: LossReason) -> LossReason {
        match disk::is_there(&self.state.join(LIMITED)) {
            Ok(true) => LossReason::RateLimited,
            Ok(false) | Err(_) => otherwise,
        }
    }

    /// Moves what could not be read or was refused aside. The copy is for whoever wants to look: where it cannot be
    /// written, nothing waits for it.
    pub(crate) fn set_aside(&self, raw: &[Vec<u8>], now_ms: u64) {
        let _ = write_private(&self.state.join(DAMAGED).join(segment::new_name(now_ms)), &raw.join(&b'\n'));
        bounds::tidy_damaged(self);
    }
}

/// That a file went away meanwhile, by an eviction or a purge, is fine.
fn moved(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
