//! The bounds of lists and counts. The JSON Schema shows them, the types do not hold them, so they are checked here.

use telemetry_schema::{Command, Dropped, Event, Problem, Prompt};

const MAX_PATH: usize = 16;
const MAX_FLAGS: usize = 256;
const MAX_POSITIONALS: usize = 64;
const MAX_MISSPELLINGS: usize = 16;
const MAX_DEPRECATED: usize = 16;
/// Values of one flag or positional argument.
const MAX_VALUES: usize = 64;
const MAX_COUNT: u32 = 1_000_000;

/// Every list that is too long and every count that is too great.
pub(super) fn problems(event: &Event) -> Vec<Problem> {
    let Command { path, flags, positional_count, positionals, misspellings, deprecated, dropped } =
        &event.command;
    let Dropped { words, flags: dropped_flags, values } = *dropped;
    let mut problems = Vec::new();
    let mut check = |holds: bool, rule: &str, field: &dyn Fn() -> String| {
        if !holds {
            problems.push(Problem { field: field(), rule: rule.to_owned() });
        }
    };
    let lists = [
        ("path", path.len(), MAX_PATH),
        ("flags", flags.len(), MAX_FLAGS),
        ("positionals", positionals.len(), MAX_POSITIONALS),
        ("misspellings", misspellings.len(), MAX_MISSPELLINGS),
        ("deprecated", deprecated.len(), MAX_DEPRECATED),
    ];
    for (name, length, most) in lists {
        check(length <= most, "schema.too_many", &|| format!("command.{name}"));
    }
    check(event.prompts.len() <= Prompt::MAX_PROMPTS, "schema.too_many", &|| "prompts".to_owned());
    for (index, prompt) in event.prompts.iter().enumerate() {
        let field = || format!("prompts[{index}].choices");
        check(prompt.choices.len() <= Prompt::MAX_CHOICES, "schema.too_many", &field);
    }
    for (index, flag) in flags.iter().enumerate() {
        let field = || format!("command.flags[{index}].values");
        check(flag.values.len() <= MAX_VALUES, "schema.too_many", &field);
    }
    for (place, positional) in positionals.iter().enumerate() {
        let field = |name: &str| format!("command.positionals[{place}].{name}");
        check(positional.values.len() <= MAX_VALUES, "schema.too_many", &|| field("values"));
        check(positional.index <= MAX_COUNT, "schema.too_great", &|| field("index"));
    }
    let counts = [
        ("positional_count", *positional_count),
        ("dropped.words", words),
        ("dropped.flags", dropped_flags),
        ("dropped.values", values),
    ];
    for (name, count) in counts {
        check(count <= MAX_COUNT, "schema.too_great", &|| format!("command.{name}"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value as Json;
    use telemetry_schema::catalogue::schemas;

    fn bounds(node: &Json, place: &str, found: &mut Vec<(String, u64)>) {
        let Json::Object(object) = node else { return };
        for (key, child) in object {
            match (key.as_str(), child.as_u64()) {
                ("maxItems" | "maximum", Some(bound)) => found.push((place.to_owned(), bound)),
                _ => bounds(child, &format!("{place}/{key}"), found),
            }
        }
    }

    #[test]
    fn the_bounds_are_those_of_the_json_schema() {
        let (_, schema) = schemas().into_iter().find(|(name, _)| *name == "event.json").unwrap();
        let mut found = Vec::new();
        bounds(&schema, "", &mut found);
        found.retain(|(place, _)| place.contains("/properties/"));
        let count = u64::from(MAX_COUNT);
        let mut expected = [
            ("/$defs/Command/properties/deprecated", MAX_DEPRECATED as u64),
            ("/$defs/Command/properties/flags", MAX_FLAGS as u64),
            ("/$defs/Command/properties/misspellings", MAX_MISSPELLINGS as u64),
            ("/$defs/Command/properties/path", MAX_PATH as u64),
            ("/$defs/Command/properties/positional_count", count),
            ("/$defs/Command/properties/positionals", MAX_POSITIONALS as u64),
            ("/$defs/Dropped/properties/flags", count),
            ("/$defs/Dropped/properties/values", count),
            ("/$defs/Dropped/properties/words", count),
            ("/$defs/Flag/properties/values", MAX_VALUES as u64),
            ("/$defs/Positional/properties/index", count),
            ("/$defs/Positional/properties/values", MAX_VALUES as u64),
            ("/$defs/Prompt/properties/choices", Prompt::MAX_CHOICES as u64),
            ("/properties/prompts", Prompt::MAX_PROMPTS as u64),
        ]
        .map(|(place, bound)| (place.to_owned(), bound));
        expected.sort();
        found.sort();
        assert_eq!(found, expected, "a bound of the schema that nothing here checks, or another number");
    }
}
