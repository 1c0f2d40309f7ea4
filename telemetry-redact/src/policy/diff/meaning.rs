//! What a policy lets an event hold, command by command: after flags were handed down and values withheld, and
//! whatever its sets are called.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use telemetry_schema::PromptKind;

use super::Kept;
use crate::policy::duration::duration_us;
use crate::policy::scope::{Spelling, canonical, is_at_or_below, parent, spellings};
use crate::policy::value_rule::{Unit, labels};
use crate::policy::{
    Case, CommandRule, Dashes, Dialect, FlagRule, List, Missing, NameKind, PolicySource, PositionalRule,
    PromptRule, Record, Repeats, Subcommands, Takes, ValueRule,
};

/// What is kept of the values in one place.
pub(super) type Values = Rc<BTreeSet<Kept>>;

/// A policy by its meaning.
pub(super) struct Meaning<'a> {
    pub(super) commands: BTreeMap<&'a str, CommandMeaning<'a>>,
    /// Canonical names of the flags of any command: such a name is kept wherever it is typed.
    pub(super) flag_names: BTreeSet<&'a str>,
}

/// One command.
#[derive(Default)]
pub(super) struct CommandMeaning<'a> {
    /// Other names of its last word.
    pub(super) names: BTreeMap<&'a str, NameKind>,
    /// Its flags and those handed down to it, by the name that is stored.
    pub(super) flags: BTreeMap<&'a str, FlagMeaning<'a>>,
    positionals: Vec<Values>,
    further: Values,
    /// The questions that a run of it may have asked, by what is stored, with what is kept of choices.
    pub(super) prompts: BTreeMap<(&'a str, PromptKind), Values>,
    pub(super) flags_end: FlagsEnd,
    pub(super) subcommands: Subcommands,
    /// What ends each positional argument, and which may be missing.
    pub(super) places: Places<'a>,
    /// The place from which on positional arguments are a list, in which no word is a command below.
    pub(super) list: Option<usize>,
    pub(super) has_children: bool,
}

/// One flag of one command.
#[derive(Default)]
pub(super) struct FlagMeaning<'a> {
    /// Whether even its name is withheld.
    pub(super) is_withheld: bool,
    pub(super) spellings: BTreeMap<Spelling<'a>, NameKind>,
    /// What decides which arguments are its values.
    pub(super) takes: (Takes, Option<u32>),
    /// Whether what begins with a dash can be a value.
    pub(super) dashes: Dashes,
    /// What ends the values.
    pub(super) terminator: Option<&'a str>,
    pub(super) values: Values,
}

impl CommandMeaning<'_> {
    /// What is kept of the positional argument at a place.
    pub(super) fn positional(&self, index: usize) -> &Values {
        self.positionals.get(index).unwrap_or(&self.further)
    }

    /// How many positional arguments have a rule of their own.
    pub(super) fn positional_count(&self) -> usize {
        self.positionals.len()
    }

    /// Whether a word that is near to a command below is kept as its misspelling, rather than taken for a value.
    pub(super) fn keeps_misspelled_commands(&self) -> bool {
        self.has_children && self.positionals.is_empty()
    }
}

impl<'a> Meaning<'a> {
    pub(super) fn of(source: &'a PolicySource) -> Self {
        let mut reader = Reader { source, by_flag: HashMap::new(), nothing: Rc::default() };
        let rules: HashMap<&str, &CommandRule> =
            source.commands.iter().map(|rule| (rule.path.as_str(), rule)).collect();
        let parents: BTreeSet<&str> = source.commands.iter().filter_map(|rule| parent(&rule.path)).collect();
        let mut commands = BTreeMap::new();
        for rule in &source.commands {
            let above = std::iter::successors(Some(rule.path.as_str()), |path| parent(path));
            let line: Vec<&CommandRule> = above.filter_map(|path| rules.get(path).copied()).collect();
            let mut command = reader.command(rule, &line);
            command.has_children = parents.contains(rule.path.as_str());
            commands.insert(rule.path.as_str(), command);
        }
        let flag_names = source.flags.iter().map(|(key, flag)| canonical(key, flag)).collect();
        Self { commands, flag_names }
    }

