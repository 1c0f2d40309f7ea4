//! Policies from files and a directory, read again when they change. A file that cannot be read keeps all of them as they were: half
//! of a change could refuse what the other half declares.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use telemetry_collector::SharedPolicies;

use crate::policies;
use crate::render::{complain, talk};

/// How often the directory is looked at. Somebody who waits for a change may send SIGHUP.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The files of the directory, each with its size and the time it was written.
type Seen = BTreeMap<PathBuf, Option<(u64, SystemTime)>>;

#[derive(Debug)]
pub(super) struct Reload {
    files: Vec<PathBuf>,
    dir: Option<PathBuf>,
    shared: SharedPolicies,
    seen: Seen,
    /// What was wrong the last time, so that it is said once.
    complaint: Option<String>,
}

impl Reload {
    /// Reads the policies for the first time. A file that cannot be read is an error here: nothing runs yet.
    pub(super) fn load(files: Vec<PathBuf>, dir: Option<PathBuf>) -> Result<Self> {
        let shared = SharedPolicies::default();
        let mut reload = Self { files, dir, shared, seen: Seen::new(), complaint: None };
        reload.seen = reload.look();
        reload.read()?;
        Ok(reload)
    }

    /// Those of now and of later.
    pub(super) fn policies(&self) -> SharedPolicies {
        self.shared.clone()
    }

    /// Reads them again whenever they change, for ever. Those that are built in do not.
    pub(super) async fn watch(mut self, mut hangups: Hangups) {
        if self.dir.is_none() && self.files.is_empty() {
            return;
        }
        loop {
            let asked = hangups.within(LOOK_EVERY).await;
            // The files are few and small, and reading them takes milliseconds.
            self.again(asked);
        }
    }

    fn again(&mut self, asked: Asked) {
        let now = self.look();
        if asked == Asked::ByNobody && now == self.seen {
            return;
        }
        self.seen = now;
        match self.read() {
            Ok(()) => {
                self.complaint = None;
                talk("telemetry: the policies were read again");
            }
            Err(error) => {
                let error = error.context("the policies stay as they were");
                let complaint = format!("{error:#}");
                if self.complaint.as_ref() != Some(&complaint) {
                    complain(&error);
                    self.complaint = Some(complaint);
                }
            }
        }
    }

    fn read(&self) -> Result<()> {
        let mut files = self.files.clone();
        if let Some(dir) = &self.dir {
            files.extend(policies::files_in(dir)?);
        }
        self.shared.replace(policies::admitting(&files)?);
        Ok(())
    }

    fn look(&self) -> Seen {
        let of_dir = self.dir.iter().flat_map(|dir| policies::files_in(dir).unwrap_or_default());
        let facts = |path: PathBuf| {
            let facts = fs::metadata(&path).ok();
            let facts = facts.and_then(|facts| Some((facts.len(), facts.modified().ok()?)));
            (path, facts)
        };
        self.files.iter().cloned().chain(of_dir).map(facts).collect()
    }
}

/// Whether somebody wants it read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    ByNobody,
    #[cfg(unix)]
    BySignal,
}

/// SIGHUP, where there is such a thing. It ends this process no more from when this is made.
pub(super) struct Hangups {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangups {
    /// To be called within a runtime.
    pub(super) fn new() -> Self {
        #[cfg(unix)]
        return Self { signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok() };
        #[cfg(not(unix))]
        return Self {};
    }

    async fn within(&mut self, time: Duration) -> Asked {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            return match tokio::time::timeout(time, signal.recv()).await {
                Ok(_) => Asked::BySignal,
                Err(_) => Asked::ByNobody,
            };
        }
        tokio::time::sleep(time).await;
        Asked::ByNobody
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"{"format": 1, "program": "PROGRAM", "version": 1, "dialect": "clap",
        "commands": [{"path": ""}]}"#;

    fn programs(reload: &Reload) -> Vec<String> {
        reload.policies().current().programs().map(ToString::to_string).collect()
    }

    #[test]
    fn a_broken_file_keeps_what_was_and_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).unwrap();
        write("orchard.json", &POLICY.replace("PROGRAM", "orchard"));
        write("notes.txt", "no policy");
        let mut reload = Reload::load(Vec::new(), Some(dir.path().to_owned())).unwrap();
        assert_eq!(programs(&reload), ["atlas", "git", "orchard"]);

        write("market.json", &POLICY.replace("PROGRAM", "market"));
        write("zebra.json", "{");
        reload.again(Asked::ByNobody);
        assert_eq!(programs(&reload), ["atlas", "git", "orchard"], "all or nothing");
        assert!(reload.complaint.as_ref().is_some_and(|text| text.contains("zebra.json")), "{reload:?}");

        fs::remove_file(dir.path().join("zebra.json")).unwrap();
        fs::remove_file(dir.path().join("orchard.json")).unwrap();
        reload.again(Asked::ByNobody);
        assert_eq!(
            (programs(&reload), reload.complaint.clone()),
            (vec!["atlas".into(), "git".into(), "market".into()], None)
        );

        fs::remove_dir_all(dir.path()).unwrap();
        reload.again(Asked::ByNobody);
        assert_eq!(programs(&reload), ["atlas", "git", "market"]);
        assert!(reload.complaint.is_some());
        assert!(Reload::load(Vec::new(), Some(dir.path().to_owned())).is_err());
    }
}
