//! The catalogue: every field of an event, read off the JSON Schema.
//!
//! The data dictionary is written from it, so what a reviewer reads and what the code takes cannot differ.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value as Json;

use crate::{Batch, Erasure, ErasureReceipt, Event, Receipt};

/// One field of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its path: `command.flags[].name`.
    pub path: String,
    /// Its form: `one of 3 values`, `number`, `text of at most 64 characters matching …`.
    pub form: String,
    /// Whether it may be absent.
    pub required: Required,
    /// What it is.
    pub description: String,
    /// An example, as JSON.
    pub example: Option<Json>,
    /// The values it can have, where that is a closed list.
    pub values: Vec<String>,
}

/// Whether a field is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// Always.
    Always,
    /// Not always.
    Optional,
}

/// The JSON Schemas by file name, as `schemas/` holds them.
#[must_use]
pub fn schemas() -> Vec<(&'static str, Json)> {
    vec![
        ("event.json", schema_of::<Event>()),
        ("batch.json", schema_of::<Batch<Event>>()),
        ("receipt.json", schema_of::<Receipt>()),
        ("erasure.json", schema_of::<Erasure>()),
        ("erasure_receipt.json", schema_of::<ErasureReceipt>()),
    ]
}

fn schema_of<T: JsonSchema>() -> Json {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value()
}

/// Every field of an event, in the order of the schema.
#[must_use]
pub fn fields() -> Vec<Field> {
    let schema = schema_of::<Event>();
    let mut fields = Vec::new();
    walk(&schema, &schema, "", &mut fields);
    fields
}

/// Every place in a schema where a string is allowed without `enum`, `const`, `format`, or `pattern` with
/// `maxLength`: where free text could be. Empty for the schemas of this crate, which a test holds.
#[must_use]
pub fn free_text(schema: &Json) -> Vec<String> {
    let mut found = Vec::new();
    collect_free_text(schema, "", &mut found);
    found
}

