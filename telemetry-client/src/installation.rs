//! What is kept of an installation: the install id, facts that seldom change, and which notice was shown.
//!
//! The install id is a random number that is made anew at intervals, and is no machine's or person's. The facts lie beside
//! it so that a command reads one file instead of gathering them each time.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use telemetry_schema::{CiVendor, CodingAgent, InstallId, InstallSource, Os, Version};

use crate::platform::{random, read_bounded};

/// An id older than this is replaced: long enough to tell one installation's month from another's, short enough that
/// it does not become a person's number.
const MAX_AGE_S: i64 = 30 * 24 * 60 * 60;

/// How far in the future an id may have been made before the clock is taken to have jumped.
const MAX_SKEW_S: i64 = 24 * 60 * 60;

/// Facts are gathered anew after a day, and at once where the program's version or the way to this directory is another.
const FACTS_AGE_S: i64 = 24 * 60 * 60;

/// How often a command looks, once in a millisecond, whether somebody else has made the id, which takes one or two. Who takes
/// longer was stopped there, or its disk hangs. Looks and not time: on a busy machine both take longer.
const LOOKS: u32 = 50;

/// The same for somebody who wants everything forgotten, for whom nobody else waits.
const LOOKS_TO_FORGET: u32 = 250;

/// Several times what the file has in it.
const MAX_BYTES: usize = 4096;

/// What to do about somebody else who is just changing what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Busy {
    /// Leave it to them.
    Leave,
    /// Wait for what they keep, for some 50 ms at most, then go on without them: of two ids the one that is kept last stays.
    Wait,
}

/// What is kept. What cannot be read is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Installation {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    install: Option<Install>,
    /// The version of the notice that was shown last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) notice: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    facts: Option<KeptFacts>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Install {
    install_id: InstallId,
    made_at_unix_s: i64,
}

/// Facts of the machine and the program on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeptFacts {
    pub(crate) gathered_at_unix_s: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) app_version: Option<Version>,
    /// By which mount the directory was reached that this is kept in. A container that has a home mounted into it shares the
    /// directory with the machine, and neither the system nor how the program came onto it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) mount: Option<u64>,
    /// Without the C library, which each program brings.
    pub(crate) os: Os,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) install_source: Option<InstallSource>,
    /// The agent whose machine this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) agent: Option<CodingAgent>,
    /// Of local time, where no variable says another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) offset_min: Option<i16>,
}

fn file(dir: &Path) -> PathBuf {
    dir.join("install.json")
}

/// All CI runs share one id: a fresh machine for each would look like an installation each.
pub(crate) fn of_ci(ci: Option<CiVendor>) -> Option<InstallId> {
    ci.map(|_| InstallId::CI)
}

