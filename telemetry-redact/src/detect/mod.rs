//! Detectors: what kind of thing a token is that no list declares.
//!
//! They are the second line: a token that is not declared is dropped whatever they say. They name what was dropped, so
//! that errors still group, and they keep what looks sensitive out of policies.

mod identifier;
mod network;
mod path;
mod secret;

/// A kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    /// What stands in its place.
    pub(crate) placeholder: &'static str,
    /// The detector's identifier.
    pub(crate) rule: &'static str,
}

/// One detector.
struct Detector {
    kind: Kind,
    holds: fn(&str) -> bool,
}

const fn detector(placeholder: &'static str, rule: &'static str, holds: fn(&str) -> bool) -> Detector {
    Detector { kind: Kind { placeholder, rule }, holds }
}

/// Strongest first: a connection string is a URL, but a secret before that.
const DETECTORS: [Detector; 16] = [
    detector("<secret>", "detect.url_credential", secret::is_url_credential),
    detector("<secret>", "detect.token_prefix", secret::has_token_prefix),
    detector("<secret>", "detect.jwt", secret::is_jwt),
    detector("<secret>", "detect.pem", secret::is_pem),
    detector("<url>", "detect.url", network::is_url),
    detector("<email>", "detect.email", network::is_email),
    detector("<ip>", "detect.ip", network::is_ip),
    detector("<id>", "detect.mac", network::is_mac),
    detector("<id>", "detect.uuid", identifier::is_uuid),
    detector("<id>", "detect.hex", identifier::is_hex),
    detector("<secret>", "detect.card", identifier::is_card),
    detector("<id>", "detect.iban", identifier::is_iban),
    detector("<path>", "detect.path", path::is_path),
    detector("<host>", "detect.host", network::is_host),
    detector("<number>", "detect.number", identifier::is_number),
    detector("<secret>", "detect.entropy", secret::is_high_entropy),
];

/// What a token is, where a detector knows.
pub(crate) fn kind(token: &str) -> Option<Kind> {
    DETECTORS.iter().find(|detector| (detector.holds)(token)).map(|detector| detector.kind)
}

/// The detector that finds a value of a policy sensitive: personal data or a secret has no place in one. Paths, hosts
/// and numbers can be a program's own.
pub(crate) fn sensitive(value: &str) -> Option<&'static str> {
    // Nearly all values are names; what is sensitive has a digit or a sign in it. A policy is read at every start.
    if value.bytes().all(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'-' | b' ')) {
        return None;
    }
    let found = kind(value)?;
    let own = ["<path>", "<host>", "<number>", "<url>"].contains(&found.placeholder);
    // Long names of a program's own look random: only what has digits among its letters is taken for a secret.
    let weak = found.rule == "detect.entropy";
    (!own && !weak).then_some(found.rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        let token = ["gh", "p_", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"].concat();
        let jwt = ["ey", "JhbGciOi", ".ey", "JzdWIiOi", ".c2ln"].concat();
        for (text, rule) in [
            ("https://example.com/x", "detect.url"),
            ("mongodb://ada:pw@example.com", "detect.url_credential"),
            ("ada@example.com", "detect.email"),
            ("192.0.2.1", "detect.ip"),
            ("192.0.2.1:443", "detect.ip"),
            ("192.0.2.0/24", "detect.ip"),
            ("[fe80::1%eth0]:443", "detect.ip"),
            ("::ffff:192.0.2.1", "detect.ip"),
            ("00:00:5e:00:53:01", "detect.mac"),
            ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "detect.uuid"),
            ("32b6e34b3d91647abb20e7b8", "detect.hex"),
            ("/home/ada/x", "detect.path"),
            ("C:\\Users\\ada", "detect.path"),
            ("\\\\server\\share", "detect.path"),
            ("~/x", "detect.path"),
            ("notes.txt", "detect.path"),
            ("db01.internal.example", "detect.host"),
            ("4242424242424242", "detect.card"),
            ("GB82WEST12345698765432", "detect.iban"),
            ("1,234.5", "detect.number"),
            (token.as_str(), "detect.token_prefix"),
            (jwt.as_str(), "detect.jwt"),
            ("x7Kq9vTzR2mWc4Lp8Yd", "detect.entropy"),
        ] {
            assert_eq!(kind(text).map(|kind| kind.rule), Some(rule), "{text}");
        }
        for text in ["", "word", "two-words", "camelCase", "US_EAST_1", "a.b", "-"] {
            assert_eq!(kind(text).map(|kind| kind.rule), None, "{text}");
        }
    }

    #[test]
    fn policies_may_hold_ordinary_values() {
        for value in
            ["AWS", "US_EAST_1", "2025-03-12", "mongodb.gz", "bytesProcessed.query", "$external", "+x"]
        {
            assert_eq!(sensitive(value), None, "{value}");
        }
        assert!(sensitive("ada@example.com").is_some());
        assert!(sensitive("5e2211c17a3e5a48f5497de3").is_some());
    }
}
