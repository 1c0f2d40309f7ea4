//! What has spaces inside: numbers in groups, armour of keys, words of a wallet's seed.

use super::super::rows;
use super::super::rule::Rule;
use super::super::shape::Shape;
use super::super::table;
use super::{Hit, Scanner, is_break, rule};

/// No number in groups is longer.
const LONGEST: usize = 96;

impl Scanner<'_> {
    /// Takes what begins here if it goes on behind a space.
    pub(super) fn span(&mut self) -> bool {
        let rest = self.rest();
        let window = &rest[..rest.len().min(LONGEST)];
        let word = window.iter().position(|byte| is_break(*byte)).unwrap_or(window.len());
        if window.get(word) != Some(&b' ') || self.follows_word() {
            return false;
        }
        let first = Shape::of_byte(window[0]);
        let numeric = first & (Shape::DIGIT | Shape::UPPER | Shape::PLUS) != 0 || window[0] == b'(';
        let start = table::start(window);
        let headed = table::probes(window).iter().filter(|probe| probe.holds(start)).map(|probe| probe.rule);
        let framed = table::spans(window[0]).filter(|_| numeric).map(|frame| frame.rule);
        let found = headed
            .chain(framed)
            .map(|at| &rows::RULES[usize::from(at)])
            .filter_map(|rule| longest(rule, window).filter(|size| *size > word).map(|size| (rule, size)))
            // The first of the longest.
            .rev_max();
        let Some((rule, size)) = found else { return false };
        self.found(rule, self.at..self.at + size);
        true
    }

    /// Whether the place is inside of a word or a longer number.
    fn follows_word(&self) -> bool {
        let before = self.at.checked_sub(1).map(|at| self.text[at]);
        before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    }
}

trait First: Iterator<Item = (&'static Rule, usize)> + Sized {
    /// Of the longest the first: the order of the rules decides.
    fn rev_max(self) -> Option<(&'static Rule, usize)> {
        self.fold(None, |best: Option<(&'static Rule, usize)>, next| match best {
            Some(best) if best.1 >= next.1 => Some(best),
            _ => Some(next),
        })
    }
}

impl<I: Iterator<Item = (&'static Rule, usize)>> First for I {}

/// The longest match of a rule that holds: a run of groups may have taken a word too many.
fn longest(rule: &Rule, window: &[u8]) -> Option<usize> {
    const CUTS: usize = 8;
    let mut size = rule.matched(window)?;
    for _ in 0..CUTS {
        let text = &window[..size];
        size = text.iter().rposition(|byte| !matches!(byte, b' ' | b'-' | b'.' | b'/' | b'('))? + 1;
        let ends = window.get(size).is_none_or(|byte| !byte.is_ascii_alphanumeric());
        if ends && rule.is_form_of(&window[..size]) && rule.check.holds(&window[..size]) {
            return Some(size);
        }
        size = window[..size].iter().rposition(|byte| *byte == b' ')?;
    }
    None
}

/// A seed has twelve to twenty-four words.
const SEED_WORDS: usize = 12;

/// Words that no list of seeds has, and hardly any sentence of twelve words goes without.
const GRAMMAR: [&[u8]; 40] = [
    b"and", b"are", b"but", b"can", b"cannot", b"could", b"did", b"does", b"for", b"from", b"had", b"has",
    b"have", b"her", b"his", b"how", b"its", b"may", b"more", b"must", b"nor", b"not", b"our", b"should",
    b"some", b"such", b"than", b"that", b"the", b"their", b"then", b"they", b"was", b"were", b"what",
    b"when", b"will", b"with", b"would", b"your",
];

/// Adds the phrases of twelve and more short words without one of grammar (BIP 39).
pub(super) fn phrases(text: &[u8], hits: &mut Vec<Hit>) {
    let Some(seed) = rule("detect.seed_phrase") else { return };
    let (mut start, mut end, mut count) = (0, 0, 0);
    let mut close = |start: usize, end: usize, count: usize| {
        if count >= SEED_WORDS {
            hits.retain(|hit| hit.range.end <= start || hit.range.start >= end);
            let place = hits.partition_point(|hit| hit.range.start < start);
            hits.insert(place, Hit { rule: seed, range: start..end });
        }
    };
    let mut at = 0;
    for word in text.split(|byte| matches!(byte, b' ' | b'\n')) {
        let bare = word.iter().take_while(|byte| byte.is_ascii_lowercase()).count();
        let of_seed = (3..=8).contains(&bare) && GRAMMAR.binary_search(&&word[..bare]).is_err();
        if of_seed {
            if count == 0 {
                start = at;
            }
            count += 1;
            end = at + bare;
        }
        // A mark behind a word ends the phrase with it.
        if !word.is_empty() && (!of_seed || bare < word.len()) {
            close(start, end, count);
            count = 0;
        }
        at += word.len() + 1;
    }
    close(start, end, count);
}
