//! Which field of an event each attribute is. docs/sinks.md has the table; this is its inverse.

use std::collections::BTreeSet;

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_proto::tonic::resource::v1::Resource;
use serde_json::{Map, Value as Json, json};
use telemetry_schema::{Problem, Timestamp};

use crate::admit::problem::{INVALID, UNKNOWN_FIELD};

/// The name by which these records are told from others.
const EVENT_NAME: &str = "telemetry.command";

/// What the conventions have a service without a name be called.
const UNKNOWN_SERVICE: &str = "unknown_service";

/// What all attributes of ours begin with that have no name in the conventions.
const OURS: &str = "telemetry.";

/// Attributes of OpenTelemetry's own that begin as ours do.
const NOT_OURS: [&str; 2] = ["telemetry.sdk.", "telemetry.distro."];

/// Attributes of the resource whose values go as they are. `os.type` follows from `os.name`.
const RESOURCE: [(&str, &str); 8] = [
    ("service.version", "app.version"),
    ("app.installation.id", "install_id"),
    ("telemetry.install_source", "app.install_source"),
    ("os.name", "os.name"),
    ("os.version", "os.version"),
    ("telemetry.os.libc", "os.libc"),
    ("telemetry.os.container", "os.container"),
    ("telemetry.os.wsl", "os.wsl"),
];

/// Attributes of a record whose values go as they are.
const RECORD: [(&str, &str); 26] = [
    ("log.record.uid", "event_id"),
    ("telemetry.schema_version", "schema_version"),
    ("telemetry.policy_version", "policy_version"),
    ("telemetry.auth_method", "auth_method"),
    ("telemetry.command.flags", "command.flags"),
    ("telemetry.command.positional_count", "command.positional_count"),
    ("telemetry.command.positionals", "command.positionals"),
    ("telemetry.command.misspellings", "command.misspellings"),
    ("telemetry.command.deprecated", "command.deprecated"),
    ("telemetry.command.dropped.words", "command.dropped.words"),
    ("telemetry.command.dropped.flags", "command.dropped.flags"),
    ("telemetry.command.dropped.values", "command.dropped.values"),
    ("telemetry.prompts", "prompts"),
    ("telemetry.duration_us", "duration_us"),
    ("telemetry.outcome", "outcome.kind"),
    ("error.type", "outcome.code"),
    ("error.message", "outcome.message"),
    ("telemetry.outcome.fingerprint", "outcome.fingerprint"),
    ("telemetry.outcome.location", "outcome.location"),
    ("telemetry.outcome.signal", "outcome.signal"),
    ("process.exit.code", "exit_code"),
    ("telemetry.context.ci", "context.ci"),
    ("telemetry.context.agent", "context.agent"),
    ("telemetry.context.terminal.stdin", "context.terminal.stdin"),
    ("telemetry.context.terminal.stdout", "context.terminal.stdout"),
    ("telemetry.context.terminal.stderr", "context.terminal.stderr"),
];

const PATH: &str = "telemetry.command.path";
const STARTED_OFFSET: &str = "telemetry.started_at.offset_min";
const COMPLETED_OFFSET: &str = "telemetry.completed_at.offset_min";

/// The names that the conventions give for `host.arch`, with our own; others are our own.
const ARCHITECTURES: [(&str, &str); 4] =
    [("amd64", "x86_64"), ("arm64", "aarch64"), ("arm32", "arm"), ("ppc64", "powerpc64")];

/// What of a resource is part of each of its events, or why none of them can be taken.
pub(super) type OfResource = Result<Map<String, Json>, Problem>;

pub(super) fn resource(resource: &Resource) -> OfResource {
    let mut event = Map::new();
    event.insert("app".to_owned(), json!({}));
    each(&resource.attributes, |key, value| {
        match key {
            "service.name" if value == Some(&Any::StringValue(UNKNOWN_SERVICE.to_owned())) => {}
            "service.name" => put(&mut event, "app.name", plain(value)),
            "host.arch" => put(&mut event, "os.arch", architecture(plain(value))),
            // Whoever passes records on says more of its own machine: that is nothing of the event's.
            _ => match RESOURCE.iter().find(|(name, _)| *name == key) {
                Some((_, field)) => put(&mut event, field, plain(value)),
                None => return Ok(Known::No),
            },
        }
        Ok(Known::Yes)
    })?;
    Ok(event)
}

