//! Forms: what is random in a secret, and what is not.

use anyhow::{Context as _, Result, bail};

/// Random numbers from a seed: `SplitMix64` (Steele, Lea, Flood 2014), since the data must never change with a crate.
pub(super) struct Random(u64);

impl Random {
    /// Seeded by a name, so that another line in the data changes no secret but its own.
    pub(super) fn new(name: &str) -> Self {
        let fnv = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Self(name.bytes().fold(0xcbf2_9ce4_8422_2325, fnv))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or_default()
    }

    fn letters(&mut self, alphabet: &str, length: usize) -> String {
        let alphabet = alphabet.as_bytes();
        (0..length).map(|_| char::from(alphabet[self.below(alphabet.len())])).collect()
    }
}

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGIT: &str = "0123456789";

fn alphabet(name: &str) -> Option<String> {
    Some(match name {
        "alnum" => [LOWER, UPPER, DIGIT].concat(),
        "base32" => [UPPER, "234567"].concat(),
        "base64" => [LOWER, UPPER, DIGIT, "+/"].concat(),
        "base64url" => [LOWER, UPPER, DIGIT, "-_"].concat(),
        "bcrypt" => [LOWER, UPPER, DIGIT, "./"].concat(),
        "bech32" => ["QPZRY9X8GF2TVDW0", "S3JN54KHCE6MUA7L"].concat(),
        "digit" => DIGIT.to_owned(),
        "hex" => [DIGIT, "abcdef"].concat(),
        "letter" => [LOWER, UPPER].concat(),
        "lower" => LOWER.to_owned(),
        "lower_alnum" => [LOWER, DIGIT].concat(),
        "mark" => "!$%&*+?".to_owned(),
        "upper" => UPPER.to_owned(),
        "upper_alnum" => [UPPER, DIGIT].concat(),
        _ => return None,
    })
}

/// Expands `ghp_{alnum:36}`.
pub(super) fn expand(form: &str, random: &mut Random) -> Result<String> {
    let mut out = String::new();
    let mut rest = form;
    while let Some((literal, behind)) = rest.split_once('{') {
        out.push_str(literal);
        let (slot, after) =
            behind.split_once('}').with_context(|| format!("{form}: a brace is not closed"))?;
        rest = after;
        match slot {
            "sp" => out.push(' '),
            "nl" => out.push('\n'),
            "uuid" => {
                let hex = alphabet("hex").unwrap_or_default();
                let mut digits = |length| random.letters(&hex, length);
                let [first, second, third, fourth, last] = [8, 4, 3, 3, 12].map(&mut digits);
                let variant = random.letters("89ab", 1);
                out.push_str(
                    &[first, second, ["4", &third].concat(), [variant, fourth].concat(), last].join("-"),
                );
            }
            _ => {
                let (name, length) = slot.split_once(':').with_context(|| format!("{form}: {{{slot}}}"))?;
                let Some(alphabet) = alphabet(name) else { bail!("{form}: no alphabet {name}") };
                out.push_str(&random.letters(&alphabet, length.parse()?));
            }
        }
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_expanded_to_the_same_each_time() {
        let one = expand("x_{hex:4}{sp}{uuid}", &mut Random::new("a")).unwrap();
        assert_eq!(one, expand("x_{hex:4}{sp}{uuid}", &mut Random::new("a")).unwrap());
        assert_ne!(one, expand("x_{hex:4}{sp}{uuid}", &mut Random::new("b")).unwrap());
        assert_eq!(one.len(), "x_abcd 00000000-0000-4000-8000-000000000000".len());
        assert!(expand("{none:3}", &mut Random::new("a")).is_err());
        assert!(expand("{hex:3", &mut Random::new("a")).is_err());
    }
}
