//! Questions that a program asked: only declared ones, only choices of a closed set, and never what was typed.

use telemetry_redact::{Policy, Preview, RawPrompt, Redactor};
use telemetry_schema::{Command, Prompt, PromptKind, Value, Word};

use crate::endings::observation;

const POLICY: &str = r#"{"format": 1, "program": "orchard", "version": 1, "dialect": "clap",
    "sets": {"fruit": ["apple", "pear"], "answers": ["yes", "no"]},
    "prompts": {
        "which": {"kind": "select", "values": "fruit"}, "all": {"kind": "multi_select", "values": "fruit"},
        "sure": {"kind": "confirm", "values": "answers"}, "bare": {"kind": "select"},
        "name": {"kind": "input"}, "token": {"kind": "password"}},
    "commands": [{"path": ""}, {"path": "login", "record": "path"}, {"path": "plant", "record": "names"}]}"#;

fn orchard() -> Redactor {
    Redactor::new(Policy::from_json(POLICY).unwrap())
}

fn asked(id: &str, kind: PromptKind, choices: &[&str]) -> RawPrompt {
    let choices = choices.iter().map(|choice| (*choice).into()).collect();
    RawPrompt { id: id.into(), kind, choices, default_kept: Some(true), left_empty: None }
}

fn preview(redactor: &Redactor, line: &[&str], prompts: Vec<RawPrompt>) -> Preview {
    let argv = line.iter().map(|argument| (*argument).into()).collect();
    redactor.preview(telemetry_redact::Observation { argv, prompts, ..observation() })
}

#[test]
fn a_question_is_kept_as_far_as_it_is_declared() {
    use PromptKind::{Confirm, Input, MultiSelect, Password, Select};
    let (declared, chosen, other) =
        ("prompt.declared", "prompt.choice_declared", "prompt.choice_not_declared");
    for (id, kind, choices, kept, rules) in [
        ("which", Select, &["pear"][..], Some(&["pear"][..]), &[declared, chosen][..]),
        ("which", Select, &["grandma's"], Some(&[]), &[declared, other]),
        (
            "which",
            Select,
            &["pear", "apple"],
            Some(&["pear"]),
            &[declared, chosen, "prompt.too_many_choices"],
        ),
        (
            "all",
            MultiSelect,
            &["apple", "yes", "pear"],
            Some(&["apple", "pear"]),
            &[declared, chosen, other, chosen],
        ),
        ("sure", Confirm, &["no"], Some(&["no"]), &[declared, chosen]),
        ("bare", Select, &["pear"], Some(&[]), &[declared, other]),
        ("name", Input, &["pear"], Some(&[]), &[declared, "prompt.typed"]),
        ("token", Password, &["pear"], Some(&[]), &[declared, "prompt.typed"]),
        ("which", Input, &["pear"], None, &["prompt.other_kind"]),
        ("grandma", Input, &["pear"], None, &["prompt.not_declared"]),
        ("", Input, &[], None, &["prompt.not_declared"]),
    ] {
        let redactor = orchard();
        let Preview { event, prompt_findings, .. } =
            preview(&redactor, &["orchard"], vec![asked(id, kind, choices)]);
        let found: Vec<&str> = prompt_findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(found, rules, "{id} {choices:?}");
        let expected = kept.map(|kept| Prompt {
            id: Word::new(id).unwrap(),
            kind,
            default_kept: Some(true),
            left_empty: None,
            choices: kept.iter().map(|choice| Value::new(*choice).unwrap()).collect(),
        });
        assert_eq!(event.prompts, expected.into_iter().collect::<Vec<_>>(), "{id} {choices:?}");
        assert!(redactor.admit(event).is_ok());
    }
}

#[test]
fn a_command_that_withholds_and_a_program_without_a_policy_have_no_questions() {
    let all = || vec![asked("which", PromptKind::Select, &["pear"])];
    assert_eq!(preview(&orchard(), &["orchard", "login"], all()).event.prompts, []);
    assert_eq!(preview(&orchard(), &["orchard", "plant"], all()).event.prompts[0].choices, []);
    assert_eq!(preview(&Redactor::without_policy(), &["orchard"], all()).event.prompts, []);
}

#[test]
fn an_event_holds_so_many_questions() {
    let prompts = (0..40).map(|_| asked("which", PromptKind::Select, &["pear"])).collect();
    let Preview { event, prompt_findings, .. } = preview(&orchard(), &["orchard"], prompts);
    assert_eq!(event.prompts.len(), Prompt::MAX_PROMPTS);
    assert_eq!(prompt_findings.last().unwrap().rule, "prompt.too_many");
}

type Edit<'a> = &'a dyn Fn(&mut Prompt, &mut Command);

#[test]
fn the_door_refuses_what_redaction_does_not_make() {
    let redactor = orchard();
    let event = preview(&redactor, &["orchard"], vec![asked("which", PromptKind::Select, &["pear"])]).event;
    let word = |word: &str| Word::new(word).unwrap();
    let value = |value: &str| Value::new(value).unwrap();
    let cases: [(Edit<'_>, &str, &str); 7] = [
        (&|prompt, _| prompt.id = word("grandma"), "prompts[0].id", "prompt.not_declared"),
        (
            &|prompt, _| prompt.choices = vec![value("plum")],
            "prompts[0].choices[0]",
            "prompt.choice_not_declared",
        ),
        (&|prompt, _| prompt.choices.push(value("apple")), "prompts[0].choices", "prompt.too_many_choices"),
        (&|prompt, _| prompt.kind = PromptKind::Confirm, "prompts[0].kind", "prompt.other_kind"),
        (
            &|prompt, _| (prompt.id, prompt.kind) = (word("bare"), PromptKind::Select),
            "prompts[0].choices[0]",
            "prompt.choice_not_declared",
        ),
        (&|_, command| command.path = vec![word("login")], "prompts[0].id", "prompt.withheld"),
        (&|_, command| command.path = vec![word("plant")], "prompts[0].choices", "prompt.choice_withheld"),
    ];
    for (edit, field, rule) in cases {
        let mut event = event.clone();
        edit(&mut event.prompts[0], &mut event.command);
        let refused = redactor.admit(event).unwrap_err();
        let has = refused.iter().any(|problem| problem.field == field && problem.rule == rule);
        assert!(has, "{rule} is not among {refused:?}");
    }
    let mut many = event.clone();
    many.prompts = vec![event.prompts[0].clone(); Prompt::MAX_PROMPTS + 1];
    assert_eq!(redactor.admit(many).unwrap_err()[0].rule, "prompt.too_many");
}
