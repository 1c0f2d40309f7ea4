//! Programs of every kind, made of clap commands, and command lines made for them: where clap takes a line, what is kept
//! of it is what clap found, each value by its flag or at its place; and nothing planted is kept of any line.

use std::collections::{BTreeMap, BTreeSet};

use clap::ArgMatches;
use clap::parser::ValueSource;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use telemetry_client::CommandPolicy;
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::Command as Kept;

use super::positionals::{Positional, TERMINATOR};
use super::programs::{Flag, Program, Values, any_value, any_word, programs};

/// What is kept of a line, by what it means.
#[derive(Debug, Default, PartialEq)]
struct Meaning {
    path: Vec<String>,
    flags: BTreeMap<String, BTreeSet<String>>,
    positionals: Vec<(u32, String)>,
}

impl Meaning {
    /// Whether this is a beginning of it, and nothing else.
    fn is_within(&self, other: &Self) -> bool {
        let is_same_command = self.path == other.path;
        other.path.starts_with(&self.path)
            && self.flags.iter().all(|(name, values)| {
                other.flags.get(name).is_some_and(|of_other| values.is_subset(of_other))
            })
            && (self.positionals.is_empty() || is_same_command && self.positionals == other.positionals)
    }

    /// Of a global flag that is given to two commands clap tells what the last of them was given.
    fn forget_what_clap_forgot(&mut self, by_clap: &mut Self, name: &str) {
        if let (Some(ours), Some(theirs)) = (self.flags.get(name), by_clap.flags.get_mut(name))
            && theirs.is_subset(ours)
        {
            theirs.clone_from(ours);
        }
    }
}

fn by_us(redactor: &Redactor, argv: &[String]) -> (Meaning, Kept) {
    let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
    let kept = redactor.read_command(&argv).command;
    let flags = kept
        .flags
        .iter()
        .map(|flag| (flag.name.to_string(), flag.values.iter().map(ToString::to_string).collect()));
    let positionals = kept
        .positionals
        .iter()
        .flat_map(|positional| positional.values.iter().map(|value| (positional.index, value.to_string())));
    let path = kept.path.iter().map(ToString::to_string).collect();
    (Meaning { path, flags: flags.collect(), positionals: positionals.collect() }, kept)
}

fn by_clap(program: &Program, argv: &[String]) -> Option<Meaning> {
    let matches = program.command().try_get_matches_from(argv).ok()?;
    let mut meaning = Meaning::default();
    let (mut at, mut here) = (program, &matches);
    let mut globals: Vec<&Flag> = Vec::new();
    loop {
        globals.extend(at.flags.iter().filter(|flag| flag.is_global));
        let local = at.flags.iter().filter(|flag| !flag.is_global);
        for flag in local.chain(globals.iter().copied()) {
            flag_by_clap(here, flag, &mut meaning);
        }
        let below = here.subcommand();
        // Another program's command may be called like one of ours.
        let below = below.filter(|(_, below)| below.ids().all(|id| !id.as_str().is_empty()));
        let below =
            below.and_then(|(name, below)| Some((at.below.iter().find(|one| one.name == name)?, below)));
        let Some((next, matches)) = below else { break };
        meaning.path.push(next.name.clone());
        (at, here) = (next, matches);
    }
    for Positional { id, values, place, goes_on } in at.positionals() {
        for (raw, further) in raws(here, &id).iter().zip(0..) {
            let index = if goes_on { place + further } else { place };
            meaning.positionals.extend(values.kept(raw).map(|kept| (index, kept)));
        }
    }
    Some(meaning)
}

fn flag_by_clap(matches: &ArgMatches, flag: &Flag, meaning: &mut Meaning) {
    let is_used = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    if flag.is_negated && is_used(&flag.negation()) {
        meaning.flags.entry(flag.name()).or_default().insert("false".to_owned());
    }
    if !is_used(&flag.id) {
        return;
    }
    let values = meaning.flags.entry(flag.name()).or_default();
    match flag.takes {
        None => drop(values.insert("true".to_owned())),
        Some(_) => values.extend(raws(matches, &flag.id).iter().filter_map(|raw| flag.values.kept(raw))),
    }
}

/// The arguments that clap found for one of the program's, in their order.
fn raws(matches: &ArgMatches, id: &str) -> Vec<String> {
    if matches.value_source(id) != Some(ValueSource::CommandLine) {
        return Vec::new();
    }
    let raws = matches.get_raw(id).into_iter().flatten();
    raws.map(|raw| raw.to_string_lossy().into_owned()).collect()
}

impl Values {
    /// The name of the declared value that a text is.
    fn kept(self, raw: &str) -> Option<String> {
        let same = |name: &str| match self {
            Self::Any => false,
            Self::Closed => name == raw,
            Self::Folded => name.eq_ignore_ascii_case(raw),
        };
        let member = super::programs::VALUES.iter().find(|names| names.iter().any(|name| same(name)))?;
        Some(member[0].to_owned())
    }
}

fn redactor(program: &Program) -> Redactor {
    let of = program.clone();
    let policy = CommandPolicy::new("orchard", move || of.command(), b"");
    Redactor::new(Policy::from_source(&policy.source()).unwrap())
}

/// What a line is made of, one choice an argument or two.
type Choice = (u8, Index, Index, Index);

