//! What lies in the ledger, by the names of its files: one look at the directory.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use telemetry_schema::{BatchId, ErasureId};

use crate::private::files;

pub(super) const RECEIPT: &str = ".receipt.json";
pub(super) const UNANSWERED: &str = ".unanswered.json";
pub(super) const ERASURE: &str = ".erasure.json";
const BODY: &str = ".json";

/// What a file's name ends in, and what that says.
type Ending = (&'static str, fn(&mut Parts));

const ENDINGS: [Ending; 3] = [
    (RECEIPT, |parts| parts.receipt = true),
    (UNANSWERED, |parts| parts.unanswered = true),
    (BODY, |parts| parts.body = true),
];

/// Both from the oldest.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) batches: BTreeMap<BatchId, Parts>,
    pub(super) erasures: Vec<ErasureId>,
}

/// Which files of a batch are there. A process that is killed leaves any of them alone.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Parts {
    body: bool,
    receipt: bool,
    pub(super) unanswered: bool,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Answered,
    /// It was sent, or was about to be at that moment.
    Unanswered,
    /// It was prepared and its request not made; or it was being forgotten. There is nothing to show.
    Unsent,
}

impl Parts {
    pub(super) fn fate(self) -> Fate {
        match (self.body, self.receipt, self.unanswered) {
            (true, true, _) => Fate::Answered,
            (true, false, true) => Fate::Unanswered,
            (true, false, false) | (false, ..) => Fate::Unsent,
        }
    }
}

impl Listing {
    /// Reads the names. A directory that is not there has none.
    pub(super) fn read(directory: &Path) -> io::Result<Self> {
        let mut listing = Self::default();
        for file in files(directory, "json")? {
            if let Some(name) = file.file_name().and_then(|name| name.to_str()) {
                listing.add(name);
            }
        }
        Ok(listing)
    }

    /// A name that is none of these is left alone.
    fn add(&mut self, name: &str) {
        if let Some(id) = name.strip_suffix(ERASURE) {
            self.erasures.extend(id.parse::<ErasureId>());
            return;
        }
        // The last is the ending of all of them.
        let Some((stem, note)) = ENDINGS.iter().find_map(|(end, note)| Some((name.strip_suffix(end)?, note)))
        else {
            return;
        };
        if let Ok(id) = stem.parse::<BatchId>() {
            note(self.batches.entry(id).or_default());
        }
    }
}
