//! The table of words: a hash table that `cargo xtask gen` lays out, so that nothing is built when a process starts and
//! a look-up touches a bucket and its words. Most programs never look: it is as small as its words and their lists.

use std::ops::BitOr;

/// The longest word of any list; longer ones need no search.
pub(super) const MAX_WORD: usize = 48;

/// Number of buckets, a power of two (16 bits), and of sets of lists (16 bits); the sets (64 bits each); where each bucket
/// begins, and where the last one ends (16 bits each, in pairs of bytes of the words); then the words, bucket by bucket: length
/// (8 bits), which set (8 bits), word; a byte of 0 after a bucket that is not even. All little-endian.
const TABLE: &[u8] = include_bytes!("words.table");

/// Eight characters at a time.
const CHUNK: usize = 8;

const HEAD: usize = 4;
const SET: usize = 8;
const START_OF: usize = 2;

const BUCKETS: usize = u16::from_le_bytes([TABLE[0], TABLE[1]]) as usize;
const SETS_END: usize = HEAD + u16::from_le_bytes([TABLE[2], TABLE[3]]) as usize * SET;
const STARTS_END: usize = SETS_END + (BUCKETS + 1) * START_OF;
const _: () = assert!(BUCKETS.is_power_of_two(), "the upper bits of a hash are a bucket");

/// The parts of the table, cut by the compiler.
static SETS: &[[u8; SET]] = TABLE.split_at(SETS_END).0.split_at(HEAD).1.as_chunks().0;
static STARTS: &[[u8; START_OF]] = TABLE.split_at(STARTS_END).0.split_at(SETS_END).1.as_chunks().0;
static WORDS: &[u8] = TABLE.split_at(STARTS_END).1;

/// The lists and roles that a word is in, one bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Lists(pub(super) u64);

impl Lists {
    /// The lists of a word in whatever case it is written.
    pub(super) fn of(word: &str) -> Self {
        let word = word.as_bytes();
        // Most words are short, and one look is all that they need.
        let found = if word.len() <= CHUNK { found::<1>(word) } else { found::<{ MAX_WORD / CHUNK }>(word) };
        found.unwrap_or_default()
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

/// `u8::to_ascii_lowercase` for eight bytes: no sum of a byte's lower seven bits carries into the next byte.
const fn lower_case(bytes: u64) -> u64 {
    let low = bytes & repeated(0x7f);
    let from_a = low + repeated(0x80 - b'A');
    let after_z = low + repeated(0x7f - b'Z');
    let capital = (from_a ^ after_z) & !bytes & repeated(0x80);
    bytes | capital >> 2
}

const fn repeated(byte: u8) -> u64 {
    u64::from_le_bytes([byte; CHUNK])
}

/// The step of `FxHash`, as the compiler of Rust hashes: no keys to defend against. Its upper bits are mixed best.
const fn mixed(hash: u64, chunk: u64) -> u64 {
    (hash.rotate_left(5) ^ chunk).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// Eight bytes of a word, and 0 for those behind its end. Read in few pieces, which may have bytes in common.
#[inline]
fn chunk(word: &[u8], place: usize) -> u64 {
    let start = place * CHUNK;
    let rest = word.get(start..).unwrap_or_default();
    if let Some(eight) = rest.first_chunk() {
        return u64::from_le_bytes(*eight);
    }
    let missing = 8 * (CHUNK - rest.len());
    if let Some(last) = word.last_chunk() {
        return u64::from_le_bytes(*last) >> missing;
    }
    let four = |four: &[u8; 4]| u64::from(u32::from_le_bytes(*four));
    match (rest.first_chunk(), rest.last_chunk(), rest) {
        (Some(first), Some(last), _) => four(first) | four(last) << (4 * CHUNK - missing),
        (_, _, [a, b, c]) => u64::from_le_bytes([*a, *b, *c, 0, 0, 0, 0, 0]),
        (_, _, [a, b]) => u64::from_le_bytes([*a, *b, 0, 0, 0, 0, 0, 0]),
        (_, _, [a]) => u64::from(*a),
        _ => 0,
    }
}

/// The lists of a word of so many chunks at most. What leads nowhere is not found: a table of another layout keeps less,
/// never more.
#[inline]
fn found<const CHUNKS: usize>(word: &[u8]) -> Option<Lists> {
    let mut letters = [0; CHUNKS];
    let count = if CHUNKS == 1 { 1 } else { word.len().div_ceil(CHUNK) };
    let letters = letters.get_mut(..count)?;
    let mut hash = 0;
    for (place, letters) in letters.iter_mut().enumerate() {
        *letters = lower_case(chunk(word, place));
        hash = mixed(hash, *letters);
    }
    let bucket = (hash >> u32::BITS) as usize >> (u32::BITS - BUCKETS.ilog2());
    let mut others = WORDS.get(start_of(bucket)?..start_of(bucket + 1)?)?;
    while let [length, set, rest @ ..] = others {
        let (other, next) = rest.split_at_checked(usize::from(*length))?;
        if other.len() == word.len()
            && letters.iter().enumerate().all(|(place, letters)| chunk(other, place) == *letters)
        {
            return SETS.get(usize::from(*set)).map(|lists| Lists(u64::from_le_bytes(*lists)));
        }
        others = next;
    }
    None
}

fn start_of(bucket: usize) -> Option<usize> {
    STARTS.get(bucket).map(|pairs| usize::from(u16::from_le_bytes(*pairs)) * 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capital_is_found_as_a_small_letter_and_nothing_else_changes() {
        for byte in 0..=u8::MAX {
            for place in 0..CHUNK {
                let mut bytes = [0xff; CHUNK];
                bytes[place] = byte;
                let lower = bytes.map(|byte| byte.to_ascii_lowercase());
                assert_eq!(lower_case(u64::from_le_bytes(bytes)).to_le_bytes(), lower, "{byte} at {place}");
            }
        }
    }

    #[test]
    fn every_word_of_the_table_is_found_in_any_case() {
        let mut words = WORDS;
        let mut count = 0;
        while let [length, set, rest @ ..] = words {
            let (word, mut next) = rest.split_at(usize::from(*length));
            let word = str::from_utf8(word).expect("words are ASCII");
            let lists = Lists(u64::from_le_bytes(SETS[usize::from(*set)]));
            assert_eq!(Lists::of(word), lists, "{word}");
            assert_eq!(Lists::of(&word.to_ascii_uppercase()), lists, "{word}");
            // No word is empty: a 0 fills a bucket up.
            next = next.strip_prefix(&[0]).unwrap_or(next);
            words = next;
            count += 1;
        }
        assert!(count > 10_000, "{count} words");
        let longest = "a".repeat(MAX_WORD + 1);
        for none in ["", "\0", "error\0", "qzxjk", &longest[1..], &longest] {
            assert_eq!(Lists::of(none), Lists::default(), "{none:?}");
        }
    }
}
