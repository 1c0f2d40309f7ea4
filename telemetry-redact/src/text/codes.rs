//! The class of an error, by the wording of common libraries and systems.

/// Every class there is. A policy may declare more.
pub const CODES: &[&str] = &[
    "already_exists",
    "authentication",
    "canceled",
    "connection_failed",
    "connection_refused",
    "invalid_value",
    "missing_argument",
    "name_resolution",
    "no_space",
    "not_found",
    "parse",
    "permission_denied",
    "rate_limited",
    "server",
    "timeout",
    "tls",
    "unknown_command",
    "unknown_flag",
];

/// Wording and class: cobra and pflag, clap, errno texts of POSIX, status texts of HTTP. Each begins where a word does.
/// The first that fits decides.
const WORDINGS: [(&str, &str); 58] = [
    ("unknown command", "unknown_command"),
    ("unrecognized subcommand", "unknown_command"),
    ("is not a git command", "unknown_command"),
    ("requires a subcommand", "missing_argument"),
    ("unknown flag", "unknown_flag"),
    ("unknown shorthand flag", "unknown_flag"),
    ("unknown option", "unknown_flag"),
    ("unrecognized option", "unknown_flag"),
    ("unexpected argument", "unknown_flag"),
    ("invalid argument", "invalid_value"),
    ("invalid value", "invalid_value"),
    ("required flag", "missing_argument"),
    ("required arguments were not provided", "missing_argument"),
    ("flag needs an argument", "missing_argument"),
    ("a value is required for", "missing_argument"),
    ("is required", "missing_argument"),
    ("permission denied", "permission_denied"),
    ("permissiondenied", "permission_denied"),
    ("operation not permitted", "permission_denied"),
    ("access denied", "permission_denied"),
    ("eacces", "permission_denied"),
    ("forbidden", "permission_denied"),
    ("unauthorized", "authentication"),
    ("authentication", "authentication"),
    ("not logged in", "authentication"),
    ("token expired", "authentication"),
    ("no such host", "name_resolution"),
    ("could not resolve host", "name_resolution"),
    ("enotfound", "name_resolution"),
    ("connection refused", "connection_refused"),
    ("connectionrefused", "connection_refused"),
    ("econnrefused", "connection_refused"),
    ("connection reset", "connection_failed"),
    ("connectionreset", "connection_failed"),
    ("econnreset", "connection_failed"),
    ("network is unreachable", "connection_failed"),
    ("no route to host", "connection_failed"),
    ("broken pipe", "connection_failed"),
    ("deadline exceeded", "timeout"),
    ("timed out", "timeout"),
    ("timeout", "timeout"),
    ("etimedout", "timeout"),
    ("too many requests", "rate_limited"),
    ("certificate", "tls"),
    ("x509", "tls"),
    ("no space left", "no_space"),
    ("enospc", "no_space"),
    ("already exists", "already_exists"),
    ("file exists", "already_exists"),
    ("no such file or directory", "not_found"),
    ("enoent", "not_found"),
    ("does not exist", "not_found"),
    ("not found", "not_found"),
    ("cancel", "canceled"),
    ("context cancel", "canceled"),
    ("internal server error", "server"),
    ("service unavailable", "server"),
    ("pars", "parse"),
];

/// For each first byte of a wording, in small letters: the wordings that begin with it, a bit for each.
static BY_FIRST: [u64; 128] = {
    let mut by_first = [0; 128];
    let mut index = 0;
    while index < WORDINGS.len() {
        by_first[WORDINGS[index].0.as_bytes()[0] as usize] |= 1 << index;
        index += 1;
    }
    by_first
};

/// The class of a redacted text, whose words with the role `begins_code` begin at these places.
pub(super) fn code_of(text: &str, begins: impl Iterator<Item = usize>) -> Option<&'static str> {
    let bytes = text.as_bytes();
    let mut best = WORDINGS.len();
    for at in begins {
        let first = bytes.get(at).map_or(0, |byte| usize::from(byte.to_ascii_lowercase()));
        let mut begun = BY_FIRST.get(first).copied().unwrap_or_default();
        while begun != 0 {
            let index = begun.trailing_zeros() as usize;
            if index >= best {
                break;
            }
            begun &= begun - 1;
            let wording = WORDINGS[index].0.as_bytes();
            if bytes.get(at..at + wording.len()).is_some_and(|here| here.eq_ignore_ascii_case(wording)) {
                best = index;
            }
        }
    }
    WORDINGS.get(best).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::super::table::Lists;
    use super::super::{NoLexicon, lists, redact};
    use super::*;
    use telemetry_schema::ErrorCode;

    fn redacted_code(text: &str) -> Option<ErrorCode> {
        redact(text, &NoLexicon, &[], None).code
    }

    #[test]
    fn every_wording_has_a_class_of_the_list() {
        assert!(CODES.windows(2).all(|pair| pair[0] < pair[1]));
        for (wording, code) in WORDINGS {
            assert!(CODES.contains(&code), "{code}");
            assert!(code_of(wording, std::iter::once(0)).is_some(), "{wording}");
            // `pars` and `cancel` begin several words.
            let first = wording.split(' ').next().unwrap_or_default();
            let begins = if first == "pars" { "parse" } else { first };
            assert!(Lists::of(begins).is(lists::BEGINS_CODE), "{begins} has no role");
        }
    }

    #[test]
    fn the_first_wording_that_fits_decides() {
        for (text, code) in [
            ("Error: unknown command \"x\" for \"y\"", Some("unknown_command")),
            ("dial tcp <ip>: connect: Connection refused", Some("connection_refused")),
            ("open <path>: permission denied", Some("permission_denied")),
            ("write <path>: no space left on device", Some("no_space")),
            ("sparse", None),
            ("all is well", None),
        ] {
            assert_eq!(redacted_code(text).as_ref().map(ErrorCode::as_str), code, "{text}");
        }
    }
}
