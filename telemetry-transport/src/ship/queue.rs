//! What a shipper has claimed: the records in memory, each segment's rest on disk.

use std::collections::{HashSet, VecDeque};
use std::io;
use std::path::{Path, PathBuf};

use crate::disk;
use crate::private::{remove_if_there, replace_private};
use crate::spool::{Contents, SpoolLimits, read_segment};
use crate::{DamagedRecord, Record};

/// With more segments than this they are put together. Each shipper that sends nothing leaves one more, and a file for
/// every command of a week without a network would be slow to read.
const MAX_SEGMENTS: usize = 16;

/// Records to send, oldest first.
#[derive(Debug, Default)]
pub(super) struct Queue {
    segments: VecDeque<Segment>,
}

#[derive(Debug)]
struct Segment {
    path: PathBuf,
    records: VecDeque<Record>,
}

/// Records that are not in the queue, and are to be taken out of their segments.
#[derive(Debug, Default)]
pub(super) struct Unsendable {
    pub(super) damaged: Vec<DamagedRecord>,
    pub(super) damaged_bytes: Vec<Vec<u8>>,
    pub(super) expired: u64,
    /// Why a segment could not be read, if one could not.
    pub(super) unreadable: Option<io::Error>,
    /// Segments that hold any of them.
    touched: HashSet<PathBuf>,
}

impl Queue {
    /// Reads segments. Changes nothing yet; see [`Queue::take_out`].
    pub(super) fn load(paths: Vec<PathBuf>, limits: &SpoolLimits, now_ms: u64) -> (Self, Unsendable) {
        let mut queue = Self::default();
        let mut unsendable = Unsendable::default();
        let mut seen = HashSet::new();
        for path in paths {
            let contents = match read_segment(&path, limits) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                // It holds up no other. The next shipper tries again, until it is so old that it is evicted.
                Err(error) => {
                    unsendable.unreadable.get_or_insert(error);
                    continue;
                }
                Ok(contents) => contents,
            };
            let Contents { mut records, damaged, damaged_bytes, .. } = contents;
            let all = records.len();
            // A time in the future is a clock that jumped, not an old event.
            records.retain(|record| now_ms.saturating_sub(record.event_id().unix_ms()) <= limits.max_age_ms);
            unsendable.expired += (all - records.len()) as u64;
            // A shipper that was killed while it put segments together leaves records in two of them.
            records.retain(|record| seen.insert(record.event_id()));
            if records.len() < all || !damaged.is_empty() {
                unsendable.touched.insert(path.clone());
            }
            unsendable.damaged.extend(damaged);
            unsendable.damaged_bytes.extend(damaged_bytes);
            queue.segments.push_back(Segment { path, records: records.into() });
        }
        (queue, unsendable)
    }

    /// Takes records that are not to be sent out of their segments, once they are moved aside.
    pub(super) fn take_out(&mut self, unsendable: &Unsendable) -> io::Result<()> {
        for segment in self.segments.iter().filter(|segment| unsendable.touched.contains(&segment.path)) {
            segment.store()?;
        }
        self.segments.retain(|segment| {
            // An empty segment is deleted by now, or holds nothing but line ends.
            !segment.records.is_empty() || remove_if_there(&segment.path).is_err()
        });
        if self.segments.len() > MAX_SEGMENTS { self.put_together() } else { Ok(()) }
    }

    /// One segment of all of them. Records that are in two meanwhile are recognised by their identifiers.
    fn put_together(&mut self) -> io::Result<()> {
        // The first takes the place of the others, so it has to be there.
        self.forget_missing();
        let mut segments = std::mem::take(&mut self.segments).into_iter();
        let Some(mut first) = segments.next() else { return Ok(()) };
        let mut paths = Vec::new();
        for segment in segments {
            first.records.extend(segment.records);
            paths.push(segment.path);
        }
        first.store()?;
        paths.iter().try_for_each(|path| remove_if_there(path))?;
        self.segments.push_back(first);
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.segments.iter().all(|segment| segment.records.is_empty())
    }

    /// Drops the segments that a purge or an eviction took away. Whether there were any.
    pub(super) fn forget_missing(&mut self) -> bool {
        let before = self.segments.len();
        self.segments.retain(|segment| !matches!(disk::is_there(&segment.path), Ok(false)));
        self.segments.len() < before
    }

    /// The oldest records, of all segments: at least one where there is any.
    pub(super) fn first(&self, at_most: usize, max_bytes: usize) -> Vec<&Record> {
        let mut bytes = 0;
        let mut first: Vec<&Record> = Vec::new();
        for record in self.segments.iter().flat_map(|segment| &segment.records).take(at_most) {
            // With the comma after it.
            bytes += record.line().len() + 1;
            if bytes > max_bytes && !first.is_empty() {
                break;
            }
            first.push(record);
        }
        first
    }

    /// Forgets the oldest records, here and on disk.
    pub(super) fn settle(&mut self, mut count: usize) -> io::Result<()> {
        while count > 0 {
            let Some(segment) = self.segments.front_mut() else { return Ok(()) };
            let settled = count.min(segment.records.len());
            segment.records.drain(..settled);
            count -= settled;
            segment.store()?;
            if segment.records.is_empty() {
                self.segments.pop_front();
            }
        }
        Ok(())
    }
}

impl Segment {
    /// Puts what is left in the segment's place, or deletes it.
    fn store(&self) -> io::Result<()> {
        // What a purge took away stays away: it is looked for here, and the directory is gone where it was faster.
        if self.records.is_empty() || !disk::is_there(&self.path)? {
            return remove_if_there(&self.path);
        }
        let lines: String = self.records.iter().flat_map(|record| [record.line(), "\n"]).collect();
        match replace_private(&self.path, lines.as_bytes()) {
            Err(error)
                if error.kind() == io::ErrorKind::NotFound && !disk::is_there(directory_of(&self.path))? =>
            {
                Ok(())
            }
            stored => stored,
        }
    }
}

fn directory_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
