//! Arbitrary JSON as an event at the door: what is admitted has nothing undeclared, and redaction leaves it as it is.

#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use telemetry_fuzz::chosen;
use telemetry_redact::{Ending, Facts, Observation, Raw, RawPrompt, Run};
use telemetry_schema::{Command, Event, Outcome, Prompt};

fuzz_target!(|input: &[u8]| -> Corpus {
    let Some((subject, rest)) = chosen(input) else { return Corpus::Reject };
    let Ok(event) = serde_json::from_slice::<Event>(rest) else { return Corpus::Keep };
    let written = serde_json::to_vec(&event).expect("an event is written");
    let read: Event = serde_json::from_slice(&written).expect("what was written is read");
    assert_eq!(read, event, "writing and reading an event changes it");
    match subject.redactor.admit(event) {
        Err(problems) => assert!(!problems.is_empty(), "refused without a problem"),
        Ok(admitted) => {
            subject.declared.assert_command(&admitted.event().command);
            let mut expected = admitted.event().clone();
            let policy = subject.redactor.policy().expect("every subject has a policy");
            // The door takes events of other versions of the policy, and of other command lines than none.
            expected.policy_version = Some(policy.version());
            expected.command = Command::default();
            let made = subject.redactor.preview(observation(expected.clone()));
            assert_eq!(made.event, expected, "redaction changes what was admitted");
        }
    }
    Corpus::Keep
});

/// What would have been seen, had it been this event: without its command line.
fn observation(event: Event) -> Observation {
    let Event {
        schema_version: _,
        policy_version: _,
        event_id,
        install_id,
        app,
        os,
        auth_method,
        command: _,
        prompts,
        started_at,
        completed_at,
        duration_us,
        outcome,
        exit_code,
        context,
    } = event;
    let ending = match outcome {
        Outcome::Success => Ending::Success,
        Outcome::Interrupted { signal } => Ending::Interrupted(signal),
        Outcome::Panic { location } => Ending::Panic { location },
        Outcome::Error { code, message, fingerprint: _ } => {
            Ending::Error { code: Some(code), text: message.map(|message| Raw::from(message.as_str())) }
        }
    };
    Observation {
        argv: Vec::new(),
        prompts: prompts.into_iter().map(raw_prompt).collect(),
        run: Run { started_at, completed_at, duration_us, ending, exit_code },
        facts: Facts {
            event_id,
            install_id,
            app_version: app.version,
            install_source: app.install_source,
            os,
            auth_method,
            context,
        },
        known_values: Vec::new(),
    }
}

fn raw_prompt(prompt: Prompt) -> RawPrompt {
    let Prompt { id, kind, default_kept, left_empty, choices } = prompt;
    let choices = choices.iter().map(|choice| Raw::from(choice.as_str())).collect();
    RawPrompt { id: Raw::from(id.as_str()), kind, choices, default_kept, left_empty }
}
