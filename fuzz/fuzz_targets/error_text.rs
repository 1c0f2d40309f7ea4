//! Arbitrary error texts and known values: redacting twice is redacting once, and a known value is gone.
//!
//! An input is a byte that chooses the policy (`z`: none), the text, and known values, with a null byte between them.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use telemetry_fuzz::{Subject, assert_redacts, chosen, parts};
use telemetry_redact::{PLACEHOLDERS, Redactor};

/// More known values than this say nothing new.
const MAX_KNOWN: usize = 4;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((subject, rest)) = chosen(input) else { return Corpus::Reject };
    let without_policy = Redactor::without_policy();
    let (subject, redactor) = match input.first() {
        Some(b'z') => (None, &without_policy),
        _ => (Some(subject), &subject.redactor),
    };
    let mut parts = parts(rest).map(String::from_utf8_lossy);
    let text = parts.next().unwrap_or_default();
    let known: Vec<_> = parts.take(MAX_KNOWN).collect();
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let redacted = assert_redacts(redactor, &text, &known);
    for value in known {
        if can_be_told(value, subject) {
            let there = words(&redacted).any(|word| word.eq_ignore_ascii_case(value));
            assert!(!there, "the known value {value:?} is in {redacted:?}");
        }
    }
    Corpus::Keep
});

/// Whether a value would be the user's wherever it stands: one word, not declared, and not what a placeholder says.
fn can_be_told(value: &str, subject: Option<&Subject>) -> bool {
    const MIN_LENGTH: usize = 4;
    let is_word = value.len() >= MIN_LENGTH && value.bytes().all(|b| b.is_ascii_alphabetic());
    let is_placeholder = PLACEHOLDERS
        .iter()
        .any(|placeholder| words(placeholder).any(|word| word.eq_ignore_ascii_case(value)));
    let is_declared = || {
        let mut declared = subject.into_iter().flat_map(|subject| subject.declared.words());
        declared.any(|word| words(word).any(|word| word.eq_ignore_ascii_case(value)))
    };
    is_word && !is_placeholder && !is_declared()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}
