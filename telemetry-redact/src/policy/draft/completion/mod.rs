//! Completion scripts that have a program's words in them, as `clap_complete` writes them.

mod bash;
mod fish;
mod zsh;

use std::collections::BTreeMap;

use super::flag::ShownFlag;

/// Commands by path, each with its flags; the program itself has the empty path.
pub(super) type Found = BTreeMap<Vec<String>, FoundCommand>;

/// A command in a script.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct FoundCommand {
    pub(super) aliases: Vec<String>,
    pub(super) flags: Vec<ShownFlag>,
}

/// Whether a script has no words of its own, but asks the program: cobra, clap's dynamic completion, click, argcomplete.
pub(super) fn is_dynamic(script: &str) -> bool {
    const ASKS: [&str; 6] =
        [" __complete ", "__completeNoDesc", "_CLAP_COMPLETE", "COMPLETE=", "_ARGCOMPLETE", "_complete_"];
    let is_code = |line: &&str| !line.trim_start().starts_with('#');
    let mut lines = script.lines().filter(is_code);
    lines.any(|line| {
        ASKS[..5].iter().any(|asks| line.contains(asks))
            // click: `_ORCHARD_COMPLETE=bash_complete`.
            || line.contains("_COMPLETE=") && line.contains(ASKS[5])
    })
}

fn is_fish(script: &str) -> bool {
    script.lines().any(|line| line.starts_with("complete -c "))
}

fn is_zsh(script: &str) -> bool {
    script.starts_with("#compdef") || script.contains("_arguments ")
}

/// What is for neither of the others.
pub(super) fn is_bash(script: &str) -> bool {
    !is_fish(script) && !is_zsh(script)
}

/// What a script of either of the three shells says.
pub(super) fn read(script: &str, program: &str) -> Found {
    let mut found = if is_fish(script) {
        fish::read(script)
    } else if is_zsh(script) {
        zsh::read(script)
    } else {
        bash::read(script, program)
    };
    // Below `help` stand the same commands once more.
    found.retain(|path, _| !path.iter().rev().skip(1).any(|word| word == "help"));
    let has_words =
        found.keys().any(|path| !path.is_empty()) || found.values().any(|known| !known.flags.is_empty());
    if has_words { found } else { Found::new() }
}

/// Names of commands in one place, in their order, with what each is said to do: those of which the same is said are
/// one command's, the first name its own.
fn canonical_names(described: &[(String, String)]) -> BTreeMap<String, String> {
    let mut canonical = BTreeMap::new();
    for (name, description) in described {
        let first = described.iter().find(|(_, other)| !description.is_empty() && other == description);
        canonical.entry(name.clone()).or_insert_with(|| first.map_or(name, |(first, _)| first).clone());
    }
    canonical
}

/// Puts what was found by any name of a command under the command's own.
fn settle(
    raw: Vec<(Vec<String>, Vec<ShownFlag>)>,
    below: &BTreeMap<Vec<String>, Vec<(String, String)>>,
) -> Found {
    let names: BTreeMap<&Vec<String>, BTreeMap<String, String>> =
        below.iter().map(|(path, described)| (path, canonical_names(described))).collect();
    let own = |path: &[String]| {
        path.iter().fold(Vec::new(), |mut own: Vec<String>, word| {
            let name = names.get(&own).and_then(|names| names.get(word)).unwrap_or(word).clone();
            own.push(name);
            own
        })
    };
    let mut found = Found::new();
    for (path, flags) in raw {
        let known = found.entry(own(&path)).or_default();
        for flag in flags {
            if !known.flags.contains(&flag) {
                known.flags.push(flag);
            }
        }
    }
    for (path, names) in &names {
        for (name, canonical) in names {
            let above = own(path);
            let known = found.entry(above.into_iter().chain([canonical.clone()]).collect()).or_default();
            if name != canonical && !known.aliases.contains(name) {
                known.aliases.push(name.clone());
            }
        }
    }
    found
}
