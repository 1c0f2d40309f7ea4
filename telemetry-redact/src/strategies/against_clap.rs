//! Our reading of a command line against clap's own, of a program that clap builds by the same policy.

use std::collections::BTreeSet;

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use telemetry_schema::{Command, Positional, Value, Word};

use super::laws::Parts;
use super::lines::{Flags, command_lines, store};
use super::outline::{Kind, Outline, shorts as letters};
use super::{judge, policies_of};
use crate::policy::{
    Abbreviations, Dashes, Dialect, FirstWord, FlagRule, Missing, PolicySource, Repeats, Subcommands, Takes,
    declared_words,
};
use crate::{Policy, Redactor};

/// The command of a policy as a program that uses clap would declare it.
fn program(outline: &Outline, at: usize) -> clap::Command {
    let abbreviations = outline.source.abbreviations;
    let names = outline.word_names(at);
    let aliases: Vec<String> = names.iter().skip(1).map(|(name, _)| (*name).to_owned()).collect();
    let mut command = clap::Command::new(names[0].0.to_owned())
        .aliases(aliases)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .infer_long_args(matches!(abbreviations, Abbreviations::Flags | Abbreviations::All))
        .infer_subcommands(matches!(abbreviations, Abbreviations::Commands | Abbreviations::All));
    let (mut longs, mut shorts) = (BTreeSet::new(), BTreeSet::new());
    for key in outline.flags_of(at) {
        let names: Vec<(&str, Kind)> =
            outline.long_names(key).into_iter().filter(|(name, _)| longs.insert(*name)).collect();
        let all = outline.flag(key).into_iter().flat_map(letters);
        let own: Vec<char> = all.filter(|short| shorts.insert(*short)).collect();
        command = command.args(flag(outline, key, &names, &own));
    }
    let subcommands = outline.command(at).map(|rule| rule.subcommands).unwrap_or_default();
    command = command.args_conflicts_with_subcommands(subcommands == Subcommands::First);
    let positionals = outline.command(at).map(|rule| rule.positionals.as_slice()).unwrap_or_default();
    for (place, rule) in positionals.iter().enumerate() {
        let arg = values_end_at(rule.terminator.as_ref(), Arg::new(positional_id(place)).index(place + 1));
        if rule.missing == Missing::Possibly {
            command = command.allow_missing_positional(true);
        }
        command = command.arg(match rule.repeats {
            Repeats::Once => arg,
            Repeats::Rest => arg.num_args(0..).action(ArgAction::Append),
            Repeats::All => arg.num_args(0..).action(ArgAction::Append).trailing_var_arg(true),
        });
    }
    if at == 0 && outline.source.first_word == FirstWord::Executable {
        command = command.multicall(true);
    }
    let children = outline.children(at).into_iter().map(|child| program(outline, child));
    children.fold(command, clap::Command::subcommand)
}

fn positional_id(place: usize) -> String {
    format!("positional {place}")
}

fn negation_id(key: &str) -> String {
    format!("no {key}")
}

