//! Where a command is, as `execvp` would look for it.

use std::path::{Path, PathBuf};

/// The file that a command's name leads to.
pub(super) fn find(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.is_file().then(|| program.to_owned());
    }
    let directories = std::env::var_os("PATH")?;
    let files = std::env::split_paths(&directories).map(|directory| directory.join(program));
    files.map(|file| with_suffix(&file)).find(|file| file.is_file())
}

fn with_suffix(file: &Path) -> PathBuf {
    let suffix = std::env::consts::EXE_EXTENSION;
    if suffix.is_empty() || file.extension().is_some() {
        file.to_owned()
    } else {
        file.with_extension(suffix)
    }
}
