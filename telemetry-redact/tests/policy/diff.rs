//! What a change of a policy means, by examples in both directions and by a law.

use std::collections::BTreeSet;

use proptest::prelude::*;
use telemetry_redact::policy::{
    Abbreviations, CommandRule, Dashes, Dialect, PolicySource, PositionalRule, PromptRule, Record, Repeats,
    Subcommands, Subject, Takes, diff, version_problem,
};
use telemetry_redact::{Finding, Policy, Redactor, Verdict};
use telemetry_schema::{Command, Event, PromptKind, TimestampPrecision};

fn source(text: &str) -> PolicySource {
    PolicySource::from_json(text).unwrap()
}

fn orchard() -> PolicySource {
    source(include_str!("../../testdata/orchard.json"))
}

fn market() -> PolicySource {
    source(include_str!("../../testdata/market.json"))
}

fn lines(old: &PolicySource, new: &PolicySource) -> Vec<String> {
    diff(old, new).iter().map(ToString::to_string).collect()
}

/// The lines of a change, and of taking it back.
fn both_ways(base: &PolicySource, change: impl FnOnce(&mut PolicySource)) -> (Vec<String>, Vec<String>) {
    let mut changed = base.clone();
    change(&mut changed);
    Policy::from_source(&changed).unwrap();
    (lines(base, &changed), lines(&changed, base))
}

