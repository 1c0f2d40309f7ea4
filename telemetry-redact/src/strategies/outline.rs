//! What a policy says, read off its source without the compiled form: the other witness of what a line means.

use std::collections::BTreeMap;

use crate::policy::{Abbreviations, CommandRule, Dialect, FlagRule, PolicySource, Record};

/// What kind of name a name is, and whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Canonical,
    Alias,
    Deprecated,
    Negation,
}

/// A policy's source with its tree laid out. Commands are positions in `source.commands`, flags are keys.
#[derive(Debug, Clone)]
pub(super) struct Outline {
    pub(super) source: PolicySource,
    parents: Vec<Option<usize>>,
}

impl Outline {
    pub(super) fn new(source: &PolicySource) -> Self {
        let places: BTreeMap<&str, usize> =
            source.commands.iter().enumerate().map(|(at, rule)| (rule.path.as_str(), at)).collect();
        let parent = |rule: &CommandRule| {
            let above = rule.path.rsplit_once(' ').map_or("", |(above, _)| above);
            places.get(above).copied().filter(|_| !rule.path.is_empty())
        };
        let parents = source.commands.iter().map(parent).collect();
        Self { source: source.clone(), parents }
    }

    pub(super) fn command(&self, at: usize) -> Option<&CommandRule> {
        self.source.commands.get(at)
    }

