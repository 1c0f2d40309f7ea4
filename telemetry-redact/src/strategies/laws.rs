//! What holds for every policy. Each law is a function that a property test calls and passes on with `?`.

use std::collections::BTreeMap;

use proptest::prop_assert;
use proptest::test_runner::TestCaseError;
use telemetry_schema::{Command, Event, Outcome, Place, Prompt};

use super::lines::CommandLine;
use super::observations::Seen;
use super::planted::survives;
use super::texts::ErrorText;
use crate::{CommandReading, Observation, Redactor};

/// What a law says: nothing, or why it does not hold.
pub type Law = Result<(), TestCaseError>;

/// All laws that a command line is subject to.
///
/// # Errors
///
/// The law that does not hold, and by what.
pub fn all_of_a_line(redactor: &Redactor, line: &CommandLine) -> Law {
    nothing_planted_survives(redactor, line)?;
    nothing_undeclared_survives(redactor, line)?;
    what_is_declared_survives(redactor, line)
}

/// No value of the user's is in the event or in the findings, also not in pieces, in another case or encoded.
///
/// # Errors
///
/// A value that got out.
pub fn nothing_planted_survives(redactor: &Redactor, line: &CommandLine) -> Law {
    let CommandReading { command, findings, .. } = read(redactor, line);
    let output = json(&command)? + &json(&findings)?;
    none_survives(&output, &line.planted)
}

/// Nothing is kept but what is declared in the place where it stands: a word that is declared for another place is not
/// told by its letters, so what is kept is compared with what may be.
///
/// # Errors
///
/// What was kept and is not declared there.
pub fn nothing_undeclared_survives(redactor: &Redactor, line: &CommandLine) -> Law {
    let reading = read(redactor, line);
    let kept = Parts::of(&reading.command);
    let declared = Parts::of(&line.kept);
    prop_assert!(kept.is_within(&declared), "{:?}: {kept:?} is more than {declared:?}", line.argv);
    Ok(())
}

/// What is declared in the place where it stands is kept, whatever stands around it and however it is written.
///
/// # Errors
///
/// What was lost.
pub fn what_is_declared_survives(redactor: &Redactor, line: &CommandLine) -> Law {
    let reading = read(redactor, line);
    let kept = Parts::of(&reading.command);
    let declared = Parts::of(&line.kept);
    prop_assert!(declared.is_within(&kept), "{:?}: {kept:?} is less than {declared:?}", line.argv);
    Ok(())
}

/// No value of the user's is in a redacted error text.
///
/// # Errors
///
/// A value that got out.
pub fn nothing_planted_survives_in_text(redactor: &Redactor, text: &ErrorText) -> Law {
    let redacted = redactor.redact_text(&text.text);
    none_survives(&(redacted.text + &json(&redacted.findings)?), &text.planted)
}

/// No value of the user's is anywhere in the event or in the findings of a whole run.
///
/// # Errors
///
/// A value that got out.
pub fn nothing_planted_survives_in_the_event(redactor: &Redactor, seen: &Seen) -> Law {
    let preview = redactor.preview(seen.observation.clone());
    let of_prompts = json(&preview.prompt_findings)?;
    let output =
        json(&preview.event)? + &json(&preview.findings)? + &of_prompts + &json(&preview.text_findings)?;
    none_survives(&output, &seen.planted)
}

/// The door takes what redaction makes: redacting twice is redacting once.
///
/// # Errors
///
/// What the door refuses, or what a second redaction changes.
pub fn redacting_twice_is_redacting_once(redactor: &Redactor, observation: &Observation) -> Law {
    let event = redactor.preview(observation.clone()).event;
    if let Outcome::Error { message: Some(message), .. } = &event.outcome {
        let again = redactor.redact_text(message.as_str()).text;
        prop_assert!(again == message.as_str(), "{message:?} becomes {again:?}");
    }
    let refused = redactor.admit(event.clone()).err();
    prop_assert!(refused.is_none(), "{refused:?} of {event:?}");
    Ok(())
}

