//! Numbers: which of them are the program's own.

use super::lex::{Fate, Kind};
use super::table::Lists;
use super::words::{Before, Line, Place};
use super::{lists, statuses};

impl Place<'_, '_> {
    pub(super) fn keeps_number(&self, number: &str, line: &Line<'_>) -> bool {
        if number.len() <= 3 && line.expects_code()
            || line.last[3].text == "error" && statuses::is_status(number)
        {
            return true;
        }
        if self.reason().is_some()
            || self.is_bound(number)
            || number.len() <= 2 && line.last[3].lists.is(lists::HAS_VERSION)
        {
            return true;
        }
        if self.is_counted(number, line) {
            return true;
        }
        // One digit by itself tells nothing; digits that follow each other are a number spelled out.
        number.len() == 1
            && !matches!(self.before, Before::Name | Before::Gone)
            && !line.last[2..].iter().any(|said| has_digit(said.text))
            && !self.next_words().take(2).any(has_digit)
    }

    /// Whether a program counts something here, or says where it is: `10 seconds`, `line 3 column 7`, `attempt 2 of 5`.
    fn is_counted(&self, number: &str, line: &Line<'_>) -> bool {
        if number.len() > MAX_COUNT || matches!(self.before, Before::Name | Before::Gone) {
            return false;
        }
        let is_last = |last: usize| line.last[last].lists.is(lists::NUMBERED);
        let goes_on = line.last[3].text == "of" && has_digit(line.last[2].text) && is_last(1);
        let mut next = self.next_words();
        is_last(3)
            || goes_on
            || line.last[3].text != "of" && next.next().is_some_and(|word| Lists::of(word).is(lists::COUNTED))
    }

    /// Whether a number is a bound of the program's, or goes on a list of them: `at least 8`, `>= 0`, `between 0 and 63`,
    /// `must be 1, 2, or 4`. Digits that follow each other are a number spelled out.
    fn is_bound(&self, number: &str) -> bool {
        const MAX_DIGITS: usize = 5;
        let follows = self.tokens[self.at + 1..].iter().find(|token| token.kind != Kind::Space);
        if number.len() > MAX_DIGITS
            || follows.is_some_and(|next| next.kind == Kind::Word && has_digit(next.text))
        {
            return false;
        }
        let mut before = self.tokens[..self.at].iter().rev().filter(|token| token.kind != Kind::Space);
        let mut is_separated = false;
        while let Some(token) = before.next() {
            let text = token.text;
            match token.kind {
                Kind::Mark if text == "," => is_separated = true,
                Kind::Mark => return matches!(text, "<=" | ">=" | "<" | ">"),
                Kind::Word if token.fate == Fate::Keep && token.is_number() => {
                    if !std::mem::take(&mut is_separated) {
                        return false;
                    }
                }
                Kind::Word if matches!(text, "and" | "or") => is_separated = true,
                Kind::Word => {
                    let word = before.next().filter(|token| token.kind == Kind::Word);
                    return match text {
                        "be" => word.is_some_and(|word| word.lists.is(lists::MODAL)),
                        "of" => word.is_some_and(|word| word.lists.is(lists::HAS_SIZE)),
                        "to" => word.is_some_and(|word| matches!(word.text, "up" | "equal")),
                        _ => token.lists.is(lists::BOUNDS_NUMBER),
                    };
                }
                _ => return false,
            }
        }
        false
    }

    /// `0..23`, `1-65535`, after a word that says so.
    pub(super) fn is_range(&self, word: &str) -> bool {
        let ends = word.split_once("..").or_else(|| word.split_once('-'));
        let is_end = |end: &str| (1..=5).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_digit());
        let mut before = self.tokens[..self.at].iter().rev().filter(|token| token.kind == Kind::Word);
        ends.is_some_and(|(from, to)| is_end(from) && is_end(to))
            && before.next().is_some_and(|word| matches!(word.text, "range" | "in" | "between" | "within"))
            && before.take(4).any(|word| word.lists.is(lists::MODAL) || word.text == "range")
    }

    /// The reason phrase of the status that stands here: `404 Not Found`.
    pub(super) fn reason(&self) -> Option<&'static str> {
        let number = self.tokens[self.at];
        if number.text.len() != 3 || !number.text.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        statuses::reason_after(number.text, self.text.get(number.end()..)?)
    }
}

/// `30s`, `1532ms`: how long something took or may take.
pub(super) fn is_duration(word: &str) -> bool {
    let unit = word.trim_start_matches(|c: char| c.is_ascii_digit());
    (1..=MAX_COUNT).contains(&(word.len() - unit.len()))
        && matches!(unit, "ns" | "us" | "ms" | "s" | "m" | "h")
}

/// Longer numbers can be somebody's: of a house, a year with more to it, an identifier.
const MAX_COUNT: usize = 4;

/// `14.5`, `1.2.3`.
pub(super) fn is_version(word: &str) -> bool {
    let is_part = |part: &str| matches!(part.len(), 1 | 2) && part.bytes().all(|b| b.is_ascii_digit());
    word.contains('.') && word.split('.').count() <= 3 && word.split('.').all(is_part)
}

fn has_digit(word: &str) -> bool {
    word.bytes().any(|b| b.is_ascii_digit())
}
