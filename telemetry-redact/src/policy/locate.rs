//! From a place in a policy, such as `commands[3].flags[0]`, to the line of its file.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::value::RawValue;

/// A place in a text, both counted from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Position {
    /// Where a byte stands.
    pub(super) fn of(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self { line: before.matches('\n').count() + 1, column: line.chars().count() + 1 }
    }
}

/// Where a place stands in JSON, or the nearest thing around it that is there.
pub(super) fn json(text: &str, place: &str) -> Option<Position> {
    let mut at = text.trim_start();
    let mut rest = place;
    while !rest.is_empty() {
        let next = match index(rest) {
            Some((index, after)) => {
                let items: Vec<&RawValue> = serde_json::from_str(at).ok()?;
                items.get(index).map(|item| (item.get(), after))
            }
            None => serde_json::from_str::<BTreeMap<String, &RawValue>>(at).ok().and_then(|table| {
                let (key, after) = longest_key(rest, table.keys().map(String::as_str))?;
                Some((table.get(key)?.get(), after))
            }),
        };
        let Some((inner, after)) = next else { break };
        (at, rest) = (inner, after);
    }
    // The raw values are pieces of the text, so that where they lie tells their offset.
    let offset = (at.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    (rest != place).then(|| Position::of(text, offset))
}

/// Where a place stands in TOML, or the nearest thing around it that is there.
#[cfg(feature = "toml")]
pub(super) fn toml(text: &str, place: &str) -> Option<Position> {
    use ::toml::de::{DeTable, DeValue};

    let table = DeTable::parse(text).ok()?;
    let mut at = &DeValue::Table(table.into_inner());
    let (mut rest, mut offset) = (place, 0);
    while !rest.is_empty() {
        let next = match (at, index(rest)) {
            (DeValue::Array(items), Some((index, after))) => {
                items.get(index).map(|item| (item.span().start, item.get_ref(), after))
            }
            (DeValue::Table(table), None) => {
                longest_key(rest, table.keys().map(|key| key.get_ref().as_ref())).and_then(|(key, after)| {
                    let (name, value) = table.iter().find(|(name, _)| name.get_ref() == key)?;
                    Some((name.span().start, value.get_ref(), after))
                })
            }
            _ => None,
        };
        let Some((start, inner, after)) = next else { break };
        (offset, at, rest) = (start, inner, after);
    }
    (rest != place).then(|| Position::of(text, offset))
}

/// `[3]` at the start of a place, and what follows it.
fn index(place: &str) -> Option<(usize, &str)> {
    let (number, after) = place.strip_prefix('[')?.split_once(']')?;
    Some((number.parse().ok()?, after.strip_prefix('.').unwrap_or(after)))
}

/// The key that a place begins with, and what follows it. Keys may hold dots, so the longest that fits is meant.
fn longest_key<'k, 'p>(place: &'p str, keys: impl Iterator<Item = &'k str>) -> Option<(&'k str, &'p str)> {
    let fits = keys.filter_map(|key| {
        let after = place.strip_prefix(key)?;
        let after = match after.chars().next() {
            None | Some('[') => after,
            Some('.') => &after[1..],
            Some(_) => return None,
        };
        Some((key, after))
    });
    fits.max_by_key(|(key, _)| key.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_to_their_line_in_json() {
        let text = "{\n  \"flags\": {\"a.b\": {\"takes\": 1},\n    \"a\": {}},\n  \"commands\": [\n    {\"path\": \"\"},\n    \
                    {\"path\": \"x\"}\n  ]\n}";
        for (place, expected) in [
            ("flags.a.b.takes", "2:30"),
            ("flags.a", "3:10"),
            ("commands[1]", "6:5"),
            ("commands[1].path", "6:14"),
            // What is not there: the nearest thing around it.
            ("commands[1].flags[0]", "6:5"),
        ] {
            assert_eq!(json(text, place).map(|at| at.to_string()).as_deref(), Some(expected), "{place}");
        }
        assert_eq!(json(text, "the file"), None);
        assert_eq!(json("no JSON", "flags"), None);
    }

    #[cfg(feature = "toml")]
    #[test]
    fn places_lead_to_their_line_in_toml() {
        let text = "format = 1\n\n[flags]\n\"a.b\" = { takes = 1 }\n[flags.c]\nshort = \"\u{e9}\"\n\n[[commands]]\npath = \"\"\n\n\
                    [[commands]]\npath = \"x\"\nflags = [\"a\", \"b\"]\n";
        for (place, expected) in [
            ("format", "1:1"),
            ("flags.a.b.takes", "4:11"),
            ("flags.c.short", "6:1"),
            ("commands[1].flags[1]", "13:15"),
            ("commands[1].aliases[0]", "11:1"),
        ] {
            assert_eq!(toml(text, place).map(|at| at.to_string()).as_deref(), Some(expected), "{place}");
        }
        assert_eq!(toml(text, "the file"), None);
    }
}
