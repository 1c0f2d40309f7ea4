//! bash: a first case that walks along the command words, and a second one with the words of each command.

use std::collections::BTreeMap;

use super::{Found, FoundCommand, ShownFlag};
use crate::policy::Takes;

pub(super) fn read(script: &str, program: &str) -> Found {
    let lines: Vec<&str> = script.lines().map(str::trim).collect();
    let commands = commands(&lines, program);
    let mut found = Found::new();
    let mut open: Option<&Vec<String>> = None;
    let mut label = "";
    for line in &lines {
        if let Some(name) = line.strip_suffix(')').filter(|name| !name.contains(['(', ' ', '$', '"'])) {
            label = name;
            if let Some((path, aliases)) = commands.get(name) {
                open = Some(path);
                found.insert(path.clone(), FoundCommand { aliases: aliases.clone(), flags: Vec::new() });
            }
            continue;
        }
        let Some(known) = open.and_then(|path| found.get_mut(path)) else { continue };
        if let Some(words) = line.strip_prefix("opts=\"").and_then(|rest| rest.strip_suffix('"')) {
            known.flags.extend(words.split_whitespace().filter_map(flag));
        } else if line.starts_with("COMPREPLY=($(compgen")
            && let Some(wanted) = flag(label)
            && let Some(flag) = known.flags.iter_mut().find(|flag| is_same(flag, &wanted))
        {
            flag.takes = Takes::Value;
            let list =
                line.split_once("-W \"").and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default();
            flag.listed = list.split_whitespace().map(str::to_owned).collect();
        }
    }
    found
}

/// A flag by one of its names: the script does not say which short name belongs to which long one.
fn flag(word: &str) -> Option<ShownFlag> {
    let mut flag = ShownFlag::default();
    match word.strip_prefix("--") {
        Some(long) => flag.longs.push(long.to_owned()),
        None => flag.short = Some(word.strip_prefix('-')?.chars().next()?),
    }
    Some(flag)
}

fn is_same(one: &ShownFlag, other: &ShownFlag) -> bool {
    one.longs == other.longs && one.short == other.short
}

/// Where the names of states lead: to a command's path and its last word's other names.
fn commands(lines: &[&str], program: &str) -> BTreeMap<String, (Vec<String>, Vec<String>)> {
    let mut steps: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let mut start = program.to_owned();
    for pair in lines.windows(2) {
        let [from, to] = pair else { continue };
        let Some(target) = to.strip_prefix("cmd=\"").and_then(|rest| rest.strip_suffix('"')) else {
            continue;
        };
        if *from == "\",$1\")" {
            target.clone_into(&mut start);
        } else if let Some((state, word)) = from.strip_suffix(')').and_then(|label| label.split_once(',')) {
            steps.entry((state.to_owned(), target.to_owned())).or_default().push(word.to_owned());
        }
    }
    let mut commands = BTreeMap::from([(start, (Vec::new(), Vec::new()))]);
    // A step can stand before the one that leads to it.
    loop {
        let before = commands.len();
        for ((state, target), words) in &steps {
            let Some((above, _)) = commands.get(state) else { continue };
            let ends = |word: &&String| target.ends_with(&format!("__{}", word.replace('-', "__")));
            let Some(own) = words.iter().find(ends).or_else(|| words.first()) else { continue };
            let path = above.iter().cloned().chain([own.clone()]).collect();
            let others = words.iter().filter(|word| *word != own).cloned().collect();
            commands.entry(target.clone()).or_insert((path, others));
        }
        if commands.len() == before {
            return commands;
        }
    }
}
