//! Segments: files of records, one a line.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use telemetry_schema::{Event, EventId};

use super::{ACTIVE, SpoolError};

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
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Contents {
    /// The records that are whole.
    pub records: Vec<Record>,
    /// Those that are not.
    pub damaged: Vec<DamagedRecord>,
    /// The bytes of those that are not, for moving them aside.
    pub(crate) damaged_bytes: Vec<Vec<u8>>,
}

impl Contents {
    pub(crate) fn extend(&mut self, other: Self) {
        let Self { records, damaged, damaged_bytes } = other;
        self.records.extend(records);
        self.damaged.extend(damaged);
        self.damaged_bytes.extend(damaged_bytes);
    }
}

/// Reads a segment. Whole records are those that are an event and nothing else.
pub(crate) fn parse(path: &Path, bytes: &[u8]) -> Contents {
    let mut contents = Contents::default();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.is_empty() {
            continue;
        }
        let event = serde_json::from_slice::<Event>(line).ok();
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
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(wrap(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry.map_err(wrap)?;
        let path = entry.path();
        // A link could lead out of the directory.
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && path.extension().is_some_and(|extension| extension == "ndjson") {
            files.push(path);
        }
    }
    files.sort_by_key(|path| (path.file_name().is_some_and(|name| name == ACTIVE), path.clone()));
    Ok(files)
}

/// A name that sorts by time.
pub(super) fn new_name() -> String {
    format!("{}.ndjson", uuid::Uuid::now_v7())
}
