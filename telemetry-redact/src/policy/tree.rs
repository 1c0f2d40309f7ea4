//! The command tree of a compiled policy, for walking along a command line.

mod positionals;

use std::ops::RangeInclusive;

use telemetry_schema::{PromptKind, TimestampPrecision};

use super::image::{Flag, Image, Index, Name, Node, Prompt, Rule, Section, Text};
use super::value_rule::ValueJudge;
use super::{
    Abbreviations, Dashes, Dialect, FirstWord, List, Missing, NameKind, Record, Repeats, Subcommands, Takes,
};

/// A command in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(usize);

/// A flag in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FlagId(usize);

/// The program itself.
pub(crate) fn root() -> NodeId {
    NodeId(0)
}

/// How the values of a flag or positional argument are judged. Without a judge all are dropped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) judge: Option<ValueJudge<'a>>,
    pub(crate) list: List,
}

/// The command tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tree<'a> {
    image: &'a Image,
}

impl<'a> Tree<'a> {
    pub(super) fn new(image: &'a Image) -> Self {
        Self { image }
    }

    pub(crate) fn dialect(self) -> Dialect {
        Dialect::of(self.image.header.dialect)
    }

    /// Where the first word of a command stands.
    pub(crate) fn first_word(self) -> FirstWord {
        FirstWord::of(self.image.header.first_word)
    }

    pub(crate) fn timestamps(self) -> TimestampPrecision {
        precision(self.image.header.timestamps)
    }

    /// Whether any command withholds what is declared.
    pub(crate) fn withholds(self) -> bool {
        self.image.header.withholds != 0
    }

    fn node(self, node: NodeId) -> Option<Node> {
        self.image.item(node.0)
    }

    fn flag(self, flag: FlagId) -> Option<Flag> {
        self.image.item(flag.0)
    }

    fn parent(self, node: NodeId) -> Option<NodeId> {
        usize::try_from(self.node(node)?.parent).ok()?.checked_sub(1).map(NodeId)
    }

    /// The command and those above it.
    pub(crate) fn upwards(self, node: NodeId) -> impl Iterator<Item = NodeId> {
        // A damaged block could lead in a circle.
        const MAX_DEPTH: usize = 64;
        std::iter::successors(Some(node), move |node| self.parent(*node)).take(MAX_DEPTH)
    }

    /// The command that `word` leads to, and what kind of name it is.
    pub(crate) fn child(self, node: NodeId, word: &str) -> Option<(NodeId, NameKind)> {
        let names = self.names_below(node);
        let found = names.search(|name| self.image.raw(name.text).cmp(word.as_bytes()));
        found.map(|name| (NodeId(name.target as usize), NameKind::of(name.kind)))
    }

    /// The command that `word` is an unambiguous beginning of, where the program allows that.
    pub(crate) fn abbreviated_child(self, node: NodeId, word: &str) -> Option<NodeId> {
        let allowed = matches!(self.abbreviations(), Abbreviations::Commands | Abbreviations::All);
        let names = self.names_below(node).iter().filter(|_| allowed && !word.is_empty());
        let targets = names.filter(|name| self.image.text(name.text).starts_with(word));
        the_only(targets.map(|name| name.target)).map(|target| NodeId(target as usize))
    }

    fn abbreviations(self) -> Abbreviations {
        Abbreviations::of(self.image.header.abbreviations)
    }

