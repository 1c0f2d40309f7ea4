//! Command lines of a policy, each with what must become of its parts.

mod positionals;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::Index;
use telemetry_schema::{Command, Deprecated, Flag, Misspelling, Place, Typed, Value, Word};

use super::outline::{Kind, Outline};
use super::parts::{self, Argument, FlagChoice, ValueChoice};
use super::places::{Next, Places};
use super::planted::planted_values;
use super::spell::{self, After, Known};
use crate::policy::{FirstWord, PolicySource, Record, Subcommands};

/// A command line, and what must become of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CommandLine {
    /// The arguments, the program's name first.
    pub argv: Vec<String>,
    /// The values in it that the policy does not declare where they stand: none may come out.
    pub planted: Vec<String>,
    /// All that is declared where it stands, in the spelling that is stored: path, flags and their values,
    /// positionals, deprecated names, misspellings. The order of flags and values, and the counts, say nothing.
    pub kept: Command,
}

/// Command lines of a policy, in every form its dialect has, with values of the user's wherever one can stand.
///
/// ```
/// use proptest::strategy::{Strategy, ValueTree};
/// use telemetry_redact::policy::{Dialect, PolicySource};
/// use telemetry_redact::strategies::command_lines;
///
/// let source = PolicySource::new("orchard", 1, Dialect::Clap);
/// let mut runner = proptest::test_runner::TestRunner::deterministic();
/// let line = command_lines(&source).new_tree(&mut runner).unwrap().current();
/// assert_eq!(line.argv[0], "orchard");
/// ```
pub fn command_lines(source: &PolicySource) -> impl Strategy<Value = CommandLine> + use<> {
    command_lines_with(source, planted_values())
}

/// As [`command_lines`], with values of your own: those that your users' command lines really hold.
///
/// Give values that the policy nowhere declares and that no ordinary text has, so that finding one is a leak. What has
/// a digit in it is found in pieces too.
///
/// ```
/// use proptest::prelude::*;
/// use telemetry_redact::policy::{Dialect, PolicySource};
/// use telemetry_redact::strategies::command_lines_with;
///
/// let project_ids = "[0-9a-f]{24}".prop_map(String::from);
/// let lines = command_lines_with(&PolicySource::new("orchard", 1, Dialect::Clap), project_ids);
/// # let _ = lines;
/// ```
pub fn command_lines_with<S>(source: &PolicySource, planted: S) -> impl Strategy<Value = CommandLine> + use<S>
where
    S: Strategy<Value = String> + Clone + 'static,
{
    let outline = Arc::new(Outline::new(source));
    choices(planted.boxed()).prop_map(move |choices| Builder::new(&outline, choices.command).line(&choices))
}

/// A command line as picks from whatever the policy has; a smaller pick is a simpler line.
#[derive(Debug, Clone)]
struct Choices {
    program: Index,
    command: Index,
    words: Vec<Index>,
    flags: Vec<(Index, FlagChoice)>,
    positionals: Vec<(Index, ValueChoice)>,
    /// A word that is nearly a command, where a command is expected.
    mistyped: Option<(Index, Index)>,
    /// Before which positional `--` stands.
    separator: Option<Index>,
}

fn choices(planted: BoxedStrategy<String>) -> impl Strategy<Value = Choices> {
    let index = any::<Index>;
    (
        index(),
        index(),
        prop::collection::vec(index(), 0..6),
        prop::collection::vec((index(), parts::flag_choices(planted.clone())), 0..7),
        prop::collection::vec((index(), parts::value_choices(planted)), 0..4),
        prop::option::weighted(0.1, (index(), index())),
        prop::option::weighted(0.3, index()),
    )
        .prop_map(|(program, command, words, flags, positionals, mistyped, separator)| Choices {
            program,
            command,
            words,
            flags,
            positionals,
            mistyped,
            separator,
        })
}

/// A part of a line, in its place.
enum Piece {
    Word(String),
    Separator,
    Flag(parts::FlagPart),
    Positional(Argument),
}

/// Canonical names, and the values that are kept.
pub(super) type Flags = BTreeMap<String, BTreeSet<String>>;

struct Builder<'a> {
    outline: &'a Outline,
    way: Vec<usize>,
    at: usize,
    planted: BTreeSet<String>,
    flags: Flags,
    /// Whether a flag of the last command stands before.
    is_under_way: bool,
    kept: Command,
}

