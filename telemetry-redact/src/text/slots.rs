//! Slots: kept only if the whole of one is declared, or if it is the program's own by its place.

use super::lex::{Kind, Token};
use super::table::Lists;
use super::vocabulary::{self, Class};
use super::words::is_flag_kept;
use super::{Lexicon, lists};

/// Whether the slot at `at` stands as it is.
pub(super) fn is_kept(tokens: &[Token<'_>], at: usize, lexicon: &dyn Lexicon) -> bool {
    let inside = tokens[at].text;
    if tokens[at].lists.is(lists::FIXED_SLOT | lists::FILES) || lexicon.declares(inside) {
        return true;
    }
    if is_key(tokens, at) {
        return is_usual_name(inside, Class::Rare);
    }
    let before = Before::of(tokens, at);
    if let Some(flag) = inside.strip_prefix("--") {
        return is_flag(flag, before, lexicon);
    }
    match before {
        Before::UnknownCommand => is_child(tokens, at, inside, lexicon),
        Before::Flag => lexicon.is_or_near_flag(inside),
        Before::ShorthandFlag => matches!(inside.as_bytes(), [letter] if letter.is_ascii_alphabetic()),
        Before::Choices => is_usual_name(inside, Class::Common),
        Before::Code => is_code(inside),
        Before::Doubt | Before::Other => is_command_line(inside, lexicon),
    }
}

/// What the words before a slot say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    /// cobra's `unknown command "…" for "…"`, clap's `unrecognized subcommand '…'`.
    UnknownCommand,
    /// pflag's `required flag(s) "…", "…" not set`.
    Flag,
    /// pflag's `unknown shorthand flag: '…' in …`.
    ShorthandFlag,
    /// `must be one of "…" or "…"`.
    Choices,
    /// `Error code: "…"`.
    Code,
    /// `unexpected argument '…'`.
    Doubt,
    Other,
}

/// How many tokens before a slot are looked at: no list that a message repeats is longer.
const MAX_BEFORE: usize = 48;

