//! Other ways to write a text: what a terminal, a protocol or somebody who hides it makes of it.

use std::fmt::Write as _;

/// Writes a text in another way.
type Encode = fn(&str) -> String;

/// Each way, by its name.
pub(super) const ENCODINGS: &[(&str, Encode)] = &[
    ("percent", percent),
    ("html", html),
    ("json-escape", json_escape),
    ("octal-escape", octal_escape),
    ("hex-escape", hex_escape),
    ("full-width", full_width),
    ("mathematical", mathematical),
    ("zero-width", |text| between(text, "\u{200b}")),
    ("soft-hyphen", |text| between(text, "\u{ad}")),
    ("combining", |text| between(text, "\u{34f}")),
    ("spaced", |text| between(text, " ")),
    ("homoglyph", homoglyph),
    ("coloured", coloured),
    ("right-to-left", |text| format!("\u{202d}{text}\u{202c}")),
    ("capitals", str::to_uppercase),
    ("base64", base64),
    ("wrapped", wrapped),
];

/// Cut in the middle, as a terminal of few columns does.
pub(super) fn wrapped(text: &str) -> String {
    let middle = text.chars().count() / 2;
    let at = text.char_indices().nth(middle).map_or(0, |(at, _)| at);
    format!("{}\n{}", &text[..at], &text[at..])
}

fn bytes(text: &str, write: impl Fn(&mut String, u8)) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        write(&mut out, byte);
        out
    })
}

fn percent(text: &str) -> String {
    bytes(text, |out, byte| {
        let _ = write!(out, "%{byte:02X}");
    })
}

fn octal_escape(text: &str) -> String {
    bytes(text, |out, byte| {
        let _ = write!(out, "\\{byte:03o}");
    })
}

fn hex_escape(text: &str) -> String {
    bytes(text, |out, byte| {
        let _ = write!(out, "\\x{byte:02x}");
    })
}

fn html(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        let _ = write!(out, "&#{};", u32::from(c));
        out
    })
}

fn json_escape(text: &str) -> String {
    text.encode_utf16().fold(String::new(), |mut out, unit| {
        let _ = write!(out, "\\u{unit:04x}");
        out
    })
}

fn full_width(text: &str) -> String {
    shifted(text, '!'..='~', 0xfee0)
}

fn mathematical(text: &str) -> String {
    shifted(&shifted(text, 'a'..='z', 0x1d41a - 0x61), 'A'..='Z', 0x1d400 - 0x41)
}

fn shifted(text: &str, range: std::ops::RangeInclusive<char>, by: u32) -> String {
    text.chars()
        .map(|c| if range.contains(&c) { char::from_u32(u32::from(c) + by).unwrap_or(c) } else { c })
        .collect()
}

fn between(text: &str, mark: &str) -> String {
    text.chars().map(String::from).collect::<Vec<_>>().join(mark)
}

/// Cyrillic letters that look like Latin ones.
pub(crate) const LOOKALIKES: [(char, char); 8] =
    [('a', 'а'), ('c', 'с'), ('e', 'е'), ('i', 'і'), ('o', 'о'), ('p', 'р'), ('x', 'х'), ('y', 'у')];

fn homoglyph(text: &str) -> String {
    let like = |c| LOOKALIKES.iter().find(|(latin, _)| *latin == c).map_or(c, |(_, other)| *other);
    text.chars().map(like).collect()
}

fn coloured(text: &str) -> String {
    let (head, tail) = text.split_at(text.char_indices().nth(2).map_or(0, |(at, _)| at));
    format!("{head}\u{1b}[1;31m{tail}\u{1b}[0m")
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in text.as_bytes().chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let index = bits >> (18 - 6 * digit) & 63;
            let there = digit <= three.len();
            out.push(if there { char::from(DIGITS[index as usize]) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_encoded() {
        assert_eq!(percent("a/"), "%61%2F");
        assert_eq!(html("a"), "&#97;");
        assert_eq!(json_escape("a"), "\\u0061");
        assert_eq!(octal_escape("a"), "\\141");
        assert_eq!(full_width("a"), "\u{ff41}");
        assert_eq!(mathematical("aZ"), "\u{1d41a}\u{1d419}");
        assert_eq!(base64("light wor"), "bGlnaHQgd29y");
        assert_eq!(base64("light w"), "bGlnaHQgdw==");
        assert_eq!(wrapped("abcd"), "ab\ncd");
    }
}
