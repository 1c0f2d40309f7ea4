//! What policies are made of, as picks from whatever there is.

use proptest::prelude::*;
use proptest::sample::Index;
use telemetry_schema::PromptKind;

use crate::policy::{Case, Dashes, List, Missing, Record, Repeats, Subcommands, Takes};

const VERSIONS: [&str; 7] = ["6.0", "7", "7.1", "7.1.3", "10", "0.9", "2024"];
const LETTERS: [char; 10] = ['a', 'b', 'c', 'd', 'e', 'f', 'A', 'B', '1', '2'];
const BOUNDS: [i64; 7] = [-100, -1, 0, 1, 2, 10, 1000];
const DURATIONS: [&str; 5] = ["500ms", "1s", "90s", "1h", "2 days"];

#[derive(Debug, Clone)]
pub(super) struct RuleChoices {
    pub(super) sort: usize,
    pub(super) case: Case,
    pub(super) values: Index,
    pub(super) keys: Index,
    pub(super) key_values: Option<Index>,
    pub(super) separator: Option<char>,
    pub(super) bounds: Vec<i64>,
    pub(super) durations: Vec<&'static str>,
    pub(super) versions: Vec<&'static str>,
    /// Which member has another spelling.
    pub(super) spelled: Option<Index>,
}

pub(super) fn rule_choices() -> impl Strategy<Value = RuleChoices> {
    (
        0..7_usize,
        prop::sample::select(&[Case::Exact, Case::Folded][..]),
        (any::<Index>(), any::<Index>(), prop::option::of(any::<Index>())),
        prop::sample::select(&[None, Some(':'), Some('=')][..]),
        prop::sample::subsequence(BOUNDS.to_vec(), 1..=BOUNDS.len()),
        prop::sample::subsequence(DURATIONS.to_vec(), 1..=DURATIONS.len()),
        prop::sample::subsequence(VERSIONS.to_vec(), 1..=4),
        prop::option::of(any::<Index>()),
    )
        .prop_map(
            |(sort, case, (values, keys, key_values), separator, bounds, durations, versions, spelled)| {
                RuleChoices {
                    sort,
                    case,
                    values,
                    keys,
                    key_values,
                    separator,
                    bounds,
                    durations,
                    versions,
                    spelled,
                }
            },
        )
}

#[derive(Debug, Clone)]
pub(super) struct FlagChoices {
    pub(super) short: Option<char>,
    pub(super) short_alias: Option<char>,
    pub(super) dashes: Dashes,
    /// Whether something ends its values.
    pub(super) is_ended: bool,
    pub(super) aliases: usize,
    pub(super) deprecated: usize,
    pub(super) negations: usize,
    pub(super) takes: Takes,
    pub(super) max_values: Option<u32>,
    pub(super) values: Option<Index>,
    pub(super) list: List,
    /// Whether the key is another word than the name.
    pub(super) key: bool,
}

pub(super) fn flag_choices() -> impl Strategy<Value = FlagChoices> {
    let takes = prop_oneof![
        3 => Just(Takes::Nothing),
        5 => Just(Takes::Value),
        1 => Just(Takes::OptionalValue),
        1 => Just(Takes::Values),
        1 => Just(Takes::OptionalValues),
    ];
    let letter = || prop::sample::select(&LETTERS[..]);
    let short = (prop::option::of(letter()), prop::option::weighted(0.2, letter()));
    let dashes = prop_oneof![4 => Just(Dashes::Flags), 1 => Just(Dashes::Values)];
    let lists = prop::sample::select(&[List::None, List::None, List::Comma][..]);
    let names = (0..2_usize, prop_oneof![3 => Just(0), 1 => Just(1_usize)], 0..2_usize);
    let values = prop::option::weighted(0.8, any::<Index>());
    let bools = (prop::bool::weighted(0.2), prop::bool::weighted(0.2));
    (short, names, takes, prop::option::of(1..4_u32), values, lists, bools, dashes).prop_map(
        |(
            (short, short_alias),
            (aliases, deprecated, negations),
            takes,
            max_values,
            values,
            list,
            (key, is_ended),
            dashes,
        )| FlagChoices {
            short,
            short_alias,
            dashes,
            is_ended,
            aliases,
            deprecated,
            negations,
            takes,
            max_values,
            values,
            list,
            key,
        },
    )
}

#[derive(Debug, Clone)]
pub(super) struct CommandChoices {
    pub(super) parent: Index,
    pub(super) aliases: usize,
    pub(super) deprecated: usize,
    pub(super) flags: Vec<Index>,
    pub(super) persistent_flags: Vec<Index>,
    pub(super) withhold: Vec<Index>,
    pub(super) positionals: Vec<(Option<Index>, List)>,
    /// The place of one with a terminator.
    pub(super) ended: Option<usize>,
    pub(super) missing: Missing,
    pub(super) repeats: Repeats,
    pub(super) record: Record,
    pub(super) subcommands: Subcommands,
}

pub(super) fn command_choices() -> impl Strategy<Value = CommandChoices> {
    let lists = prop::sample::select(&[List::None, List::None, List::Comma][..]);
    let record =
        prop_oneof![8 => Just(Record::Everything), 1 => Just(Record::Names), 1 => Just(Record::Path)];
    let indexes = |most| prop::collection::vec(any::<Index>(), 0..most);
    let withhold = prop_oneof![3 => Just(Vec::new()), 1 => indexes(3)];
    (
        any::<Index>(),
        (0..2_usize, prop_oneof![3 => Just(0), 1 => Just(1_usize)]),
        (indexes(6), indexes(3), withhold),
        prop::collection::vec((prop::option::weighted(0.7, any::<Index>()), lists), 0..3),
        (
            prop::sample::select(&[Repeats::Once, Repeats::Rest, Repeats::Once, Repeats::All][..]),
            prop::option::weighted(0.3, 0..3_usize),
            prop_oneof![3 => Just(Missing::Never), 1 => Just(Missing::Possibly)],
        ),
        (record, prop_oneof![4 => Just(Subcommands::Usual), 1 => Just(Subcommands::First)]),
    )
        .prop_map(
            |(
                parent,
                (aliases, deprecated),
                (flags, persistent_flags, withhold),
                positionals,
                (repeats, ended, missing),
                (record, subcommands),
            )| {
                CommandChoices {
                    parent,
                    aliases,
                    deprecated,
                    flags,
                    persistent_flags,
                    withhold,
                    positionals,
                    ended,
                    missing,
                    repeats,
                    record,
                    subcommands,
                }
            },
        )
}

pub(super) fn prompt_choices() -> impl Strategy<Value = (PromptKind, Option<Index>)> {
    (prop::sample::select(&PromptKind::ALL[..]), prop::option::weighted(0.8, any::<Index>()))
}
