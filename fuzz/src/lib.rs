//! What the fuzz targets share: the policies they run with, and the laws they assert.
//!
//! The laws are written against a policy as its author wrote it ([`PolicySource`]), not against the compiled form
//! that the code under test reads, so that both would have to be wrong in the same way.

mod declared;

pub use declared::Declared;

use std::sync::LazyLock;

use telemetry_redact::policy::{Dialect, PolicySource};
use telemetry_redact::{Policy, Raw, Redactor};
use telemetry_schema::Event;

/// A policy under test: the judge, and what it may keep.
pub struct Subject {
    /// The judge.
    pub redactor: Redactor,
    /// What it may keep.
    pub declared: Declared,
}

impl Subject {
    /// The subject of a policy.
    ///
    /// # Panics
    ///
    /// Where the policy has problems: the callers have checked it.
    #[must_use]
    pub fn new(source: &PolicySource) -> Self {
        let policy = Policy::from_source(source).expect("the policy is sound");
        Self { redactor: Redactor::new(policy), declared: Declared::new(source) }
    }

    /// Reads a command line and asserts that only declared things come out, and that the door takes them.
    ///
    /// # Panics
    ///
    /// Where a law does not hold.
    pub fn assert_reads_only_declared(&self, argv: &[Raw]) {
        let reading = self.redactor.read_raw_command(argv);
        self.declared.assert_command(&reading.command);
        self.declared.assert_findings(&reading.findings, argv.len());
        let mut event = event();
        event.app.name = self.redactor.policy().map(|policy| policy.program().clone());
        event.command = reading.command;
        if let Err(problems) = self.redactor.admit(event.clone()) {
            panic!("the door refuses what was read: {problems:?}\n{:?}", event.command);
        }
    }
}

/// An event to put something into.
///
/// # Panics
///
/// Never: the event is a part of this program.
#[must_use]
pub fn event() -> Event {
    serde_json::from_str(include_str!("../../telemetry-schema/testdata/event.json")).expect("an event")
}

/// Every policy under test: the shipped ones, and one of each dialect that has every kind of rule.
///
/// # Panics
///
/// Never: the policies are a part of this program.
pub static SUBJECTS: LazyLock<Vec<Subject>> = LazyLock::new(|| {
    let read = |text| PolicySource::from_json(text).expect("a policy");
    let atlas = read(include_str!("../../policies/atlas.json"));
    let git = PolicySource::from_toml(include_str!("../../policies/git.toml")).expect("a policy");
    let orchard = read(include_str!("../../telemetry-redact/testdata/orchard.json"));
    let market = read(include_str!("../../telemetry-redact/testdata/market.json"));
    let mut subjects = vec![Subject::new(&atlas), Subject::new(&git)];
    for dialect in [Dialect::Pflag, Dialect::Getopt, Dialect::Clap, Dialect::GoFlag] {
        for source in [&orchard, &market] {
            subjects.push(Subject::new(&PolicySource { dialect, ..source.clone() }));
        }
    }
    subjects
});

/// The subject that the first byte of an input chooses, and the rest of the input. Letters stand for themselves in
/// the corpus: `a` is the first subject.
#[must_use]
pub fn chosen(input: &[u8]) -> Option<(&'static Subject, &[u8])> {
    let (first, rest) = input.split_first()?;
    let index = usize::from(first.wrapping_sub(b'a')) % SUBJECTS.len();
    SUBJECTS.get(index).map(|subject| (subject, rest))
}

/// The parts of an input. A null byte ends each, since no argument of a process can have one.
pub fn parts(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    input.split(|byte| *byte == 0)
}

/// Asserts what holds for every redacted text: redacting it again changes nothing, and it has no other characters
/// than printable ASCII, line ends and tabs. Gives the text.
///
/// # Panics
///
/// Where that does not hold.
#[must_use]
pub fn assert_redacts(redactor: &Redactor, text: &str, known: &[&str]) -> String {
    let redacted = redactor.redact_text_without(text, known);
    let again = redactor.redact_text(&redacted.text);
    assert_eq!(again.text, redacted.text, "redacting twice is not redacting once");
    assert!(redacted.text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\n' | b'\t')), "{:?}", redacted.text);
    if let Some(code) = redacted.code {
        assert!(telemetry_redact::ERROR_CODES.contains(&code.as_str()), "{code} is no error code");
    }
    redacted.text
}
