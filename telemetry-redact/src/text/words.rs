//! Words outside of slots.

use super::lists::{COMPOUNDS, HTTP_STATUS, IO_KINDS, STRUCTURAL};
use super::{PLACEHOLDERS, Rebuild, placeholder_at, vocabulary};
use crate::detect;

/// What came before, as far as it matters for what comes.
#[derive(Debug, Default)]
pub(super) struct Context {
    /// The last words, in lower case.
    last: [String; 2],
}

impl Context {
    pub(super) fn after_slot(&mut self) {
        self.push("");
    }

    fn push(&mut self, word: &str) {
        self.last.rotate_left(1);
        if let Some(last) = self.last.last_mut() {
            *last = word.to_ascii_lowercase();
        }
    }

    /// A sign after a word ends what the word could have begun. A colon does not: `password: …`.
    fn punctuation(&mut self) {
        if let Some(last) = self.last.last_mut() {
            last.push(',');
        }
    }

    /// Whether a number here is a status or an error number, which says nothing of the user.
    fn numbers_are_codes(&self) -> bool {
        let [before, last] = &self.last;
        matches!(last.as_str(), "http" | "status" | "errno")
            || (matches!(last.as_str(), "error" | "code") && {
                matches!(before.as_str(), "os" | "status" | "exit" | "http" | "error" | "errno")
            })
    }

    /// Whether what comes is a credential: `password is …`, `secret …`.
    fn names_a_credential(&self) -> bool {
        let [before, last] = &self.last;
        let names =
            |word: &str| matches!(word, "password" | "passphrase" | "passwd" | "pwd" | "secret" | "pin");
        names(last) || (names(before) && matches!(last.as_str(), "is" | "was"))
    }
}

/// Goes over a text without slots.
pub(super) fn walk(text: &str, context: &mut Context, rebuild: &mut Rebuild<'_>) {
    for line in text.split_inclusive('\n') {
        let status = HTTP_STATUS.iter().find(|status| line.starts_with(**status));
        let line = match status {
            Some(status) => {
                rebuild.keep(status);
                context.push("");
                &line[status.len()..]
            }
            None => line,
        };
        let head = tail_of(line).unwrap_or(line.len());
        chunks(&line[..head], context, rebuild);
        if let Some(tail) = line.get(head..).filter(|tail| !tail.is_empty()) {
            let body = tail.trim();
            let start = tail.len() - tail.trim_start().len();
            rebuild.keep(&tail[..start]);
            if is_placeholders(body) {
                rebuild.keep(body);
            } else {
                rebuild.drop(body, "text.slot");
            }
            rebuild.keep(&tail[start + body.len()..]);
        }
    }
}

fn is_placeholders(text: &str) -> bool {
    text.split(' ')
        .all(|word| placeholder_at(word).is_some_and(|placeholder| placeholder.len() == word.len()))
}

/// A line of this many words without one that messages are built with is no message: a mnemonic, a list of names.
const MIN_LIST_WORDS: usize = 8;

/// Where the value after the last colon begins, if what stands there is one: a few words without any that a message is
/// built with.
fn tail_of(line: &str) -> Option<usize> {
    let colon = line.rfind(": ").map(|at| at + 2);
    let at = colon.or_else(|| (line.split_whitespace().count() >= MIN_LIST_WORDS).then_some(0))?;
    let tail = line.get(at..)?;
    let words: Vec<&str> = tail.split_whitespace().collect();
    let spoken =
        |word: &&str| is_structural(&word.trim_matches(|c: char| !c.is_alphanumeric()).to_ascii_lowercase());
    let value = !words.is_empty() && !words.iter().any(spoken);
    // A single declared word, flag or typed thing is told by itself.
    (value && !words.iter().all(|word| word.starts_with('-') || word.starts_with('<'))).then_some(at)
}

#[rustfmt::skip] // A list, as wide as the page.
/// Words that messages are built with: they make a sentence of a tail, where a bare name has none.
fn is_structural(word: &str) -> bool {
    let ends = ["ed", "ing", "able", "ible", "n't", "tion"];
    STRUCTURAL.binary_search(&word).is_ok() || (word.len() > 4 && ends.iter().any(|end| word.ends_with(end)))
}