fn lines() -> impl Strategy<Value = (Program, Vec<String>)> {
    let choice = (0..20_u8, any::<Index>(), any::<Index>(), any::<Index>());
    let name = (any::<Index>(), any::<Index>(), any::<Index>());
    (programs(), name, prop::collection::vec(choice, 0..7)).prop_map(|(program, name, choices)| {
        let argv = line(&program, name, &choices);
        (program, argv)
    })
}

/// What the executable of such a program is called, and the command that it is.
fn executable(program: &Program, (one, other, third): (Index, Index, Index)) -> (String, Option<&Program>) {
    let directory = ["", "/usr/bin/", "./", "/home/ada/pear.d/"][other.index(4)];
    let ending = ["", "", ".exe", ".old"][third.index(4)];
    let below = (one.index(8) > 0).then(|| &program.below[one.index(program.below.len())]);
    let name = match below {
        Some(below) => below.written(third, program.infers),
        None if other.index(3) == 0 => format!("zq{}mark", third.index(10)),
        None => any_word(third),
    };
    (format!("{directory}{name}{ending}"), below)
}

fn line(program: &Program, name: (Index, Index, Index), choices: &[Choice]) -> Vec<String> {
    let mut argv = vec!["orchard".to_owned()];
    let mut at = program;
    if program.is_multicall {
        let (name, below) = executable(program, name);
        argv = vec![name];
        at = below.unwrap_or(at);
    }
    let mut globals: Vec<&Flag> = Vec::new();
    for (sort, one, other, third) in choices {
        let own: Vec<&Flag> = at.flags.iter().chain(globals.iter().copied()).collect();
        match sort {
            0..=6 if !own.is_empty() => argv.extend(own[one.index(own.len())].written(*other, *third)),
            7..=9 if !at.below.is_empty() => {
                globals.extend(at.flags.iter().filter(|flag| flag.is_global));
                at = &at.below[one.index(at.below.len())];
                argv.push(at.written(*other, program.infers));
            }
            16 | 17 if at.has_terminator() => {
                argv.extend((other.index(3) > 0).then(|| any_value(*one)));
                argv.push(TERMINATOR.to_owned());
            }
            16..=18 if at.has_missing() && other.index(2) == 0 => argv.push("--".to_owned()),
            10..=12 | 16..=19 => argv.push(any_value(*one)),
            13 if other.index(4) == 0 => argv.push(["-1", "-1.5", ";", "-1e2"][one.index(4)].to_owned()),
            13 => argv.push(any_word(*one)),
            14 => argv.push(format!("--{}", any_word(*one))),
            15 if one.index(3) == 0 => argv.push("--".to_owned()),
            _ => argv.push(format!("zq{}mark", one.index(10))),
        }
    }
    argv
}

/// Lines that are made. clap refuses three of four, which are not compared, and each kind of argument is in few.
const CASES: u32 = 2000;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: CASES.max(ProptestConfig::default().cases),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nothing_that_is_not_declared_is_kept((program, argv) in lines()) {
        let (_, raw) = by_us(&redactor(&program), &argv);
        let text = serde_json::to_string(&raw).unwrap();
        prop_assert!(!text.contains("zq"), "{argv:?}: {text}");
    }

    #[test]
    fn what_is_kept_of_a_line_is_what_clap_found((program, argv) in lines()) {
        prop_assert_eq!(difference(&program, &argv), None);
    }
}

/// How a line that clap takes is read otherwise.
fn difference(program: &Program, argv: &[String]) -> Option<String> {
    let mut declared = by_clap(program, argv)?;
    let (mut kept, raw) = by_us(&redactor(program), argv);
    for name in program.global_names() {
        kept.forget_what_clap_forgot(&mut declared, &name);
    }
    let is_same = if program.leads_on_behind_a_list() { kept.is_within(&declared) } else { kept == declared };
    let is_right = is_same && raw.misspellings.is_empty();
    (!is_right).then(|| format!("{argv:?}: {kept:?}, and by clap {declared:?} {:?}", raw.misspellings))
}

/// What clap refuses is not compared, so enough has to be taken, and enough of it has to be of each kind.
#[test]
fn clap_takes_a_good_part_of_the_lines() {
    let mut runner = TestRunner::deterministic();
    let (mut taken, mut with_flags, mut with_positionals) = (0, 0, 0);
    let (mut with_missing, mut with_terminator, mut multicall) = (0, 0, 0);
    for _ in 0..CASES {
        let (program, argv) = lines().new_tree(&mut runner).unwrap().current();
        let Some(meaning) = by_clap(&program, &argv).filter(|_| argv.len() > 1) else { continue };
        let named = |at: &Program, word: &String| at.below.iter().find(|below| below.name == *word).cloned();
        let at = meaning.path.iter().try_fold(program.clone(), |at, word| named(&at, word)).unwrap();
        let is_kept = !meaning.positionals.is_empty();
        taken += 1;
        with_flags += usize::from(meaning.flags.values().any(|values| !values.is_empty()));
        with_positionals += usize::from(is_kept);
        with_missing += usize::from(is_kept && at.has_missing());
        with_terminator += usize::from(is_kept && argv.iter().any(|argument| argument == TERMINATOR));
        multicall += usize::from(program.is_multicall && !meaning.path.is_empty());
    }
    let of_all = (taken, with_flags, with_positionals);
    assert!(taken >= 400 && with_flags >= 150 && with_positionals >= 40, "{of_all:?}");
    let of_each = (with_missing, with_terminator, multicall);
    assert!(with_missing >= 20 && with_terminator >= 20 && multicall >= 40, "{of_each:?} {of_all:?}");
}
