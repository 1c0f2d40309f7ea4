//! Whole runs of a program, as they are seen.

use proptest::prelude::*;
use telemetry_schema::{
    Arch, AuthMethod, CiVendor, CodeLocation, CodingAgent, Container, Context, ErrorCode, EventId, InstallId,
    InstallSource, Libc, Os, OsName, PromptKind, Signal, StreamKind, Terminal, Timestamp, Version, Wsl,
};

use super::lines::{CommandLine, command_lines_with};
use super::planted::planted_values;
use super::texts::error_texts_with;
use crate::policy::PolicySource;
use crate::{Ending, Facts, Observation, RawPrompt, Run};

/// A run as it is seen, and what of it is the user's.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Seen {
    /// What was seen.
    pub observation: Observation,
    /// Its command line, and what must become of it.
    pub line: CommandLine,
    /// The values of the user's in the command line, in answers and in the error text: none may come out.
    pub planted: Vec<String>,
}

/// Runs of a program: command lines as of [`command_lines`](super::command_lines), every ending, error texts as of
/// [`error_texts`](super::error_texts), any facts.
pub fn observations(source: &PolicySource) -> impl Strategy<Value = Seen> + use<> {
    observations_with(source, planted_values())
}

/// As [`observations`], with values of your own; see [`command_lines_with`](super::command_lines_with).
pub fn observations_with<S>(source: &PolicySource, planted: S) -> impl Strategy<Value = Seen> + use<S>
where
    S: Strategy<Value = String> + Clone + 'static,
{
    let line = command_lines_with(source, planted.clone());
    let text = error_texts_with(source, planted.clone());
    let codes = source
        .error_codes
        .iter()
        .cloned()
        .chain(["not_found", "mine"].map(str::to_owned))
        .collect::<Vec<_>>();
    let code = prop::option::of(prop::sample::select(codes))
        .prop_map(|code| code.and_then(|code| ErrorCode::new(code).ok()));
    let ending = (0..8_u8, code, text, locations(), explained(source, planted.clone())).prop_map(
        |(sort, code, text, location, (explained, in_slots))| match sort {
            0 => (Ending::Success, Vec::new()),
            1 => (Ending::Interrupted(Signal::Sigint), Vec::new()),
            2 => (Ending::Panic { location }, Vec::new()),
            3 => (Ending::Error { code, text: None }, Vec::new()),
            4 => (explained, in_slots),
            _ => (Ending::Error { code, text: Some(text.text.into()) }, text.planted),
        },
    );
    let prompts = prompts(source, planted.clone());
    let known = prop::collection::vec(planted, 0..2);
    let parts = (line, ending, prompts, known, runs(), facts());
    parts.prop_map(|(line, (ending, in_text), (prompts, in_prompts), known, run, facts)| {
        let planted = line.planted.iter().chain(&in_text).chain(&in_prompts).cloned().collect();
        let observation = Observation {
            argv: line.argv.iter().map(|argument| argument.as_str().into()).collect(),
            prompts,
            run: Run { ending, ..run },
            facts,
            known_values: known.into_iter().map(Into::into).collect(),
        };
        Seen { observation, line, planted }
    })
}

/// Questions, declared and not, of the declared kind and others, with declared and planted answers; and what is planted.
fn prompts<S>(
    source: &PolicySource,
    planted: S,
) -> impl Strategy<Value = (Vec<RawPrompt>, Vec<String>)> + use<S>
where
    S: Strategy<Value = String> + Clone + 'static,
{
    let declared: Vec<(String, PromptKind)> =
        source.prompts.iter().map(|(id, rule)| (id.clone(), rule.kind)).collect();
    let kinds = prop::sample::select(&PromptKind::ALL[..]);
    let unknown = (planted.clone(), kinds.clone()).prop_map(|(id, kind)| (id.clone(), kind, Some(id)));
    let asked = if declared.is_empty() {
        unknown.boxed()
    } else {
        let ids = prop::sample::select(declared);
        let fair = ids.clone().prop_map(|(id, kind)| (id, kind, None));
        let other = (ids, kinds).prop_map(|((id, _), kind)| (id, kind, None));
        prop_oneof![6 => fair, 1 => other, 1 => unknown].boxed()
    };
    let words: Vec<String> = crate::policy::declared_words(source).map(str::to_owned).collect();
    let choice = prop_oneof![
        2 => prop::sample::select(words).prop_map(|word| (word, None)),
        1 => planted.prop_map(|value| (value.clone(), Some(value))),
    ];
    let told = prop::option::of(any::<bool>());
    let prompt = (asked, prop::collection::vec(choice, 0..4), told.clone(), told);
    prop::collection::vec(prompt, 0..4).prop_map(|all| {
        let mut planted = Vec::new();
        let prompts = all.into_iter().map(|((id, kind, of_id), choices, default_kept, left_empty)| {
            planted.extend(
                of_id.into_iter().chain(choices.iter().filter_map(|(_, of_choice)| of_choice.clone())),
            );
            let choices = choices.into_iter().map(|(choice, _)| choice.into()).collect();
            RawPrompt { id: id.into(), kind, choices, default_kept, left_empty }
        });
        (prompts.collect(), planted)
    })
}