fn chunks(text: &str, context: &mut Context, rebuild: &mut Rebuild<'_>) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_space = first.is_whitespace();
        let end = rest.find(|c: char| c.is_whitespace() != is_space).unwrap_or(rest.len());
        let (chunk, after) = rest.split_at(end);
        if is_space {
            rebuild.keep(chunk);
        } else {
            peeled(chunk, context, rebuild);
        }
        rest = after;
    }
}

const OPENING: &[char] = &[
    '(', '[', '{', '<', '"', '\'', '`', '*', '|', '>', '=', ',', ';', ':', '&', '?', '!', '#', '+', '@', '.',
];
const CLOSING: &[char] = &[
    ')', ']', '}', '>', '"', '\'', '`', '*', '|', ',', ';', ':', '.', '!', '?', '=', '&', '<', '(', '{', '[',
    '%', '-', '+', '#', '@', '/', '_', '~', '^', '$', '\\',
];

/// A chunk without white space: punctuation around a core.
fn peeled(chunk: &str, context: &mut Context, rebuild: &mut Rebuild<'_>) {
    // What was taken out before stays as it is; what stands around it is judged by itself.
    if let Some((at, placeholder)) = first_placeholder(chunk) {
        if at > 0 {
            peeled(&chunk[..at], context, rebuild);
        }
        rebuild.keep(placeholder);
        context.push("");
        let after = &chunk[at + placeholder.len()..];
        if !after.is_empty() {
            peeled(after, context, rebuild);
        }
        return;
    }
    let wording = chunk.trim_end_matches([',', ';', ':', '.', '!', '?']);
    if COMPOUNDS.binary_search(&wording.to_ascii_lowercase().as_str()).is_ok() {
        context.push("");
        return rebuild.keep(chunk);
    }
    // An address in brackets keeps them: they are a part of it.
    let bare = chunk.trim_end_matches([',', ';', ':', '.', ')']);
    if bare.starts_with('[') && detect::kind(bare).is_some_and(|kind| kind.rule == "detect.ip") {
        rebuild.drop(bare, "text.word");
        context.push("");
        return rebuild.keep(&chunk[bare.len()..]);
    }
    if let Some(first) = chunk.chars().next().filter(|c| OPENING.contains(c) && !is_relative_path(chunk)) {
        let size = first.len_utf8();
        rebuild.keep(&chunk[..size]);
        if chunk.len() > size {
            peeled(&chunk[size..], context, rebuild);
        }
        return;
    }
    let core = chunk.trim_end_matches(CLOSING);
    if core.is_empty() {
        // Nothing but punctuation; what is not ASCII could be a sign of somebody's own.
        return if chunk.is_ascii() { rebuild.keep(chunk) } else { rebuild.drop(chunk, "text.word") };
    }
    self::core(core, context, rebuild);
    if chunk.len() > core.len() {
        if !chunk.ends_with(':') {
            context.punctuation();
        }
        rebuild.keep(&chunk[core.len()..]);
    }
}

fn first_placeholder(chunk: &str) -> Option<(usize, &'static str)> {
    if !chunk.contains('<') {
        return None;
    }
    PLACEHOLDERS.iter().filter_map(|placeholder| Some((chunk.find(placeholder)?, *placeholder))).min()
}

fn is_relative_path(chunk: &str) -> bool {
    chunk.starts_with("./") || chunk.starts_with("../")
}

