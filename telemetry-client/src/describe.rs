//! What an event says of a host program's run besides its command line and its end.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use telemetry_redact::Facts;
use telemetry_schema::{Context, Timestamp};

use crate::client::new_event_id;
use crate::installation::{self, Installation, KeptFacts};
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
    /// from there, and are gathered where they are not there yet.
    pub(crate) fn describe(
        &self,
        app: &App,
        context: &Context,
        kept: Installation,
        Moment { started_at, duration }: Moment,
    ) -> Described {
        let unix_us = started_at.duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        let unix_us = i64::try_from(unix_us).unwrap_or(i64::MAX);
        let now_s = unix_us / 1_000_000;
        let known = kept.facts(app.version.as_ref(), now_s).cloned();
        let is_settled = |kept: &Installation| {
            (context.ci.is_some() || kept.id(now_s).is_some())
                && kept.facts(app.version.as_ref(), now_s).is_some()
        };
        let facts = known.unwrap_or_else(|| {
            let executable = app.executable.clone().or_else(|| std::env::current_exe().ok());
            self.gather_facts(&App { executable, ..app.clone() }, self.now())
        });
        let settle = |kept: &mut Installation| {
            if context.ci.is_none() {
                kept.make_id(now_s);
            }
            kept.set_facts(facts.clone());
        };
        let kept = if is_settled(&kept) {
            Some(kept)
        } else {
            let dir = self.state_dir.as_deref();
            dir.and_then(|dir| Installation::settled(dir, is_settled, settle).ok())
        };
        let install_id = installation::of_ci(context.ci).or_else(|| kept?.id(now_s));
        let KeptFacts { app_version, os, install_source, agent, offset_min, .. } = facts;
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
