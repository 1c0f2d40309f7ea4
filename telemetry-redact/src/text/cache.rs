//! Texts that redaction left as they are, so that they need not be gone over again.
//!
//! Errors repeat: what a collector is sent, and what a program prints, is mostly what it was the day before. Only what
//! came out of redaction is kept here, never what went in.

use std::fmt;
use std::sync::{Mutex, PoisonError};

/// Threads seldom meet at one of so many locks.
const SHARDS: usize = 16;

/// Texts in each shard: 8,192 in all, more than a program has wordings.
const TEXTS: usize = 512;

/// A longer text is seldom said twice. With the number of texts this bounds the cache to 4 MiB and its table.
const MAX_TEXT: usize = 512;

/// What is known of a text at rest.
#[derive(Clone, Copy)]
pub(crate) struct AtRest<C> {
    pub(super) code: Option<C>,
    pub(super) fingerprint: u64,
}

/// Two places for each text, by its hash: it takes the first, and what stood there the second.
type Shard<C> = Vec<Option<(Box<str>, AtRest<C>)>>;

/// A bounded number of texts, shared among threads. Nothing is allocated before there is one. Texts that were chosen to
/// take each other's places are gone over each time, as without it.
pub(crate) struct Cache<C> {
    shards: [Mutex<Shard<C>>; SHARDS],
}

impl<C> Default for Cache<C> {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl<C> fmt::Debug for Cache<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").finish_non_exhaustive()
    }
}

/// Eight bytes at a time: a place that is found sooner than by [`crate::hash`], which goes byte by byte. Multiplied by 2^64
/// over the golden ratio, so that each bit reaches the upper half (Knuth, The Art of Computer Programming 3, 6.4).
fn hash_of(text: &[u8]) -> u64 {
    const RATIO: u64 = 0x9e37_79b9_7f4a_7c15;
    let (eights, rest) = text.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let mix =
        |hash: u64, eight: &[u8; 8]| (hash.rotate_left(29) ^ u64::from_le_bytes(*eight)).wrapping_mul(RATIO);
    mix(eights.iter().fold(text.len() as u64, mix), &last).wrapping_mul(RATIO)
}

impl<C: Clone> Cache<C> {
    fn place(&self, text: &str) -> Option<(&Mutex<Shard<C>>, usize)> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let hash = usize::try_from(hash_of(text.as_bytes()) >> 32).ok()?;
        Some((self.shards.get(hash % SHARDS)?, hash / SHARDS % TEXTS))
    }

    pub(super) fn get(&self, text: &str) -> Option<AtRest<C>> {
        let (shard, place) = self.place(text)?;
        let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let places = [place, place ^ 1].into_iter().filter_map(|place| shard.get(place)?.as_ref());
        places.into_iter().find(|(known, _)| **known == *text).map(|(_, at_rest)| at_rest.clone())
    }

    pub(super) fn put(&self, text: &str, at_rest: AtRest<C>) {
        let Some((shard, place)) = self.place(text) else { return };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if shard.is_empty() {
            shard.resize_with(TEXTS, || None);
        }
        if let Some(slot) = shard.get_mut(place)
            && let Some(before) = slot.replace((text.into(), at_rest))
            && let Some(slot) = shard.get_mut(place ^ 1)
        {
            *slot = Some(before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_and_its_place_is_taken_by_others() {
        let cache = Cache::default();
        let texts: Vec<String> = (0..4 * SHARDS * TEXTS).map(|number| format!("failed: {number}")).collect();
        for (fingerprint, text) in (0..).zip(&texts) {
            cache.put(text, AtRest { code: Some(fingerprint), fingerprint });
            let found = cache.get(text).map(|found| (found.code, found.fingerprint));
            assert_eq!(found, Some((Some(fingerprint), fingerprint)));
        }
        let kept = texts.iter().filter(|text| cache.get(text).is_some()).count();
        assert!((SHARDS * TEXTS / 2..=SHARDS * TEXTS).contains(&kept), "{kept}");
        assert!(cache.get("failed").is_none());
    }

    #[test]
    fn a_long_text_is_not_kept() {
        let cache = Cache::<()>::default();
        let text = "a".repeat(MAX_TEXT + 1);
        cache.put(&text, AtRest { code: None, fingerprint: 1 });
        assert!(cache.get(&text).is_none());
    }
}
