//! What can be said of a match before it is looked for, read off a pattern by the compiler.

use super::pattern::{Atom, Item, MANY, Set, alternative_end, item};
use super::shape::Shape;

/// The ASCII bytes of each kind.
const MEMBERS: [u128; Shape::KINDS] = {
    let mut members = [0; Shape::KINDS];
    let mut byte = 0_u8;
    while byte < 0x80 {
        members[Shape::of_byte(byte).trailing_zeros() as usize] |= 1 << byte;
        byte += 1;
    }
    members
};

impl Set {
    /// The kinds of bytes that are in it.
    const fn shape(self) -> u32 {
        let mut shape = if self.beyond { Shape::BEYOND } else { 0 };
        let mut kind = 0;
        while kind < Shape::KINDS {
            if self.ascii & MEMBERS[kind] != 0 {
                shape |= 1 << kind;
            }
            kind += 1;
        }
        shape
    }
}

/// Whether a text of the right length and the right kinds of bytes is a match: the pattern is one set that has all
/// bytes of its kinds.
pub(super) const fn is_settled(pattern: &[u8]) -> bool {
    let item = item(pattern, 0);
    let Atom::Set(set) = item.atom else { return false };
    let shape = set.shape();
    let (mut kind, mut whole) = (0, item.next == pattern.len());
    while kind < Shape::KINDS {
        whole = whole && (shape >> kind & 1 == 0 || set.ascii & MEMBERS[kind] == MEMBERS[kind]);
        kind += 1;
    }
    whole
}

/// What can be said of a match before it is looked for.
#[derive(Clone, Copy)]
pub(super) struct Measure {
    pub(super) min: u16,
    pub(super) max: u16,
    /// Kinds of bytes that must be in it.
    pub(super) needs: u32,
    /// Kinds of bytes that can be in it.
    pub(super) allows: u32,
}

pub(super) const fn measure(pattern: &[u8]) -> Measure {
    measure_between(pattern, 0, pattern.len())
}

const fn measure_between(pattern: &[u8], mut at: usize, end: usize) -> Measure {
    let mut all = Measure { min: 0, max: 0, needs: 0, allows: 0 };
    while at < end {
        let item = item(pattern, at);
        let one = match item.atom {
            Atom::Set(set) => {
                let shape = set.shape();
                let needs = if shape.is_power_of_two() { shape } else { 0 };
                let max = if item.max == MANY { MANY } else { item.max };
                Measure { min: item.min, max, needs: if item.min > 0 { needs } else { 0 }, allows: shape }
            }
            Atom::Group(from, to) => {
                let mut one = measure_group(pattern, from, to);
                if item.min == 0 {
                    one.min = 0;
                    one.needs = 0;
                }
                one
            }
        };
        all.min = all.min.saturating_add(one.min);
        all.max = all.max.saturating_add(one.max);
        all.needs |= one.needs;
        all.allows |= one.allows;
        at = item.next;
    }
    all
}

const fn measure_group(pattern: &[u8], mut from: usize, to: usize) -> Measure {
    let mut all = Measure { min: MANY, max: 0, needs: u32::MAX, allows: 0 };
    loop {
        let end = alternative_end(pattern, from, to);
        let one = measure_between(pattern, from, end);
        all.min = if one.min < all.min { one.min } else { all.min };
        all.max = if one.max > all.max { one.max } else { all.max };
        all.needs &= one.needs;
        all.allows |= one.allows;
        if end >= to {
            return all;
        }
        from = end + 1;
    }
}

/// So many bytes of a beginning are compared at once.
pub(super) const HEAD: usize = 16;

/// The bytes that a match begins with.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) bytes: [u8; HEAD],
    pub(super) len: u8,
}

impl Head {
    const fn push(&mut self, byte: u8) -> bool {
        if self.len as usize == HEAD {
            return false;
        }
        self.bytes[self.len as usize] = byte;
        self.len += 1;
        true
    }
}

/// The beginning of a match, for one alternative of a group that is reached by literal bytes alone. With the number of
/// such alternatives.
pub(super) const fn head(pattern: &[u8], choice: usize) -> (Head, usize) {
    let mut head = Head { bytes: [0; HEAD], len: 0 };
    let mut choices = 1;
    let mut at = 0;
    while at < pattern.len() {
        let item = item(pattern, at);
        match item.atom {
            Atom::Set(set) => {
                if !push_literal(&mut head, set, item) {
                    break;
                }
            }
            Atom::Group(mut from, to) => {
                if choices > 1 || item.min == 0 {
                    break;
                }
                choices = 0;
                let mut goes_on = false;
                loop {
                    let end = alternative_end(pattern, from, to);
                    if choices == choice {
                        goes_on = push_alternative(&mut head, pattern, from, end);
                    }
                    choices += 1;
                    if end >= to {
                        break;
                    }
                    from = end + 1;
                }
                if !goes_on {
                    break;
                }
            }
        }
        at = item.next;
    }
    (head, choices)
}

/// Adds an alternative, as far as it is literal. Whether that is all of it.
const fn push_alternative(head: &mut Head, pattern: &[u8], mut at: usize, end: usize) -> bool {
    while at < end {
        let item = item(pattern, at);
        let literal = match item.atom {
            Atom::Set(set) => push_literal(head, set, item),
            Atom::Group(..) => false,
        };
        if !literal {
            return false;
        }
        at = item.next;
    }
    true
}

const fn push_literal(head: &mut Head, set: Set, item: Item) -> bool {
    let Some(byte) = set.only() else { return false };
    if item.min != item.max {
        return false;
    }
    let mut count = 0;
    while count < item.min {
        if !head.push(byte) {
            return false;
        }
        count += 1;
    }
    true
}

/// The bytes that a match can begin with, where its beginning is no literal.
pub(super) const fn firsts(pattern: &[u8]) -> u32 {
    let mut at = 0;
    let mut shape = 0;
    while at < pattern.len() {
        let item = item(pattern, at);
        shape |= match item.atom {
            Atom::Set(set) => set.shape(),
            Atom::Group(from, to) => measure_group(pattern, from, to).allows,
        };
        let min = match item.atom {
            Atom::Set(_) => item.min,
            Atom::Group(from, to) if item.min > 0 => measure_group(pattern, from, to).min,
            Atom::Group(..) => 0,
        };
        if min > 0 {
            break;
        }
        at = item.next;
    }
    shape
}
