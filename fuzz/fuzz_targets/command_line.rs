//! Arbitrary command lines: nothing undeclared comes out, and what comes out is admitted.
//!
//! An input is a byte that chooses the policy, and the arguments with a null byte behind each.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use telemetry_fuzz::{chosen, parts};
use telemetry_redact::Raw;

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((subject, rest)) = chosen(input) else { return Corpus::Reject };
    let argv: Vec<Raw> = parts(rest).map(Raw::from).collect();
    subject.assert_reads_only_declared(&argv);
    Corpus::Keep
});
