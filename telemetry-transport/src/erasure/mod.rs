//! Erasure: what the user takes back after it was sent.
//!
//! Which installations' events went where is noted before they go. Asking turns that into one request for each place,
//! kept until the collector's receipt is in the ledger; who asked is told what cannot be asked. A request holds the
//! random numbers of installations and nothing else of the user.

mod installs;
mod run;

pub(crate) use installs::{InstallBook, installs_of};
pub use run::{EraseReport, erase};

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use telemetry_schema::{Erasure, ErasureId, InstallId, PROTOCOL_VERSION, Timestamp};

use crate::private::{files, read_private, remove_if_there, write_private};
use crate::{Clock, Endpoint, disk};

/// Requests that wait for their receipt.
const DIRECTORY: &str = "erasures";

/// The protocol's bound on the installations of one request.
const MAX_INSTALLS: usize = 64;

/// Above any request.
const MAX_FILE_BYTES: u64 = 16 * 1024;

/// A request that was not answered yet. Only [`Erasures::ask`] makes one, so nothing but a user's wish leads to the
/// collector here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PendingErasure {
    /// The endpoint that is asked.
    pub destination: String,
    /// What it is sent, as JSON.
    pub request: Erasure,
}

/// What became of asking.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// Requests that will be sent.
    pub requests: Vec<PendingErasure>,
    /// Endpoints that got events and have no way to be asked: another protocol than ours, or a file.
    pub cannot_be_asked: Vec<String>,
}

/// The requests of one state directory.
#[derive(Debug, Clone)]
pub struct Erasures {
    state: PathBuf,
}

impl Erasures {
    /// The requests in a state directory. Touches nothing.
    #[must_use]
    pub fn new(state: impl Into<PathBuf>) -> Self {
        Self { state: state.into() }
    }

    /// Whether a request waits, by one look that opens nothing. A doubt is no: the next one looks again.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        disk::is_there(&self.directory()).unwrap_or(false)
    }

    /// The requests that wait, oldest first. One that is damaged is left out.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub fn pending(&self) -> io::Result<Vec<PendingErasure>> {
        let mut pending = Vec::new();
        for path in files(&self.directory(), "json")? {
            match read_private(&path, MAX_FILE_BYTES) {
                Ok(bytes) => pending.extend(serde_json::from_slice::<PendingErasure>(&bytes).ok()),
                // Answered just now.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(pending)
    }

    /// Asks every collector that got events to erase them. To be called after the spool was purged, so that a shipper
    /// which holds events still either noted where they go before this, or finds them gone. Where nothing was sent since
    /// the last time, nothing is asked.
    ///
    /// # Errors
    ///
    /// What the file system says. Asking again makes up for it; a request that is made twice does no harm.
    pub fn ask(&self, clock: &dyn Clock) -> io::Result<Asked> {
        let book = InstallBook::new(&self.state);
        let mut asked = Asked::default();
        let Some(taken) = book.take()? else { return Ok(asked) };
        for (destination, installs) in taken.installs() {
            let takes_erasures = destination.parse::<Endpoint>().is_ok_and(|to| to.takes_erasures());
            if !takes_erasures {
                asked.cannot_be_asked.push(destination.to_owned());
                continue;
            }
            for some in installs.chunks(MAX_INSTALLS) {
                let pending = PendingErasure {
                    destination: destination.to_owned(),
                    request: request(some, clock).map_err(io::Error::other)?,
                };
                let path = self.path(pending.request.erasure_id);
                write_private(&path, &serde_json::to_vec(&pending)?)?;
                asked.requests.push(pending);
            }
        }
        taken.forget()?;
        Ok(asked)
    }

    /// A request was answered, and the answer is kept.
    fn settle(&self, id: ErasureId) -> io::Result<()> {
        remove_if_there(&self.path(id))?;
        // The directory says whether any waits; it stays where one does.
        let _ = disk::remove_dir(&self.directory());
        Ok(())
    }

    fn directory(&self) -> PathBuf {
        self.state.join(DIRECTORY)
    }

    fn path(&self, id: ErasureId) -> PathBuf {
        self.directory().join(format!("{id}.json"))
    }

    fn state(&self) -> &Path {
        &self.state
    }
}

fn request(installs: &[InstallId], clock: &dyn Clock) -> Result<Erasure, telemetry_schema::FieldError> {
    let now_ms = clock.unix_ms();
    let unix_us = i64::try_from(now_ms.saturating_mul(1000)).unwrap_or(i64::MAX);
    Ok(Erasure {
        protocol_version: PROTOCOL_VERSION,
        erasure_id: ErasureId::new(now_ms, &clock.random()),
        install_ids: installs.to_vec(),
        requested_at: Timestamp::new(unix_us, 0)?,
    })
}