fn command<'a>(policy: &'a mut PolicySource, path: &str) -> &'a mut CommandRule {
    policy.commands.iter_mut().find(|rule| rule.path == path).unwrap()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn every_kind_of_change_is_told_in_both_directions() {
    type Edit = fn(&mut PolicySource);
    let cases: &[(Edit, &[&str], &[&str])] = &[
        (|_| (), &[], &[]),
        (
            |p| {
                let rule = PromptRule { kind: PromptKind::Select, values: Some("fruit".into()) };
                p.prompts.insert("which".into(), rule);
            },
            &[
                "+ collects that the select prompt `which` was asked and how it was answered on 5 commands (the program itself, register, trees, trees list, …)",
                "+ collects prompt `which` choices apple, pear, quince on 5 commands (the program itself, register, trees, trees list, …)",
            ],
            &[
                "- no longer collects that the select prompt `which` was asked and how it was answered on 5 commands (the program itself, register, trees, trees list, …)",
                "- no longer collects prompt `which` choices apple, pear, quince on 5 commands (the program itself, register, trees, trees list, …)",
            ],
        ),
        (
            |p| p.sets.get_mut("output").unwrap().push("yaml".into()),
            &["+ collects --output values yaml on 2 commands (trees list, trees plant)"],
            &["- no longer collects --output values yaml on 2 commands (trees list, trees plant)"],
        ),
        (
            |p| p.flags.get_mut("name").unwrap().values = Some("season".into()),
            &["+ collects --name values autumn, spring on 1 command (trees plant)"],
            &["- no longer collects --name values autumn, spring on 1 command (trees plant)"],
        ),
        (
            |p| command(p, "register").flags.push("dry-run".into()),
            &[
                "+ collects --dry-run on 1 command (register)",
                "+ collects --dry-run values true or false on 1 command (register)",
            ],
            &[
                "- no longer collects --dry-run values true or false on 1 command (register)",
                "~ --dry-run, which other commands have, is kept by its name alone on 1 command (register)",
            ],
        ),
        (
            |p| {
                p.commands.push(CommandRule {
                    path: "fields".into(),
                    aliases: vec!["f".into()],
                    ..CommandRule::default()
                });
            },
            &[
                "+ collects 1 command (fields)",
                "+ collects --profile on 1 command (fields)",
                "+ collects --quiet on 1 command (fields)",
                "+ collects --quiet values true or false on 1 command (fields)",
            ],
            &["- no longer collects 1 command (fields)"],
        ),
        (
            |p| command(p, "register").aliases.push("signup".into()),
            &["+ collects the name `signup`, stored as the command, on 1 command (register)"],
            &["- no longer collects the name `signup`, stored as the command, on 1 command (register)"],
        ),
        (
            |p| {
                let tree = command(p, "trees");
                tree.deprecated = std::mem::take(&mut tree.aliases);
            },
            &["+ collects that the deprecated name `tree` was typed on 1 command (trees)"],
            &["- no longer collects that the deprecated name `tree` was typed on 1 command (trees)"],
        ),
        (
            |p| p.flags.get_mut("fruit").unwrap().aliases.push("crop".into()),
            &["+ collects --crop, stored as --fruit, on 1 command (trees plant)"],
            &["- no longer collects --crop, stored as --fruit, on 1 command (trees plant)"],
        ),
        (
            |p| {
                let fruit = p.flags.get_mut("fruit").unwrap();
                fruit.deprecated = std::mem::take(&mut fruit.aliases);
            },
            &["+ collects that the deprecated --sort was typed for --fruit on 1 command (trees plant)"],
            &[
                "- no longer collects that the deprecated --sort was typed for --fruit on 1 command (trees plant)",
            ],
        ),
        (
            |p| p.abbreviations = Abbreviations::All,
            &["+ collects shortened flags", "+ collects shortened command words"],
            &["- no longer collects shortened flags", "- no longer collects shortened command words"],
        ),
        (
            |p| p.timestamps = TimestampPrecision::Hour,
            &["- no longer collects times to the hour instead of the microsecond"],
            &["+ collects times to the microsecond instead of the hour"],
        ),
        (
            |p| p.error_codes.push("drought".into()),
            &["+ collects error codes drought"],
            &["- no longer collects error codes drought"],
        ),
        (
            |p| command(p, "trees plant").withhold.push("fruit".into()),
            &[
                "- no longer collects --fruit values apple, pear, quince, values in a list on 1 command (trees plant)",
            ],
            &["+ collects --fruit values apple, pear, quince, values in a list on 1 command (trees plant)"],
        ),
        (
            |p| command(p, "register").record = Record::Path,
            &[
                "- no longer collects --profile on 1 command (register)",
                "- no longer collects --quiet on 1 command (register)",
                "- no longer collects --quiet values true or false on 1 command (register)",
            ],
            &[
                "+ collects --profile on 1 command (register)",
                "+ collects --quiet on 1 command (register)",
                "+ collects --quiet values true or false on 1 command (register)",
            ],
        ),
        (
            |p| command(p, "trees list").positionals[0].repeats = Repeats::Once,
            &[
                "- no longer collects positional argument 2 and those that follow values apple, pear, quince on 1 command (trees list)",
            ],
            &[
                "+ collects positional argument 2 and those that follow values apple, pear, quince on 1 command (trees list)",
            ],
        ),
        (
            |p| command(p, "trees").positionals.push(PositionalRule::default()),
            &["- no longer collects misspellings of the commands below on 1 command (trees)"],
            &["+ collects misspellings of the commands below on 1 command (trees)"],
        ),
        (
            |p| p.dialect = Dialect::Clap,
            &["! reads differently: command lines as clap instead of pflag"],
            &["! reads differently: command lines as pflag instead of clap"],
        ),
        (
            |p| p.flags.get_mut("profile").unwrap().takes = Takes::OptionalValue,
            &[
                "! reads differently: --profile takes a value only where it is attached on 5 commands (the program itself, register, trees, trees list, \u{2026})",
            ],
            &[
                "! reads differently: --profile takes one value on 5 commands (the program itself, register, trees, trees list, \u{2026})",
            ],
        ),
        (
            |p| p.flags.get_mut("profile").unwrap().dashes = Dashes::Values,
            &[
                "! reads differently: what begins with a dash behind --profile is its value on 5 commands (the program itself, register, trees, trees list, \u{2026})",
            ],
            &[
                "! reads differently: what begins with a dash behind --profile is a flag on 5 commands (the program itself, register, trees, trees list, \u{2026})",
            ],
        ),
        (
            |p| p.flags.get_mut("fruit").unwrap().terminator = Some(";".into()),
            &["! reads differently: `;` ends the values of --fruit on 1 command (trees plant)"],
            &["! reads differently: nothing ends the values of --fruit on 1 command (trees plant)"],
        ),
        (
            |p| command(p, "trees").subcommands = Subcommands::First,
            &[
                "! reads differently: only what stands before flags and arguments can be a command below on 1 command (trees)",
            ],
            &[
                "! reads differently: a word that is no flag's value can be a command below on 1 command (trees)",
            ],
        ),
        (
            |p| command(p, "trees list").positionals[0].repeats = Repeats::All,
            &["! reads differently: where flags end among arguments on 1 command (trees list)"],
            &["! reads differently: where flags end among arguments on 1 command (trees list)"],
        ),
        (
            |p| command(p, "trees list").positionals[0].dashes = Dashes::Values,
            &["! reads differently: where flags end among arguments on 1 command (trees list)"],
            &["! reads differently: where flags end among arguments on 1 command (trees list)"],
        ),
        (
            |p| p.flags.get_mut("fruit").unwrap().short_aliases.push('F'),
            &["+ collects -F, stored as --fruit, on 1 command (trees plant)"],
            &["- no longer collects -F, stored as --fruit, on 1 command (trees plant)"],
        ),
        (
            |p| p.environment_prefix = Some("GARDEN".into()),
            &[
                "+ collects from those who said no by ORCHARD_TELEMETRY_ENABLED: it is not read any more",
                "~ GARDEN_TELEMETRY_ENABLED turns it off",
            ],
            &[
                "+ collects from those who said no by GARDEN_TELEMETRY_ENABLED: it is not read any more",
                "~ ORCHARD_TELEMETRY_ENABLED turns it off",
            ],
        ),
        (
            |p| p.program_aliases.clear(),
            &["- no longer collects runs of the program `orch`"],
            &["+ collects runs of the program `orch`"],
        ),
        (
            // The values are declared, so error text may repeat them, though no command keeps them.
            |p| {
                p.sets.insert("soil".into(), vec!["loam".into()]);
                p.flags.get_mut("name").unwrap().values = Some("soil".into());
                command(p, "trees plant").withhold.push("name".into());
            },
            &["+ collects words in error text: loam"],
            &["- no longer collects words in error text: loam"],
        ),
        (
            |p| {
                let season = p.sets.remove("season").unwrap();
                p.sets.insert("time".into(), season);
                p.flags.get_mut("colour").unwrap().values = Some("time".into());
                command(p, "trees plant").positionals[1].values = Some("time".into());
            },
            &["~ the set `season` is called `time`"],
            &["~ the set `time` is called `season`"],
        ),
        (|p| p.version = 4, &["~ version 4 instead of 3"], &["~ version 3 instead of 4"]),
        (
            |p| p.commands[0].persistent_flags.reverse(),
            &["~ the same in other words"],
            &["~ the same in other words"],
        ),
    ];
    for (edit, there, back) in cases {
        let (found, found_back) = both_ways(&orchard(), edit);
        assert_eq!(found, *there);
        assert_eq!(found_back, *back);
    }
}

