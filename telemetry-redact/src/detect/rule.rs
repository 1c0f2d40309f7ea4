//! A rule as it is kept: where its texts stand in the one text of all of them.

use std::fmt;

use super::check::Check;
use super::row::Reading;
use super::rows::{SAID, TEXT};
use super::steps;

/// What a rule is about. Each family stands in a file of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Family {
    /// Keys of clouds, databases as a service, and stores of secrets.
    Cloud,
    /// Tokens of source hosting.
    Vcs,
    /// Tokens of chats and social networks.
    Chat,
    /// Keys of payment providers and shops.
    Payment,
    /// Tokens of package registries.
    Registry,
    /// Tokens of build services.
    Ci,
    /// Keys of model providers.
    Ai,
    /// Keys of monitoring and analytics.
    Monitoring,
    /// Keys of those who send mail and messages.
    Mail,
    /// Tokens of other services that people work with.
    Service,
    /// Keys and tokens by open standards: JWT, PEM, HTTP authentication, hashes of passwords.
    Auth,
    /// Addresses with a password in them.
    Connection,
    /// Wallets and their keys.
    Wallet,
    /// E-mail, URLs, IP and MAC addresses, host names.
    Network,
    /// Numbers that mean a person: cards, accounts, telephones, devices.
    Personal,
    /// Numbers that a state gives its people.
    National,
    /// Identifiers and digests.
    Identifier,
    /// Paths and file names.
    Path,
    /// What is secret by its place or by its randomness.
    Generic,
}

impl Family {
    /// Its name, as in the documentation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cloud => "cloud",
            Self::Vcs => "vcs",
            Self::Chat => "chat",
            Self::Payment => "payment",
            Self::Registry => "registry",
            Self::Ci => "ci",
            Self::Ai => "ai",
            Self::Monitoring => "monitoring",
            Self::Mail => "mail",
            Self::Service => "service",
            Self::Auth => "auth",
            Self::Connection => "connection",
            Self::Wallet => "wallet",
            Self::Network => "network",
            Self::Personal => "personal",
            Self::National => "national",
            Self::Identifier => "identifier",
            Self::Path => "path",
            Self::Generic => "generic",
        }
    }
}

/// A detector: what it finds, by which form, and who says that this is the form.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Where its texts begin: the identifier, and right behind it the placeholder and the cues.
    pub(super) start: u16,
    /// Where what is said of it begins: the pattern, and right behind it the source.
    pub(super) said: u16,
    pub(super) pattern: u16,
    pub(super) source: u8,
    pub(super) id: u8,
    pub(super) placeholder: u8,
    pub(super) cues: u8,
    pub(super) family: Family,
    pub(super) reading: Reading,
    pub(super) check: Check,
    /// Where the steps of its pattern begin.
    pub(super) steps: u16,
}

impl Rule {
    /// Its identifier, which a finding carries.
    #[must_use]
    pub fn id(&self) -> &'static str {
        part(TEXT, self.start, 0, self.id.into())
    }

    /// What it is about.
    #[must_use]
    pub const fn family(&self) -> Family {
        self.family
    }

    /// What the redaction puts in the place of what it finds.
    #[must_use]
    pub fn placeholder(&self) -> &'static str {
        part(TEXT, self.start, self.id.into(), self.placeholder.into())
    }

    /// The form, in the part of the syntax of regular expressions that is sets, counts and alternatives; `.` is any
    /// character but space.
    #[must_use]
    pub fn pattern(&self) -> &'static str {
        part(SAID, self.said, 0, self.pattern.into())
    }

    /// Whether all of a text has the form.
    pub(super) fn is_form_of(&self, text: &[u8]) -> bool {
        steps::is_whole(self.steps, text)
    }

    /// How much of a text, from its beginning, has the form.
    pub(super) fn matched(&self, text: &[u8]) -> Option<usize> {
        steps::matched(self.steps, text)
    }

    /// What must hold besides the form, such as a check digit; empty if nothing.
    #[must_use]
    pub const fn check(&self) -> &'static str {
        self.check.name()
    }

    /// Words of which one must stand before the form where it is digits alone; none where none need to.
    pub fn cues(&self) -> impl Iterator<Item = &'static str> + use<> {
        let skipped = usize::from(self.id) + usize::from(self.placeholder);
        part(TEXT, self.start, skipped, self.cues.into()).split_terminator(' ')
    }

    /// Whether one of its [cues](Self::cues) must stand before the form where it is digits alone.
    pub(super) const fn needs_cue(&self) -> bool {
        self.cues > 0
    }

    /// Who documents the form.
    #[must_use]
    pub fn source(&self) -> &'static str {
        part(SAID, self.said, self.pattern.into(), self.source.into())
    }
}

fn part(text: &'static str, start: u16, skipped: usize, len: usize) -> &'static str {
    let start = usize::from(start) + skipped;
    &text[start..start + len]
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule")
            .field("id", &self.id())
            .field("pattern", &self.pattern())
            .finish_non_exhaustive()
    }
}
