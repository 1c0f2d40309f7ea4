//! `schemas/openapi.json`: the protocol between client and collector, from the schemas of what it carries.
//! docs/protocol.md says the same to people.

use anyhow::{Context as _, Result};
use serde_json::{Map, Value as Json, json};
use telemetry_schema::PROTOCOL_VERSION;
use telemetry_schema::catalogue::schemas;

/// The bodies by the file of their schema.
const BODIES: [(&str, &str); 4] = [
    ("batch.json", "Batch"),
    ("receipt.json", "Receipt"),
    ("erasure.json", "Erasure"),
    ("erasure_receipt.json", "ErasureReceipt"),
];

pub(super) fn document() -> Result<Json> {
    let mut components = components()?;
    components.insert("ProblemDocument".to_owned(), problem_document());
    Ok(json!({
        "openapi": "3.1.1",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Telemetry collector",
            "version": format!("{PROTOCOL_VERSION}.0.0"),
            "summary": "Takes batches of redacted events, and requests to erase",
            "description": "Written by `cargo xtask gen`. docs/protocol.md says what a client and a collector do.",
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [],
        "paths": {
            "/v1/events": {"post": events()},
            "/v1/erasures": {"post": erasures()},
            "/healthz": {"get": {
                "operationId": "health",
                "summary": "Say whether the collector answers",
                "responses": {"200": {"description": "It does."}},
            }},
        },
        "components": {"schemas": components},
    }))
}

fn events() -> Json {
    json!({
        "operationId": "send_events",
        "summary": "Send a batch of events",
        "parameters": [{
            "name": "telemetry-protocol", "in": "header", "required": false,
            "description": "The version of the protocol, as in the batch.",
            "schema": {"type": "integer", "const": PROTOCOL_VERSION},
        }, {
            "name": "content-encoding", "in": "header", "required": false,
            "schema": {"enum": ["gzip", "identity"]},
        }],
        "requestBody": body("Batch"),
        "responses": responses("Receipt", "What became of each event. They are stored durably."),
    })
}

fn erasures() -> Json {
    json!({
        "operationId": "erase",
        "summary": "Erase what was stored of installations",
        "requestBody": body("Erasure"),
        "responses": responses("ErasureReceipt", "It is erased, now or by the same request before."),
    })
}

fn body(name: &str) -> Json {
    json!({"required": true, "content": {"application/json": {"schema": reference(name)}}})
}

fn responses(name: &str, description: &str) -> Json {
    let mut responses = Map::new();
    let success =
        json!({"description": description, "content": {"application/json": {"schema": reference(name)}}});
    responses.insert("200".to_owned(), success);
    let wait = json!({"retry-after": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}});
    for (status, description) in [
        ("400", "The body is not what it should be. Sending it again will not help."),
        ("408", "The body took too long to arrive. Send it again."),
        ("413", "The body is too large. Send its events in smaller batches."),
        ("415", "The body has another media type or encoding. Sending it again will not help."),
        ("429", "Too many requests at once. Send it again after a while."),
        ("503", "It was not stored, or nobody knows yet. Send it again after a while."),
    ] {
        let content = json!({"application/problem+json": {"schema": reference("ProblemDocument")}});
        let mut response = json!({"description": description, "content": content});
        if matches!(status, "429" | "503") {
            response["headers"] = wait.clone();
        }
        responses.insert(status.to_owned(), response);
    }
    Json::Object(responses)
}

fn reference(name: &str) -> Json {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// RFC 9457, as far as a collector writes it. It is no text of a user's: field, rule and fixed titles.
fn problem_document() -> Json {
    json!({
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string", "pattern": "^urn:telemetry:problem:[a-z_]+$", "maxLength": 64},
            "title": {"type": "string", "maxLength": 256},
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": {"type": "string", "maxLength": 1024},
            "problems": {"type": "array", "items": reference("Problem")},
        },
    })
}

/// Each schema and what it is made of, under one roof.
fn components() -> Result<Map<String, Json>> {
    let mut components = Map::new();
    for (file, schema) in schemas() {
        let Some((_, name)) = BODIES.iter().find(|(known, _)| *known == file) else { continue };
        let Json::Object(mut schema) = pointing_to_components(schema) else { continue };
        schema.remove("$schema");
        if let Some(Json::Object(parts)) = schema.remove("$defs") {
            components.extend(parts);
        }
        schema.insert("title".to_owned(), json!(name));
        components.insert((*name).to_owned(), Json::Object(schema));
    }
    for (_, name) in BODIES {
        components.get(name).with_context(|| format!("there is no schema for {name}"))?;
    }
    Ok(components)
}

fn pointing_to_components(node: Json) -> Json {
    match node {
        Json::Object(object) => {
            let entries = object.into_iter().map(|(key, value)| {
                let moved = value.as_str().filter(|_| key == "$ref");
                let moved = moved.map(|target| json!(target.replace("#/$defs/", "#/components/schemas/")));
                (key, moved.unwrap_or_else(|| pointing_to_components(value)))
            });
            Json::Object(entries.collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(pointing_to_components).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references(node: &Json, found: &mut Vec<String>) {
        match node {
            Json::Object(object) => {
                found.extend(object.get("$ref").and_then(Json::as_str).map(str::to_owned));
                object.values().for_each(|child| references(child, found));
            }
            Json::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document().unwrap();
        let mut found = Vec::new();
        references(&document, &mut found);
        assert!(found.len() > 20, "{found:?}");
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn every_path_and_status_is_in_the_document_for_people() {
        let document = document().unwrap();
        let text = include_str!("../../../docs/protocol.md");
        for (path, methods) in document["paths"].as_object().unwrap() {
            for (method, operation) in methods.as_object().unwrap() {
                let line = format!("`{} {path}`", method.to_uppercase());
                assert!(text.contains(&line), "{line}");
                for status in operation["responses"].as_object().unwrap().keys() {
                    assert!(text.contains(&format!("| {status} |")), "{status}");
                }
            }
        }
    }
}
