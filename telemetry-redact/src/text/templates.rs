//! Templates: lines whose wording is known, so that what stands in their slots is known to be a slot.
//!
//! A template is a text with slots in braces. It matches a whole line, after `Error: ` or the like. What stands between
//! the slots is kept as it is; a slot is kept only where what stands in it is declared for it, and is a placeholder
//! otherwise.

use super::lex::{Fate, Why};
use super::{Lexicon, Placeholder, slots};

/// A known line: its wording and the class of error it tells, if it tells one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Template<'a> {
    pub(crate) text: &'a str,
    pub(crate) code: Option<&'a str>,
}

/// What may stand in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// A word that the policy declares, or a near miss of a command or flag where the template names the command.
    Word,
    /// A declared command with its program: `atlas clusters`.
    Command,
    /// A declared flag, or a near miss of one, with its dashes.
    Flag,
    /// A declared flag with the name of its value: `--region <REGION>`.
    Usage,
    /// A declared value.
    Value,
    /// One letter.
    Letter,
    /// A number of up to three digits.
    Number,
    /// A message of its own, which is judged as any other text.
    Error,
    /// Never kept.
    Placeholder(Placeholder),
}

impl Slot {
    /// The slot of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "word" => Self::Word,
            "command" => Self::Command,
            "flag" => Self::Flag,
            "usage" => Self::Usage,
            "value" => Self::Value,
            "letter" => Self::Letter,
            "number" => Self::Number,
            "error" => Self::Error,
            _ => Self::Placeholder(Placeholder::named(name)?),
        })
    }
}

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Fixed(&'a str),
    Slot(Slot),
}

/// The parts of a template; an error names what is wrong with it.
pub(crate) fn parts(template: &str) -> impl Iterator<Item = Result<Part<'_>, &'static str>> {
    let mut rest = template;
    let mut after_slot = false;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(inner) = rest.strip_prefix('{') else {
            let size = rest.find('{').unwrap_or(rest.len());
            let (fixed, after) = rest.split_at(size);
            rest = after;
            after_slot = false;
            let is_odd = fixed.contains('}');
            return Some(if is_odd { Err("a brace that closes nothing") } else { Ok(Part::Fixed(fixed)) });
        };
        if std::mem::replace(&mut after_slot, true) {
            rest = "";
            return Some(Err("two slots with nothing between them: nobody could tell where one ends"));
        }
        let Some((name, after)) = inner.split_once('}') else {
            rest = "";
            return Some(Err("a brace that is not closed"));
        };
        rest = after;
        Some(Slot::named(name).map(Part::Slot).ok_or(
            "a slot of no known kind: word, command, flag, usage, value, letter, number, error, or a placeholder's name",
        ))
    })
}

/// A stretch of a line that matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece {
    Fixed(usize),
    Slot(Slot, usize),
}

/// A line that matched: its pieces with where each ends, and the class of error.
pub(super) struct Match<'a> {
    pub(super) pieces: Vec<Piece>,
    pub(super) code: Option<&'a str>,
}

/// The longest line that is compared, and a slot's longest text.
const MAX_LINE: usize = 1024;

/// Labels before which a line's wording begins.
const LABELS: [&str; 6] = ["Error: ", "error: ", "ERROR: ", "fatal: ", "Fatal: ", "panic: "];

/// The first template that a line is, those of the policy before those that are shipped.
pub(super) fn find<'a>(line: &str, lexicon: &'a dyn Lexicon) -> Option<Match<'a>> {
    if line.len() > MAX_LINE {
        return None;
    }
    // Most lines are told from all labels by the letter they begin with.
    let can_be_label = matches!(line.as_bytes().first()?, b'E' | b'e' | b'F' | b'f' | b'p');
    let labels = LABELS.iter().filter(|label| can_be_label && line.starts_with(**label));
    let label = labels.map(|label| label.len()).next().unwrap_or_default();
    let body = &line[label..];
    let own = (0..).map_while(|index| lexicon.template(index));
    let mut shipped = BY_FIRST[usize::from(*body.as_bytes().first()?)];
    let shipped = std::iter::from_fn(move || {
        let index = (shipped != 0).then(|| shipped.trailing_zeros())?;
        shipped &= shipped - 1;
        SHIPPED.get(index as usize).map(|(text, code)| Template { text, code: Some(code) })
    });
    // Most lines are told from most templates by how those begin.
    let begins = |template: &Template<'_>| {
        let head = template.text.bytes().take_while(|byte| *byte != b'{');
        head.zip(body.bytes()).all(|(head, byte)| head == byte)
    };
    let shipped = shipped.filter(begins);
    own.chain(shipped).find_map(|template| matched(line, label, template))
}