    /// Whether there is such a command.
    pub(super) fn has(&self, path: &str) -> bool {
        self.commands.contains_key(path)
    }
}

struct Reader<'a> {
    source: &'a PolicySource,
    by_flag: HashMap<&'a str, Values>,
    nothing: Values,
}

impl<'a> Reader<'a> {
    /// `line` is the command and those above it, nearest first.
    fn command(&mut self, rule: &'a CommandRule, line: &[&'a CommandRule]) -> CommandMeaning<'a> {
        let source = self.source;
        let record = line.iter().map(|rule| rule.record).max().unwrap_or_default();
        let withheld = line.iter().flat_map(|rule| &rule.withhold);
        let withheld: BTreeSet<&str> =
            withheld.filter_map(|key| Some(canonical(key, source.flags.get(key)?))).collect();
        let mut flags: BTreeMap<&str, FlagMeaning<'a>> = BTreeMap::new();
        let mut taken: BTreeSet<Spelling<'a>> = BTreeSet::new();
        let handed_down = line.iter().flat_map(|rule| &rule.persistent_flags);
        for key in rule.flags.iter().chain(handed_down) {
            let Some(flag) = source.flags.get(key) else { continue };
            // The nearest flag has a name; one further up is found by the names that are left.
            let free: Vec<_> = spellings(key, flag).filter(|(spelling, _)| taken.insert(*spelling)).collect();
            if free.is_empty() {
                continue;
            }
            let name = canonical(key, flag);
            let keeps_values = record == Record::Everything && !withheld.contains(name);
            let values = if keeps_values { self.flag_values(key, flag) } else { self.nothing.clone() };
            let meaning = flags.entry(name).or_insert_with(|| FlagMeaning {
                is_withheld: record == Record::Path,
                spellings: BTreeMap::new(),
                takes: (flag.takes, flag.max_values),
                dashes: flag.dashes,
                terminator: flag.terminator.as_deref(),
                values: self.nothing.clone(),
            });
            meaning.spellings.extend(free);
            if meaning.values.is_empty() {
                meaning.values = values;
            } else if meaning.values != values {
                meaning.values = Rc::new(meaning.values.union(&values).cloned().collect());
            }
        }
        let of = |names: &'a [String], kind| names.iter().map(move |name| (name.as_str(), kind));
        let judged = |rule: &PositionalRule| match record {
            Record::Everything => Rc::new(self.values(rule.values.as_ref(), rule.list)),
            Record::Names | Record::Path => self.nothing.clone(),
        };
        let positionals: Vec<Values> = rule.positionals.iter().map(judged).collect();
        let repeats = rule.positionals.last().is_some_and(goes_on);
        CommandMeaning {
            names: of(&rule.aliases, NameKind::Alias)
                .chain(of(&rule.deprecated, NameKind::Deprecated))
                .collect(),
            flags,
            further: positionals.last().filter(|_| repeats).unwrap_or(&self.nothing).clone(),
            positionals,
            prompts: self.prompts(record),
            flags_end: FlagsEnd::of(&rule.positionals),
            subcommands: rule.subcommands,
            places: Places::of(&rule.positionals),
            // In the other dialects there is no command behind an argument.
            list: (repeats && source.dialect == Dialect::Clap).then_some(rule.positionals.len()),
            has_children: false,
        }
    }

    fn flag_values(&mut self, key: &'a str, flag: &FlagRule) -> Values {
        if let Some(known) = self.by_flag.get(key) {
            return known.clone();
        }
        let values = match flag.takes {
            Takes::Nothing => [Kept::Switch].into(),
            Takes::Value | Takes::OptionalValue | Takes::Values | Takes::OptionalValues => {
                self.values(flag.values.as_ref(), flag.list)
            }
        };
        let values = Rc::new(values);
        self.by_flag.insert(key, values.clone());
        values
    }

    fn values(&self, name: Option<&String>, list: List) -> BTreeSet<Kept> {
        let Some(name) = name else { return BTreeSet::new() };
        let mut kept = match self.source.value_rules.get(name) {
            Some(rule) => self.rule(rule),
            None => self.members(Some(name), Kept::Value).collect(),
        };
        if list == List::Comma {
            kept.insert(Kept::List);
        }
        kept
    }

    /// Questions are the program's, whichever command asks them, but a command may withhold them.
    fn prompts(&self, record: Record) -> BTreeMap<(&'a str, PromptKind), Values> {
        let rules = self.source.prompts.iter().filter(|_| record != Record::Path);
        let choices = |rule: &'a PromptRule| match record {
            Record::Everything => Rc::new(self.members(rule.values.as_ref(), Kept::Value).collect()),
            Record::Names | Record::Path => self.nothing.clone(),
        };
        rules.map(|(id, rule)| ((id.as_str(), rule.kind), choices(rule))).collect()
    }

    fn rule(&self, rule: &'a ValueRule) -> BTreeSet<Kept> {
        let ValueRule { values, spellings, case, versions, numbers, durations, keys, key_values, separator } =
            rule;
        let mut kept: BTreeSet<Kept> = self
            .members(values.as_ref(), Kept::Value)
            .chain(self.members(versions.as_ref(), Kept::Version))
            .chain(self.members(keys.as_ref(), Kept::Key))
            .chain(self.members(key_values.as_ref(), Kept::ValueOfKey))
            .collect();
        let spelled: Vec<String> = numbers.iter().map(i64::to_string).collect();
        let bounds: Vec<i64> = durations.iter().filter_map(|duration| duration_us(duration)).collect();
        kept.extend(labels(numbers, &spelled, Unit::Number).into_iter().map(Kept::Bucket));
        if bounds.len() == durations.len() {
            kept.extend(labels(&bounds, durations, Unit::Duration).into_iter().map(Kept::Bucket));
        }
        if *case == Case::Folded {
            kept.insert(Kept::AnyCase);
        }
        let spelled = |(spelling, member): (&String, &String)| Kept::Spelling {
            spelling: spelling.clone(),
            member: member.clone(),
        };
        kept.extend(spellings.iter().map(spelled));
        kept.extend(keys.as_ref().map(|_| Kept::Separator(separator.unwrap_or('='))));
        kept
    }

    fn members(&self, set: Option<&String>, kept: fn(String) -> Kept) -> impl Iterator<Item = Kept> {
        let members = set.and_then(|set| self.source.sets.get(set)).into_iter().flatten();
        members.cloned().map(kept)
    }
}