fn collect_free_text(node: &Json, place: &str, found: &mut Vec<String>) {
    match node {
        Json::Object(object) => {
            let is_string = match object.get("type") {
                Some(Json::String(kind)) => kind == "string",
                Some(Json::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
                _ => false,
            };
            let bounded = object.contains_key("enum")
                || object.contains_key("const")
                || object.contains_key("format")
                || (object.contains_key("pattern") && object.contains_key("maxLength"));
            if is_string && !bounded {
                found.push(place.to_owned());
            }
            let is_object = object.get("type").is_some_and(|kind| kind == "object");
            if is_object && object.get("additionalProperties") != Some(&Json::Bool(false)) {
                found.push(format!("{place} (takes further properties)"));
            }
            for (key, child) in object {
                // Examples and defaults are data, not rules.
                if !matches!(key.as_str(), "examples" | "default" | "const" | "enum") {
                    collect_free_text(child, &format!("{place}/{key}"), found);
                }
            }
        }
        Json::Array(items) => {
            for (index, child) in items.iter().enumerate() {
                collect_free_text(child, &format!("{place}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn resolve<'a>(root: &'a Json, node: &'a Json) -> &'a Json {
    let reference = node.get("$ref").and_then(Json::as_str).and_then(|r| r.strip_prefix('#'));
    if let Some(target) = reference.and_then(|pointer| root.pointer(pointer)) {
        return resolve(root, target);
    }
    // `Option<T>` is `anyOf: [T, null]`.
    let some = node.get("anyOf").and_then(Json::as_array);
    some.and_then(|choices| choices.iter().find(|choice| choice.get("type").is_none_or(|t| t != "null")))
        .map_or(node, |choice| resolve(root, choice))
}

fn walk(root: &Json, node: &Json, path: &str, fields: &mut Vec<Field>) {
    let Some(properties) = node.get("properties").and_then(Json::as_object) else { return };
    let required = node.get("required").and_then(Json::as_array);
    for (name, property) in properties {
        let at = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let always = required.is_some_and(|names| names.iter().any(|required| required == name));
        let always = if always { Required::Always } else { Required::Optional };
        visit(root, property, &at, always, fields);
    }
}

fn visit(root: &Json, property: &Json, path: &str, required: Required, fields: &mut Vec<Field>) {
    let target = resolve(root, property);
    if let Some(variants) = target.get("oneOf").and_then(Json::as_array).filter(|v| is_tagged(v)) {
        let tag = Field {
            path: format!("{path}.kind"),
            form: format!("one of {} values", variants.len()),
            required,
            description: description(property, target),
            example: None,
            values: variants.iter().filter_map(tag_of).collect(),
        };
        fields.push(tag);
        for variant in variants {
            let mut inner = Vec::new();
            walk(root, variant, path, &mut inner);
            inner.retain(|field| field.path != format!("{path}.kind"));
            fields.extend(inner.into_iter().map(|field| Field { required: Required::Optional, ..field }));
        }
    } else if target.get("properties").is_some() {
        walk(root, target, path, fields);
    } else if let Some(items) =
        target.get("items").filter(|items| resolve(root, items).get("properties").is_some())
    {
        walk(root, resolve(root, items), &format!("{path}[]"), fields);
    } else {
        let list = target.get("items").map(|items| resolve(root, items));
        let values = values_of(list.unwrap_or(target));
        fields.push(Field {
            path: if list.is_some() { format!("{path}[]") } else { path.to_owned() },
            form: form_of(list.unwrap_or(target), values.len()),
            required,
            description: description(property, target),
            example: example(property).or_else(|| example(target)),
            values,
        });
    }
}

fn is_tagged(variants: &[Json]) -> bool {
    variants.iter().all(|variant| tag_of(variant).is_some())
}

fn tag_of(variant: &Json) -> Option<String> {
    variant.pointer("/properties/kind/const").and_then(Json::as_str).map(str::to_owned)
}

fn values_of(node: &Json) -> Vec<String> {
    let strings =
        |values: &[Json]| values.iter().filter_map(Json::as_str).map(str::to_owned).collect::<Vec<_>>();
    if let Some(values) = node.get("enum").and_then(Json::as_array) {
        return strings(values);
    }
    let choices = node.get("oneOf").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    choices
        .iter()
        .flat_map(|choice| match (choice.get("const"), choice.get("enum").and_then(Json::as_array)) {
            (Some(constant), _) => strings(std::slice::from_ref(constant)),
            (_, Some(values)) => strings(values),
            _ => Vec::new(),
        })
        .collect()
}

fn form_of(node: &Json, values: usize) -> String {
    if values > 0 {
        return format!("one of {values} values");
    }
    if let Some(constant) = node.get("const") {
        return format!("always {constant}");
    }
    // An optional number or truth value has two types, the other being `null`.
    let types = node.get("type").and_then(Json::as_array);
    let of_several =
        types.and_then(|types| types.iter().filter_map(Json::as_str).find(|kind| *kind != "null"));
    let text = |key: &str| node.get(key).and_then(Json::as_str).or(of_several.filter(|_| key == "type"));
    match (text("type"), text("format"), text("pattern"), node.get("maxLength")) {
        (Some("string"), Some("uuid"), ..) => "UUID".to_owned(),
        (Some("string"), Some("date-time"), ..) => "RFC 3339 time with offset".to_owned(),
        (Some("string"), _, Some(pattern), Some(length)) => {
            format!("at most {length} characters of `{pattern}`")
        }
        (Some("integer") | None, ..) => "number".to_owned(),
        (Some("boolean"), ..) => "true or false".to_owned(),
        (Some(kind), ..) => kind.to_owned(),
    }
}

fn description(property: &Json, target: &Json) -> String {
    let text = property.get("description").or_else(|| target.get("description")).and_then(Json::as_str);
    text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn example(node: &Json) -> Option<Json> {
    node.get("examples").and_then(|examples| examples.get(0)).cloned()
}

/// What is never tracked: what, and an example of what is dropped. The first two rows are the source document's.
pub const NEVER_TRACKED: [(&str, &str); 8] = [
    (
        "Personal data and values that could hold it: every free-text field, such as custom names or database user names",
        "--clusterName MyCluster",
    ),
    ("API key values and login credentials", "private_api_key abcdefghi123456789"),
    (
        "Values that are not in a closed set the policy declares, in every place of the command line",
        "--comment hello",
    ),
    ("Words of error messages that are neither declared nor ordinary error wording", "no such user: ada"),
    ("Paths, file names, host names, addresses, URLs", "/home/ada/notes.txt"),
    ("The environment, the working directory, the user's and the machine's name", "HOME=/home/ada"),
    ("What a command reads and prints", "the output of cat notes.txt"),
    ("Names, paths and arguments of programs without a policy", "./fix-adas-invoice.sh --now"),
];
