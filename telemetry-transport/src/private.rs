//! Files that are the owner's only.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::disk;
use crate::platform::{Standing, make_private_dir, private_options};

/// A temporary file this old belongs to a process that was killed: writing one takes milliseconds.
const LEFT_OVER_AFTER: Duration = Duration::from_secs(60 * 60);

/// Whether there is something to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    There,
    Missing,
}

/// Looks whether a directory is there. One that is a link or somebody else's is refused, so that nobody's files but
/// the user's own are read, sent or deleted.
pub(crate) fn check_dir(path: &Path) -> io::Result<Presence> {
    look(path).map(|found| if found.is_some() { Presence::There } else { Presence::Missing })
}

/// Refuses a directory that is a link or somebody else's, before anything is done in it. That it is not there is fine.
///
/// # Errors
///
/// What the file system says, or what the directory is instead.
pub fn check_private(path: &Path) -> io::Result<()> {
    check_dir(path).map(|_| ())
}

fn look(path: &Path) -> io::Result<Option<Standing>> {
    let standing = match disk::standing(path) {
        Ok(standing) => standing,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if !standing.is_dir {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "is not a directory"));
    }
    if !standing.is_ours {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "belongs to another user"));
    }
    Ok(Some(standing))
}

/// A directory for the owner only that was there a moment ago.
#[derive(Debug, Clone, Copy)]
pub struct ReadyDir<'a> {
    pub(crate) path: &'a Path,
    mount: Option<u64>,
}

impl ReadyDir<'_> {
    /// The number of the mount that it lies on: of two processes that have one directory by different mounts, as a
    /// container and the machine whose home is mounted into it, each sees another. `None` where the system does not say
    /// (statx(2): Linux before 5.8, and every other).
    #[must_use]
    pub fn mount(&self) -> Option<u64> {
        self.mount
    }
}

/// Makes a directory for the owner only, and refuses one that is a link or somebody else's.
///
/// # Errors
///
/// What the file system says, or what the directory is instead.
pub fn ready_dir(path: &Path) -> io::Result<ReadyDir<'_>> {
    let mut found = look(path)?;
    if found.is_none() {
        make_private_dir(path)?;
        // Somebody else may have been faster.
        found = look(path)?;
    }
    Ok(ReadyDir { path, mount: found.and_then(|standing| standing.mount) })
}

/// Opens a file that is there only to be locked.
pub(crate) fn open_lock(path: &Path) -> io::Result<File> {
    disk::open(private_options().write(true).create(true).truncate(false), path)
}

/// Takes the lock of a file for this process alone, until what it gives is dropped. Nothing where somebody has it. Where the
/// file system knows no locks, everybody gets it.
///
/// # Errors
///
/// What the file system says.
pub fn lock_private(path: &Path) -> io::Result<Option<File>> {
    let file = open_lock(path)?;
    match disk::try_lock(&file) {
        Err(TryLockError::WouldBlock) => Ok(None),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(Some(file)),
    }
}

/// Reads a file, at most this much of it: one byte more than the bound says that there is more.
pub(crate) fn read_private(path: &Path, bound: u64) -> io::Result<Vec<u8>> {
    disk::read(&disk::open(private_options().read(true), path)?, bound.saturating_add(1))
}

/// Writes a whole file that only the owner can read: a new one beside it first, then put in its place, so that
/// whoever reads sees the old content or the new. Makes the directory where it is missing.
///
/// # Errors
///
/// What the file system says; the file is then as it was.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    ready_dir(path.parent().ok_or(io::ErrorKind::InvalidInput)?)?;
    replace_private(path, content)
}

/// As [`write_private`], in a directory that has to be there: one that was purged meanwhile does not come back.
pub(crate) fn replace_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    // Not the process id: two containers that share a home have the same ones.
    let beside = directory.join(format!(".{}.tmp", uuid::Uuid::now_v7()));
    let written = (|| {
        let file = disk::open(private_options().write(true).create_new(true), &beside)?;
        disk::write_all(&file, content)?;
        disk::rename(&beside, path)
    })();
    if written.is_err() {
        // The first error is the one to report; what is left over is swept up later.
        let _ = disk::remove_file(&beside);
    }
    written
}

/// Deletes the temporary files of processes that were killed while they wrote one.
pub(crate) fn sweep(directory: &Path, now_ms: u64) {
    let left_over_ms = u64::try_from(LEFT_OVER_AFTER.as_millis()).unwrap_or(u64::MAX);
    for path in files(directory, "tmp").unwrap_or_default() {
        if made_at_ms(&path).is_some_and(|made_ms| now_ms.saturating_sub(made_ms) > left_over_ms) {
            let _ = disk::remove_file(&path);
        }
    }
}

/// When a file was made, by the UUID of version 7 that is its name.
pub(crate) fn made_at_ms(path: &Path) -> Option<u64> {
    let name = path.file_stem()?.to_str()?.trim_start_matches('.');
    let id: uuid::Uuid = name.parse().ok()?;
    (id.get_version_num() == 7).then(|| u64::try_from(id.as_u128() >> 80).unwrap_or(0))
}

/// Deletes a file. That it is gone already is fine.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match disk::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The files of a directory with this extension, by name. A directory that is not there has none; links and
/// everything else that is no plain file are left alone.
pub(crate) fn files(directory: &Path, extension: &str) -> io::Result<Vec<PathBuf>> {
    if check_dir(directory)? == Presence::Missing {
        return Ok(Vec::new());
    }
    let entries = match disk::entries(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let plain = entries.into_iter().filter_map(|(path, is_file)| is_file.then_some(path));
    let mut files: Vec<PathBuf> =
        plain.filter(|path| path.extension().is_some_and(|other| other == extension)).collect();
    files.sort_unstable();
    Ok(files)
}
