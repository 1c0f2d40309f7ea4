//! Addresses of wallets.

use super::digest::sha256;

/// Version, hash and four bytes of a double SHA-256 in base 58 (Bitcoin wiki, base58check).
pub(super) fn is_base58check(text: &[u8]) -> bool {
    const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    // An extended key has 78 bytes and the sum.
    const MOST: usize = 82;
    let mut bytes = [0_u8; MOST];
    let mut len = 0;
    for byte in text {
        let Some(mut carry) = ALPHABET.iter().position(|letter| letter == byte) else { return false };
        for place in &mut bytes[..len] {
            carry += usize::from(*place) * 58;
            *place = u8::try_from(carry & 0xff).unwrap_or_default();
            carry >>= 8;
        }
        while carry > 0 {
            let Some(place) = bytes.get_mut(len) else { return false };
            *place = u8::try_from(carry & 0xff).unwrap_or_default();
            len += 1;
            carry >>= 8;
        }
    }
    len += text.iter().take_while(|byte| **byte == b'1').count();
    let Some(decoded) = bytes.get_mut(..len).filter(|decoded| decoded.len() > 4) else { return false };
    decoded.reverse();
    let (payload, sum) = decoded.split_at(len - 4);
    sha256(&sha256(payload))[..4] == *sum
}

/// The polynomial of BIP 173 and BIP 350.
pub(super) fn is_bech32(text: &[u8]) -> bool {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATORS: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    const BECH32M: u32 = 0x2bc8_30a3;
    let lower = text.to_ascii_lowercase();
    let Some(mark) = lower.iter().rposition(|byte| *byte == b'1') else { return false };
    let (name, body) = (&lower[..mark], &lower[mark + 1..]);
    let step = |sum: u32, value: u32| {
        let top = sum >> 25;
        let sum = (sum & 0x01ff_ffff) << 5 ^ value;
        GENERATORS
            .iter()
            .enumerate()
            .fold(sum, |sum, (bit, generator)| if top >> bit & 1 == 1 { sum ^ generator } else { sum })
    };
    let high = name.iter().map(|byte| u32::from(byte >> 5));
    let low = name.iter().map(|byte| u32::from(byte & 31));
    let mut sum = high.chain([0]).chain(low).fold(1, step);
    for byte in body {
        let Some(value) = ALPHABET.iter().position(|letter| letter == byte) else { return false };
        sum = step(sum, u32::try_from(value).unwrap_or_default());
    }
    body.len() >= 6 && (sum == 1 || sum == BECH32M)
}
