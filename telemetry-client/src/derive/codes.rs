//! Each error of clap as its own code.

use clap::error::ErrorKind;
use telemetry_redact::{Ending, Raw};
use telemetry_schema::ErrorCode;

/// Those that are not built in: a derived policy declares them.
#[cfg(feature = "lock")]
pub(super) const OWN: [&str; 8] = [
    "argument_conflict",
    "invalid_utf8",
    "missing_equals",
    "missing_subcommand",
    "too_few_values",
    "too_many_values",
    "unexpected_argument",
    "wrong_number_of_values",
];

/// How a run ended whose command line clap did not take. Help and version are what was asked for.
pub(crate) fn ending_of(error: &clap::Error) -> Ending {
    if error.exit_code() == 0 {
        return Ending::Success;
    }
    let text = error.render().to_string();
    let code = code_of(error.kind(), &text).and_then(|code| ErrorCode::new(code).ok());
    // A whole help text says nothing of the run.
    let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    Ending::Error { code, text: (!is_help).then(|| Raw::from(text)) }
}

fn code_of(kind: ErrorKind, text: &str) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::InvalidSubcommand => "unknown_command",
        // One kind for flags and for arguments that have no place; what clap says tells them apart.
        ErrorKind::UnknownArgument if is_about_an_argument(text) => "unexpected_argument",
        ErrorKind::UnknownArgument => "unknown_flag",
        // A flag without its value is of this kind too.
        ErrorKind::InvalidValue if first_line(text).contains("a value is required for") => "missing_argument",
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => "invalid_value",
        ErrorKind::MissingRequiredArgument | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "missing_argument"
        }
        ErrorKind::MissingSubcommand => "missing_subcommand",
        ErrorKind::NoEquals => "missing_equals",
        ErrorKind::TooManyValues => "too_many_values",
        ErrorKind::TooFewValues => "too_few_values",
        ErrorKind::WrongNumberOfValues => "wrong_number_of_values",
        ErrorKind::ArgumentConflict => "argument_conflict",
        ErrorKind::InvalidUtf8 => "invalid_utf8",
        _ => return None,
    })
}

/// Whether `unexpected argument '…' found` is about something that does not look like a flag.
fn is_about_an_argument(text: &str) -> bool {
    let quoted = first_line(text).split_once('\'');
    quoted.is_some_and(|(_, argument)| !argument.starts_with('-'))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
#[cfg(feature = "lock")]
mod tests {
    use std::ffi::OsString;

    use clap::{Arg, Command};
    use telemetry_redact::ERROR_CODES;

    use super::*;

    fn code(command: Command, line: &[&str]) -> Option<String> {
        let argv: Vec<OsString> =
            std::iter::once("orchard").chain(line.iter().copied()).map(OsString::from).collect();
        match ending_of(&command.try_get_matches_from(argv).unwrap_err()) {
            Ending::Error { code, .. } => code.map(|code| code.to_string()),
            Ending::Success => Some("success".to_owned()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_error_of_clap_has_a_code_that_an_event_may_have() {
        let orchard = || {
            Command::new("orchard")
                .subcommand(Command::new("list"))
                .subcommand_required(true)
                .arg(Arg::new("pair").long("pair").num_args(2))
                .arg(Arg::new("some").long("some").num_args(2..=3))
                .arg(Arg::new("when").long("when").require_equals(true))
                .arg(Arg::new("rows").long("rows").value_parser(clap::value_parser!(u8)))
                .arg(Arg::new("one").long("one").conflicts_with("rows"))
        };
        for (line, expected) in [
            (&["lsit"][..], "unknown_command"),
            (&["--smoe"], "unknown_flag"),
            (&["list", "more"], "unexpected_argument"),
            (&["--rows", "many"], "invalid_value"),
            (&["--rows"], "missing_argument"),
            (&[], "missing_subcommand"),
            (&["--pair", "a"], "wrong_number_of_values"),
            (&["--some", "a"], "too_few_values"),
            (&["--when", "a"], "missing_equals"),
            (&["--rows", "1", "--one", "2", "list"], "argument_conflict"),
            (&["--help"], "success"),
            (&["help", "list"], "success"),
        ] {
            assert_eq!(code(orchard(), line).as_deref(), Some(expected), "{line:?}");
            assert!(expected == "success" || OWN.contains(&expected) || ERROR_CODES.contains(&expected));
        }
        assert_eq!(code(orchard().arg_required_else_help(true), &[]).as_deref(), Some("missing_argument"));
        let required = Command::new("orchard").arg(Arg::new("name").required(true));
        assert_eq!(code(required, &[]).as_deref(), Some("missing_argument"));
        assert!(OWN.iter().all(|code| !ERROR_CODES.contains(code)), "none is declared that is built in");
    }
}
