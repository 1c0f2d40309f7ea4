//! Policies with everything the language has.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::Index;
use telemetry_schema::{PromptKind, TimestampPrecision};

use super::choices::{
    CommandChoices, FlagChoices, RuleChoices, command_choices, flag_choices, prompt_choices, rule_choices,
};
use super::clashes::drop_clashes;
use crate::policy::{
    Abbreviations, Case, CommandRule, Dashes, Dialect, FirstWord, FlagRule, List, PolicySource,
    PositionalRule, PromptRule, Repeats, Takes, ValueRule,
};

/// Policies with everything the policy language has, in every dialect; each is one that [`Policy::from_source`] takes.
///
/// For testing what handles policies. To test a policy of your own, see [`command_lines`].
///
/// [`Policy::from_source`]: crate::Policy::from_source
/// [`command_lines`]: super::command_lines
pub fn policies() -> impl Strategy<Value = PolicySource> {
    let dialects = vec![Dialect::Pflag, Dialect::Getopt, Dialect::Clap, Dialect::GoFlag];
    prop::sample::select(dialects).prop_flat_map(policies_of)
}

/// As [`policies`], of one dialect.
pub fn policies_of(dialect: Dialect) -> impl Strategy<Value = PolicySource> {
    (
        Just(WORDS.to_vec()).prop_shuffle(),
        head(dialect),
        prop::collection::vec(prop::collection::vec(any::<Index>(), 1..4), 1..4),
        prop::collection::vec(rule_choices(), 0..4),
        prop::collection::vec(flag_choices(), 0..9),
        prop::collection::vec(command_choices(), 0..6),
        prop::collection::vec(prompt_choices(), 0..3),
    )
        .prop_map(|(words, head, sets, rules, flags, commands, prompts)| {
            let mut builder = Builder { words: words.into_iter(), source: head };
            builder.sets(&sets);
            builder.rules(&rules);
            builder.flags(&flags);
            builder.commands(&commands);
            builder.prompts(&prompts);
            builder.finish()
        })
}

/// Words of a garden: none is another's misspelling, some begin like others.
const WORDS: [&str; 96] = [
    "apple", "apricot", "arbour", "autumn", "barrow", "basil", "basket", "berry", "birch", "blossom",
    "bough", "branch", "bud", "bulb", "cedar", "cherry", "clover", "compost", "copse", "cutting", "daisy",
    "dibber", "elder", "fallow", "fence", "fern", "fig", "fork", "fruit", "furrow", "garland", "gate",
    "glade", "graft", "grain", "grape", "grove", "harvest", "hazel", "hedge", "herb", "hive", "hoe", "holly",
    "husk", "iris", "ivy", "juniper", "kernel", "ladder", "larch", "lavender", "leaf", "lily", "lime",
    "loam", "mallow", "maple", "meadow", "medlar", "mint", "moss", "mulch", "nettle", "nursery", "oak",
    "olive", "orchid", "pansy", "path", "peach", "pear", "peony", "petal", "pine", "plant", "plot", "plum",
    "pond", "poppy", "prune", "quince", "rake", "reed", "rose", "row", "rye", "sage", "sapling", "scythe",
    "seed", "shade", "shed", "shrub", "sickle", "soil",
];

/// Odd but fair members of a set.
const ODD: [&str; 8] = ["EU_WEST_1", "one two", "a/b", "x:y", "*", "UTF-8", "(none)", "Content-Type"];
/// What ends the values of a flag or the positional arguments at a place.
const TERMINATOR: &str = ";";

fn head(dialect: Dialect) -> impl Strategy<Value = PolicySource> {
    let abbreviations =
        vec![Abbreviations::None, Abbreviations::Flags, Abbreviations::Commands, Abbreviations::All];
    let precisions = TimestampPrecision::ALL;
    let aliases = prop::sample::subsequence(vec!["orch", "orchardctl"], 0..=2);
    let first_word = prop_oneof![6 => Just(FirstWord::Argument), 1 => Just(FirstWord::Executable)];
    let codes = prop::sample::subsequence(vec!["frost", "late_frost"], 0..=2);
    (
        prop::sample::select(abbreviations),
        prop::sample::select(precisions),
        1..9_u32,
        aliases,
        codes,
        first_word,
    )
        .prop_map(move |(abbreviations, timestamps, version, aliases, codes, first_word)| PolicySource {
            first_word,
            abbreviations,
            timestamps,
            program_aliases: aliases.into_iter().map(str::to_owned).collect(),
            error_codes: codes.into_iter().map(str::to_owned).collect(),
            environment_prefix: (version > 4).then(|| "ORCHARD".to_owned()),
            commands: Vec::new(),
            ..PolicySource::new("orchard", version, dialect)
        })
}

struct Builder {
    words: std::vec::IntoIter<&'static str>,
    source: PolicySource,
}

