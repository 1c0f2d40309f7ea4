//! The detectors over arbitrary bytes.
//!
//! As a scan of the text, and through its redaction by no policy, where a long random token of a user's never survives,
//! whatever stands around it.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use telemetry_fuzz::assert_redacts;
use telemetry_redact::Redactor;

/// From this length a token of small letters, capitals and digits is nobody's word.
const MIN_RANDOM: usize = 20;

fuzz_target!(|input: &[u8]| -> Corpus {
    let redactor = Redactor::without_policy();
    let text = String::from_utf8_lossy(input);
    for text in
        [text.as_ref(), &format!("error: invalid token '{text}'"), &format!("cannot open {text}: denied")]
    {
        for found in telemetry_redact::detect::scan(text) {
            assert!(found.count > 0 && found.rule.starts_with("detect."), "{found:?}");
        }
        let redacted = assert_redacts(&redactor, text, &[]);
        for token in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|token| is_random(token)) {
            assert!(!redacted.contains(token), "{token:?} survives in {redacted:?}");
        }
    }
    Corpus::Keep
});

fn is_random(token: &str) -> bool {
    let count = |is: fn(&u8) -> bool| token.bytes().filter(is).count();
    token.len() >= MIN_RANDOM
        && count(u8::is_ascii_lowercase) >= 3
        && count(u8::is_ascii_uppercase) >= 3
        && count(u8::is_ascii_digit) >= 3
}
