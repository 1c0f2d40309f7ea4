//! What a change of a policy would newly collect, and what it would collect no more.
//!
//! Policies are compared by what they mean for each command, not by their text: a flag that is handed down, a set that
//! is shared and a command that withholds are followed to where they end.

mod change;
mod meaning;
mod prompts;
mod whole;

pub use change::{Change, Effect, Kept, Subject};

use std::collections::{BTreeMap, BTreeSet};

use meaning::{CommandMeaning, FlagMeaning, Meaning, Values, is_below_any};

use super::scope::{Spelling, canonical, spellings};
use super::{NameKind, PolicyProblem, PolicySource, Repeats, declared_words};

/// What differs between two policies, what would be newly collected first. Each change is one however many commands it
/// is made on.
///
/// Both policies are taken to be sound: what [`super::Policy::from_source`] complains of is passed over.
///
/// Where no change [is a widening](Change::is_widening), the old policy would admit every event that the new one makes.
///
/// ```
/// use telemetry_redact::policy::{PolicySource, diff};
///
/// let old = PolicySource::from_json(
///     r#"{"format": 1, "program": "orchard", "version": 1, "dialect": "clap",
///         "sets": {"fruit": ["apple"]},
///         "flags": {"fruit": {"takes": "value", "values": "fruit"}},
///         "commands": [{"path": ""}, {"path": "plant", "flags": ["fruit"]}, {"path": "pick", "flags": ["fruit"]}]}"#,
/// )?;
/// let mut new = old.clone();
/// new.version = 2;
/// new.sets.entry("fruit".into()).or_default().push("pear".into());
/// let changes: Vec<String> = diff(&old, &new).iter().map(ToString::to_string).collect();
/// assert_eq!(
///     changes,
///     ["+ collects --fruit values pear on 2 commands (pick, plant)", "~ version 2 instead of 1"]
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn diff(old: &PolicySource, new: &PolicySource) -> Vec<Change> {
    let mut comparison = Comparison::default();
    comparison.whole(old, new);
    let (before, now) = (Meaning::of(old), Meaning::of(new));
    comparison.commands(&before, &now);
    comparison.error_words(old, new);
    comparison.names(old, new);
    if comparison.found.is_empty() {
        comparison.counts(&before, &now);
    }
    if comparison.found.is_empty() && old != new {
        comparison.add(Effect::Nothing, Subject::Wording, None);
    }
    let change = |((effect, subject), commands): ((Effect, Subject), BTreeSet<String>)| Change {
        effect,
        subject,
        commands: commands.into_iter().collect(),
    };
    comparison.found.into_iter().map(change).collect()
}

/// What is wrong with a change itself: a policy that collects something else has to say so by its version, since an
/// event names the version it was made by.
#[must_use]
pub fn version_problem(old: &PolicySource, new: &PolicySource, changes: &[Change]) -> Option<PolicyProblem> {
    let (from, to) = (old.version, new.version);
    let differs = changes.iter().any(|change| change.effect != Effect::Nothing);
    let message = if to < from {
        format!("version {to} comes after version {from}: a version is never given twice")
    } else if to == from && differs {
        format!("what is collected has changed, and the version is still {from}: raise it")
    } else {
        return None;
    };
    Some(PolicyProblem::new("version", message))
}

#[derive(Default)]
struct Comparison {
    found: BTreeMap<(Effect, Subject), BTreeSet<String>>,
}

impl Comparison {
    fn add(&mut self, effect: Effect, subject: Subject, command: Option<&str>) {
        self.found.entry((effect, subject)).or_default().extend(command.map(str::to_owned));
    }

    /// One more, or one less: both directions are the same question.
    fn more_or_less(
        &mut self,
        (old, new): (&BTreeSet<String>, &BTreeSet<String>),
        subject: impl Fn(String) -> Subject,
        command: Option<&str>,
    ) {
        for item in new.difference(old) {
            self.add(Effect::Collects, subject(item.clone()), command);
        }
        for item in old.difference(new) {
            self.add(Effect::StopsCollecting, subject(item.clone()), command);
        }
    }

    fn commands(&mut self, old: &Meaning<'_>, new: &Meaning<'_>) {
        let gone: BTreeSet<&str> = old.commands.keys().copied().filter(|path| !new.has(path)).collect();
        for path in gone.iter().filter(|path| !is_below_any(path, &gone)) {
            self.add(Effect::StopsCollecting, Subject::Command, Some(path));
        }
        let nothing = CommandMeaning::default();
        for (path, now) in &new.commands {
            let before = old.commands.get(path);
            if before.is_none() {
                self.add(Effect::Collects, Subject::Command, Some(path));
            }
            self.command(path, before, now);
            self.flags(path, before.unwrap_or(&nothing), now, &new.flag_names);
            self.prompts(path, before.unwrap_or(&nothing), now);
        }
    }

