//! Error texts that hold values of the user's.

use proptest::prelude::*;
use proptest::sample::Index;

use super::planted::{base64, planted_values};
use crate::policy::{PolicySource, declared_words};

/// An error text, and what of it is the user's.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ErrorText {
    /// The text.
    pub text: String,
    /// The values in it: none may come out.
    pub planted: Vec<String>,
}

/// Error texts of a program, with values of the user's where messages carry them: in quotes, after a colon, in lists,
/// addresses and JSON, wrapped over lines, coloured, escaped and encoded.
pub fn error_texts(source: &PolicySource) -> impl Strategy<Value = ErrorText> + use<> {
    error_texts_with(source, planted_values())
}

/// As [`error_texts`], with values of your own; see [`command_lines_with`](super::command_lines_with).
pub fn error_texts_with<S>(source: &PolicySource, planted: S) -> impl Strategy<Value = ErrorText> + use<S>
where
    S: Strategy<Value = String> + Clone + 'static,
{
    let words: Vec<String> = declared_words(source).map(str::to_owned).collect();
    let clause = (any::<Index>(), 0..DISGUISES, any::<Index>(), planted, any::<Index>());
    // A text that is longer than a message may be is cut, which can open what was closed.
    let clauses = prop_oneof![
        30 => prop::collection::vec(clause.clone(), 1..4),
        1 => prop::collection::vec(clause, 30..60),
    ];
    clauses.prop_map(move |clauses| {
        let mut text = String::new();
        let mut planted = Vec::new();
        for (carrier, disguise, at, value, word) in clauses {
            let word = words.get(word.index(words.len().max(1))).map_or("orchard", String::as_str);
            if !text.is_empty() {
                text.push_str(JOINTS[at.index(JOINTS.len())]);
            }
            let carrier = CARRIERS[carrier.index(CARRIERS.len())];
            text.push_str(
                &carrier.replace("{word}", word).replace("{value}", &disguised(&value, disguise, at)),
            );
            planted.push(value);
        }
        ErrorText { text, planted }
    })
}

/// What messages are made of. `{value}` is the user's, `{word}` is one of the policy's.
const CARRIERS: &[&str] = &[
    "Error: unknown command \"{value}\" for \"{word}\"",
    "error: invalid value '{value}' for '--{word} <NAME>'",
    "unknown flag: --{value}",
    "cannot open {value}: permission denied",
    "fatal: pathspec '{value}' did not match any files",
    "no such {word}: {value}",
    "`{value}` is not a {word}",
    "could not find {value}",
    "{word}: {value}: not found",
    "name={value}",
    "--{word}={value}",
    "--password {value}",
    "Authorization: Bearer {value}",
    "one of [{value}, {value}]",
    "(got {value})",
    "Some({ name: \"{value}\" })",
    "{\"error\": {\"message\": \"no {word} named {value}\"}}",
    "{\"name\":\"{value}\",\"{word}\":1}",
    "GET https://api.example/{value}?{word}={value}: 404 Not Found",
    "user {value} is not allowed to {word}",
    "Dear {value}, the {word} is gone",
    "{value}",
    "{value} already exists",
    "{value}'s {word} is locked",
    "exit status 1: {value}",
    "  --> {value}:12:5",
    "panicked at '{value}'",
    "key \"{value}\" = \"{value}\"",
    "<{value}>",
    "{word} {value} {word}",
];

/// What stands between two clauses: marks that nobody closes too.
const JOINTS: &[&str] = &[
    "\n", ": ", "; ", " ", ", ", " \"", " '", "=", " [", ") ", "\\", "<", "/", "--", " {\"", "&quot;", "%22",
    "\t",
];

/// How many disguises there are.
const DISGUISES: u8 = 12;

/// A value as it may stand in a text.
fn disguised(value: &str, disguise: u8, at: Index) -> String {
    let letters: Vec<char> = value.chars().collect();
    let middle = at.index(letters.len().max(1));
    let with = |between: &str| {
        let (head, tail) = letters.split_at(middle);
        head.iter().chain(&between.chars().collect::<Vec<_>>()).chain(tail).collect::<String>()
    };
    let each =
        |write: fn(u32) -> String| letters.iter().map(|letter| write(u32::from(*letter))).collect::<String>();
    match disguise {
        3 => value.to_uppercase(),
        4 => with("\u{200b}"),
        5 => with("\u{1b}[1m"),
        6 => with("\n"),
        7 => value.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat(),
        8 => each(|code| format!("&#{code};")),
        9 => each(|code| format!("\\u{code:04x}")),
        10 => base64(value.as_bytes()),
        11 => letters.iter().map(|letter| full_width(*letter)).collect(),
        _ => value.to_owned(),
    }
}

/// The wide form that a letter has in East Asian text.
fn full_width(letter: char) -> char {
    let wide = |letter: char| char::from_u32(u32::from(letter) - 0x21 + 0xff01);
    Some(letter).filter(char::is_ascii_graphic).and_then(wide).unwrap_or(letter)
}
