//! The command tree, indexed for walking along a command line.

use std::collections::HashMap;

use super::{PolicyProblem, PolicySource, PositionalRule, Repeats};

/// A command in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(usize);

/// A flag in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FlagId(usize);

/// The command tree.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// By `(parent, word)`: the child a word leads to, aliases included.
    children: HashMap<(usize, Box<str>), usize>,
    flags: Vec<FlagNode>,
    /// Positions in `flags` by key.
    program_names: Vec<Box<str>>,
}

#[derive(Debug)]
struct Node {
    rule: usize,
    parent: Option<usize>,
    word: Box<str>,
    own_flags: Vec<usize>,
    persistent_flags: Vec<usize>,
    words_below: Vec<Box<str>>,
}

#[derive(Debug)]
struct FlagNode {
    key: Box<str>,
    name: Box<str>,
    short: Option<char>,
    aliases: Vec<Box<str>>,
}

impl Tree {
    /// Indexes a policy; what does not resolve is reported.
    pub(super) fn new(source: &PolicySource, problems: &mut Vec<PolicyProblem>) -> Self {
        let flags: Vec<FlagNode> = source
            .flags
            .iter()
            .map(|(key, rule)| FlagNode {
                key: key.as_str().into(),
                name: rule.name.as_deref().unwrap_or(key).into(),
                short: rule.short,
                aliases: rule.aliases.iter().map(|alias| alias.as_str().into()).collect(),
            })
            .collect();
        let by_key: HashMap<&str, usize> =
            flags.iter().enumerate().map(|(index, flag)| (&*flag.key, index)).collect();
        let program_names = std::iter::once(&source.program)
            .chain(&source.program_aliases)
            .map(|name| name.as_str().into())
            .collect();
        let mut builder = Builder { source, problems, by_key, nodes: Vec::new(), children: HashMap::new() };
        builder.add_commands();
        let Builder { nodes, children, .. } = builder;
        let tree = Self { nodes, children, flags, program_names };
        tree.check_clashes(problems);
        tree
    }

    /// The command that `word`, a name or an alias, leads to.
    pub(crate) fn child(&self, node: NodeId, word: &str) -> Option<NodeId> {
        // The key needs an owned word; command words are short and this runs a few times a process.
        self.children.get(&(node.0, word.into())).copied().map(NodeId)
    }

    /// Whether there are commands below.
    pub(crate) fn has_children(&self, node: NodeId) -> bool {
        self.nodes.get(node.0).is_some_and(|node| !node.words_below.is_empty())
    }

    /// Every name and alias of the commands below.
    pub(crate) fn words_below(&self, node: NodeId) -> impl Iterator<Item = &str> {
        self.nodes.get(node.0).into_iter().flat_map(|node| &node.words_below).map(|word| &**word)
    }

    /// The canonical last word of a command.
    pub(crate) fn word(&self, node: NodeId) -> &str {
        self.nodes.get(node.0).map_or("", |node| &node.word)
    }

    /// The command's place in the policy's list.
    pub(crate) fn rule(&self, node: NodeId) -> Option<usize> {
        self.nodes.get(node.0).map(|node| node.rule)
    }

    /// The flags a command takes: its own first, then the persistent ones, nearest first.
    pub(crate) fn flags_of(&self, node: NodeId) -> impl Iterator<Item = FlagId> {
        let ancestors = std::iter::successors(self.nodes.get(node.0), |node| self.nodes.get(node.parent?));
        let own = self.nodes.get(node.0).into_iter().flat_map(|node| node.own_flags.iter());
        own.chain(ancestors.flat_map(|node| node.persistent_flags.iter())).copied().map(FlagId)
    }

    /// The flag of a command that is called `name`, as its name or an alias.
    pub(crate) fn long_flag(&self, node: NodeId, name: &str) -> Option<FlagId> {
        self.flags_of(node).find(|id| self.flag_names(*id).any(|known| known == name))
    }

    /// The flag of a command that has this short name.
    pub(crate) fn short_flag(&self, node: NodeId, short: char) -> Option<FlagId> {
        self.flags_of(node).find(|id| self.flags.get(id.0).is_some_and(|flag| flag.short == Some(short)))
    }

    /// The name and aliases of a flag.
    pub(crate) fn flag_names(&self, id: FlagId) -> impl Iterator<Item = &str> {
        let flag = self.flags.get(id.0);
        flag.into_iter().flat_map(|flag| std::iter::once(&flag.name).chain(&flag.aliases)).map(|name| &**name)
    }

    /// The canonical name of a flag.
    pub(crate) fn flag_name(&self, id: FlagId) -> &str {
        self.flags.get(id.0).map_or("", |flag| &flag.name)
    }

    /// The key of a flag in the policy.
    pub(crate) fn flag_key(&self, id: FlagId) -> &str {
        self.flags.get(id.0).map_or("", |flag| &flag.key)
    }

