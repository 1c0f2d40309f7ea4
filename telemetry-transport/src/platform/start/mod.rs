//! Starting a program that nobody waits for.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

use std::ffi::OsString;
use std::io;
use std::path::Path;
#[cfg(not(windows))]
use std::process::{Child, Command, Stdio};

/// A process that was started and may have ended since.
#[derive(Debug)]
pub(crate) enum Started {
    /// By std.
    #[cfg(not(windows))]
    Child(Child),
    #[cfg(target_os = "linux")]
    Apart(linux::Apart),
    /// Nothing is left of it here.
    #[cfg(windows)]
    Away,
}

impl Started {
    /// Whether it has ended, without waiting; it is no zombie from then on.
    pub(crate) fn has_ended(&mut self) -> bool {
        match self {
            #[cfg(not(windows))]
            Self::Child(child) => !matches!(child.try_wait(), Ok(None)),
            #[cfg(target_os = "linux")]
            Self::Apart(apart) => apart.has_ended(),
            #[cfg(windows)]
            Self::Away => true,
        }
    }
}

/// Starts a program with these arguments and variables, and no standard streams.
///
/// On Unix it stays in its parent's process group: the leader of one cannot begin a session, so a group of its own would
/// keep the helper in its parent's session for good. Until [`become_helper`](super::become_helper), some milliseconds, a
/// Ctrl-C ends the helper too; nothing is lost by that.
pub(crate) fn start(
    program: &Path,
    arguments: &[&str],
    variables: Vec<(OsString, OsString)>,
) -> io::Result<Started> {
    #[cfg(target_os = "linux")]
    if let Some(apart) = linux::start(program, arguments, &variables)? {
        return Ok(Started::Apart(apart));
    }
    #[cfg(not(windows))]
    {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.env_clear().envs(variables).spawn().map(Started::Child)
    }
    #[cfg(windows)]
    windows::start(program, arguments, variables).map(|()| Started::Away)
}
