//! From text to [`PolicySource`], gathering every problem of form rather than the first.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use serde_path_to_error::{Path, Segment};

use super::{Policy, PolicyError, PolicyProblem, PolicySource, Position, locate};

/// More problems than these help nobody, and each costs another look at the file.
const MAX_PROBLEMS: usize = 50;

impl Policy {
    /// Reads a policy from JSON.
    ///
    /// # Errors
    ///
    /// All problems at once, each with its place.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        let policy = PolicySource::from_json(text).and_then(|source| Self::from_source(&source));
        policy.map_err(|error| error.located(|place| locate::json(text, place)))
    }

    /// Reads a policy from TOML.
    ///
    /// # Errors
    ///
    /// All problems at once, each with its place.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let policy = PolicySource::from_toml(text).and_then(|source| Self::from_source(&source));
        policy.map_err(|error| error.located(|place| locate::toml(text, place)))
    }

    /// Checks and compiles a policy.
    ///
    /// # Errors
    ///
    /// All problems at once, each with its place.
    pub fn from_source(source: &PolicySource) -> Result<Self, PolicyError> {
        let mut problems = super::check::problems(source);
        let bytes = super::compile::compile(source, &mut problems);
        if !problems.is_empty() {
            return Err(PolicyError { problems });
        }
        Self::open(bytes.into()).map_err(|error| PolicyError {
            problems: vec![PolicyProblem::new("the file", error.to_string())],
        })
    }
}

impl PolicySource {
    /// Reads what a policy says from JSON, without checking what it means.
    ///
    /// # Errors
    ///
    /// All problems at once, each with its place; where the text can be read at all, those of the meaning too.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        json(text).map_err(|error| error.located(|place| locate::json(text, place)))
    }

    /// Reads what a policy says from TOML, without checking what it means.
    ///
    /// # Errors
    ///
    /// As [`PolicySource::from_json`].
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        toml(text).map_err(|error| error.located(|place| locate::toml(text, place)))
    }
}

fn json(text: &str) -> Result<PolicySource, PolicyError> {
    if let Ok(source) = serde_json::from_str(text) {
        return Ok(source);
    }
    match serde_json::from_str(text) {
        Ok(value) => examine(value),
        Err(error) => {
            let position = Position { line: error.line().max(1), column: error.column().max(1) };
            Err(unreadable(position, format!("not JSON: {error}")))
        }
    }
}

#[cfg(feature = "toml")]
fn toml(text: &str) -> Result<PolicySource, PolicyError> {
    if let Ok(source) = ::toml::from_str(text) {
        return Ok(source);
    }
    match ::toml::from_str(text) {
        Ok(value) => examine(value),
        Err(error) => {
            let start = error.span().map_or(0, |span| span.start);
            Err(unreadable(Position::of(text, start), format!("not TOML: {}", error.message())))
        }
    }
}

fn unreadable(position: Position, message: String) -> PolicyError {
    let place = format!("line {} column {}", position.line, position.column);
    PolicyError {
        problems: vec![PolicyProblem { position: Some(position), ..PolicyProblem::new(place, message) }],
    }
}

/// Reads a value that serde refused: each refusal is noted and what it complains of taken out, until the rest reads.
/// The problems of what then remains are found too.
fn examine(mut value: Json) -> Result<PolicySource, PolicyError> {
    let mut problems = Vec::new();
    let mut gaps = Gaps::new();
    while problems.len() < MAX_PROBLEMS {
        let error = match serde_path_to_error::deserialize::<_, PolicySource>(&value) {
            Ok(source) if problems.is_empty() => return Ok(source),
            Ok(source) => {
                // With elements taken out of lists, the places of what follows them would be wrong.
                if gaps.is_empty() {
                    problems.extend(super::check::problems(&source));
                    super::compile::compile(&source, &mut problems);
                }
                break;
            }
            Err(error) => error,
        };
        let mut keys = keys(error.path());
        let message = error.into_inner().to_string();
        if let Some(field) = quoted(&message, "unknown field `")
            && keys.last() != Some(&Key::Name(field.to_owned()))
        {
            keys.push(Key::Name(field.to_owned()));
        }
        problems.push(PolicyProblem::new(place(&keys, &gaps), message.clone()));
        let missing = quoted(&message, "missing field `").filter(|_| keys.is_empty());
        let mended = match missing {
            Some(field) => fill_in(&mut value, field),
            None => take_out(&mut value, &keys, &mut gaps),
        };
        if !mended {
            break;
        }
    }
    Err(PolicyError { problems })
}