impl Before {
    fn of(tokens: &[Token<'_>], at: usize) -> Self {
        let before = tokens[at.saturating_sub(MAX_BEFORE)..at]
            .iter()
            .rev()
            .take_while(|token| token.kind != Kind::Line);
        // Other members of the same list, with their marks and conjunctions, say nothing.
        let mut words = before.filter(|token| match token.kind {
            Kind::Space | Kind::Slot | Kind::Placeholder => false,
            Kind::Mark => matches!(token.text, "(s)" | "="),
            _ => !matches!(token.text, "or" | "and"),
        });
        let mut doubts = false;
        let mut next = || {
            let token = words.next()?;
            doubts |= token.lists.is(lists::DOUBTS_NAME);
            Some(token.text)
        };
        let [last, second, _] = [next(), next(), next()].map(Option::unwrap_or_default);
        let is = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
        if is(last, "command") && is(second, "unknown")
            || is(last, "subcommand") && is(second, "unrecognized")
        {
            Self::UnknownCommand
        } else if is(last, "flag") && is(second, "shorthand") {
            Self::ShorthandFlag
        } else if last == "(s)" && is(second, "flag") || is(last, "flag") || is(last, "flags") {
            Self::Flag
        } else if is(last, "of") && (is(second, "one") || is(second, "any"))
            || is(last, "values")
                && (is(second, "possible")
                    || is(second, "following")
                    || is(second, "valid")
                    || is(second, "allowed"))
            || is(last, "are") && is(second, "values")
            || is(last, "subcommands")
        {
            Self::Choices
        } else if is(last, "code") || is(last, "errorcode") || is(last, "level") {
            Self::Code
        } else if doubts {
            Self::Doubt
        } else {
            Self::Other
        }
    }
}

/// Whether a slot is the key of a JSON member.
fn is_key(tokens: &[Token<'_>], at: usize) -> bool {
    let opens = at >= 2 && tokens[at - 1].is_mark("\"") && {
        let before = &tokens[..at - 1];
        before
            .iter()
            .rev()
            .find(|token| token.kind != Kind::Space)
            .is_some_and(|token| matches!(token.text, "{" | ","))
    };
    opens
        && tokens.get(at + 1).is_some_and(|t| t.is_mark("\""))
        && tokens.get(at + 2).is_some_and(|t| t.is_mark(":"))
}

/// `--flag <VALUE>`, as a parser names what it takes.
pub(super) fn is_usage(flag: &str, lexicon: &dyn Lexicon) -> bool {
    is_flag(flag, Before::Other, lexicon)
}

/// `--flag`, `--flag <VALUE>` or `--flag=<VALUE>`.
fn is_flag(flag: &str, before: Before, lexicon: &dyn Lexicon) -> bool {
    let (flag, value) = match flag.split_once([' ', '=']) {
        Some((flag, value)) => (flag, Some(value)),
        None => (flag, None),
    };
    let is_meta = |value: &str| {
        value.strip_prefix('<').and_then(|value| value.strip_suffix('>')).is_some_and(|name| {
            name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') && is_usual_name(name, Class::Rare)
        })
    };
    value.is_none_or(is_meta) && is_flag_kept(flag, before == Before::Doubt, lexicon)
}

/// `unknown command "rgister" for "atlas"`: a misspelt word of the command named.
fn is_child(tokens: &[Token<'_>], at: usize, word: &str, lexicon: &dyn Lexicon) -> bool {
    let parent =
        tokens[at + 1..].iter().take(6).find(|token| matches!(token.kind, Kind::Slot | Kind::Placeholder));
    parent.is_some_and(|parent| lexicon.is_or_near_child(&mut parent.text.split(' '), word))
}

/// A command and its flags: `atlas clusters create --help`.
pub(super) fn is_command_line(text: &str, lexicon: &dyn Lexicon) -> bool {
    let is_word = |word: &&str| !word.starts_with('-');
    let known =
        |flag: &str| flag.strip_prefix("--").is_some_and(|flag| flag == "help" || lexicon.declares(flag));
    lexicon.is_command(&mut text.split(' ').take_while(is_word))
        && text.split(' ').skip_while(is_word).all(known)
}

/// Words of the vocabulary, joined by hyphens or underscores or by capitals.
pub(super) fn is_usual_name(name: &str, class: Class) -> bool {
    const MAX_PARTS: usize = 7;
    let usual = |part: &str| {
        vocabulary::class(part).is_some_and(|found| found <= class) || matches!(part, "re" | "un")
    };
    let mut parts = 0;
    !name.is_empty()
        && name.split(['-', '_']).all(|part| {
            parts += 1;
            parts <= MAX_PARTS && (usual(part) || part.len() == name.len() && is_camel(part, class))
        })
}

/// `HelloRequest`, `ServerConfig`: the name of a type, by its last word.
pub(super) fn is_type_name(name: &str) -> bool {
    let last = name.rfind(|c: char| c.is_ascii_uppercase()).unwrap_or_default();
    let Some((first, rest)) = name.split_at_checked(1) else { return false };
    first.as_bytes()[0].is_ascii_uppercase()
        && Lists::of(&name[last..]).is(lists::NAMES_TYPE)
        && is_camel(&[&first.to_ascii_lowercase(), rest].concat(), Class::Common)
}

/// `errorCode`, `listDatabaseUsers`: words of the vocabulary that begin with capitals, the first one without.
pub(super) fn is_camel(name: &str, class: Class) -> bool {
    const MAX_PARTS: usize = 5;
    let mut rest = name;
    let mut parts = 0;
    while !rest.is_empty() && parts <= MAX_PARTS {
        let bytes = rest.as_bytes();
        let upper = bytes.iter().take_while(|b| b.is_ascii_uppercase()).count();
        // `DNMapping`: the last capital of a run begins the next word.
        let size = if upper > 1 {
            if upper == bytes.len() || !bytes[upper].is_ascii_lowercase() { upper } else { upper - 1 }
        } else {
            upper + bytes[upper..].iter().take_while(|b| b.is_ascii_lowercase()).count()
        };
        if size == 0 || vocabulary::class(&rest[..size]).is_none_or(|found| found > class) {
            return false;
        }
        rest = &rest[size..];
        parts += 1;
    }
    parts > 1 && parts <= MAX_PARTS && name.as_bytes()[0].is_ascii_lowercase()
}

/// `RATE_LIMITED`, `ECONNREFUSED`, `error`: a name of an error.
pub(super) fn is_code(word: &str) -> bool {
    let constant = word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    constant && is_usual_name(word, Class::Rare)
        || matches!(word, "debug" | "error" | "fatal" | "info" | "trace" | "warn")
}
