//! The form of a text that is matched: one way to write what can be written in many.
//!
//! Nothing of it is ever kept or shown. Each character becomes what it looks like ([`lookalikes`], without accents),
//! escapes become what they stand for, and a line that was broken softly is one again. Escapes of escapes come apart
//! too: what an escape yields is read again together with what stands before it, so one pass is enough for any depth,
//! and since each step makes the text shorter by more than it goes back at most, the work stays linear.

use std::borrow::Cow;
use std::str;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::lookalikes;

/// No escape is longer: `&#x0010ffff;`, `\u{10ffff}`, an ANSI sequence of colours.
const LONGEST: usize = 24;

/// The form of a normalised text that is matched. The same again for what it returns.
pub(crate) fn skeleton(text: &str) -> Cow<'_, str> {
    if is_plain(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|c| fold(c, &mut folded));
    Cow::Owned(Reader { rest: folded.into_bytes(), out: Vec::with_capacity(text.len()) }.read())
}

/// Whether no byte can be a part of an escape or beyond ASCII.
fn is_plain(text: &[u8]) -> bool {
    text.iter().fold(true, |plain, byte| {
        plain & (byte.is_ascii() && !matches!(byte, b'%' | b'&' | b'\\' | b'=' | 0x1b))
    })
}

/// What a character looks like.
fn fold(c: char, out: &mut String) {
    if c.is_ascii() {
        return out.push(c);
    }
    let parts = std::iter::once(c).nfkd().filter(|part| !is_combining_mark(*part));
    // Joiners and marks of direction that an escape hid.
    let seen = parts.filter(|part| !part.is_control() && !super::is_invisible(*part));
    out.extend(seen.map(|part| match part {
        '\u{2028}' | '\u{2029}' => '\n',
        part if part.is_whitespace() => ' ',
        '\u{2018}'..='\u{201b}' | '\u{2bc}' | '\u{2032}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        part => lookalikes::latin(part).unwrap_or(part),
    }));
}

struct Reader {
    /// What is still to be read, the next byte last.
    rest: Vec<u8>,
    out: Vec<u8>,
}

impl Reader {
    fn read(mut self) -> String {
        self.rest.reverse();
        let mut window = [0; LONGEST];
        while let Some(byte) = self.rest.last().copied() {
            if matches!(byte, b'%' | b'&' | b'\\' | b'=' | 0x1b) {
                let len = self.rest.len().min(LONGEST);
                for (place, byte) in window.iter_mut().zip(self.rest.iter().rev()) {
                    *place = *byte;
                }
                if let Some((size, stands_for)) = escape(&window[..len]) {
                    self.rest.truncate(self.rest.len() - size);
                    self.put_back(&stands_for);
                    continue;
                }
            }
            self.rest.pop();
            self.out.push(byte);
        }
        String::from_utf8_lossy(&self.out).into_owned()
    }

    /// What an escape stands for is read again, with as much before it as can make an escape with it.
    fn put_back(&mut self, stands_for: &str) {
        self.rest.extend(stands_for.bytes().rev());
        for _ in 0..LONGEST {
            let Some(byte) = self.out.pop() else { break };
            self.rest.push(byte);
        }
    }
}

/// The escape that a text begins with: its length, and what it stands for.
fn escape(text: &[u8]) -> Option<(usize, String)> {
    match text {
        [b'%', ..] => percent(text),
        [b'&', rest @ ..] => entity(rest).map(|(size, c)| (size + 1, folded(c))),
        // Quoted-printable (RFC 2045, 6.7) and lines that a shell continues.
        [b'=' | b'\\', b'\n', ..] => Some((2, String::new())),
        [b'\\', rest @ ..] => backslash(rest).map(|(size, c)| (size + 1, folded(c))),
        [0x1b, rest @ ..] => Some((1 + control_sequence(rest), String::new())),
        _ => None,
    }
}

fn folded(c: char) -> String {
    let mut out = String::new();
    match c {
        '\n' | '\t' | '\u{1b}' => out.push(c),
        '\r' => out.push('\n'),
        c if c.is_control() => {}
        c => fold(c, &mut out),
    }
    out
}

fn hexadecimal(text: &[u8]) -> Option<u32> {
    str::from_utf8(text)
        .ok()
        .filter(|text| !text.starts_with('+'))
        .and_then(|text| u32::from_str_radix(text, 16).ok())
}

/// RFC 3986, 2.1: bytes of UTF-8.
fn percent(text: &[u8]) -> Option<(usize, String)> {
    let byte = |at: usize| {
        let three = text.get(3 * at..3 * at + 3).filter(|three| three[0] == b'%')?;
        hexadecimal(&three[1..]).and_then(|value| u8::try_from(value).ok())
    };
    let first = byte(0)?;
    let size = match first {
        0..0x80 => return Some((3, folded(char::from(first)))),
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => return None,
    };
    let mut bytes = [0; 4];
    for (at, place) in bytes[..size].iter_mut().enumerate() {
        *place = byte(at)?;
    }
    let c = str::from_utf8(&bytes[..size]).ok()?.chars().next()?;
    Some((3 * size, folded(c)))
}

