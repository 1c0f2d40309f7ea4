//! Which installations' events went where: without it nobody could be asked to erase them once the ledger has let the
//! batches go.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use telemetry_schema::InstallId;

use crate::private::{read_private, remove_if_there, replace_private};
use crate::{Record, disk};

/// A new number comes every 30 days: forty years of one endpoint. Beyond it the oldest go.
const MAX_ENTRIES: usize = 512;

/// Above any book.
const MAX_FILE_BYTES: u64 = 256 * 1024;

const EXPORT: &str = "export:";

/// The book in one state directory.
#[derive(Debug)]
pub(crate) struct InstallBook {
    state: PathBuf,
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    destination: String,
    install_id: InstallId,
}

/// What a book held that was taken away. It stays on disk until it is forgotten.
#[derive(Debug)]
pub(super) struct Taken {
    path: PathBuf,
    entries: Vec<Entry>,
}

impl InstallBook {
    pub(crate) fn new(state: impl AsRef<Path>) -> Self {
        Self { state: state.as_ref().to_owned() }
    }

    /// Notes where events of these installations are about to go. Only a shipper does, under its lock.
    ///
    /// # Errors
    ///
    /// What the file system says; the events had better not go then.
    pub(crate) fn note(&self, destination: &str, installs: &[InstallId]) -> io::Result<()> {
        // Of an export the file's name says nothing: nobody can be asked, whichever it was.
        let destination = if destination.starts_with(EXPORT) { EXPORT } else { destination };
        let mut entries = read(&self.path())?;
        let known = entries.len();
        for install_id in installs {
            let entry = Entry { destination: destination.to_owned(), install_id: *install_id };
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        if entries.len() == known {
            return Ok(());
        }
        entries.drain(..entries.len().saturating_sub(MAX_ENTRIES));
        replace_private(&self.path(), &serde_json::to_vec(&entries)?)
    }

    /// Takes the book away, so that what a shipper notes from now on begins a new one; with what an earlier call took and
    /// was killed over. `None` where nothing was noted.
    pub(super) fn take(&self) -> io::Result<Option<Taken>> {
        let path = self.state.join("installs.taken.json");
        let mut entries = read(&path)?;
        let fresh = read(&self.path())?;
        if entries.is_empty() && fresh.is_empty() {
            return Ok(None);
        }
        if !entries.is_empty() {
            // Both in one before the older is overwritten.
            entries.extend(fresh.into_iter().filter(|entry| !entries.contains(entry)).collect::<Vec<_>>());
            replace_private(&self.path(), &serde_json::to_vec(&entries)?)?;
        }
        disk::rename(&self.path(), &path)?;
        // Read once more: a shipper may have added to it meanwhile.
        let entries = read(&path)?;
        Ok(Some(Taken { path, entries }))
    }

    fn path(&self) -> PathBuf {
        self.state.join("installs.json")
    }
}

impl Taken {
    /// The installations, by where their events went.
    pub(super) fn installs(&self) -> Vec<(&str, Vec<InstallId>)> {
        let mut places: Vec<(&str, Vec<InstallId>)> = Vec::new();
        for Entry { destination, install_id } in &self.entries {
            match places.iter_mut().find(|(place, _)| place == destination) {
                Some((_, installs)) => installs.push(*install_id),
                None => places.push((destination, vec![*install_id])),
            }
        }
        places
    }

    pub(super) fn forget(self) -> io::Result<()> {
        remove_if_there(&self.path)
    }
}

/// A book that is missing or damaged has nothing in it.
fn read(path: &Path) -> io::Result<Vec<Entry>> {
    match read_private(path, MAX_FILE_BYTES) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        // A link is not followed; it is replaced.
        Err(_) if disk::facts(path).is_ok_and(|facts| !facts.is_file()) => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The installations of these events, each once, but for the one that all CI runs share: nobody can speak for all of
/// them.
pub(crate) fn installs_of(records: &[Record]) -> Vec<InstallId> {
    #[derive(Deserialize)]
    struct Of {
        install_id: Option<InstallId>,
    }
    let mut installs = Vec::new();
    for record in records {
        let of: Option<Of> = serde_json::from_str(record.line()).ok();
        let Some(id) = of.and_then(|of| of.install_id).filter(|id| *id != InstallId::CI) else { continue };
        if !installs.contains(&id) {
            installs.push(id);
        }
    }
    installs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u8) -> InstallId {
        InstallId::new([number; 16])
    }

    #[test]
    fn a_book_knows_each_installation_once_for_each_place() {
        let dir = tempfile::tempdir().unwrap();
        let book = InstallBook::new(dir.path());
        assert!(book.take().unwrap().is_none());
        book.note("https://a.example.com", &[id(1), id(2)]).unwrap();
        book.note("https://a.example.com", &[id(2), id(3)]).unwrap();
        book.note("https://b.example.com", &[id(3)]).unwrap();
        book.note("export:/one", &[id(3)]).unwrap();
        book.note("export:/two", &[id(3)]).unwrap();
        let taken = book.take().unwrap().unwrap();
        let expected = vec![
            ("https://a.example.com", vec![id(1), id(2), id(3)]),
            ("https://b.example.com", vec![id(3)]),
            ("export:", vec![id(3)]),
        ];
        assert_eq!(taken.installs(), expected);
        taken.forget().unwrap();
        assert!(book.take().unwrap().is_none());
    }

    #[test]
    fn what_was_taken_and_not_forgotten_is_taken_again() {
        let dir = tempfile::tempdir().unwrap();
        let book = InstallBook::new(dir.path());
        book.note("https://a.example.com", &[id(1)]).unwrap();
        drop(book.take().unwrap());
        assert_eq!(book.take().unwrap().unwrap().installs(), [("https://a.example.com", vec![id(1)])]);
        book.note("https://a.example.com", &[id(1), id(2)]).unwrap();
        let taken = book.take().unwrap().unwrap();
        assert_eq!(taken.installs(), [("https://a.example.com", vec![id(1), id(2)])]);
    }

    #[test]
    fn the_oldest_go_where_there_are_too_many() {
        let dir = tempfile::tempdir().unwrap();
        let book = InstallBook::new(dir.path());
        let ids: Vec<InstallId> = (0..=u16::try_from(MAX_ENTRIES).unwrap())
            .map(|number| {
                let mut bytes = [0; 16];
                bytes[..2].copy_from_slice(&number.to_be_bytes());
                InstallId::new(bytes)
            })
            .collect();
        book.note("https://a.example.com", &ids).unwrap();
        let taken = book.take().unwrap().unwrap();
        assert_eq!(taken.installs(), [("https://a.example.com", ids[1..].to_vec())]);
    }
}
