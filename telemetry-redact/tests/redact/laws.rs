//! The laws of redaction, over policies, command lines and texts of every kind.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use telemetry_redact::policy::PolicySource;
use telemetry_redact::strategies::{command_lines, error_texts, laws, narrower, observations, policies};
use telemetry_redact::{Ending, Policy, Raw, Redactor};
use telemetry_schema::Event;

fn redactor(source: &PolicySource) -> Redactor {
    match Policy::from_source(source) {
        Ok(policy) => Redactor::new(policy),
        Err(error) => panic!("{error} of {source:?}"),
    }
}

/// The policies in use, which are of another size than generated ones.
const READY: [&str; 2] =
    [include_str!("../../testdata/orchard.json"), include_str!("../../testdata/market.json")];

static EVENT: LazyLock<Validator> = LazyLock::new(|| {
    let schemas = telemetry_schema::catalogue::schemas();
    let (_, schema) = schemas.into_iter().find(|(name, _)| *name == "event.json").unwrap();
    jsonschema::options().should_validate_formats(true).build(&schema).unwrap()
});

/// `PROPTEST_CASES` says how many. What fails becomes a test of its own here, not a seed in a file.
fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}

/// A policy, and something made of it.
fn with_policy<S, T>(make: impl Fn(&PolicySource) -> S + 'static) -> impl Strategy<Value = (PolicySource, T)>
where
    S: Strategy<Value = T>,
    T: std::fmt::Debug,
{
    let ready = READY.map(|text| PolicySource::from_json(text).unwrap());
    let sources = prop_oneof![1 => prop::sample::select(ready.to_vec()), 4 => policies()];
    sources.prop_flat_map(move |source| {
        let of_policy = make(&source);
        (Just(source), of_policy)
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_generated_policy_is_a_policy(source in policies()) {
        let policy = Policy::from_source(&source).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let text = serde_json::to_string(&source).unwrap();
        let again = Policy::from_json(&text).unwrap();
        prop_assert_eq!(again.compiled(), policy.compiled());
    }

    /// Laws 1 and 4, for command lines.
    #[test]
    fn a_line_keeps_what_is_declared_and_nothing_else((source, line) in with_policy(command_lines)) {
        laws::all_of_a_line(&redactor(&source), &line)?;
    }

    /// Law 1, for error texts.
    #[test]
    fn nothing_planted_survives_in_a_text((source, text) in with_policy(error_texts)) {
        laws::nothing_planted_survives_in_text(&redactor(&source), &text)?;
        laws::nothing_planted_survives_in_text(&Redactor::without_policy(), &text)?;
    }

    /// Laws 1, 2 and 3, for events.
    #[test]
    fn an_event_holds_nothing_planted_passes_the_door_and_fits_the_schema((source, seen) in with_policy(observations)) {
        for redactor in [redactor(&source), Redactor::without_policy()] {
            laws::nothing_planted_survives_in_the_event(&redactor, &seen)?;
            laws::redacting_twice_is_redacting_once(&redactor, &seen.observation)?;
            let event = redactor.preview(seen.observation.clone()).event;
            let json = serde_json::to_value(&event).unwrap();
            let problems: Vec<String> = EVENT.iter_errors(&json).map(|problem| problem.to_string()).collect();
            prop_assert!(problems.is_empty(), "{problems:?}");
            prop_assert_eq!(serde_json::from_value::<Event>(json).unwrap(), event);
        }
    }

    /// Law 5.
    #[test]
    fn a_narrower_policy_keeps_no_more(
        (wide, (narrow, seen)) in with_policy(|source| (narrower(source), observations(source)))
    ) {
        laws::narrowing_never_adds(&redactor(&wide), &redactor(&narrow), &seen.observation)?;
    }
}

/// Strategies that try nothing prove nothing: every rule of command lines is met, in every dialect.
#[test]
fn the_strategies_reach_every_rule() {
    let mut runner = TestRunner::deterministic();
    let mut met = BTreeSet::new();
    for _ in 0..1500 {
        let (source, line) = with_policy(command_lines).new_tree(&mut runner).unwrap().current();
        let argv: Vec<&str> = line.argv.iter().map(String::as_str).collect();
        let reading = redactor(&source).read_command(&argv);
        met.extend(reading.findings.iter().map(|finding| finding.rule));
    }
    let rules = [
        "command.abbreviation",
        "command.alias",
        "command.declared",
        "command.deprecated",
        "command.near_miss",
        "command.not_declared",
        "flag.abbreviation",
        "flag.declared",
        "flag.declared_elsewhere",
        "flag.deprecated",
        "flag.near_miss",
        "flag.negation",
        "flag.not_declared",
        "flag.withheld",
        "program.declared",
        "separator",
        "switch.value",
        "value.bucket",
        "value.in_closed_set",
        "value.key",
        "value.key_and_value",
        "value.not_declared",
        "value.not_in_closed_set",
        "value.of_key",
        "value.of_unknown_flag",
        "value.version",
        "value.withheld",
    ];
    assert_eq!(met.into_iter().collect::<Vec<_>>(), rules);
}

fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..most)
}

proptest! {
    #![proptest_config(config())]

    /// Law 6: whatever is given, nothing panics.
    #[test]
    fn no_bytes_make_redaction_panic(
        (source, mut seen) in with_policy(observations),
        argv in prop::collection::vec(bytes(16), 0..8),
        text in bytes(200),
        known in prop::collection::vec(bytes(8), 0..3),
    ) {
        let redactor = redactor(&source);
        seen.observation.argv.extend(argv.into_iter().map(Raw::from));
        seen.observation.known_values.extend(known.into_iter().map(Raw::from));
        seen.observation.run.ending = Ending::Error { code: None, text: Some(text.into()) };
        laws::redacting_twice_is_redacting_once(&redactor, &seen.observation)?;
    }

    /// A compiled policy with some bytes changed, which no checksum guards where it is embedded: it opens or it does
    /// not, and what it declares fits an event.
    #[test]
    fn no_damage_to_a_compiled_policy_makes_it_panic(
        (source, seen) in with_policy(observations),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
    ) {
        let mut compiled = Policy::from_source(&source).unwrap().compiled().to_vec();
        for (at, byte) in changes {
            let at = at.index(compiled.len());
            compiled[at] = byte;
        }
        compiled.truncate(cut.map_or(compiled.len(), |cut| cut.index(compiled.len())));
        let sound = Policy::from_compiled(compiled.clone());
        // A test may forget some memory.
        if let Ok(policy) = Policy::from_embedded(compiled.leak()) {
            let event = Redactor::new(policy).preview(seen.observation).event;
            prop_assert!(EVENT.is_valid(&serde_json::to_value(&event).unwrap()), "{event:?}");
        } else {
            prop_assert!(sound.is_err());
        }
    }

    #[test]
    fn no_bytes_make_the_readers_panic(bytes in bytes(400), header in prop::bool::ANY) {
        let mut compiled = bytes.clone();
        if header {
            compiled.splice(..0, *b"TPOL\x01\0\0\0");
        }
        let _ = Policy::from_compiled(compiled);
        let text = String::from_utf8_lossy(&bytes);
        prop_assert!(Policy::from_json(&text).is_err());
    }

    /// An event from elsewhere, with parts of it taken from another.
    #[test]
    fn no_event_makes_the_door_panic((source, seen) in with_policy(observations), (_, other) in with_policy(observations)) {
        let door = redactor(&source);
        let mut event = door.preview(other.observation).event;
        event.command = other.line.kept;
        let _ = door.admit(event);
        let mut mixed = serde_json::to_value(door.preview(seen.observation).event).unwrap();
        mixed["command"]["path"] = serde_json::json!(["a", "b"]);
        let _ = door.admit(serde_json::from_value(mixed).unwrap());
    }

    /// Reading is linear: each argument makes one finding, and each element of one, letter of a bundle or half of a
    /// pair one more, of bounded work each. Twice the line is no more than twice the findings, and one more.
    #[test]
    fn a_line_that_is_twice_as_long_makes_twice_the_work((source, line) in with_policy(command_lines), times in 1..6_u32) {
        let redactor = redactor(&source);
        let argv: Vec<&str> = line.argv.iter().map(String::as_str).collect();
        let size = |argv: &[&str]| argv.iter().map(|argument| argument.len() + 1).sum::<usize>();
        let long: Vec<&str> = std::iter::repeat_n(&argv[1..], 1 << times).flatten().copied().collect();
        let long = [&argv[..1], &long].concat();
        for argv in [argv, long] {
            let findings = redactor.read_command(&argv).findings.len();
            prop_assert!(findings <= size(&argv), "{findings} findings of {} bytes", size(&argv));
        }
    }
}
