//! One spelling of a text: compatibility forms folded, what cannot be seen taken out.
//!
//! Escapes and letters of other scripts that look like Latin ones stay as they are: this is what is rebuilt. The form
//! that is matched is made of it by [`crate::detect`].

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use super::blocks::are_all;

/// Input beyond this is cut off: an error message is not longer.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// The text as a reader sees it, and the same again for what it returns. Plain ASCII without control characters comes
/// back as it is.
pub(crate) fn normalise(input: &str) -> Cow<'_, str> {
    const MAX_ROUNDS: usize = 4;
    let input = cut(input);
    if is_plain(input.as_bytes()) {
        return Cow::Borrowed(input);
    }
    let (mut text, mut unsettled) = fold(input);
    for _ in 0..MAX_ROUNDS {
        if !unsettled {
            break;
        }
        (text, unsettled) = fold(&text);
    }
    Cow::Owned(text)
}

/// Compatibility forms can be longer than what they stand for, so the end is cut again. With the text: whether a sign
/// that cannot be seen came out of folding, since what stood around it can then be more together.
fn fold(input: &str) -> (String, bool) {
    // The first byte of what is one control character in two bytes is 0xc2.
    let has_controls = input.bytes().any(|byte| matches!(byte, 0x1b | b'\r' | 0xc2));
    let seen = if has_controls { Cow::Owned(strip_controls(input)) } else { Cow::Borrowed(input) };
    let mut unsettled = false;
    let mut text = String::with_capacity(input.len());
    let mut rest = &*seen;
    while !rest.is_empty() {
        // ASCII is in every form of Unicode what it is, and composes with what follows it alone (UAX #15).
        let ascii = rest.bytes().position(|byte| !byte.is_ascii());
        let (plain, after) = rest.split_at(ascii.map_or(rest.len(), |at| at.saturating_sub(1)));
        if is_plain(plain.as_bytes()) {
            text.push_str(plain);
        } else {
            text.extend(plain.chars().map(plainly));
        }
        let beyond = after.bytes().skip(1).position(|byte| byte.is_ascii());
        let (beyond, after) = after.split_at(beyond.map_or(after.len(), |at| at + 1));
        let folded = beyond.chars().filter(|c| !is_invisible(*c)).nfkc().filter(|c| {
            unsettled |= is_invisible(*c);
            !is_invisible(*c)
        });
        text.extend(folded.map(plainly));
        rest = after;
    }
    text.truncate(cut(&text).len());
    (text, unsettled)
}

/// The sign that says the same.
fn plainly(c: char) -> char {
    match c {
        '\n' | '\t' | ' '..='~' => c,
        // A carriage return or form feed ends a line too.
        c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => '\n',
        c if c.is_whitespace() => ' ',
        // What typesetting makes of the marks that a slot is told by.
        '\u{2018}'..='\u{201b}' | '\u{2bc}' | '\u{2032}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        c => c,
    }
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Printable ASCII, line feeds and tabs.
fn is_plain(text: &[u8]) -> bool {
    are_all(text, |byte| byte.wrapping_sub(b' ') < 0x5f || matches!(byte, b'\n' | b'\t'))
}

/// Takes out what tells a terminal to do something (ECMA-48, 5.4 and 8.3): `ESC [ … letter`, `ESC ] … BEL`, other
/// strings up to their terminator, other `ESC` sequences, and the forms of each in one character. Line ends become
/// line feeds.
fn strip_controls(input: &str) -> String {
    let mut out = String::with_capacity(input.len());
    let mut rest = input.chars();
    while let Some(c) = rest.next() {
        match c {
            '\u{1b}' => match rest.clone().next() {
                Some('[') => skip_sequence(&mut rest, 1),
                Some(']' | 'P' | 'X' | '^' | '_') => skip_string(&mut rest),
                // Intermediate bytes (` ` to `/`) and the last one.
                Some(_) => skip_short(&mut rest),
                None => {}
            },
            '\u{9b}' => skip_sequence(&mut rest, 0),
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => skip_string(&mut rest),
            '\r' if rest.as_str().starts_with('\n') => {}
            c => out.push(c),
        }
    }
    out
}

/// A sequence that does not end swallows what follows, as a terminal would.
fn skip_sequence(rest: &mut std::str::Chars<'_>, introducer: usize) {
    rest.by_ref().skip(introducer).find(|c| ('@'..='~').contains(c));
}

fn skip_string(rest: &mut std::str::Chars<'_>) {
    while let Some(c) = rest.next() {
        match c {
            '\u{7}' | '\u{9c}' => return,
            '\u{1b}' if rest.as_str().starts_with('\\') => {
                rest.next();
                return;
            }
            _ => {}
        }
    }
}

fn skip_short(rest: &mut std::str::Chars<'_>) {
    rest.by_ref().find(|c| !(' '..='/').contains(c));
}

/// Characters without a picture: format characters (general category Cf) and variation selectors.
pub(crate) fn is_invisible(c: char) -> bool {
    !c.is_ascii()
        && matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_cannot_be_seen_is_gone() {
        for (input, expected) in [
            ("plain \"text\"\n\tmore", "plain \"text\"\n\tmore"),
            ("\u{1b}[31;1mError\u{1b}[0m: x", "Error: x"),
            ("\u{1b}]0;title\u{7}x", "x"),
            ("\u{1b}]8;;https://example.com\u{1b}\\link\u{1b}]8;;\u{1b}\\ \u{7}", "link \n"),
            ("\u{9b}31mred\u{9b}0m \u{9d}0;title\u{9c}x", "red x"),
            ("\u{1b}Pq#0;2\u{1b}\\y\u{1b}(Bz\u{1b}=w", "yzw"),
            ("Ac\u{ad}me\u{200b}Pro\u{202e}d", "AcmeProd"),
            ("\u{ff35}\u{ff33} \u{1d41a}", "US a"),
            ("a\u{a0}b\rc\u{0}d\r\ne\u{2028}f", "a b\nc\nd\ne\nf"),
            ("x\u{1b}[", "x"),
            ("\u{201c}Ada\u{201d} isn\u{2019}t here \u{2013} yet", "\"Ada\" isn't here - yet"),
            ("e\u{200b}\u{301}", "\u{e9}"),
        ] {
            assert_eq!(normalise(input), expected, "{input:?}");
        }
        assert_eq!(normalise(&"é".repeat(MAX_BYTES)).len(), MAX_BYTES);
        assert!(normalise(&"\u{fdfa}".repeat(MAX_BYTES / 3)).len() <= MAX_BYTES);
    }

    proptest! {
        #[test]
        fn the_same_again(text in r"(\PC|[\u{1b}\u{9b}\u{9d}\u{9c}\u{7}\u{200b}\u{301}\u{338}=<>\[\]\\;m\r\n]|\u{1100}|\u{1161}|\u{11a8}){0,40}") {
            let once = normalise(&text).into_owned();
            prop_assert_eq!(normalise(&once), once.clone());
        }

        #[test]
        fn plain_text_is_borrowed(text in "[ -~\n\t]{0,400}") {
            prop_assert!(matches!(normalise(&text), Cow::Borrowed(same) if same == text));
        }
    }
}