fn core(core: &str, context: &mut Context, rebuild: &mut Rebuild<'_>) {
    let kept = !rebuild.is_known(core) && !context.names_a_credential() && is_kept(core, context, rebuild);
    if kept {
        rebuild.keep(core);
        return context.push(core);
    }
    // Credentials are taken out whatever follows them; what a sentence goes on with is told by its wording.
    if context.names_a_credential() && is_structural(&core.to_ascii_lowercase()) && vocabulary::contains(core)
    {
        rebuild.keep(core);
        return context.push(core);
    }
    if let Some((key, value)) = assignment(core) {
        part(key, context, rebuild);
        rebuild.keep("=");
        return slot(value, context, rebuild);
    }
    let is_typed = detect::kind(core).is_some();
    let separator = core.find([':', ',', ';', '(', ')', '|', '{', '}', '"', '<', '>']);
    if let Some(at) = separator.filter(|_| !is_typed && core.is_ascii()) {
        part(&core[..at], context, rebuild);
        rebuild.keep(&core[at..=at]);
        context.push("");
        if at + 1 < core.len() {
            peeled(&core[at + 1..], context, rebuild);
        }
        return;
    }
    rebuild.drop(core, "text.word");
    context.push("");
}

/// `key=value`, with a key that could be one.
fn assignment(core: &str) -> Option<(&str, &str)> {
    let (key, value) = core.split_once('=')?;
    let is_key = key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    (is_key && !key.is_empty() && !value.is_empty()).then_some((key, value))
}

fn part(text: &str, context: &mut Context, rebuild: &mut Rebuild<'_>) {
    if text.is_empty() {
        return;
    }
    if !rebuild.is_known(text) && is_kept(text, context, rebuild) {
        rebuild.keep(text);
        context.push(text);
    } else {
        rebuild.drop(text, "text.word");
        context.push("");
    }
}

fn slot(text: &str, context: &mut Context, rebuild: &mut Rebuild<'_>) {
    context.push("");
    let taken_out = placeholder_at(text).is_some_and(|placeholder| placeholder.len() == text.len());
    if taken_out || (rebuild.lexicon.declares(text) && !rebuild.is_known(text)) {
        rebuild.keep(text);
    } else {
        rebuild.drop(text, "text.slot");
    }
}

fn is_kept(core: &str, context: &Context, rebuild: &Rebuild<'_>) -> bool {
    if let Some(flag) = core.strip_prefix("--") {
        let complaint =
            context.last.last().is_some_and(|last| matches!(last.as_str(), "flag" | "option" | "argument"));
        return is_flag(flag, complaint, rebuild);
    }
    if let [b'-', letter] = core.as_bytes() {
        return letter.is_ascii_alphabetic();
    }
    if core.bytes().all(|b| b.is_ascii_digit()) {
        return core.len() <= 3 && context.numbers_are_codes();
    }
    rebuild.lexicon.declares(core) || is_plain_word(core) || is_constant(core) || is_hyphenated(core)
}

/// Whether a long flag is kept. One that a message speaks of is the program's; one that it complains of is what the user
/// typed, and has to be declared or nearly so.
pub(super) fn is_flag(flag: &str, complaint: bool, rebuild: &Rebuild<'_>) -> bool {
    rebuild.lexicon.declares(flag)
        || (complaint && rebuild.lexicon.is_or_near_flag(flag))
        || (!complaint && (flag.is_empty() || is_plain_word(flag) || is_hyphenated(flag)))
}

/// A word of the vocabulary.
pub(super) fn is_plain_word(word: &str) -> bool {
    vocabulary::contains(word.strip_suffix("'s").unwrap_or(word))
}

/// Words of the vocabulary joined by hyphens: `non-quoted`, `read-only`.
fn is_hyphenated(word: &str) -> bool {
    word.contains('-') && word.split('-').count() <= 4 && word.split('-').all(vocabulary::contains)
}

/// Names of errors that are the same on every machine: `ECONNREFUSED`, `ERR_INVALID_ARG_TYPE`, `ConnectionReset`.
fn is_constant(word: &str) -> bool {
    let upper = word.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
    let parts = |word: &str| word.split('_').all(vocabulary::contains);
    if let Some(rest) = word.strip_prefix("ERR_").or_else(|| word.strip_suffix("_ERROR")) {
        return upper && parts(rest);
    }
    // getaddrinfo(3)
    if let Some(rest) = word.strip_prefix("EAI_") {
        return upper && parts(rest);
    }
    IO_KINDS.binary_search(&word).is_ok()
}
