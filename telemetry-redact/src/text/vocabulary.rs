//! The words that error text may keep: fixed when this crate is built, sorted, searched without being unpacked.

/// Ordinary English of error messages. No names, places or brands.
const ENGLISH: &str = include_str!("../../vocabulary/english.txt");
/// Terms of computing.
const TECHNICAL: &str = include_str!("../../vocabulary/technical.txt");

/// The longest word of the lists; longer ones need no search.
const MAX_WORD: usize = 24;

/// Whether a word is in the vocabulary: in lower case, with a capital, or in capitals.
pub(super) fn contains(word: &str) -> bool {
    if word.is_empty() || word.len() > MAX_WORD || !is_cased(word.as_bytes()) {
        return false;
    }
    let mut lower = [0; MAX_WORD];
    let Some(lower) = lower.get_mut(..word.len()) else { return false };
    lower.copy_from_slice(word.as_bytes());
    lower.make_ascii_lowercase();
    [ENGLISH, TECHNICAL].into_iter().any(|list| find(list.as_bytes(), lower))
}

/// `word`, `Word` or `WORD`: other mixtures are somebody's own spelling.
fn is_cased(word: &[u8]) -> bool {
    let rest = word.get(1..).unwrap_or_default();
    rest.iter().all(|byte| !byte.is_ascii_uppercase()) || word.iter().all(|byte| !byte.is_ascii_lowercase())
}

/// Binary search over the lines of a sorted list.
fn find(list: &[u8], word: &[u8]) -> bool {
    let (mut low, mut high) = (0, list.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let start = list[low..middle].iter().rposition(|byte| *byte == b'\n').map_or(low, |at| low + at + 1);
        let end = list[middle..].iter().position(|byte| *byte == b'\n').map_or(list.len(), |at| middle + at);
        match list[start..end].cmp(word) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_lower_case() {
        for list in [ENGLISH, TECHNICAL] {
            let lines: Vec<&str> = list.lines().collect();
            assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "sorted, each word once");
            assert!(lines.iter().all(|word| word.len() <= MAX_WORD));
            assert!(
                list.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'\'' || b == b'\n')
            );
            assert!(lines.iter().all(|word| contains(word)), "each word is found");
        }
    }

    #[test]
    fn spellings_of_one_s_own_are_not_in_it() {
        for (word, expected) in
            [("error", true), ("Error", true), ("ERROR", true), ("eRror", false), ("ErrOr", false)]
        {
            assert_eq!(contains(word), expected, "{word}");
        }
        for word in ["", "alice", "grace-hope", "zzzz", "contoso", "a b", "\u{441}reate"] {
            assert!(!contains(word), "{word}");
        }
    }
}
