//! How each dialect reads a command line: what the parsers themselves say, and what `docs/dialects.md` says.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use telemetry_redact::Redactor;

use super::command::{orchard, short};

/// A command line, and what a real parser made of it, written so that it can mean nothing else: the command's words,
/// each flag with `=`, and the arguments behind `--`. Nothing where the parser refuses the line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    dialect: String,
    line: Vec<String>,
    means: Option<Vec<String>>,
}

type Kept = (Vec<String>, BTreeMap<String, BTreeSet<String>>, Vec<String>);

fn kept(redactor: &Redactor, line: &[String]) -> Kept {
    let argv: Vec<&str> = std::iter::once("orchard").chain(line.iter().map(String::as_str)).collect();
    let command = redactor.read_command(&argv).command;
    let flags = command.flags.iter().map(|flag| {
        let values = flag.values.iter().map(ToString::to_string).collect();
        (flag.name.to_string(), values)
    });
    let positionals =
        command.positionals.iter().map(|argument| format!("{}:{}", argument.index, argument.values[0]));
    (command.path.iter().map(ToString::to_string).collect(), flags.collect(), positionals.collect())
}

#[test]
fn lines_are_read_as_pflag_go_and_getopt_read_them() {
    let mut wrong = Vec::new();
    let mut refused = 0;
    for row in include_str!("../../testdata/dialects.jsonl").lines() {
        let Row { dialect, line, means } = serde_json::from_str(row).unwrap();
        let Some(means) = means else {
            refused += 1;
            continue;
        };
        let redactor = orchard(&dialect);
        let (read, expected) = (kept(&redactor, &line), kept(&redactor, &means));
        if read != expected {
            wrong.push(format!("{dialect} {line:?}: {read:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // What the parser refuses is not compared: most has to be taken.
    assert!(refused < 90, "{refused}");
}

/// The tables of examples: a line, and its reading by each dialect.
#[test]
fn the_examples_of_the_documentation_hold() {
    let text = include_str!("../../../docs/dialects.md");
    let mut wrong = Vec::new();
    let mut examples = 0;
    let mut dialects: Vec<&str> = Vec::new();
    for row in text.lines() {
        let cells: Vec<&str> =
            row.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        match cells.as_slice() {
            ["line", names @ ..] => dialects = names.to_vec(),
            [line, readings @ ..] if row.starts_with("| `") && readings.len() == dialects.len() => {
                for (dialect, reading) in dialects.iter().zip(readings) {
                    let argv: Vec<&str> = std::iter::once("orchard").chain(line.split_whitespace()).collect();
                    let read = short(&orchard(dialect).read_command(&argv));
                    examples += 1;
                    if read.trim() != *reading {
                        wrong.push(format!("{dialect}: `{line}` is `{}`, not `{reading}`", read.trim()));
                    }
                }
            }
            _ if row.starts_with("|-") => {}
            _ => dialects.clear(),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(examples > 50, "{examples}");
}