    /// The command and those above it, nearest first.
    fn upwards(&self, at: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(at), |at| self.parents.get(*at).copied().flatten())
    }

    /// The commands on the way from the program to this one, both with it.
    pub(super) fn way_to(&self, at: usize) -> Vec<usize> {
        let mut way: Vec<usize> = self.upwards(at).collect();
        way.reverse();
        way
    }

    /// The commands right below.
    pub(super) fn children(&self, at: usize) -> Vec<usize> {
        (0..self.parents.len()).filter(|child| self.parents[*child] == Some(at)).collect()
    }

    /// Every name of the commands below, with the command.
    pub(super) fn names_below(&self, at: usize) -> Vec<(&str, usize, Kind)> {
        let names = |child| self.word_names(child).into_iter().map(move |(name, kind)| (name, child, kind));
        self.children(at).into_iter().flat_map(names).collect()
    }

    /// The names of a command's last word, the canonical one first.
    pub(super) fn word_names(&self, at: usize) -> Vec<(&str, Kind)> {
        let Some(rule) = self.command(at) else { return Vec::new() };
        let canonical = rule.path.rsplit(' ').next().unwrap_or_default();
        let aliases = rule.aliases.iter().map(|name| (name.as_str(), Kind::Alias));
        let deprecated = rule.deprecated.iter().map(|name| (name.as_str(), Kind::Deprecated));
        std::iter::once((canonical, Kind::Canonical)).chain(aliases).chain(deprecated).collect()
    }

    /// The keys of the flags that a command takes, in the order in which they are looked up.
    pub(super) fn flags_of(&self, at: usize) -> Vec<&str> {
        let own = self.command(at).map(|rule| &rule.flags);
        let persistent =
            self.upwards(at).filter_map(|at| self.command(at)).map(|rule| &rule.persistent_flags);
        own.into_iter().chain(persistent).flatten().map(String::as_str).collect()
    }

    pub(super) fn flag(&self, key: &str) -> Option<&FlagRule> {
        self.source.flags.get(key)
    }

    pub(super) fn canonical<'a>(&'a self, key: &'a str) -> &'a str {
        self.flag(key).and_then(|rule| rule.name.as_deref()).unwrap_or(key)
    }

    /// The long names of a flag, the canonical one first.
    pub(super) fn long_names<'a>(&'a self, key: &'a str) -> Vec<(&'a str, Kind)> {
        let Some(rule) = self.flag(key) else { return Vec::new() };
        let of = |names: &'a [String], kind| names.iter().map(move |name| (name.as_str(), kind));
        std::iter::once((self.canonical(key), Kind::Canonical))
            .chain(of(&rule.aliases, Kind::Alias))
            .chain(of(&rule.deprecated, Kind::Deprecated))
            .chain(of(&rule.negations, Kind::Negation))
            .collect()
    }

    /// The flag that a command finds under a long name.
    pub(super) fn find_long(&self, at: usize, name: &str) -> Option<(&str, Kind)> {
        self.flags_of(at).into_iter().find_map(|key| {
            let (_, kind) = self.long_names(key).into_iter().find(|(known, _)| *known == name)?;
            Some((key, kind))
        })
    }

    /// The flag that a command finds under a letter.
    pub(super) fn find_short(&self, at: usize, short: char) -> Option<&str> {
        self.flags_of(at)
            .into_iter()
            .find(|key| self.flag(key).is_some_and(|rule| shorts(rule).any(|letter| letter == short)))
    }

    /// The names that a flag of any command has.
    pub(super) fn flag_anywhere(&self, name: &str) -> Option<&str> {
        self.source
            .flags
            .keys()
            .map(String::as_str)
            .find(|key| self.long_names(key).iter().any(|(known, _)| *known == name))
    }

    /// The flag that a long name leads to, in full or shortened, and what it does.
    pub(super) fn resolve(&self, at: usize, name: &str) -> Option<(&str, Kind)> {
        if let Some(found) = self.find_long(at, name) {
            return Some(found);
        }
        let mut chars = name.chars();
        if self.source.dialect == Dialect::GoFlag
            && let (Some(letter), None) = (chars.next(), chars.next())
        {
            return self.find_short(at, letter).map(|key| (key, Kind::Canonical));
        }
        let is_allowed = matches!(self.source.abbreviations, Abbreviations::Flags | Abbreviations::All);
        let keys = self.flags_of(at).into_iter().filter(|_| is_allowed && !name.is_empty());
        let names =
            keys.flat_map(|key| self.long_names(key).into_iter().map(move |(name, kind)| (key, name, kind)));
        let mut meant = names
            .filter(|(_, known, _)| known.starts_with(name))
            .map(|(key, _, kind)| (key, if kind == Kind::Negation { Kind::Negation } else { Kind::Alias }));
        let first = meant.next()?;
        meant.all(|other| other == first).then_some(first)
    }

    fn abbreviates_commands(&self) -> bool {
        matches!(self.source.abbreviations, Abbreviations::Commands | Abbreviations::All)
    }

    /// The command below that a word leads to, in full or shortened, and by what kind of name.
    pub(super) fn command_word(&self, at: usize, word: &str) -> Option<(usize, Kind)> {
        let names = self.names_below(at);
        if let Some((_, child, kind)) = names.iter().find(|(name, _, _)| *name == word) {
            return Some((*child, *kind));
        }
        let is_allowed = self.abbreviates_commands() && !word.is_empty();
        let mut meant = names
            .iter()
            .filter(|(name, _, _)| is_allowed && name.starts_with(word))
            .map(|(_, child, _)| *child);
        let first = meant.next()?;
        meant.all(|other| other == first).then_some((first, Kind::Alias))
    }

    /// Whether a word is, or may be, one of the commands below.
    pub(super) fn is_command_word(&self, at: usize, word: &str) -> bool {
        self.command_word(at, word).is_some()
    }

    /// How much of a command is recorded.
    pub(super) fn record(&self, at: usize) -> Record {
        self.upwards(at).filter_map(|at| self.command(at)).map(|rule| rule.record).max().unwrap_or_default()
    }

    /// Whether a command withholds the values of the flag of this canonical name.
    pub(super) fn withholds(&self, at: usize, name: &str) -> bool {
        self.upwards(at)
            .filter_map(|at| self.command(at))
            .flat_map(|rule| &rule.withhold)
            .any(|key| self.canonical(key) == name)
    }
}

/// Every one-letter name of a flag.
pub(super) fn shorts(rule: &FlagRule) -> impl Iterator<Item = char> {
    rule.short.iter().chain(&rule.short_aliases).copied()
}
