//! From a policy as it is written to its compiled form. Names that lead nowhere are reported.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::duration::duration_us;
use super::image::{
    Bound, Field, Flag, Header, Index, Item, LAYOUT, MAGIC, Name, Node, Positional, Prompt, Record as _,
    Rule, STRINGS, Slot, Span, Text, checksum,
};
use super::value_rule::{Unit, labels};
use super::{
    Case, CommandRule, FlagRule, NameKind, PolicyProblem, PolicySource, PromptRule, Record, ValueRule,
};
use crate::hash::fnv1a;

/// Compiles a policy. The bytes are of use only where nothing was reported, here or by [`super::check`].
pub(super) fn compile(source: &PolicySource, problems: &mut Vec<PolicyProblem>) -> Vec<u8> {
    let mut sections = Sections::default();
    let sets = source.sets.iter().map(|(name, values)| (name.as_str(), sections.set(values))).collect();
    let mut compiler =
        Compiler { source, problems, sections, sets, rules: HashMap::new(), flags: HashMap::new() };
    compiler.rules();
    compiler.flags();
    compiler.commands();
    compiler.prompts();
    compiler.finish()
}

/// The sections as they grow.
#[derive(Default)]
struct Sections {
    bytes: [Vec<u8>; 10],
    strings: String,
    texts: HashMap<String, Text>,
}

impl Sections {
    fn len<T: Item>(&self) -> usize {
        self.bytes[T::SECTION].len() / T::SIZE
    }

    fn push<T: Item>(&mut self, item: T) -> usize {
        self.bytes[T::SECTION].extend_from_slice(item.bytes().as_ref());
        self.len::<T>() - 1
    }

    fn extend<T: Item>(&mut self, items: impl IntoIterator<Item = T>) -> Span {
        let start = self.len::<T>();
        for item in items {
            self.push(item);
        }
        span(start, self.len::<T>() - start)
    }

    fn text(&mut self, text: &str) -> Text {
        if let Some(known) = self.texts.get(text) {
            return *known;
        }
        let Span { start, count: length } = span(self.strings.len(), text.len());
        self.strings.push_str(text);
        self.texts.insert(text.to_owned(), Text { start, length });
        Text { start, length }
    }

    fn texts<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) -> Span {
        let texts: Vec<Text> = texts.into_iter().map(|text| self.text(text)).collect();
        self.extend(texts)
    }

    fn set(&mut self, values: &[String]) -> Span {
        let sorted: BTreeSet<&str> = values.iter().map(String::as_str).collect();
        self.texts(sorted)
    }
}

struct Compiler<'a> {
    source: &'a PolicySource,
    problems: &'a mut Vec<PolicyProblem>,
    sections: Sections,
    sets: HashMap<&'a str, Span>,
    /// Positions of the rules, by the name that `values` gives.
    rules: HashMap<&'a str, usize>,
    /// Positions of the flags, by their key.
    flags: HashMap<&'a str, usize>,
}

