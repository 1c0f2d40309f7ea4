//! Comparing two JSON Schemas: what changed, and what of it breaks readers or writers of the old one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde_json::Value as Json;

/// One difference between two schemas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A place that was not there.
    Added {
        /// Where.
        path: String,
        /// What it means for those who have the old schema.
        effect: Effect,
    },
    /// A place that is there no more.
    Removed {
        /// Where.
        path: String,
    },
    /// A rule that differs.
    Altered {
        /// Where, with the rule's name.
        path: String,
        /// The old rule.
        old: Json,
        /// The new rule.
        new: Json,
    },
}

/// What an addition means for those who have the old schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Old events stay valid.
    Compatible,
    /// Old events are not valid any more.
    Breaking,
}

impl Change {
    /// Whether events written under the old schema may be refused under the new one, or change their meaning.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match self {
            Self::Added { effect, .. } => *effect,
            Self::Removed { .. } | Self::Altered { .. } => Effect::Breaking,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { path, .. } => write!(f, "added {path}"),
            Self::Removed { path } => write!(f, "removed {path}"),
            Self::Altered { path, old, new } => write!(f, "altered {path}: {old} became {new}"),
        }
    }
}

/// All differences between two schemas. Descriptions and examples do not count.
///
/// ```
/// use telemetry_schema::compat::{Effect, compare};
///
/// let old = serde_json::json!({"properties": {"a": {"type": "integer"}}, "required": ["a"]});
/// let new = serde_json::json!({"properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a"]});
/// assert!(compare(&old, &new).iter().all(|change| change.effect() == Effect::Compatible));
/// assert_eq!(compare(&new, &old)[0].to_string(), "removed b");
/// ```
#[must_use]
pub fn compare(old: &Json, new: &Json) -> Vec<Change> {
    let mut changes = Vec::new();
    let (old, new) = (Flat::of(old), Flat::of(new));
    for (path, rules) in &old.nodes {
        match new.nodes.get(path) {
            None => changes.push(Change::Removed { path: path.clone() }),
            Some(others) => compare_rules(path, rules, others, &mut changes),
        }
    }
    for path in new.nodes.keys().filter(|path| !old.nodes.contains_key(*path)) {
        // A new required place breaks only if its parent was there before.
        let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
        let parent_is_old = old.nodes.contains_key(parent);
        let breaking = new.required.contains(path) && parent_is_old;
        let effect = if breaking { Effect::Breaking } else { Effect::Compatible };
        changes.push(Change::Added { path: path.clone(), effect });
    }
    for path in
        new.required.iter().filter(|path| old.nodes.contains_key(*path) && !old.required.contains(*path))
    {
        let [old, new] = [false, true].map(Json::Bool);
        changes.push(Change::Altered { path: format!("{path} (required)"), old, new });
    }
    changes
}

fn compare_rules(
    path: &str,
    old: &BTreeMap<String, Json>,
    new: &BTreeMap<String, Json>,
    changes: &mut Vec<Change>,
) {
    let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for key in keys {
        let (before, after) = (old.get(key).unwrap_or(&Json::Null), new.get(key).unwrap_or(&Json::Null));
        if before == after {
            continue;
        }
        let at = format!("{path} ({key})");
        if let (Json::Array(before), Json::Array(after)) = (before, after) {
            for value in before.iter().filter(|value| !after.contains(value)) {
                changes.push(Change::Removed { path: format!("{path} = {value}") });
            }
            for value in after.iter().filter(|value| !before.contains(value)) {
                changes.push(Change::Added { path: format!("{path} = {value}"), effect: Effect::Compatible });
            }
        } else {
            changes.push(Change::Altered { path: at, old: before.clone(), new: after.clone() });
        }
    }
}

/// A schema as a table: place → rules, with references resolved.
#[derive(Default)]
struct Flat {
    nodes: BTreeMap<String, BTreeMap<String, Json>>,
    required: BTreeSet<String>,
}

impl Flat {
    fn of(schema: &Json) -> Self {
        let mut flat = Self::default();
        flat.visit(schema, schema, "", 0);
        flat
    }

    fn visit(&mut self, root: &Json, node: &Json, path: &str, depth: usize) {
        // Event schemas are trees; the bound only keeps a schema that refers to itself from looping.
        if depth > 32 {
            return;
        }
        if let Some(pointer) = node.get("$ref").and_then(Json::as_str).and_then(|r| r.strip_prefix('#'))
            && let Some(target) = root.pointer(pointer)
        {
            self.visit(root, target, path, depth + 1);
        }
        let rules = self.nodes.entry(path.to_owned()).or_default();
        for key in
            ["type", "format", "pattern", "const", "maxLength", "minLength", "maxItems", "minimum", "maximum"]
        {
            if let Some(rule) = node.get(key) {
                rules.insert(key.to_owned(), rule.clone());
            }
        }
        if let Some(values) = closed_list(node) {
            rules.insert("values".to_owned(), Json::Array(values));
            return;
        }
        for required in
            node.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
        {
            self.required.insert(join(path, required));
        }
        for (name, property) in node.get("properties").and_then(Json::as_object).into_iter().flatten() {
            self.visit(root, property, &join(path, name), depth + 1);
        }
        if let Some(items) = node.get("items") {
            self.visit(root, items, &format!("{path}[]"), depth + 1);
        }
        for choice in
            ["anyOf", "oneOf"].iter().filter_map(|key| node.get(key)).filter_map(Json::as_array).flatten()
        {
            let kind = choice.pointer("/properties/kind/const").and_then(Json::as_str);
            if choice.get("type").is_none_or(|kind| kind != "null") {
                let at = kind.map_or_else(|| path.to_owned(), |kind| format!("{path}<{kind}>"));
                self.visit(root, choice, &at, depth + 1);
            }
        }
    }
}

fn closed_list(node: &Json) -> Option<Vec<Json>> {
    if let Some(values) = node.get("enum").and_then(Json::as_array) {
        return Some(values.clone());
    }
    let choices = node.get("oneOf").and_then(Json::as_array)?;
    let mut values = Vec::new();
    for choice in choices {
        match (choice.get("const"), choice.get("enum").and_then(Json::as_array)) {
            (Some(constant), _) => values.push(constant.clone()),
            (_, Some(list)) => values.extend(list.iter().cloned()),
            _ => return None,
        }
    }
    Some(values)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn effects(old: &Json, new: &Json) -> Vec<String> {
        let breaking = compare(old, new).into_iter().filter(|change| change.effect() == Effect::Breaking);
        breaking.map(|change| change.to_string()).collect()
    }

    #[test]
    fn each_breaking_change_is_named() {
        let old = json!({"type": "object", "properties": {
            "a": {"type": "string", "enum": ["x", "y"]}, "b": {"type": "integer"}, "c": {"$ref": "#/$defs/C"}},
            "required": ["b"], "$defs": {"C": {"type": "string", "pattern": "^a$", "maxLength": 3}}});
        let new = json!({"type": "object", "properties": {
            "a": {"type": "string", "enum": ["x", "z"]}, "c": {"$ref": "#/$defs/C"}, "d": {"type": "integer"}},
            "required": ["c", "d"], "$defs": {"C": {"type": "string", "pattern": "^b$", "maxLength": 3}}});
        assert_eq!(
            effects(&old, &new),
            [
                "removed a = \"y\"",
                "removed b",
                "altered c (pattern): \"^a$\" became \"^b$\"",
                "added d",
                "altered c (required): false became true"
            ]
        );
        assert_eq!(effects(&old, &old), [""; 0]);
    }
}