/// What of positional arguments decides which arguments are flags.
#[derive(Default, PartialEq, Eq)]
pub(super) struct FlagsEnd {
    /// What begins with a dash, by place, as far as it differs from what it is further on.
    dashes: Vec<Dashes>,
    further: Dashes,
    /// The place behind which there is neither flag nor command.
    at: Option<usize>,
}

impl FlagsEnd {
    fn of(rules: &[PositionalRule]) -> Self {
        let last = rules.last().filter(|last| goes_on(last));
        let further = last.map_or(Dashes::Flags, |last| last.dashes);
        let mut dashes: Vec<Dashes> = rules.iter().map(|rule| rule.dashes).collect();
        while dashes.last() == Some(&further) {
            dashes.pop();
        }
        let at = last.filter(|last| last.repeats == Repeats::All).map(|_| rules.len());
        Self { dashes, further, at }
    }
}

/// By place, as far as there is something to say: how often an argument stands there that has a terminator, the
/// terminator, and whether it may be missing.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Places<'a>(Vec<(Repeats, Option<&'a str>, Missing)>);

impl<'a> Places<'a> {
    fn of(rules: &'a [PositionalRule]) -> Self {
        let place = |rule: &'a PositionalRule| {
            let repeats = if goes_on(rule) { Repeats::Once } else { rule.repeats };
            (repeats, rule.terminator.as_deref(), rule.missing)
        };
        let mut places: Vec<_> = rules.iter().map(place).collect();
        while places.last() == Some(&(Repeats::Once, None, Missing::Never)) {
            places.pop();
        }
        Self(places)
    }
}

/// Whether a rule holds for all that follow.
fn goes_on(rule: &PositionalRule) -> bool {
    rule.repeats != Repeats::Once && rule.terminator.is_none()
}

/// Whether all of a command is gone because one above it is.
pub(super) fn is_below_any(path: &str, gone: &BTreeSet<&str>) -> bool {
    gone.iter().any(|above| *above != path && is_at_or_below(path, above))
}
