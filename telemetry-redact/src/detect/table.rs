//! What is looked at first of each rule: worked out by the compiler.
//!
//! A rule that begins with literal bytes stands in the bucket of its first byte, where sixteen bytes are compared at
//! once. Of the others, the length and the kinds of bytes that must and can be there settle nearly all before a pattern
//! is walked. Neither table holds a pointer, so a process that starts has nothing to relocate in them.

use super::measure::{self, HEAD, Measure};
use super::pattern;
use super::row::{Reading, Row};
use super::rows::{ALL, COUNT};
use super::shape::Shape;

/// The beginning of a rule.
#[derive(Clone, Copy)]
pub(super) struct Probe {
    head: u128,
    len: u8,
    /// How long a part of the form is at least that will do; nothing where all of it must be there.
    least: u16,
    /// What a part of the form is made of.
    allows: u32,
    pub(super) rule: u16,
}

impl Probe {
    /// Whether a token that begins so is a secret though it was cut short or mistyped. Names of other things begin like
    /// some tokens: a token is long, has no marks that the form has not, and has a digit or is very long.
    pub(super) fn is_cut_short(&self, token: &[u8]) -> bool {
        const SURE: usize = 32;
        /// Printable ASCII but for the space.
        const SEEN: u32 = !(Shape::SPACE | Shape::CONTROL | Shape::BEYOND);
        let body = token.get(usize::from(self.len)..).unwrap_or_default();
        if self.least == 0 || body.len() < usize::from(self.least) {
            return false;
        }
        let (size, shape) = Shape::leading(body, SEEN);
        size >= usize::from(self.least)
            && shape.is_only(self.allows | Shape::LETTER | Shape::DIGIT)
            && (shape.has(Shape::DIGIT) || size >= SURE)
    }

    const fn byte(&self, place: u32) -> u8 {
        self.head.to_le_bytes()[place as usize]
    }

    pub(super) const fn holds(&self, start: u128) -> bool {
        // What stands behind the head is shifted out.
        (start ^ self.head) << (u128::BITS - 8 * self.len as u32) == 0
    }
}

/// What the rest of the rules ask for besides kinds of bytes.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    min: u16,
    max: u16,
    /// Whether lengths and kinds of bytes are all there is to ask.
    pub(super) settles: bool,
    /// Whether a match may have a space in it.
    pub(super) spans: bool,
    pub(super) rule: u16,
}

impl Frame {
    fn fits(self, len: usize) -> bool {
        usize::from(self.min) <= len && (len <= usize::from(self.max) || self.max == pattern::MANY)
    }
}

/// How many beginnings a rule has: none where one of them is too short to tell anything.
const fn beginnings(rule: &Row) -> usize {
    let pattern = rule.pattern.as_bytes();
    let (mut choice, mut choices) = (0, 1);
    while choice < choices {
        let (head, found) = measure::head(pattern, choice);
        if head.len < 2 {
            assert!(!matches!(rule.reading, Reading::Lenient), "a lenient rule needs a beginning");
            return 0;
        }
        choices = found;
        choice += 1;
    }
    choices
}

/// How many beginnings and how many frames there are.
const SIZES: (usize, usize) = {
    let (mut probes, mut frames, mut at) = (0, 0, 0);
    while at < COUNT {
        if matches!(ALL[at].reading, Reading::Context) {
            at += 1;
            continue;
        }
        let beginnings = beginnings(&ALL[at]);
        probes += beginnings;
        frames += (beginnings == 0) as usize;
        at += 1;
    }
    (probes, frames)
};

/// The rules without a beginning that tells anything, and what their patterns say.
const MEASURED: [(Frame, Measure, u32); SIZES.1] = {
    let frame = Frame { min: 0, max: 0, settles: false, spans: false, rule: 0 };
    let mut measured = [(frame, Measure { min: 0, max: 0, needs: 0, allows: 0 }, 0); SIZES.1];
    let (mut at, mut next) = (0, 0);
    while at < COUNT {
        let pattern = ALL[at].pattern.as_bytes();
        if !matches!(ALL[at].reading, Reading::Context) && beginnings(&ALL[at]) == 0 {
            let mut measure = measure::measure(pattern);
            measure.needs |= ALL[at].needs;
            let frame = Frame {
                min: measure.min,
                max: measure.max,
                settles: measure::is_settled(pattern),
                spans: measure.allows & (Shape::SPACE | Shape::BEYOND) == Shape::SPACE,
                rule: index(at),
            };
            measured[next] = (frame, measure, measure::firsts(pattern));
            next += 1;
        }
        at += 1;
    }
    measured
};