/// Slots end where the next fixed part first stands; the last one goes to the end of the line.
fn matched<'a>(line: &str, label: usize, template: Template<'a>) -> Option<Match<'a>> {
    let mut pieces = Vec::new();
    let mut at = label;
    let mut open: Option<Slot> = None;
    let mut parts = parts(template.text).peekable();
    while let Some(part) = parts.next() {
        match part.ok()? {
            Part::Slot(slot) => open = Some(slot),
            Part::Fixed(fixed) => {
                let rest = line.get(at..)?;
                let found = match open {
                    None => rest.starts_with(fixed).then_some(0),
                    Some(_) if parts.peek().is_none() => {
                        rest.ends_with(fixed).then(|| rest.len() - fixed.len())
                    }
                    Some(_) => place_of(fixed, rest),
                }?;
                if let Some(slot) = open.take() {
                    at += found;
                    pieces.push(Piece::Slot(slot, at));
                }
                at += fixed.len();
                pieces.push(Piece::Fixed(at));
            }
        }
    }
    if let Some(slot) = open {
        at = line.len();
        pieces.push(Piece::Slot(slot, at));
    }
    (at == line.len()).then_some(Match { pieces, code: template.code })
}

/// Where a text first stands in another. Both are short: a search that prepares itself for long ones takes longer.
fn place_of(text: &str, within: &str) -> Option<usize> {
    let (text, within) = (text.as_bytes(), within.as_bytes());
    let first = *text.first()?;
    (0..within.len()).find(|at| within[*at] == first && within[*at..].starts_with(text))
}

/// What becomes of the text in a slot. `command` is what stands in the template's slot for the command.
pub(super) fn judge(slot: Slot, text: &str, command: Option<&str>, lexicon: &dyn Lexicon) -> Fate {
    let is_kept = match slot {
        Slot::Word => {
            lexicon.declares(text)
                || lexicon.is_or_near_child(&mut command.unwrap_or_default().split(' '), text)
        }
        Slot::Command => slots::is_command_line(text, lexicon),
        Slot::Flag => is_flag(text, lexicon),
        Slot::Usage => text.strip_prefix("--").is_some_and(|flag| slots::is_usage(flag, lexicon)),
        Slot::Value => lexicon.declares(text),
        Slot::Letter => matches!(text.as_bytes(), [letter] if letter.is_ascii_alphabetic()),
        Slot::Number => (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()),
        Slot::Error => return Fate::Open,
        Slot::Placeholder(placeholder) => return Fate::Replace(placeholder),
    };
    if is_kept { Fate::Keep } else { Fate::Drop(Why::Slot) }
}

fn is_flag(text: &str, lexicon: &dyn Lexicon) -> bool {
    match text.strip_prefix("--") {
        Some(flag) => lexicon.is_or_near_flag(flag),
        None => matches!(text.as_bytes(), [b'-', letter] if letter.is_ascii_alphabetic()),
    }
}

