//! Files that are the owner's only.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::platform::{is_ours, make_private_dir, private_options};

/// Makes a directory for the owner only, and refuses one that is a link or somebody else's.
pub(crate) fn ready_dir(path: &Path) -> io::Result<()> {
    let facts = match fs::symlink_metadata(path) {
        Ok(facts) => facts,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            make_private_dir(path)?;
            fs::symlink_metadata(path)?
        }
        Err(error) => return Err(error),
    };
    if !facts.is_dir() {
        return Err(io::Error::new(io::ErrorKind::NotADirectory, "is not a directory"));
    }
    if !is_ours(&facts) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "belongs to another user"));
    }
    Ok(())
}

/// Writes a whole file that only the owner can read: a new one beside it first, then put in its place, so that
/// whoever reads sees the old content or the new. Makes the directory where it is missing.
///
/// # Errors
///
/// What the file system says; the file is then as it was.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let directory = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    ready_dir(directory)?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let beside = directory.join(format!(".{}-{number}.tmp", std::process::id()));
    let written = (|| {
        let mut file = private_options().write(true).create(true).truncate(true).open(&beside)?;
        file.write_all(content)?;
        fs::rename(&beside, path)
    })();
    if written.is_err() {
        // The first error is the one to report; a left-over temporary file does no harm.
        let _ = fs::remove_file(&beside);
    }
    written
}
