//! Segments: files of records, one a line.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use telemetry_schema::{Event, EventId};

use super::{ACTIVE, SpoolError, SpoolLimits};
use crate::private::{files, read_private};

/// A record: an event as it is stored, shown and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    event_id: EventId,
    line: Box<str>,
}

impl Record {
    /// The event's JSON, byte for byte.
    #[must_use]
    pub fn line(&self) -> &str {
        &self.line
    }

    /// The event's identifier.
    #[must_use]
    pub fn event_id(&self) -> EventId {
        self.event_id
    }
}

/// A record that cannot be read. Where it is, never what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DamagedRecord {
    /// The segment.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for DamagedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} line {}: a damaged record is left out", self.path.display(), self.line)
    }
}

/// What a part of the spool holds.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Contents {
    /// The records that are whole.
    pub records: Vec<Record>,
    /// Those that are not.
    pub damaged: Vec<DamagedRecord>,
    /// Segments that cannot be read at all, such as one that is another user's.
    pub unreadable: Vec<SpoolError>,
    /// The bytes of those that are not, for moving them aside.
    pub(crate) damaged_bytes: Vec<Vec<u8>>,
}

impl Contents {
    /// What is left out, a sentence each: where it is, never what is in it.
    pub fn left_out(&self) -> impl Iterator<Item = String> {
        let unreadable = self.unreadable.iter().map(|error| format!("{error}: {}", error.source));
        self.damaged.iter().map(ToString::to_string).chain(unreadable)
    }

    pub(crate) fn extend(&mut self, other: Self) {
        let Self { records, damaged, unreadable, damaged_bytes } = other;
        self.records.extend(records);
        self.damaged.extend(damaged);
        self.unreadable.extend(unreadable);
        self.damaged_bytes.extend(damaged_bytes);
    }
}

/// Reads a segment. One that is far larger than a segment grows is read up to a bound, and what is beyond is damaged.
pub(crate) fn read_segment(path: &Path, limits: &SpoolLimits) -> io::Result<Contents> {
    // An active segment that nobody could close for a while is still below; a file of another size is no segment.
    let bound = limits.max_bytes.saturating_mul(2);
    let mut bytes = read_private(path, bound)?;
    if bytes.len() as u64 > bound {
        let last_whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        bytes.truncate(last_whole);
        // Stands for the rest, which is not read: it does not fit into memory, and is no event.
        bytes.extend(b"...");
    }
    Ok(parse(path, &bytes, limits.max_record_bytes))
}

/// Splits a segment into records. Whole ones are those that are an event and nothing else.
fn parse(path: &Path, bytes: &[u8], max_record_bytes: usize) -> Contents {
    let mut contents = Contents::default();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.is_empty() {
            continue;
        }
        let fits = line.len() <= max_record_bytes;
        let event = fits.then(|| serde_json::from_slice::<Event>(line).ok()).flatten();
        if let (Some(event), Ok(text)) = (event, std::str::from_utf8(line)) {
            contents.records.push(Record { event_id: event.event_id, line: text.into() });
        } else {
            contents.damaged.push(DamagedRecord { path: path.to_owned(), line: index + 1 });
            contents.damaged_bytes.push(line.to_vec());
        }
    }
    contents
}

/// The segments of a directory, oldest first, the active one last. A directory that is not there has none.
pub(crate) fn segments(directory: &Path) -> Result<Vec<PathBuf>, SpoolError> {
    let wrap = |source| SpoolError { path: directory.to_owned(), source };
    let mut files = files(directory, "ndjson").map_err(wrap)?;
    // By name they are sorted already.
    if let Some(active) = files.iter().position(|path| is_active(path)) {
        files[active..].rotate_left(1);
    }
    Ok(files)
}

pub(super) fn is_active(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == ACTIVE)
}

/// A name that no other segment has, and that sorts by time.
pub(super) fn new_name(unix_ms: u64) -> String {
    let bytes = uuid::Uuid::new_v4().into_bytes();
    // Without the bytes that hold the version and the variant.
    let random = std::array::from_fn(|index| if index < 6 { bytes[index] } else { bytes[index + 3] });
    format!("{}.ndjson", uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid())
}
