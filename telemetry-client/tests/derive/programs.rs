//! Programs of every kind that clap can say and a policy is derived from.

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, Command};
use proptest::prelude::*;
use proptest::sample::Index;

use super::positionals::{self, End, Mix, Place, Positional, ends, places, values};

/// The values that are declared, each with its other spellings.
pub(crate) const VALUES: [&[&str]; 3] = [&["apple"], &["pear", "nashi"], &["plum", "prune", "Damson"]];

const WORDS: [&str; 8] = ["trees", "plant", "pick", "season", "list", "listing", "water", "graft"];
const FLAGS: [&str; 8] = ["fruit", "fruits", "colour", "output", "quiet", "dry-run", "wait", "no-name"];
const LETTERS: [char; 8] = ['f', 'c', 'o', 'q', 'n', 'w', '1', 'F'];

/// A program, or one of its commands.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) name: String,
    alias: Option<String>,
    pub(crate) flags: Vec<Flag>,
    places: Vec<Place>,
    end: End,
    /// Whether the executable is called as one of the commands below.
    pub(crate) is_multicall: bool,
    is_external: bool,
    order: Order,
    /// Of the whole program: whether flags and commands may be shortened.
    pub(crate) infers: (bool, bool),
    pub(crate) below: Vec<Program>,
}

#[derive(Debug, Clone)]
pub(crate) struct Flag {
    pub(crate) id: String,
    long: Option<String>,
    alias: Option<String>,
    letters: Vec<char>,
    pub(crate) is_global: bool,
    pub(crate) is_negated: bool,
    pub(crate) takes: Option<Many>,
    pub(crate) values: Values,
}

/// Where words are looked for among the commands below.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Order {
    Usual,
    First,
    Always,
}

/// How many arguments a flag takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Many {
    One,
    Attached,
    Optional,
    Two,
    Some,
    AnyOne,
    Listed,
    /// Any number, up to a semicolon.
    Ended,
    /// A negative number, too.
    Number,
}

/// Which values an argument takes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Values {
    Any,
    Closed,
    Folded,
}

impl Values {
    pub(crate) fn on(self, argument: Arg) -> Arg {
        let possible =
            || VALUES.map(|names| PossibleValue::new(names[0]).aliases(names[1..].iter().copied()));
        match self {
            Self::Any => argument,
            Self::Closed => argument.value_parser(possible()),
            Self::Folded => argument.value_parser(possible()).ignore_case(true),
        }
    }
}

impl Flag {
    /// The name that is stored.
    pub(crate) fn name(&self) -> String {
        self.long.clone().unwrap_or_else(|| format!("short-{}", self.letters[0]))
    }

    pub(crate) fn negation(&self) -> String {
        format!("no-{}", self.name())
    }

    fn arguments(&self) -> Vec<Arg> {
        let mut argument = Arg::new(self.id.clone()).global(self.is_global);
        if let Some(long) = &self.long {
            argument = argument.long(long.clone());
        }
        if let Some(alias) = &self.alias {
            argument = argument.alias(alias.clone());
        }
        if let [first, others @ ..] = &self.letters[..] {
            argument = argument.short(*first).short_aliases(others.iter().copied());
        }
        let Some(many) = self.takes else {
            let mut switches = vec![argument.action(ArgAction::Count)];
            if self.is_negated {
                let negation = Arg::new(self.negation()).long(self.negation()).global(self.is_global);
                switches.push(negation.action(ArgAction::SetFalse));
            }
            return switches;
        };
        let argument = self.values.on(argument).action(ArgAction::Append);
        vec![match many {
            Many::One => argument,
            Many::Attached => argument.num_args(0..=1).require_equals(true),
            Many::Optional => argument.num_args(0..=1),
            Many::Two => argument.num_args(2),
            Many::Some => argument.num_args(1..),
            Many::AnyOne => argument.allow_hyphen_values(true),
            Many::Listed => argument.value_delimiter(','),
            Many::Ended => argument.num_args(1..).value_terminator(";"),
            Many::Number => argument.num_args(1..=2).allow_negative_numbers(true),
        }]
    }