    /// A flag of any command that is called `name`, as its name or an alias.
    pub(crate) fn flag_anywhere(&self, name: &str) -> Option<FlagId> {
        self.all_flags().find(|id| self.flag_names(*id).any(|known| known == name))
    }

    /// Every flag of every command.
    pub(crate) fn all_flags(&self) -> impl Iterator<Item = FlagId> {
        (0..self.flags.len()).map(FlagId)
    }

    /// The command that a written command line's words lead to, the program's name first.
    pub(crate) fn resolve<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Option<NodeId> {
        let mut words = words.into_iter();
        let program = words.next()?;
        self.program_names.iter().any(|name| &**name == program).then_some(())?;
        words.try_fold(root(), |node, word| self.child(node, word))
    }

    /// A long name or a short name must lead to one flag only. A command's own flag may stand for a persistent one
    /// of a command above it.
    fn check_clashes(&self, problems: &mut Vec<PolicyProblem>) {
        for node in &self.nodes {
            for (field, flags) in [("flags", &node.own_flags), ("persistent_flags", &node.persistent_flags)] {
                let mut longs = HashMap::new();
                let mut shorts = HashMap::new();
                for (place, flag) in flags.iter().enumerate() {
                    let names = self.flag_names(FlagId(*flag)).filter_map(|name| longs.insert(name, *flag));
                    let short = self.flags.get(*flag).and_then(|flag| flag.short);
                    let clash = names.chain(short.and_then(|short| shorts.insert(short, *flag))).next();
                    if let Some(other) = clash {
                        let other = self.flag_key(FlagId(other));
                        let at = format!("commands[{}].{field}[{place}]", node.rule);
                        problems
                            .push(PolicyProblem::new(at, format!("shares a name with the flag `{other}`")));
                    }
                }
            }
        }
    }
}

/// The program itself.
pub(crate) fn root() -> NodeId {
    NodeId(0)
}

/// The rule for the positional argument at `index`.
pub(crate) fn positional_rule(rules: &[PositionalRule], index: usize) -> Option<&PositionalRule> {
    rules.get(index).or_else(|| rules.last().filter(|rule| rule.repeats == Repeats::Rest))
}

struct Builder<'a> {
    source: &'a PolicySource,
    problems: &'a mut Vec<PolicyProblem>,
    by_key: HashMap<&'a str, usize>,
    nodes: Vec<Node>,
    children: HashMap<(usize, Box<str>), usize>,
}

impl Builder<'_> {
    fn add_commands(&mut self) {
        let mut places: HashMap<&str, usize> = HashMap::new();
        if self.source.commands.first().is_none_or(|first| !first.path.is_empty()) {
            self.report("commands[0].path", "the first command is the program itself, with an empty path");
        }
        for (index, rule) in self.source.commands.iter().enumerate() {
            let at = |field: &str| format!("commands[{index}].{field}");
            let (above, word) = rule.path.rsplit_once(' ').unwrap_or(("", &rule.path));
            let parent = if rule.path.is_empty() { None } else { places.get(above).copied() };
            if !rule.path.is_empty() && parent.is_none() {
                self.report(&at("path"), &format!("there is no command `{above}` before it"));
            }
            let node = self.nodes.len();
            if places.insert(&rule.path, node).is_some() {
                self.report(&at("path"), "the same path stands there twice");
            }
            let own_flags = self.flags(&at("flags"), &rule.flags);
            let persistent_flags = self.flags(&at("persistent_flags"), &rule.persistent_flags);
            let word = word.into();
            self.nodes.push(Node {
                rule: index,
                parent,
                word,
                own_flags,
                persistent_flags,
                words_below: Vec::new(),
            });
            if let Some(parent) = parent {
                self.add_names(parent, node, index);
            }
        }
    }

    fn add_names(&mut self, parent: usize, node: usize, index: usize) {
        let rule = &self.source.commands[index];
        let name = rule.path.rsplit(' ').next().unwrap_or_default();
        for (place, word) in std::iter::once(name).chain(rule.aliases.iter().map(String::as_str)).enumerate()
        {
            if self.children.insert((parent, word.into()), node).is_some() {
                let at = match place.checked_sub(1) {
                    Some(alias) => format!("commands[{index}].aliases[{alias}]"),
                    None => format!("commands[{index}].path"),
                };
                self.report(&at, "another command in the same place has this name");
            }
            self.nodes[parent].words_below.push(word.into());
        }
    }

    fn flags(&mut self, at: &str, keys: &[String]) -> Vec<usize> {
        let mut flags = Vec::with_capacity(keys.len());
        for (place, key) in keys.iter().enumerate() {
            match self.by_key.get(key.as_str()) {
                Some(flag) => flags.push(*flag),
                None => {
                    self.report(&format!("{at}[{place}]"), &format!("there is no flag `{key}` in `flags`"));
                }
            }
        }
        flags
    }

    fn report(&mut self, place: &str, message: &str) {
        self.problems.push(PolicyProblem::new(place, message));
    }
}
