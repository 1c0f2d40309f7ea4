//! The language that rules state a format in: a text that people read and that is walked as it stands.
//!
//! It is a small part of the syntax of regular expressions, so that nobody has to learn it:
//!
//! | text | what it matches |
//! |---|---|
//! | `ghp_` | itself; `\.` a mark that would mean something |
//! | `[A-Za-z0-9_-]` | one ASCII character of the set |
//! | `.` | one byte that is no space and no control character, of any script |
//! | `\T` | the same, or a space |
//! | `(a\|b\|)` | the first of the alternatives that matches; `?` behind it: or nothing |
//! | `{20}`, `{16,20}`, `{16,}`, `+`, `?` | how often the character before it, as often as it can |
//!
//! A run gives nothing back of what it took: a rule that would need it is written otherwise. Only alternatives are tried
//! in turn, and there are few. That keeps the walk linear, and a pattern as easy to read as a vendor's documentation.
//! Nothing is compiled when a process starts: what is looked at first (a literal beginning, lengths, bytes that must be
//! there) is worked out by the compiler from the same text, and a pattern that cannot be read stops the build.

/// No upper bound.
pub(super) const MANY: u16 = u16::MAX;

/// A set of bytes.
#[derive(Clone, Copy)]
pub(super) struct Set {
    pub(super) ascii: u128,
    pub(super) beyond: bool,
}

impl Set {
    const fn one(byte: u8) -> Self {
        assert!(byte.is_ascii(), "a pattern is written in ASCII");
        Self { ascii: 1 << byte, beyond: false }
    }

    const ANY: Self = Self { ascii: !(0xffff_ffff_u128 | 1 << b' ' | 1 << 0x7f), beyond: true };

    const TEXT: Self = Self { ascii: Self::ANY.ascii | 1 << b' ', beyond: true };

    #[expect(clippy::cast_possible_truncation, reason = "a half is what is asked for")]
    pub(super) const fn has(self, byte: u8) -> bool {
        // Two halves are cheaper to look into than a number of 128 bits.
        let half = if byte & 0x40 == 0 { self.ascii as u64 } else { (self.ascii >> 64) as u64 };
        if byte < 0x80 { half >> (byte & 0x3f) & 1 == 1 } else { self.beyond }
    }
}

#[derive(Clone, Copy)]
pub(super) enum Atom {
    Set(Set),
    /// Alternatives between these places.
    Group(usize, usize),
}

/// A part of a pattern and how often it stands.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) atom: Atom,
    pub(super) min: u16,
    pub(super) max: u16,
    /// Where the next one begins.
    pub(super) next: usize,
}

/// The part that begins at `at`.
pub(super) const fn item(pattern: &[u8], at: usize) -> Item {
    let (atom, after) = match pattern[at] {
        b'\\' if pattern[at + 1] == b'T' => (Atom::Set(Set::TEXT), at + 2),
        b'\\' => (Atom::Set(Set::one(pattern[at + 1])), at + 2),
        b'.' => (Atom::Set(Set::ANY), at + 1),
        b'[' => set(pattern, at + 1),
        b'(' => {
            let end = group_end(pattern, at + 1);
            (Atom::Group(at + 1, end), end + 1)
        }
        b')' | b'|' | b'{' | b'}' | b']' | b'+' | b'?' | b'*' | b'^' | b'$' => {
            panic!("a mark that means something stands alone: write a backslash before it")
        }
        byte => (Atom::Set(Set::one(byte)), at + 1),
    };
    let (min, max, next) = times(pattern, after);
    assert!(!matches!(atom, Atom::Group(..)) || max == 1, "a group does not repeat");
    Item { atom, min, max, next }
}

const fn set(pattern: &[u8], mut at: usize) -> (Atom, usize) {
    let mut ascii = 0_u128;
    let start = at;
    while pattern[at] != b']' {
        let mut first = pattern[at];
        if first == b'\\' {
            at += 1;
            first = pattern[at];
        }
        let range = pattern[at + 1] == b'-' && pattern[at + 2] != b']';
        let last = if range { pattern[at + 2] } else { first };
        assert!(first.is_ascii() && last.is_ascii() && first <= last, "a set that cannot be read");
        assert!(first != b'^' || at > start, "no negated sets");
        // As many ones as the range has members, from the first one on.
        ascii |= (u128::MAX >> (127 - (last - first))) << first;
        at += if range { 3 } else { 1 };
    }
    (Atom::Set(Set { ascii, beyond: false }), at + 1)
}

