//! What a policy's author declared: the oracle for what comes out.

use std::collections::{BTreeMap, BTreeSet};

use telemetry_redact::policy::{FlagRule, PolicySource, Takes};
use telemetry_redact::{Finding, Part, Verdict};
use telemetry_schema::{Command, Deprecated, Flag, Misspelling, Place, Positional};

/// The words and values that may come out, by their place.
#[derive(Debug, Default)]
pub struct Declared {
    program: String,
    commands: BTreeMap<String, Vec<Values>>,
    /// Every name of a command, also those it had before.
    command_words: BTreeSet<String>,
    flags: BTreeMap<String, Values>,
    /// Every other name of a flag.
    flag_names: BTreeSet<String>,
}

/// What may be kept of a value.
#[derive(Debug, Default)]
struct Values(BTreeSet<String>);

impl Values {
    fn add(&mut self, source: &PolicySource, name: Option<&str>) {
        let set = |name: Option<&String>| name.and_then(|name| source.sets.get(name)).into_iter().flatten();
        let Some(name) = name else { return };
        let Some(rule) = source.value_rules.get(name) else {
            self.0.extend(source.sets.get(name).into_iter().flatten().cloned());
            return;
        };
        self.0.extend(set(rule.values.as_ref()).cloned());
        self.0.extend(set(rule.versions.as_ref()).cloned());
        for key in set(rule.keys.as_ref()) {
            self.0.insert(key.clone());
            let separator = rule.separator.unwrap_or('=');
            let of_key = set(rule.key_values.as_ref()).map(|value| format!("{key}{separator}{value}"));
            self.0.extend(of_key);
        }
        // A number is kept as itself only where its bucket holds no other.
        let is_alone = |pair: &[i64]| pair[0].checked_add(1) == Some(pair[1]);
        self.0.extend(rule.numbers.windows(2).filter(|pair| is_alone(pair)).map(|pair| pair[0].to_string()));
        let numbers: Vec<String> = rule.numbers.iter().map(ToString::to_string).collect();
        for bounds in [numbers.as_slice(), rule.durations.as_slice()] {
            self.0.extend(bounds.windows(2).map(|pair| pair.join("..")));
            self.0.extend(bounds.first().map(|first| format!("<{first}")));
            self.0.extend(bounds.last().map(|last| format!(">={last}")));
        }
    }

    fn has(&self, value: &str) -> bool {
        self.0.contains(value)
    }
}

impl Declared {
    /// What a policy declares.
    #[must_use]
    pub fn new(source: &PolicySource) -> Self {
        let mut declared = Self { program: source.program.clone(), ..Self::default() };
        for command in &source.commands {
            let positionals = command.positionals.iter().map(|positional| {
                let mut values = Values::default();
                values.add(source, positional.values.as_deref());
                values
            });
            let path = command.path.split_whitespace().collect::<Vec<_>>().join(" ");
            declared.command_words.extend(path.split(' ').map(str::to_owned));
            declared.command_words.extend(command.aliases.iter().chain(&command.deprecated).cloned());
            declared.commands.insert(path, positionals.collect());
        }
        for (key, rule) in &source.flags {
            let FlagRule {
                name,
                short,
                short_aliases,
                aliases,
                deprecated,
                negations,
                takes,
                max_values: _,
                dashes: _,
                terminator: _,
                values,
                list: _,
            } = rule;
            let name = name.as_ref().unwrap_or(key);
            let entry = declared.flags.entry(name.clone()).or_default();
            entry.add(source, values.as_deref());
            if *takes == Takes::Nothing {
                entry.0.extend(["true", "false"].map(str::to_owned));
            }
            declared.flag_names.insert(name.clone());
            declared.flag_names.extend(aliases.iter().chain(deprecated).chain(negations).cloned());
            declared.flag_names.extend(short.iter().chain(short_aliases).map(ToString::to_string));
        }
        declared
    }