static FRAMES: [Frame; SIZES.1] = {
    let mut frames = [MEASURED[0].0; SIZES.1];
    let mut at = 0;
    while at < SIZES.1 {
        frames[at] = MEASURED[at].0;
        at += 1;
    }
    frames
};

/// A set of frames, a bit for each.
type Sieve = [u64; SIZES.1.div_ceil(64)];

const fn add(sieve: &mut Sieve, frame: usize) {
    sieve[frame / 64] |= 1 << (frame % 64);
}

/// For each kind of byte: the frames that are left where a text begins with it.
static BEGUN: [Sieve; Shape::KINDS] = {
    let mut sieves = [[0; SIZES.1.div_ceil(64)]; Shape::KINDS];
    let mut at = 0;
    while at < SIZES.1 {
        let mut kind = 0;
        while kind < Shape::KINDS {
            if MEASURED[at].2 >> kind & 1 == 1 {
                add(&mut sieves[kind], at);
            }
            kind += 1;
        }
        at += 1;
    }
    sieves
};

/// So many kinds of bytes are looked at together.
const GROUP: usize = 4;

/// For each group of kinds of bytes: the frames that are left where a text has just these of them.
static SIEVES: [[Sieve; 1 << GROUP]; Shape::KINDS.div_ceil(GROUP)] = {
    let mut sieves = [[[0; SIZES.1.div_ceil(64)]; 1 << GROUP]; Shape::KINDS.div_ceil(GROUP)];
    let mut at = 0;
    while at < SIZES.1 {
        let (_, measure, _) = MEASURED[at];
        let mut group = 0;
        while group < sieves.len() {
            let mut kinds = 0;
            while kinds < 1 << GROUP {
                let (needs, allows) = (measure.needs >> (group * GROUP), measure.allows >> (group * GROUP));
                if needs & !kinds & ((1 << GROUP) - 1) == 0 && kinds & !allows == 0 {
                    add(&mut sieves[group][kinds as usize], at);
                }
                kinds += 1;
            }
            group += 1;
        }
        at += 1;
    }
    sieves
};

fn begun(first: u8) -> Sieve {
    let kind = Shape::of_byte(first).trailing_zeros() as usize;
    BEGUN.get(kind).copied().unwrap_or_default()
}

fn members(sieve: Sieve) -> impl Iterator<Item = &'static Frame> {
    sieve.into_iter().zip(FRAMES.chunks(64)).flat_map(|(mut bits, frames)| {
        std::iter::from_fn(move || {
            let frame = frames.get(bits.trailing_zeros() as usize)?;
            bits &= bits - 1;
            Some(frame)
        })
    })
}

/// The first of the rules, in their order, that a text of these bytes is a match of.
pub(super) fn first_frame(
    text: &[u8],
    first: u8,
    shape: Shape,
    is_match: impl Fn(&Frame) -> bool,
) -> Option<&'static Frame> {
    let mut left = begun(first);
    for (group, sieves) in SIEVES.iter().enumerate() {
        let kinds = shape.kinds() as usize >> (group * GROUP);
        for (left, by) in left.iter_mut().zip(&sieves[kinds % sieves.len()]) {
            *left &= by;
        }
    }
    for (mut bits, frames) in left.into_iter().zip(FRAMES.chunks(64)) {
        // No bit is left where there are 64 zeros.
        while let Some(frame) = frames.get(bits.trailing_zeros() as usize) {
            if frame.fits(text.len()) && is_match(frame) {
                return Some(frame);
            }
            bits &= bits - 1;
        }
    }
    None
}

/// The rules that may have a space in them and begin with such a byte.
pub(super) fn spans(first: u8) -> impl Iterator<Item = &'static Frame> {
    members(begun(first)).filter(|frame| frame.spans)
}