impl Installation {
    /// What is kept in this state directory.
    pub(crate) fn read(dir: &Path) -> Self {
        let bytes = read_bounded(&file(dir), MAX_BYTES).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// The id, where there is one that is young enough.
    pub(crate) fn id(&self, now_unix_s: i64) -> Option<InstallId> {
        let install = self.install.as_ref()?;
        let age = now_unix_s - install.made_at_unix_s;
        (-MAX_SKEW_S..MAX_AGE_S).contains(&age).then_some(install.install_id)
    }

    /// The facts, where they are of this version of the program, of this mount, and of today.
    pub(crate) fn facts(
        &self,
        app_version: Option<&Version>,
        mount: Option<u64>,
        now_unix_s: i64,
    ) -> Option<&KeptFacts> {
        let facts = self.facts.as_ref()?;
        let age = now_unix_s - facts.gathered_at_unix_s;
        let is_same = facts.app_version.as_ref() == app_version && facts.mount == mount;
        (is_same && (0..FACTS_AGE_S).contains(&age)).then_some(facts)
    }

    pub(crate) fn set_facts(&mut self, facts: KeptFacts) {
        self.facts = Some(facts);
    }

    /// With an id, a new one where there is none that is young enough.
    pub(crate) fn make_id(&mut self, now_unix_s: i64) {
        if self.id(now_unix_s).is_none() {
            let install_id = InstallId::new(random());
            self.install = Some(Install { install_id, made_at_unix_s: now_unix_s });
        }
    }

    /// What is kept once it is settled: as it is where it is so already, else after it was changed with nobody else at it. Of
    /// first runs at once each would make an id of its own otherwise.
    ///
    /// What cannot be kept is an error: an id for one event would count as an installation. So is what is left to somebody else.
    pub(crate) fn settled(
        dir: &Path,
        busy: Busy,
        is_settled: impl Fn(&Self) -> bool,
        settle: impl FnOnce(&mut Self),
    ) -> io::Result<Self> {
        telemetry_transport::ready_dir(dir)?;
        let kept = Self::read(dir);
        if is_settled(&kept) {
            return Ok(kept);
        }
        let looks = if busy == Busy::Wait { LOOKS } else { 1 };
        // Who was faster leaves nothing to wait for.
        let alone = alone(dir, looks, || is_settled(&Self::read(dir)))?;
        let mut kept = Self::read(dir);
        if !is_settled(&kept) {
            if alone.is_none() && busy == Busy::Leave {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            settle(&mut kept);
            kept.write(dir)?;
        }
        Ok(kept)
    }

    /// Keeps it.
    pub(crate) fn write(&self, dir: &Path) -> io::Result<()> {
        let text = serde_json::to_vec(self)?;
        telemetry_transport::ready_dir(dir)?;
        telemetry_transport::write_private(&file(dir), &text)
    }

    /// Forgets everything but which notice was shown, with nobody else at it: who had read it before would keep it again.
    /// Whether there was an id.
    pub(crate) fn forget(dir: &Path) -> io::Result<bool> {
        let _alone = match alone(dir, LOOKS_TO_FORGET, || false) {
            // Without a directory there is nothing in it.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            alone => alone?.ok_or(io::ErrorKind::WouldBlock)?,
        };
        let Self { install, notice, .. } = Self::read(dir);
        match notice {
            notice @ Some(_) => Self { notice, ..Self::default() }.write(dir)?,
            None => match std::fs::remove_file(file(dir)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            },
        }
        Ok(install.is_some())
    }
}

/// Waits until nobody else changes what is kept, and for as long as what it gives lives nobody does. Nothing where that took
/// too long, or where meanwhile it is needless.
fn alone(dir: &Path, looks: u32, is_needless: impl Fn() -> bool) -> io::Result<Option<File>> {
    for look in 1..=looks {
        let lock = telemetry_transport::lock_private(&dir.join("install.lock"))?;
        if lock.is_some() || is_needless() {
            return Ok(lock);
        }
        if look < looks {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use telemetry_schema::{Arch, Container, OsName};

    use super::*;

    fn made(dir: &Path, now_unix_s: i64) -> Option<InstallId> {
        let mut installation = Installation::read(dir);
        installation.make_id(now_unix_s);
        installation.write(dir).unwrap();
        Installation::read(dir).id(now_unix_s)
    }

    #[test]
    fn an_id_lasts_thirty_days_and_survives_no_clock_jump() {
        let dir = tempfile::tempdir().unwrap();
        let id = |now: i64| Installation::read(dir.path()).id(now);
        assert_eq!(id(0), None);
        let first = made(dir.path(), 1_000_000).unwrap();
        assert_eq!(id(1_000_000 + MAX_AGE_S - 1), Some(first));
        assert_eq!(id(1_000_000 + MAX_AGE_S), None);
        assert_eq!(id(1_000_000 - 2 * MAX_SKEW_S), None);
        assert_ne!(made(dir.path(), 1_000_000 + MAX_AGE_S), Some(first));
        Installation::forget(dir.path()).unwrap();
        Installation::forget(dir.path()).unwrap();
        assert_eq!(id(1_000_000), None);
    }

    #[test]
    fn first_runs_at_once_are_one_installation() {
        for _ in 0..20 {
            let dir = tempfile::tempdir().unwrap();
            let start = std::sync::Barrier::new(8);
            let first_run = || {
                start.wait();
                let is_settled = |kept: &Installation| kept.id(7).is_some();
                Installation::settled(dir.path(), Busy::Wait, is_settled, |kept| kept.make_id(7))
                    .unwrap()
                    .id(7)
            };
            let ids: Vec<_> = std::thread::scope(|scope| {
                let runs: Vec<_> = (0..8).map(|_| scope.spawn(first_run)).collect();
                runs.into_iter().map(|run| run.join().unwrap()).collect()
            });
            assert!(ids[0].is_some() && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
            assert_eq!(Installation::read(dir.path()).id(7), ids[0]);
        }
    }

    #[test]
    fn who_was_stopped_while_changing_it_holds_nobody_up() {
        let dir = tempfile::tempdir().unwrap();
        let _stopped = alone(dir.path(), 1, || false).unwrap().unwrap();
        let settled = |busy| {
            let is_settled = |kept: &Installation| kept.id(7).is_some();
            Installation::settled(dir.path(), busy, is_settled, |kept| kept.make_id(7))
        };
        assert_eq!(settled(Busy::Leave).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        let id = settled(Busy::Wait).unwrap().id(7);
        assert!(id.is_some());
        // Once there is one, nobody waits at all.
        assert_eq!(settled(Busy::Leave).unwrap().id(7), id);
    }

    #[test]
    fn a_damaged_file_is_no_id() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(file(dir.path()), "{\"install_id\": \"ada\"").unwrap();
        assert_eq!(Installation::read(dir.path()), Installation::default());
        assert!(made(dir.path(), 0).is_some(), "and is replaced");
    }

    #[test]
    fn forgetting_does_not_forget_that_the_notice_was_shown() {
        let dir = tempfile::tempdir().unwrap();
        let mut installation = Installation { notice: Some("1".to_owned()), ..Installation::default() };
        installation.make_id(7);
        installation.write(dir.path()).unwrap();
        assert!(Installation::forget(dir.path()).unwrap());
        assert!(!Installation::forget(dir.path()).unwrap(), "it is gone");
        let left = Installation::read(dir.path());
        assert_eq!((left.notice.as_deref(), left.id(7)), (Some("1"), None));
    }

    #[test]
    fn what_is_forgotten_is_not_kept_again_by_who_had_read_it_before() {
        let dir = tempfile::tempdir().unwrap();
        assert!(made(dir.path(), 7).is_some());
        // Somebody who has read it and is about to write.
        let other = alone(dir.path(), 1, || false).unwrap();
        assert!(other.is_some());
        let (done, is_done) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            scope.spawn(|| done.send(Installation::forget(dir.path())).unwrap());
            assert!(is_done.recv_timeout(Duration::from_millis(50)).is_err(), "it waits for the other");
            drop(other);
            is_done.recv().unwrap().unwrap();
        });
        assert_eq!(Installation::read(dir.path()), Installation::default());
        assert!(!Installation::forget(&dir.path().join("nowhere")).unwrap());
        assert!(!dir.path().join("nowhere").exists());
    }

    #[test]
    fn facts_are_of_one_day_one_version_and_one_mount() {
        let version = |text: &str| Some(Version::new(text).unwrap());
        let os = Os {
            name: OsName::Debian,
            version: None,
            arch: Arch::Other,
            libc: None,
            container: Some(Container::Docker),
            wsl: None,
        };
        let mut installation = Installation::default();
        installation.set_facts(KeptFacts {
            gathered_at_unix_s: 1000,
            app_version: version("1.2"),
            mount: Some(42),
            os,
            install_source: None,
            agent: None,
            offset_min: Some(60),
        });
        for (app_version, mount, at, there) in [
            ("1.2", Some(42), 1000, true),
            ("1.2", Some(42), 1000 + FACTS_AGE_S - 1, true),
            ("1.2", Some(42), 1000 + FACTS_AGE_S, false),
            ("1.2", Some(42), 999, false),
            ("1.3", Some(42), 1000, false),
            ("1.2", Some(43), 1000, false),
            ("1.2", None, 1000, false),
        ] {
            let facts = installation.facts(version(app_version).as_ref(), mount, at);
            assert_eq!(facts.is_some(), there, "{app_version} {mount:?} {at}");
        }
        assert!(installation.facts(None, Some(42), 1000).is_none());
    }

    #[test]
    fn all_ci_runs_share_one() {
        assert_eq!(of_ci(Some(CiVendor::Other)), Some(InstallId::CI));
        assert_eq!(of_ci(None), None);
    }
}
