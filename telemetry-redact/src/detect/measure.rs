//! What can be said of a match before it is looked for, read off the steps of its pattern by the compiler.

use super::pattern::{MANY, Set};
use super::shape::Shape;
use super::steps::{SET_COUNT, Step, WRITTEN};

/// The ASCII bytes of each kind.
const MEMBERS: &[u128; Shape::KINDS] = &{
    let mut members = [0; Shape::KINDS];
    let mut byte = 0_u8;
    while byte < 0x80 {
        members[Shape::of_byte(byte).trailing_zeros() as usize] |= 1 << byte;
        byte += 1;
    }
    members
};

/// The kinds of bytes that are in each set.
const SHAPES: &[u32; SET_COUNT] = &{
    let mut shapes = [0; SET_COUNT];
    let mut at = 0;
    while at < SET_COUNT {
        shapes[at] = WRITTEN.sets[at].shape();
        at += 1;
    }
    shapes
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

    /// Whether it has all bytes of the kinds that it has any of.
    const fn is_whole(self) -> bool {
        let mut kind = 0;
        while kind < Shape::KINDS {
            let members = self.ascii & MEMBERS[kind];
            if members != 0 && members != MEMBERS[kind] {
                return false;
            }
            kind += 1;
        }
        true
    }
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

impl Measure {
    pub(super) const NOTHING: Self = Self { min: 0, max: 0, needs: 0, allows: 0 };

    /// Both, one behind the other.
    const fn then(self, other: Self) -> Self {
        Self {
            min: self.min.saturating_add(other.min),
            max: self.max.saturating_add(other.max),
            needs: self.needs | other.needs,
            allows: self.allows | other.allows,
        }
    }

    /// Either of them.
    const fn or(self, other: Self) -> Self {
        Self {
            min: if other.min < self.min { other.min } else { self.min },
            max: if other.max > self.max { other.max } else { self.max },
            needs: self.needs & other.needs,
            allows: self.allows | other.allows,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "a literal has at most 255 bytes")]
    const fn of_literal(mut from: usize, to: usize) -> Self {
        let (len, mut shape) = ((to - from) as u16, 0);
        while from < to {
            shape |= Shape::of_byte(WRITTEN.steps[from]);
            from += 1;
        }
        Self { min: len, max: len, needs: shape, allows: shape }
    }

    const fn of_run(set: u8, min: u16, max: u16) -> Self {
        let shape = SHAPES[set as usize];
        let needs = if min > 0 && shape.is_power_of_two() { shape } else { 0 };
        Self { min, max, needs, allows: shape }
    }

    const fn of_group(mut at: usize, end: usize, min: u16) -> Self {
        let mut all = Self { min: MANY, max: 0, needs: u32::MAX, allows: 0 };
        while at < end {
            let to = at + 1 + WRITTEN.steps[at] as usize;
            all = all.or(measure(at + 1, to));
            at = to;
        }
        if min == 0 {
            all.min = 0;
            all.needs = 0;
        }
        all
    }
}

/// What the steps between these places say.
pub(super) const fn measure(mut at: usize, end: usize) -> Measure {
    let mut all = Measure::NOTHING;
    while at < end {
        let (step, next) = WRITTEN.step(at);
        match step {
            Step::Literal { from, to } => all = all.then(Measure::of_literal(from, to)),
            Step::Run { set, min, max } => all = all.then(Measure::of_run(set, min, max)),
            Step::Group { from, to, min } => all = all.then(Measure::of_group(from, to, min)),
        }
        at = next;
    }
    all
}

/// Whether a text of the right length and the right kinds of bytes is a match: the pattern is one set that has all
/// bytes of its kinds.
pub(super) const fn is_settled(at: usize, end: usize) -> bool {
    let (Step::Run { set, .. }, next) = WRITTEN.step(at) else { return false };
    next == end && WRITTEN.sets[set as usize].is_whole()
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
    /// Adds a literal as far as there is room. Whether that is all of it.
    const fn push(&mut self, mut from: usize, to: usize) -> bool {
        while from < to {
            if self.len as usize == HEAD {
                return false;
            }
            self.bytes[self.len as usize] = WRITTEN.steps[from];
            self.len += 1;
            from += 1;
        }
        true
    }

    /// Adds an alternative, as far as it is literal. Whether that is all of it.
    const fn push_alternative(&mut self, mut at: usize, end: usize) -> bool {
        while at < end {
            let (Step::Literal { from, to }, next) = WRITTEN.step(at) else { return false };
            if !self.push(from, to) {
                return false;
            }
            at = next;
        }
        true
    }
}

/// The beginning of a match, for one alternative of a group that is reached by literal bytes alone. With the number of
/// such alternatives.
pub(super) const fn head(mut at: usize, end: usize, choice: usize) -> (Head, usize) {
    let mut head = Head { bytes: [0; HEAD], len: 0 };
    let mut choices = 1;
    while at < end {
        let (step, next) = WRITTEN.step(at);
        let goes_on = match step {
            Step::Literal { from, to } => head.push(from, to),
            Step::Group { mut from, to, min } if choices == 1 && min > 0 => {
                choices = 0;
                let mut whole = false;
                while from < to {
                    let end = from + 1 + WRITTEN.steps[from] as usize;
                    if choices == choice {
                        whole = head.push_alternative(from + 1, end);
                    }
                    choices += 1;
                    from = end;
                }
                whole
            }
            Step::Run { .. } | Step::Group { .. } => false,
        };
        if !goes_on {
            break;
        }
        at = next;
    }
    (head, choices)
}

/// The kinds of bytes that a match can begin with, where its beginning is no literal.
pub(super) const fn firsts(mut at: usize, end: usize) -> u32 {
    let mut shape = 0;
    while at < end {
        let (step, next) = WRITTEN.step(at);
        let first = match step {
            Step::Literal { from, .. } => Measure::of_literal(from, from + 1),
            Step::Run { set, min, max } => Measure::of_run(set, min, max),
            Step::Group { from, to, min } => Measure::of_group(from, to, min),
        };
        shape |= first.allows;
        if first.min > 0 {
            break;
        }
        at = next;
    }
    shape
}
