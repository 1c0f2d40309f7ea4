//! What an event says of a host program's run besides its command line and its end.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use telemetry_redact::Facts;
use telemetry_schema::{Context, Timestamp};

use crate::client::new_event_id;
use crate::installation::{self, Busy, Installation, KeptFacts};
use crate::{App, Client, surroundings};

/// When a run began, and how long it took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) started_at: SystemTime,
    pub(crate) duration: Duration,
}

/// What an event says besides the command line and its end.
#[derive(Debug)]
pub(crate) struct Described {
    pub(crate) facts: Facts,
    pub(crate) started_at: Timestamp,
    pub(crate) completed_at: Timestamp,
    pub(crate) duration_us: u64,
}

impl Client {
    /// What an event says of the run of a program that has a state directory of its own: facts that seldom change come
    /// from there, and are gathered where they are not there yet, or were kept by somebody who reaches the directory by
    /// another mount.
    pub(crate) fn describe(
        &self,
        app: &App,
        context: &Context,
        kept: Installation,
        mount: Option<u64>,
        Moment { started_at, duration }: Moment,
    ) -> Described {
        let unix_us = started_at.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        let unix_us = i64::try_from(unix_us).unwrap_or(i64::MAX);
        let now_s = unix_us / 1_000_000;
        let known = kept.facts(app.version.as_ref(), mount, now_s).cloned();
        let is_settled = |kept: &Installation| {
            (context.ci.is_some() || kept.id(now_s).is_some())
                && kept.facts(app.version.as_ref(), mount, now_s).is_some()
        };
        let facts = known.unwrap_or_else(|| {
            let executable = app.executable.clone().or_else(|| std::env::current_exe().ok());
            self.gather_facts(&App { executable, ..app.clone() }, mount, self.now())
        });
        let settle = |kept: &mut Installation| {
            if context.ci.is_none() {
                kept.make_id(now_s);
            }
            kept.set_facts(facts.clone());
        };
        // There without the facts too, which another container may be writing right now.
        let own_id = kept.id(now_s);
        // Facts are of use to an event before they are kept.
        let busy = if context.ci.is_some() || own_id.is_some() { Busy::Leave } else { Busy::Wait };
        let kept = if is_settled(&kept) {
            Some(kept)
        } else {
            let dir = self.state_dir.as_deref();
            dir.and_then(|dir| Installation::settled(dir, busy, is_settled, settle).ok())
        };
        let install_id = installation::of_ci(context.ci).or_else(|| kept?.id(now_s)).or(own_id);
        let KeptFacts { app_version, mut os, install_source, agent, offset_min, .. } = facts;
        os.libc = surroundings::libc();
        if cfg!(target_os = "linux") && mount.is_none() {
            // Whose directory this is cannot be told, so neither can what was kept of where it lies.
            os.container = surroundings::container(&self.environment);
            os.wsl = surroundings::wsl(&self.environment);
        }
        let context = Context { agent: context.agent.or(agent), ..context.clone() };
        // What is kept is of the system's time zone.
        let offset_min = offset_min
            .filter(|_| self.environment.var("TZ").is_none())
            .unwrap_or_else(|| surroundings::local_offset_min(&self.environment, now_s));
        let at = |unix_us| Timestamp::new(unix_us, offset_min).unwrap_or_default();
        let duration_us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
        let completed_at = at(unix_us.saturating_add_unsigned(duration_us));
        let facts = Facts {
            event_id: new_event_id(completed_at),
            install_id,
            app_version,
            install_source,
            os,
            auth_method: app.auth_method,
            context,
        };
        Described { facts, started_at: at(unix_us), completed_at, duration_us }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use telemetry_schema::{Container, InstallId, Os, Wsl};

    use super::*;
    use crate::surroundings::Environment;

    /// A system whose files lie below this directory, and whose state directory is this.
    fn described(root: &Path, state: &Path, mount: Option<u64>) -> (Os, Option<InstallId>) {
        let variables = [("TELEMETRY_STATE_DIR", state.to_str().unwrap())];
        let client = Client::in_environment(Environment::fake(variables, root), None);
        let context = surroundings::context_by_variable(&Environment::fake([], root));
        let moment = Moment { started_at: SystemTime::now(), duration: Duration::ZERO };
        let app = App { executable: Some("/usr/bin/atlas".into()), ..App::default() };
        let facts = client.describe(&app, &context, Installation::read(state), mount, moment).facts;
        (facts.os, facts.install_id)
    }

    fn system(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (file, text) in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        root
    }

    /// A home that is mounted into containers: each says where it is itself, and all are one installation.
    #[test]
    fn who_shares_the_state_directory_shares_no_facts() {
        let state = tempfile::tempdir().unwrap();
        let machine = system(&[("proc/sys/kernel/osrelease", "5.15.0-microsoft-standard-WSL2\n")]);
        let docker = system(&[(".dockerenv", "")]);
        let podman = system(&[("run/.containerenv", "")]);
        let mut ids = Vec::new();
        for (root, mount, container, wsl) in [
            (&machine, Some(30), None, Some(Wsl::Two)),
            (&docker, Some(517), Some(Container::Docker), None),
            (&machine, Some(30), None, Some(Wsl::Two)),
            (&podman, Some(518), Some(Container::Podman), None),
            (&docker, Some(519), Some(Container::Docker), None),
            // What was kept is told as long as the mount is the same: nothing is looked at.
            (&machine, Some(519), Some(Container::Docker), None),
        ] {
            let (os, id) = described(root.path(), state.path(), mount);
            assert_eq!((os.container, os.wsl, os.libc), (container, wsl, surroundings::libc()), "{mount:?}");
            ids.push(id);
        }
        assert!(ids[0].is_some() && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
        let kept = std::fs::read_to_string(state.path().join("install.json")).unwrap();
        assert!(!kept.contains("libc"), "each program brings its own: {kept}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn where_mounts_have_no_numbers_nothing_is_told_from_what_was_kept() {
        let state = tempfile::tempdir().unwrap();
        let (machine, docker) = (system(&[]), system(&[(".dockerenv", "")]));
        for (root, container) in [(&machine, None), (&docker, Some(Container::Docker)), (&machine, None)] {
            assert_eq!(described(root.path(), state.path(), None).0.container, container);
        }
    }
}