#[test]
fn a_command_that_withholds_withholds_questions() {
    let mut asking = orchard();
    let rule = PromptRule { kind: PromptKind::Select, values: Some("fruit".into()) };
    asking.prompts.insert("which".into(), rule);
    for (record, told) in [
        (
            Record::Path,
            &[
                "that the select prompt `which` was asked and how it was answered",
                "prompt `which` choices apple, pear, quince",
            ][..],
        ),
        (Record::Names, &["prompt `which` choices apple, pear, quince"]),
    ] {
        let (less, more) = both_ways(&asking, |p| command(p, "register").record = record);
        let [less, more] = [less, more].map(|mut lines| {
            // Its flags are told too.
            lines.retain(|line| line.contains("prompt"));
            lines
        });
        let line = |mark: &str| {
            told.iter().map(|what| format!("{mark} {what} on 1 command (register)")).collect::<Vec<_>>()
        };
        assert_eq!(less, line("- no longer collects"));
        assert_eq!(more, line("+ collects"));
    }
}

#[test]
fn a_rule_is_followed_to_what_it_keeps() {
    let (there, _) = both_ways(&market(), |p| {
        p.value_rules.get_mut("count").unwrap().numbers = vec![0, 10];
        p.value_rules.get_mut("setting").unwrap().separator = Some('=');
        let region = p.value_rules.get_mut("region").unwrap();
        region.spellings.insert("virginia".into(), "US_EAST_1".into());
        p.sets.get_mut("server").unwrap().push("8".into());
    });
    assert_eq!(
        there,
        [
            "+ collects --count values bucket 0..10, bucket >=10 on 2 commands (stalls close, stalls open)",
            "+ collects --lane values virginia as US_EAST_1 on 1 command (stalls open)",
            "+ collects --region values virginia as US_EAST_1 on 6 commands \
             (the program itself, run, run fast, stalls, \u{2026})",
            "+ collects --setting values keys before `=` on 1 command (stalls open)",
            "+ collects --version-of values versions 8.* on 1 command (stalls open)",
            "- no longer collects --count values bucket 0, bucket 1..10, bucket 10..100, bucket >=100 on 2 commands \
             (stalls close, stalls open)",
            "- no longer collects --setting values keys before `:` on 1 command (stalls open)",
        ]
    );
}