/// Where the group ends whose inside begins at `at`.
const fn group_end(pattern: &[u8], mut at: usize) -> usize {
    loop {
        at = alternative_end(pattern, at, pattern.len());
        if pattern[at] == b')' {
            return at;
        }
        at += 1;
    }
}

/// Where the alternative ends that begins at `at`: at a bar, or where its group does.
pub(super) const fn alternative_end(pattern: &[u8], mut at: usize, end: usize) -> usize {
    let mut depth = 0;
    while at < end {
        match pattern[at] {
            b'\\' => at += 1,
            b'[' => {
                at += 1;
                while pattern[at] != b']' {
                    at += if pattern[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'(' => depth += 1,
            b'|' | b')' if depth == 0 => return at,
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    at
}

const fn times(pattern: &[u8], at: usize) -> (u16, u16, usize) {
    if at >= pattern.len() {
        return (1, 1, at);
    }
    match pattern[at] {
        b'?' => (0, 1, at + 1),
        b'+' => (1, MANY, at + 1),
        b'{' => {
            let (min, at) = number(pattern, at + 1);
            match pattern[at] {
                b'}' => (min, min, at + 1),
                b',' if pattern[at + 1] == b'}' => (min, MANY, at + 2),
                b',' => {
                    let (max, at) = number(pattern, at + 1);
                    assert!(pattern[at] == b'}' && min <= max && max > 0, "a count that cannot be read");
                    (min, max, at + 1)
                }
                _ => panic!("a count that cannot be read"),
            }
        }
        _ => (1, 1, at),
    }
}

const fn number(pattern: &[u8], mut at: usize) -> (u16, usize) {
    let mut number = 0;
    while pattern[at].is_ascii_digit() {
        number = number * 10 + (pattern[at] - b'0') as u16;
        at += 1;
    }
    (number, at)
}

/// How much of the text, from its beginning, the pattern matches.
pub(super) fn matched(pattern: &str, text: &[u8]) -> Option<usize> {
    Walk { pattern: pattern.as_bytes(), text, whole: false }.from(0, pattern.len(), None, 0)
}

/// Whether the pattern matches all of the text.
pub(super) fn is_whole(pattern: &str, text: &[u8]) -> bool {
    Walk { pattern: pattern.as_bytes(), text, whole: true }.from(0, pattern.len(), None, 0).is_some()
}

/// Whether a byte of a pattern stands for itself, once: most do, and need no more than a comparison.
fn is_literal(pattern: &[u8], at: usize) -> bool {
    let stands =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b':' | b'/' | b'=' | b' ');
    stands(pattern[at]) && !matches!(pattern.get(at + 1), Some(b'{' | b'?' | b'+'))
}

struct Walk<'a> {
    pattern: &'a [u8],
    text: &'a [u8],
    whole: bool,
}

/// What comes after an alternative.
struct After<'a> {
    at: usize,
    end: usize,
    then: Option<&'a After<'a>>,
}

impl Walk<'_> {
    fn from(&self, mut at: usize, end: usize, after: Option<&After<'_>>, mut place: usize) -> Option<usize> {
        while at < end {
            if is_literal(self.pattern, at) {
                if self.text.get(place) != Some(&self.pattern[at]) {
                    return None;
                }
                place += 1;
                at += 1;
                continue;
            }
            let item = item(self.pattern, at);
            match item.atom {
                Atom::Set(set) => {
                    let rest = self.text.get(place..).unwrap_or_default();
                    let most = rest.len().min(usize::from(item.max));
                    let most = if item.max == MANY { rest.len() } else { most };
                    let count = rest[..most].iter().take_while(|byte| set.has(**byte)).count();
                    if count < usize::from(item.min) {
                        return None;
                    }
                    place += count;
                }
                Atom::Group(from, to) => {
                    let then = After { at: item.next, end, then: after };
                    if let Some(found) = self.alternatives(from, to, &then, place) {
                        return Some(found);
                    }
                    if item.min > 0 {
                        return None;
                    }
                }
            }
            at = item.next;
        }
        match after {
            Some(then) => self.from(then.at, then.end, then.then, place),
            None => (!self.whole || place == self.text.len()).then_some(place),
        }
    }

    fn alternatives(&self, mut from: usize, to: usize, then: &After<'_>, place: usize) -> Option<usize> {
        loop {
            let end = alternative_end(self.pattern, from, to);
            if let Some(found) = self.from(from, end, Some(then), place) {
                return Some(found);
            }
            if end >= to {
                return None;
            }
            from = end + 1;
        }
    }
}
