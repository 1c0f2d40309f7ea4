//! Policies from arbitrary bytes: JSON, TOML and the compiled form. What is read can be used, and keeps its laws.

#![no_main]

use std::time::{Duration, Instant};

use libfuzzer_sys::{Corpus, fuzz_target};
use telemetry_fuzz::{Subject, assert_redacts};
use telemetry_redact::policy::PolicySource;
use telemetry_redact::{Policy, Raw, Redactor};

/// Command lines that reach every part of the reader, whatever the policy is.
const LINES: &[&[&str]] = &[
    &["x"],
    &["orchard", "trees", "plant", "--fruit=pear", "-nN", "mine", "--", "apple"],
    &["market", "stalls", "open", "--label", "team=free,tier", "--count=7", "--age", "90s", "--no-color"],
    &["a", "b", "c", "--a=b", "-a", "-ab", "--b", "1.2.3", "--c", "-", "d"],
];

/// What any policy must answer within. It is far more than the slowest machine needs, and far less than a loop.
const PATIENCE: Duration = Duration::from_secs(5);

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((form, rest)) = input.split_first() else { return Corpus::Reject };
    let started = Instant::now();
    match form {
        b'j' | b't' => {
            let Ok(text) = std::str::from_utf8(rest) else { return Corpus::Reject };
            let source =
                if *form == b'j' { PolicySource::from_json(text) } else { PolicySource::from_toml(text) };
            let Ok(source) = source else { return Corpus::Keep };
            sound(&source);
        }
        _ => compiled(rest),
    }
    assert!(started.elapsed() < PATIENCE, "a policy that takes {:?}", started.elapsed());
    Corpus::Keep
});

/// A policy as it is written: where it has no problems it is compiled, and its compiled form is the same policy.
fn sound(source: &PolicySource) {
    let policy = match Policy::from_source(source) {
        Ok(policy) => policy,
        Err(error) => {
            assert!(!error.problems().is_empty(), "refused without a problem");
            return;
        }
    };
    let same = Policy::from_compiled(policy.compiled().to_vec()).expect("what was compiled is read");
    assert_eq!(same.compiled(), policy.compiled());
    assert_eq!(same.program(), policy.program());
    assert_eq!(same.version(), policy.version());
    let subject = Subject::new(source);
    for line in LINES {
        let argv: Vec<Raw> = line.iter().map(|argument| Raw::from(*argument)).collect();
        subject.assert_reads_only_declared(&argv);
    }
    let written: Vec<Raw> =
        source.commands.last().map(|command| argv(source, &command.path)).unwrap_or_default();
    subject.assert_reads_only_declared(&written);
    let _ = assert_redacts(&subject.redactor, "Error: unknown command \"plnat\" for \"orchard trees\"", &[]);
}

/// A command line with every flag that a policy declares.
fn argv(source: &PolicySource, path: &str) -> Vec<Raw> {
    let values = source.sets.values().flatten().next().cloned().unwrap_or_default();
    let flags = source.flags.keys().take(8).map(|name| format!("--{name}={values}"));
    let words = path.split_whitespace().map(str::to_owned);
    [source.program.clone()].into_iter().chain(words).chain(flags).map(Raw::from).collect()
}

/// Bytes as a compiled policy. Its checksum is made to fit, so that what lies behind it is reached.
fn compiled(bytes: &[u8]) {
    const CHECKSUM: std::ops::Range<usize> = 8..12;
    let mut bytes = bytes.to_vec();
    let _ = Policy::from_compiled(bytes.clone());
    if let Some(checksum) = bytes.get_mut(CHECKSUM) {
        checksum.fill(0);
    }
    let sum = crc32fast::hash(&bytes).to_le_bytes();
    if let Some(checksum) = bytes.get_mut(CHECKSUM) {
        checksum.copy_from_slice(&sum);
    }
    let Ok(policy) = Policy::from_compiled(bytes) else { return };
    let _ = (policy.consent_variable(), policy.is_for("orchard"), policy.version());
    let redactor = Redactor::new(policy);
    for line in LINES {
        let reading = redactor.read_command(line);
        let mut event = telemetry_fuzz::event();
        event.command = reading.command;
        // A policy that nobody compiled may contradict itself; what it must not do is panic or loop.
        let _ = redactor.admit(event);
    }
    let _ = redactor.redact_text("unknown command \"plnat\" for \"orchard trees\"");
}
