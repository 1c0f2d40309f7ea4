//! The words that error text may keep: fixed when this crate is built.

use super::lists::{COMMON, ENGLISH, FILES, GRAMMAR, IDENTIFIERS, TECHNICAL, TERMS};
use super::table::Lists;
use crate::detect::Shape;

/// How freely a word may stand. Ordered: what a class may, the classes before it may too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// Words that messages are built with (`not`, `failed`, `the`): they say nothing of a user.
    Grammar,
    /// Words of computing and the usual words of error messages.
    Common,
    /// Other English: kept where a message is worded, not where a name would stand.
    Rare,
}

/// Lists whose entries have digits, marks and capitals of their own: any case is theirs.
pub(super) const ANY_CASE: Lists = Lists(TERMS.0 | IDENTIFIERS.0 | FILES.0);

/// The class of a word that is in the vocabulary: in lower case, with a capital, or in capitals.
pub(super) fn class(word: &str) -> Option<Class> {
    class_in(Lists::of(word), Shape::of(word.as_bytes()), word)
}

/// As [`class`], for a word whose lists and bytes are known.
pub(super) fn class_in(lists: Lists, shape: Shape, word: &str) -> Option<Class> {
    if lists.is(ANY_CASE) {
        return Some(Class::Common);
    }
    if shape.has_any(Shape::UPPER) && shape.has_any(Shape::LOWER) && !is_cased(word.as_bytes()) {
        // `IDs`, `URLs`
        let acronym =
            word.strip_suffix('s').filter(|acronym| acronym.bytes().all(|b| b.is_ascii_uppercase()));
        return acronym.filter(|acronym| !acronym.is_empty()).and_then(class);
    }
    if lists.is(GRAMMAR) {
        Some(Class::Grammar)
    } else if lists.is(COMMON | TECHNICAL) {
        Some(Class::Common)
    } else if lists.is(ENGLISH) {
        Some(Class::Rare)
    } else {
        None
    }
}

/// Of a word with letters of both cases: whether it is `Word`. Other mixtures are somebody's own spelling.
fn is_cased(word: &[u8]) -> bool {
    word.iter().skip(1).all(|byte| !byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table is what the lists say.
    #[test]
    fn every_word_of_the_lists_is_found() {
        let files = [
            (include_str!("../../vocabulary/grammar.txt"), Class::Grammar),
            (include_str!("../../vocabulary/common.txt"), Class::Common),
            (include_str!("../../vocabulary/technical.txt"), Class::Common),
            (include_str!("../../vocabulary/english.txt"), Class::Rare),
            (include_str!("../../vocabulary/terms.txt"), Class::Common),
            (include_str!("../../vocabulary/identifiers.txt"), Class::Common),
            (include_str!("../../vocabulary/files.txt"), Class::Common),
        ];
        for (text, expected) in files {
            for word in text.lines() {
                assert_eq!(class(word), Some(expected), "{word}");
                assert_eq!(class(&word.to_ascii_uppercase()), Some(expected), "{word}");
                assert_eq!(class(&format!("{word}\u{7f}")), None, "{word}");
            }
        }
    }

    #[test]
    fn spellings_of_ones_own_are_not_in_it() {
        for (word, expected) in [("failed", true), ("Failed", true), ("FAILED", true), ("fAiled", false)] {
            assert_eq!(class(word).is_some(), expected, "{word}");
        }
        assert_eq!(class("IDs"), class("id"));
        for word in
            ["", "alice", "grace", "grace-hope", "zzzz", "contoso", "a b", "\u{441}reate", "'tis", "1a", "aB"]
        {
            assert_eq!(class(word), None, "{word}");
        }
    }
}
