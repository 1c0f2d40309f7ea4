//! What holds of a command together with those above it: whether each name leads to one flag only, and whether what
//! is said of a flag reaches it.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use super::{CommandRule, Dialect, FlagRule, NameKind, PolicyProblem, PolicySource};

/// Names that lead to two flags, and rules for flags that are not there.
pub(crate) fn problems(source: &PolicySource) -> Vec<PolicyProblem> {
    let mut scope = Scope { source, places: HashMap::new(), problems: Vec::new() };
    for (index, rule) in source.commands.iter().enumerate() {
        scope.names(index, rule);
        scope.places.entry(&rule.path).or_insert(index);
    }
    for (index, rule) in source.commands.iter().enumerate() {
        scope.withheld(index, rule);
    }
    scope.problems
}

struct Scope<'a> {
    source: &'a PolicySource,
    /// Commands by their path, as far as they were seen.
    places: HashMap<&'a str, usize>,
    problems: Vec<PolicyProblem>,
}

/// A flag as one of a command's names finds it.
#[derive(Clone, Copy)]
struct Owner<'a> {
    key: &'a str,
    name: &'a str,
    /// The command that declares it.
    path: &'a str,
}

impl<'a> Scope<'a> {
    /// A long name or a short name must lead to one flag only. A flag may stand for one of the same name that a
    /// command above hands down, but not for a part of that one's names.
    fn names(&mut self, index: usize, rule: &'a CommandRule) {
        let mut owners: HashMap<Spelling<'a>, Owner<'a>> = HashMap::new();
        let lists = [("flags", &rule.flags), ("persistent_flags", &rule.persistent_flags)];
        for (field, keys) in lists {
            for (place, key) in keys.iter().enumerate() {
                let Some(flag) = self.source.flags.get(key) else { continue };
                let owner = Owner { key, name: canonical(key, flag), path: &rule.path };
                let taken: Vec<_> =
                    spellings(key, flag).filter_map(|(name, _)| owners.insert(name, owner)).collect();
                if let Some(other) = taken.first() {
                    self.problems.push(PolicyProblem::new(
                        format!("commands[{index}].{field}[{place}]"),
                        format!("shares a name with the flag `{}`", other.key),
                    ));
                }
            }
        }
        // clap and cobra refuse to start with two such flags. Programs that give each command a table of its own do not:
        // the command's own flag is meant there.
        if !matches!(self.source.dialect, Dialect::Clap | Dialect::Pflag) {
            return;
        }
        for above in self.above(&rule.path) {
            for key in &above.persistent_flags {
                let Some(flag) = self.source.flags.get(key) else { continue };
                let owner = Owner { key, name: canonical(key, flag), path: &above.path };
                let mut clash = None;
                for (spelling, _) in spellings(key, flag) {
                    let known = *owners.entry(spelling).or_insert(owner);
                    if known.name != owner.name {
                        clash = Some((known, spelling));
                    }
                }
                // Those that are declared above are reported there.
                if let Some((known, spelling)) = clash.filter(|(known, _)| known.path == rule.path) {
                    let place = place_of(rule, known.key).unwrap_or("flags".to_owned());
                    let message = format!(
                        "`{}` of the flag `{}` is a name of `{}` too, which `{}` hands down",
                        spelling,
                        known.key,
                        owner.key,
                        if above.path.is_empty() { &self.source.program } else { &above.path },
                    );
                    self.problems.push(PolicyProblem::new(format!("commands[{index}].{place}"), message));
                }
            }
        }
    }

    /// The commands above one, nearest first.
    fn above(&self, path: &'a str) -> Vec<&'a CommandRule> {
        let paths = std::iter::successors(parent(path), |path| parent(path));
        paths.filter_map(|path| self.source.commands.get(*self.places.get(path)?)).collect()
    }

    /// What is withheld must be a flag that the command takes, or one below it.
    fn withheld(&mut self, index: usize, rule: &'a CommandRule) {
        if rule.withhold.is_empty() {
            return;
        }
        let flags = &self.source.flags;
        let handed_down = self.above(&rule.path).into_iter().flat_map(|above| &above.persistent_flags);
        let below = self.source.commands.iter().filter(|other| is_at_or_below(&other.path, &rule.path));
        let own = below.flat_map(|below| below.flags.iter().chain(&below.persistent_flags));
        let taken: BTreeSet<&str> = handed_down
            .chain(own)
            .filter_map(|key| flags.get(key).map(|flag| canonical(key, flag)))
            .collect();
        for (place, key) in rule.withhold.iter().enumerate() {
            let Some(flag) = flags.get(key) else { continue };
            if !taken.contains(canonical(key, flag)) {
                self.problems.push(PolicyProblem::new(
                    format!("commands[{index}].withhold[{place}]"),
                    format!("neither this command nor one below it takes `{key}`"),
                ));
            }
        }
    }
}

fn place_of(rule: &CommandRule, key: &str) -> Option<String> {
    let find = |keys: &[String]| keys.iter().position(|known| known == key);
    find(&rule.flags)
        .map(|place| format!("flags[{place}]"))
        .or_else(|| find(&rule.persistent_flags).map(|place| format!("persistent_flags[{place}]")))
}

/// The path of the command above.
pub(super) fn parent(path: &str) -> Option<&str> {
    (!path.is_empty()).then(|| path.rsplit_once(' ').map_or("", |(above, _)| above))
}

/// Whether a path is another one or leads on from it.
pub(super) fn is_at_or_below(path: &str, above: &str) -> bool {
    above.is_empty() || path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// The name under which a flag is stored.
pub(super) fn canonical<'a>(key: &'a str, flag: &'a FlagRule) -> &'a str {
    flag.name.as_deref().unwrap_or(key)
}

/// A way to write a flag's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Spelling<'a> {
    Long(&'a str),
    Short(char),
}

impl fmt::Display for Spelling<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Long(name) => write!(f, "--{name}"),
            Self::Short(letter) => write!(f, "-{letter}"),
        }
    }
}

/// Every way to write a flag's name, and what kind of name it is.
pub(super) fn spellings<'a>(
    key: &'a str,
    flag: &'a FlagRule,
) -> impl Iterator<Item = (Spelling<'a>, NameKind)> {
    let FlagRule { name: _, short, short_aliases, aliases, deprecated, negations, .. } = flag;
    let of = |names: &'a [String], kind| names.iter().map(move |name| (Spelling::Long(name), kind));
    std::iter::once((Spelling::Long(canonical(key, flag)), NameKind::Canonical))
        .chain(short.map(|letter| (Spelling::Short(letter), NameKind::Canonical)))
        .chain(short_aliases.iter().map(|letter| (Spelling::Short(*letter), NameKind::Alias)))
        .chain(of(aliases, NameKind::Alias))
        .chain(of(deprecated, NameKind::Deprecated))
        .chain(of(negations, NameKind::Negation))
}