impl Compiler<'_> {
    // Never inlined, as in the check of words.
    #[inline(never)]
    fn report(&mut self, place: impl Into<String>, message: impl Into<String>) {
        self.problems.push(PolicyProblem::new(place, message));
    }

    /// A rule for each set, and for each of the value rules.
    fn rules(&mut self) {
        for name in self.source.sets.keys() {
            let values = self.sets.get(name.as_str()).copied().unwrap_or_default();
            self.rules.insert(name, self.sections.push(Rule { values, ..Rule::default() }));
        }
        for (name, rule) in &self.source.value_rules {
            let ValueRule {
                values,
                spellings,
                case,
                versions,
                numbers,
                durations,
                keys,
                key_values,
                separator,
            } = rule;
            let set = |name: &Option<String>| {
                name.as_ref().and_then(|name| self.sets.get(name.as_str())).copied().unwrap_or_default()
            };
            let (unit, bounds, spelled): (_, Vec<i64>, Vec<String>) = if durations.is_empty() {
                let unit = if numbers.is_empty() { Unit::None } else { Unit::Number };
                (unit, numbers.clone(), numbers.iter().map(i64::to_string).collect())
            } else {
                let bounds = durations.iter().filter_map(|duration| duration_us(duration)).collect();
                (Unit::Duration, bounds, durations.clone())
            };
            let mut compiled = Rule {
                case: number(usize::from(*case == Case::Folded)),
                separator: separator.unwrap_or('=').into(),
                values: set(values),
                versions: set(versions),
                keys: set(keys),
                key_values: set(key_values),
                unit: number(unit as usize),
                ..Rule::default()
            };
            let spellings = spellings.iter().flat_map(|(spelling, member)| [&**spelling, member]);
            compiled.spellings = self.sections.texts(spellings);
            let labels = labels(&bounds, &spelled, unit);
            compiled.bounds = self.sections.extend(bounds.into_iter().map(|at| Bound { at }));
            compiled.labels = self.sections.texts(labels.iter().map(String::as_str));
            self.rules.insert(name, self.sections.push(compiled));
        }
    }

    /// The position of a rule, counted from 1; 0 for none.
    fn rule(&self, name: Option<&String>) -> u32 {
        number(name.and_then(|name| self.rules.get(name.as_str())).map_or(0, |index| index + 1))
    }

    fn flags(&mut self) {
        for (key, rule) in &self.source.flags {
            let FlagRule {
                name,
                short,
                short_aliases,
                aliases,
                deprecated,
                negations,
                takes,
                max_values,
                dashes,
                terminator,
                values,
                list,
            } = rule;
            let name = name.as_deref().unwrap_or(key);
            let names = named(name, aliases, deprecated)
                .chain(negations.iter().map(|negation| (negation.as_str(), NameKind::Negation)));
            let names: Vec<Name> =
                names.map(|(text, kind)| self.sections.name(text, kind, self.flags.len())).collect();
            let flag = Flag {
                name: self.sections.text(name),
                short: short.map_or(0, u32::from),
                short_aliases: self.sections.text(&short_aliases.iter().collect::<String>()),
                names: self.sections.extend(names),
                takes: number(*takes as usize),
                max_values: max_values.unwrap_or_default(),
                dashes: number(*dashes as usize),
                terminator: self.sections.text(terminator.as_deref().unwrap_or_default()),
                list: number(*list as usize),
                rule: self.rule(values.as_ref()),
            };
            self.flags.insert(key, self.sections.push(flag));
        }
    }

    fn commands(&mut self) {
        let source = self.source;
        if source.commands.first().is_none_or(|first| !first.path.is_empty()) {
            self.report("commands[0].path", "the first command is the program itself, with an empty path");
        }
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut below: Vec<BTreeMap<&str, (usize, NameKind)>> = Vec::new();
        let mut nodes = Vec::with_capacity(source.commands.len());
        for (index, rule) in source.commands.iter().enumerate() {
            let at = |field: &str| format!("commands[{index}].{field}");
            let (above, word) = rule.path.rsplit_once(' ').unwrap_or(("", &rule.path));
            let parent = if rule.path.is_empty() { None } else { places.get(above).copied() };
            if !rule.path.is_empty() && parent.is_none() {
                self.report(at("path"), format!("there is no command `{above}` before it"));
            }
            if places.insert(&rule.path, index).is_some() {
                self.report(at("path"), "the same path stands there twice");
            }
            let flags = self.flag_list(&at("flags"), &rule.flags);
            let persistent = self.flag_list(&at("persistent_flags"), &rule.persistent_flags);
            let withheld = self.flag_list(&at("withhold"), &rule.withhold);
            let positionals: Vec<Positional> = rule
                .positionals
                .iter()
                .map(|positional| Positional {
                    rule: self.rule(positional.values.as_ref()),
                    dashes: number(positional.dashes as usize),
                    list: number(positional.list as usize),
                    repeats: number(positional.repeats as usize),
                    terminator: self.sections.text(positional.terminator.as_deref().unwrap_or_default()),
                    missing: number(positional.missing as usize),
                })
                .collect();
            nodes.push(Node {
                word: self.sections.text(word),
                parent: number(parent.map_or(0, |parent| parent + 1)),
                record: number(rule.record as usize),
                subcommands: number(rule.subcommands as usize),
                children: Span::default(),
                flags,
                persistent_flags: persistent,
                positionals: self.sections.extend(positionals),
                withheld,
            });
            below.push(BTreeMap::new());
            if let Some(parent) = parent {
                for (place, name, kind) in command_names(index, rule) {
                    if let Some((other, _)) = below[parent].insert(name, (index, kind)) {
                        let other = &source.commands[other].path;
                        self.report(place, format!("`{name}` is a name of the command `{other}` too"));
                    }
                }
            }
        }
        for (mut node, below) in nodes.into_iter().zip(below) {
            let names: Vec<Name> = below
                .into_iter()
                .map(|(text, (target, kind))| self.sections.name(text, kind, target))
                .collect();
            node.children = self.sections.extend(names);
            self.sections.push(node);
        }
    }

    fn prompts(&mut self) {
        for (id, PromptRule { kind, values }) in &self.source.prompts {
            let (id, rule) = (self.sections.text(id), self.rule(values.as_ref()));
            self.sections.push(Prompt { id, kind: number(*kind as usize), rule });
        }
    }

    fn flag_list(&mut self, at: &str, keys: &[String]) -> Span {
        let mut found = Vec::with_capacity(keys.len());
        for (place, key) in keys.iter().enumerate() {
            match self.flags.get(key.as_str()) {
                Some(flag) => found.push(Index { at: number(*flag) }),
                None => self.report(format!("{at}[{place}]"), format!("there is no flag `{key}` in `flags`")),
            }
        }
        self.sections.extend(found)
    }

    fn finish(mut self) -> Vec<u8> {
        let source = self.source;
        let declared: BTreeSet<&str> = super::declared_words(source).collect();
        // Half of the places stay empty, so that a word that is not there is told after one or two of them.
        let slots = (declared.len() * 2).next_power_of_two();
        let mut table = vec![Slot::default(); slots];
        for word in declared.into_iter().filter(|word| !word.is_empty()) {
            let mut at = fnv1a(word.as_bytes()) as usize & (slots - 1);
            while table[at].text.length > 0 {
                at = (at + 1) & (slots - 1);
            }
            table[at] = Slot { text: self.sections.text(word) };
        }
        self.sections.extend(table);
        let program_names =
            std::iter::once(&source.program).chain(&source.program_aliases).map(String::as_str);
        let withholds =
            source.commands.iter().any(|rule| !rule.withhold.is_empty() || rule.record != Record::Everything);
        let mut header = Header {
            magic: MAGIC,
            layout: LAYOUT,
            version: source.version,
            dialect: number(source.dialect as usize),
            first_word: number(source.first_word as usize),
            timestamps: number(source.timestamps as usize),
            abbreviations: number(source.abbreviations as usize),
            withholds: number(usize::from(withholds)),
            program: self.sections.text(&source.program),
            environment_prefix: self.sections.text(source.environment_prefix.as_deref().unwrap_or_default()),
            program_names: self.sections.texts(program_names),
            error_codes: self.sections.texts(source.error_codes.iter().map(String::as_str)),
            templates: self.sections.texts(
                source
                    .templates
                    .iter()
                    .flat_map(|rule| [&*rule.text, rule.code.as_deref().unwrap_or_default()]),
            ),
            ..Header::default()
        };
        let mut rest = Vec::new();
        let texts = self.sections.strings.into_bytes();
        for (number, section) in self.sections.bytes.iter().chain([&texts]).enumerate() {
            debug_assert!(number <= STRINGS);
            header.sections[number] = span(Header::SIZE + rest.len(), section.len());
            rest.extend_from_slice(section);
        }
        header.checksum = checksum(header, &rest);
        [&header.bytes()[..], &rest].concat()
    }
}

