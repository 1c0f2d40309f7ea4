//! What a text is asked for by a pattern, step by step: what the compiler makes of all patterns.
//!
//! A walk reads bytes: what to do, and with what.
//!
//! | step | what follows | what it asks for |
//! |---|---|---|
//! | `LITERAL` | how many, these bytes | these bytes |
//! | `RUN` | which set, at least (1 byte), at most (2 bytes) | bytes of the set, as many as there are |
//! | `GROUP` | at least (0 or 1), its length (2 bytes); for each alternative its length, its steps | the first alternative with which all of the rest matches |
//! | `END` | | nothing more |

use super::pattern::{Atom, MANY, Set, alternative_end, item};
use super::rows::{ALL, COUNT};

const END: u8 = 0;
const LITERAL: u8 = 1;
const RUN: u8 = 2;
const GROUP: u8 = 3;

/// How much of the text, from its beginning, the pattern matches whose steps begin at `start`.
pub(super) fn matched(start: u16, text: &[u8]) -> Option<usize> {
    let left = Walk { whole: false }.from(steps(start), None, text)?;
    Some(text.len() - left)
}

/// Whether the pattern whose steps begin at `start` matches all of the text.
pub(super) fn is_whole(start: u16, text: &[u8]) -> bool {
    Walk { whole: true }.from(steps(start), None, text).is_some()
}

fn steps(start: u16) -> &'static [u8] {
    STEPS.get(usize::from(start)..).unwrap_or_default()
}

struct Walk {
    whole: bool,
}

/// What comes after an alternative.
struct After<'a> {
    steps: &'static [u8],
    then: Option<&'a After<'a>>,
}

impl Walk {
    /// How much of the text is left behind the match.
    fn from(&self, mut steps: &'static [u8], after: Option<&After<'_>>, mut text: &[u8]) -> Option<usize> {
        loop {
            match *steps {
                [LITERAL, size, ref rest @ ..] => {
                    let (literal, next) = rest.split_at_checked(size.into())?;
                    let (here, behind) = text.split_at_checked(size.into())?;
                    if !here.iter().zip(literal).all(|(byte, other)| byte == other) {
                        return None;
                    }
                    text = behind;
                    steps = next;
                }
                [RUN, set, least, low, high, ref next @ ..] => {
                    let most = u16::from_le_bytes([low, high]);
                    let most = if most == MANY { text.len() } else { text.len().min(most.into()) };
                    let members = SETS.get(usize::from(set))?;
                    let count = text[..most].iter().take_while(|byte| has(members, **byte)).count();
                    if count < usize::from(least) {
                        return None;
                    }
                    text = &text[count..];
                    steps = next;
                }
                [GROUP, least, low, high, ref rest @ ..] => {
                    let (inside, next) = rest.split_at_checked(u16::from_le_bytes([low, high]).into())?;
                    let then = After { steps: next, then: after };
                    if let Some(left) = self.alternatives(inside, &then, text) {
                        return Some(left);
                    }
                    if least > 0 {
                        return None;
                    }
                    steps = next;
                }
                // An alternative ends with its bytes.
                _ => {
                    return match after {
                        Some(then) => self.from(then.steps, then.then, text),
                        None => (!self.whole || text.is_empty()).then_some(text.len()),
                    };
                }
            }
        }
    }

    fn alternatives(&self, mut inside: &'static [u8], then: &After<'_>, text: &[u8]) -> Option<usize> {
        while let [size, rest @ ..] = inside {
            let (steps, next) = rest.split_at_checked(usize::from(*size))?;
            if let Some(left) = self.from(steps, Some(then), text) {
                return Some(left);
            }
            inside = next;
        }
        None
    }
}

/// The bytes of a set, a bit for each.
type Members = [u32; 8];

fn has(members: &Members, byte: u8) -> bool {
    members[usize::from(byte >> 5)] >> (byte & 0x1f) & 1 == 1
}

/// All steps, as they are written.
pub(super) struct Written {
    pub(super) steps: [u8; ROOM],
    len: usize,
    /// Where the length of the literal stands that the next byte would go on.
    literal: Option<usize>,
    pub(super) sets: [Set; MOST_SETS],
    set_count: usize,
    starts: [u16; COUNT],
    /// Where the steps of each rule end.
    ends: [u16; COUNT],
}

/// A step, as the compiler reads it again.
pub(super) enum Step {
    /// Its bytes stand between these places.
    Literal { from: usize, to: usize },
    /// Which set, and how many of it.
    Run { set: u8, min: u16, max: u16 },
    /// Its alternatives stand between these places.
    Group { from: usize, to: usize, min: u16 },
}

/// Enough, or the build stops.
const ROOM: usize = 1 << 15;
const MOST_SETS: usize = 255;

pub(super) const WRITTEN: &Written = &{
    let none = Set { ascii: 0, beyond: false };
    let mut written = Written {
        steps: [0; ROOM],
        len: 0,
        literal: None,
        sets: [none; MOST_SETS],
        set_count: 0,
        starts: [0; COUNT],
        ends: [0; COUNT],
    };
    let mut at = 0;
    while at < COUNT {
        let pattern = ALL[at].pattern.as_bytes();
        written.starts[at] = two_bytes(written.len);
        written.items(pattern, 0, pattern.len());
        written.ends[at] = two_bytes(written.len);
        written.put(END);
        at += 1;
    }
    written
};