/// A flag, and a second one that turns it off where there are such names.
fn flag(outline: &Outline, key: &str, names: &[(&str, Kind)], letters: &[char]) -> Vec<Arg> {
    let Some(rule) = outline.flag(key) else { return Vec::new() };
    let arg_called = |id: String, is_negation: bool| {
        let mut names = names.iter().filter(|(_, kind)| (*kind == Kind::Negation) == is_negation);
        let first = names.next().map(|(name, _)| (*name).to_owned());
        let arg = Arg::new(id).aliases(names.map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
        first.map(|first| arg.clone().long(first)).or((!letters.is_empty() && !is_negation).then_some(arg))
    };
    let most = rule.max_values.map_or(usize::MAX, |most| most as usize);
    let arg = arg_called(key.to_owned(), false).map(|arg| match letters {
        [first, others @ ..] => arg.short(*first).short_aliases(others.iter().copied()),
        [] => arg,
    });
    let arg = arg.map(|arg| match rule.takes {
        Takes::Nothing => arg.action(ArgAction::Count),
        Takes::Value => arg.action(ArgAction::Append).num_args(1),
        Takes::OptionalValue => arg.action(ArgAction::Append).num_args(0..=1).require_equals(true),
        Takes::Values => arg.action(ArgAction::Append).num_args(1..=most),
        Takes::OptionalValues => arg.action(ArgAction::Append).num_args(0..=most),
    });
    let arg = arg.map(|arg| values_end(rule, arg));
    let negation = arg_called(negation_id(key), true).map(|arg| arg.action(ArgAction::Count));
    arg.into_iter().chain(negation).collect()
}

/// With what says which arguments are its values.
fn values_end(rule: &FlagRule, arg: Arg) -> Arg {
    values_end_at(rule.terminator.as_ref(), arg.allow_hyphen_values(rule.dashes == Dashes::Values))
}

fn values_end_at(terminator: Option<&String>, arg: Arg) -> Arg {
    match terminator {
        Some(terminator) => arg.value_terminator(terminator.clone()),
        None => arg,
    }
}

/// What clap found, as the policy keeps it.
fn kept_by_clap(outline: &Outline, matches: &ArgMatches) -> Command {
    let mut kept = Command::default();
    let mut flags = Flags::new();
    let (mut at, mut here) = (0, matches);
    loop {
        for key in outline.flags_of(at) {
            flags_by_clap(outline, here, key, &mut flags);
        }
        let Some((word, below)) = here.subcommand() else { break };
        kept.path.push(Word::new(word).unwrap());
        at = outline.children(at).into_iter().find(|child| outline.word_names(*child)[0].0 == word).unwrap();
        here = below;
    }
    let rules = outline.command(at).map(|rule| rule.positionals.as_slice()).unwrap_or_default();
    let texts = rules.iter().zip(0..).flat_map(|(rule, place)| {
        let texts = here.get_many::<String>(&positional_id(place as usize)).into_iter().flatten();
        texts.zip(0..).map(move |(text, further)| {
            (rule, if rule.terminator.is_some() { place } else { place + further }, text)
        })
    });
    for (rule, index, text) in texts {
        let values = judge::kept(&outline.source, rule.values.as_ref(), rule.list, text);
        let values: Vec<Value> = values.into_iter().map(|value| Value::new(value).unwrap()).collect();
        if !values.is_empty() {
            kept.positionals.push(Positional { index, values });
        }
    }
    store(outline, at, flags, &mut kept);
    kept
}

fn flags_by_clap(outline: &Outline, matches: &ArgMatches, key: &str, flags: &mut Flags) {
    let is_used = |id: &str| {
        matches.try_contains_id(id).unwrap_or(false)
            && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    let rule = outline.flag(key).unwrap();
    let name = outline.canonical(key);
    if is_used(&negation_id(key)) {
        flags.entry(name.to_owned()).or_default().insert("false".to_owned());
    }
    if !is_used(key) {
        return;
    }
    let values = flags.entry(name.to_owned()).or_default();
    if rule.takes == Takes::Nothing {
        values.insert("true".to_owned());
        return;
    }
    let texts = matches.get_many::<String>(key).into_iter().flatten();
    values.extend(texts.flat_map(|text| judge::kept(&outline.source, rule.values.as_ref(), rule.list, text)));
}

/// A change to a line, so that it is none that anybody would have thought of.
#[derive(Debug, Clone)]
struct Edit {
    sort: u8,
    at: Index,
    other: Index,
}

fn edited(mut argv: Vec<String>, edits: &[Edit], source: &PolicySource) -> Vec<String> {
    let words: Vec<&str> = declared_words(source).collect();
    for Edit { sort, at, other } in edits {
        let place = at.index(argv.len());
        if place == 0 {
            continue;
        }
        let second = 1 + other.index(argv.len() - 1);
        let word = words[other.index(words.len())];
        match sort {
            0 => drop(argv.remove(place)),
            1 => argv.insert(place, argv[second].clone()),
            2 => argv.swap(place, second),
            3 => argv.insert(place, word.to_owned()),
            4 => argv.insert(place, format!("--{word}")),
            5 => argv.insert(place, "--".to_owned()),
            _ => argv[place].push_str(word),
        }
    }
    argv
}

fn lines() -> impl Strategy<Value = (PolicySource, Vec<String>)> {
    let edit =
        (0..7_u8, any::<Index>(), any::<Index>()).prop_map(|(sort, at, other)| Edit { sort, at, other });
    let edits = prop_oneof![1 => Just(Vec::new()), 2 => prop::collection::vec(edit, 1..4)];
    (policies_of(Dialect::Clap), edits).prop_flat_map(|(source, edits)| {
        let lines = command_lines(&source);
        (Just(source), Just(edits), lines).prop_map(|(source, edits, line)| {
            let argv = edited(line.argv, &edits, &source);
            (source, argv)
        })
    })
}

/// Lines that are made. clap refuses five of six, which are not compared: so four times as many as are usual.
const CASES: u32 = 1024;

fn by_clap(outline: &Outline, argv: &[String]) -> Option<Command> {
    let matches = program(outline, 0).try_get_matches_from(argv).ok()?;
    Some(kept_by_clap(outline, &matches))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(CASES) })]

    /// Where clap takes a line, we keep what it found, each value by the flag and at the place where it found it; and
    /// nothing else.
    #[test]
    fn a_line_is_read_as_clap_reads_it((source, argv) in lines()) {
        // An empty argument is the beginning of every command for clap, and of none for us.
        prop_assume!(!argv.iter().any(String::is_empty));
        let outline = Outline::new(&source);
        if let Some(declared) = by_clap(&outline, &argv) {
            let redactor = Redactor::new(Policy::from_source(&source).unwrap());
            let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
            let mut kept = redactor.read_command(&argv).command;
            // clap does not tell by which name it found a thing.
            kept.deprecated.clear();
            let (kept, declared) = (Parts::of(&kept), Parts::of(&declared));
            prop_assert!(
                kept.is_within(&declared) && declared.is_within(&kept),
                "{argv:?}: {kept:?}, and by clap {declared:?}",
            );
        }
    }
}

/// What clap refuses is not compared, so enough has to be taken of as many lines as the law looks at.
#[test]
fn clap_takes_a_good_part_of_the_lines() {
    let mut runner = TestRunner::deterministic();
    let taken = (0..CASES).filter(|_| {
        let (source, argv) = lines().new_tree(&mut runner).unwrap().current();
        argv.len() > 2 && by_clap(&Outline::new(&source), &argv).is_some()
    });
    let taken = taken.count();
    assert!(taken >= 150, "{taken} of {CASES}");
}