impl<'a> Builder<'a> {
    fn new(outline: &'a Outline, command: Index) -> Self {
        let mut at = command.index(outline.source.commands.len().max(1));
        if outline.source.first_word == FirstWord::Executable && at == 0 {
            // Its own line is that of a name which nothing is called by.
            at = outline.source.commands.len().saturating_sub(1);
        }
        Self {
            outline,
            way: outline.way_to(at),
            at,
            planted: BTreeSet::new(),
            flags: BTreeMap::new(),
            is_under_way: false,
            kept: Command::default(),
        }
    }

    fn line(mut self, choices: &Choices) -> CommandLine {
        let source = &self.outline.source;
        let programs: Vec<&String> =
            std::iter::once(&source.program).chain(&source.program_aliases).collect();
        let program = programs[choices.program.index(programs.len())].clone();
        let pieces = self.pieces(choices);

        // From the end, since the form of a flag depends on what follows it.
        let mut arguments: Vec<String> = Vec::new();
        let mut takes_bundle = false;
        let mut used = Vec::new();
        for piece in pieces.into_iter().rev() {
            let next = arguments.last().cloned();
            let written = match &piece {
                Piece::Flag(flag) => {
                    let after = After { argument: next.as_deref(), takes_bundle };
                    let Some(written) = spell::write(source.dialect, &flag.used, after) else { continue };
                    if spell::joins(&written) {
                        arguments.pop();
                    }
                    takes_bundle = written.takes_bundle;
                    arguments.extend(written.arguments.iter().rev().cloned());
                    written.values
                }
                Piece::Word(text) | Piece::Positional(Argument { text, .. }) => {
                    arguments.push(text.clone());
                    takes_bundle = false;
                    0
                }
                Piece::Separator => {
                    arguments.push("--".to_owned());
                    takes_bundle = false;
                    0
                }
            };
            used.push((piece, written));
        }
        match source.first_word {
            FirstWord::Argument => arguments.push(program),
            FirstWord::Executable => {
                let name = arguments.pop().unwrap_or(program + "-7");
                arguments.push(format!("/usr/bin/{name}.exe"));
            }
        }
        arguments.reverse();

        let mut places = Places::of(self.rules());
        let mut is_separated = false;
        while let Some((piece, values)) = used.pop() {
            let next = match used.last() {
                None => Next::Nothing,
                Some((Piece::Flag(_), _)) => Next::Flag,
                Some(_) => Next::Word,
            };
            match piece {
                Piece::Word(_) => self.is_under_way = false,
                Piece::Separator => {
                    is_separated = true;
                    places.separate();
                }
                Piece::Flag(flag) => {
                    self.is_under_way |= flag.used.known == Known::Here;
                    self.expect_flag(&flag, values);
                }
                Piece::Positional(argument) => {
                    self.expect_positional(argument, &mut places, next, is_separated);
                }
            }
        }
        store(self.outline, self.at, self.flags, &mut self.kept);
        CommandLine { argv: arguments, planted: self.planted.into_iter().collect(), kept: self.kept }
    }

    fn pieces(&mut self, choices: &Choices) -> Vec<Piece> {
        let positionals = self.positionals(choices);
        let before = match choices.separator {
            // Where an argument ends the flags, the separator after a positional argument is one itself.
            Some(_) if self.ends_flags() => 0,
            Some(index) => index.index(positionals.len() + 1),
            None => positionals.len(),
        };
        let mut slots: Vec<Vec<Piece>> = self.way.iter().map(|_| Vec::new()).collect();
        for (slot, choice) in &choices.flags {
            let slot = slot.index(slots.len());
            let place = parts::Place { outline: self.outline, here: self.way[slot], command: self.at };
            let rule = self.outline.command(self.way[slot]);
            let leads_on = slot + 1 < slots.len();
            let is_before_all = slot == 0 && self.outline.source.first_word == FirstWord::Executable;
            // Behind a flag of such a command there is no command below it.
            let is_first = leads_on && rule.is_some_and(|rule| rule.subcommands == Subcommands::First);
            if !is_first && !is_before_all {
                slots[slot].extend(place.flag(choice).map(Piece::Flag));
            }
        }
        let mut pieces = Vec::new();
        for (depth, slot) in slots.into_iter().enumerate() {
            if depth > 0 {
                let index = choices.words.get(depth - 1).copied();
                pieces.push(Piece::Word(self.word(self.way[depth], index)));
            }
            pieces.extend(slot);
        }
        let words =
            pieces.iter().rposition(|piece| matches!(piece, Piece::Word(_))).map_or(0, |last| last + 1);
        let mut separated = Vec::new();
        for (at, (place, argument)) in positionals.into_iter().enumerate() {
            if at >= before {
                separated.push(Piece::Positional(argument));
            } else if !argument.text.starts_with('-') || argument.text.len() == 1 {
                let last = pieces.len();
                let first = pieces.iter().rposition(|piece| matches!(piece, Piece::Positional(_)));
                let first = first.map_or(words, |first| first + 1);
                let place = if self.ends_flags() { last } else { first + place.index(last - first + 1) };
                pieces.insert(place, Piece::Positional(argument));
            }
        }
        if choices.separator.is_some() {
            pieces.push(Piece::Separator);
            pieces.extend(separated);
        }
        pieces
    }

