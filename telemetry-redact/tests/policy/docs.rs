//! `docs/policy.md` says what is so: its examples are policies, and it leaves no field out.

use serde_json::Value as Json;
use telemetry_redact::{Policy, Redactor};

const DOCUMENT: &str = include_str!("../../../docs/policy.md");

fn examples() -> Vec<&'static str> {
    let blocks: Vec<&str> =
        DOCUMENT.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() > 5);
    blocks
}

#[test]
fn every_example_is_a_sound_policy() {
    for example in examples() {
        if let Err(error) = Policy::from_toml(example) {
            panic!("{error}\n{example}");
        }
    }
}

#[test]
fn what_an_example_says_is_kept_is_kept() {
    let example = examples().into_iter().find(|example| example.contains("[value_rules]")).unwrap();
    let redactor = Redactor::new(Policy::from_toml(example).unwrap());
    let mut seen = 0;
    for comment in example.lines().filter_map(|line| line.split_once("# --")).map(|(_, comment)| comment) {
        let [flag, typed, kept] = comment.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("{comment}")
        };
        let reading = redactor.read_command(&["market", &format!("--{flag}"), typed]);
        assert_eq!(reading.command.flags[0].values[0].as_str(), kept, "{comment}");
        seen += 1;
    }
    assert_eq!(seen, 6);
}

#[test]
fn every_field_and_choice_is_documented() {
    fn names(schema: &Json, found: &mut Vec<String>) {
        match schema {
            Json::Object(object) => {
                if let Some(Json::Object(properties)) = object.get("properties") {
                    found.extend(properties.keys().cloned());
                }
                found.extend(object.get("const").and_then(Json::as_str).map(str::to_owned));
                object.values().for_each(|inner| names(inner, found));
            }
            Json::Array(items) => items.iter().for_each(|inner| names(inner, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    names(&telemetry_redact::policy::json_schema(), &mut found);
    assert!(found.len() > 40, "{found:?}");
    for name in found {
        // What is so where nothing is said goes without saying.
        let goes_without_saying = ["exact", "once"].contains(&name.as_str());
        let is_said = [format!("`{name}`"), format!("\"{name}\"")].iter().any(|said| DOCUMENT.contains(said));
        assert!(goes_without_saying || is_said, "docs/policy.md does not say what `{name}` is");
    }
}
