//! SHA-256 (FIPS 180-4) of a few bytes: the checksum of a wallet's address. No secret is kept with it, and it runs on
//! what already has the form of an address, so a crate of ciphers would be much for little.

/// The first thirty-two bits of the fractional parts of the cube roots of the first primes.
const ROUNDS: [u32; 64] = {
    let mut rounds = [0; 64];
    let (mut at, mut candidate) = (0, 2_u128);
    while at < 64 {
        let mut divisor = 2;
        while divisor * divisor <= candidate && !candidate.is_multiple_of(divisor) {
            divisor += 1;
        }
        if divisor * divisor > candidate {
            rounds[at] = root(candidate << 96, 3);
            at += 1;
        }
        candidate += 1;
    }
    rounds
};

/// The low half of the whole part of a root, found by halving.
#[expect(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
const fn root(number: u128, degree: u32) -> u32 {
    let (mut low, mut high) = (0_u128, 1 << 42);
    while high - low > 1 {
        let middle = u128::midpoint(low, high);
        if middle.pow(degree) <= number {
            low = middle;
        } else {
            high = middle;
        }
    }
    low as u32
}

/// Those of the square roots of the first eight.
const START: [u32; 8] = [
    root(2 << 64, 2),
    root(3 << 64, 2),
    root(5 << 64, 2),
    root(7 << 64, 2),
    root(11 << 64, 2),
    root(13 << 64, 2),
    root(17 << 64, 2),
    root(19 << 64, 2),
];

pub(super) fn sha256(message: &[u8]) -> [u8; 32] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(64), 0);
    if padded.len() - message.len() < 9 {
        padded.resize(padded.len() + 64, 0);
    }
    let end = padded.len() - 8;
    padded[end..].copy_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    let mut state = START;
    for block in padded.chunks_exact(64) {
        compress(&mut state, block);
    }
    let mut digest = [0; 32];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    digest
}

#[expect(clippy::many_single_char_names, reason = "the names of FIPS 180-4")]
fn compress(state: &mut [u32; 8], block: &[u8]) {
    let mut words = [0_u32; 64];
    for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
    }
    for at in 16..64 {
        let (near, far) = (words[at - 2], words[at - 15]);
        let near = near.rotate_right(17) ^ near.rotate_right(19) ^ near >> 10;
        let far = far.rotate_right(7) ^ far.rotate_right(18) ^ far >> 3;
        words[at] = words[at - 16].wrapping_add(far).wrapping_add(words[at - 7]).wrapping_add(near);
    }
    let mut now = *state;
    for (round, word) in ROUNDS.iter().zip(words) {
        let [a, b, c, _, e, f, g, h] = now;
        let left = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let first = h.wrapping_add(left).wrapping_add(e & f ^ !e & g).wrapping_add(*round).wrapping_add(word);
        let right = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let second = right.wrapping_add(a & b ^ a & c ^ b & c);
        now.rotate_right(1);
        now[0] = first.wrapping_add(second);
        now[4] = now[4].wrapping_add(first);
    }
    for (word, more) in state.iter_mut().zip(now) {
        *word = word.wrapping_add(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of FIPS 180-4.
    #[test]
    fn it_is_sha_256() {
        for (message, start) in [("abc", 0xba78_16bf_u32), ("", 0xe3b0_c442)] {
            assert_eq!(sha256(message.as_bytes())[..4], start.to_be_bytes());
        }
        let two_blocks = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
        assert_eq!(sha256(two_blocks)[..4], 0x248d_6a61_u32.to_be_bytes());
    }
}
