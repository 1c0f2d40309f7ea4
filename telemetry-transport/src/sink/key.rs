//! The key by which a collector knows whose events it is sent, where it asks for one.

use std::fmt;

use super::SinkError;

/// Shorter ones can be guessed, and a header has a bound: what a collector takes.
const BYTES: std::ops::RangeInclusive<usize> = 16..=256;

/// A key for writing, as it was given.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct WriteKey(pub(super) String);

impl WriteKey {
    /// What goes into the header `Authorization`.
    pub(super) fn header(&self) -> Result<String, SinkError> {
        let is_key = BYTES.contains(&self.0.len()) && self.0.bytes().all(|byte| byte.is_ascii_graphic());
        if is_key { Ok(format!("Bearer {}", self.0)) } else { Err(SinkError::WriteKey) }
    }
}

impl fmt::Debug for WriteKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WriteKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_printable_and_long_enough_and_never_shown() {
        let header = |text: &str| WriteKey(text.to_owned()).header();
        assert_eq!(header("made-up-key-0001").unwrap(), "Bearer made-up-key-0001");
        for text in ["", "short", "made-up key 00001", "made-up-key-0001\r\nx: y"] {
            assert!(matches!(header(text), Err(SinkError::WriteKey)), "{text:?}");
        }
        assert_eq!(format!("{:?}", WriteKey("made-up-key-0001".to_owned())), "WriteKey");
    }
}
