//! Ways in which a run can end that say something of themselves: errors that explain themselves, and panics.

use telemetry_redact::{Ending, Facts, Observation, Policy, Preview, Raw, Redactor, Run};
use telemetry_schema::{CodeLocation, ErrorCode, Event, Outcome};

const POLICY: &str = r#"{"format": 1, "program": "orchard", "version": 1, "dialect": "clap",
    "error_codes": ["no_such_fruit"],
    "templates": [{"text": "the larder of {path} has no fruit called {value}", "code": "no_such_fruit"}],
    "sets": {"fruit": ["apple", "pear"]},
    "commands": [{"path": "", "positionals": [{"values": "fruit"}]}]}"#;

const DECLARED: &str = "the larder of {path} has no fruit called {value}";

fn orchard() -> Redactor {
    Redactor::new(Policy::from_json(POLICY).unwrap())
}

/// A run of `orchard` of which nothing else is known.
pub(crate) fn observation() -> Observation {
    let event: Event =
        serde_json::from_str(include_str!("../../../telemetry-schema/testdata/event.json")).unwrap();
    Observation {
        argv: vec![Raw::from("orchard")],
        prompts: Vec::new(),
        run: Run {
            started_at: event.started_at,
            completed_at: event.completed_at,
            duration_us: event.duration_us,
            ending: Ending::Success,
            exit_code: None,
        },
        facts: Facts {
            event_id: event.event_id,
            install_id: event.install_id,
            app_version: event.app.version,
            install_source: event.app.install_source,
            os: event.os,
            auth_method: event.auth_method,
            context: event.context,
        },
        known_values: vec![Raw::from("ada")],
    }
}

fn preview(redactor: &Redactor, ending: Ending) -> Preview {
    let observation = observation();
    let run = Run { ending, ..observation.run };
    redactor.preview(Observation { run, ..observation })
}

/// Code, message, and how many slots were dropped.
fn explained(code: &str, template: &'static str, slots: &[(&'static str, &str)]) -> (String, String, u32) {
    let redactor = orchard();
    let slots = slots.iter().map(|(name, value)| (*name, Raw::from(*value))).collect();
    let ending = Ending::Explained { code: ErrorCode::new(code).unwrap(), template, slots };
    let Preview { event, text_findings, .. } = preview(&redactor, ending);
    redactor.admit(event.clone()).unwrap();
    let Outcome::Error { code, message, .. } = event.outcome else { panic!("an error") };
    let dropped =
        text_findings.iter().find(|finding| finding.rule == "text.slot").map_or(0, |found| found.count);
    (code.to_string(), message.map(|message| message.to_string()).unwrap_or_default(), dropped)
}

#[test]
fn an_explanation_is_kept_as_far_as_it_is_declared() {
    let path = ("path", "/home/ada");
    for (code, template, slots, expected) in [
        (
            "no_such_fruit",
            DECLARED,
            &[path, ("value", "pear")][..],
            ("no_such_fruit", "the larder of <path> has no fruit called pear", 1),
        ),
        (
            "no_such_fruit",
            DECLARED,
            &[path, ("value", "grandma's")],
            ("no_such_fruit", "the larder of <path> has no fruit called <value>", 2),
        ),
        // Words of the vocabulary are no values.
        (
            "no_such_fruit",
            DECLARED,
            &[("value", "permission denied")],
            ("no_such_fruit", "the larder of <path> has no fruit called <value>", 2),
        ),
        (
            "no_such_fruit",
            "could not open {path}: {error}",
            &[path, ("error", "permission denied")],
            ("no_such_fruit", "could not open <path>: permission denied", 1),
        ),
        // A template that is not declared makes no word one that is kept.
        (
            "no_such_fruit",
            "contoso lost {value}",
            &[("value", "pear")],
            ("no_such_fruit", "<value> lost pear", 0),
        ),
        // A code that is not declared is that of the template, or none.
        (
            "of_my_own",
            DECLARED,
            &[path, ("value", "pear")],
            ("no_such_fruit", "the larder of <path> has no fruit called pear", 1),
        ),
        ("of_my_own", "could not open {path}", &[path], ("error", "could not open <path>", 1)),
        // What is no template leaves the code.
        ("no_such_fruit", "could not {open", &[], ("no_such_fruit", "", 0)),
    ] {
        let (code, message, dropped) = explained(code, template, slots);
        assert_eq!((&*code, &*message, dropped), expected, "{template} with {slots:?}");
    }
}

#[test]
fn without_a_policy_nothing_but_the_class_is_kept() {
    let redactor = Redactor::without_policy();
    let code = ErrorCode::new("not_found").unwrap();
    let ending = Ending::Explained { code, template: DECLARED, slots: vec![("value", Raw::from("pear"))] };
    let outcome = serde_json::to_value(preview(&redactor, ending).event.outcome).unwrap();
    assert_eq!(outcome, serde_json::json!({"kind": "error", "code": "not_found"}));
}

#[test]
fn the_place_of_a_panic_is_kept_of_a_program_with_a_policy() {
    let location = || CodeLocation::new("src/main.rs:42").ok();
    let kept = preview(&orchard(), Ending::Panic { location: location() }).event;
    assert_eq!(kept.outcome, Outcome::Panic { location: location() });
    orchard().admit(kept).unwrap();

    let without = Redactor::without_policy();
    let mut event = preview(&without, Ending::Panic { location: location() }).event;
    assert_eq!(event.outcome, Outcome::Panic { location: None });
    event.outcome = Outcome::Panic { location: location() };
    let refused = without.admit(event).unwrap_err();
    assert_eq!((&*refused[0].field, &*refused[0].rule), ("outcome.location", "location.not_kept"));
}

#[test]
fn the_name_of_an_executable_that_is_no_command_is_in_no_text() {
    let policy = r#"{"format": 1, "program": "grove", "version": 1, "dialect": "clap", "first_word": "executable",
        "commands": [{"path": ""}, {"path": "list"}, {"path": "list trees"}]}"#;
    let redactor = Redactor::new(Policy::from_json(policy).unwrap());
    let said = |executable: &str, text: &str| {
        let ending = Ending::Error { code: None, text: Some(Raw::from(text)) };
        let observation =
            Observation { argv: vec![Raw::from(executable), Raw::from("trees")], ..observation() };
        let run = Run { ending, ..observation.run };
        let event = redactor.preview(Observation { run, ..observation }).event;
        redactor.admit(event.clone()).unwrap();
        let Outcome::Error { message, .. } = event.outcome else { panic!("an error") };
        (event.command.path.join(" "), message.unwrap().to_string())
    };
    let text = "error: unrecognized subcommand 'lsit'\n\n  tip: a similar subcommand exists: 'list'";
    let (path, message) = said("/home/ada/bin/lsit", text);
    assert!(path.is_empty() && !message.contains("lsit"), "{message}");
    let text = "error: unrecognized subcommand 'tree'\n\nUsage: list <COMMAND>";
    let (path, message) = said("/home/ada/bin/list", text);
    assert_eq!(path, "list trees");
    assert!(message.contains("list"), "{message}");
}