fn quoted<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    message.strip_prefix(before).and_then(|rest| rest.split('`').next())
}

/// Puts something harmless where a field of the file itself is missing, so that the rest can be read.
fn fill_in(value: &mut Json, field: &str) -> bool {
    let neutral = match field {
        "format" | "version" => Json::from(super::POLICY_FORMAT),
        "program" => Json::from("program"),
        "dialect" => Json::from("clap"),
        "commands" => serde_json::json!([{ "path": "" }]),
        _ => return false,
    };
    value.as_object_mut().is_some_and(|object| object.insert(field.to_owned(), neutral).is_none())
}

/// Which elements were taken out of which lists, by the list's place and the elements' original index.
type Gaps = BTreeMap<String, BTreeSet<usize>>;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    Name(String),
    Index(usize),
}

fn keys(path: &Path) -> Vec<Key> {
    let key = |segment: &Segment| match segment {
        Segment::Map { key } => Some(Key::Name(key.clone())),
        Segment::Seq { index } => Some(Key::Index(*index)),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(key).collect()
}

/// The place in the file as it was, before anything was taken out.
fn place(keys: &[Key], gaps: &Gaps) -> String {
    let mut place = String::new();
    for key in keys {
        match key {
            Key::Name(name) if place.is_empty() => place.push_str(name),
            Key::Name(name) => place.extend([".", name]),
            Key::Index(index) => {
                let index = gaps.get(&place).map_or(*index, |gone| original(*index, gone));
                place.extend(["[", &index.to_string(), "]"]);
            }
        }
    }
    if place.is_empty() { "the file".to_owned() } else { place }
}

fn original(index: usize, gone: &BTreeSet<usize>) -> usize {
    gone.iter().fold(index, |index, gap| if *gap <= index { index + 1 } else { index })
}

/// Takes out what `keys` lead to.
fn take_out(value: &mut Json, keys: &[Key], gaps: &mut Gaps) -> bool {
    let Some((last, parents)) = keys.split_last() else { return false };
    let mut node = value;
    for key in parents {
        let next = match key {
            Key::Name(name) => node.get_mut(name.as_str()),
            Key::Index(index) => node.get_mut(*index),
        };
        match next {
            Some(next) => node = next,
            None => return false,
        }
    }
    match (last, node) {
        (Key::Name(name), Json::Object(object)) => object.remove(name).is_some(),
        (Key::Index(index), Json::Array(items)) if *index < items.len() => {
            let parent = place(parents, gaps);
            let gone = gaps.entry(parent).or_default();
            gone.insert(original(*index, gone));
            items.remove(*index);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<String> {
        json(text).err().map(|e| e.problems().iter().map(|p| p.place.clone()).collect()).unwrap_or_default()
    }

    #[test]
    fn every_problem_of_form_is_reported_with_its_place() {
        let text = r#"{"format": 1, "program": 7, "version": 1, "dialect": "cobol", "colour": true,
            "flags": {"a": {"takes": "much"}, "b": {"values": ["x"]}},
            "commands": [{"path": ""}, {"flags": []}, {"path": "a", "aliases": "b"}, {"path": "c", "hidden": 1}]}"#;
        let expected = [
            "program",
            "program",
            "dialect",
            "dialect",
            "colour",
            "flags.a.takes",
            "flags.b.values",
            "commands[1]",
            "commands[2].aliases",
            "commands[3].hidden",
        ];
        let mut found = places(text);
        found.dedup();
        for place in expected {
            assert!(found.iter().any(|found| found == place), "{place} is not in {found:?}");
        }
    }

    #[test]
    fn a_file_that_is_no_json_says_where() {
        assert_eq!(places("{\n  \"format\": 1,\n  oops"), ["line 3 column 3"]);
    }

    #[test]
    fn what_is_missing_at_the_top_does_not_hide_the_rest() {
        let found = places(r#"{"format": 1, "commands": [{"path": "", "x": 1}]}"#);
        assert!(found.contains(&"commands[0].x".to_owned()), "{found:?}");
    }
}
