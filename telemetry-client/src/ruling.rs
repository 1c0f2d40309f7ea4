//! Where a run's policy comes from. What is said before a policy is needed does not wait for one.

#[cfg(feature = "clap")]
use std::sync::OnceLock;

use telemetry_redact::{Policy, Redactor};
use telemetry_schema::ProgramName;

use crate::control::Commands;
#[cfg(feature = "clap")]
use crate::control::SUBCOMMAND;
#[cfg(feature = "clap")]
use crate::derive::CommandPolicy;

/// A policy, or how to come by one.
#[derive(Debug)]
pub(crate) enum Ruling {
    Ready(Redactor),
    /// Derived when the first event needs it, so that a run that records nothing derives nothing.
    #[cfg(feature = "clap")]
    Derived(CommandPolicy, OnceLock<Option<Redactor>>),
}

impl Ruling {
    pub(crate) fn of_policy(policy: Policy) -> Self {
        Self::Ready(Redactor::new(policy))
    }

    #[cfg(feature = "clap")]
    pub(crate) fn of_command(policy: CommandPolicy) -> Self {
        Self::Derived(policy, OnceLock::new())
    }

    /// The program's name, where it is one.
    pub(crate) fn program(&self) -> Option<ProgramName> {
        match self {
            Self::Ready(redactor) => redactor.policy().map(|policy| policy.program().clone()),
            #[cfg(feature = "clap")]
            Self::Derived(policy, _) => policy.program(),
        }
    }

    /// The program's own variable for consent.
    pub(crate) fn consent_variable(&self) -> Option<String> {
        match self {
            Self::Ready(redactor) => redactor.policy().and_then(Policy::consent_variable),
            #[cfg(feature = "clap")]
            Self::Derived(policy, _) => Some(policy.consent_variable()),
        }
    }

    /// The policy's version. `None` where there is no policy that was reviewed.
    pub(crate) fn version(&self) -> Option<u32> {
        match self {
            Self::Ready(redactor) => redactor.policy().map(|policy| policy.version().0),
            #[cfg(feature = "clap")]
            Self::Derived(policy, _) => policy.version(),
        }
    }

    /// What turns telemetry on and off, where the program's own command has the ready-made subcommand.
    #[cfg_attr(not(feature = "clap"), expect(clippy::unused_self, reason = "there is no command to look at"))]
    pub(crate) fn mounted(&self, program: &ProgramName) -> Option<Commands> {
        #[cfg(feature = "clap")]
        if let Self::Derived(policy, _) = self
            && policy.mounts(SUBCOMMAND, "off")
        {
            return Some(Commands::mounted(program));
        }
        let _ = program;
        None
    }

    /// The judge, to keep. `None` where the policy cannot be used.
    #[cfg_attr(
        not(feature = "clap"),
        expect(clippy::unnecessary_wraps, reason = "a policy that is ready is always there")
    )]
    pub(crate) fn into_redactor(self) -> Option<Redactor> {
        match self {
            Self::Ready(redactor) => Some(redactor),
            #[cfg(feature = "clap")]
            Self::Derived(policy, derived) => derived.into_inner().unwrap_or_else(|| policy.redactor()),
        }
    }

    /// The judge. `None` where the policy cannot be used.
    #[cfg_attr(
        not(feature = "clap"),
        expect(clippy::unnecessary_wraps, reason = "a policy that is ready is always there")
    )]
    pub(crate) fn redactor(&self) -> Option<&Redactor> {
        match self {
            Self::Ready(redactor) => Some(redactor),
            #[cfg(feature = "clap")]
            Self::Derived(policy, derived) => derived.get_or_init(|| policy.redactor()).as_ref(),
        }
    }
}

#[cfg(all(test, feature = "clap"))]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_before_an_event_derives_nothing() {
        let policy = CommandPolicy::new("orchard-cli", || panic!("it is derived"), r#"{"version": 7}"#);
        let ruling = Ruling::of_command(policy);
        assert_eq!(ruling.program().unwrap().as_str(), "orchard-cli");
        assert_eq!(ruling.consent_variable().as_deref(), Some("ORCHARD_CLI_TELEMETRY_ENABLED"));
        assert_eq!(ruling.version(), Some(7));
    }

    #[test]
    fn what_is_derived_says_the_same_as_what_is_said_before() {
        let policy = CommandPolicy::new("orchard-cli", || clap::Command::new("orchard"), r#"{"version": 7}"#);
        let ruling = Ruling::of_command(policy);
        let derived = ruling.redactor().unwrap().policy().unwrap();
        assert_eq!(Some(derived.program().clone()), ruling.program());
        assert_eq!(derived.consent_variable(), ruling.consent_variable());
        assert_eq!(Some(derived.version().0), ruling.version());
    }

    #[test]
    fn a_compiled_policy_judges_without_deriving() {
        let source = CommandPolicy::new("orchard", || clap::Command::new("orchard"), r#"{"version": 7}"#);
        let compiled: &[u8] = Policy::from_source(&source.source()).unwrap().compiled().to_vec().leak();
        let policy = CommandPolicy::new("orchard", || panic!("it is derived"), "").compiled(compiled);
        let ruling = Ruling::of_command(policy);
        assert_eq!(ruling.version(), Some(7));
        assert_eq!(ruling.redactor().unwrap().policy().unwrap().version().0, 7);
    }

    #[test]
    fn a_compiled_policy_that_is_none_or_another_programs_is_passed_over() {
        let other = CommandPolicy::new("grove", || clap::Command::new("grove"), r#"{"version": 3}"#);
        let other: &[u8] = Policy::from_source(&other.source()).unwrap().compiled().to_vec().leak();
        for compiled in [&[], &other[..other.len() - 1], other] {
            let policy = CommandPolicy::new("orchard", || clap::Command::new("orchard"), r#"{"version": 7}"#);
            let ruling = Ruling::of_command(policy.compiled(compiled));
            assert_eq!(ruling.version(), Some(7));
            assert_eq!(ruling.redactor().unwrap().policy().unwrap().program().as_str(), "orchard");
        }
    }

    #[test]
    fn without_a_lock_file_or_a_name_there_is_no_judge() {
        for (name, lock) in [("orchard", ""), ("orchard", "{}"), ("7 trees", r#"{"version": 7}"#)] {
            let policy = CommandPolicy::new(name, || clap::Command::new("orchard"), lock);
            assert!(Ruling::of_command(policy).redactor().is_none(), "{name} {lock}");
        }
    }
}
