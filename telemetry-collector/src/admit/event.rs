//! One event: is it of the schema, is it nothing more than that, and would redaction leave it as it is.

use serde::Deserialize;
use serde_json::Value as Json;
use telemetry_redact::Admitted;
use telemetry_schema::{Event, EventId, Problem, Refusal};

use super::problem::{self, INVALID, Paths, Place, UNKNOWN_FIELD};
use super::{MAX_EVENT_BYTES, bounds};
use crate::Policies;

/// Problems named of one event. The first few tell the sender what to mend; a thousand events with hundreds each
/// would make a receipt larger than the batch.
const MAX_PROBLEMS: usize = 16;

/// An event that is larger than one may be.
pub(super) const TOO_LARGE: &str = "event.too_large";

/// An event that may be stored, with the bytes it was sent in.
#[derive(Debug, Clone)]
pub struct AdmittedEvent {
    index: u64,
    json: Box<str>,
    admitted: Admitted,
}

impl AdmittedEvent {
    /// Its place in the batch, from 0, where those count that were refused.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The JSON as it was sent, byte for byte.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The event.
    #[must_use]
    pub fn event(&self) -> &Event {
        self.admitted.event()
    }

    /// With the bytes that our own client would have sent, for an event that came as something else than JSON.
    pub(super) fn in_canonical_form(self) -> Self {
        match serde_json::to_string(self.event()) {
            Ok(json) => Self { json: json.into(), ..self },
            Err(_) => self,
        }
    }

    /// What a store says that refuses it after all: field and rule.
    pub(crate) fn refusal(&self, field: &str, rule: &str) -> Refusal {
        let problems = vec![Problem { field: field.to_owned(), rule: rule.to_owned() }];
        Refusal { index: self.index, event_id: Some(self.event().event_id), problems }
    }
}

/// Judges one event.
pub(super) fn judge(index: u64, json: &str, policies: &Policies) -> Result<AdmittedEvent, Vec<Problem>> {
    let refuse = |field: &str, rule: &str| vec![Problem { field: field.to_owned(), rule: rule.to_owned() }];
    if json.len() > MAX_EVENT_BYTES {
        return Err(refuse("", TOO_LARGE));
    }
    let Ok(event) = serde_json::from_str::<Event>(json) else {
        return Err(vec![problem::of::<Event>(json, Paths::event())]);
    };
    if let Some(problem) = surplus(json, &event) {
        return Err(vec![problem]);
    }
    let mut problems = bounds::problems(&event);
    let judged = match policies.for_event(&event) {
        Some(redactor) if problems.is_empty() => redactor.admit(event),
        Some(_) => Err(Vec::new()),
        None => Err(refuse("app.name", "policy.unknown")),
    };
    judged.map(|admitted| AdmittedEvent { index, json: json.into(), admitted }).map_err(|more| {
        problems.extend(more);
        problems.truncate(MAX_PROBLEMS);
        problems
    })
}

/// The identifier of an event that was refused, if that much of it can be read.
pub(super) fn identifier(json: &str) -> Option<EventId> {
    #[derive(Deserialize)]
    struct Identified {
        event_id: EventId,
    }
    serde_json::from_str::<Identified>(json).ok().map(|identified| identified.event_id)
}

/// What the text says beyond the event that was read from it.
///
/// The bytes are stored as they came, so they must say nothing that the schema's type does not hold. serde alone
/// does not see to that: the variants of an internally tagged enum that have no fields, such as
/// `{"kind": "success"}`, take any further key (serde-rs/serde#2123).
fn surplus(json: &str, event: &Event) -> Option<Problem> {
    // Our own client writes the one canonical form; others may order and space as they like.
    if serde_json::to_string(event).is_ok_and(|canonical| canonical == json) {
        return None;
    }
    let (Ok(sent), Ok(taken)) = (serde_json::from_str(json), serde_json::to_value(event)) else {
        return Some(Place::default().breaks(INVALID));
    };
    difference(&sent, &taken, Place::default(), Paths::event())
}

/// The first place where two values differ. `null` and an empty list where the schema leaves a field out differ too:
/// a key that was read over could stand twice, and only the last of the two is seen here.
fn difference(sent: &Json, taken: &Json, place: Place, paths: &Paths) -> Option<Problem> {
    match (sent, taken) {
        (Json::Object(sent), Json::Object(taken)) => {
            for (key, value) in sent {
                let Some(field) = place.field(key, paths) else { return Some(place.breaks(UNKNOWN_FIELD)) };
                let Some(held) = taken.get(key) else { return Some(field.breaks("schema.must_be_absent")) };
                if let Some(problem) = difference(value, held, field, paths) {
                    return Some(problem);
                }
            }
            (sent.len() != taken.len()).then(|| place.breaks(INVALID))
        }
        (Json::Array(sent), Json::Array(taken)) if sent.len() == taken.len() => sent
            .iter()
            .zip(taken)
            .enumerate()
            .find_map(|(index, (sent, taken))| difference(sent, taken, place.item(index), paths)),
        _ => (sent != taken).then(|| place.breaks(INVALID)),
    }
}