#[expect(clippy::large_const_arrays, reason = "seen by the compiler alone")]
const UNSORTED: [Probe; SIZES.0] = {
    let mut probes = [Probe { head: 0, len: 0, least: 0, allows: 0, rule: 0 }; SIZES.0];
    let (mut at, mut next) = (0, 0);
    while at < COUNT {
        let pattern = ALL[at].pattern.as_bytes();
        let lenient = matches!(ALL[at].reading, Reading::Lenient);
        let measure = measure::measure(pattern);
        let choices = if matches!(ALL[at].reading, Reading::Context) { 0 } else { beginnings(&ALL[at]) };
        let mut choice = 0;
        while choice < choices {
            let (head, _) = measure::head(pattern, choice);
            assert!(head.len >= 3 || !lenient, "too short a beginning for a part of the form to do");
            probes[next] = Probe {
                head: u128::from_le_bytes(head.bytes),
                len: head.len,
                least: if lenient { least(measure.min) } else { 0 },
                allows: measure.allows,
                rule: index(at),
            };
            next += 1;
            choice += 1;
        }
        at += 1;
    }
    probes
};

#[expect(clippy::cast_possible_truncation, reason = "there are no sixty thousand rules")]
const fn index(at: usize) -> u16 {
    at as u16
}

/// Half of the form will do, within bounds.
const fn least(min: u16) -> u16 {
    const LEAST: u16 = 12;
    const MOST: u16 = 20;
    let half = min / 2;
    if half < LEAST {
        LEAST
    } else if half > MOST {
        MOST
    } else {
        half
    }
}

/// Where the bucket of each first byte begins; it ends where the next one begins.
static STARTS: [u16; 257] = SORTED.1;

static PROBES: [Probe; SIZES.0] = SORTED.0;

/// By the first two bytes; those that share them keep their order.
const SORTED: ([Probe; SIZES.0], [u16; 257]) = sorted(&sorted(&UNSORTED, 1).0, 0);

/// Counting sort by one byte, which keeps the order of what is equal.
const fn sorted(from: &[Probe; SIZES.0], place: u32) -> ([Probe; SIZES.0], [u16; 257]) {
    let mut starts = [0_u16; 257];
    let mut at = 0;
    while at < SIZES.0 {
        starts[from[at].byte(place) as usize + 1] += 1;
        at += 1;
    }
    let mut byte = 1;
    while byte <= 256 {
        starts[byte] += starts[byte - 1];
        byte += 1;
    }
    let mut places = starts;
    let mut probes = *from;
    at = 0;
    while at < SIZES.0 {
        let byte = from[at].byte(place) as usize;
        probes[places[byte] as usize] = from[at];
        places[byte] += 1;
        at += 1;
    }
    (probes, starts)
}

/// The second bytes that there are behind each first one.
static SECONDS: [u128; 256] = {
    let mut seconds = [0; 256];
    let mut at = 0;
    while at < SIZES.0 {
        let head = UNSORTED[at].head;
        seconds[(head & 0xff) as usize] |= 1 << (head >> 8 & 0x7f);
        at += 1;
    }
    seconds
};

/// The rules that begin with the first two bytes of a text: for hardly any word there are some.
pub(super) fn probes(text: &[u8]) -> &'static [Probe] {
    let [first, second, ..] = *text else { return &[] };
    if !second.is_ascii() || SECONDS[usize::from(first)] >> second & 1 == 0 {
        return &[];
    }
    let first = usize::from(first);
    let bucket = &PROBES[usize::from(STARTS[first])..usize::from(STARTS[first + 1])];
    let from = bucket.partition_point(|probe| probe.byte(1) < second);
    let size = bucket[from..].iter().take_while(|probe| probe.byte(1) == second).count();
    &bucket[from..from + size]
}

/// The beginning of a text as a probe compares it.
pub(super) fn start(text: &[u8]) -> u128 {
    let mut bytes = [0; HEAD];
    let len = text.len().min(HEAD);
    bytes[..len].copy_from_slice(&text[..len]);
    u128::from_le_bytes(bytes)
}
