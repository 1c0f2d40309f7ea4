//! zsh: `_arguments` for each command, nested in cases over the words before it.

use std::collections::BTreeMap;

use super::{Found, ShownFlag, settle};
use crate::policy::Takes;

/// A `case` that is open.
enum Case {
    /// Over a command word, with the label that is open.
    Word(Option<String>),
    /// Over something else.
    Other,
}

/// A flag with the text behind its name.
type Specified = (String, ShownFlag);

pub(super) fn read(script: &str) -> Found {
    let mut raw: Vec<(Vec<String>, Vec<Specified>)> = Vec::new();
    let mut cases: Vec<Case> = Vec::new();
    // The function that describes the commands below one.
    let mut describes: Vec<(String, Vec<String>)> = Vec::new();
    let mut about: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut function: Option<String> = None;
    let mut lines = script.lines();
    while let Some(line) = lines.next() {
        let mut line = line.trim().to_owned();
        let path = || -> Vec<String> {
            let words = cases.iter().filter_map(|case| match case {
                Case::Word(word) => word.clone(),
                Case::Other => None,
            });
            words.collect()
        };
        if let Some((name, _)) = line.split_once("_commands() {") {
            function = name.split_whitespace().next_back().map(|name| format!("{name}_commands"));
        } else if line == "}" {
            function = None;
        } else if line.starts_with("case ") && !line.contains("esac") {
            cases.push(if line.contains("$line[") { Case::Word(None) } else { Case::Other });
        } else if line == "esac" {
            cases.pop();
        } else if line.starts_with("_arguments ") {
            raw.push((path(), Vec::new()));
        } else if let Some(label) = line.strip_prefix('(').and_then(|line| line.strip_suffix(')')) {
            if let Some(Case::Word(word)) = cases.last_mut() {
                *word = Some(label.to_owned());
            }
        } else if let Some(name) = line.strip_prefix("\":: :").and_then(|rest| rest.split('"').next()) {
            describes.push((name.to_owned(), path()));
        } else if line.starts_with('\'') {
            // A list of values with descriptions takes several lines.
            while !line.ends_with("' \\") && !line.ends_with('\'') {
                let Some(next) = lines.next() else { break };
                line.push('\n');
                line.push_str(next);
            }
            let text = line.trim_end_matches(" \\").trim_matches('\'');
            if let Some(function) = &function {
                let (name, said) = text.split_once(':').unwrap_or((text, ""));
                about.entry(function.clone()).or_default().push((name.to_owned(), said.to_owned()));
            } else if let (Some(flag), Some((_, flags))) = (flag(text), raw.last_mut()) {
                add(flags, flag);
            }
        }
    }
    let below = describes
        .into_iter()
        .filter_map(|(function, path)| Some((path, about.get(&function)?.clone())))
        .collect();
    let raw = raw
        .into_iter()
        .map(|(path, flags)| (path, flags.into_iter().map(|(_, flag)| flag).collect()))
        .collect();
    settle(raw, &below)
}

/// The short and the long name of a flag stand one after the other, with the same text behind them.
fn add(flags: &mut Vec<Specified>, (text, flag): Specified) {
    if let Some((last_text, last)) = flags.last_mut()
        && *last_text == text
        && last.takes == flag.takes
    {
        last.short = last.short.or(flag.short);
        last.longs.extend(flag.longs);
    } else {
        flags.push((text, flag));
    }
}

/// `*--fruit=[What it bears]:FRUIT:(apple pear)`: the text behind the name, and the flag.
fn flag(spec: &str) -> Option<Specified> {
    let spec = match spec.strip_prefix('(') {
        Some(excluded) => excluded.split_once(')')?.1,
        None => spec,
    };
    let spec = spec.trim_start_matches(['*', '\'']);
    let mut flag = ShownFlag::default();
    let is_long = spec.starts_with("--");
    let name = spec.strip_prefix("--").or_else(|| spec.strip_prefix('-'))?;
    let end = name.find(['+', '=', '[', ':'])?;
    let (name, rest) = name.split_at(end);
    if is_long || name.len() > 1 {
        flag.longs.push(name.to_owned());
    } else {
        flag.short = name.chars().next();
    }
    let takes_value = rest.starts_with(['+', '=']);
    let text = rest.trim_start_matches(['+', '=']);
    let action = text.rsplit_once("]:").map_or("", |(_, action)| action);
    flag.takes = match (takes_value, action.starts_with(':')) {
        (true, true) => Takes::OptionalValue,
        (true, false) => Takes::Value,
        (false, _) => Takes::Nothing,
    };
    let list = action.split_once(":(").and_then(|(_, list)| list.strip_suffix(')')).unwrap_or_default();
    flag.listed = match list.strip_prefix('(') {
        Some(described) => {
            let names = described.lines().filter_map(|line| line.split("\\:").next());
            names.map(|name| name.trim().to_owned()).collect()
        }
        None => list.split_whitespace().map(str::to_owned).collect(),
    };
    Some((text.to_owned(), flag))
}