/// What clap 4, spf13/cobra and spf13/pflag say, as their documentation and tests show it.
const SHIPPED: [(&str, &str); 38] = [
    ("unrecognized subcommand '{word}'", "unknown_command"),
    ("unexpected argument '{flag}' found", "unknown_flag"),
    ("invalid value '{value}' for '{usage}'", "invalid_value"),
    ("invalid value '{value}' for '{usage}': {error}", "invalid_value"),
    ("unexpected value '{value}' for '{usage}' found; no more were expected", "invalid_value"),
    ("one or more required arguments were not provided", "missing_argument"),
    ("a value is required for '{usage}' but none was supplied", "missing_argument"),
    ("equal sign is needed when assigning values to '{usage}'", "invalid_value"),
    ("the argument '{usage}' cannot be used with '{usage}'", "invalid_value"),
    (
        "the argument '{usage}' cannot be used with one or more of the other specified arguments",
        "invalid_value",
    ),
    ("the argument '{usage}' cannot be used multiple times", "invalid_value"),
    ("the subcommand '{word}' cannot be used with '{usage}'", "invalid_value"),
    ("'{command}' requires a subcommand but one was not provided", "missing_argument"),
    ("'{command}' requires a subcommand but one wasn't provided", "missing_argument"),
    ("the following required arguments were not provided:", "missing_argument"),
    ("the following required argument was not provided: {word}", "missing_argument"),
    ("{number} values required for '{usage}' but {number} were provided", "missing_argument"),
    ("invalid UTF-8 was detected in one or more arguments", "invalid_value"),
    ("unknown command \"{word}\" for \"{command}\"", "unknown_command"),
    ("unknown flag: {flag}", "unknown_flag"),
    ("unknown shorthand flag: '{letter}' in {flag}", "unknown_flag"),
    ("unknown shorthand flag: \"{letter}\" in {flag}", "unknown_flag"),
    ("flag needs an argument: {flag}", "missing_argument"),
    ("flag needs an argument: '{letter}' in {flag}", "missing_argument"),
    ("flag needs an argument: \"{letter}\" in {flag}", "missing_argument"),
    ("bad flag syntax: {flag}", "unknown_flag"),
    ("invalid argument \"{value}\" for \"{flag}\" flag: {error}", "invalid_value"),
    ("invalid argument \"{value}\" for \"{letter}, {flag}\" flag: {error}", "invalid_value"),
    ("invalid argument \"{value}\" for \"{command}\"", "invalid_value"),
    ("subcommand is required", "missing_argument"),
    ("accepts {number} arg(s), received {number}", "invalid_value"),
    ("accepts at most {number} arg(s), received {number}", "invalid_value"),
    ("accepts between {number} and {number} arg(s), received {number}", "invalid_value"),
    ("requires at least {number} arg(s), only received {number}", "missing_argument"),
    ("flag provided but not defined: {flag}", "unknown_flag"),
    ("unrecognized option '{flag}'", "unknown_flag"),
    ("option '{flag}' requires an argument", "missing_argument"),
    ("option requires an argument -- '{letter}'", "missing_argument"),
];

/// For each first byte: the shipped templates that begin with it. The one slot that any begins with is for a number.
static BY_FIRST: [u64; 256] = {
    assert!(SHIPPED.len() <= 64, "a bit for each");
    let mut firsts = [0; 256];
    let mut at = 0;
    while at < SHIPPED.len() {
        let first = SHIPPED[at].0.as_bytes()[0];
        let mut byte = 0;
        while byte < 256 {
            if first as usize == byte || first == b'{' && b'0' as usize <= byte && byte <= b'9' as usize {
                firsts[byte] |= 1 << at;
            }
            byte += 1;
        }
        at += 1;
    }
    firsts
};

#[cfg(test)]
mod tests {
    use super::super::NoLexicon;
    use super::*;
    use crate::text::CODES;

    #[test]
    fn shipped_templates_are_sound_and_match_themselves() {
        for (template, code) in SHIPPED {
            assert!(CODES.contains(&code), "{code}");
            assert!(parts(template).all(|part| part.is_ok()), "{template}");
            let text = template.replace("{number}", "7");
            for line in [text.clone(), format!("error: {text}"), text.replace("{flag}", "--x")] {
                let found = find(&line, &NoLexicon).map(|found| found.code);
                assert_eq!(found, Some(Some(code)), "{line}");
            }
            assert!(find(&format!("{text}x"), &NoLexicon).is_none() || template.ends_with('}'), "{text}");
        }
    }

    #[test]
    fn a_template_that_could_not_be_read_back_is_none() {
        for text in ["{word}{word}", "{word", "word}", "{colour}", "{}"] {
            assert!(parts(text).any(|part| part.is_err()), "{text}");
        }
    }

    #[test]
    fn slots_end_where_the_wording_goes_on() {
        let template = Template { text: "no {word} for {value} here", code: None };
        let line = "no x for y for z here";
        let found = matched(line, 0, template).map(|found| found.pieces);
        assert_eq!(
            found,
            Some(vec![
                Piece::Fixed(3),
                Piece::Slot(Slot::Word, 4),
                Piece::Fixed(9),
                Piece::Slot(Slot::Value, 16),
                Piece::Fixed(21),
            ])
        );
        assert!(matched("no x for y there", 0, template).is_none());
    }
}
