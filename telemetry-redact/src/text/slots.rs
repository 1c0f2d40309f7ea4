//! Slots: places of a text that belong to the user, whatever words stand in them.

use super::words::{self, Context};
use super::{Rebuild, placeholder_at};

/// A quoted text longer than this is no slot but a stray quotation mark.
const MAX_SLOT: usize = 4096;

/// What stands in quotes or backticks in fixed messages of languages and systems, and is nobody's.
const FIXED: [&str; 16] = [
    "",
    "Err",
    "None",
    "Ok",
    "Option::unwrap()",
    "Result::unwrap()",
    "Some",
    "false",
    "left == right",
    "null",
    "true",
    "--help",
    "-h",
    "--",
    "=",
    "nil",
];

/// Goes over a text: slots by themselves, what lies between them as words.
pub(super) fn walk(text: &str, rebuild: &mut Rebuild<'_>) {
    let mut context = Context::default();
    let mut plain = 0;
    let mut at = 0;
    while at < text.len() {
        let Some(c) = text[at..].chars().next() else { break };
        let slot = match c {
            '"' | '\'' | '`' => quoted(text, at, c),
            '[' => bracketed(text, at),
            _ => None,
        };
        match slot {
            Some(end) => {
                words::walk(&text[plain..at], &mut context, rebuild);
                let close = text[end..].chars().next().map_or(0, char::len_utf8);
                rebuild.keep(&text[at..=at]);
                let inside = &text[at + 1..end];
                if c == '[' {
                    list(inside, rebuild);
                } else {
                    slot_text(inside, &text[..at], &text[end..], rebuild);
                }
                rebuild.keep(&text[end..end + close]);
                context.after_slot();
                at = end + close;
                plain = at;
            }
            None => at += c.len_utf8(),
        }
    }
    words::walk(&text[plain..], &mut context, rebuild);
}

/// The end of the quotation that begins here, if one does.
fn quoted(text: &str, at: usize, quote: char) -> Option<usize> {
    let before = text[..at].chars().next_back();
    let opens = before.is_none_or(|c| c.is_whitespace() || "([{<=:,;|/\"'`>".contains(c));
    let rest = text.get(at + 1..)?;
    let next = rest.chars().next()?;
    if !opens || (next.is_whitespace() && quote != '"') {
        return None;
    }
    let mut escaped = false;
    for (offset, c) in rest.char_indices() {
        if offset > MAX_SLOT || (c == '\n' && quote != '"') {
            break;
        }
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            let after = rest[offset + 1..].chars().next();
            let closes = after.is_none_or(|c| !c.is_alphanumeric());
            if closes || quote != '\'' {
                return Some(at + 1 + offset);
            }
        }
    }
    // A quotation that is not closed was cut off: the rest of the line is its own.
    if next.is_whitespace() || quote == '\'' && !opens_value(rest) {
        return None;
    }
    Some(at + 1 + rest.find('\n').unwrap_or(rest.len()).min(MAX_SLOT.min(floor(rest, MAX_SLOT))))
}

/// Whether what follows an apostrophe looks like a value rather than the end of a word.
fn opens_value(rest: &str) -> bool {
    rest.chars().take_while(|c| !c.is_whitespace()).count() > 2
}

fn floor(text: &str, mut at: usize) -> usize {
    at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The end of the list in brackets that begins here.
fn bracketed(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at + 1..)?;
    let end = rest.find([']', '[', '\n', '"', '\'', '`'])?;
    rest[end..].starts_with(']').then_some(at + 1 + end)
}

/// A slot is kept only if the whole of it is declared, or if it is one of the fixed ones.
fn slot_text(inside: &str, before: &str, after: &str, rebuild: &mut Rebuild<'_>) {
    let whole_placeholder =
        placeholder_at(inside).is_some_and(|placeholder| placeholder.len() == inside.len());
    if whole_placeholder || FIXED.contains(&inside) {
        return rebuild.keep(inside);
    }
    if !rebuild.is_known(inside) && is_declared(inside, before, after, rebuild) {
        return rebuild.keep(inside);
    }
    // A key of a JSON object names a field, not a value.
    let is_key =
        after.get(1..).is_some_and(|after| after.starts_with(':')) && before.ends_with(['{', ',', ' ']);
    if is_key && words::is_plain_word(inside) {
        return rebuild.keep(inside);
    }
    rebuild.drop(inside, "text.slot");
}

fn is_declared(inside: &str, before: &str, after: &str, rebuild: &Rebuild<'_>) -> bool {
    let lexicon = rebuild.lexicon;
    if lexicon.declares(inside) {
        return true;
    }
    let before = before.trim_end();
    if before.ends_with("unknown command") {
        // cobra: unknown command "rgister" for "atlas"
        let parent = after.get(1..).and_then(|after| after.strip_prefix(" for \"")?.split('"').next());
        return parent.is_some_and(|parent| {
            lexicon.is_or_near_child(&parent.split_whitespace().collect::<Vec<_>>(), inside)
        });
    }
    if let Some(flag) = inside.strip_prefix("--") {
        // clap names a flag with its value: '--region <REGION>'
        let (flag, value) = flag.split_once([' ', '=']).unwrap_or((flag, ""));
        let is_meta = value.is_empty()
            || value.strip_prefix('<').and_then(|value| value.strip_suffix('>')).is_some_and(|name| {
                name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') && name.eq_ignore_ascii_case(flag)
            });
        let complaint = ["argument", "flag:", "option"].iter().any(|word| before.ends_with(word));
        return is_meta && words::is_flag(flag, complaint, rebuild);
    }
    // A command, and flags of it: atlas clusters create --help
    let words: Vec<&str> = inside.split_whitespace().collect();
    let flags = words.iter().position(|word| word.starts_with('-')).unwrap_or(words.len());
    let (command, flags) = words.split_at(flags);
    let known =
        |flag: &&str| *flag == "--help" || flag.strip_prefix("--").is_some_and(|flag| lexicon.declares(flag));
    lexicon.is_command(command) && flags.iter().all(known)
}

/// Words in brackets of usage lines and stack traces.
const LIST_WORDS: [&str; 20] = [
    "ARGS",
    "COMMAND",
    "OPTIONS",
    "SUBCOMMAND",
    "args",
    "aliases",
    "arguments",
    "command",
    "commands",
    "default",
    "flags",
    "help",
    "options",
    "possible",
    "required",
    "running",
    "short",
    "subcommand",
    "subcommands",
    "values",
];

/// A list in brackets: each element is declared, or it is the user's.
fn list(inside: &str, rebuild: &mut Rebuild<'_>) {
    for (index, word) in inside.split([' ', ',']).enumerate() {
        if index > 0 {
            let at = word.as_ptr() as usize - inside.as_ptr() as usize;
            rebuild.keep(&inside[at - 1..at]);
        }
        let bare = word.trim_end_matches(':').trim_end_matches("...");
        let kept = bare.is_empty()
            || placeholder_at(bare).is_some_and(|placeholder| placeholder.len() == bare.len())
            || LIST_WORDS.contains(&bare)
            || bare.strip_prefix("--").is_some_and(|flag| rebuild.lexicon.declares(flag))
            || (rebuild.lexicon.declares(bare) && !rebuild.is_known(bare));
        if kept {
            rebuild.keep(word);
        } else {
            rebuild.drop(bare, "text.slot");
            rebuild.keep(&word[bare.len()..]);
        }
    }
}