    /// Every word and value, for the oracle of error texts.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let values = self.flags.values().chain(self.commands.values().flatten()).flat_map(|values| &values.0);
        let names = self.command_words.iter().chain(&self.flag_names).chain(values).map(String::as_str);
        names.chain([self.program.as_str()])
    }

    /// Asserts that a command has nothing but what is declared.
    ///
    /// # Panics
    ///
    /// Where it has.
    pub fn assert_command(&self, command: &Command) {
        let Command { path, flags, positional_count: _, positionals, misspellings, deprecated, dropped: _ } =
            command;
        let path = path.join(" ");
        let Some(places) = self.commands.get(&path) else { panic!("no command {path:?} is declared") };
        for Flag { name, values } in flags {
            let Some(declared) = self.flags.get(name.as_str()) else {
                panic!("no flag {name:?} is declared")
            };
            for value in values {
                assert!(declared.has(value.as_str()), "no value {value:?} of {name:?} is declared");
            }
        }
        for Positional { index, values } in positionals {
            // A place that repeats is the last one.
            let place = usize::try_from(*index).ok().map(|index| index.min(places.len().saturating_sub(1)));
            let declared = place.and_then(|place| places.get(place));
            for value in values {
                let holds = declared.is_some_and(|declared| declared.has(value.as_str()));
                assert!(holds, "no value {value:?} of argument {index} is declared");
            }
        }
        for Misspelling { place, typed, meant } in misspellings {
            let (typed, meant) = (typed.as_str(), meant.as_str());
            let names = match place {
                Place::Command => &self.command_words,
                Place::Flag => &self.flag_names,
            };
            assert!(names.contains(meant), "{meant:?} is meant, and not declared");
            let edits = distance(typed, meant);
            assert!((1..=2).contains(&edits), "{typed:?} is {edits} edits from {meant:?}");
            assert!(typed.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-'), "{typed:?} is kept");
        }
        for Deprecated { place, name } in deprecated {
            let names = match place {
                Place::Command => &self.command_words,
                Place::Flag => &self.flag_names,
            };
            assert!(names.contains(name.as_str()), "{name:?} is deprecated, and not declared");
        }
    }

    /// Asserts that findings show nothing but what is declared.
    ///
    /// # Panics
    ///
    /// Where they do.
    pub fn assert_findings(&self, findings: &[Finding], arguments: usize) {
        for finding in findings {
            assert!(finding.argument < arguments, "{finding:?} is about no argument");
            if finding.verdict == Verdict::Dropped {
                assert!(finding.kept_as.is_none(), "{finding:?} shows what is dropped");
                continue;
            }
            let Some(kept) = finding.kept_as.as_deref() else { panic!("{finding:?} says nothing") };
            let holds = match finding.part {
                Part::Program => kept == self.program,
                Part::CommandWord => is_near(&self.command_words, kept),
                Part::FlagName => is_near(&self.flag_names, kept.trim_start_matches('-')),
                Part::FlagValue => self.flags.values().any(|values| values.has(kept)),
                Part::Positional => self.commands.values().flatten().any(|values| values.has(kept)),
                Part::Separator => kept == "--",
            };
            assert!(holds, "{finding:?} shows what is not declared");
        }
    }
}

/// Whether a word is declared, or a misspelling of one that is.
fn is_near(names: &BTreeSet<String>, kept: &str) -> bool {
    names.contains(kept)
        || names.iter().any(|name| kept.len().abs_diff(name.len()) <= 2 && distance(kept, name) <= 2)
}

/// How many edits lie between two words: insertions, deletions, replacements and swaps of neighbours. The textbook
/// table, so that it is not the function that the code under test uses.
fn distance(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for i in 1..=one.len() {
        let mut row = vec![i];
        for j in 1..=other.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
            let mut edits = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                edits = edits.min(rows[i - 2][j - 2] + 1);
            }
            row.push(edits);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}
