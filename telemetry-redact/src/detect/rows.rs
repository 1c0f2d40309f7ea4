//! All rules in one table, packed by the compiler.
//!
//! The texts stand in one, and a rule says where: a table of texts would hold a pointer for each, which the system has to
//! relocate in every process that starts, though it asks for none of them.

use super::row::Row;
use super::rule::Rule;
use super::steps;
use super::{
    ai, auth, chat, ci, cloud, connection, generic, identifier, mail, monitoring, national, network, path,
    payment, personal, registry, service, vcs, wallet,
};

/// Strongest first: a connection string is a URL, but a secret before that.
const FAMILIES: &[&[Row]] = &[
    auth::RULES,
    cloud::RULES,
    vcs::RULES,
    payment::RULES,
    chat::RULES,
    registry::RULES,
    ci::RULES,
    ai::RULES,
    monitoring::RULES,
    mail::RULES,
    service::RULES,
    connection::RULES,
    wallet::RULES,
    network::RULES,
    national::EUROPE,
    national::WORLD,
    personal::RULES,
    identifier::RULES,
    path::RULES,
    generic::RULES,
];

pub(super) const COUNT: usize = {
    let mut count = 0;
    let mut family = 0;
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

/// Behind a reference, as every table here that is read while another one is made: the compiler would copy all of it
/// wherever one row is named.
pub(super) const ALL: &[Row; COUNT] = &{
    let mut rules = [FAMILIES[0][0]; COUNT];
    let (mut at, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut row = 0;
        while row < FAMILIES[family].len() {
            rules[at] = FAMILIES[family][row];
            at += 1;
            row += 1;
        }
        family += 1;
    }
    rules
};

/// The texts of all rules, one after the other, in the order that [`Rule`] says.
pub(super) const TEXT: &str = text(TEXT_BYTES);

/// What is said of the rules and detects nothing, in the same way. A program that does not ask for it is without it.
pub(super) const SAID: &str = text(SAID_BYTES);

pub(super) static RULES: [Rule; COUNT] = PACKED.2;

/// Copies, so that each stands by itself in a program.
const TEXT_BYTES: &[u8; LEN] = &{ PACKED.0 };
const SAID_BYTES: &[u8; SAID_LEN] = &{ PACKED.1 };

const fn text(bytes: &[u8]) -> &str {
    match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("texts put together are text"),
    }
}

const LEN: usize = {
    let (mut len, mut at) = (0, 0);
    while at < COUNT {
        let Row { id, placeholder, cues, .. } = &ALL[at];
        len += id.len() + placeholder.len() + cues_len(cues);
        at += 1;
    }
    len
};

const SAID_LEN: usize = {
    let (mut len, mut at) = (0, 0);
    while at < COUNT {
        len += ALL[at].pattern.len() + ALL[at].source.len();
        at += 1;
    }
    len
};

/// A space ends each.
const fn cues_len(cues: &[&str]) -> usize {
    let (mut len, mut at) = (0, 0);
    while at < cues.len() {
        len += cues[at].len() + 1;
        at += 1;
    }
    len
}

#[expect(clippy::cast_possible_truncation, reason = "the compiler checks that each fits")]
const PACKED: &([u8; LEN], [u8; SAID_LEN], [Rule; COUNT]) = &{
    let first = &ALL[0];
    let none = Rule {
        start: 0,
        said: 0,
        id: 0,
        placeholder: 0,
        pattern: 0,
        source: 0,
        cues: 0,
        family: first.family,
        reading: first.reading,
        check: first.check,
        steps: 0,
    };
    let (mut bytes, mut said, mut rules) = ([0; LEN], [0; SAID_LEN], [none; COUNT]);
    let (mut len, mut said_len, mut at) = (0, 0, 0);
    while at < COUNT {
        let row = &ALL[at];
        let cues = cues_len(row.cues);
        assert!(row.id.len() < 256 && row.placeholder.len() < 256 && row.source.len() < 256 && cues < 256);
        assert!(row.pattern.len() < 65_536 && len < 65_536 && said_len < 65_536);
        rules[at] = Rule {
            start: len as u16,
            said: said_len as u16,
            id: row.id.len() as u8,
            placeholder: row.placeholder.len() as u8,
            pattern: row.pattern.len() as u16,
            source: row.source.len() as u8,
            cues: cues as u8,
            family: row.family,
            reading: row.reading,
            check: row.check,
            steps: steps::WRITTEN.of(at).0 as u16,
        };
        len = put(&mut bytes, len, row.id);
        len = put(&mut bytes, len, row.placeholder);
        said_len = put(&mut said, said_len, row.pattern);
        said_len = put(&mut said, said_len, row.source);
        let mut cue = 0;
        while cue < row.cues.len() {
            len = put(&mut bytes, len, row.cues[cue]);
            len = put(&mut bytes, len, " ");
            cue += 1;
        }
        at += 1;
    }
    (bytes, said, rules)
};

const fn put<const LEN: usize>(into: &mut [u8; LEN], from: usize, text: &str) -> usize {
    let (mut text, mut at) = (text.as_bytes(), from);
    // Without slices and their checks, which cost the compiler more.
    while let [byte, rest @ ..] = text {
        into[at] = *byte;
        at += 1;
        text = rest;
    }
    at
}
