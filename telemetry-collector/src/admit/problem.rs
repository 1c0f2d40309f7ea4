//! What is wrong with a JSON text: the field and the rule, never the value.
//!
//! serde's own messages quote what they refuse, so none of them gets out. Of a message only its beginning is used, to
//! tell the rule; of a path only those parts that are fields of the schema, since a key that somebody typed could
//! itself be a value.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::OnceLock;

use serde::Deserialize;
use serde_path_to_error::Segment;
use telemetry_schema::{PROTOCOL_VERSION, Problem, catalogue};

/// The text is JSON, but a value is not of its field's form.
pub(super) const INVALID: &str = "schema.invalid";
/// A key that the schema does not name. The field is the object that has it.
pub(super) const UNKNOWN_FIELD: &str = "schema.unknown_field";
/// A field that must be there is not.
const MISSING_FIELD: &str = "schema.missing_field";
/// A field stands twice.
const DUPLICATE_FIELD: &str = "schema.duplicate_field";

/// How serde's derived code begins its messages.
const MESSAGES: [(&str, &str); 3] = [
    ("unknown field `", UNKNOWN_FIELD),
    ("missing field `", MISSING_FIELD),
    ("duplicate field `", DUPLICATE_FIELD),
];

/// The fields a text may have, with `[]` for any index: `command.flags[].name` and every beginning of it.
#[derive(Debug)]
pub(super) struct Paths(BTreeSet<String>);

impl Paths {
    pub(super) fn event() -> &'static Self {
        static PATHS: OnceLock<Paths> = OnceLock::new();
        PATHS.get_or_init(|| Self::new(catalogue::fields().iter().map(|field| field.path.as_str())))
    }

    pub(super) fn batch() -> &'static Self {
        static PATHS: OnceLock<Paths> = OnceLock::new();
        let fields = ["protocol_version", "batch_id", "losses[].reason", "losses[].count", "events[]"];
        PATHS.get_or_init(|| Self::new(fields))
    }

    pub(super) fn erasure() -> &'static Self {
        static PATHS: OnceLock<Paths> = OnceLock::new();
        PATHS.get_or_init(|| Self::new(["protocol_version", "erasure_id", "install_ids[]", "requested_at"]))
    }

    fn new<'a>(paths: impl IntoIterator<Item = &'a str>) -> Self {
        let mut all = BTreeSet::new();
        for path in paths {
            let ends = path.match_indices(['.', '[']).map(|(end, _)| end);
            all.extend(ends.chain([path.len()]).map(|end| path[..end].to_owned()));
        }
        Self(all)
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.0.contains(path)
    }
}

/// A place in a text, with its form in [`Paths`] beside it.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    shown: String,
    form: String,
}

impl Place {
    /// The place of a field in this object, if the schema has it.
    pub(super) fn field(&self, name: &str, paths: &Paths) -> Option<Self> {
        let mut next = self.clone();
        for text in [&mut next.shown, &mut next.form] {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(name);
        }
        paths.has(&next.form).then_some(next)
    }

    /// The place of a list that is a field of the whole.
    pub(super) fn list(mut self, name: &str) -> Self {
        for text in [&mut self.shown, &mut self.form] {
            name.clone_into(text);
        }
        self
    }

    /// The place of an item in this list.
    pub(super) fn item(&self, index: usize) -> Self {
        let mut next = self.clone();
        // Writing to a String cannot fail.
        let _ = write!(next.shown, "[{index}]");
        next.form.push_str("[]");
        next
    }

    pub(super) fn breaks(self, rule: &str) -> Problem {
        Problem { field: self.shown, rule: rule.to_owned() }
    }
}

/// What every version of the protocol states.
#[derive(Deserialize)]
struct Stated {
    protocol_version: u32,
}

/// Whether this is a message of another protocol. It may have other fields: that is not a field that is wrong.
#[cold]
pub(super) fn states_another_protocol(text: &str) -> bool {
    serde_json::from_str::<Stated>(text).is_ok_and(|stated| stated.protocol_version != PROTOCOL_VERSION)
}

/// What keeps this text from being a `T`. Reads it a second time, now keeping track of the place.
#[cold]
pub(super) fn of<'a, T: Deserialize<'a>>(text: &'a str, paths: &Paths) -> Problem {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let Err(error) = serde_path_to_error::deserialize::<_, T>(&mut deserializer) else {
        // The value is fine, so something follows it.
        return Place::default().breaks(INVALID);
    };
    let mut place = Place::default();
    for segment in error.path() {
        let next = match segment {
            Segment::Map { key } => place.field(key, paths),
            Segment::Seq { index } => Some(place.item(*index)).filter(|item| paths.has(&item.form)),
            Segment::Enum { .. } | Segment::Unknown => None,
        };
        let Some(next) = next else { break };
        place = next;
    }
    let message = error.inner().to_string();
    let known = MESSAGES.iter().find_map(|(start, rule)| Some((message.strip_prefix(start)?, *rule)));
    let Some((rest, rule)) = known else { return place.breaks(INVALID) };
    if rule != UNKNOWN_FIELD {
        // These two are about a field that the schema has, so its name is no secret.
        let name = rest.split('`').next().unwrap_or_default();
        place = place.field(name, paths).unwrap_or(place);
    }
    place.breaks(rule)
}

#[cfg(test)]
mod tests {
    use super::*;
    use telemetry_schema::Event;

    #[test]
    fn every_field_of_the_catalogue_and_every_object_on_the_way_is_a_path() {
        let paths = Paths::event();
        for known in ["event_id", "command", "command.flags", "command.flags[]", "command.flags[].values[]"] {
            assert!(paths.has(known), "{known}");
        }
        assert!(!paths.has("hunter2"));
    }

    #[test]
    fn a_key_that_is_no_field_is_not_repeated() {
        let problem = of::<Event>(r#"{"app": {"hunter2": "hunter3"}}"#, Paths::event());
        assert_eq!(problem, Problem { field: "app".to_owned(), rule: UNKNOWN_FIELD.to_owned() });
        let problem = of::<Event>(r#"{"app": {"name": "hunter 4"}}"#, Paths::event());
        assert_eq!(problem, Problem { field: "app.name".to_owned(), rule: INVALID.to_owned() });
        let problem = of::<Event>(r#"{"app": {"name": "a", "name": "b"}}"#, Paths::event());
        assert_eq!(problem, Problem { field: "app.name".to_owned(), rule: DUPLICATE_FIELD.to_owned() });
        let problem = of::<Event>(r#"{"schema_version": 1}"#, Paths::event());
        assert_eq!(problem, Problem { field: "event_id".to_owned(), rule: MISSING_FIELD.to_owned() });
    }
}
