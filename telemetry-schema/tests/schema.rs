//! The schema as others read it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use telemetry_schema::catalogue::{fields, free_text, schemas};
use telemetry_schema::{BatchId, Erasure, ErasureReceipt, Event, Timestamp};

const EVENT: &str = include_str!("../testdata/event.json");

fn event_schema() -> Json {
    schemas().into_iter().find(|(name, _)| *name == "event.json").unwrap().1
}

#[test]
fn no_schema_has_room_for_free_text() {
    for (name, schema) in schemas() {
        assert_eq!(free_text(&schema), [""; 0], "{name}");
    }
    let planted =
        json!({"type": "object", "additionalProperties": false, "properties": {"note": {"type": "string"}}});
    assert_eq!(free_text(&planted), ["/properties/note"], "the check itself can fail");
}

#[test]
fn the_example_is_valid_and_comes_back_byte_for_byte() {
    let event: Event = serde_json::from_str(EVENT).unwrap();
    let value: Json = serde_json::from_str(EVENT).unwrap();
    assert_eq!(serde_json::to_value(&event).unwrap(), value);
    let validator = jsonschema::validator_for(&event_schema()).unwrap();
    assert!(
        validator.is_valid(&value),
        "{:?}",
        validator.iter_errors(&value).map(|e| e.to_string()).collect::<Vec<_>>()
    );
}

/// Each line of `bad_events.jsonl` is a JSON merge patch that makes the example invalid.
#[test]
fn types_and_schema_refuse_the_same() {
    let validator = jsonschema::options().should_validate_formats(true).build(&event_schema()).unwrap();
    for line in include_str!("../testdata/bad_events.jsonl").lines() {
        let case: Json = serde_json::from_str(line).unwrap();
        let mut event: Json = serde_json::from_str(EVENT).unwrap();
        merge(&mut event, &case["patch"]);
        assert!(serde_json::from_value::<Event>(event.clone()).is_err(), "types take {line}");
        assert!(case["types_only"] == true || !validator.is_valid(&event), "schema takes {line}");
    }
}

/// RFC 7396.
fn merge(target: &mut Json, patch: &Json) {
    let Json::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let object = target.as_object_mut().unwrap();
    for (key, value) in patch {
        if value.is_null() {
            object.remove(key);
        } else {
            merge(object.entry(key.clone()).or_insert(Json::Null), value);
        }
    }
}

#[test]
fn every_field_is_described() {
    let fields = fields();
    assert!(fields.len() > 25, "{}", fields.len());
    for field in &fields {
        assert!(!field.description.is_empty(), "{} has no description", field.path);
        assert!(
            field.form != "object" && field.form != "array",
            "{} is not resolved: {}",
            field.path,
            field.form
        );
    }
    let paths: Vec<&str> = fields.iter().map(|field| field.path.as_str()).collect();
    for path in
        ["app.version", "command.path[]", "command.flags[].values[]", "outcome.kind", "outcome.message"]
    {
        assert!(paths.contains(&path), "{path} is missing of {paths:?}");
    }
}

/// The examples of docs/protocol.md are what the types and the schemas take.
#[test]
fn the_documented_erasure_is_one() {
    let text = include_str!("../../docs/protocol.md");
    let section = text.split_once("## `POST /v1/erasures`").unwrap().1;
    let mut blocks = section.split("```json\n").skip(1).map(|block| block.split("```").next().unwrap());
    let request: Json = serde_json::from_str(blocks.next().unwrap()).unwrap();
    let receipt: Json = serde_json::from_str(blocks.next().unwrap()).unwrap();
    let erasure: Erasure = serde_json::from_value(request.clone()).unwrap();
    assert_eq!(serde_json::to_value(&erasure).unwrap(), request);
    let answer: ErasureReceipt = serde_json::from_value(receipt.clone()).unwrap();
    assert_eq!((answer.erasure_id, answer.erased), (erasure.erasure_id, 12));
    for (file, example) in [("erasure.json", &request), ("erasure_receipt.json", &receipt)] {
        let schema = schemas().into_iter().find(|(name, _)| *name == file).unwrap().1;
        let validator = jsonschema::validator_for(&schema).unwrap();
        assert!(validator.is_valid(example), "{file}");
        let mut more = example.clone();
        more["user"] = json!("ada");
        assert!(!validator.is_valid(&more), "{file} takes further fields");
    }
    assert!(serde_json::from_value::<Erasure>(receipt).is_err());
}

proptest! {
    #[test]
    fn times_come_back_as_they_were(us in -62_000_000_000_000_000i64..250_000_000_000_000_000, min in -1439i16..1440) {
        if let Ok(moment) = Timestamp::new(us, min) {
            prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = serde_json::from_slice::<Event>(&bytes);
        let _ = String::from_utf8_lossy(&bytes).parse::<Timestamp>();
        let _ = String::from_utf8_lossy(&bytes).parse::<BatchId>();
    }
}
