//! The one way in which a value gets into a query.

use std::fmt::Write as _;

/// Letters and digits as they are, every other byte as `\xHH`, in quotes. Nothing that ends a literal or starts an escape
/// of another kind can come out, whatever goes in (clickhouse.com/docs/sql-reference/syntax, string literals). Servers of
/// 18.16 have no parameters that would do.
pub(super) fn literal(bytes: impl AsRef<[u8]>) -> String {
    let bytes = bytes.as_ref();
    let mut text = String::with_capacity(bytes.len() + 2);
    text.push('\'');
    for byte in bytes {
        if byte.is_ascii_alphanumeric() {
            text.push(char::from(*byte));
        } else {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text.push('\'');
    text
}

/// Literals in a row, for `IN`.
pub(super) fn literals<T: AsRef<[u8]>>(values: impl IntoIterator<Item = T>) -> String {
    let values: Vec<_> = values.into_iter().map(literal).collect();
    values.join(",")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a server makes of a literal of these two forms.
    fn read(literal: &str) -> Option<Vec<u8>> {
        let mut rest = literal.strip_prefix('\'')?.strip_suffix('\'')?.as_bytes();
        let mut bytes = Vec::new();
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            if *first == b'\\' {
                let digits = rest.strip_prefix(b"x")?.split_at_checked(2)?;
                bytes.push(u8::from_str_radix(std::str::from_utf8(digits.0).ok()?, 16).ok()?);
                rest = digits.1;
            } else {
                bytes.push(*first);
            }
        }
        Some(bytes)
    }

    proptest! {
        #[test]
        fn every_value_comes_back_and_nothing_ends_its_literal(value in prop::collection::vec(any::<u8>(), 0..50)) {
            let literal = literal(&value);
            prop_assert_eq!(read(&literal), Some(value));
            let inside = &literal[1..literal.len() - 1];
            prop_assert!(inside.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'\\'));
        }
    }

    #[test]
    fn what_is_hostile_is_only_letters() {
        assert_eq!(literal("x' OR 1=1 --"), r"'x\x27\x20OR\x201\x3d1\x20\x2d\x2d'");
        assert_eq!(literals(["a", "\\"]), r"'a','\x5c'");
    }
}