    fn names_below(self, node: NodeId) -> Section<'a, Name> {
        self.image.span(self.node(node).map(|node| node.children).unwrap_or_default())
    }

    /// Whether there are commands below.
    pub(crate) fn has_children(self, node: NodeId) -> bool {
        !self.names_below(node).is_empty()
    }

    /// Where a word can be a command below.
    pub(crate) fn subcommands(self, node: NodeId) -> Subcommands {
        self.node(node).map_or(Subcommands::Usual, |node| Subcommands::of(node.subcommands))
    }

    /// Every name of the commands below.
    pub(crate) fn words_below(self, node: NodeId) -> impl Iterator<Item = &'a str> {
        self.names_below(node).iter().map(move |name| self.image.text(name.text))
    }

    /// The canonical last word of a command.
    pub(crate) fn word(self, node: NodeId) -> &'a str {
        self.node(node).map_or("", |node| self.image.text(node.word))
    }

    /// The flags a command takes: its own first, then the persistent ones, nearest first.
    pub(crate) fn flags_of(self, node: NodeId) -> impl Iterator<Item = FlagId> {
        let own = self.node(node).map(|node| node.flags);
        let persistent = self.upwards(node).filter_map(move |node| Some(self.node(node)?.persistent_flags));
        own.into_iter()
            .chain(persistent)
            .flat_map(move |span| self.image.span::<Index>(span).iter())
            .map(|index| FlagId(index.at as usize))
    }

    /// The flag of a command that is called `name`, and what kind of name that is.
    pub(crate) fn long_flag(self, node: NodeId, name: &str) -> Option<(FlagId, NameKind)> {
        self.flags_of(node).find_map(|id| Some((id, self.name_kind(id, name)?)))
    }

    /// The flag that `name` is an unambiguous beginning of, where the program allows that.
    pub(crate) fn abbreviated_flag(self, node: NodeId, name: &str) -> Option<(FlagId, NameKind)> {
        let allowed = matches!(self.abbreviations(), Abbreviations::Flags | Abbreviations::All);
        let flags = self.flags_of(node).filter(|_| allowed && !name.is_empty());
        // A negation sets another value than its flag, so a beginning of both is ambiguous.
        let names = flags.flat_map(|id| {
            let begins = self.names(id).iter().filter(|known| self.image.text(known.text).starts_with(name));
            begins.map(move |known| (id, NameKind::of(known.kind) == NameKind::Negation))
        });
        let (flag, negated) = the_only(names)?;
        Some((flag, if negated { NameKind::Negation } else { NameKind::Alias }))
    }

    fn names(self, id: FlagId) -> Section<'a, Name> {
        self.image.span(self.flag(id).map(|flag| flag.names).unwrap_or_default())
    }

    /// What kind of name of a flag this is, if it is one.
    pub(crate) fn name_kind(self, id: FlagId, name: &str) -> Option<NameKind> {
        let known = self.names(id).iter().find(|known| self.image.raw(known.text) == name.as_bytes())?;
        Some(NameKind::of(known.kind))
    }

    /// The flag of a command that has this short name.
    pub(crate) fn short_flag(self, node: NodeId, short: char) -> Option<FlagId> {
        let is_called = |flag: Flag| {
            flag.short == u32::from(short) || self.image.text(flag.short_aliases).contains(short)
        };
        self.flags_of(node).find(|id| self.flag(*id).is_some_and(is_called))
    }

    /// Every long name of every flag that is so long, as bytes.
    pub(crate) fn flag_names_of(self, length: RangeInclusive<usize>) -> impl Iterator<Item = &'a [u8]> {
        let names = self.image.all::<Name>();
        let flags = self.image.all::<Flag>().iter();
        flags
            .flat_map(move |flag| names.span(flag.names).iter())
            .filter(move |name| length.contains(&(name.text.length as usize)))
            .map(move |name| self.image.raw(name.text))
    }

    /// Every long name of a flag.
    pub(crate) fn flag_names(self, id: FlagId) -> impl Iterator<Item = &'a str> {
        self.names(id).iter().map(move |name| self.image.text(name.text))
    }

    /// The canonical name of a flag.
    pub(crate) fn flag_name(self, id: FlagId) -> &'a str {
        self.flag(id).map_or("", |flag| self.image.text(flag.name))
    }

    /// Whether a flag takes a value, and how many arguments at most.
    pub(crate) fn takes(self, id: FlagId) -> (Takes, usize) {
        let Some(flag) = self.flag(id) else { return (Takes::Nothing, 0) };
        let takes = Takes::of(flag.takes);
        let most = match takes {
            Takes::Values | Takes::OptionalValues if flag.max_values == 0 => usize::MAX,
            Takes::Values | Takes::OptionalValues => flag.max_values as usize,
            Takes::Nothing | Takes::Value | Takes::OptionalValue => 1,
        };
        (takes, most)
    }

    /// What begins with a dash where a value of a flag is expected.
    pub(crate) fn dashes(self, id: FlagId) -> Dashes {
        self.flag(id).map_or(Dashes::Flags, |flag| Dashes::of(flag.dashes))
    }

    /// Whether an argument ends the values of a flag.
    pub(crate) fn terminates(self, id: FlagId, argument: &[u8]) -> bool {
        self.flag(id).is_some_and(|flag| self.ends(flag.terminator, argument))
    }

    fn ends(self, terminator: Text, argument: &[u8]) -> bool {
        terminator.length > 0 && self.image.raw(terminator) == argument
    }

    /// How a flag's values are judged.
    pub(crate) fn flag_values(self, id: FlagId) -> Values<'a> {
        let flag = self.flag(id);
        let judge = flag.and_then(|flag| self.judge(flag.rule));
        Values { judge, list: flag.map_or(List::None, |flag| List::of(flag.list)) }
    }

    /// What a declared question asks for, and how choices are judged. Without a judge all are dropped.
    pub(crate) fn prompt(self, id: &str) -> Option<(PromptKind, Option<ValueJudge<'a>>)> {
        let prompts = self.image.all::<Prompt>();
        let prompt = prompts.search(|prompt| self.image.text(prompt.id).cmp(id))?;
        // What is not known is asked as that of which least is kept.
        let kind = PromptKind::ALL.get(prompt.kind as usize).copied().unwrap_or(PromptKind::Password);
        Some((kind, self.judge(prompt.rule)))
    }

    /// The command that these words lead to, the program's name not among them.
    pub(crate) fn walk<'w>(self, words: impl IntoIterator<Item = &'w str>) -> Option<NodeId> {
        words.into_iter().try_fold(root(), |node, word| Some(self.child(node, word)?.0))
    }

    fn judge(self, rule: u32) -> Option<ValueJudge<'a>> {
        let rule: Rule = self.image.item((rule as usize).checked_sub(1)?)?;
        Some(ValueJudge::new(self.image, rule))
    }

    /// How much of a command is recorded: the least of it and those above.
    pub(crate) fn record(self, node: NodeId) -> Record {
        let records = self.upwards(node).filter_map(|node| self.node(node));
        records.map(|node| Record::of(node.record)).max().unwrap_or_default()
    }

    /// Whether the values of a flag of this canonical name are withheld for a command.
    pub(crate) fn withholds_flag(self, node: NodeId, name: &str) -> bool {
        let withheld = self.upwards(node).filter_map(|node| self.node(node)).map(|node| node.withheld);
        let mut flags = withheld.flat_map(|span| self.image.span::<Index>(span).iter());
        flags.any(|index| self.flag_name(FlagId(index.at as usize)) == name)
    }

    /// A flag of any command that is called `name`.
    pub(crate) fn flag_anywhere(self, name: &str) -> Option<FlagId> {
        self.all_flags().find(|id| self.name_kind(*id, name).is_some())
    }

    /// Every flag of every command.
    pub(crate) fn all_flags(self) -> impl Iterator<Item = FlagId> {
        (0..self.image.all::<Flag>().len()).map(FlagId)
    }

    /// The command that a written command line's words lead to, the program's name first.
    pub(crate) fn resolve<'w>(self, words: impl IntoIterator<Item = &'w str>) -> Option<NodeId> {
        let mut words = words.into_iter().peekable();
        let program = *words.peek()?;
        match self.first_word() {
            FirstWord::Executable => self.walk(words),
            FirstWord::Argument if self.image.has(self.image.header.program_names, program) => {
                self.walk(words.skip(1))
            }
            FirstWord::Argument => None,
        }
    }
}

