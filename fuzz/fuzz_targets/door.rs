//! Arbitrary bodies at the collector's door, by each of its decoders: nothing panics, every record is accounted for once,
//! what is admitted is the schema's, and what is said of the rest is field and rule.
//!
//! An input is a byte that chooses the decoder (`j` batch, `l` lines, `e` erasure, `p` logs in protobuf, `o` logs in
//! JSON), and the body.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::{Corpus, fuzz_target};
use telemetry_collector::{
    AdmittedBatch, LogsEncoding, Policies, admit, admit_erasure, admit_lines, admit_logs,
};
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::{Event, InstallId, Problem};

static POLICIES: LazyLock<Policies> = LazyLock::new(|| {
    let policy = Policy::from_json(include_str!("../../telemetry-redact/testdata/orchard.json"));
    Policies::new().with(Redactor::new(policy.expect("a policy")))
});

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((decoder, body)) = input.split_first() else { return Corpus::Reject };
    match decoder {
        b'j' => check(admit(body, &POLICIES).map(|batch| vec![batch]).map_err(|error| error.problem())),
        b'l' => check(admit_lines(body, &POLICIES).map(|batch| vec![batch]).map_err(|error| error.problem())),
        b'p' => check(admit_logs(body, LogsEncoding::Protobuf, &POLICIES).map_err(|error| error.problem())),
        b'o' => check(admit_logs(body, LogsEncoding::Json, &POLICIES).map_err(|error| error.problem())),
        b'e' => match admit_erasure(body) {
            Ok(erasure) => {
                assert!((1..=64).contains(&erasure.install_ids().len()));
                assert!(!erasure.install_ids().contains(&InstallId::CI), "nobody speaks for all CI runs");
            }
            Err(error) => assert_is_no_value(&error.problem()),
        },
        _ => return Corpus::Reject,
    }
    Corpus::Keep
});

fn check(judged: Result<Vec<AdmittedBatch>, Problem>) {
    let batches = match judged {
        Ok(batches) => batches,
        Err(problem) => return assert_is_no_value(&problem),
    };
    for batch in batches {
        let mut places: Vec<u64> = batch.refused().iter().map(|refusal| refusal.index).collect();
        places.extend(batch.events().iter().map(telemetry_collector::AdmittedEvent::index));
        places.sort_unstable();
        assert!(places.iter().copied().eq(0..places.len() as u64), "each record once: {places:?}");
        for event in batch.events() {
            let read: Event = serde_json::from_str(event.json()).expect("what is admitted is an event");
            assert_eq!(&read, event.event());
        }
        batch.refused().iter().flat_map(|refusal| &refusal.problems).for_each(assert_is_no_value);
    }
}

/// Of the form of field and rule that the schema shows (`Problem` in `schemas/receipt.json`).
fn assert_is_no_value(problem: &Problem) {
    let Problem { field, rule } = problem;
    assert!(
        field.len() <= 128 && field.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.[]".contains(&b)),
        "{field}"
    );
    assert!(!rule.is_empty() && rule.len() <= 64, "{rule}");
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.".contains(&b);
    assert!(rule.bytes().all(fits), "{rule}");
}