/// HTML, 13.5: of the names those of ASCII characters that stand in addresses and keys.
fn entity(text: &[u8]) -> Option<(usize, char)> {
    const NAMES: [(&str, char); 26] = [
        ("amp", '&'),
        ("apos", '\''),
        ("ast", '*'),
        ("bsol", '\\'),
        ("colon", ':'),
        ("comma", ','),
        ("commat", '@'),
        ("dollar", '$'),
        ("equals", '='),
        ("excl", '!'),
        ("gt", '>'),
        ("hyphen", '-'),
        ("lowbar", '_'),
        ("lpar", '('),
        ("lsqb", '['),
        ("lt", '<'),
        ("nbsp", ' '),
        ("num", '#'),
        ("percnt", '%'),
        ("period", '.'),
        ("plus", '+'),
        ("quest", '?'),
        ("quot", '"'),
        ("rpar", ')'),
        ("semi", ';'),
        ("sol", '/'),
    ];
    if let [b'#', number @ ..] = text {
        let (digits, radix, skipped) = match number {
            [b'x' | b'X', digits @ ..] => (digits, 16, 2),
            digits => (digits, 10, 1),
        };
        let count = digits.iter().take_while(|byte| char::from(**byte).is_digit(radix)).count();
        let value = str::from_utf8(&digits[..count]).ok().and_then(|d| u32::from_str_radix(d, radix).ok())?;
        // The semicolon may be left out.
        let end = usize::from(digits.get(count) == Some(&b';'));
        return char::from_u32(value).map(|c| (skipped + count + end, c));
    }
    let end = text.iter().position(|byte| !byte.is_ascii_alphabetic())?;
    let name = str::from_utf8(&text[..end]).ok().filter(|_| text[end] == b';')?;
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, c)| (end + 1, *c))
}

/// JSON, Rust, C, Python and shells: `\u0040`, `\u{40}`, `\x40`, `\100`.
fn backslash(text: &[u8]) -> Option<(usize, char)> {
    let unit = |at: usize| text.get(at..at + 4).and_then(hexadecimal);
    match text {
        [b'u', b'{', rest @ ..] => {
            let end = rest.iter().take(7).position(|byte| *byte == b'}').filter(|end| *end > 0)?;
            hexadecimal(&rest[..end]).and_then(char::from_u32).map(|c| (end + 3, c))
        }
        [b'u', ..] => {
            let high = unit(1)?;
            if let Some(c) = char::from_u32(high) {
                return Some((5, c));
            }
            // Two units of UTF-16 (RFC 8259, 7).
            let low = unit(7).filter(|_| text[5..].starts_with(b"\\u"))?;
            let c = 0x10000 + (high.checked_sub(0xd800)? << 10) + low.checked_sub(0xdc00)?;
            char::from_u32(c).map(|c| (11, c))
        }
        [b'x', ..] => text.get(1..3).and_then(hexadecimal).and_then(char::from_u32).map(|c| (3, c)),
        [a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            let value = u32::from(a - b'0') * 64 + u32::from(b - b'0') * 8 + u32::from(c - b'0');
            char::from_u32(value).map(|c| (3, c))
        }
        [b'/', ..] => Some((1, '/')),
        _ => None,
    }
}

/// How much of a text behind an `ESC` belongs to it (ECMA-48, 5.4).
fn control_sequence(text: &[u8]) -> usize {
    let [b'[', rest @ ..] = text else { return 0 };
    let parameters = rest.iter().take_while(|byte| matches!(byte, 0x20..=0x3f)).count();
    if rest.get(parameters).is_some_and(|byte| matches!(byte, 0x40..=0x7e)) { parameters + 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn there_is_one_way_to_write_a_thing() {
        for (text, expected) in [
            ("plain text", "plain text"),
            ("ada%40example.com", "ada@example.com"),
            ("ada%2540example.com", "ada@example.com"),
            ("ada&#64;example&period;com", "ada@example.com"),
            ("ada&#x40;b &commat; &#64", "ada@b @ @"),
            ("ada\\u0040b \\x40 \\100 \\u{40}", "ada@b @ @ @"),
            ("ada%EF%BC%A0b", "ada@b"),
            ("%4%30", "@"),
            ("gh=\np_x gh\\\np_y", "ghp_x ghp_y"),
            ("\u{430}d\u{430}@\u{435}x\u{430}mple", "ada@example"),
            ("caf\u{e9} e\u{301}", "cafe e"),
            ("\\u001b[31mred\\u001b[0m", "red"),
            ("g\\u200bhp", "ghp"),
            ("100% a=b C:\\temp\\new", "100% a=b C:\\temp\\new"),
            ("\\ud83d\\ude00", "\u{1f600}"),
        ] {
            assert_eq!(skeleton(text), expected, "{text:?}");
        }
    }

    #[test]
    fn each_character_settles_at_once() {
        for c in '\0'..=char::MAX {
            let mut once = String::new();
            fold(c, &mut once);
            let mut twice = String::new();
            once.chars().for_each(|c| fold(c, &mut twice));
            assert_eq!(once, twice, "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn the_same_again(text in r"([%&\\=#xu0-9a-fA-F;{}\[\n@]|lt|amp|commat|%25|%EF%BC%85|\\u005c|\\u00|\u{1b}|\u{3b1}|\u{ff05}|\PC){0,60}") {
            let once = skeleton(&text).into_owned();
            prop_assert_eq!(skeleton(&once), once.clone());
        }
    }
}
