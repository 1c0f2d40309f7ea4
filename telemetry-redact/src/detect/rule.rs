//! A rule: one row of data.

use super::check::Check;

/// What stands in the place of something found.
pub(super) const SECRET: &str = "<secret>";
pub(super) const ID: &str = "<id>";

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

/// How strictly a pattern is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As it stands.
    Exact,
    /// A token that was cut short or mistyped is a secret still: the beginning and a good part of the rest will do.
    Lenient,
    /// Asked by the scan alone, for which the pattern is documentation: it depends on what stands around.
    Context,
}

/// A detector: what it finds, by which form, and who says that this is the form.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub(super) id: &'static str,
    pub(super) family: Family,
    pub(super) placeholder: &'static str,
    pub(super) pattern: &'static str,
    pub(super) reading: Reading,
    pub(super) check: Check,
    /// Words of which one must stand before the form where it is digits alone, which are mostly something else.
    pub(super) cues: &'static [&'static str],
    /// Kinds of bytes that must be there besides those that the pattern says.
    pub(super) needs: u32,
    pub(super) source: &'static str,
}

impl Rule {
    /// Its identifier, which a finding carries.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// What it is about.
    #[must_use]
    pub const fn family(&self) -> Family {
        self.family
    }

    /// What the redaction puts in the place of what it finds.
    #[must_use]
    pub const fn placeholder(&self) -> &'static str {
        self.placeholder
    }

    /// The form, in the part of the syntax of regular expressions that is sets, counts and alternatives; `.` is any
    /// character but space.
    #[must_use]
    pub const fn pattern(&self) -> &'static str {
        self.pattern
    }

    /// What must hold besides the form, such as a check digit; empty if nothing.
    #[must_use]
    pub const fn check(&self) -> &'static str {
        self.check.name()
    }

    /// Words of which one must stand before the form where it is digits alone; empty if none need to.
    #[must_use]
    pub const fn cues(&self) -> &'static [&'static str] {
        self.cues
    }

    /// Who documents the form.
    #[must_use]
    pub const fn source(&self) -> &'static str {
        self.source
    }

    pub(super) const fn checked(mut self, check: Check) -> Self {
        self.check = check;
        self
    }

    /// Names bytes that must be there where the pattern leaves them open.
    pub(super) const fn with(mut self, kinds: u32) -> Self {
        self.needs = kinds;
        self
    }

    pub(super) const fn after(mut self, cues: &'static [&'static str]) -> Self {
        self.cues = cues;
        self
    }
}

/// How the rules of one family are written.
#[derive(Clone, Copy)]
pub(super) struct Write(pub(super) Family);

impl Write {
    const fn rule(
        self,
        id: &'static str,
        placeholder: &'static str,
        pattern: &'static str,
        reading: Reading,
        source: &'static str,
    ) -> Rule {
        Rule {
            id,
            family: self.0,
            placeholder,
            pattern,
            reading,
            check: Check::None,
            cues: &[],
            needs: 0,
            source,
        }
    }

    /// A secret whose beginning tells it: what was cut short is one still.
    pub(super) const fn secret(self, id: &'static str, pattern: &'static str, source: &'static str) -> Rule {
        self.rule(id, SECRET, pattern, Reading::Lenient, source)
    }

    /// A secret whose beginning other things have too: only the whole form tells it.
    pub(super) const fn exact(self, id: &'static str, pattern: &'static str, source: &'static str) -> Rule {
        self.rule(id, SECRET, pattern, Reading::Exact, source)
    }

    /// What is no secret by itself.
    pub(super) const fn known(
        self,
        id: &'static str,
        placeholder: &'static str,
        pattern: &'static str,
        source: &'static str,
    ) -> Rule {
        self.rule(id, placeholder, pattern, Reading::Exact, source)
    }

    /// What only its surroundings tell; the scan has the code for it.
    pub(super) const fn around(self, id: &'static str, pattern: &'static str, source: &'static str) -> Rule {
        self.rule(id, SECRET, pattern, Reading::Context, source)
    }
}
