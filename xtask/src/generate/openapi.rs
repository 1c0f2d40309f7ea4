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
            "/v1/logs": {"post": logs()},
            "/v1/erasures": {"post": erasures()},
            "/v1/erasures/{erasure_id}": {"get": erasure_receipt()},
            "/healthz": {"get": plain("health", "Say whether the collector answers", "It does.", "text/plain")},
            "/readyz": {"get": readiness()},
            "/metrics": {"get": metrics()},
            "/openapi.json": {"get":
                plain("describe", "This document", "The document.", "application/json")},
        },
        "components": {"schemas": components, "securitySchemes": {
            "write_key": {"type": "http", "scheme": "bearer",
                "description": "A key of the program whose events these are, where the collector asks for one."},
            "read_token": {"type": "http", "scheme": "bearer",
                "description": "The token for reading, which is not asked for on loopback."},
        }},
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
        "security": [{}, {"write_key": []}],
        "requestBody": {"required": true, "content": {
            "application/json": {"schema": reference("Batch")},
            "application/x-ndjson": {"schema": {"type": "string",
                "description": "The batch without its events in the first line, then an event a line."}},
        }},
        "responses": keyed(responses("Receipt", "What became of each event. They are stored durably.")),
    })
}

/// OpenTelemetry's own description of it is the authority: opentelemetry.io/docs/specs/otlp.
fn logs() -> Json {
    let otlp = json!({
        "application/x-protobuf": {"schema": {"type": "string", "contentMediaType": "application/x-protobuf"}},
        "application/json": {"schema": {"type": "object"}},
    });
    let mut responses = keyed(responses("Receipt", "Taken, with the number of rejected records."));
    responses["200"]["content"] = otlp.clone();
    json!({
        "operationId": "send_logs",
        "summary": "Send events as OTLP logs",
        "externalDocs": {"url": "https://opentelemetry.io/docs/specs/otlp/#otlphttp"},
        "security": [{}, {"write_key": []}],
        "requestBody": {"required": true, "content": otlp},
        "responses": responses,
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

fn erasure_receipt() -> Json {
    json!({
        "operationId": "check_erasure",
        "summary": "The receipt of a request to erase",
        "parameters": [{"name": "erasure_id", "in": "path", "required": true,
            "schema": {"type": "string", "format": "uuid"}}],
        "responses": {
            "200": success("ErasureReceipt", "It was carried out."),
            "404": problem("No such request was carried out."),
            "429": busy("Too many requests. Ask again after a while."),
            "503": busy("Nobody knows now. Ask again after a while."),
        },
    })
}

fn readiness() -> Json {
    json!({
        "operationId": "readiness",
        "summary": "Say whether the collector can store",
        "responses": {
            "200": {"description": "It can.", "content": {"text/plain": {}}},
            "503": busy("The store does not answer."),
        },
    })
}

fn metrics() -> Json {
    json!({
        "operationId": "metrics",
        "summary": "Counts of the collector itself",
        "security": [{}, {"read_token": []}],
        "responses": {
            "200": {"description": "The counts, in Prometheus' text format.", "content": {"text/plain": {}}},
            "401": problem("The token for reading is missing or wrong."),
        },
    })
}

fn plain(id: &str, summary: &str, description: &str, media_type: &str) -> Json {
    json!({
        "operationId": id,
        "summary": summary,
        "responses": {"200": {"description": description, "content": {media_type: {}}}},
    })
}

fn success(name: &str, description: &str) -> Json {
    json!({"description": description, "content": {"application/json": {"schema": reference(name)}}})
}

fn problem(description: &str) -> Json {
    let content = json!({"application/problem+json": {"schema": reference("ProblemDocument")}});
    json!({"description": description, "content": content})
}

fn busy(description: &str) -> Json {
    let mut response = problem(description);
    response["headers"] = json!({"retry-after": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}}});
    response
}

/// With the answer of a collector that asks for write keys.
fn keyed(mut responses: Json) -> Json {
    responses["401"] =
        problem("The collector asks for a key, and there is none, or one that it does not know.");
    responses
}

fn body(name: &str) -> Json {
    json!({"required": true, "content": {"application/json": {"schema": reference(name)}}})
}

fn responses(name: &str, description: &str) -> Json {
    let mut responses = Map::new();
    responses.insert("200".to_owned(), success(name, description));
    for (status, description) in [
        ("400", "The body is not what it should be. Sending it again will not help."),
        ("408", "The body took too long to arrive. Send it again."),
        ("413", "The body is too large. Send its events in smaller batches."),
        ("415", "The body has another media type or encoding. Sending it again will not help."),
    ] {
        responses.insert(status.to_owned(), problem(description));
    }
    for (status, description) in [
        ("429", "Too many requests. Send it again after a while."),
        ("503", "It was not stored, or nobody knows yet. Send it again after a while."),
    ] {
        responses.insert(status.to_owned(), busy(description));
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