/// The one thing that all of them are.
fn the_only<T: PartialEq>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

/// Enums as their positions. What is none of them is read as the first, or the one that keeps least.
macro_rules! numbered {
    ($($type:ident: $($variant:ident),+; else $least:ident;)+) => {
        $(impl $type {
            pub(super) fn of(number: u32) -> Self {
                const ALL: &[$type] = &[$($type::$variant),+];
                ALL.get(number as usize).copied().unwrap_or($type::$least)
            }
        })+

        #[test]
        fn numbers_are_positions() {
            $(for (number, variant) in [$($type::$variant),+].into_iter().enumerate() {
                assert_eq!(variant as usize, number);
            })+
        }
    };
}

numbered! {
    Dialect: Pflag, Getopt, Clap, GoFlag; else Clap;
    FirstWord: Argument, Executable; else Executable;
    Abbreviations: None, Flags, Commands, All; else None;
    Takes: Nothing, Value, OptionalValue, Values, OptionalValues; else Value;
    List: None, Comma; else None;
    Dashes: Flags, Values, Numbers; else Values;
    Repeats: Once, Rest, All; else All;
    Missing: Never, Possibly; else Possibly;
    Subcommands: Usual, First, Always; else Usual;
    Record: Everything, Names, Path; else Path;
    NameKind: Canonical, Alias, Deprecated, Negation; else Alias;
}

fn precision(number: u32) -> TimestampPrecision {
    // What is not known is as coarse as can be.
    let all = TimestampPrecision::ALL;
    all.get(number as usize).or(all.last()).copied().unwrap_or_default()
}