#[test]
fn one_more_value_on_a_thousand_commands_is_one_line() {
    let mut old = orchard();
    for number in 0..1000 {
        let path = format!("c{number}");
        old.commands.push(CommandRule { path, flags: vec!["output".into()], ..CommandRule::default() });
    }
    let mut new = old.clone();
    new.sets.get_mut("output").unwrap().push("yaml".into());
    assert_eq!(
        lines(&old, &new),
        ["+ collects --output values yaml on 1002 commands (c0, c1, c10, c100, \u{2026})"]
    );
}

#[test]
fn a_change_without_a_higher_version_is_a_problem() {
    let old = orchard();
    let mut new = old.clone();
    let problem = |new: &PolicySource| {
        let changes = diff(&old, new);
        version_problem(&old, new, &changes).map(|problem| problem.message)
    };
    assert_eq!(problem(&new), None);
    new.error_codes.push("drought".into());
    assert_eq!(problem(&new).unwrap(), "what is collected has changed, and the version is still 3: raise it");
    new.version = 4;
    assert_eq!(problem(&new), None);
    new.version = 2;
    assert!(problem(&new).unwrap().contains("version 2 comes after version 3"));
}

#[test]
fn changes_are_data_too() {
    let mut new = orchard();
    new.sets.get_mut("output").unwrap().push("yaml".into());
    let json = serde_json::to_value(diff(&orchard(), &new)).unwrap();
    assert_eq!(
        json,
        serde_json::json!([{
            "effect": "collects", "what": "flag_values", "flag": "output", "values": ["yaml"],
            "commands": ["trees list", "trees plant"]
        }])
    );
}

// The law.

/// One change of a policy: what kind, and on which of the things of that kind.
type Edit = (u8, usize, usize);

fn edit(policy: &mut PolicySource, (kind, one, other): Edit) {
    let keys: Vec<String> = policy.flags.keys().cloned().collect();
    let sets: Vec<String> = policy.sets.keys().cloned().collect();
    if keys.is_empty() || sets.is_empty() {
        return;
    }
    let key = keys[one % keys.len()].clone();
    let set = sets[other % sets.len()].clone();
    let commands = policy.commands.len();
    let at = other % commands;
    // Half of the time something that the command has.
    let own = &policy.commands[at].flags;
    let key = if one % 2 == 0 && !own.is_empty() { own[one % own.len()].clone() } else { key };
    match kind {
        0 => drop(policy.sets.get_mut(&set).unwrap().pop()),
        1 => policy.sets.get_mut(&set).unwrap().push("plum".into()),
        2 => policy.commands[at].flags.retain(|flag| *flag != key),
        3 => policy.commands[at].flags.push(key),
        4 => policy.commands[at].persistent_flags.push(key),
        5 => policy.commands[at].persistent_flags.retain(|flag| *flag != key),
        6 if at > 0 => {
            let path = policy.commands[at].path.clone();
            policy.commands.retain(|rule| rule.path != path && !rule.path.starts_with(&format!("{path} ")));
        }
        7 => {
            let path = format!("{} graft", policy.commands[at].path).trim().to_owned();
            policy.commands.push(CommandRule { path, ..CommandRule::default() });
        }
        8 => policy.commands[at].aliases.clear(),
        9 => policy.flags.get_mut(&key).unwrap().aliases.clear(),
        10 => {
            let flag = policy.flags.get_mut(&key).unwrap();
            flag.deprecated.append(&mut flag.aliases);
        }
        11 => policy.flags.get_mut(&key).unwrap().values = None,
        12 => policy.flags.get_mut(&key).unwrap().values = Some(set),
        13 => {
            let all =
                [Takes::Nothing, Takes::Value, Takes::OptionalValue, Takes::Values, Takes::OptionalValues];
            policy.flags.get_mut(&key).unwrap().takes = all[other % all.len()];
        }
        14 => policy.commands[at].withhold.push(key),
        15 => policy.commands[at].withhold.clear(),
        16 => policy.commands[at].record = [Record::Everything, Record::Names, Record::Path][one % 3],
        17 => drop(policy.commands[at].positionals.pop()),
        18 => policy.commands[at]
            .positionals
            .push(PositionalRule { values: Some(set), ..PositionalRule::default() }),
        19 => {
            let all =
                [Abbreviations::None, Abbreviations::Flags, Abbreviations::Commands, Abbreviations::All];
            policy.abbreviations = all[one % all.len()];
        }
        20 => policy.timestamps = TimestampPrecision::ALL[one % TimestampPrecision::ALL.len()],
        21 => policy.dialect = [Dialect::Pflag, Dialect::Getopt, Dialect::Clap, Dialect::GoFlag][one % 4],
        22 => policy.flags.get_mut(&key).unwrap().short = None,
        23 => policy.flags.get_mut(&key).unwrap().negations.clear(),
        24 => policy.commands[at].deprecated.clear(),
        25 => policy.flags.get_mut(&key).unwrap().short_aliases = vec!['z'],
        26 => {
            policy.flags.get_mut(&key).unwrap().dashes =
                [Dashes::Flags, Dashes::Values, Dashes::Numbers][other % 3];
        }
        27 => {
            let dashes = [Dashes::Flags, Dashes::Values][one % 2];
            policy.commands[at].positionals.push(PositionalRule { dashes, ..PositionalRule::default() });
        }
        28 | 29 => {
            if let Some(last) = policy.commands[at].positionals.last_mut() {
                last.repeats = [Repeats::Once, Repeats::Rest, Repeats::All][one % 3];
            }
        }
        30 => {
            if let Some(rule) = policy.value_rules.get_mut("region") {
                rule.spellings.insert("plum".into(), "US_EAST_1".into());
            }
        }
        31 => policy.commands[at].positionals.insert(0, PositionalRule::default()),
        _ => policy.error_codes.clear(),
    }
}

