//! Messages with a user's data in them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

use super::encode::ENCODINGS;
use super::{Message, sections};

/// How many messages are made of each sentence.
const EACH: usize = 4;

/// What an encoded value stands in, and which kinds of values are encoded.
const ENCODED: [(&str, &str); 6] = [
    ("cannot find {}", "user"),
    ("open {}: permission denied", "path"),
    ("the cluster '{}' is not ready", "cluster"),
    ("no permission for {} on this project", "email"),
    ("could not connect to {}: connection refused", "host"),
    ("name={} is already taken", "person"),
];

struct Value<'a> {
    text: String,
    gone: Vec<&'a str>,
}

pub(super) fn messages(sentences: &str, people: &str) -> Result<Vec<Message>> {
    let mut values: BTreeMap<&str, Vec<Value<'_>>> = BTreeMap::new();
    for (slot, line) in sections(people) {
        let (text, gone) = line.split_once(" | ").unwrap_or((line, line));
        let gone = if gone == line { vec![line] } else { gone.split(", ").collect() };
        values.entry(slot).or_default().push(Value { text: text.replace("{at}", "@"), gone });
    }
    let mut messages = Vec::new();
    for (index, (class, sentence)) in sections(sentences).enumerate() {
        for turn in 0..EACH {
            messages.push(message(class, sentence, index + turn * 7, &values));
        }
    }
    for (turn, (name, encode)) in ENCODINGS.iter().enumerate() {
        for (sentence, slot) in ENCODED {
            let of_slot = values.get(slot).with_context(|| format!("no values of {slot}"))?;
            // Letters that have no other form in an alphabet would come out as they are.
            let plain: Vec<&Value<'_>> = of_slot.iter().filter(|value| value.text.is_ascii()).collect();
            let value = plain[turn % plain.len()];
            messages.push(Message {
                class: format!("encoded: {name}"),
                text: sentence.replace("{}", &encode(&value.text)),
                gone: value.gone.iter().map(|&gone| gone.to_owned()).collect(),
                keep: words(&sentence.replace("{}", " ")),
            });
        }
    }
    Ok(messages)
}

fn message(class: &str, sentence: &str, turn: usize, values: &BTreeMap<&str, Vec<Value<'_>>>) -> Message {
    let mut text = String::new();
    let mut ordinary = String::new();
    let mut gone = Vec::new();
    let mut rest = sentence;
    let mut at = turn;
    while let Some(open) = rest.find('{') {
        let slot = rest[open..].find('}').map(|close| &rest[open + 1..open + close]);
        let of_slot = slot.and_then(|slot| values.get(slot));
        let (Some(slot), Some(of_slot)) = (slot, of_slot) else {
            // A brace of the sentence's own.
            text.push_str(&rest[..=open]);
            ordinary.push_str(&rest[..=open]);
            rest = &rest[open + 1..];
            continue;
        };
        let value = &of_slot[at % of_slot.len()];
        at += 1;
        text.push_str(&rest[..open]);
        ordinary.push_str(&rest[..open]);
        text.push_str(&value.text);
        ordinary.push('\0');
        gone.extend(value.gone.iter().map(|&gone| gone.to_owned()));
        rest = &rest[open + slot.len() + 2..];
    }
    text.push_str(rest);
    ordinary.push_str(rest);
    Message { class: class.to_owned(), text, gone, keep: words(&ordinary) }
}

/// The ordinary words of a sentence: those of letters that touch no value.
fn words(sentence: &str) -> Vec<String> {
    let marks = |c: char| !c.is_ascii_alphabetic() && c != '-';
    sentence
        .split_whitespace()
        .filter(|word| !word.contains('\0'))
        .map(|word| word.trim_matches(marks))
        .filter(|word| word.len() >= 3 && word.bytes().all(|b| b.is_ascii_alphabetic()))
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_filled() {
        let made = messages(
            "[file]\n{\"open\": \"{path}\"} is not there",
            "[path]\n/x/ada | ada\n[user]\nada\n[cluster]\nc\n[email]\ne\n[host]\nh\n[person]\np",
        )
        .unwrap();
        assert_eq!(made[0].text, "{\"open\": \"/x/ada\"} is not there");
        assert_eq!(made[0].gone, ["ada"]);
        assert_eq!(made[0].keep, ["open", "not", "there"]);
    }
}
