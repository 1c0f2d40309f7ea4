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
    /// Opened when the first event needs it.
    #[cfg(feature = "clap")]
    Reviewed(CommandPolicy, OnceLock<Option<Redactor>>),
}

impl Ruling {
    pub(crate) fn of_policy(policy: Policy) -> Self {
        Self::Ready(Redactor::new(policy))
    }

    #[cfg(feature = "clap")]
    pub(crate) fn of_command(policy: CommandPolicy) -> Self {
        Self::Reviewed(policy, OnceLock::new())
    }

    /// The program's name, where it is one.
    pub(crate) fn program(&self) -> Option<ProgramName> {
        match self {
            Self::Ready(redactor) => redactor.policy().map(|policy| policy.program().clone()),
            #[cfg(feature = "clap")]
            Self::Reviewed(policy, _) => policy.program(),
        }
    }

    /// The program's own variable for consent.
    pub(crate) fn consent_variable(&self) -> Option<String> {
        match self {
            Self::Ready(redactor) => redactor.policy().and_then(Policy::consent_variable),
            #[cfg(feature = "clap")]
            Self::Reviewed(policy, _) => Some(policy.consent_variable()),
        }
    }

    /// The policy's version. `None` where there is no policy that was reviewed.
    pub(crate) fn version(&self) -> Option<u32> {
        self.redactor()?.policy().map(|policy| policy.version().0)
    }

    /// What turns telemetry on and off, where the program's own command has the ready-made subcommand.
    #[cfg_attr(not(feature = "clap"), expect(clippy::unused_self, reason = "there is no command to look at"))]
    pub(crate) fn mounted(&self, program: &ProgramName) -> Option<Commands> {
        #[cfg(feature = "clap")]
        if let Self::Reviewed(policy, _) = self
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
            Self::Reviewed(policy, opened) => opened.into_inner().unwrap_or_else(|| policy.redactor()),
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
            Self::Reviewed(policy, opened) => opened.get_or_init(|| policy.redactor()).as_ref(),
        }
    }
}

#[cfg(test)]
#[cfg(feature = "lock")]
mod tests {
    use super::*;

    /// What `telemetry.policy` holds of a program without commands.
    fn reviewed(name: &str) -> &'static [u8] {
        let source = CommandPolicy::new(name, || clap::Command::new("orchard"), b"").source();
        let source = telemetry_redact::policy::PolicySource { version: 7, ..source };
        Policy::from_source(&source).unwrap().compiled().to_vec().leak()
    }

    #[test]
    fn a_run_is_judged_by_what_was_reviewed_and_asks_the_command_nothing() {
        let policy = CommandPolicy::new("orchard-cli", || panic!("it is derived"), reviewed("orchard-cli"));
        let ruling = Ruling::of_command(policy);
        assert_eq!(ruling.program().unwrap().as_str(), "orchard-cli");
        assert_eq!(ruling.consent_variable().as_deref(), Some("ORCHARD_CLI_TELEMETRY_ENABLED"));
        assert_eq!(ruling.version(), Some(7));
        let opened = ruling.redactor().unwrap().policy().unwrap();
        assert_eq!(Some(opened.program().clone()), ruling.program());
        assert_eq!(opened.consent_variable(), ruling.consent_variable());
        assert_eq!(Some(opened.version().0), ruling.version());
    }

    #[test]
    fn without_what_was_reviewed_of_this_program_there_is_no_judge() {
        let (own, other) = (reviewed("orchard"), reviewed("grove"));
        for (name, reviewed) in
            [("orchard", &b""[..]), ("orchard", &own[..own.len() - 1]), ("orchard", other), ("7 trees", own)]
        {
            let policy = CommandPolicy::new(name, || clap::Command::new("orchard"), reviewed);
            let ruling = Ruling::of_command(policy);
            assert!(ruling.redactor().is_none() && ruling.version().is_none(), "{name} {}", reviewed.len());
        }
    }
}
