//! The words that error text may keep: fixed when this crate is built.

use super::table::Table;

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

const TEXTS: [&str; 7] = [
    include_str!("../../vocabulary/grammar.txt"),
    include_str!("../../vocabulary/common.txt"),
    include_str!("../../vocabulary/technical.txt"),
    include_str!("../../vocabulary/english.txt"),
    include_str!("../../vocabulary/terms.txt"),
    include_str!("../../vocabulary/identifiers.txt"),
    include_str!("../../vocabulary/files.txt"),
];
static TABLE: Table<7, 32768> = Table::new(TEXTS);

// The bits of the last three.
const TERMS: u32 = 1 << 4;
const IDENTIFIERS: u32 = 1 << 5;
const FILES: u32 = 1 << 6;
/// Lists whose entries have digits, marks and capitals of their own: any case is theirs.
const ANY_CASE: u32 = TERMS | IDENTIFIERS | FILES;

/// The class of a word that is in the vocabulary: in lower case, with a capital, or in capitals.
pub(super) fn class(word: &str) -> Option<Class> {
    let lists = TABLE.lists(word);
    if lists & ANY_CASE != 0 {
        return Some(Class::Common);
    }
    if lists == 0 || !is_cased(word.as_bytes()) {
        // `IDs`, `URLs`
        let acronym =
            word.strip_suffix('s').filter(|acronym| acronym.bytes().all(|b| b.is_ascii_uppercase()));
        return acronym.filter(|acronym| !acronym.is_empty()).and_then(class);
    }
    Some(match lists.trailing_zeros() {
        0 => Class::Grammar,
        1 | 2 => Class::Common,
        _ => Class::Rare,
    })
}

/// Whether text with digits or marks in it is a term of computing, or the name of something that standard libraries
/// have.
pub(super) fn is_term(text: &str) -> bool {
    TABLE.lists(text) & ANY_CASE != 0
}

/// Whether text is the name of a file that tools agreed on, or a usual ending of file names.
pub(super) fn is_file(text: &str) -> bool {
    TABLE.lists(text) & FILES != 0
}

/// Whether text is what standard libraries call something.
pub(super) fn is_identifier(text: &str) -> bool {
    TABLE.lists(text) & IDENTIFIERS != 0
}

/// `word`, `Word` or `WORD`: other mixtures are somebody's own spelling.
fn is_cased(word: &[u8]) -> bool {
    let rest = word.get(1..).unwrap_or_default();
    rest.iter().all(|byte| !byte.is_ascii_uppercase()) || word.iter().all(|byte| !byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_lower_case() {
        for text in TEXTS {
            let lines: Vec<&str> = text.lines().collect();
            assert!(text.ends_with('\n'));
            assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "sorted, each word once");
            for word in lines {
                assert!(word.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase()), "{word}");
                assert!(class(word).is_some(), "{word} is found");
            }
        }
    }

    #[test]
    fn a_word_is_in_one_list() {
        let mut words: Vec<&str> = TEXTS.into_iter().flat_map(str::lines).collect();
        let all = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), all);
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