    /// One of the names of a command's last word, or an unambiguous beginning of one.
    fn word(&mut self, command: usize, index: Option<Index>) -> String {
        let parent =
            self.way[self.way.iter().position(|at| *at == command).unwrap_or_default().saturating_sub(1)];
        let names = self.outline.word_names(command);
        let mut spellings: Vec<&str> = names.iter().map(|(name, _)| *name).collect();
        let beginnings = names.iter().flat_map(|(name, _)| (1..name.len()).filter_map(|end| name.get(..end)));
        spellings.extend(
            beginnings
                .filter(|word| self.outline.command_word(parent, word).is_some_and(|(at, _)| at == command)),
        );
        let word = index.map_or(spellings[0], |index| spellings[index.index(spellings.len())]);
        self.kept.path.extend(Word::new(names[0].0));
        if self.outline.command_word(parent, word).is_some_and(|(_, kind)| kind == Kind::Deprecated) {
            self.expect_deprecated(Place::Command, word);
        }
        word.to_owned()
    }

    fn expect_flag(&mut self, flag: &parts::FlagPart, values: usize) {
        let parts::FlagPart { used, key, kind, name, arguments } = flag;
        let mut kept = BTreeSet::new();
        for argument in arguments.iter().take(values) {
            let of_argument = match (key, used.known) {
                (Some(key), Known::Here | Known::Later) => {
                    parts::kept_of_flag(self.outline, key, *kind, &argument.text)
                }
                _ => Vec::new(),
            };
            self.planted
                .extend(argument.planted.iter().filter(|planted| !of_argument.contains(planted)).cloned());
            kept.extend(of_argument);
        }
        match (key, name) {
            (Some(key), name) => {
                if values == 0 && used.known != Known::Never {
                    kept.extend(parts::bare_value(self.outline, key, *kind).map(str::to_owned));
                }
                if *kind == Kind::Deprecated && used.known != Known::Never {
                    self.expect_deprecated(Place::Flag, name.text());
                }
                self.flags.entry(self.outline.canonical(key).to_owned()).or_default().extend(kept);
            }
            (None, parts::Called::Mistyped(typed)) => self.expect_misspelling(Place::Flag, typed),
            (None, parts::Called::Planted(planted)) => self.planted.extend([planted.clone()]),
            (None, parts::Called::Name(_) | parts::Called::Letter) => {}
        }
    }

    fn expect_deprecated(&mut self, place: Place, name: &str) {
        let deprecated = Word::new(name).map(|name| Deprecated { place, name });
        let is_new = |deprecated: &Deprecated| !self.kept.deprecated.contains(deprecated);
        let deprecated = deprecated.ok().filter(is_new);
        self.kept.deprecated.extend(deprecated);
    }

    fn expect_misspelling(&mut self, place: Place, typed: &str) {
        // Which of the near words was meant is the redactor's to say.
        if let (Ok(typed), Ok(meant)) = (Typed::new(typed), Word::new(typed)) {
            self.kept.misspellings.push(Misspelling { place, typed, meant });
        }
    }
}

/// Puts flags among what is kept, and takes out what is declared and yet withheld.
pub(super) fn store(outline: &Outline, at: usize, flags: Flags, kept: &mut Command) {
    let record = outline.record(at);
    for (name, mut values) in flags {
        if record != Record::Everything || outline.withholds(at, &name) {
            values.clear();
        }
        let values = values.into_iter().filter_map(|value| Value::new(value).ok()).collect();
        kept.flags.extend(Word::new(name).map(|name| Flag { name, values }));
    }
    if record != Record::Everything {
        kept.positionals.clear();
    }
    if record == Record::Path {
        kept.flags.clear();
        kept.misspellings.retain(|misspelling| misspelling.place == Place::Command);
        kept.deprecated.retain(|deprecated| deprecated.place == Place::Command);
    }
}