/// How many sets there are.
pub(super) const SET_COUNT: usize = WRITTEN.set_count;

static STEPS: [u8; WRITTEN.len] = {
    let mut steps = [0; WRITTEN.len];
    steps.copy_from_slice(WRITTEN.steps.split_at(WRITTEN.len).0);
    steps
};

static SETS: [Members; SET_COUNT] = {
    let mut sets = [[0; 8]; SET_COUNT];
    let mut at = 0;
    while at < SET_COUNT {
        sets[at] = members(WRITTEN.sets[at]);
        at += 1;
    }
    sets
};

#[expect(clippy::cast_possible_truncation, reason = "a quarter of the bits at a time")]
const fn members(set: Set) -> Members {
    let Set { ascii, beyond } = set;
    let beyond = if beyond { u32::MAX } else { 0 };
    let ascii = [ascii as u32, (ascii >> 32) as u32, (ascii >> 64) as u32, (ascii >> 96) as u32];
    [ascii[0], ascii[1], ascii[2], ascii[3], beyond, beyond, beyond, beyond]
}

impl Written {
    /// Where the steps of a rule begin, and where they end.
    pub(super) const fn of(&self, rule: usize) -> (usize, usize) {
        (self.starts[rule] as usize, self.ends[rule] as usize)
    }

    /// The step at this place, and where the next one begins.
    pub(super) const fn step(&self, at: usize) -> (Step, usize) {
        match self.steps[at] {
            LITERAL => {
                let to = at + 2 + self.steps[at + 1] as usize;
                (Step::Literal { from: at + 2, to }, to)
            }
            RUN => {
                let [set, min, low, high] =
                    [self.steps[at + 1], self.steps[at + 2], self.steps[at + 3], self.steps[at + 4]];
                (Step::Run { set, min: min as u16, max: u16::from_le_bytes([low, high]) }, at + 5)
            }
            GROUP => {
                let (from, min) = (at + 4, self.steps[at + 1] as u16);
                let to = from + u16::from_le_bytes([self.steps[at + 2], self.steps[at + 3]]) as usize;
                (Step::Group { from, to, min }, to)
            }
            _ => panic!("there is no such step"),
        }
    }

    const fn put(&mut self, byte: u8) {
        self.steps[self.len] = byte;
        self.len += 1;
        self.literal = None;
    }

    const fn items(&mut self, pattern: &[u8], mut at: usize, end: usize) {
        while at < end {
            let item = item(pattern, at, end);
            match item.atom {
                Atom::Byte(byte) if item.min == item.max => self.bytes(byte, item.min),
                Atom::Byte(byte) => self.run(Set::one(byte), item.min, item.max),
                Atom::Set(set) => self.run(set, item.min, item.max),
                Atom::Group(from, to) => self.group(pattern, from, to, item.min),
            }
            at = item.next;
        }
    }

    const fn run(&mut self, set: Set, min: u16, max: u16) {
        let [low, high] = max.to_le_bytes();
        let run = [RUN, self.set(set), one_byte(min as usize), low, high];
        let mut at = 0;
        while at < 5 {
            self.steps[self.len] = run[at];
            self.len += 1;
            at += 1;
        }
        self.literal = None;
    }

    /// A literal, or more of the one that stands last.
    const fn bytes(&mut self, byte: u8, count: u16) {
        let size = if let Some(size) = self.literal {
            size
        } else {
            self.put(LITERAL);
            self.put(0);
            self.len - 1
        };
        let mut at = 0;
        while at < count {
            self.steps[self.len] = byte;
            self.len += 1;
            // More than its steps can say stops the build.
            self.steps[size] += 1;
            at += 1;
        }
        self.literal = Some(size);
    }

    const fn group(&mut self, pattern: &[u8], mut from: usize, to: usize, min: u16) {
        self.put(GROUP);
        self.put(one_byte(min as usize));
        let size = self.len;
        self.put(0);
        self.put(0);
        loop {
            let end = alternative_end(pattern, from, to);
            let alternative = self.len;
            self.put(0);
            self.items(pattern, from, end);
            self.steps[alternative] = one_byte(self.len - alternative - 1);
            if end >= to {
                break;
            }
            from = end + 1;
        }
        let [low, high] = two_bytes(self.len - size - 2).to_le_bytes();
        self.steps[size] = low;
        self.steps[size + 1] = high;
        self.literal = None;
    }

    /// Which set it is: those that say the same are one.
    const fn set(&mut self, set: Set) -> u8 {
        let mut at = 0;
        while at < self.set_count && (self.sets[at].ascii != set.ascii || self.sets[at].beyond != set.beyond)
        {
            at += 1;
        }
        if at == self.set_count {
            self.sets[at] = set;
            self.set_count += 1;
        }
        one_byte(at)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "it is checked")]
const fn one_byte(number: usize) -> u8 {
    assert!(number < 1 << 8, "a pattern asks for more than its steps can say");
    number as u8
}

#[expect(clippy::cast_possible_truncation, reason = "it is checked")]
const fn two_bytes(number: usize) -> u16 {
    assert!(number < 1 << 16, "there are more steps than a rule can say where its own begin");
    number as u16
}