    /// What changes nothing but how words are counted; where more changes, that says it.
    fn counts(&mut self, old: &Meaning<'_>, new: &Meaning<'_>) {
        for (path, now) in &new.commands {
            let counts = |command: &CommandMeaning<'_>| command.positional_count() > 0;
            if old.commands.get(path).is_some_and(|before| counts(before) != counts(now)) {
                self.add(Effect::Nothing, Subject::CountedArguments, Some(path));
            }
        }
    }

    fn command(&mut self, path: &str, before: Option<&CommandMeaning<'_>>, now: &CommandMeaning<'_>) {
        let nothing = CommandMeaning::default();
        let is_new = before.is_none();
        let before = before.unwrap_or(&nothing);
        // The names of a new command are a part of it.
        if !is_new {
            let names = |command: &CommandMeaning<'_>| -> BTreeSet<String> {
                command.names.keys().map(|name| (*name).to_owned()).collect()
            };
            let subject = |name| Subject::CommandName { name };
            self.more_or_less((&names(before), &names(now)), subject, Some(path));
            if before.flags_end != now.flags_end {
                self.add(Effect::ReadsDifferently, Subject::FlagsAmongArguments, Some(path));
            }
            if before.subcommands != now.subcommands && before.has_children && now.has_children {
                let subject = Subject::Subcommands { subcommands: now.subcommands };
                self.add(Effect::ReadsDifferently, subject, Some(path));
            }
            if before.places != now.places {
                self.add(Effect::ReadsDifferently, Subject::ArgumentPlaces, Some(path));
            }
            if before.list != now.list && before.has_children && now.has_children {
                self.add(Effect::ReadsDifferently, Subject::CommandsAmongArguments, Some(path));
            }
            match (before.keeps_misspelled_commands(), now.keeps_misspelled_commands()) {
                (false, true) if before.has_children => {
                    self.add(Effect::Collects, Subject::MisspelledCommands, Some(path));
                }
                (true, false) if now.has_children => {
                    self.add(Effect::StopsCollecting, Subject::MisspelledCommands, Some(path));
                }
                _ => {}
            }
        }
        let deprecated = |command: &CommandMeaning<'_>| -> BTreeSet<String> {
            let names = command.names.iter().filter(|(_, kind)| **kind == NameKind::Deprecated);
            names.map(|(name, _)| (*name).to_owned()).collect()
        };
        let subject = |name| Subject::DeprecatedCommandName { name };
        self.more_or_less((&deprecated(before), &deprecated(now)), subject, Some(path));
        let own = before.positional_count().max(now.positional_count());
        for index in 0..=own {
            let repeats = if index == own { Repeats::Rest } else { Repeats::Once };
            let values = |values| Subject::PositionalValues { index, repeats, values };
            self.values(path, (before.positional(index), now.positional(index)), values);
        }
    }

    fn flags(
        &mut self,
        path: &str,
        before: &CommandMeaning<'_>,
        now: &CommandMeaning<'_>,
        names: &BTreeSet<&str>,
    ) {
        let nothing = FlagMeaning::default();
        for (name, new) in &now.flags {
            let old = before.flags.get(name);
            self.flag(path, name, old.unwrap_or(&nothing), new);
            if old.is_some_and(|old| old.takes != new.takes) {
                let subject = Subject::Takes { flag: (*name).to_owned(), takes: new.takes.0 };
                self.add(Effect::ReadsDifferently, subject, Some(path));
            }
            if old.is_some_and(|old| old.dashes != new.dashes) {
                let subject = Subject::Dashes { flag: (*name).to_owned(), dashes: new.dashes };
                self.add(Effect::ReadsDifferently, subject, Some(path));
            }
            if old.is_some_and(|old| old.terminator != new.terminator) {
                let subject = Subject::Terminator {
                    flag: (*name).to_owned(),
                    terminator: new.terminator.map(str::to_owned),
                };
                self.add(Effect::ReadsDifferently, subject, Some(path));
            }
        }
        for (name, old) in before.flags.iter().filter(|(name, _)| !now.flags.contains_key(*name)) {
            let flag = (*name).to_owned();
            if names.contains(name) {
                self.add(Effect::Nothing, Subject::FlagOfOthers { flag: flag.clone() }, Some(path));
                let values = |values| Subject::FlagValues { flag: flag.clone(), values };
                self.values(path, (&old.values, &Values::default()), values);
            } else if !old.is_withheld {
                self.add(Effect::StopsCollecting, Subject::Flag { flag }, Some(path));
            }
        }
    }

    fn flag(&mut self, path: &str, name: &str, old: &FlagMeaning<'_>, new: &FlagMeaning<'_>) {
        let flag = name.to_owned();
        let was_kept = !old.spellings.is_empty() && !old.is_withheld;
        match (was_kept, !new.is_withheld) {
            (false, true) => self.add(Effect::Collects, Subject::Flag { flag: flag.clone() }, Some(path)),
            (true, false) => {
                self.add(Effect::StopsCollecting, Subject::Flag { flag: flag.clone() }, Some(path));
            }
            (false, false) => {}
            (true, true) => {
                let all = |meaning: &FlagMeaning<'_>| -> BTreeSet<String> {
                    meaning.spellings.keys().map(Spelling::to_string).collect()
                };
                let subject = |name| Subject::FlagName { flag: flag.clone(), name };
                self.more_or_less((&all(old), &all(new)), subject, Some(path));
            }
        }
        let deprecated = |meaning: &FlagMeaning<'_>| -> BTreeSet<String> {
            let names = meaning.spellings.iter().filter(|(_, kind)| **kind == NameKind::Deprecated);
            names.filter(|_| !meaning.is_withheld).map(|(name, _)| name.to_string()).collect()
        };
        let subject = |name| Subject::DeprecatedFlagName { flag: flag.clone(), name };
        self.more_or_less((&deprecated(old), &deprecated(new)), subject, Some(path));
        let values = |values| Subject::FlagValues { flag: flag.clone(), values };
        self.values(path, (&old.values, &new.values), values);
    }

    fn values(&mut self, path: &str, (old, new): (&Values, &Values), subject: impl Fn(Vec<Kept>) -> Subject) {
        for (effect, one, other) in [(Effect::Collects, new, old), (Effect::StopsCollecting, old, new)] {
            let values: Vec<Kept> = one.difference(other).cloned().collect();
            if !values.is_empty() {
                self.add(effect, subject(values), Some(path));
            }
        }
    }

    /// Words that are declared without being in any of the changes so far.
    fn error_words(&mut self, old: &PolicySource, new: &PolicySource) {
        let (before, now): (BTreeSet<&str>, BTreeSet<&str>) =
            (declared_words(old).collect(), declared_words(new).collect());
        let mut named: BTreeSet<String> = BTreeSet::new();
        for ((effect, subject), commands) in &self.found {
            if *effect == Effect::Collects {
                named.extend(words(new, subject, commands));
            }
        }
        let more: Vec<String> = now
            .difference(&before)
            .filter(|word| !named.contains(**word))
            .map(|word| (*word).to_owned())
            .collect();
        if !more.is_empty() {
            self.add(Effect::Collects, Subject::ErrorWords { words: more }, None);
        }
        // What is declared no more is named by what it was declared for, unless nothing else has changed.
        let less: Vec<String> = before.difference(&now).map(|word| (*word).to_owned()).collect();
        if self.found.keys().all(|(effect, _)| *effect != Effect::StopsCollecting) && !less.is_empty() {
            self.add(Effect::StopsCollecting, Subject::ErrorWords { words: less }, None);
        }
    }

    /// What has another name or number and means the same.
    fn names(&mut self, old: &PolicySource, new: &PolicySource) {
        let (from, to) = (old.version, new.version);
        if from != to {
            self.add(Effect::Nothing, Subject::Version { from, to }, None);
        }
        for (from, values) in old.sets.iter().filter(|(name, _)| !new.sets.contains_key(*name)) {
            let mut same =
                new.sets.iter().filter(|(name, now)| !old.sets.contains_key(*name) && *now == values);
            if let Some((to, _)) = same.next() {
                let subject = Subject::SetName { from: from.clone(), to: to.clone() };
                self.add(Effect::Nothing, subject, None);
            }
        }
    }
}

