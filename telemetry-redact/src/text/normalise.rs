//! One spelling of a text: compatibility forms folded, what cannot be seen taken out.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// Input beyond this is cut off: an error message is not longer.
pub(super) const MAX_BYTES: usize = 64 * 1024;

/// The text as a reader sees it. Plain ASCII without control characters comes back as it is.
pub(super) fn normalise(input: &str) -> Cow<'_, str> {
    let mut end = input.len().min(MAX_BYTES);
    while !input.is_char_boundary(end) {
        end -= 1;
    }
    let input = &input[..end];
    // Blocks without an exit of their own are what the compiler makes vector code of.
    let odd = |byte: u8| {
        u8::from(byte.wrapping_sub(b' ') > b'~' - b' ') & u8::from(byte != b'\n') & u8::from(byte != b'\t')
    };
    let is_plain = |block: &[u8]| block.iter().fold(0, |found, byte| found | odd(*byte)) == 0;
    if input.as_bytes().chunks(64).all(is_plain) {
        return Cow::Borrowed(input);
    }
    let lines = strip_ansi(input).replace("\r\n", "\n");
    let folded = lines.nfkc().filter(|c| !is_invisible(*c)).map(|c| match c {
        '\n' | '\t' => c,
        // A carriage return or form feed ends a line too.
        c if c.is_control() => '\n',
        c if c.is_whitespace() => ' ',
        // What typesetting makes of the marks that a slot is told by.
        '\u{2018}'..='\u{201b}' | '\u{2bc}' | '\u{2032}' => '\'',
        '\u{201c}'..='\u{201f}' | '\u{2033}' => '"',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        c => c,
    });
    Cow::Owned(folded.collect())
}

/// Takes out what tells a terminal to do something: `ESC [ … letter`, `ESC ] … BEL` and other `ESC` pairs (ECMA-48).
fn strip_ansi(input: &str) -> Cow<'_, str> {
    if !input.contains('\u{1b}') {
        return Cow::Borrowed(input);
    }
    let mut out = String::with_capacity(input.len());
    let mut rest = input;
    while let Some(at) = rest.find('\u{1b}') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let after = match rest.chars().next() {
            Some('[') => rest[1..].find(|c: char| ('@'..='~').contains(&c)).map(|end| end + 2),
            Some(']') => {
                let bell = rest.find('\u{7}').map(|end| end + 1);
                bell.or_else(|| rest.find("\u{1b}\\").map(|end| end + 2))
            }
            Some(other) => Some(other.len_utf8()),
            None => None,
        };
        // A sequence that does not end swallows what follows, as a terminal would.
        rest = after.and_then(|after| rest.get(after..)).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Characters without a picture: format characters (general category Cf) and variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
        | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_gone() {
        for (input, expected) in [
            ("plain \"text\"\n\tmore", "plain \"text\"\n\tmore"),
            ("\u{1b}[31;1mError\u{1b}[0m: x", "Error: x"),
            ("\u{1b}]0;title\u{7}x", "x"),
            ("Ac\u{ad}me\u{200b}Pro\u{202e}d", "AcmeProd"),
            ("\u{ff35}\u{ff33} \u{1d41a}", "US a"),
            ("a\u{a0}b\rc\u{0}d", "a b\nc\nd"),
            ("x\u{1b}[", "x"),
            ("\u{201c}Ada\u{201d} isn\u{2019}t here \u{2013} yet", "\"Ada\" isn't here - yet"),
        ] {
            assert_eq!(normalise(input), expected, "{input:?}");
        }
        assert_eq!(normalise(&"é".repeat(MAX_BYTES)).len(), MAX_BYTES);
    }
}
