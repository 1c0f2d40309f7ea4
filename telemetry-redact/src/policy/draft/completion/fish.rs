//! fish: one `complete` for each flag or command, with a condition that names the commands before it.

use std::collections::BTreeMap;

use super::{Found, ShownFlag, settle};
use crate::policy::Takes;

pub(super) fn read(script: &str) -> Found {
    let mut raw = Vec::new();
    let mut below: BTreeMap<Vec<String>, Vec<(String, String)>> = BTreeMap::new();
    for words in statements(script) {
        if words.first().map(String::as_str) != Some("complete") {
            continue;
        }
        let Entry { path, longs, short, takes, words, description } = entry(&words);
        if longs.is_empty() && short.is_none() {
            let known = below.entry(path).or_default();
            known.extend(words.into_iter().map(|word| (word, description.clone())));
        } else {
            let flag = ShownFlag { longs, short, takes, listed: words, ..ShownFlag::default() };
            raw.push((path, vec![flag]));
        }
    }
    settle(raw, &below)
}

#[derive(Default)]
struct Entry {
    path: Vec<String>,
    longs: Vec<String>,
    short: Option<char>,
    takes: Takes,
    words: Vec<String>,
    description: String,
}

fn entry(words: &[String]) -> Entry {
    let mut entry = Entry::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "-n" => entry.path = words.next().map(|condition| path(condition)).unwrap_or_default(),
            "-s" => entry.short = words.next().and_then(|short| short.chars().next()),
            "-l" | "-o" => entry.longs.extend(words.next().cloned()),
            "-d" => entry.description = words.next().cloned().unwrap_or_default(),
            "-r" | "-x" => entry.takes = Takes::Value,
            "-a" => {
                let list = words.next().map(String::as_str).unwrap_or_default();
                let names = list.lines().map(|line| line.split("\\t").next().unwrap_or(line).trim());
                entry.words = names.filter(|name| !name.is_empty()).map(str::to_owned).collect();
            }
            _ => {}
        }
    }
    entry
}

/// The commands that a condition names: `…_using_subcommand trees; and __fish_seen_subcommand_from plant`.
fn path(condition: &str) -> Vec<String> {
    let clauses = condition.split(';').map(str::trim);
    let named = clauses.filter_map(|clause| {
        let clause = clause.strip_prefix("and ").unwrap_or(clause);
        let (test, words) = clause.split_once(' ')?;
        let asks = test.ends_with("_using_subcommand") || test == "__fish_seen_subcommand_from";
        asks.then(|| words.split(' ').next().unwrap_or_default().to_owned())
    });
    named.collect()
}

/// The words of each statement. Quotes hold lines together.
fn statements(script: &str) -> Vec<Vec<String>> {
    let mut statements = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = script.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), '\\') if chars.peek().is_some_and(|next| matches!(next, '\'' | '"' | '\\')) => {
                word.get_or_insert_default().extend(chars.next());
            }
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => while chars.next_if(|next| *next != '\n').is_some() {},
            (None, c) if c.is_whitespace() => {
                if let Some(statement) = statements.last_mut() {
                    statement.extend(word.take());
                }
                if c == '\n' {
                    statements.push(Vec::new());
                }
            }
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    if let Some(statement) = statements.last_mut() {
        statement.extend(word);
    }
    statements
}
