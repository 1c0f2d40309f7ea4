//! A policy in numbers.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Policy;
use super::image::{Flag, Node, Positional, Prompt, Rule};

/// How much a policy declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Commands, the program itself among them.
    pub commands: usize,
    /// Flags.
    pub flags: usize,
    /// Sets and value rules.
    pub sets: usize,
    /// Flags of which some values are kept. A switch is not one of them.
    pub flags_with_values: usize,
    /// Positional arguments of which some values are kept.
    pub positionals_with_values: usize,
    /// Different values that may be kept, buckets and keys among them.
    pub values: usize,
    /// Error codes of the program's own.
    pub error_codes: usize,
}

impl Policy {
    /// How much the policy declares.
    ///
    /// ```
    /// let policy = telemetry_redact::Policy::from_json(
    ///     r#"{"format": 1, "program": "orchard", "version": 1, "dialect": "clap",
    ///         "sets": {"fruit": ["apple", "pear"]},
    ///         "flags": {"fruit": {"takes": "value", "values": "fruit"}, "name": {"takes": "value"}},
    ///         "commands": [{"path": ""}, {"path": "plant", "flags": ["fruit", "name"]}]}"#,
    /// )?;
    /// let summary = policy.summary();
    /// assert_eq!((summary.commands, summary.flags, summary.flags_with_values, summary.values), (2, 2, 1, 2));
    /// # Ok::<(), telemetry_redact::PolicyError>(())
    /// ```
    #[must_use]
    pub fn summary(&self) -> Summary {
        let image = &self.image;
        let flags = image.all::<Flag>();
        let positionals = image.all::<Positional>();
        let prompts = image.all::<Prompt>();
        let of_arguments = flags.iter().map(|flag| flag.rule).chain(positionals.iter().map(|rule| rule.rule));
        let used = of_arguments.chain(prompts.iter().map(|prompt| prompt.rule));
        let used: BTreeSet<usize> = used.filter_map(|rule| (rule as usize).checked_sub(1)).collect();
        let rules = image.all::<Rule>();
        let values: BTreeSet<&str> = used
            .into_iter()
            .filter_map(|rule| rules.get(rule))
            .flat_map(|rule| [rule.values, rule.versions, rule.keys, rule.key_values, rule.labels])
            .flat_map(|span| image.texts(span))
            .collect();
        Summary {
            commands: image.all::<Node>().len(),
            flags: flags.len(),
            sets: rules.len(),
            flags_with_values: flags.iter().filter(|flag| flag.rule > 0).count(),
            positionals_with_values: positionals.iter().filter(|rule| rule.rule > 0).count(),
            values: values.len(),
            error_codes: image.texts(image.header.error_codes).count(),
        }
    }
}