impl Sections {
    fn name(&mut self, text: &str, kind: NameKind, target: usize) -> Name {
        Name { text: self.text(text), target: number(target), kind: number(kind as usize) }
    }
}

fn named<'a>(
    name: &'a str,
    aliases: &'a [String],
    deprecated: &'a [String],
) -> impl Iterator<Item = (&'a str, NameKind)> {
    let of = |names: &'a [String], kind| names.iter().map(move |name| (name.as_str(), kind));
    std::iter::once((name, NameKind::Canonical))
        .chain(of(aliases, NameKind::Alias))
        .chain(of(deprecated, NameKind::Deprecated))
}

/// The names of a command's last word, each with its place in the file.
fn command_names(index: usize, rule: &CommandRule) -> impl Iterator<Item = (String, &str, NameKind)> {
    let name = rule.path.rsplit(' ').next().unwrap_or_default();
    let of = move |names: &[String], field: &str, kind| {
        let places: Vec<String> =
            (0..names.len()).map(|place| format!("commands[{index}].{field}[{place}]")).collect();
        places.into_iter().map(move |place| (place, kind))
    };
    let aliases = of(&rule.aliases, "aliases", NameKind::Alias);
    let deprecated = of(&rule.deprecated, "deprecated", NameKind::Deprecated);
    let names = rule.aliases.iter().chain(&rule.deprecated).map(String::as_str);
    std::iter::once((format!("commands[{index}].path"), name, NameKind::Canonical))
        .chain(aliases.chain(deprecated).zip(names).map(|((place, kind), name)| (place, name, kind)))
}

/// Sections hold far less than 4 GiB: a policy file is bounded by what reads it.
fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn span(start: usize, count: usize) -> Span {
    Span { start: number(start), count: number(count) }
}
