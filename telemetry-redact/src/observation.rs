//! What was seen, raw: it lives in memory only.

use std::fmt;
use std::ops::Deref;

use telemetry_schema::{
    AuthMethod, CodeLocation, Context, ErrorCode, EventId, InstallId, InstallSource, Os, PromptKind, Signal,
    Timestamp, Version,
};
use zeroize::Zeroizing;

/// Raw bytes of the user's. Opaque in `Debug`, not serialisable, not displayable, wiped when dropped.
///
/// A `Vec` or `String` is taken as it lies, without a copy, and wiped with its spare capacity; of a borrowed text one
/// copy is made, of its exact length. A `Raw` never grows, so that no copy is left behind by a reallocation. What the
/// caller itself did before, such as letting a `String` grow, is out of its reach.
///
/// ```
/// use telemetry_redact::Raw;
/// assert_eq!(format!("{:?}", Raw::from("hunter2")), "Raw(..)");
/// ```
///
/// ```compile_fail
/// println!("{}", telemetry_redact::Raw::from("hunter2"));
/// ```
///
/// ```compile_fail
/// serde_json::to_string(&telemetry_redact::Raw::from("hunter2")).unwrap();
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Raw(Zeroizing<Vec<u8>>);

impl Raw {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text; what is none of it as U+FFFD.
    pub(crate) fn text(&self) -> RawText<'_> {
        if let Ok(text) = std::str::from_utf8(&self.0) {
            return RawText::Borrowed(text);
        }
        // One byte that is no text becomes three at most: the text never grows, which would leave copies behind.
        let mut text = Zeroizing::new(String::with_capacity(self.0.len() * 3));
        for chunk in self.0.utf8_chunks() {
            text.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
        RawText::Owned(text)
    }
}

/// The text of a [`Raw`], wiped when dropped where it is a copy.
pub(crate) enum RawText<'a> {
    Borrowed(&'a str),
    Owned(Zeroizing<String>),
}

impl Deref for RawText<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }
}

impl<T: Into<Vec<u8>>> From<T> for Raw {
    fn from(bytes: T) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Raw(..)")
    }
}

/// One run of a command, as it was seen.
#[derive(Debug, Clone)]
pub struct Observation {
    /// The command line, the program's name first.
    pub argv: Vec<Raw>,
    /// The questions that it asked, in the order of asking.
    pub prompts: Vec<RawPrompt>,
    /// When it ran and how it ended.
    pub run: Run,
    /// What is known of the machine and the installation.
    pub facts: Facts,
    /// Values that the process knows to be the user's: user name, home, host name, configured secrets. They are
    /// taken out of error text wherever they stand. The command line's own dropped values are added to them.
    pub known_values: Vec<Raw>,
}

/// A question that the program asked, and how it was answered.
///
/// ```
/// use telemetry_redact::RawPrompt;
/// use telemetry_schema::PromptKind;
///
/// let prompt = RawPrompt {
///     id: "name".into(),
///     kind: PromptKind::Input,
///     choices: vec!["hunter2".into()],
///     default_kept: None,
///     left_empty: None,
/// };
/// assert!(!format!("{prompt:?}").contains("hunter2"));
/// ```
#[derive(Debug, Clone)]
pub struct RawPrompt {
    /// Its name, which is kept where the policy declares it.
    pub id: Raw,
    /// What it asks for.
    pub kind: PromptKind,
    /// What was chosen. Kept where the policy declares it, and never of what is typed.
    pub choices: Vec<Raw>,
    /// Whether the answer that was offered was taken, where that is known.
    pub default_kept: Option<bool>,
    /// Whether no answer was given, where that is known.
    pub left_empty: Option<bool>,
}

/// When a command ran and how it ended.
#[derive(Debug, Clone)]
pub struct Run {
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub completed_at: Timestamp,
    /// How long it took by a monotonic clock, in microseconds.
    pub duration_us: u64,
    /// How it ended.
    pub ending: Ending,
    /// The exit code, where it ended by itself.
    pub exit_code: Option<i32>,
}

/// How a command ended.
#[derive(Debug, Clone)]
pub enum Ending {
    /// It did what it was asked.
    Success,
    /// It reported an error.
    Error {
        /// The error's class, where the host knows it.
        code: Option<ErrorCode>,
        /// What it said.
        text: Option<Raw>,
    },
    /// It reported an error, and says in words of its own source what may be kept of it.
    Explained {
        /// The error's class.
        code: ErrorCode,
        /// What it says, with slots in braces as the policy's templates have them. Where the policy declares this
        /// template it is kept as it is, else as any error text is.
        template: &'static str,
        /// What stands in the slots, in their order: the slot's name and its value.
        slots: Vec<(&'static str, Raw)>,
    },
    /// A signal ended it.
    Interrupted(Signal),
    /// It panicked.
    Panic {
        /// Where in the program's own source.
        location: Option<CodeLocation>,
    },
}

/// What is known of the machine and the installation: closed by its types.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The event's identifier.
    pub event_id: EventId,
    /// The installation's random number.
    pub install_id: Option<InstallId>,
    /// The program's version.
    pub app_version: Option<Version>,
    /// How the program was installed.
    pub install_source: Option<InstallSource>,
    /// The operating system.
    pub os: Os,
    /// How the user is authenticated.
    pub auth_method: Option<AuthMethod>,
    /// What started the command.
    pub context: Context,
}

#[cfg(test)]
mod tests {
    use zeroize::ZeroizeOnDrop;

    use super::*;

    /// Compiles only for what wipes itself.
    fn assert_wiped<T: ZeroizeOnDrop>(_: &T) {}

    #[test]
    fn raw_text_and_its_copies_wipe_themselves() {
        let Raw(bytes) = Raw::from(b"hunter\xff".to_vec());
        assert_wiped(&bytes);
        let raw = Raw(bytes);
        let RawText::Owned(text) = raw.text() else { panic!("bytes that are no text have to be copied") };
        assert_wiped(&text);
        assert_eq!(*text, "hunter\u{fffd}");
    }

    #[test]
    fn taking_a_buffer_makes_no_copy() {
        let buffer = b"hunter2".to_vec();
        let place = buffer.as_ptr();
        let raw = Raw::from(buffer);
        assert_eq!(raw.bytes().as_ptr(), place);
        assert!(matches!(raw.text(), RawText::Borrowed("hunter2")));
    }

    #[test]
    fn bytes_that_are_no_text_read_as_everywhere_else_and_never_grow() {
        for bytes in [&b"\xff\xff\xff"[..], b"a\xe2\x82z", b"\xf0\x9f", b"\xc3\xa9 \x80"] {
            let raw = Raw::from(bytes);
            let text = raw.text();
            assert_eq!(*text, *String::from_utf8_lossy(bytes));
            if let RawText::Owned(text) = text {
                assert!(text.capacity() >= bytes.len() * 3 && text.len() <= bytes.len() * 3);
            }
        }
    }
}
