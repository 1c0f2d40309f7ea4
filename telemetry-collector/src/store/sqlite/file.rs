//! The file itself: made for its owner alone, and known for ours before anything is written to it.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::Path;

use rusqlite::{ErrorCode, OpenFlags};

use super::migrate::{self, Kind};
use super::{StoreError, connect, failure};

/// What to do where there is no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    Create,
    Refuse,
}

/// Sees to it that the file exists and is a store, without a change to one that is not.
pub(super) fn prepare(path: &Path, missing: Missing) -> Result<(), StoreError> {
    let open = |source| StoreError::Open { path: path.to_owned(), source };
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => {
            return Err(StoreError::NotAStore { path: path.to_owned(), found: "a directory" });
        }
        // SQLite takes an empty file for a new database; so do we.
        Ok(metadata) if metadata.len() == 0 => return Ok(()),
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound && missing == Missing::Create => {
            return create(path).map_err(open);
        }
        Err(error) => return Err(open(error)),
    }
    // Looked at through SQLite, not by reading the bytes: closing a file of our own would drop the locks that another
    // store of this process holds on it (sqlite.org/howtocorrupt.html, 2.2).
    let seen = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).and_then(|file| migrate::kind(&file));
    let found = match seen {
        Ok(Kind::Ours) => return Ok(()),
        Ok(Kind::Newer(found)) => {
            return Err(StoreError::Newer { path: path.to_owned(), found, known: migrate::latest() });
        }
        Ok(Kind::Foreign) => "another program's SQLite database",
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => "no SQLite database",
        Err(error) => return Err(failure("open", path, error)),
    };
    Err(StoreError::NotAStore { path: path.to_owned(), found })
}

fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    // SQLite gives its `-wal` and `-shm` files the rights of the file they belong to.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        // Another process was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made.map(drop),
    }
}
