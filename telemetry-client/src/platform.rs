//! What differs between platforms, in one place.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// The machine-wide file an administrator can put a no into.
pub(crate) fn admin_file() -> Option<PathBuf> {
    if cfg!(windows) {
        std::env::var_os("PROGRAMDATA").map(|root| PathBuf::from(root).join("telemetry").join("config.toml"))
    } else if cfg!(target_os = "macos") {
        Some(PathBuf::from("/Library/Application Support/telemetry/config.toml"))
    } else {
        Some(PathBuf::from("/etc/telemetry/config.toml"))
    }
}

/// Reads a file that a no may stand in, as [`read_bounded`] does. What is no plain file is refused: a pipe may give a part
/// of what it holds, and the no is in the rest.
pub(crate) fn read_plain(path: &Path, bound: usize) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "is not a plain file"));
    }
    read(file, bound)
}

/// Reads a plain file, at most this much of it: one byte more than the bound says that there is more. A command pays for
/// each system call, so a small file takes three: a read that fills less than it could met the end.
pub(crate) fn read_bounded(path: &Path, bound: usize) -> io::Result<Vec<u8>> {
    read(open(path)?, bound)
}

/// Opens a file and waits for nobody: to open a pipe would wait for its other end.
fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let no_wait = rustix::fs::OFlags::NONBLOCK.bits();
        options.custom_flags(i32::try_from(no_wait).unwrap_or_default());
    }
    options.open(path)
}

fn read(mut file: File, bound: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // Not on the heap: an allocation of this size makes the allocator tidy up, which costs more than the read.
    let mut block = [0; 1024];
    loop {
        let room = block.len().min((bound + 1).saturating_sub(bytes.len()));
        let read = match file.read(&mut block[..room]) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        bytes.extend_from_slice(&block[..read]);
        if read < block.len() || bytes.len() > bound {
            return Ok(bytes);
        }
    }
}

/// Whether there is something at a path, be it a link that leads nowhere. At one system call, where the standard library
/// first finds out which of two it can use.
pub(crate) fn is_there(path: &Path) -> bool {
    #[cfg(unix)]
    {
        let no_follow = rustix::fs::AtFlags::SYMLINK_NOFOLLOW;
        // What cannot be looked at may be there: who reads it will find out.
        !matches!(
            rustix::fs::statat(rustix::fs::CWD, path, no_follow),
            Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR)
        )
    }
    #[cfg(not(unix))]
    {
        path.symlink_metadata().is_ok()
    }
}

/// How wide the terminal is that standard error goes to, in columns.
pub(crate) fn terminal_width() -> Option<usize> {
    #[cfg(unix)]
    {
        let size = rustix::termios::tcgetwinsize(rustix::stdio::stderr()).ok()?;
        Some(size.ws_col.into()).filter(|columns| *columns > 0)
    }
    #[cfg(not(unix))]
    None
}

/// Whether a line on the terminal that standard error is harms nobody. One of a program in the background stands among what
/// somebody else types, and may stop the program (`SIGTTOU`, `stty tostop`).
pub(crate) fn is_in_foreground() -> bool {
    #[cfg(unix)]
    {
        use rustix::process::getpgrp;
        use rustix::termios::tcgetpgrp;
        // Of a terminal that is not this process's own nothing is known, and nobody is stopped for it.
        tcgetpgrp(rustix::stdio::stderr()).map_or(true, |foreground| foreground == getpgrp())
    }
    #[cfg(not(unix))]
    true
}

/// Random bytes of the system, for identifiers that must differ.
pub(crate) fn random() -> [u8; 16] {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let mut bytes = [0; 16];
        let flags = rustix::rand::GetRandomFlags::empty();
        if rustix::rand::getrandom(&mut bytes[..], flags).is_ok_and(|filled| filled == bytes.len()) {
            return bytes;
        }
    }
    uuid::Uuid::new_v4().into_bytes()
}
