//! What is secret by its place or by its randomness, and ordinary numbers.

use super::check::Check;
use super::row::{Row, SECRET, Write};
use super::rule::Family;
use super::shape::Shape;

const W: Write = Write(Family::Generic);

pub(super) const RULES: &[Row] = &[
    W.around(
        "detect.assigned",
        "(password|secret|token|api_key|private_key|credential)( = |=|: | ).+",
        "names of secrets in configuration files, environment variables and flags",
    ),
    W.secret("detect.json_encoded", "eyJ[A-Za-z0-9+/_-]{20,}={0,2}", "RFC 8259, a JSON object, in base64"),
    W.known(
        "detect.number",
        "<number>",
        "[#$+~-]{0,2}[0-9][0-9.,:/-]{0,}[A-Za-z%]{0,3}",
        "digits with the marks of numbers, dates, times and money, and a unit",
    ),
    W.known("detect.base32", SECRET, "[A-Z2-7]{24,}={0,6}", "RFC 4648, 6: base32").checked(Check::Base32),
    W.known("detect.base36", SECRET, "[a-z0-9]{28,}", "letters and digits in one case, longer than any word")
        .with(Shape::DIGIT | Shape::LOWER_REST),
    W.known(
        "detect.base64",
        SECRET,
        "[A-Za-z0-9+_-]{30,}",
        "RFC 4648, 4 and 5: base64; without padding, where a slash could not be told from a path's",
    )
    .checked(Check::Base64),
    W.known("detect.entropy", SECRET, "[!-~]{16,}", "letters and digits that change often, as in no word")
        .checked(Check::Random)
        .with(Shape::DIGIT),
];

/// Whether a name in a configuration, an environment or a query says that its value is secret.
pub(super) fn is_secret_name(name: &[u8]) -> bool {
    const MOST: usize = 64;
    /// As a part of a longer name; written in lower case, without marks between.
    const PARTS: [&str; 29] = [
        "accesskey",
        "accesstoken",
        "accountkey",
        "apikey",
        "apitoken",
        "authkey",
        "authtoken",
        "authorization",
        "bearer",
        "clientsecret",
        "connectionstring",
        "credential",
        "encryptionkey",
        "licensekey",
        "masterkey",
        "passcode",
        "passphrase",
        "passwd",
        "password",
        "privateapikey",
        "privatekey",
        "pwd",
        "recoverycode",
        "secret",
        "sessionid",
        "sharedaccesssignature",
        "signature",
        "signingkey",
        "token",
    ];
    /// As the whole of a name, or of its last word.
    const WHOLE: [&str; 9] = ["auth", "cookie", "key", "otp", "pass", "pin", "pw", "sig", "sid"];
    if name.is_empty() || name.len() > MOST {
        return false;
    }
    let mut folded = [0; MOST];
    let mut len = 0;
    let mut last = 0;
    for (at, byte) in name.iter().enumerate() {
        if byte.is_ascii_alphanumeric() {
            if byte.is_ascii_uppercase() && at > 0 && name[at - 1].is_ascii_lowercase() {
                last = len;
            }
            folded[len] = byte.to_ascii_lowercase();
            len += 1;
        } else if matches!(byte, b'_' | b'-' | b'.' | b'[' | b']' | b' ') {
            last = len;
        } else {
            return false;
        }
    }
    let (folded, last) = (&folded[..len], &folded[last..len]);
    let has = |part: &&str| folded.windows(part.len()).any(|window| window == part.as_bytes());
    WHOLE.iter().any(|whole| last == whole.as_bytes()) || PARTS.iter().any(has)
}
