//! Values: kept only where the policy gives that flag or positional argument a set or a rule, and the value fits.

use telemetry_schema::Value;

use crate::policy::{Dialect, Fit, List, Values};

/// What became of a value, of one element of a list, or of what stands behind a key.
pub(super) struct Judgement<'t> {
    /// The part of the argument that was judged.
    pub(super) raw: &'t [u8],
    pub(super) rule: &'static str,
    pub(super) kept: Option<Value>,
}

impl<'t> Judgement<'t> {
    fn kept(raw: &'t [u8], rule: &'static str, spelling: &str) -> Self {
        match Value::new(spelling) {
            Ok(value) => Self { raw, rule, kept: Some(value) },
            Err(_) => Self::dropped(raw, "value.not_of_the_form"),
        }
    }

    pub(super) fn dropped(raw: &'t [u8], rule: &'static str) -> Self {
        Self { raw, rule, kept: None }
    }
}

/// Judges an argument; a list element by element.
pub(super) fn judge<'t>(raw: &'t [u8], values: Values<'_>) -> Vec<Judgement<'t>> {
    let Some(judge) = values.judge else { return vec![Judgement::dropped(raw, "value.not_declared")] };
    let Ok(text) = std::str::from_utf8(raw) else { return vec![Judgement::dropped(raw, "value.not_utf8")] };
    let elements = match values.list {
        List::None => vec![text],
        List::Comma => text.split(',').collect(),
    };
    let mut judged = Vec::with_capacity(elements.len());
    for element in elements {
        let raw = element.as_bytes();
        match judge.judge(element) {
            Fit::Whole { rule, kept } => judged.push(Judgement::kept(raw, rule, &kept)),
            Fit::Key { kept, rest } => {
                judged.push(Judgement::kept(raw, "value.key", kept));
                judged.push(Judgement::dropped(rest.as_bytes(), "value.of_key"));
            }
            Fit::Nothing { rule } => judged.push(Judgement::dropped(raw, rule)),
        }
    }
    judged
}

/// The explicit value of a switch, in the spellings its dialect takes: for Go those of `strconv.ParseBool`.
pub(crate) fn judge_switch(raw: &[u8], dialect: Dialect) -> Option<&'static str> {
    let is_go = matches!(dialect, Dialect::Pflag | Dialect::GoFlag);
    match raw {
        b"true" => Some("true"),
        b"false" => Some("false"),
        b"1" | b"t" | b"T" | b"TRUE" | b"True" if is_go => Some("true"),
        b"0" | b"f" | b"F" | b"FALSE" | b"False" if is_go => Some("false"),
        _ => None,
    }
}

/// As [`judge_switch`], as a judgement; of a name that turns the switch off, the other way round.
pub(super) fn judge_switch_value(raw: &[u8], dialect: Dialect, is_negation: bool) -> Judgement<'_> {
    let value = judge_switch(raw, dialect).map(|value| match (value, is_negation) {
        ("true", true) => "false",
        ("false", true) => "true",
        (value, _) => value,
    });
    match value {
        Some(value) => Judgement::kept(raw, "switch.value", value),
        None => Judgement::dropped(raw, "value.not_in_closed_set"),
    }
}
