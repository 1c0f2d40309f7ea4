//! Near misses: when an unknown word is likely a misspelling of a declared one.

use telemetry_schema::Typed;

/// Shortest word that can be a misspelling: of shorter ones everything is near to something.
const MIN_LENGTH: usize = 4;

/// A word that may be a misspelling of one of many.
pub(crate) struct Near<'a> {
    typed: &'a str,
    /// Nothing where it is too short or has signs that no misspelling has.
    letters: Option<u32>,
}

/// Whether `typed` is likely a misspelling of `declared`; see [`Near::is`].
pub(crate) fn is_near(typed: &str, declared: &str) -> bool {
    Near::of(typed).is(declared)
}

impl<'a> Near<'a> {
    pub(crate) fn of(typed: &'a str) -> Self {
        let is_typed = typed.len() + 1 >= MIN_LENGTH && Typed::new(typed).is_ok();
        Self { typed, letters: is_typed.then(|| letters(typed.as_bytes())) }
    }

    /// As [`Near::is`], of bytes: most are told apart before it matters that they are a text.
    pub(crate) fn is_text(&self, declared: &[u8]) -> bool {
        self.has_letters_of(declared) && str::from_utf8(declared).is_ok_and(|declared| self.is(declared))
    }

    /// An edit changes which letters there are by two at most: most words are told apart without looking closer.
    fn has_letters_of(&self, declared: &[u8]) -> bool {
        let most = 2 * most_edits(self.typed.len().min(declared.len()));
        self.letters.is_some_and(|typed| (typed ^ letters(declared)).count_ones() <= most)
    }

    /// Whether the word is likely a misspelling of `declared`.
    ///
    /// Letters and inner hyphens only. Words of up to four letters: two neighbours swapped, one letter left out or one
    /// doubled; replacing a letter of so short a word makes other words (`list`, `lisa`). Up to six letters: one edit.
    /// Longer: two edits. An edit is an insertion, deletion, replacement or a swap of neighbours.
    pub(crate) fn is(&self, declared: &str) -> bool {
        let typed = self.typed;
        if !self.has_letters_of(declared.as_bytes()) {
            return false;
        }
        let length = typed.len().min(declared.len());
        if length + 1 < MIN_LENGTH || typed.len().max(declared.len()) < MIN_LENGTH || typed == declared {
            return false;
        }
        if typed.len().abs_diff(declared.len()) > 2 {
            return false;
        }
        let distance = strsim::osa_distance(typed, declared);
        match length {
            0..=4 => distance == 1 && is_slip(typed, declared),
            5..=6 => distance == 1,
            _ => distance <= 2,
        }
    }
}

/// How many edits make a misspelling, where the shorter of the two words is so long.
fn most_edits(length: usize) -> u32 {
    if length <= 6 { 1 } else { 2 }
}

/// Which letters a word has, in either case; one bit for each, and others by chance.
fn letters(word: &[u8]) -> u32 {
    word.iter().fold(0, |letters, byte| letters | 1 << (byte & 31))
}

/// Whether the only difference is a swap of neighbours, a letter left out or a letter doubled.
fn is_slip(typed: &str, declared: &str) -> bool {
    let (typed, declared) = (typed.as_bytes(), declared.as_bytes());
    if typed.eq_ignore_ascii_case(declared) || typed.len() < declared.len() {
        return true;
    }
    let same = typed.iter().zip(declared).take_while(|(a, b)| a == b).count();
    if typed.len() == declared.len() {
        let swapped = |i: usize| typed.get(i) == declared.get(i + 1) && typed.get(i + 1) == declared.get(i);
        return same + 1 < typed.len() && swapped(same);
    }
    same > 0 && typed.get(same) == typed.get(same - 1)
}

/// The declared word that `typed` is nearest to; the first of equals, so that the answer does not vary.
pub(crate) fn nearest<'a>(typed: &str, declared: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let near = Near::of(typed);
    declared.filter(|word| near.is(word)).min_by_key(|word| strsim::osa_distance(typed, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_misspellings_are_near() {
        for (typed, declared) in [
            ("rgister", "register"),
            ("lsit", "list"),
            ("lst", "list"),
            ("listt", "list"),
            ("crate", "create"),
            ("clustres", "clusters"),
            ("acesslists", "accesslists"),
            ("Clusters", "clusters"),
        ] {
            assert!(is_near(typed, declared), "{typed} {declared}");
        }
    }

    #[test]
    fn other_words_are_not() {
        for (typed, declared) in [
            ("lisa", "list"),
            ("rosa", "rose"),
            ("ls", "list"),
            ("hunter2", "hunter"),
            ("\u{441}reate", "create"),
            ("create", "create"),
            ("merger", "merge-queue"),
            ("abc", "abd"),
            ("-list", "list"),
        ] {
            assert!(!is_near(typed, declared), "{typed} {declared}");
        }
    }
}
