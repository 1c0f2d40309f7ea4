//! From what was shown to a policy without a problem.

use std::collections::{BTreeMap, BTreeSet};

use telemetry_schema::ProgramName;

use super::flag::ShownFlag;
use super::{Draft, DraftNote, Drafted, Drafter};
use crate::policy::{CommandRule, FlagRule, PolicySource, PositionalRule, Takes};

pub(super) fn build(drafter: Drafter) -> Draft {
    let Drafter { program, layout, mut commands, notes } = drafter;
    let (dialect, abbreviations) = layout.unwrap_or(super::Layout::Getopt).dialect();
    let mut builder = Builder {
        source: PolicySource::new(program, 1, dialect),
        listed: BTreeMap::new(),
        notes,
        handed_down: hand_down(&mut commands),
    };
    builder.source.abbreviations = abbreviations;
    builder.source.commands.clear();
    let program = &builder.source.program;
    if ProgramName::new(program.as_str()).is_err() || crate::detect::sensitive(program).is_some() {
        "program".clone_into(&mut builder.source.program);
        builder.note(
            &[],
            "the program's name is not of the form that a policy can hold: it is called `program` here",
        );
    }
    let parents: BTreeSet<Vec<String>> =
        commands.keys().filter_map(|path| Some(path.split_last()?.1.to_vec())).collect();
    let names = sibling_names(&commands);
    let mut ordered: Vec<(Vec<String>, Drafted)> = commands.into_iter().collect();
    ordered.sort_by_key(|(path, command)| (!path.is_empty(), command.order));
    for (path, command) in ordered {
        let is_parent = parents.contains(&path);
        builder.command(&path, command, is_parent, &names);
    }
    let Builder { source, listed, notes, .. } = builder;
    Draft { source, listed, notes }
}

/// Takes out of each command the flags that one above hands down, and gives those that are handed down, by command.
fn hand_down(commands: &mut BTreeMap<Vec<String>, Drafted>) -> BTreeMap<Vec<String>, Vec<ShownFlag>> {
    let mut handed_down: BTreeMap<Vec<String>, Vec<ShownFlag>> = BTreeMap::new();
    let globals: Vec<(Vec<String>, ShownFlag)> = commands
        .iter()
        .flat_map(|(path, command)| {
            command.flags.iter().filter(|flag| flag.is_global).map(|flag| (path.clone(), flag.clone()))
        })
        .collect();
    let is_same = |one: &ShownFlag, other: &ShownFlag| {
        (&one.longs, one.short, one.takes) == (&other.longs, other.short, other.takes)
    };
    for (path, flag) in globals {
        let above = (0..path.len()).filter_map(|depth| path.get(..depth));
        let owner = above
            .into_iter()
            .find(|above| commands.get(*above).is_some_and(|c| c.flags.iter().any(|own| is_same(own, &flag))))
            .unwrap_or_default()
            .to_vec();
        let known = handed_down.entry(owner).or_default();
        if !known.iter().any(|known| is_same(known, &flag)) {
            known.push(flag);
        }
    }
    for (owner, flags) in &handed_down {
        for (path, command) in commands.iter_mut().filter(|(path, _)| path.starts_with(owner)) {
            command.flags.retain(|own| {
                let named = |flag: &&ShownFlag| flag.longs == own.longs && flag.short == own.short;
                !flags.iter().any(|flag| named(&flag) && (path == owner || flag.takes == own.takes))
            });
        }
    }
    handed_down
}

/// Which names the commands in one place have, so that none has another one's.
fn sibling_names(commands: &BTreeMap<Vec<String>, Drafted>) -> BTreeSet<Vec<String>> {
    commands.keys().cloned().collect()
}

struct Builder {
    source: PolicySource,
    listed: BTreeMap<String, Vec<String>>,
    notes: Vec<DraftNote>,
    handed_down: BTreeMap<Vec<String>, Vec<ShownFlag>>,
}

impl Builder {
    fn note(&mut self, path: &[String], message: impl Into<String>) {
        self.notes.push(DraftNote { command: path.join(" "), message: message.into() });
    }

