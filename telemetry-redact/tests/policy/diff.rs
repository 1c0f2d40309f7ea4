//! What a change of a policy means, by examples in both directions and by a law.

use telemetry_redact::Policy;
use telemetry_redact::policy::{
    Abbreviations, CommandRule, Dashes, Dialect, FirstWord, Missing, PolicySource, PositionalRule,
    PromptRule, Record, Repeats, Subcommands, Takes, diff, version_problem,
};
use telemetry_schema::{PromptKind, TimestampPrecision};

fn source(text: &str) -> PolicySource {
    PolicySource::from_json(text).unwrap()
}

pub(crate) fn orchard() -> PolicySource {
    source(include_str!("../../testdata/orchard.json"))
}

pub(crate) fn market() -> PolicySource {
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
            |p| command(p, "trees plant").positionals[1].terminator = Some(";".into()),
            &["! reads differently: which positional argument a word is on 1 command (trees plant)"],
            &["! reads differently: which positional argument a word is on 1 command (trees plant)"],
        ),
        (
            |p| p.first_word = FirstWord::Executable,
            &["! reads differently: the executable's name is the first word of a command"],
            &["! reads differently: the first word of a command stands behind the program's name"],
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

/// Of clap's commands, which look ahead.
#[test]
fn an_argument_that_may_be_missing_is_told() {
    let mut old = market();
    command(&mut old, "run").positionals.push(PositionalRule::default());
    let mut new = old.clone();
    command(&mut new, "run").positionals[0].missing = Missing::Possibly;
    for (old, new) in [(&old, &new), (&new, &old)] {
        let expected = "! reads differently: which positional argument a word is on 1 command (run)";
        assert_eq!(lines(old, new), [expected]);
    }
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
