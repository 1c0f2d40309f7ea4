//! The install id: a random number that is made anew at intervals, and is no machine's or person's.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use telemetry_schema::{CiVendor, InstallId};

/// An id older than this is replaced: long enough to tell one installation's month from another's, short enough that
/// it does not become a person's number.
const MAX_AGE_S: i64 = 30 * 24 * 60 * 60;

/// How far in the future an id may have been made before the clock is taken to have jumped.
const MAX_SKEW_S: i64 = 24 * 60 * 60;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    install_id: InstallId,
    made_at_unix_s: i64,
}

fn file(dir: &Path) -> PathBuf {
    dir.join("install.json")
}

/// All CI runs share one id: a fresh machine for each would look like an installation each.
pub(crate) fn of_ci(ci: Option<CiVendor>) -> Option<InstallId> {
    ci.map(|_| InstallId::CI)
}

/// The id, where there is one that is young enough.
pub(crate) fn read(dir: &Path, now_unix_s: i64) -> Option<InstallId> {
    let stored: Stored = serde_json::from_slice(&fs::read(file(dir)).ok()?).ok()?;
    let age = now_unix_s - stored.made_at_unix_s;
    (-MAX_SKEW_S..MAX_AGE_S).contains(&age).then_some(stored.install_id)
}

/// Makes an id and keeps it. `None` where it cannot be kept: an id for one event would count as an installation.
pub(crate) fn make(dir: &Path, now_unix_s: i64) -> Option<InstallId> {
    let install_id = InstallId::new(uuid::Uuid::new_v4().into_bytes());
    let stored = serde_json::to_vec(&Stored { install_id, made_at_unix_s: now_unix_s }).ok()?;
    telemetry_transport::write_private(&file(dir), &stored).ok()?;
    // Of two processes that make one at the same time the last one's stays; both use what stays.
    read(dir, now_unix_s)
}

/// Forgets the id.
pub(crate) fn forget(dir: &Path) -> io::Result<()> {
    match fs::remove_file(file(dir)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_lasts_thirty_days_and_survives_no_clock_jump() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read(dir.path(), 0), None);
        let first = make(dir.path(), 1_000_000).unwrap();
        assert_eq!(read(dir.path(), 1_000_000 + MAX_AGE_S - 1), Some(first));
        assert_eq!(read(dir.path(), 1_000_000 + MAX_AGE_S), None);
        assert_eq!(read(dir.path(), 1_000_000 - 2 * MAX_SKEW_S), None);
        assert_ne!(make(dir.path(), 1_000_000 + MAX_AGE_S), Some(first));
        forget(dir.path()).unwrap();
        forget(dir.path()).unwrap();
        assert_eq!(read(dir.path(), 1_000_000), None);
    }

    #[test]
    fn a_damaged_file_is_no_id() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(file(dir.path()), "{\"install_id\": \"ada\"").unwrap();
        assert_eq!(read(dir.path(), 0), None);
        assert!(make(dir.path(), 0).is_some(), "and is replaced");
    }

    #[test]
    fn all_ci_runs_share_one() {
        assert_eq!(of_ci(Some(CiVendor::Other)), Some(InstallId::CI));
        assert_eq!(of_ci(None), None);
    }
}