/// The words that a change tells of.
fn words(new: &PolicySource, subject: &Subject, commands: &BTreeSet<String>) -> Vec<String> {
    match subject {
        Subject::Program { name }
        | Subject::CommandName { name }
        | Subject::DeprecatedCommandName { name }
        | Subject::FlagName { name, .. }
        | Subject::DeprecatedFlagName { name, .. } => vec![name.trim_start_matches('-').to_owned()],
        Subject::Command => {
            let rules = new.commands.iter().filter(|rule| commands.contains(&rule.path));
            let names = rules.flat_map(|rule| {
                let word = rule.path.rsplit(' ').next().map(str::to_owned);
                rule.aliases.iter().chain(&rule.deprecated).cloned().chain(word)
            });
            names.collect()
        }
        Subject::Flag { flag } => {
            let flags = new.flags.iter().filter(|(key, rule)| canonical(key, rule) == flag);
            let names = flags.flat_map(|(key, rule)| spellings(key, rule));
            names.map(|(name, _)| name.to_string().trim_start_matches('-').to_owned()).collect()
        }
        Subject::FlagValues { values, .. }
        | Subject::PositionalValues { values, .. }
        | Subject::PromptChoices { values, .. } => values
            .iter()
            .filter_map(|kept| match kept {
                Kept::Value(text) | Kept::Version(text) | Kept::Key(text) | Kept::ValueOfKey(text) => {
                    Some(text.clone())
                }
                Kept::Spelling { .. }
                | Kept::Bucket(_)
                | Kept::Separator(_)
                | Kept::AnyCase
                | Kept::List
                | Kept::Switch => None,
            })
            .collect(),
        Subject::ErrorCodes { codes } => codes.clone(),
        _ => Vec::new(),
    }
}