    /// The flag as it may be typed, with values or without.
    pub(crate) fn written(&self, how: Index, what: Index) -> Vec<String> {
        let mut longs: Vec<String> =
            self.long.iter().chain(&self.alias).map(|name| format!("--{name}")).collect();
        longs.extend(self.is_negated.then(|| format!("--{}", self.negation())));
        longs.extend(self.long.iter().map(|name| format!("--{}", &name[..name.len() - 1])));
        let letters: Vec<String> = self.letters.iter().map(|letter| format!("-{letter}")).collect();
        let names: Vec<String> = longs.iter().chain(&letters).cloned().collect();
        let name = names[how.index(names.len())].clone();
        if self.takes.is_none() {
            return vec![name];
        }
        let value = value(self.values, what);
        let count = match self.takes {
            Some(Many::Attached) => return vec![format!("{name}={value}")],
            Some(Many::Optional) => what.index(2),
            Some(Many::Two) => 2,
            Some(Many::Some | Many::Number) => 1 + what.index(3),
            Some(Many::Ended) => return vec![name, value.clone(), value, ";".to_owned()],
            Some(Many::Listed) => return vec![name, format!("{value},{value}")],
            Some(Many::One | Many::AnyOne) | None => 1,
        };
        match (count, how.index(7)) {
            (1, 0) => vec![format!("{name}={value}")],
            (1, 1) if name.len() == 2 => vec![format!("{name}{value}")],
            _ => std::iter::once(name).chain(std::iter::repeat_n(value, count)).collect(),
        }
    }
}

fn value(values: Values, what: Index) -> String {
    let all = VALUES.concat();
    match values {
        Values::Any if what.index(2) == 0 => format!("zq{}mark", what.index(10)),
        Values::Folded => all[what.index(all.len())].to_uppercase(),
        Values::Any | Values::Closed => all[what.index(all.len())].to_owned(),
    }
}

impl Program {
    pub(crate) fn command(&self) -> Command {
        let (flags, commands) = self.infers;
        let mut command = Command::new(self.name.clone()).aliases(self.alias.clone());
        if self.name == "orchard" {
            command = command.infer_long_args(flags).infer_subcommands(commands).version("1.0");
        }
        command = command.args(self.flags.iter().flat_map(Flag::arguments));
        command = positionals::on(command, &self.places, self.end).multicall(self.is_multicall);
        command = match self.order {
            Order::Usual => command,
            Order::First => command.args_conflicts_with_subcommands(true),
            Order::Always => command.subcommand_precedence_over_arg(true),
        };
        command = command.allow_external_subcommands(self.is_external);
        command.subcommands(self.below.iter().map(Self::command))
    }

    /// The positional arguments, in their order.
    pub(crate) fn positionals(&self) -> Vec<Positional> {
        positionals::told(&self.places, self.end)
    }

    /// Whether something ends one of its positional arguments.
    pub(crate) fn has_terminator(&self) -> bool {
        positionals::has_terminator(&self.places, self.end)
    }

    /// Whether one of its positional arguments may be missing.
    pub(crate) fn has_missing(&self) -> bool {
        matches!(self.end, End::Missing(..))
    }

    /// Whether it or a command below has commands behind a list that something else ends.
    pub(crate) fn leads_on_behind_a_list(&self) -> bool {
        let leads_on = self.is_external || !self.below.is_empty();
        let here = matches!(self.end, End::Before | End::Mixed(Mix::MissingAndMany)) && leads_on;
        here || self.below.iter().any(Self::leads_on_behind_a_list)
    }

    /// The names of global flags of any command.
    pub(crate) fn global_names(&self) -> Vec<String> {
        let own = self.flags.iter().filter(|flag| flag.is_global).map(Flag::name);
        own.chain(self.below.iter().flat_map(Self::global_names)).collect()
    }

    /// The command's word as it may be typed.
    pub(crate) fn written(&self, how: Index, (_, infers): (bool, bool)) -> String {
        match (how.index(4), &self.alias) {
            (0, Some(alias)) => alias.clone(),
            (1, _) if infers => self.name[..self.name.len() - 1].to_owned(),
            _ => self.name.clone(),
        }
    }
}

/// A declared value, in one of its spellings.
pub(crate) fn any_value(pick: Index) -> String {
    let all = VALUES.concat();
    all[pick.index(all.len())].to_owned()
}

