//! Taking back: what waits goes, and where events went, their collector is asked to erase them.

use std::io;
use std::time::Duration;

use serde::Serialize;
use telemetry_redact::consent::{Consent, Mode, SourceKind};
use telemetry_transport::{Asked, EraseReport, Erasures, Fill, HttpOptions, SystemClock, erase};

use crate::Client;
use crate::installation::Installation;

/// What was deleted, and who is asked to delete more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Purged {
    /// Events that were not sent.
    pub events: u64,
    /// Whether there was an install id, which went with them.
    pub install_id: bool,
    /// Copies of batches that were sent, where they were to go.
    pub sent_batches: Option<u64>,
    /// Endpoints that will be asked to erase what they got.
    pub asks: Vec<String>,
    /// Endpoints that got events and have no way to be asked.
    pub cannot_be_asked: Vec<String>,
}

impl Client {
    /// Forgets what was recorded and not sent, and the install id: what is recorded later is another installation's. Where
    /// events were sent, leaves a request to erase them, which is sent by [`Client::erase_pending`].
    ///
    /// # Errors
    ///
    /// What the file system says; the rest is done all the same. In a directory of another user nothing is.
    pub fn purge(&self) -> io::Result<Purged> {
        let (Some(dir), Some(spool), Some(erasures)) = (&self.state_dir, self.spool(), self.erasures())
        else {
            return Ok(Purged::default());
        };
        self.check_state_dir()?;
        // In this order: who is asked is read once nothing can leave any more that is not noted.
        let events = spool.purge();
        let asked = erasures.ask(&SystemClock::new());
        let forgotten = Installation::forget(dir);
        let Asked { requests, cannot_be_asked, .. } = asked?;
        let mut asks: Vec<String> = requests.into_iter().map(|pending| pending.destination).collect();
        asks.dedup();
        let events = events?;
        Ok(Purged { events, install_id: forgotten?, sent_batches: None, asks, cannot_be_asked })
    }

    /// Refuses a state directory of somebody else, as root finds one with `sudo` and the user's `HOME`: a half of what is
    /// there would be gone before anything of it is looked at.
    pub(crate) fn check_state_dir(&self) -> io::Result<()> {
        let Some(dir) = &self.state_dir else { return Ok(()) };
        telemetry_transport::check_private(dir).map_err(|error| {
            let dir = dir.display();
            let what = match error.kind() {
                io::ErrorKind::PermissionDenied => {
                    format!("{dir}: {error}; run this as that user, such as with sudo -u USER")
                }
                _ => format!("{dir}: {error}"),
            };
            io::Error::new(error.kind(), what)
        })
    }

    /// Requests to erase. Making the value touches nothing.
    #[must_use]
    pub fn erasures(&self) -> Option<Erasures> {
        self.state_dir.as_ref().map(Erasures::new)
    }

    /// Sends requests to erase that wait, whatever consent says: they are the user's own wish. Back by the deadline.
    #[must_use]
    pub fn erase_pending(&self, deadline: Duration) -> EraseReport {
        match (self.erasures(), self.ledger()) {
            (Some(erasures), Some(ledger)) => {
                let options = HttpOptions::from_environment();
                erase(&erasures, &ledger, &options, &SystemClock::new(), deadline)
            }
            _ => EraseReport::default(),
        }
    }

    /// Starts this program anew, with these arguments, to ask once more what the user's setting took back and nobody has
    /// answered yet, at most every ten minutes. Looks at one name in the state directory, and only where the setting is
    /// what turned telemetry off: a variable or a file of somebody else's is nobody's wish to erase.
    pub fn keep_asking(&self, consent: &Consent, arguments: &[&str]) {
        let off_by_setting = consent.mode() == Mode::Off && consent.decided_by() == SourceKind::Setting;
        if off_by_setting && self.erasures().is_some_and(|erasures| erasures.is_pending()) {
            self.start_helper(arguments, Fill::Little);
        }
    }

    /// Starts this program anew, with these arguments, to ask at once, where there is something to ask.
    pub fn ask_now(&self, purged: &Purged, arguments: &[&str]) {
        if !purged.asks.is_empty() {
            // At once, as for a spool that fills.
            self.start_helper(arguments, Fill::Quarter);
        }
    }
}
