//! The judges: one redactor a program.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use telemetry_redact::Redactor;
use telemetry_schema::{Event, ProgramName};

/// The redactors by program name. Events of a program that is not among them are refused.
///
/// An event without a program name comes from a program without a policy: it is judged by
/// [`Redactor::without_policy`], which takes nothing of its command line.
#[derive(Debug, Default)]
pub struct Policies {
    by_program: BTreeMap<ProgramName, Redactor>,
    without_policy: Redactor,
}

impl Policies {
    /// No program yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the redactor for its policy's program, in place of an earlier one for the same program.
    /// One without a policy changes nothing, since that judge is always there.
    #[must_use]
    pub fn with(mut self, redactor: Redactor) -> Self {
        if let Some(program) = redactor.policy().map(|policy| policy.program().clone()) {
            // What programs send is mostly what they sent before.
            self.by_program.insert(program, redactor.with_cache());
        }
        self
    }

    /// Who judges this event. `None` where its program is not known.
    #[must_use]
    pub fn for_event(&self, event: &Event) -> Option<&Redactor> {
        match &event.app.name {
            None => Some(&self.without_policy),
            Some(program) => self.by_program.get(program),
        }
    }

    /// The programs whose events are taken, by name.
    pub fn programs(&self) -> impl Iterator<Item = &ProgramName> {
        self.by_program.keys()
    }
}

/// Policies that can be changed while they are used. Each request is judged by those of one moment.
#[derive(Debug, Clone, Default)]
pub struct SharedPolicies(Arc<RwLock<Arc<Policies>>>);

impl SharedPolicies {
    /// Those of now.
    #[must_use]
    pub fn current(&self) -> Arc<Policies> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts others in their place, for all requests that come from now on.
    pub fn replace(&self, policies: Policies) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(policies);
    }
}

impl From<Policies> for SharedPolicies {
    fn from(policies: Policies) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(policies))))
    }
}
