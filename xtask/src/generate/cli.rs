//! The command reference, from the same definitions that parse.

use std::fmt::Write as _;

use clap::{Arg, Command, CommandFactory as _};
use telemetry_cli::{Arguments, STORE_VARIABLES};
use telemetry_client::variables;

pub(super) fn markdown() -> String {
    let mut text = String::from(
        "<!-- Written by `cargo xtask gen` from telemetry-cli. Do not edit. -->\n# The `telemetry` command\n",
    );
    let mut command = Arguments::command();
    command.build();
    section(&command, "telemetry", &mut text);
    text.push_str("\n## Environment variables\n\n| variable | what it does |\n| --- | --- |\n");
    for (name, what) in variables::ALL.into_iter().chain(STORE_VARIABLES) {
        let _ = writeln!(text, "| `{name}` | {what} |");
    }
    text.push_str(
        "| `<PREFIX>_TELEMETRY_ENABLED` | as `TELEMETRY_ENABLED`, for the program whose policy has that prefix; of the \
         two the stricter counts |\n",
    );
    text
}

fn section(command: &Command, path: &str, text: &mut String) {
    let about =
        command.get_long_about().or_else(|| command.get_about()).map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let _ = write!(text, "\n## `{path}`\n\n{about}\n\n```text\n{usage}\n```\n");
    let arguments: Vec<&Arg> = command.get_arguments().filter(|argument| !argument.is_hide_set()).collect();
    if !arguments.is_empty() {
        text.push_str("\n| argument | what it does |\n| --- | --- |\n");
    }
    for argument in arguments {
        let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(text, "| `{}` | {} |", name(argument), help.replace('|', "\\|"));
    }
    for below in command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help")
    {
        section(below, &format!("{path} {}", below.get_name()), text);
    }
}

fn name(argument: &Arg) -> String {
    let value = argument
        .get_value_names()
        .and_then(|names| names.first())
        .map(ToString::to_string)
        .unwrap_or_default();
    let takes_value = argument.get_action().takes_values();
    match (argument.get_long(), argument.get_short()) {
        (Some(long), short) => {
            let short = short.map(|short| format!("-{short}, ")).unwrap_or_default();
            let value = if takes_value { format!(" <{value}>") } else { String::new() };
            format!("{short}--{long}{value}")
        }
        (None, Some(short)) => format!("-{short}"),
        (None, None) => format!("<{value}>"),
    }
}
