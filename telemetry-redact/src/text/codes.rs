//! The class of an error, by the wording of common libraries and systems.

/// Every class there is. A policy may declare more.
pub const CODES: &[&str] = &[
    "already_exists",
    "authentication",
    "canceled",
    "connection_failed",
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

/// Wording and class: cobra and pflag, clap, errno texts of POSIX, status texts of HTTP. The first that fits decides.
const WORDINGS: [(&str, &str); 46] = [
    ("unknown command", "unknown_command"),
    ("unrecognized subcommand", "unknown_command"),
    ("is not a git command", "unknown_command"),
    ("requires a subcommand", "missing_argument"),
    ("unknown flag", "unknown_flag"),
    ("unknown shorthand flag", "unknown_flag"),
    ("unknown option", "unknown_flag"),
    ("unexpected argument", "unknown_flag"),
    ("invalid argument", "invalid_value"),
    ("invalid value", "invalid_value"),
    ("required flag", "missing_argument"),
    ("required arguments were not provided", "missing_argument"),
    ("flag needs an argument", "missing_argument"),
    ("is required", "missing_argument"),
    ("permission denied", "permission_denied"),
    ("operation not permitted", "permission_denied"),
    ("access denied", "permission_denied"),
    ("forbidden", "permission_denied"),
    ("unauthorized", "authentication"),
    ("authentication", "authentication"),
    ("not logged in", "authentication"),
    ("token expired", "authentication"),
    ("no such host", "name_resolution"),
    ("could not resolve host", "name_resolution"),
    ("enotfound", "name_resolution"),
    ("connection refused", "connection_failed"),
    ("connection reset", "connection_failed"),
    ("network is unreachable", "connection_failed"),
    ("no route to host", "connection_failed"),
    ("broken pipe", "connection_failed"),
    ("deadline exceeded", "timeout"),
    ("timed out", "timeout"),
    ("timeout", "timeout"),
    ("too many requests", "rate_limited"),
    ("certificate", "tls"),
    ("x509", "tls"),
    ("no space left", "no_space"),
    ("already exists", "already_exists"),
    ("file exists", "already_exists"),
    ("no such file or directory", "not_found"),
    ("does not exist", "not_found"),
    ("not found", "not_found"),
    ("cancel", "canceled"),
    ("internal server error", "server"),
    ("service unavailable", "server"),
    ("parse", "parse"),
];

/// The class of a redacted text.
pub(super) fn code_of(text: &str) -> Option<&'static str> {
    let lower = text.to_ascii_lowercase();
    WORDINGS.iter().find(|(wording, _)| lower.contains(wording)).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wording_has_a_class_of_the_list() {
        assert!(CODES.windows(2).all(|pair| pair[0] < pair[1]));
        for (wording, code) in WORDINGS {
            assert!(CODES.contains(&code), "{code}");
            assert!(code_of(wording).is_some());
        }
        assert_eq!(code_of("Error: unknown command \"x\" for \"y\""), Some("unknown_command"));
        assert_eq!(code_of("all is well"), None);
    }
}
