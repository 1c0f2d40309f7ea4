//! Every call on the file system that spool and ledger make, in one place.
//!
//! With the feature `faults`, each asks first whether a test wants it to fail; without, it is the call and no more.
//! A call that a signal interrupts is made again, here and so everywhere.

use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::platform::{self, Standing};

/// Makes a call of this name.
fn call<T>(name: &'static str, make: impl Fn() -> io::Result<T>) -> io::Result<T> {
    loop {
        #[cfg(feature = "faults")]
        let result = crate::faults::ask(name).and_then(|()| make());
        #[cfg(not(feature = "faults"))]
        let result = make();
        match result {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => break result,
        }
        // Only a test that makes calls fail wants to know which.
        let _ = name;
    }
}

/// What stands at a path. A link is a link, whatever it leads to.
pub(crate) fn facts(path: &Path) -> io::Result<Metadata> {
    call("facts", || fs::symlink_metadata(path))
}

/// As [`facts`], what matters of a directory.
pub(crate) fn standing(path: &Path) -> io::Result<Standing> {
    call("facts", || platform::standing(path))
}

/// What a path leads to, links followed.
#[cfg(unix)]
pub(crate) fn facts_behind(path: &Path) -> io::Result<Metadata> {
    call("facts_behind", || fs::metadata(path))
}

/// Whether anything stands at a path. That it cannot be told is an error, and no leave to take it for gone.
pub(crate) fn is_there(path: &Path) -> io::Result<bool> {
    match facts(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        facts => facts.map(|_| true),
    }
}

pub(crate) fn open(options: &OpenOptions, path: &Path) -> io::Result<File> {
    call("open", || options.open(path))
}

pub(crate) fn size(file: &File) -> io::Result<u64> {
    call("size", || file.metadata()).map(|facts| facts.len())
}

/// Reads an open file, at most this much of it.
pub(crate) fn read(file: &File, at_most: u64) -> io::Result<Vec<u8>> {
    call("read", || {
        let mut bytes = Vec::new();
        file.take(at_most).read_to_end(&mut bytes).map(|_| bytes)
    })
}

/// Writes once. How much of it was written.
pub(crate) fn write(file: &File, bytes: &[u8]) -> io::Result<usize> {
    #[cfg(feature = "faults")]
    let bytes = crate::faults::room(bytes);
    call("write", || {
        platform::has_room(file, bytes)?;
        let mut file = file;
        file.write(bytes)
    })
}

/// Writes until all of it is written.
pub(crate) fn write_all(file: &File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match write(file, bytes)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            written => bytes = &bytes[written..],
        }
    }
    Ok(())
}

pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    call("rename", || fs::rename(from, to))
}

pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    call("remove_file", || fs::remove_file(path))
}

pub(crate) fn remove_dir(path: &Path) -> io::Result<()> {
    call("remove_dir", || fs::remove_dir(path))
}

/// Removes a directory and what is in it; a link in it goes, and what it leads to stays.
pub(crate) fn remove_dir_all(path: &Path) -> io::Result<()> {
    call("remove_dir_all", || fs::remove_dir_all(path))
}

pub(crate) fn make_dir(builder: &fs::DirBuilder, path: &Path) -> io::Result<()> {
    call("make_dir", || builder.create(path))
}

/// What a directory holds: each path, and whether it is a plain file. The caller has looked that it is no link.
pub(crate) fn entries(directory: &Path) -> io::Result<Vec<(PathBuf, bool)>> {
    call("entries", || {
        fs::read_dir(directory)?
            .map(|entry| {
                entry.map(|entry| (entry.path(), entry.file_type().is_ok_and(|kind| kind.is_file())))
            })
            .collect()
    })
}

/// Takes a file's lock for this process alone, if nobody has it.
pub(crate) fn try_lock(file: &File) -> Result<(), TryLockError> {
    locked("lock", || file.try_lock())
}

/// Takes a file's lock together with others who take it so, if nobody has it alone.
pub(crate) fn try_lock_shared(file: &File) -> Result<(), TryLockError> {
    locked("lock_shared", || file.try_lock_shared())
}

fn locked(name: &'static str, take: impl Fn() -> Result<(), TryLockError>) -> Result<(), TryLockError> {
    let taken = call(name, || match take() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    });
    match taken {
        Ok(true) => Ok(()),
        Ok(false) => Err(TryLockError::WouldBlock),
        Err(error) => Err(TryLockError::Error(error)),
    }
}