/// A word that may be a command's or flag's somewhere.
pub(crate) fn any_word(pick: Index) -> String {
    let all = [&WORDS[..], &FLAGS[..]].concat();
    all[pick.index(all.len())].to_owned()
}

/// A flag whose names are given to it later.
fn flag() -> impl Strategy<Value = Flag> {
    let many = prop_oneof![
        3 => Just(Many::One),
        1 => Just(Many::Attached),
        1 => Just(Many::Optional),
        1 => Just(Many::Two),
        1 => Just(Many::Some),
        1 => Just(Many::AnyOne),
        1 => Just(Many::Listed),
        1 => Just(Many::Ended),
        1 => Just(Many::Number),
    ];
    let takes = prop::option::weighted(0.6, many);
    (takes, values(), any::<bool>(), any::<bool>(), prop::bool::weighted(0.2), 0..4_usize).prop_map(
        |(takes, values, has_alias, is_negated, is_global, letters)| Flag {
            id: String::new(),
            long: (letters < 3).then(String::new),
            alias: has_alias.then(String::new),
            letters: vec![' '; if letters == 3 { 1 } else { letters }],
            is_global,
            is_negated: is_negated && takes.is_none() && letters < 3,
            takes,
            values,
        },
    )
}

fn command() -> impl Strategy<Value = Program> {
    let flags = prop::collection::vec(flag(), 0..4);
    let order = prop_oneof![4 => Just(Order::Usual), 1 => Just(Order::First), 1 => Just(Order::Always)];
    (flags, places(), ends(), prop::bool::weighted(0.1), any::<bool>(), order).prop_map(
        |(flags, places, end, is_external, has_alias, order)| Program {
            order,
            name: String::new(),
            alias: has_alias.then(String::new),
            flags,
            places,
            end,
            is_external,
            is_multicall: false,
            infers: (false, false),
            below: Vec::new(),
        },
    )
}

pub(crate) fn programs() -> impl Strategy<Value = Program> {
    let below = prop::collection::vec((command(), prop::collection::vec(command(), 0..3)), 0..3);
    let infers = (prop::bool::weighted(0.3), prop::bool::weighted(0.3));
    let is_multicall = prop::bool::weighted(0.2);
    let all = (command(), below, infers, any::<Index>(), is_multicall);
    all.prop_map(|(mut program, below, infers, first, is_multicall)| {
        program.infers = infers;
        if is_multicall && !below.is_empty() {
            // clap allows nothing else of such a program's.
            (program.is_multicall, program.end, program.order) = (true, End::Nothing, Order::Usual);
            program.flags.clear();
            program.places.clear();
        }
        for (mut command, further) in below {
            command.below = further;
            program.below.push(command);
        }
        name(&mut program, "orchard", first.index(WORDS.len()), &[]);
        program.alias = None;
        program
    })
}

/// Gives names to all of it, each once for all that can be typed in one place.
fn name(program: &mut Program, called: &str, first: usize, above: &[usize]) {
    called.clone_into(&mut program.name);
    program.alias = program.alias.as_ref().map(|_| format!("{called}2"));
    let mut free = (0..FLAGS.len())
        .map(|number| (first + number) % FLAGS.len())
        .filter(|number| !above.contains(number));
    let mut taken = above.to_vec();
    program.flags.retain_mut(|flag| {
        let Some(number) = free.next() else { return false };
        let (name, letter) = (FLAGS[number], LETTERS[number]);
        // clap hands values down by their id, so no two have one.
        flag.id = format!("{called} {first} {name}");
        flag.alias = flag.alias.as_ref().filter(|_| flag.long.is_some()).map(|_| format!("alias-of-{name}"));
        flag.long = flag.long.as_ref().map(|_| name.to_owned());
        flag.letters = [letter, letter.to_ascii_uppercase()][..flag.letters.len().min(2)].to_vec();
        if letter.to_ascii_uppercase() == letter || letter == 'f' {
            flag.letters.truncate(1);
        }
        if flag.is_global {
            taken.push(number);
        }
        true
    });
    for (number, below) in program.below.iter_mut().enumerate() {
        name(below, WORDS[(first + number) % WORDS.len()], first + number + 3, &taken);
    }
}
