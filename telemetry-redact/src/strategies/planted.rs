//! Values of the user's, and how to tell that one got out.

use proptest::prelude::*;

/// Values as users have them: names, addresses, paths, keys, sentences, in several alphabets.
///
/// Each holds a mark, `zq` with a digit near it, that no policy and no vocabulary has, so that finding a piece of it
/// anywhere in an output is a leak.
pub fn planted_values() -> impl Strategy<Value = String> + Clone {
    let mark = "zq[0-9][a-z0-9]{3,8}";
    prop_oneof![
        4 => mark.prop_map(String::from),
        1 => mark.prop_map(|mark| mark.to_ascii_uppercase()),
        1 => mark.prop_map(|mark| format!("{mark}@mail.example")),
        1 => mark.prop_map(|mark| format!("/home/{mark}/{mark}.txt")),
        1 => mark.prop_map(|mark| format!("C:\\Users\\{mark}")),
        1 => mark.prop_map(|mark| format!("https://{mark}.example/{mark}?q={mark}")),
        1 => (mark, "[A-Za-z0-9]{20,28}").prop_map(|(mark, rest)| format!("{mark}{rest}")),
        1 => (mark, mark).prop_map(|(first, last)| format!("{first} {last}")),
        1 => (mark, mark).prop_map(|(first, last)| format!("{first}'s \"{last}\"")),
        1 => mark.prop_map(|mark| format!("{mark}-\u{e9}t\u{e9}")),
        1 => mark.prop_map(|mark| format!("\u{5f20}{mark}")),
    ]
}

/// The shortest run of letters and digits of a value that is looked for by itself.
const MIN_RUN: usize = 5;

/// Whether an output holds a value: as it is, in another case, with marks between, in pieces, or encoded.
pub(super) fn survives(output: &str, planted: &str) -> bool {
    let folded = folded(output);
    // Too short a value says nothing: every text holds an `a`.
    let whole = self::folded(planted);
    let runs =
        planted.split(|c: char| !c.is_alphanumeric()).map(self::folded).filter(|run| run.len() >= MIN_RUN);
    // A run that is a part of a longer word of the output is that word's: only what has a digit in it is the user's.
    let has_run = |run: String| run.bytes().any(|b| b.is_ascii_digit()) && folded.contains(&run);
    (whole.chars().count() > 2 && folded.contains(&whole))
        || runs.into_iter().any(has_run)
        || encodings(planted).iter().any(|encoded| folded.contains(encoded.as_str()))
        || base64s(planted).iter().any(|encoded| output.contains(encoded.as_str()))
}

/// Letters and digits alone, in lower case.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A value in the encodings that remain letters and digits when marks are taken out: hexadecimal (percent encoding),
/// decimal (HTML entities), `\u` escapes, backwards.
fn encodings(planted: &str) -> Vec<String> {
    if planted.len() <= 2 {
        return Vec::new();
    }
    let each = |write: fn(u32) -> String| planted.chars().map(|c| write(c.into())).collect::<String>();
    let hex = planted.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let entities = each(|code| code.to_string());
    let hex_entities = each(|code| format!("x{code:x}"));
    let escapes = each(|code| format!("u{code:04x}"));
    let backwards = folded(&planted.chars().rev().collect::<String>());
    [hex, entities, hex_entities, escapes, backwards]
        .into_iter()
        .filter(|text| text.len() >= MIN_RUN)
        .collect()
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 (RFC 4648) with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits =
            (0..3).fold(0_usize, |bits, at| bits << 8 | chunk.get(at).map_or(0, |byte| usize::from(*byte)));
        for at in 0..4 {
            let letter = char::from(ALPHABET[bits >> (18 - 6 * at) & 63]);
            out.push(if at <= chunk.len() { letter } else { '=' });
        }
    }
    out
}

/// The part of a value's base64 that does not depend on what stands around it, for the three ways it can lie.
fn base64s(planted: &str) -> Vec<String> {
    if planted.len() < MIN_RUN + 2 {
        return Vec::new();
    }
    let ways = (0..3).map(|skip| {
        let bytes = &planted.as_bytes()[skip..];
        base64(&bytes[..bytes.len() - bytes.len() % 3])
    });
    ways.filter(|encoded| !encoded.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_every_disguise() {
        for output in [
            "zq1secret",
            "x ZQ1SECRET x",
            "zq1-sec\u{200b}ret",
            "z.q.1.s.e.c.r.e.t",
            "%7a%71%31%73%65%63%72%65%74",
            "&#122;&#113;&#49;&#115;&#101;&#99;&#114;&#101;&#116;",
            "&#x7a;&#x71;&#x31;&#x73;&#x65;&#x63;&#x72;&#x65;&#x74;",
            r"\u007a\u0071\u0031\u0073\u0065\u0063\u0072\u0065\u0074",
            "terces1qz",
            "enExc2VjcmV0",
            "eHpxMXNlY3JldA==",
        ] {
            assert!(survives(output, "zq1secret"), "{output}");
        }
        assert!(survives("only zq1secret of it", "zq1secret zq2plan"));
        for output in ["", "secret", "zq", "an ordinary text of words", "{\"name\":\"fruit\"}"] {
            assert!(!survives(output, "zq1secret"), "{output}");
        }
        assert_eq!(base64(b"zq1secret"), "enExc2VjcmV0");
        assert_eq!(base64(b"a"), "YQ==");
        assert_eq!(base64(b"ab"), "YWI=");
    }
}