    fn command(&mut self, path: &[String], command: Drafted, is_parent: bool, names: &BTreeSet<Vec<String>>) {
        let Drafted { order: _, aliases, flags, takes_words } = command;
        let mut taken: BTreeSet<String> = BTreeSet::new();
        // A name of a flag that is handed down is that flag's.
        let above: Vec<ShownFlag> = (0..path.len())
            .filter_map(|depth| self.handed_down.get(path.get(..depth)?))
            .flatten()
            .cloned()
            .collect();
        let own_names: BTreeSet<&String> = flags.iter().filter_map(|flag| flag.longs.first()).collect();
        for flag in &above {
            // A command's own flag may stand for one of the same name, but not another one for a part of its names.
            let own = flag.longs.first().filter(|long| own_names.contains(long));
            let has_short = |shown: &&ShownFlag| shown.short == flag.short && shown.longs.first() == own;
            let is_own_short = own.is_some() && flags.iter().any(|shown| has_short(&shown));
            let mine = |name: &String| own == Some(name) || is_own_short && name.starts_with('-');
            taken.extend(all_names(flag).filter(|name| !mine(name)));
        }
        let mut rule = CommandRule { path: path.join(" "), ..CommandRule::default() };
        let handed_down = self.handed_down.get(path).cloned().unwrap_or_default();
        for flag in handed_down {
            rule.persistent_flags.extend(self.flag(path, flag, &mut taken));
        }
        for flag in flags {
            rule.flags.extend(self.flag(path, flag, &mut taken));
        }
        let above = path.split_last().map_or(&[][..], |(_, above)| above).to_vec();
        let is_free = |alias: &String| {
            let sibling: Vec<String> = above.iter().cloned().chain([alias.clone()]).collect();
            !path.is_empty() && !names.contains(&sibling) && !self.is_alias_of_another(&above, alias)
        };
        rule.aliases = aliases.into_iter().filter(is_free).collect();
        // Where values and commands can stand in one place, a word that is near to a command can be a value.
        if is_parent && takes_words {
            rule.positionals.push(PositionalRule::default());
        }
        self.source.commands.push(rule);
    }

    fn is_alias_of_another(&self, above: &[String], alias: &String) -> bool {
        let above = above.join(" ");
        let siblings = self.source.commands.iter().filter(|rule| {
            rule.path.rsplit_once(' ').map_or("", |(above, _)| above) == above && !rule.path.is_empty()
        });
        siblings.flat_map(|rule| &rule.aliases).any(|known| known == alias)
    }

    /// The key of a flag, which is made where there is none yet.
    fn flag(&mut self, path: &[String], flag: ShownFlag, taken: &mut BTreeSet<String>) -> Option<String> {
        let ShownFlag { longs, negations, short, takes, max_values, listed, is_global: _ } = flag;
        let mut free = |name: &String| taken.insert(name.clone());
        let name = match longs.first() {
            Some(long) => long.clone(),
            None => format!("short-{}", short?),
        };
        if !free(&name) {
            self.note(path, format!("--{name} is shown for two flags: the second was left out"));
            return None;
        }
        let short = short.filter(char::is_ascii_alphanumeric);
        let rule = FlagRule {
            short: short.filter(|short| free(&format!("-{short}"))),
            aliases: longs.into_iter().skip(1).filter(&mut free).collect(),
            negations: negations.into_iter().filter(&mut free).collect(),
            takes,
            max_values: max_values.filter(|_| matches!(takes, Takes::Values | Takes::OptionalValues)),
            ..FlagRule::default()
        };
        let key = self.key(&name, &rule);
        if !listed.is_empty() {
            let known = self.listed.entry(key.clone()).or_default();
            let more: Vec<String> = listed.into_iter().filter(|value| !known.contains(value)).collect();
            known.extend(more);
        }
        Some(key)
    }

    /// The plain name is the key of the first definition; another one has a number behind it.
    fn key(&mut self, name: &str, rule: &FlagRule) -> String {
        let mut number = 1;
        loop {
            let (key, rule) = if number == 1 {
                (name.to_owned(), rule.clone())
            } else {
                (format!("{name}#{number}"), FlagRule { name: Some(name.to_owned()), ..rule.clone() })
            };
            match self.source.flags.get(&key) {
                Some(known) if *known == rule => return key,
                Some(_) => number += 1,
                None => {
                    self.source.flags.insert(key.clone(), rule);
                    return key;
                }
            }
        }
    }
}

fn all_names(flag: &ShownFlag) -> impl Iterator<Item = String> {
    let short = flag.short.map(|short| format!("-{short}"));
    let name = flag.longs.is_empty().then(|| flag.short.map(|short| format!("short-{short}"))).flatten();
    flag.longs.iter().chain(&flag.negations).cloned().chain(short).chain(name)
}
