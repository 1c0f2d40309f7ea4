//! Detectors: what kind of thing a token is that no list declares.
//!
//! They are the second line: a token that is not declared is dropped whatever they say. They name what was dropped, so
//! that errors still group, and they keep what looks sensitive out of policies. All are predicates over one token,
//! written by hand: nothing is compiled at run time. One scan of the token's bytes, its [`Shape`], decides which of
//! them are asked at all.

mod identifier;
mod network;
mod path;
mod personal;
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
    /// What the token must have for `holds` to be asked.
    needs: u16,
    holds: fn(&str, &Shape) -> bool,
}

const fn detector(
    placeholder: &'static str,
    rule: &'static str,
    needs: u16,
    holds: fn(&str, &Shape) -> bool,
) -> Detector {
    Detector { kind: Kind { placeholder, rule }, needs, holds }
}

/// Strongest first: a connection string is a URL, but a secret before that.
const DETECTORS: [Detector; 17] = [
    detector(
        "<secret>",
        "detect.url_credential",
        Shape::COLON | Shape::SLASH | Shape::AT,
        secret::is_url_credential,
    ),
    detector("<secret>", "detect.jwt", Shape::DOT | Shape::LETTER, secret::is_jwt),
    detector("<secret>", "detect.pem", Shape::HYPHEN | Shape::LETTER, secret::is_pem),
    detector("<url>", "detect.url", Shape::COLON | Shape::SLASH, network::is_url),
    detector("<email>", "detect.email", Shape::AT, network::is_email),
    detector("<ip>", "detect.ipv4", Shape::DIGIT | Shape::DOT, network::is_ipv4),
    detector("<id>", "detect.mac", 0, network::is_mac),
    detector("<ip>", "detect.ipv6", Shape::COLON, network::is_ipv6),
    detector("<id>", "detect.uuid", Shape::HYPHEN, identifier::is_uuid),
    detector("<id>", "detect.hex", 0, identifier::is_hex),
    detector("<secret>", "detect.card", Shape::DIGIT, personal::is_card),
    detector("<id>", "detect.iban", Shape::DIGIT | Shape::LETTER, personal::is_iban),
    detector("<path>", "detect.path", 0, path::is_path),
    detector("<host>", "detect.host", Shape::DOT | Shape::LETTER, network::is_host),
    detector("<number>", "detect.number", Shape::DIGIT, identifier::is_number),
    detector("<secret>", "detect.base64", Shape::LETTER, secret::is_base64),
    detector("<secret>", "detect.entropy", Shape::DIGIT, secret::is_high_entropy),
];

/// What bytes a token has.
struct Shape(u16);

impl Shape {
    const DIGIT: u16 = 1;
    const LETTER: u16 = 1 << 1;
    const DOT: u16 = 1 << 2;
    const COLON: u16 = 1 << 3;
    const SLASH: u16 = 1 << 4;
    const BACKSLASH: u16 = 1 << 5;
    const AT: u16 = 1 << 6;
    const HYPHEN: u16 = 1 << 7;
    /// A letter or digit that is none of hexadecimal.
    const NOT_HEX: u16 = 1 << 8;
    const OTHER: u16 = 1 << 9;

    fn of(token: &str) -> Self {
        token.bytes().fold(Self(0), |shape, byte| {
            Self(
                shape.0
                    | match byte {
                        b'0'..=b'9' => Self::DIGIT,
                        b'a'..=b'f' | b'A'..=b'F' => Self::LETTER,
                        b'g'..=b'z' | b'G'..=b'Z' => Self::LETTER | Self::NOT_HEX,
                        b'.' => Self::DOT,
                        b':' => Self::COLON,
                        b'/' => Self::SLASH,
                        b'\\' => Self::BACKSLASH,
                        b'@' => Self::AT,
                        b'-' => Self::HYPHEN,
                        _ => Self::OTHER,
                    },
            )
        })
    }

    fn has(&self, bytes: u16) -> bool {
        self.0 & bytes == bytes
    }

    /// Whether the token has no bytes but these.
    fn is_only(&self, bytes: u16) -> bool {
        self.0 & !bytes == 0
    }
}

/// What a token is, where a detector knows.
pub(crate) fn kind(token: &str) -> Option<Kind> {
    // Of what is longer nothing more needs to be known.
    const MAX_LENGTH: usize = 2048;
    if token.is_empty() || token.len() > MAX_LENGTH {
        return None;
    }
    if let Some(rule) = secret::issuer(token) {
        return Some(Kind { placeholder: "<secret>", rule });
    }
    let shape = Shape::of(token);
    let mut asked = DETECTORS.iter().filter(|detector| shape.has(detector.needs));
    asked.find(|detector| (detector.holds)(token, &shape)).map(|detector| detector.kind)
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
    // Long names of a program's own look random: only a secret of a known form is taken for one.
    let weak = ["detect.entropy", "detect.base64"].contains(&found.rule);
    (!own && !weak).then_some(found.rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each rule with what it is for and what it must leave alone. Tokens are put together from parts, so that no
    /// scanner of repositories takes them for real.
    #[test]
    fn kinds_are_told_apart() {
        let jwt = ["ey", "JhbGciOi", ".ey", "JzdWIiOi", ".c2ln"].concat();
        let base64 = ["QmFzZTY0IGJsb2Nr", "IG9mIG9yZGluYXJ5", "IHdvcmRzIGhlcmU="].concat();
        for (text, rule) in [
            ("https://example.com/x", "detect.url"),
            ("file:///srv/x", "detect.url"),
            ("mongodb://ada:pw@example.com", "detect.url_credential"),
            ("ada@example.com", "detect.email"),
            ("192.0.2.1", "detect.ipv4"),
            ("192.0.2.1:443", "detect.ipv4"),
            ("192.0.2.0/24", "detect.ipv4"),
            ("[fe80::1%eth0]:443", "detect.ipv6"),
            ("::ffff:192.0.2.1", "detect.ipv6"),
            ("2001:db8::1", "detect.ipv6"),
            ("00:00:5e:00:53:01", "detect.mac"),
            ("00-00-5E-00-53-01", "detect.mac"),
            ("f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "detect.uuid"),
            ("32b6e34b3d91647abb20e7b8", "detect.hex"),
            ("/home/ada/x", "detect.path"),
            ("C:\\Users\\ada", "detect.path"),
            ("\\\\server\\share", "detect.path"),
            ("~/x", "detect.path"),
            ("notes.txt", "detect.path"),
            ("db01.internal.example", "detect.host"),
            ("db01.internal.example:27017", "detect.host"),
            ("4242424242424242", "detect.card"),
            ("4242-4242-4242-4242", "detect.card"),
            ("GB82WEST12345698765432", "detect.iban"),
            ("1,234.5", "detect.number"),
            ("1532ms", "detect.number"),
            (jwt.as_str(), "detect.jwt"),
            (base64.as_str(), "detect.base64"),
            ("x7Kq9vTzR2mWc4Lp8Yd", "detect.entropy"),
        ] {
            assert_eq!(kind(text).map(|kind| kind.rule), Some(rule), "{text}");
        }
        for text in ["", "word", "two-words", "camelCase", "US_EAST_1", "a.b", "-", "deadbeef"] {
            assert_eq!(kind(text).map(|kind| kind.rule), None, "{text}");
        }
    }

    #[test]
    fn no_input_makes_a_detector_panic() {
        for text in
            ["\u{e9}", "@", ":", "[", "%", "://", "a://@", "/", "\\", "=", "e\u{301}.\u{4f8b}", "-----"]
        {
            let _ = kind(text);
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
