//! Command lines made to leak: what must be gone is, and what says how a command is used is kept.

use serde::Deserialize;
use telemetry_redact::policy::PolicySource;
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::Event;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    policy: String,
    kind: String,
    argv: Vec<String>,
    gone: Vec<String>,
    kept: Vec<String>,
}

#[test]
fn command_lines_made_to_leak_do_not() {
    let redactors = [
        (
            "git",
            Policy::from_compiled(include_bytes!("../../policies/compiled/git.policy").to_vec()).unwrap(),
        ),
        ("orchard", Policy::from_json(include_str!("../testdata/orchard.json")).unwrap()),
        ("market", Policy::from_json(include_str!("../testdata/market.json")).unwrap()),
    ]
    .map(|(name, policy)| (name, Redactor::new(policy)));
    let mut wrong = Vec::new();
    let mut cases = 0;
    for line in include_str!("../testdata/evaluation/command_lines.jsonl").lines() {
        let Case { policy, kind, argv, gone, kept } = serde_json::from_str(line).unwrap();
        let (_, redactor) = redactors.iter().find(|(name, _)| *name == policy).unwrap();
        let reading = redactor.read_command(&argv.iter().map(String::as_str).collect::<Vec<_>>());
        let command = serde_json::to_string(&reading.command).unwrap();
        let shown = serde_json::to_string(&reading.findings).unwrap();
        let kept_as: Vec<&str> =
            reading.findings.iter().filter_map(|finding| finding.kept_as.as_deref()).collect();
        let leaks = |value: &&String| {
            command.contains(value.as_str())
                || kept_as.iter().any(|kept| kept.contains(value.as_str()))
                || value.len() > 8 && shown.contains(value.as_str())
        };
        let left: Vec<&String> = gone.iter().filter(leaks).collect();
        let lost: Vec<&String> = kept.iter().filter(|word| !command.contains(word.as_str())).collect();
        if !left.is_empty() || !lost.is_empty() {
            wrong.push(format!("{policy} {kind} {argv:?}: left {left:?}, lost {lost:?}\n    {command}"));
        }
        cases += 1;
    }
    assert!(wrong.is_empty(), "{}\n{} of {cases}", wrong.join("\n"), wrong.len());
    assert!(cases > 150, "only {cases} cases");
}

#[test]
fn every_flag_of_every_command_is_read_and_admitted() {
    let template: Event =
        serde_json::from_str(include_str!("../../telemetry-schema/testdata/event.json")).unwrap();
    let sources = [
        PolicySource::from_json(include_str!("../../policies/atlas.json")),
        PolicySource::from_toml(include_str!("../../policies/git.toml")),
        PolicySource::from_json(include_str!("../testdata/market.json")),
    ];
    for source in sources {
        let source = source.unwrap();
        let redactor = Redactor::new(Policy::from_source(&source).unwrap());
        for command in &source.commands {
            let keys = command.flags.iter().chain(&command.persistent_flags);
            let rules = keys.filter_map(|key| source.flags.get(key).map(|rule| (key, rule)));
            let names = rules.flat_map(|(key, rule)| {
                let others = rule.aliases.iter().chain(&rule.deprecated).chain(&rule.negations);
                std::iter::once(rule.name.as_ref().unwrap_or(key)).chain(others)
            });
            for name in names {
                let flag = format!("--{name}");
                let words = command.path.split_whitespace();
                let argv: Vec<&str> =
                    std::iter::once(source.program.as_str()).chain(words).chain([flag.as_str()]).collect();
                let mut event = template.clone();
                event.app.name = Some(source.program.parse().unwrap());
                event.command = redactor.read_command(&argv).command;
                let admitted = redactor.admit(event).map(|_| ());
                assert_eq!(admitted, Ok(()), "{argv:?}");
            }
        }
    }
}