impl Builder {
    /// Words that nothing else has; fewer when they run out.
    fn take(&mut self, count: usize) -> Vec<String> {
        self.words.by_ref().take(count).map(str::to_owned).collect()
    }

    fn sets(&mut self, sets: &[Vec<Index>]) {
        for (number, members) in sets.iter().enumerate() {
            let mut set = self.take(members.len());
            set.extend(members.iter().map(|member| ODD[member.index(ODD.len())].to_owned()).take(number));
            let mut seen = BTreeSet::new();
            set.retain(|member| seen.insert(member.clone()));
            self.source.sets.insert(format!("set{number}"), set);
        }
    }

    fn rules(&mut self, rules: &[RuleChoices]) {
        let sets: Vec<String> = self.source.sets.keys().cloned().collect();
        for (number, choices) in rules.iter().enumerate() {
            let RuleChoices {
                sort,
                case,
                values,
                keys,
                key_values,
                separator,
                bounds,
                durations,
                versions,
                spelled,
            } = choices;
            let set = |index: &Index| Some(sets[index.index(sets.len())].clone());
            let mut rule = ValueRule { case: *case, ..ValueRule::default() };
            if matches!(sort, 0 | 4 | 5) {
                rule.values = set(values);
                let members = rule.values.as_ref().and_then(|set| self.source.sets.get(set));
                let member = members.zip(*spelled).and_then(|(all, pick)| all.get(pick.index(all.len())));
                rule.spellings = member
                    .cloned()
                    .and_then(|of| Some((self.words.next()?.to_owned(), of)))
                    .into_iter()
                    .collect();
            }
            if matches!(sort, 1 | 4) {
                rule.numbers.clone_from(bounds);
            }
            if *sort == 2 {
                rule.durations = durations.iter().map(|bound| (*bound).to_owned()).collect();
            }
            if matches!(sort, 3 | 5 | 6) {
                rule.keys = set(keys);
                rule.key_values = key_values.as_ref().and_then(set);
                rule.separator = *separator;
            }
            if *sort == 6 {
                let name = format!("versions{number}");
                self.source
                    .sets
                    .insert(name.clone(), versions.iter().map(|version| (*version).to_owned()).collect());
                rule.versions = Some(name);
            }
            self.source.value_rules.insert(format!("rule{number}"), rule);
        }
    }

    /// Some set or rule.
    fn values(&self, index: Index) -> String {
        let names: Vec<&String> = self.source.sets.keys().chain(self.source.value_rules.keys()).collect();
        names[index.index(names.len())].clone()
    }

    fn flags(&mut self, flags: &[FlagChoices]) {
        for choices in flags {
            let FlagChoices {
                short,
                short_alias,
                dashes,
                is_ended,
                aliases,
                deprecated,
                negations,
                takes,
                max_values,
                values,
                list,
                key,
            } = choices;
            let takes_arguments = !matches!(takes, Takes::Nothing | Takes::OptionalValue);
            let Some(name) = self.take(1).pop() else { return };
            let is_switch = *takes == Takes::Nothing;
            let negations = if is_switch { *negations } else { 0 };
            let values = values.filter(|_| !is_switch).map(|values| self.values(values));
            let rule = FlagRule {
                name: key.then(|| name.clone()),
                short: *short,
                aliases: self.take(*aliases),
                deprecated: self.take(*deprecated),
                negations: (0..negations).map(|_| format!("no-{name}")).collect(),
                takes: *takes,
                max_values: max_values.filter(|_| matches!(takes, Takes::Values | Takes::OptionalValues)),
                list: if values.is_some() { *list } else { List::None },
                values,
                short_aliases: short_alias.filter(|letter| *short != Some(*letter)).into_iter().collect(),
                dashes: if takes_arguments { *dashes } else { Dashes::Flags },
                terminator: (*is_ended && takes_arguments).then(|| TERMINATOR.to_owned()),
            };
            self.source.flags.insert(if *key { format!("{name}-key") } else { name }, rule);
        }
    }