/// The event's JSON; only its reader says whether it is one.
pub(super) fn event(record: &LogRecord, of_resource: &Map<String, Json>) -> Result<Json, Problem> {
    // Receivers of before that name's time drop it.
    if !matches!(record.event_name.as_str(), "" | EVENT_NAME) {
        return Err(problem("", "record.other_event"));
    }
    let mut event = of_resource.clone();
    // An empty list is not sent.
    event.insert("command".to_owned(), json!({"flags": [], "positionals": []}));
    let (mut started_offset, mut completed_offset) = (0, 0);
    each(&record.attributes, |key, value| {
        match key {
            PATH => put(&mut event, "command.path", words(value)),
            STARTED_OFFSET => started_offset = offset(value, "started_at")?,
            COMPLETED_OFFSET => completed_offset = offset(value, "completed_at")?,
            _ => match RECORD.iter().find(|(name, _)| *name == key) {
                Some((_, field)) => put(&mut event, field, plain(value)),
                // A field that this version does not know, which so cannot be judged.
                None if key.starts_with(OURS) && !NOT_OURS.iter().any(|other| key.starts_with(other)) => {
                    return Err(problem("", UNKNOWN_FIELD));
                }
                None => return Ok(Known::No),
            },
        }
        Ok(Known::Yes)
    })?;
    for (field, unix_nano, offset_min) in [
        ("started_at", record.time_unix_nano, started_offset),
        ("completed_at", record.observed_time_unix_nano, completed_offset),
    ] {
        // 0 says that there is none.
        if unix_nano > 0 {
            let unix_us = i64::try_from(unix_nano / 1_000).unwrap_or(i64::MAX);
            let moment = Timestamp::new(unix_us, offset_min).map_err(|_| problem(field, INVALID))?;
            put(&mut event, field, json!(moment));
        }
    }
    Ok(Json::Object(event))
}

/// Whether an attribute is a part of an event.
enum Known {
    Yes,
    No,
}

/// Each attribute, once. Of two with one name only one could be kept, so neither is.
fn each<'a>(
    attributes: &'a [KeyValue],
    mut take: impl FnMut(&'a str, Option<&'a Any>) -> Result<Known, Problem>,
) -> Result<(), Problem> {
    let mut seen = BTreeSet::new();
    for KeyValue { key, value, .. } in attributes {
        let value = value.as_ref().and_then(|value| value.value.as_ref());
        if matches!(take(key, value)?, Known::Yes) && !seen.insert(key) {
            return Err(problem("", "schema.duplicate_field"));
        }
    }
    Ok(())
}

fn put(event: &mut Map<String, Json>, field: &str, value: Json) {
    match field.split_once('.') {
        None => drop(event.insert(field.to_owned(), value)),
        Some((object, rest)) => {
            if let Json::Object(object) = event.entry(object).or_insert_with(|| json!({})) {
                put(object, rest, value);
            }
        }
    }
}

/// The value in JSON. What no field of an event can be becomes `null`, which is refused where it stands.
fn plain(value: Option<&Any>) -> Json {
    let item = |value: &AnyValue| plain(value.value.as_ref());
    match value {
        Some(Any::StringValue(text)) => json!(text),
        Some(Any::IntValue(number)) => json!(number),
        Some(Any::BoolValue(truth)) => json!(truth),
        Some(Any::ArrayValue(list)) => list.values.iter().map(item).collect(),
        Some(Any::KvlistValue(list)) => {
            let mut object = Map::new();
            for KeyValue { key, value, .. } in &list.values {
                let value = value.as_ref().map_or(Json::Null, item);
                // A flag without values has an empty list of them, and the event has none.
                let absent = key == "values" && value == json!([]);
                if !absent && object.insert(key.clone(), value).is_some() {
                    return Json::Null;
                }
            }
            Json::Object(object)
        }
        _ => Json::Null,
    }
}

/// The words of a command, which are joined by blanks.
fn words(value: Option<&Any>) -> Json {
    match value {
        Some(Any::StringValue(text)) if text.is_empty() => json!([]),
        Some(Any::StringValue(text)) => text.split(' ').collect(),
        _ => Json::Null,
    }
}

fn architecture(name: Json) -> Json {
    let ours = ARCHITECTURES.iter().find(|(theirs, _)| name == *theirs);
    ours.map_or(name, |(_, ours)| json!(ours))
}

fn offset(value: Option<&Any>, field: &str) -> Result<i16, Problem> {
    match value {
        Some(Any::IntValue(minutes)) => i16::try_from(*minutes).map_err(|_| problem(field, INVALID)),
        _ => Err(problem(field, INVALID)),
    }
}

fn problem(field: &str, rule: &str) -> Problem {
    Problem { field: field.to_owned(), rule: rule.to_owned() }
}
