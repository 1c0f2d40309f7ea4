//! Lists that document the formats of many issuers. Facts are taken from them, no expressions.

/// <https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns>
pub(super) const SCANNING: &str = "GitHub Docs, Supported secret scanning patterns, says that there is one; its form as public scanners describe it";

/// <https://github.com/gitleaks/gitleaks>, MIT.
pub(super) const GITLEAKS: &str = "gitleaks, descriptions of its rules (MIT)";
