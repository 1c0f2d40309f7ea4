//! Which part of a value a policy keeps, and texts that are likely to have one. Written from the documentation of
//! [`ValueRule`], not from the code that redacts, so that the two can disagree.

use telemetry_schema::Value;

use crate::policy::{Case, List, PolicySource, ValueRule, duration_us};

/// What is kept of an argument, element by element.
pub(super) fn kept(source: &PolicySource, rule: Option<&String>, list: List, text: &str) -> Vec<String> {
    let Some(rule) = rule.and_then(|name| rule_of(source, name)) else { return Vec::new() };
    let elements: Vec<&str> = match list {
        List::None => vec![text],
        List::Comma => text.split(',').collect(),
    };
    let kept = elements.into_iter().filter_map(|element| kept_of(source, &rule, element));
    kept.filter(|kept| Value::new(kept.as_str()).is_ok()).collect()
}

/// The rule of a name; a set is the rule that keeps its members.
pub(super) fn rule_of(source: &PolicySource, name: &str) -> Option<ValueRule> {
    if source.sets.contains_key(name) {
        return Some(ValueRule { values: Some(name.to_owned()), ..ValueRule::default() });
    }
    source.value_rules.get(name).cloned()
}

fn members<'a>(source: &'a PolicySource, name: Option<&String>) -> &'a [String] {
    name.and_then(|name| source.sets.get(name)).map(Vec::as_slice).unwrap_or_default()
}

fn kept_of(source: &PolicySource, rule: &ValueRule, text: &str) -> Option<String> {
    let ValueRule { values, spellings, case, versions, numbers, durations, keys, key_values, separator } =
        rule;
    let member = |set: &Option<String>, text: &str| {
        let members = members(source, set.as_ref());
        let exact = members.iter().find(|member| *member == text);
        exact.or_else(|| {
            members.iter().find(|member| *case == Case::Folded && member.eq_ignore_ascii_case(text))
        })
    };
    if let Some(member) = member(values, text) {
        return Some(member.clone());
    }
    let is_meant =
        |spelling: &str| spelling == text || *case == Case::Folded && spelling.eq_ignore_ascii_case(text);
    if let Some((_, member)) = spellings.iter().find(|(spelling, _)| is_meant(spelling)) {
        return Some(member.clone());
    }
    if let Some(version) = version(members(source, versions.as_ref()), text) {
        return Some(version.to_owned());
    }
    let spelled: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    if let Some(bucket) = number(text).and_then(|number| bucket(numbers, &spelled, number, Gap::OfOne)) {
        return Some(bucket);
    }
    let bounds: Vec<i64> = durations.iter().filter_map(|duration| duration_us(duration)).collect();
    if let Some(bucket) = duration_us(text).and_then(|value| bucket(&bounds, durations, value, Gap::Any)) {
        return Some(bucket);
    }
    let separator = separator.unwrap_or('=');
    match text.split_once(separator) {
        None => member(keys, text).cloned(),
        Some((key, rest)) => {
            let key = member(keys, key)?;
            Some(member(key_values, rest).map_or(key.clone(), |value| format!("{key}{separator}{value}")))
        }
    }
}

fn version<'a>(members: &'a [String], text: &str) -> Option<&'a str> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let numbers: Vec<&str> = text.split(['-', '+']).next()?.split('.').collect();
    let is_number = |part: &&str| (1..=9).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if numbers.len() > 4 || !numbers.iter().all(is_number) {
        return None;
    }
    let begins = |member: &&String| {
        let member: Vec<&str> = member.split('.').collect();
        numbers.starts_with(&member)
    };
    members.iter().filter(begins).max_by_key(|member| member.split('.').count()).map(String::as_str)
}

fn number(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_number = match unsigned.split_once('.') {
        Some((whole, fraction)) => digits(whole) && digits(fraction),
        None => digits(unsigned),
    };
    if !is_number {
        return None;
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole: i64 = whole.parse().ok()?;
    let is_below = text.starts_with('-') && fraction.bytes().any(|b| b != b'0');
    whole.checked_sub(i64::from(is_below))
}

/// What a bucket that holds one whole number is called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// By that number.
    OfOne,
    /// Like any other.
    Any,
}

fn bucket(bounds: &[i64], spelled: &[String], value: i64, gap: Gap) -> Option<String> {
    let (first, last) = (spelled.first()?, spelled.last()?);
    let above = bounds.iter().filter(|bound| **bound <= value).count();
    Some(match above {
        0 => format!("<{first}"),
        above if above == bounds.len() => format!(">={last}"),
        above if gap == Gap::OfOne && bounds[above - 1].checked_add(1) == Some(bounds[above]) => {
            spelled[above - 1].clone()
        }
        above => format!("{}..{}", spelled[above - 1], spelled[above]),
    })
}

/// Texts of which a rule is likely to keep something.
pub(super) fn candidates(source: &PolicySource, name: &str) -> Vec<String> {
    let Some(rule) = rule_of(source, name) else { return Vec::new() };
    let of = |set: &Option<String>| members(source, set.as_ref());
    let mut texts: Vec<String> = of(&rule.values).to_vec();
    texts.extend(
        of(&rule.values).iter().flat_map(|member| [member.to_ascii_uppercase(), member.to_ascii_lowercase()]),
    );
    texts.extend(rule.spellings.keys().cloned());
    texts.extend(of(&rule.versions).iter().flat_map(|version| {
        [
            version.clone(),
            format!("{version}.12"),
            format!("v{version}"),
            format!("{version}-rc1"),
            format!("{version}1"),
        ]
    }));
    texts.extend(rule.numbers.iter().flat_map(|bound| {
        [
            bound.to_string(),
            bound.saturating_sub(1).to_string(),
            format!("{bound}.5"),
            bound.saturating_add(1).to_string(),
        ]
    }));
    let seconds = rule.durations.iter().filter_map(|bound| duration_us(bound)).map(|us| us / 1_000_000);
    texts
        .extend(seconds.flat_map(|bound| {
            [format!("{bound}s"), format!("{}s", bound + 1), format!("{}ms", bound * 999)]
        }));
    texts.extend(rule.durations.iter().cloned());
    let separator = rule.separator.unwrap_or('=');
    for key in of(&rule.keys) {
        texts.push(key.clone());
        texts.extend(of(&rule.key_values).iter().map(|value| format!("{key}{separator}{value}")));
    }
    texts
}