/// Places in the program's source.
fn locations() -> impl Strategy<Value = Option<CodeLocation>> {
    let place = ("[a-z]{1,8}", 1..10_000_u32).prop_map(|(file, line)| format!("src/{file}.rs:{line}"));
    prop::option::of(place).prop_map(|place| place.and_then(|place| CodeLocation::new(place).ok()))
}

/// Errors that explain themselves, with declared and planted values in their slots.
fn explained<S>(source: &PolicySource, planted: S) -> impl Strategy<Value = (Ending, Vec<String>)> + use<S>
where
    S: Strategy<Value = String>,
{
    const TEMPLATES: [&str; 5] = [
        "could not read {path}: {error}",
        "no value called {value} for {flag}",
        "{word} is not a command of {command}",
        "cannot use '{value}' with {value}",
        "{value} after the last of {number}",
    ];
    const SLOTS: [&str; 7] = ["value", "path", "flag", "word", "command", "number", "error"];
    let declared: Vec<String> = crate::policy::declared_words(source).map(str::to_owned).collect();
    let value = prop_oneof![
        planted.prop_map(|value| (value.clone(), Some(value))),
        prop::sample::select(declared).prop_map(|word| (word, None)),
    ];
    let slots = prop::collection::vec((prop::sample::select(&SLOTS[..]), value), 0..6);
    let code = prop::sample::select(&["not_found", "mine"][..]);
    (prop::sample::select(&TEMPLATES[..]), code, slots).prop_map(|(template, code, slots)| {
        let planted = slots.iter().filter_map(|(_, (_, planted))| planted.clone()).collect();
        let slots = slots.into_iter().map(|(name, (value, _))| (name, value.into())).collect();
        let code = ErrorCode::new(code).unwrap_or_else(|_| ErrorCode::unclassified());
        (Ending::Explained { code, template, slots }, planted)
    })
}

fn runs() -> impl Strategy<Value = Run> {
    /// From 1970 to 2100.
    const MICROSECONDS: std::ops::Range<i64> = 0..4_102_444_800_000_000;
    let offsets = -14 * 60..=14 * 60_i16;
    (MICROSECONDS, 0..86_400_000_000_i64, offsets, prop::option::of(any::<i32>())).prop_map(
        |(started, took, offset, exit_code)| {
            let at = |unix_us| Timestamp::new(unix_us, offset).unwrap_or_default();
            Run {
                started_at: at(started),
                completed_at: at(started + took),
                duration_us: took.unsigned_abs(),
                ending: Ending::Success,
                exit_code,
            }
        },
    )
}

fn facts() -> impl Strategy<Value = Facts> {
    let version =
        || prop::option::of((0..40_u32, 0..40_u32).prop_map(|(major, minor)| format!("{major}.{minor}")));
    let around = (
        prop::option::of(prop::sample::select(Libc::ALL)),
        prop::option::of(prop::sample::select(Container::ALL)),
        prop::option::of(prop::sample::select(Wsl::ALL)),
    );
    let os = (prop::sample::select(OsName::ALL), version(), prop::sample::select(Arch::ALL), around);
    let stream = || prop::sample::select(StreamKind::ALL);
    let context = (
        prop::option::of(prop::sample::select(CiVendor::ALL)),
        prop::option::of(prop::sample::select(CodingAgent::ALL)),
        (stream(), stream(), stream()),
    );
    let installation = (
        prop::option::of(prop::sample::select(InstallSource::ALL)),
        prop::option::of(prop::sample::select(AuthMethod::ALL)),
        prop::option::of(any::<[u8; 16]>()),
    );
    (any::<(u32, [u8; 10])>(), installation, version(), os, context).prop_map(
        |(
            (moment, random),
            (install_source, auth_method, install_id),
            app_version,
            (name, os_version, arch, (libc, container, wsl)),
            (ci, agent, streams),
        )| {
            let version = |text: Option<String>| text.and_then(|text| Version::new(text).ok());
            let (stdin, stdout, stderr) = streams;
            Facts {
                event_id: EventId::new(u64::from(moment) * 1000, &random),
                install_id: install_id.map(InstallId::new),
                app_version: version(app_version),
                install_source,
                os: Os { name, version: version(os_version), arch, libc, container, wsl },
                auth_method,
                context: Context { ci, agent, terminal: Terminal { stdin, stdout, stderr } },
            }
        },
    )
}
