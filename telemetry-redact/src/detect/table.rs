//! All rules in one table, and what is looked at first of each: worked out by the compiler.
//!
//! A rule that begins with literal bytes stands in the bucket of its first byte, where sixteen bytes are compared at
//! once. Of the others, the length and the kinds of bytes that must and can be there settle nearly all before a pattern
//! is walked. Neither table holds a pointer, so a process that starts has nothing to relocate in them.

use super::measure::{self, HEAD};
use super::pattern;
use super::rule::{Reading, Rule};
use super::shape::Shape;
use super::{
    ai, auth, chat, ci, cloud, connection, generic, identifier, mail, monitoring, national, network, path,
    payment, personal, registry, service, vcs, wallet,
};

/// Strongest first: a connection string is a URL, but a secret before that.
const FAMILIES: [&[Rule]; 20] = [
    auth::RULES,
    cloud::RULES,
    vcs::RULES,
    payment::RULES,
    chat::RULES,
    registry::RULES,
    ci::RULES,
    ai::RULES,
    monitoring::RULES,
    mail::RULES,
    service::RULES,
    connection::RULES,
    wallet::RULES,
    network::RULES,
    national::EUROPE,
    national::WORLD,
    personal::RULES,
    identifier::RULES,
    path::RULES,
    generic::RULES,
];

const COUNT: usize = {
    let mut count = 0;
    let mut family = 0;
    while family < FAMILIES.len() {
        count += FAMILIES[family].len();
        family += 1;
    }
    count
};

pub(super) static RULES: [Rule; COUNT] = ALL;

#[expect(clippy::large_const_arrays, reason = "seen by the compiler alone")]
const ALL: [Rule; COUNT] = {
    let mut rules = [FAMILIES[0][0]; COUNT];
    let (mut at, mut family) = (0, 0);
    while family < FAMILIES.len() {
        let mut row = 0;
        while row < FAMILIES[family].len() {
            rules[at] = FAMILIES[family][row];
            at += 1;
            row += 1;
        }
        family += 1;
    }
    rules
};

/// The beginning of a rule.
#[derive(Clone, Copy)]
pub(super) struct Probe {
    head: u128,
    mask: u128,
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
        let body = token.get(usize::from(self.len)..).unwrap_or_default();
        let body = &body[..body.iter().take_while(|byte| byte.is_ascii_graphic()).count()];
        let shape = Shape::of(body);
        self.least > 0
            && body.len() >= usize::from(self.least)
            && shape.is_only(self.allows | Shape::LETTER | Shape::DIGIT)
            && (shape.has(Shape::DIGIT) || body.len() >= SURE)
    }

    pub(super) const fn holds(&self, start: u128) -> bool {
        start & self.mask == self.head
    }
}

/// What the rest of the rules ask for.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    needs: u32,
    allows: u32,
    firsts: u32,
    min: u16,
    max: u16,
    /// Whether the above is all there is to ask.
    pub(super) settles: bool,
    pub(super) rule: u16,
}

impl Frame {
    /// Whether all of a text can be a match.
    pub(super) fn holds(&self, len: usize, shape: Shape) -> bool {
        shape.has(self.needs)
            && shape.is_only(self.allows)
            && usize::from(self.min) <= len
            && (len <= usize::from(self.max) || self.max == pattern::MANY)
    }

    /// Whether a match may have a space in it.
    pub(super) const fn spans(&self) -> bool {
        self.allows & (Shape::SPACE | Shape::BEYOND) == Shape::SPACE
    }
}

