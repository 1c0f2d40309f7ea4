//! The process that ships: started by a command that does not wait for it, gone by its deadline.

use std::ffi::OsStr;
use std::fs::Metadata;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

use crate::disk;
use crate::platform::{self, Started};
use crate::private::open_lock;

/// Variables that a helper has a use for: where its files lie, what has a say in consent, how the network is reached, and
/// what the system needs to start a program at all.
const PASSED: [&str; 25] = [
    "HOME",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
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
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "TMPDIR",
    "TEMP",
];

/// Helpers that were started and may have ended since.
static STARTED: Mutex<Vec<Started>> = Mutex::new(Vec::new());

/// Whether a helper gets this variable. A program's own yes or no is `<PREFIX>_TELEMETRY_ENABLED`.
fn passes(name: &OsStr) -> bool {
    let is = |name: &str| {
        PASSED.contains(&name) || name.starts_with("TELEMETRY_") || name.ends_with("_TELEMETRY_ENABLED")
    };
    if cfg!(windows) {
        // A name is the same in any case there, and `Path` and `SystemRoot` are what it is mostly called.
        return name.to_ascii_uppercase().to_str().is_some_and(is);
    }
    name.to_str().is_some_and(is)
}

/// Starts a helper and does not wait for it. It has no standard streams. Arguments say what to do and never hold an
/// event. Of the variables it gets those it has a use for: a token that the command was given is not kept alive by it.
///
/// A host that ends within moments leaves its helper to whoever adopts orphans. One that lives longer, and starts one
/// now and then, would gather zombies: each call asks after the earlier helpers first, which does not wait either. So
/// there is at most one for as long as there is no further call.
///
/// On Linux this takes less than a tenth of what it takes to start a program: the call returns before the other program is
/// there. That it cannot be run is an error all the same.
///
/// # Errors
///
/// What the system says where it cannot be started.
pub fn spawn(program: &Path, arguments: &[&str]) -> io::Result<()> {
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    started.retain_mut(|helper| !helper.has_ended());
    let variables = std::env::vars_os().filter(|(name, _)| passes(name)).collect();
    started.push(platform::start(program, arguments, variables)?);
    Ok(())
}

/// The file whose time says when a helper was started last.
const STARTED_AT: &str = "helper";

/// Takes the turn to start a helper: at most once in this long, whichever process asks. Mostly one look at one file.
///
/// A time that is further away than that, before or after, is no reason to wait: a clock that jumped must not keep
/// events here for years. Where the file cannot be written no helper is started, since each command would start one.
#[must_use]
pub fn is_turn(state: &Path, interval: Duration, now_ms: u64) -> bool {
    let path = state.join(STARTED_AT);
    let now = UNIX_EPOCH + Duration::from_millis(now_ms);
    // An empty file was made by somebody who did not get to start one.
    let is_recent = |facts: &Metadata| {
        facts.len() > 0
            && facts
                .modified()
                .is_ok_and(|at| now.duration_since(at).unwrap_or_else(|error| error.duration()) < interval)
    };
    if disk::facts(&path).is_ok_and(|facts| is_recent(&facts)) {
        return false;
    }
    // Of several that saw an old time, one gets the lock; who comes next sees the new time.
    let claim = || {
        let file = open_lock(&path)?;
        if file.try_lock().is_err() || is_recent(&file.metadata()?) {
            return Ok(false);
        }
        disk::write_all(&file, b"\n")?;
        file.set_modified(now)?;
        io::Result::Ok(true)
    };
    claim().unwrap_or(false)
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
    fn a_turn_comes_once_in_an_interval_whatever_the_clock_does() {
        let dir = tempfile::tempdir().unwrap();
        let minute = Duration::from_secs(60);
        let now = 1_800_000_000_000;
        for (at, expected) in [
            (now, true),
            (now, false),
            (now + 59_999, false),
            (now + 60_000, true),
            (now + 60_001, false),
            // Back by a year, and on from there.
            (now - 31_536_000_000, true),
            (now - 31_536_000_000, false),
            (now + 60_000, true),
        ] {
            assert_eq!(is_turn(dir.path(), minute, at), expected, "{at}");
        }
        assert!(is_turn(dir.path(), Duration::ZERO, now + 60_000), "whoever does not wait has a turn");
        assert!(!is_turn(&dir.path().join("missing"), minute, now));
    }

    #[test]
    fn of_many_at_once_one_has_the_turn() {
        let dir = tempfile::tempdir().unwrap();
        let turns = std::thread::scope(|scope| {
            let ask = || is_turn(dir.path(), Duration::from_secs(600), 1_800_000_000_000);
            let asked: Vec<_> = (0..16).map(|_| scope.spawn(ask)).collect();
            asked.into_iter().filter_map(|asked| asked.join().ok()).filter(|turn| *turn).count()
        });
        assert_eq!(turns, 1);
    }

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
