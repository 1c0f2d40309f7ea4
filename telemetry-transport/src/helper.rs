//! The process that ships: started by a command that does not wait for it, gone by its deadline.

use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::platform;

/// Variables that a helper has a use for: where its files lie, what has a say in consent, how the network is reached, and
/// what the system needs to start a program at all.
const PASSED: [&str; 24] = [
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "DO_NOT_TRACK",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "SystemRoot",
    "SystemDrive",
    "TMPDIR",
    "TEMP",
];

/// Helpers that were started and may have ended since.
static STARTED: Mutex<Vec<Child>> = Mutex::new(Vec::new());

/// Whether a helper gets this variable. A program's own yes or no is `<PREFIX>_TELEMETRY_ENABLED`.
fn passes(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| {
        PASSED.contains(&name) || name.starts_with("TELEMETRY_") || name.ends_with("_TELEMETRY_ENABLED")
    })
}

/// Starts a helper and does not wait for it. It has no standard streams. Arguments say what to do and never hold an
/// event. Of the variables it gets those it has a use for: a token that the command was given is not kept alive by it.
///
/// A host that ends within moments leaves its helper to whoever adopts orphans. One that lives longer, and starts one
/// now and then, would gather zombies: each call asks after the earlier helpers first, which does not wait either. So
/// there is at most one for as long as there is no further call.
///
/// # Errors
///
/// What the system says where it cannot be started.
pub fn spawn(program: &Path, arguments: &[&str]) -> io::Result<()> {
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    started.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.env_clear().envs(std::env::vars_os().filter(|(name, _)| passes(name)));
    platform::detach(&mut command);
    started.push(command.spawn()?);
    Ok(())
}

/// Makes this process a helper: to be called first, before anything is opened and while there is one thread. It gets a
/// session of its own, closes what it inherited, holds no directory, has the lowest priority, and ends at the deadline
/// whatever the network does.
pub fn enter(deadline: Duration) {
    platform::become_helper();
    let watchdog = std::thread::Builder::new().name("deadline".to_owned()).spawn(move || {
        std::thread::sleep(deadline);
        std::process::exit(0);
    });
    if watchdog.is_err() {
        // Without a thread there is no deadline, and without a deadline there is no helper.
        std::process::exit(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_helper_gets_what_it_has_a_use_for() {
        for name in ["HOME", "TELEMETRY_ENDPOINT", "ATLAS_TELEMETRY_ENABLED", "DO_NOT_TRACK", "HTTPS_PROXY"] {
            assert!(passes(OsStr::new(name)), "{name}");
        }
        for name in ["TOKEN", "AWS_SECRET_ACCESS_KEY", "PWD", "USER", "HOSTNAME", "", "MY_TELEMETRY_TOKEN"] {
            assert!(!passes(OsStr::new(name)), "{name}");
        }
    }
}