/// How many beginnings a rule has: none where one of them is too short to tell anything.
const fn beginnings(rule: &Rule) -> usize {
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

const ALL_FRAMES: [Frame; SIZES.1] = {
    let mut frames =
        [Frame { needs: 0, allows: 0, firsts: 0, min: 0, max: 0, settles: false, rule: 0 }; SIZES.1];
    let (mut at, mut next) = (0, 0);
    while at < COUNT {
        let pattern = ALL[at].pattern.as_bytes();
        if !matches!(ALL[at].reading, Reading::Context) && beginnings(&ALL[at]) == 0 {
            let measure = measure::measure(pattern);
            frames[next] = Frame {
                needs: measure.needs | ALL[at].needs,
                allows: measure.allows,
                firsts: measure::firsts(pattern),
                min: measure.min,
                max: measure.max,
                settles: measure::is_settled(pattern),
                rule: index(at),
            };
            next += 1;
        }
        at += 1;
    }
    frames
};

/// How many there are when each stands once for each kind of byte it can begin with.
const FRAME_COUNT: usize = {
    let (mut count, mut at) = (0, 0);
    while at < SIZES.1 {
        count += ALL_FRAMES[at].firsts.count_ones() as usize;
        at += 1;
    }
    count
};

/// Frames by the kind of the first byte, and where each kind begins.
const BY_FIRST: ([Frame; FRAME_COUNT], [u16; Shape::KINDS + 1]) = {
    let mut frames = [ALL_FRAMES[0]; FRAME_COUNT];
    let mut starts = [0; Shape::KINDS + 1];
    let (mut kind, mut next) = (0, 0);
    while kind < Shape::KINDS {
        starts[kind] = index(next);
        let mut at = 0;
        while at < SIZES.1 {
            if ALL_FRAMES[at].firsts >> kind & 1 == 1 {
                frames[next] = ALL_FRAMES[at];
                next += 1;
            }
            at += 1;
        }
        kind += 1;
    }
    starts[Shape::KINDS] = index(next);
    (frames, starts)
};

static FRAMES: [Frame; FRAME_COUNT] = BY_FIRST.0;

static FRAME_STARTS: [u16; Shape::KINDS + 1] = BY_FIRST.1;

/// The rules that begin with this kind of byte, none of which is a beginning that tells anything.
pub(super) fn frames(first: u32) -> &'static [Frame] {
    let kind = (first.trailing_zeros() as usize).min(Shape::KINDS - 1);
    &FRAMES[usize::from(FRAME_STARTS[kind])..usize::from(FRAME_STARTS[kind + 1])]
}

#[expect(clippy::large_const_arrays, reason = "seen by the compiler alone")]
const UNSORTED: [Probe; SIZES.0] = {
    let mut probes = [Probe { head: 0, mask: 0, len: 0, least: 0, allows: 0, rule: 0 }; SIZES.0];
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
            let mask = if head.len as usize == HEAD { u128::MAX } else { (1 << (8 * head.len as u32)) - 1 };
            probes[next] = Probe {
                head: u128::from_le_bytes(head.bytes),
                mask,
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

/// Counting sort by the first byte, which keeps the order within a bucket.
const SORTED: ([Probe; SIZES.0], [u16; 257]) = {
    let mut starts = [0_u16; 257];
    let mut at = 0;
    while at < SIZES.0 {
        starts[(UNSORTED[at].head & 0xff) as usize + 1] += 1;
        at += 1;
    }
    let mut byte = 1;
    while byte <= 256 {
        starts[byte] += starts[byte - 1];
        byte += 1;
    }
    let mut places = starts;
    let mut probes = UNSORTED;
    at = 0;
    while at < SIZES.0 {
        let first = (UNSORTED[at].head & 0xff) as usize;
        probes[places[first] as usize] = UNSORTED[at];
        places[first] += 1;
        at += 1;
    }
    (probes, starts)
};

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

/// Whether a rule begins with these two bytes: hardly a word gets further.
pub(super) fn may_begin(first: u8, second: u8) -> bool {
    second.is_ascii() && SECONDS[usize::from(first)] >> second & 1 == 1
}

/// The rules that begin with this byte.
pub(super) fn probes(first: u8) -> &'static [Probe] {
    let first = usize::from(first);
    &PROBES[usize::from(STARTS[first])..usize::from(STARTS[first + 1])]
}

/// The beginning of a text as a probe compares it.
pub(super) fn start(text: &[u8]) -> u128 {
    let mut bytes = [0; HEAD];
    let len = text.len().min(HEAD);
    bytes[..len].copy_from_slice(&text[..len]);
    u128::from_le_bytes(bytes)
}
