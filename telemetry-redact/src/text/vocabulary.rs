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

const TEXTS: [&str; 4] = [
    include_str!("../../vocabulary/grammar.txt"),
    include_str!("../../vocabulary/common.txt"),
    include_str!("../../vocabulary/technical.txt"),
    include_str!("../../vocabulary/english.txt"),
];
static TABLE: Table<4, 32768> = Table::new(TEXTS);

/// The class of a word that is in the vocabulary: in lower case, with a capital, or in capitals.
pub(super) fn class(word: &str) -> Option<Class> {
    if !is_cased(word.as_bytes()) {
        // `IDs`, `URLs`
        let acronym =
            word.strip_suffix('s').filter(|acronym| acronym.bytes().all(|b| b.is_ascii_uppercase()));
        return match acronym {
            Some(acronym) => class(acronym),
            None => MIXED.binary_search(&word).is_ok().then_some(Class::Common),
        };
    }
    match TABLE.lists(word).trailing_zeros() {
        0 => Some(Class::Grammar),
        1 | 2 => Some(Class::Common),
        3 => Some(Class::Rare),
        _ => None,
    }
}

/// Terms of computing with capitals of their own.
const MIXED: [&str; 18] = [
    "GraphQL",
    "IPv4",
    "IPv6",
    "JavaScript",
    "OAuth",
    "OAuth2",
    "OpenAPI",
    "OpenID",
    "OpenPGP",
    "OpenSSL",
    "TypeScript",
    "WebAuthn",
    "WebSocket",
    "WebSockets",
    "gRPC",
    "iOS",
    "mTLS",
    "macOS",
];

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
                assert!(
                    word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'\''),
                    "{word}"
                );
                assert!(class(word).is_some(), "{word} is found");
            }
        }
        assert!(MIXED.windows(2).all(|pair| pair[0] < pair[1]));
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
