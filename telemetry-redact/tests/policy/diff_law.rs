//! What a diff does not tell is not collected: over random changes of a policy and command lines of both.

use std::collections::BTreeSet;

use proptest::prelude::*;
use telemetry_redact::policy::{
    Abbreviations, CommandRule, Dashes, Dialect, FirstWord, Missing, PolicySource, PositionalRule, Record,
    Repeats, Subject, Takes, diff,
};
use telemetry_redact::{Finding, Policy, Redactor, Verdict};
use telemetry_schema::{Command, Event, TimestampPrecision};

use crate::diff::{market, orchard};

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
        32 => {
            let positionals = &mut policy.commands[at].positionals;
            if let Some(rule) = positionals.get_mut(one % 2) {
                rule.terminator = Some(["pear", "json"][other % 2].into());
            }
        }
        33 => {
            let positionals = &mut policy.commands[at].positionals;
            if let [before, _, ..] = &mut positionals[..] {
                before.missing = [Missing::Never, Missing::Possibly][one % 2];
            }
        }
        34 => policy.first_word = [FirstWord::Argument, FirstWord::Executable][one % 2],
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, max_global_rejects: 65_536, ..ProptestConfig::default() })]

    /// Where a diff tells of nothing newly collected, the old policy admits whatever the new one makes of any command
    /// line; and where only values are kept less, each argument is kept as before or not at all.
    #[test]
    fn what_is_not_told_is_not_collected(
        is_market in any::<bool>(),
        edits in prop::collection::vec((0u8..36, 0usize..64, 0usize..64), 1..3),
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
