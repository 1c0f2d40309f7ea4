//! The table of words: a hash table that `cargo xtask gen` lays out, so that nothing is built when a process starts and
//! a look-up touches a slot and a word.

use std::ops::BitOr;

use crate::hash::{Fnv1a, START};

/// The longest word of any list; longer ones need no search.
pub(super) const MAX_WORD: usize = 48;

/// Number of slots (32 bits); slots of where a word begins (24 bits), how long it is (8 bits) and its lists (64 bits);
/// then the words. All little-endian; an empty slot has length 0.
static TABLE: &[u8] = include_bytes!("words.table");

const HEAD: usize = 4;
const SLOT: usize = 12;

/// The lists and roles that a word is in, one bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Lists(pub(super) u64);

impl Lists {
    /// The lists of a word in whatever case it is written.
    pub(super) fn of(word: &str) -> Self {
        let mut buffer = [0; MAX_WORD];
        let Some(lower) = buffer.get_mut(..word.len()).filter(|lower| !lower.is_empty()) else {
            return Self::default();
        };
        let mut hash = START;
        for (to, from) in lower.iter_mut().zip(word.bytes()) {
            *to = from.to_ascii_lowercase();
            hash = hash.with(*to);
        }
        find(lower, hash).unwrap_or_default()
    }

    /// Whether the word is in one of these.
    pub(super) const fn is(self, lists: Self) -> bool {
        self.0 & lists.0 != 0
    }
}

impl BitOr for Lists {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// What leads nowhere is not found: a table of another layout keeps less, never more.
fn find(lower: &[u8], hash: Fnv1a) -> Option<Lists> {
    let (head, rest) = TABLE.split_first_chunk::<HEAD>()?;
    let slots = u32::from_le_bytes(*head) as usize;
    let (slots, words) = rest.split_at_checked(slots * SLOT)?;
    let (slots, _) = slots.as_chunks::<SLOT>();
    let mask = slots.len().checked_sub(1)?;
    let mut at = hash.0 as usize & mask;
    // Half of the slots are empty.
    loop {
        let [length, a, b, c, lists @ ..] = slots.get(at)?;
        let length = usize::from(*length);
        if length == 0 {
            return None;
        }
        if length == lower.len() {
            let start = u32::from_le_bytes([*a, *b, *c, 0]) as usize;
            if words.get(start..start + length)? == lower {
                return Some(Lists(u64::from_le_bytes(*lists)));
            }
        }
        at = (at + 1) & mask;
    }
}