/// A policy that keeps less makes no event with more in it: no field and no more values of one.
///
/// # Errors
///
/// What the narrower policy keeps and the wider one does not.
pub fn narrowing_never_adds(wide: &Redactor, narrow: &Redactor, observation: &Observation) -> Law {
    let [wide, narrow] = [wide, narrow].map(|redactor| redactor.preview(observation.clone()).event);
    let [wide_parts, narrow_parts] = [&wide, &narrow].map(|event| Parts::of(&event.command));
    prop_assert!(narrow_parts.has_no_more_than(&wide_parts), "{narrow_parts:?} is more than {wide_parts:?}");
    prop_assert!(wide.command.path == narrow.command.path, "a policy that keeps less is of another program");
    for prompt in &narrow.prompts {
        let same = |other: &&Prompt| other.id == prompt.id && other.choices.len() >= prompt.choices.len();
        prop_assert!(
            wide.prompts.iter().any(|other| same(&other)),
            "{prompt:?} is more than {:?}",
            wide.prompts
        );
    }
    let message = |event: &Event| matches!(event.outcome, Outcome::Error { message: Some(_), .. });
    prop_assert!(message(&wide) || !message(&narrow), "only the narrower policy keeps a message");
    Ok(())
}

fn read(redactor: &Redactor, line: &CommandLine) -> CommandReading {
    redactor.read_command(&line.argv.iter().map(String::as_str).collect::<Vec<_>>())
}

fn json(value: &impl serde::Serialize) -> Result<String, TestCaseError> {
    serde_json::to_string(value).map_err(|error| TestCaseError::fail(error.to_string()))
}

fn none_survives(output: &str, planted: &[String]) -> Law {
    for planted in planted {
        prop_assert!(!survives(output, planted), "{planted:?} is in {output}");
    }
    Ok(())
}

/// The parts of a command without their order.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    path: Vec<&'a str>,
    flags: BTreeMap<&'a str, Vec<&'a str>>,
    positionals: BTreeMap<u32, Vec<&'a str>>,
    deprecated: Vec<(Place, &'a str)>,
    misspellings: Vec<(Place, &'a str)>,
}

impl<'a> Parts<'a> {
    pub(super) fn of(command: &'a Command) -> Self {
        let Command { path, flags, positional_count: _, positionals, misspellings, deprecated, dropped: _ } =
            command;
        let mut at_places: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        for positional in positionals {
            let values = positional.values.iter().map(AsRef::as_ref);
            // In a list that has a terminator all have its place.
            at_places.entry(positional.index).or_default().extend(values);
        }
        Self {
            path: path.iter().map(AsRef::as_ref).collect(),
            flags: flags
                .iter()
                .map(|flag| (flag.name.as_str(), flag.values.iter().map(AsRef::as_ref).collect()))
                .collect(),
            positionals: at_places,
            deprecated: deprecated
                .iter()
                .map(|deprecated| (deprecated.place, deprecated.name.as_str()))
                .collect(),
            misspellings: misspellings.iter().map(|miss| (miss.place, miss.typed.as_str())).collect(),
        }
    }

    /// Whether the other has all of these.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        other.path.starts_with(&self.path)
            && are_within(&self.flags, &other.flags)
            && are_within(&self.positionals, &other.positionals)
            && self.deprecated.iter().all(|name| other.deprecated.contains(name))
            && self.misspellings.iter().all(|typed| other.misspellings.contains(typed))
    }

    /// Whether the other has each of these fields, with as many values. Which ones may differ: a wider bucket is
    /// another one.
    fn has_no_more_than(&self, other: &Self) -> bool {
        other.path.starts_with(&self.path)
            && are_no_more(&self.flags, &other.flags)
            && are_no_more(&self.positionals, &other.positionals)
            && self.deprecated.iter().all(|name| other.deprecated.contains(name))
            && self.misspellings.iter().all(|typed| other.misspellings.contains(typed))
    }
}

type Values<'a, K> = BTreeMap<K, Vec<&'a str>>;

fn are_within<K: Ord>(these: &Values<'_, K>, others: &Values<'_, K>) -> bool {
    let has = |values: &Vec<&str>, others: &Vec<&str>| values.iter().all(|value| others.contains(value));
    these.iter().all(|(name, values)| others.get(name).is_some_and(|others| has(values, others)))
}

fn are_no_more<K: Ord>(these: &Values<'_, K>, others: &Values<'_, K>) -> bool {
    these.iter().all(|(name, values)| others.get(name).is_some_and(|others| values.len() <= others.len()))
}