/// Takes out what no command refers to, and what that leaves without a use.
fn tidy(policy: &mut PolicySource) {
    let used: BTreeSet<String> = policy
        .commands
        .iter()
        .flat_map(|rule| rule.flags.iter().chain(&rule.persistent_flags))
        .cloned()
        .collect();
    policy.flags.retain(|key, _| used.contains(key));
    for rule in &mut policy.commands {
        rule.withhold.retain(|key| used.contains(key));
    }
    let of_flags = policy.flags.values().filter_map(|rule| rule.values.clone());
    let positionals = policy.commands.iter().flat_map(|rule| &rule.positionals);
    let used: BTreeSet<String> = of_flags.chain(positionals.filter_map(|rule| rule.values.clone())).collect();
    policy.value_rules.retain(|name, _| used.contains(name));
    let of_rules = policy
        .value_rules
        .values()
        .flat_map(|rule| [&rule.values, &rule.versions, &rule.keys, &rule.key_values])
        .flatten();
    let used: BTreeSet<String> = used.iter().chain(of_rules).cloned().collect();
    policy.sets.retain(|name, _| used.contains(name));
}

/// Words of both policies, in every syntax.
fn arguments() -> impl Strategy<Value = Vec<String>> {
    let words = vec![
        "trees",
        "tree",
        "plant",
        "list",
        "register",
        "graft",
        "stalls",
        "stall",
        "open",
        "unlock",
        "close",
        "login",
        "token",
        "run",
        "fast",
        "rgister",
        "lsit",
        "clsoe",
        "reg",
        "op",
        "pear",
        "apple",
        "plum",
        "json",
        "table",
        "spring",
        "autumn",
        "free",
        "paid",
        "team",
        "team=free",
        "team:x",
        "US_EAST_1",
        "us_east_1",
        "7.1.3",
        "42",
        "90s",
        "pear,apple",
    ];
    let flags = vec![
        "fruit",
        "name",
        "output",
        "dry-run",
        "profile",
        "colour",
        "sort",
        "quiet",
        "quite",
        "age",
        "color",
        "no-color",
        "count",
        "label",
        "lane",
        "pair",
        "region",
        "zone",
        "setting",
        "verbose",
        "version-of",
        "reg",
        "frui",
    ];
    let kept = vec![
        "--fruit=pear",
        "--output=json",
        "--colour=spring",
        "--dry-run",
        "--quiet",
        "--count=42",
        "--age=90s",
        "--label=team=free",
        "--region=us_east_1",
        "--lane=EU_WEST_1",
        "--pair=free",
        "--no-color",
        "--version-of=7.1.3",
    ];
    let word = prop::sample::select(words);
    let argument = prop_oneof![
        4 => prop::sample::select(kept).prop_map(str::to_owned),
        6 => word.clone().prop_map(str::to_owned),
        2 => prop::sample::select(flags.clone()).prop_map(|flag| format!("--{flag}")),
        2 => (prop::sample::select(flags), word.clone()).prop_map(|(flag, word)| format!("--{flag}={word}")),
        1 => (prop::sample::select(vec!["f", "N", "o", "n", "P", "q", "c", "nq"]), word).prop_map(|(f, w)| format!("-{f}{w}")),
    ];
    let paths = vec!["", "trees plant", "trees list", "register", "stalls open", "stalls close", "login"];
    let path = prop::sample::select(paths);
    (path, prop::collection::vec(argument, 0..8))
        .prop_map(|(path, arguments)| path.split_whitespace().map(str::to_owned).chain(arguments).collect())
}