    fn commands(&mut self, commands: &[CommandChoices]) {
        let mut paths: Vec<String> = Vec::new();
        for (number, choices) in commands.iter().enumerate() {
            let parent = if number == 0 { None } else { paths.get(choices.parent.index(number)).cloned() };
            let path = match (&parent, number) {
                (_, 0) => String::new(),
                (parent, _) => {
                    let Some(word) = self.take(1).pop() else { break };
                    let above = parent.as_deref().unwrap_or_default();
                    if above.is_empty() { word } else { format!("{above} {word}") }
                }
            };
            let is_program = path.is_empty();
            // Else it begins with a command below.
            let has_line = !is_program || self.source.first_word == FirstWord::Argument;
            let positionals = choices.positionals.iter().map(|(values, list)| {
                let values = values.map(|values| self.values(values));
                PositionalRule {
                    list: if values.is_some() { *list } else { List::None },
                    values,
                    ..PositionalRule::default()
                }
            });
            let mut positionals: Vec<PositionalRule> = positionals.collect();
            if let Some(last) = positionals.last_mut() {
                last.repeats = choices.repeats;
            }
            if let Some(ended) = choices.ended.and_then(|place| positionals.get_mut(place)) {
                ended.terminator = Some(TERMINATOR.to_owned());
                // A list that is not the last has to end.
                ended.repeats = ended.repeats.max(choices.repeats.min(Repeats::Rest));
            }
            if let [.., before, _] = &mut positionals[..]
                && self.source.dialect == Dialect::Clap
            {
                before.missing = choices.missing;
            }
            if !has_line {
                positionals.clear();
            }
            let rule = CommandRule {
                aliases: if is_program { Vec::new() } else { self.take(choices.aliases) },
                deprecated: if is_program { Vec::new() } else { self.take(choices.deprecated) },
                flags: if has_line { self.keys(&choices.flags) } else { Vec::new() },
                persistent_flags: if has_line { self.keys(&choices.persistent_flags) } else { Vec::new() },
                withhold: if has_line { self.keys(&choices.withhold) } else { Vec::new() },
                subcommands: choices.subcommands,
                positionals,
                record: choices.record,
                path: path.clone(),
            };
            paths.push(path);
            self.source.commands.push(rule);
        }
        if self.source.commands.is_empty() {
            self.source.commands.push(CommandRule::default());
        }
    }

    /// Questions of every kind, those of a list with what may be chosen.
    fn prompts(&mut self, prompts: &[(PromptKind, Option<Index>)]) {
        let sets: Vec<String> = self.source.sets.keys().cloned().collect();
        for (kind, values) in prompts {
            let Some(id) = self.take(1).pop() else { return };
            let values = values.filter(|_| kind.max_choices() > 0 && !sets.is_empty());
            let values = values.map(|values| sets[values.index(sets.len())].clone());
            self.source.prompts.insert(id, PromptRule { kind: *kind, values });
        }
    }

    /// Keys of flags that share no letter.
    fn keys(&self, picks: &[Index]) -> Vec<String> {
        let mut letters = BTreeSet::new();
        let mut keys: Vec<String> = Vec::new();
        for pick in picks {
            let all: Vec<(&String, &FlagRule)> = self.source.flags.iter().collect();
            let Some((key, rule)) = all.get(pick.index(all.len().max(1))) else { continue };
            let own: Vec<char> = rule.short.iter().chain(&rule.short_aliases).copied().collect();
            let is_new = !keys.contains(key) && own.iter().all(|letter| letters.insert(*letter));
            keys.extend(is_new.then(|| (*key).clone()));
        }
        keys
    }

    /// Takes out what nothing refers to: a policy must not have it.
    fn finish(mut self) -> PolicySource {
        let source = &mut self.source;
        let members = |sets: &BTreeMap<String, Vec<String>>, name: &Option<String>| {
            name.as_ref().and_then(|name| sets.get(name)).cloned().unwrap_or_default()
        };
        for rule in source.value_rules.values_mut() {
            let mut folded = BTreeSet::new();
            let all = [&rule.values, &rule.keys, &rule.key_values, &rule.versions];
            let is_told_apart = all.into_iter().all(|name| {
                folded.clear();
                members(&source.sets, name).iter().all(|member| folded.insert(member.to_ascii_lowercase()))
            });
            if !is_told_apart {
                rule.case = Case::Exact;
            }
        }
        drop_clashes(source);
        let PolicySource { sets, value_rules, flags, prompts, commands, .. } = source;
        let used: BTreeSet<&String> =
            commands.iter().flat_map(|rule| rule.flags.iter().chain(&rule.persistent_flags)).collect();
        flags.retain(|key, _| used.contains(key));
        let of_positionals =
            commands.iter().flat_map(|rule| &rule.positionals).filter_map(|rule| rule.values.as_ref());
        let named: BTreeSet<String> =
            flags.values().filter_map(|rule| rule.values.as_ref()).chain(of_positionals).cloned().collect();
        value_rules.retain(|name, _| named.contains(name));
        let of_rules = value_rules
            .values()
            .flat_map(|rule| [&rule.values, &rule.versions, &rule.keys, &rule.key_values])
            .flatten();
        let of_prompts = prompts.values().filter_map(|rule| rule.values.as_ref());
        let named: BTreeSet<String> = named.iter().chain(of_rules).chain(of_prompts).cloned().collect();
        sets.retain(|name, _| named.contains(name));
        for rule in commands {
            rule.withhold.retain(|key| flags.contains_key(key));
        }
        self.source
    }
}
