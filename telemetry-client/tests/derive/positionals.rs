//! The positional arguments of a program's command, of every kind.

use clap::{Arg, ArgAction, Command};
use proptest::prelude::*;

use super::programs::Values;

/// What ends a list.
pub(crate) const TERMINATOR: &str = ";";

/// One that has a place of its own, and whether something ends it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    values: Values,
    is_ended: bool,
}

/// What stands behind the positional arguments that have one place each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    Nothing,
    Many(Values),
    /// What follows is another program's, with dashes or without at its beginning.
    Trailing(Values, bool),
    Last,
    Dashed(Values),
    Number(Values),
    /// As many as there are, one at a time.
    Appended(Values),
    /// As many as there are, and another one behind them.
    Before,
    /// As many as there are up to a terminator, with dashes or without, and what stands behind them.
    Ended(Values, bool, Behind),
    /// One that may be missing, and what stands behind it, required or not.
    Missing(Gap, Behind, bool),
    /// Of which nobody knows by a line which one it is.
    Mixed(Mix),
    /// Two, and dashes are none.
    Two(Values),
    /// Any number, dashes too.
    ManyDashed(Values),
}

/// What may be missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Gap {
    One(Values),
    Dashed(Values),
    Number(Values),
    EndedOne(Values),
    Ended(Values),
}

/// What stands last.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Behind {
    Nothing,
    One(Values),
    Dashed(Values),
    Many(Values),
    Trailing(Values),
    EndedOne(Values),
    Ended(Values),
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Mix {
    EndedAndLast,
    MissingAndLast,
    MissingAndMany,
}

/// A positional argument by what is kept of it.
pub(crate) struct Positional {
    pub(crate) id: String,
    /// Which values it takes; any where nobody knows by its place which one it is.
    pub(crate) values: Values,
    pub(crate) place: u32,
    /// Whether each further one stands at the place behind.
    pub(crate) goes_on: bool,
}

fn ended(argument: Arg) -> Arg {
    argument.value_terminator(TERMINATOR)
}

impl Gap {
    fn argument(self, id: &'static str) -> Arg {
        let argument = Arg::new(id);
        match self {
            Self::One(values) => values.on(argument),
            Self::Dashed(values) => values.on(argument).allow_hyphen_values(true),
            Self::Number(values) => values.on(argument).allow_negative_numbers(true),
            Self::EndedOne(values) => ended(values.on(argument)),
            Self::Ended(values) => ended(values.on(argument).num_args(1..)),
        }
    }

    fn values(self) -> Values {
        let (Self::One(values)
        | Self::Dashed(values)
        | Self::Number(values)
        | Self::EndedOne(values)
        | Self::Ended(values)) = self;
        values
    }
}

impl Behind {
    fn argument(self, id: &'static str) -> Option<Arg> {
        let argument = Arg::new(id);
        Some(match self {
            Self::Nothing => return None,
            Self::One(values) => values.on(argument),
            Self::Dashed(values) => values.on(argument).allow_hyphen_values(true),
            Self::Many(values) => values.on(argument).num_args(0..),
            Self::Trailing(values) => values.on(argument).num_args(1..).trailing_var_arg(true),
            Self::EndedOne(values) => ended(values.on(argument)),
            Self::Ended(values) => ended(values.on(argument).num_args(1..)),
        })
    }

    fn values(self) -> Option<Values> {
        match self {
            Self::Nothing => None,
            Self::One(values)
            | Self::Dashed(values)
            | Self::Many(values)
            | Self::Trailing(values)
            | Self::EndedOne(values)
            | Self::Ended(values) => Some(values),
        }
    }

    fn goes_on(self) -> bool {
        matches!(self, Self::Many(_) | Self::Trailing(_))
    }

    fn is_ended(self) -> bool {
        matches!(self, Self::EndedOne(_) | Self::Ended(_))
    }
}

/// Adds the positional arguments to a command.
pub(crate) fn on(mut command: Command, places: &[Place], end: End) -> Command {
    // clap wants them where one is behind a list.
    let is_required = end == End::Before || end == End::Mixed(Mix::MissingAndMany);
    for (number, Place { values, is_ended }) in places.iter().enumerate() {
        let argument = values.on(Arg::new(format!("place{number}"))).required(is_required);
        command = command.arg(if *is_ended { ended(argument) } else { argument });
    }
    let (many, last) = (Arg::new("many"), Arg::new("end"));
    let arguments: Vec<Arg> = match end {
        End::Nothing => Vec::new(),
        End::Many(values) => vec![values.on(last).num_args(0..)],
        End::Trailing(values, dashes) => {
            vec![values.on(last).num_args(0..).trailing_var_arg(true).allow_hyphen_values(dashes)]
        }
        End::Last => vec![last.num_args(0..).last(true)],
        End::Dashed(values) => vec![values.on(last).allow_hyphen_values(true)],
        End::Number(values) => vec![values.on(last).allow_negative_numbers(true)],
        End::Appended(values) => vec![values.on(last).action(ArgAction::Append)],
        End::Two(values) => vec![values.on(last).num_args(2)],
        End::ManyDashed(values) => vec![values.on(last).num_args(1..).allow_hyphen_values(true)],
        End::Before => vec![many.num_args(1..).required(true), last.required(true)],
        End::Ended(values, dashes, behind) => {
            let many = ended(values.on(many).num_args(1..).allow_hyphen_values(dashes));
            std::iter::once(many).chain(behind.argument("end")).collect()
        }
        End::Missing(gap, behind, is_required) => {
            command = command.allow_missing_positional(true);
            let last = behind.argument("end").map(|last| last.required(is_required));
            std::iter::once(gap.argument("many")).chain(last).collect()
        }
        End::Mixed(mix) => {
            command = command.allow_missing_positional(mix != Mix::EndedAndLast);
            match mix {
                Mix::EndedAndLast => vec![ended(many.num_args(1..)), last.num_args(0..).last(true)],
                Mix::MissingAndLast => vec![many, last.num_args(0..).last(true)],
                Mix::MissingAndMany => vec![many.num_args(1..).required(true), last.required(true)],
            }
        }
    };
    command.args(arguments)
}

