//! The language that rules state a format in: a text that people read.
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
//! A process reads no pattern: what is looked at first (a literal beginning, lengths, bytes that must be there) and the
//! [steps](super::steps) of the walk are worked out by the compiler from the same text, and a pattern that cannot be
//! read stops the build.

/// No upper bound.
pub(super) const MANY: u16 = u16::MAX;

/// A set of bytes.
#[derive(Clone, Copy)]
pub(super) struct Set {
    pub(super) ascii: u128,
    pub(super) beyond: bool,
}

impl Set {
    pub(super) const fn one(byte: u8) -> Self {
        Self { ascii: 1 << byte, beyond: false }
    }

    const ANY: Self = Self { ascii: !(0xffff_ffff_u128 | 1 << b' ' | 1 << 0x7f), beyond: true };

    const TEXT: Self = Self { ascii: Self::ANY.ascii | 1 << b' ', beyond: true };

    /// The byte that is all of it, if one is.
    #[expect(clippy::cast_possible_truncation, reason = "a bit of 128")]
    const fn only(self) -> Option<u8> {
        if self.beyond || self.ascii.count_ones() != 1 {
            return None;
        }
        Some(self.ascii.trailing_zeros() as u8)
    }
}

#[derive(Clone, Copy)]
pub(super) enum Atom {
    /// One that is ASCII.
    Byte(u8),
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

/// The part that begins at `at`, in what ends at `end`.
//
// It is walked for every byte of every pattern, and what costs the compiler most is a call: it makes as few as it can.
pub(super) const fn item(pattern: &[u8], at: usize, end: usize) -> Item {
    let (atom, after) = match pattern[at] {
        b'\\' if pattern[at + 1] == b'T' => (Atom::Set(Set::TEXT), at + 2),
        b'\\' => (byte(pattern[at + 1]), at + 2),
        b'.' => (Atom::Set(Set::ANY), at + 1),
        b'[' => set(pattern, at + 1),
        b'(' => {
            let end = group_end(pattern, at + 1);
            (Atom::Group(at + 1, end), end + 1)
        }
        b')' | b'|' | b'{' | b'}' | b']' | b'+' | b'?' | b'*' | b'^' | b'$' => {
            panic!("a mark that means something stands alone: write a backslash before it")
        }
        itself => (byte(itself), at + 1),
    };
    let (min, max, next) = if after < end { times(pattern, after) } else { (1, 1, after) };
    assert!(!matches!(atom, Atom::Group(..)) || max == 1, "a group does not repeat");
    Item { atom, min, max, next }
}

const fn byte(byte: u8) -> Atom {
    assert!(byte < 0x80, "a pattern is written in ASCII");
    Atom::Byte(byte)
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
        assert!(first <= last && last < 0x80, "a set that cannot be read");
        assert!(first != b'^' || at > start, "no negated sets");
        // As many ones as the range has members, from the first one on.
        ascii |= (u128::MAX >> (127 - (last - first))) << first;
        at += if range { 3 } else { 1 };
    }
    let set = Set { ascii, beyond: false };
    let atom = if let Some(byte) = set.only() { Atom::Byte(byte) } else { Atom::Set(set) };
    (atom, at + 1)
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