fn event(policy: &Policy, timestamps: TimestampPrecision, command: Command) -> Event {
    let mut event: Event =
        serde_json::from_str(include_str!("../../../telemetry-schema/testdata/event.json")).unwrap();
    event.app.name = Some(policy.program().clone());
    event.outcome = telemetry_schema::Outcome::Success;
    event.command = command;
    event.started_at = event.started_at.coarsened(timestamps);
    event.completed_at = event.completed_at.coarsened(timestamps);
    event
}

/// Of clap's commands, which look for commands below behind arguments, too.
#[test]
fn a_list_in_which_no_command_is_looked_for_is_told() {
    let with = |repeats| {
        let mut market = market();
        command(&mut market, "login").positionals =
            vec![PositionalRule { repeats, ..PositionalRule::default() }];
        market
    };
    let (once, list) = (with(Repeats::Once), with(Repeats::Rest));
    for (old, new) in [(&once, &list), (&list, &once)] {
        let told: Vec<String> = diff(old, new).iter().map(ToString::to_string).collect();
        let expected = "which words behind arguments are commands below on 1 command (login)";
        assert_eq!(told, [format!("! reads differently: {expected}")]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_global_rejects: 65_536, ..ProptestConfig::default() })]

    /// Where a diff tells of nothing newly collected, the old policy admits whatever the new one makes of any command
    /// line; and where only values are kept less, each argument is kept as before or not at all.
    #[test]
    fn what_is_not_told_is_not_collected(
        is_market in any::<bool>(),
        edits in prop::collection::vec((0u8..33, 0usize..64, 0usize..64), 1..3),
        lines in prop::collection::vec(arguments(), 24),
    ) {
        let base = if is_market { market() } else { orchard() };
        let mut changed = base.clone();
        for one in &edits {
            edit(&mut changed, *one);
            tidy(&mut changed);
        }
        prop_assume!(Policy::from_source(&changed).is_ok());
        for (old, new) in [(&base, &changed), (&changed, &base)] {
            let changes = diff(old, new);
            let told = changes.iter().any(|change| !matches!(change.subject, Subject::Wording | Subject::SetName { .. }));
            let values_only = edits.iter().all(|(kind, _, _)| matches!(kind, 0 | 1 | 11 | 12 | 14..=16));
            let widens = changes.iter().any(telemetry_redact::policy::Change::is_widening);
            let timestamps = new.timestamps;
            let (old, new) = (Policy::from_source(old).unwrap(), Policy::from_source(new).unwrap());
            let (old, new) = (Redactor::new(old), Redactor::new(new));
            let program = new.policy().unwrap().program().to_string();
            for line in &lines {
                let argv: Vec<&str> = std::iter::once(program.as_str()).chain(line.iter().map(String::as_str)).collect();
                let (before, now) = (old.read_command(&argv), new.read_command(&argv));
                if !widens {
                    let made = event(new.policy().unwrap(), timestamps, now.command.clone());
                    let answer = old.admit(made);
                    prop_assert!(answer.is_ok(), "{argv:?}: {answer:?} in {:?}", now.command);
                }
                if !widens && values_only {
                    for finding in now.findings.iter().filter(|finding| finding.verdict == Verdict::Kept) {
                        // A version can be kept by a shorter one, which was declared before too.
                        let fits = |known: &Finding| known.argument == finding.argument && known.verdict == Verdict::Kept;
                        let coarser = finding.rule == "value.version" && before.findings.iter().any(fits);
                        prop_assert!(coarser || before.findings.contains(finding), "{argv:?}: {finding:?} is new");
                    }
                }
                if !told {
                    prop_assert_eq!(&before.command, &now.command);
                }
            }
        }
    }
}
