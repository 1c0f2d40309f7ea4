//! What is looked at first of each rule: worked out by the compiler.
//!
//! A rule that begins with literal bytes stands in the bucket of its first byte, where sixteen bytes are compared at
//! once. Of the others, the length and the kinds of bytes that must and can be there settle nearly all before a pattern
//! is walked. Neither table holds a pointer, so a process that starts has nothing to relocate in them.

use super::measure::{self, HEAD, Measure};
use super::pattern;
use super::row::Reading;
use super::rows::{ALL, COUNT};
use super::shape::Shape;
use super::steps::WRITTEN;

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

/// What the compiler reads off the steps of all rules, each once.
struct Seen {
    probes: [Probe; ROOM],
    probe_count: usize,
    /// The rules without a beginning that tells anything.
    frames: [Framed; ROOM],
    frame_count: usize,
}

/// A frame, and what the pattern says.
#[derive(Clone, Copy)]
struct Framed {
    frame: Frame,
    measure: Measure,
    firsts: u32,
}

/// Enough, or the build stops.
const ROOM: usize = 1 << 10;

const SEEN: &Seen = &{
    let frame = Frame { min: 0, max: 0, settles: false, spans: false, rule: 0 };
    let mut seen = Seen {
        probes: [Probe { head: 0, len: 0, least: 0, allows: 0, rule: 0 }; ROOM],
        probe_count: 0,
        frames: [Framed { frame, measure: Measure::NOTHING, firsts: 0 }; ROOM],
        frame_count: 0,
    };
    let mut at = 0;
    while at < COUNT {
        if !matches!(ALL[at].reading, Reading::Context) {
            seen.see(at);
        }
        at += 1;
    }
    seen
};

impl Seen {
    const fn see(&mut self, at: usize) {
        let row = &ALL[at];
        let (from, to) = WRITTEN.of(at);
        let mut measure = measure::measure(from, to);
        let lenient = matches!(row.reading, Reading::Lenient);
        if self.begin(at, from, to, &measure, lenient) {
            return;
        }
        assert!(!lenient, "a lenient rule needs a beginning");
        measure.needs |= row.needs;
        let frame = Frame {
            min: measure.min,
            max: measure.max,
            settles: measure::is_settled(from, to),
            spans: measure.allows & (Shape::SPACE | Shape::BEYOND) == Shape::SPACE,
            rule: index(at),
        };
        self.frames[self.frame_count] = Framed { frame, measure, firsts: measure::firsts(from, to) };
        self.frame_count += 1;
    }

    /// Adds the beginnings of a rule. It has none where one of them is too short to tell anything.
    const fn begin(&mut self, rule: usize, from: usize, to: usize, measure: &Measure, lenient: bool) -> bool {
        let before = self.probe_count;
        let (mut choice, mut choices) = (0, 1);
        while choice < choices {
            let (head, found) = measure::head(from, to, choice);
            if head.len < 2 {
                self.probe_count = before;
                return false;
            }
            assert!(head.len >= 3 || !lenient, "too short a beginning for a part of the form to do");
            self.probes[self.probe_count] = Probe {
                head: u128::from_le_bytes(head.bytes),
                len: head.len,
                least: if lenient { least(measure.min) } else { 0 },
                allows: measure.allows,
                rule: index(rule),
            };
            self.probe_count += 1;
            choices = found;
            choice += 1;
        }
        true
    }
}

const PROBE_COUNT: usize = SEEN.probe_count;
const FRAME_COUNT: usize = SEEN.frame_count;

static FRAMES: [Frame; FRAME_COUNT] = {
    let mut frames = [SEEN.frames[0].frame; FRAME_COUNT];
    let mut at = 0;
    while at < FRAME_COUNT {
        frames[at] = SEEN.frames[at].frame;
        at += 1;
    }
    frames
};

/// A set of frames, a bit for each.
type Sieve = [u64; WORDS];

const WORDS: usize = FRAME_COUNT.div_ceil(64);

const fn add(sieve: &mut Sieve, frame: usize) {
    sieve[frame / 64] |= 1 << (frame % 64);
}

/// For each kind of byte: the frames that are left where a text begins with it.
static BEGUN: [Sieve; Shape::KINDS] = {
    let mut sieves = [[0; WORDS]; Shape::KINDS];
    let mut at = 0;
    while at < FRAME_COUNT {
        let mut kind = 0;
        while kind < Shape::KINDS {
            if SEEN.frames[at].firsts >> kind & 1 == 1 {
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
    let mut sieves = [[[0; WORDS]; 1 << GROUP]; Shape::KINDS.div_ceil(GROUP)];
    let mut at = 0;
    while at < FRAME_COUNT {
        let Measure { needs, allows, .. } = SEEN.frames[at].measure;
        let mut group = 0;
        while group < sieves.len() {
            let (needs, allows) = (of_group(needs, group), of_group(allows, group));
            // Each set of kinds that has what is needed and nothing that is not allowed.
            let free = allows & !needs;
            let mut more = if needs & !allows == 0 { Some(free) } else { None };
            while let Some(kinds) = more {
                add(&mut sieves[group][needs | kinds], at);
                more = if kinds == 0 { None } else { Some((kinds - 1) & free) };
            }
            group += 1;
        }
        at += 1;
    }
    sieves
};

/// Which of the kinds of a group there are.
const fn of_group(kinds: u32, group: usize) -> usize {
    kinds as usize >> (group * GROUP) & ((1 << GROUP) - 1)
}

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

static PROBES: [Probe; PROBE_COUNT] = SORTED.0;

/// By the first two bytes; those that share them keep their order.
const SORTED: &([Probe; PROBE_COUNT], [u16; 257]) = &{
    let (unsorted, _) = SEEN.probes.split_at(PROBE_COUNT);
    sorted(&sorted(unsorted, 1).0, 0)
};

/// Counting sort by one byte, which keeps the order of what is equal.
#[expect(clippy::large_stack_arrays, reason = "called by the compiler alone")]
const fn sorted(from: &[Probe], place: u32) -> ([Probe; PROBE_COUNT], [u16; 257]) {
    let mut starts = [0_u16; 257];
    let mut at = 0;
    while at < PROBE_COUNT {
        starts[from[at].byte(place) as usize + 1] += 1;
        at += 1;
    }
    let mut byte = 1;
    while byte <= 256 {
        starts[byte] += starts[byte - 1];
        byte += 1;
    }
    let mut places = starts;
    let mut probes = [from[0]; PROBE_COUNT];
    at = 0;
    while at < PROBE_COUNT {
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
    while at < PROBE_COUNT {
        let head = SEEN.probes[at].head;
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