/// The positional arguments, in their order.
pub(crate) fn told(places: &[Place], end: End) -> Vec<Positional> {
    let mut all: Vec<(String, Values, bool)> = Vec::new();
    let is_told = !matches!(end, End::Last | End::Mixed(_));
    for (number, place) in places.iter().enumerate() {
        all.push((format!("place{number}"), if is_told { place.values } else { Values::Any }, false));
    }
    let (many, last) = match end {
        End::Nothing => (None, None),
        End::Last => (None, Some((Values::Any, true))),
        End::Before | End::Mixed(_) => (Some(Values::Any), Some((Values::Any, true))),
        End::Ended(values, _, behind) => {
            (Some(values), behind.values().map(|values| (values, behind.goes_on())))
        }
        End::Missing(gap, behind, _) => {
            (Some(gap.values()), behind.values().map(|values| (values, behind.goes_on())))
        }
        End::Dashed(values) | End::Number(values) => (None, Some((values, false))),
        End::Many(values)
        | End::Trailing(values, _)
        | End::Appended(values)
        | End::Two(values)
        | End::ManyDashed(values) => (None, Some((values, true))),
    };
    all.extend(many.map(|values| ("many".to_owned(), values, false)));
    all.extend(last.map(|(values, goes_on)| ("end".to_owned(), values, goes_on)));
    let positional = |(place, (id, values, goes_on))| Positional { id, values, place, goes_on };
    (0..).zip(all).map(positional).collect()
}

/// Whether one of them has a terminator.
pub(crate) fn has_terminator(places: &[Place], end: End) -> bool {
    let at_the_end = match end {
        End::Ended(..) | End::Mixed(Mix::EndedAndLast) => true,
        End::Missing(gap, behind, _) => matches!(gap, Gap::EndedOne(_) | Gap::Ended(_)) || behind.is_ended(),
        _ => false,
    };
    at_the_end || places.iter().any(|place| place.is_ended)
}

pub(crate) fn places() -> impl Strategy<Value = Vec<Place>> {
    let place = (values(), prop::bool::weighted(0.1));
    prop::collection::vec(place.prop_map(|(values, is_ended)| Place { values, is_ended }), 0..3)
}

pub(crate) fn values() -> impl Strategy<Value = Values> {
    prop_oneof![Just(Values::Any), Just(Values::Closed), Just(Values::Folded)]
}

pub(crate) fn ends() -> impl Strategy<Value = End> {
    let gap = prop_oneof![
        4 => values().prop_map(Gap::One),
        1 => values().prop_map(Gap::Dashed),
        1 => values().prop_map(Gap::Number),
        1 => values().prop_map(Gap::EndedOne),
        1 => values().prop_map(Gap::Ended),
    ];
    let behind = || {
        prop_oneof![
            1 => Just(Behind::Nothing),
            3 => values().prop_map(Behind::One),
            1 => values().prop_map(Behind::Dashed),
            2 => values().prop_map(Behind::Many),
            1 => values().prop_map(Behind::Trailing),
            1 => values().prop_map(Behind::EndedOne),
            1 => values().prop_map(Behind::Ended),
        ]
    };
    let mix = prop_oneof![Just(Mix::EndedAndLast), Just(Mix::MissingAndLast), Just(Mix::MissingAndMany)];
    prop_oneof![
        4 => Just(End::Nothing),
        2 => values().prop_map(End::Many),
        2 => (values(), any::<bool>()).prop_map(|(values, dashes)| End::Trailing(values, dashes)),
        1 => Just(End::Last),
        1 => values().prop_map(End::Dashed),
        1 => values().prop_map(End::Number),
        1 => values().prop_map(End::Appended),
        1 => values().prop_map(End::Two),
        1 => values().prop_map(End::ManyDashed),
        1 => Just(End::Before),
        1 => mix.prop_map(End::Mixed),
        5 => (values(), prop::bool::weighted(0.2), behind())
            .prop_map(|(values, dashes, behind)| End::Ended(values, dashes, behind)),
        6 => (gap, behind(), any::<bool>())
            .prop_map(|(gap, behind, is_required)| End::Missing(gap, behind, is_required)),
    ]
}
