//! The sink's OTLP and the collector's are inverse to each other. Here, since only here both are known.

use proptest::prelude::*;
use telemetry_collector::{LogsEncoding, Policies, admit_logs};
use telemetry_redact::policy::{PolicySource, PromptRule};
use telemetry_redact::strategies::observations;
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::{Batch, BatchId, Event, Loss, LossReason, PROTOCOL_VERSION, PromptKind};
use telemetry_transport::{OtlpEncoding, WireForm, in_form};

const ENCODINGS: [(OtlpEncoding, LogsEncoding); 2] =
    [(OtlpEncoding::Protobuf, LogsEncoding::Protobuf), (OtlpEncoding::Json, LogsEncoding::Json)];

/// What stands in an event and in no log record: a time before 1970, and a duration of 292,000 years.
fn fits(event: &Event) -> bool {
    event.started_at.unix_us() > 0
        && event.completed_at.unix_us() > 0
        && i64::try_from(event.duration_us).is_ok()
        && event.started_at.unix_us().checked_mul(1_000).is_some()
        && event.completed_at.unix_us().checked_mul(1_000).is_some()
}

fn policy() -> PolicySource {
    let orchard = include_str!("../../../telemetry-redact/testdata/orchard.json");
    let mut source = PolicySource::from_json(orchard).unwrap();
    for kind in PromptKind::ALL {
        let values = (kind.max_choices() > 0).then(|| "fruit".to_owned());
        source.prompts.insert(kind.key().to_owned(), PromptRule { kind, values });
    }
    source
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_the_sink_sends_is_the_same_event_again_at_the_door(
        seen in prop::collection::vec(observations(&policy()), 1..8),
        evicted in 1..u32::MAX,
    ) {
        let redactor = Redactor::new(Policy::from_source(&policy()).unwrap());
        let events = seen.into_iter().map(|seen| redactor.preview(seen.observation).event).filter(fits);
        let events: Vec<Event> = events.collect();
        let losses = vec![Loss { reason: LossReason::Evicted, count: u64::from(evicted) }];
        let batch_id = BatchId::new(1_700_000_000_000, &[7; 10]);
        let batch = Batch { protocol_version: PROTOCOL_VERSION, batch_id, losses: losses.clone(), events };
        let expected: Vec<String> =
            batch.events.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
        let sealed = serde_json::to_vec(&batch).unwrap();
        let policies = Policies::new().with(redactor);
        for (sink, door) in ENCODINGS {
            let sent = in_form(&sealed, WireForm::Otlp(sink)).unwrap();
            let taken = admit_logs(&sent, door, &policies).unwrap();
            prop_assert_eq!(taken[0].refused(), &[][..]);
            let got: Vec<&str> = taken[0].events().iter().map(telemetry_collector::AdmittedEvent::json).collect();
            prop_assert_eq!(&got, &expected);
            if !expected.is_empty() {
                prop_assert_eq!((taken[1].id(), taken[1].losses()), (batch_id, losses.as_slice()));
            }
        }
    }
}
