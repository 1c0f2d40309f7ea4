//! What redaction costs in a process that does it often, each next to a floor: what must be done at least.
//!
//! `cargo xtask bench redact` runs this and prints the ratios.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use telemetry_redact::{Policy, Raw, Redactor};
use telemetry_schema::{Event, Message, Outcome};

/// Ordinary messages: all of what is said is kept.
const BENIGN: [&str; 2] =
    [include_str!("../testdata/evaluation/benign.txt"), include_str!("../testdata/evaluation/facts.txt")];
/// Messages with a user's data in them.
const ERRORS: [&str; 2] =
    [include_str!("../testdata/text.jsonl"), include_str!("../testdata/text_policy.jsonl")];

/// Command lines of a policy of nearly nine hundred commands, of everyday kinds.
const LINES: [&str; 6] = [
    "atlas clusters create MyCluster --provider AWS --region=US_EAST_1 --tier M10 -o json",
    "atlas cluster ls --projectId 5e2211c17a3e5a48f5497de3",
    "atlas accessLists create 192.0.2.15 --type ipAddress --comment office",
    "atlas rgister",
    "atlas dbusers create readWriteAnyDatabase --username ada --password x --scope a,b",
    "atlas alerts settings create --enabled --event JOINED_GROUP --notificationType USER",
];

fn policy() -> Policy {
    Policy::from_embedded(include_bytes!("../../policies/compiled/atlas.policy")).expect("a policy")
}

fn benign() -> Vec<&'static str> {
    let lines = BENIGN.iter().flat_map(|text| text.lines());
    lines.filter(|line| !line.is_empty() && !line.starts_with(['#', '['])).collect()
}

fn errors() -> Vec<String> {
    let case = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("a case");
    let text = |case: serde_json::Value| case["text"].as_str().unwrap_or_default().to_owned();
    ERRORS.iter().flat_map(|table| table.lines()).map(case).map(text).collect()
}

fn bytes<T: AsRef<str>>(texts: &[T]) -> Throughput {
    Throughput::Bytes(texts.iter().map(|text| text.as_ref().len() as u64).sum())
}

fn text(criterion: &mut Criterion) {
    let redactor = Redactor::new(policy());
    let cached = Redactor::new(policy()).with_cache();
    let (benign, errors) = (benign(), errors());
    let json: Vec<String> = benign.iter().map(|text| serde_json::to_string(text).expect("text")).collect();
    let mut group = criterion.benchmark_group("text");
    group.throughput(bytes(&benign));
    group.bench_function("benign", |b| {
        b.iter(|| benign.iter().map(|text| redactor.redact_text(text).text.len()).sum::<usize>());
    });
    group.bench_function("benign, seen before", |b| {
        b.iter(|| benign.iter().map(|text| cached.redact_text(text).text.len()).sum::<usize>());
    });
    group.bench_function("floor: parse as JSON strings", |b| {
        b.iter(|| {
            json.iter()
                .filter_map(|text| serde_json::from_str::<String>(text).ok())
                .map(|text| text.len())
                .sum::<usize>();
        });
    });
    group.throughput(bytes(&errors));
    group.bench_function("errors", |b| {
        b.iter(|| errors.iter().map(|text| redactor.redact_text(text).text.len()).sum::<usize>());
    });
    group.bench_function("errors of wordings seen before", |b| {
        b.iter(|| errors.iter().map(|text| cached.redact_text(text).text.len()).sum::<usize>());
    });
    group.finish();
}

fn command(criterion: &mut Criterion) {
    let redactor = Redactor::new(policy());
    let argv: Vec<Vec<Raw>> = LINES.iter().map(|line| line.split(' ').map(Raw::from).collect()).collect();
    let mut group = criterion.benchmark_group("command");
    group.throughput(Throughput::Elements(argv.len() as u64));
    group.bench_function("read", |b| {
        b.iter(|| argv.iter().map(|argv| redactor.read_raw_command(argv).findings.len()).sum::<usize>());
    });
    group.bench_function("floor: copy the arguments", |b| b.iter(|| black_box(argv.clone())));
    group.finish();
}

fn admit(criterion: &mut Criterion) {
    let redactor = Redactor::new(policy());
    let different = events(&redactor, &benign());
    let same = events(&redactor, &vec!["the file does not exist"; different.len()]);
    let cached = Redactor::new(policy()).with_cache();
    let mut group = criterion.benchmark_group("admit");
    for (name, redactor, events) in [
        ("events, each with another message", &redactor, &different),
        ("events with messages seen before", &cached, &different),
        ("events with the same message", &cached, &same),
    ] {
        group.throughput(bytes(events));
        group.bench_function(name, |b| {
            b.iter(|| parsed(events).filter(|event| redactor.admit(event.clone()).is_ok()).count());
        });
    }
    group.throughput(bytes(&different));
    group.bench_function("floor: parse the events", |b| b.iter(|| parsed(&different).count()));
    group.finish();
}

fn parsed(events: &[String]) -> impl Iterator<Item = Event> {
    events.iter().filter_map(|event| serde_json::from_str(event).ok())
}

/// The JSON of an event with each of the messages; all are such as the door takes.
fn events(redactor: &Redactor, messages: &[&str]) -> Vec<String> {
    let template: Event =
        serde_json::from_str(include_str!("../../telemetry-schema/testdata/event.json")).expect("an event");
    let mut events = Vec::new();
    for (text, line) in messages.iter().zip(LINES.iter().cycle()) {
        let redacted = redactor.redact_text(text);
        let Ok(message) = Message::new(redacted.text) else { continue };
        let mut event = template.clone();
        event.command = redactor.read_command(&line.split(' ').collect::<Vec<_>>()).command;
        event.outcome = Outcome::Error {
            code: telemetry_schema::ErrorCode::unclassified(),
            message: Some(message),
            fingerprint: Some(redacted.fingerprint),
        };
        event.exit_code = Some(1);
        assert!(redactor.admit(event.clone()).is_ok(), "an event is refused: {line}");
        events.push(serde_json::to_string(&event).expect("an event"));
    }
    events
}

/// What scanners of repositories do: one pass of a set of patterns. The file of patterns, one a line, is named by a
/// variable, since it belongs to a peer and is no part of this repository.
fn rules(criterion: &mut Criterion) {
    let Some(file) = std::env::var_os("TELEMETRY_PEER_RULES") else { return };
    let patterns = std::fs::read_to_string(file).expect("the file of patterns");
    let set = regex::RegexSetBuilder::new(patterns.lines()).size_limit(1 << 30).build().expect("patterns");
    let benign = benign();
    let mut group = criterion.benchmark_group("text");
    group.throughput(bytes(&benign)).sample_size(10);
    group.bench_function("peer: a set of patterns for secrets", |b| {
        b.iter(|| benign.iter().filter(|text| set.is_match(text)).count());
    });
    group.finish();
}

criterion_group!(benches, text, command, admit, rules);
criterion_main!(benches);
