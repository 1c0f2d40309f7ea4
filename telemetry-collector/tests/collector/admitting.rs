//! What is taken and what is refused, without a server.

use serde_json::{Value as Json, json};
use telemetry_collector::{BatchError, MAX_EVENT_BYTES, admit, admit_batch};
use telemetry_schema::{Batch, Event, Problem};

use crate::sample::{batch, batch_id, batch_of_texts, event, event_id, merge, patched, policies};

/// The problems of one event, as `field rule`.
fn problems(json: &str) -> Vec<String> {
    let batch = admit(&batch_of_texts(1, &[json]), &policies()).unwrap();
    assert_eq!(batch.events().len() + batch.refused().len(), 1);
    let refused = batch.refused().iter().flat_map(|refusal| &refusal.problems);
    refused
        .map(|Problem { field, rule }| {
            assert!(
                field.len() <= 128
                    && field.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.[]".contains(&b))
            );
            assert!(rule.len() <= 64 && rule.bytes().all(|b| b.is_ascii_lowercase() || b"_.".contains(&b)));
            assert!(!field.to_lowercase().contains("hunter"), "{field}");
            format!("{field} {rule}")
        })
        .collect()
}

#[test]
fn what_is_kept_is_byte_for_byte_what_was_sent() {
    let pretty = serde_json::to_string_pretty(&event(1)).unwrap();
    let compact = serde_json::to_string(&serde_json::from_value::<Event>(event(2)).unwrap()).unwrap();
    let batch = admit(&batch_of_texts(1, &[&pretty, &compact]), &policies()).unwrap();
    let kept: Vec<_> = batch.events().iter().map(telemetry_collector::AdmittedEvent::json).collect();
    assert_eq!(kept, [pretty.as_str(), compact.as_str()]);
}

#[test]
fn a_bad_event_is_refused_by_field_and_rule() {
    let cases = [
        (json!({"hunter2": 1}), " schema.unknown_field"),
        (json!({"app": {"hunter2": 1}}), "app schema.unknown_field"),
        (json!({"app": {"version": "1.0.0-hunter2"}}), "app.version schema.invalid"),
        (json!({"app": {"name": "hunter2"}}), "app.name policy.unknown"),
        (json!({"event_id": null}), "event_id schema.missing_field"),
        (json!({"event_id": "hunter2"}), "event_id schema.invalid"),
        (json!({"schema_version": 2}), "schema_version schema.invalid"),
        (json!({"command": {"path": ["hunter2"]}}), "command.path[0] command.not_declared"),
        (json!({"command": {"path": ["hunter 2"]}}), "command.path[0] schema.invalid"),
        (json!({"command": {"flags": [{"name": "hunter2"}]}}), "command.flags[0].name flag.not_declared"),
        (
            json!({"command": {"flags": [{"name": "fruit", "values": ["hunter2"]}]}}),
            "command.flags[0].values[0] value.not_in_closed_set",
        ),
        (
            json!({"command": {"flags": [{"name": "name", "values": ["hunter2"]}]}}),
            "command.flags[0].values[0] value.not_in_closed_set",
        ),
        (json!({"command": {"positional_count": 1_000_001}}), "command.positional_count schema.too_great"),
        (
            json!({"command": {"misspellings": vec![json!({"place": "command", "typed": "rgister", "meant": "register"}); 17]}}),
            "command.misspellings schema.too_many",
        ),
        (json!({"outcome": {"kind": "error", "code": "hunter2"}}), "outcome.code error_code.not_declared"),
        (json!({"outcome": {"kind": "hunter2"}}), "outcome.kind schema.invalid"),
        (json!({"outcome": {"hunter2": "hunter3"}}), "outcome schema.unknown_field"),
        (json!({"outcome": {"code": "frost"}}), "outcome schema.invalid"),
        (json!({"duration_us": 1.0}), "duration_us schema.invalid"),
        (json!({"context": {"ci": "hunter2"}}), "context.ci schema.invalid"),
        (json!({"prompts": [{"id": "hunter2", "kind": "select"}]}), "prompts[0].id prompt.not_declared"),
        (
            json!({"prompts": [{"id": "which", "kind": "select", "choices": ["hunter2"]}]}),
            "prompts[0].choices[0] prompt.choice_not_declared",
        ),
        (
            json!({"prompts": [{"id": "which", "kind": "select", "typed": "hunter2"}]}),
            "prompts[0] schema.unknown_field",
        ),
    ];
    for (patch, expected) in cases {
        assert_eq!(problems(&patched(1, &patch).to_string()), [expected], "{patch}");
    }
}

