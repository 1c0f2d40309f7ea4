//! Values: kept only where the policy gives that flag or positional argument a closed set, and the value is in it.

use telemetry_schema::Value;

use super::Verdict;
use crate::policy::{Dialect, List, PolicySource};

/// What became of one value, or of one element of a list.
pub(super) struct Judgement {
    pub(super) verdict: Verdict,
    pub(super) rule: &'static str,
    pub(super) kept: Option<Value>,
}

impl Judgement {
    fn kept(rule: &'static str, spelling: &str) -> Self {
        match Value::new(spelling) {
            Ok(value) => Self { verdict: Verdict::Kept, rule, kept: Some(value) },
            Err(_) => Self::dropped("value.not_of_the_form"),
        }
    }

    pub(super) fn dropped(rule: &'static str) -> Self {
        Self { verdict: Verdict::Dropped, rule, kept: None }
    }
}

/// The closed set of that name.
pub(crate) fn set_of<'a>(source: &'a PolicySource, name: Option<&String>) -> Option<&'a [String]> {
    source.sets.get(name?).map(Vec::as_slice)
}

/// Judges a value against a closed set; a list element by element.
pub(super) fn judge(raw: &[u8], set: Option<&[String]>, list: List) -> Vec<Judgement> {
    let Some(set) = set else { return vec![Judgement::dropped("value.not_declared")] };
    let Ok(text) = std::str::from_utf8(raw) else { return vec![Judgement::dropped("value.not_utf8")] };
    let one = |text: &str| match set.iter().find(|declared| *declared == text) {
        Some(declared) => Judgement::kept("value.in_closed_set", declared),
        None => Judgement::dropped("value.not_in_closed_set"),
    };
    match list {
        List::None => vec![one(text)],
        List::Comma => text.split(',').map(one).collect(),
    }
}

/// The explicit value of a switch, in the spellings its dialect takes: for pflag those of Go's `strconv.ParseBool`.
pub(crate) fn judge_switch(raw: &[u8], dialect: Dialect) -> Option<&'static str> {
    match (raw, dialect) {
        (b"true", _) | (b"1" | b"t" | b"T" | b"TRUE" | b"True", Dialect::Pflag) => Some("true"),
        (b"false", _) | (b"0" | b"f" | b"F" | b"FALSE" | b"False", Dialect::Pflag) => Some("false"),
        _ => None,
    }
}

/// As [`judge_switch`], as a judgement.
pub(super) fn judge_switch_value(raw: &[u8], dialect: Dialect) -> Judgement {
    judge_switch(raw, dialect)
        .map_or(Judgement::dropped("value.not_in_closed_set"), |value| Judgement::kept("switch.value", value))
}