#[test]
fn declared_prompts_are_taken_and_only_so_many() {
    let prompts = |count: usize| {
        let prompt = json!({"id": "which", "kind": "select", "default_kept": false, "choices": ["pear"]});
        json!({"prompts": vec![prompt; count]})
    };
    let good = patched(1, &prompts(16)).to_string();
    let batch = admit(&batch_of_texts(1, &[&good]), &policies()).unwrap();
    assert_eq!(batch.events()[0].json(), good);
    assert_eq!(problems(&patched(1, &prompts(17)).to_string())[0], "prompts schema.too_many");
}

#[test]
fn json_that_is_another_kind_of_thing_is_refused() {
    let good = event(1).to_string();
    let twice = good.replacen('{', r#"{"exit_code":1,"#, 1);
    let twice_in_an_outcome =
        good.replace(r#"{"kind":"success"}"#, r#"{"kind":"success","code":"hunter2","code":null}"#);
    assert_ne!(good, twice_in_an_outcome);
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_field = patched(1, &json!({"outcome": {"x": 1}}))
        .to_string()
        .replace(r#""x":1"#, &format!(r#""x":{}{}"#, "[".repeat(500), "]".repeat(500)));
    let app_as_list = good.replace(&event(1)["app"].to_string(), r#"["orchard","1.2.0","homebrew"]"#);
    assert_ne!(good, app_as_list);
    let large = good.replacen('{', &format!("{{{}", " ".repeat(MAX_EVENT_BYTES)), 1);
    let cases = [
        ("null", " schema.invalid"),
        ("7", " schema.invalid"),
        (r#""hunter2""#, " schema.invalid"),
        ("[]", " schema.invalid"),
        ("{}", "schema_version schema.missing_field"),
        (&twice, "exit_code schema.duplicate_field"),
        (&twice_in_an_outcome, "outcome.code schema.duplicate_field"),
        (&nested, " schema.invalid"),
        (&deep_field, "outcome schema.unknown_field"),
        (&app_as_list, "app schema.invalid"),
        (&large, " event.too_large"),
    ];
    for (text, expected) in cases {
        assert_eq!(problems(text), [expected], "{}", &text[..text.len().min(300)]);
    }
}

/// The vectors of the schema crate: each line makes the example invalid.
#[test]
fn the_schema_s_bad_events_are_all_refused() {
    for line in include_str!("../../../telemetry-schema/testdata/bad_events.jsonl").lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let mut bad = event(1);
        merge(&mut bad, &case["patch"]);
        assert_eq!(problems(&bad.to_string()).len(), 1, "{line}");
    }
}

#[test]
fn one_bad_event_does_not_spoil_the_others() {
    let bad = patched(2, &json!({"command": {"path": ["hunter2"]}}));
    let no_id = patched(3, &json!({"event_id": "hunter2"}));
    let batch = admit(&batch(1, &[event(1), bad, no_id, event(4)]), &policies()).unwrap();
    let kept: Vec<_> = batch.events().iter().map(|event| event.event().event_id.to_string()).collect();
    assert_eq!(kept, [event_id(1), event_id(4)]);
    let refused: Vec<_> = batch
        .refused()
        .iter()
        .map(|refusal| (refusal.index, refusal.event_id.map(|id| id.to_string())))
        .collect();
    assert_eq!(refused, [(1, Some(event_id(2))), (2, None)]);
}

#[test]
fn an_event_without_a_policy_holds_nothing_of_its_command_line() {
    let bare = json!({
        "policy_version": null, "app": {"name": null},
        "command": {"path": [], "flags": [], "dropped": {"values": 0}},
    });
    assert_eq!(problems(&patched(1, &bare).to_string()), [""; 0]);
    let mut speaking = bare;
    merge(&mut speaking, &json!({"command": {"path": ["plant"]}}));
    assert_eq!(problems(&patched(1, &speaking).to_string()), ["command command.not_declared"]);
}

#[test]
fn a_body_that_is_no_batch_is_an_error_that_quotes_nothing() {
    let id = batch_id(1);
    let with = |rest: &str| format!(r#"{{"protocol_version":1,"batch_id":"{id}",{rest}}}"#);
    let too_many = with(&format!(r#""events":[{}]"#, vec!["0"; 1001].join(",")));
    let loss = r#"{"reason":"torn","count":1}"#;
    let losses = with(&format!(r#""events":[],"losses":[{}]"#, vec![loss; 17].join(",")));
    let cases = [
        ("", " batch.not_json"),
        ("hunter2", " batch.not_json"),
        (r#"{"protocol_version":1,"#, " batch.not_json"),
        ("null", " schema.invalid"),
        (r#"[1,"hunter2",[],[]]"#, " schema.invalid"),
        ("{}", "protocol_version schema.missing_field"),
        (&with(r#""events":[]}{"#), " batch.not_json"),
        (&with(r#""events":"hunter2""#), "events schema.invalid"),
        (&with(r#""events":[],"hunter2":1"#), " schema.unknown_field"),
        (&with(r#""events":[],"events":[]"#), "events schema.duplicate_field"),
        (
            &with(r#""events":[],"losses":[{"reason":"hunter2","count":1}]"#),
            "losses[0].reason schema.invalid",
        ),
        (&with(r#""events":[],"losses":[{"reason":"torn","count":-1}]"#), "losses[0].count schema.invalid"),
        (&too_many, "events batch.too_many_events"),
        (&losses, "losses batch.too_many_losses"),
        (&with(r#""events":[]"#).replace(":1,", ":2,"), "protocol_version batch.protocol_version"),
        (r#"{"protocol_version":2,"hunter2":[]}"#, "protocol_version batch.protocol_version"),
        (&with(r#""events":[]"#).replace(&id, "hunter2"), "batch_id schema.invalid"),
    ];
    for (body, expected) in cases {
        let error = admit(body.as_bytes(), &policies()).unwrap_err();
        let Problem { field, rule } = error.problem();
        assert_eq!(format!("{field} {rule}"), expected, "{}", &body[..body.len().min(200)]);
        assert!(!error.to_string().contains("hunter"), "{error}");
    }
    assert_eq!(admit(b"\xff", &policies()).unwrap_err(), BatchError::NotUtf8);
    let nested = with(&format!(r#""events":{}"#, "[".repeat(1_000_000)));
    assert!(admit(nested.as_bytes(), &policies()).is_err());
}

#[test]
fn a_thousand_events_are_taken() {
    let events: Vec<_> = (0..1000).map(event).collect();
    assert_eq!(admit(&batch(1, &events), &policies()).unwrap().events().len(), 1000);
}

#[test]
fn what_the_client_writes_is_what_is_read() {
    let events = vec![serde_json::from_value::<Event>(event(1)).unwrap()];
    let losses = serde_json::from_value(json!([{"reason": "torn", "count": 2}])).unwrap();
    let sent = Batch { protocol_version: 1, batch_id: batch_id(1).parse().unwrap(), losses, events };
    let read = admit(&serde_json::to_vec(&sent).unwrap(), &policies()).unwrap();
    assert_eq!((read.id(), read.losses()), (sent.batch_id, sent.losses.as_slice()));
    assert_eq!(read.events()[0].event(), &sent.events[0]);
    let other = Batch { protocol_version: 2, batch_id: sent.batch_id, losses: vec![], events: vec![] };
    assert_eq!(admit_batch(other, &policies()).unwrap_err(), BatchError::ProtocolVersion);
}
