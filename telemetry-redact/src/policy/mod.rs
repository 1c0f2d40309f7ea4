//! The policy: which of a program's words and values may be in an event.
//!
//! [`PolicySource`] is the file's shape; [`Policy`] is one that was checked and indexed. The format, field by field,
//! is the documentation of [`PolicySource`].
//!
//! ```
//! use telemetry_redact::Policy;
//!
//! // All problems are reported at once, each with its place.
//! let error = Policy::from_json(
//!     r#"{"format": 1, "program": "x", "version": 1, "dialect": "clap", "colour": true,
//!         "commands": [{"path": ""}, {"path": "plant", "flags": ["fruit"]}]}"#,
//! ).unwrap_err();
//! let places: Vec<&str> = error.problems().iter().map(|problem| problem.place.as_str()).collect();
//! assert_eq!(places, ["colour", "commands[1].flags[0]"]);
//! ```

mod check;
mod lexicon;
mod parse;
mod source;
mod tree;

pub use source::{
    CommandRule, Dialect, FlagRule, List, POLICY_FORMAT, PolicySource, PositionalRule, Repeats, Takes,
};
pub(crate) use tree::{FlagId, NodeId, positional_rule, root};

use std::collections::HashSet;
use std::fmt;

use once_cell::sync::OnceCell;
use telemetry_schema::{PolicyVersion, ProgramName};
use thiserror::Error;

use tree::Tree;

/// A policy that was checked: every name resolves, every word is of the form an event can hold.
#[derive(Debug)]
pub struct Policy {
    source: PolicySource,
    program: ProgramName,
    tree: Tree,
    declared: OnceCell<HashSet<Box<str>>>,
}

impl Policy {
    /// Reads a policy from JSON.
    ///
    /// # Errors
    ///
    /// All problems at once, each with its place.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        parse::json(text).and_then(Self::from_source)
    }

    /// Reads a policy from TOML.
    ///
    /// # Errors
    ///
    /// All problems at once, each with its place.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        parse::toml(text).and_then(Self::from_source)
    }

    /// Checks and indexes a policy.
    ///
    /// # Errors
    ///
    /// All problems at once, each with its place.
    pub fn from_source(source: PolicySource) -> Result<Self, PolicyError> {
        let mut problems = check::problems(&source);
        let tree = Tree::new(&source, &mut problems);
        let program = ProgramName::new(source.program.as_str());
        match program {
            Ok(program) if problems.is_empty() => {
                Ok(Self { source, program, tree, declared: OnceCell::new() })
            }
            _ => Err(PolicyError { problems }),
        }
    }

    /// The program's name.
    #[must_use]
    pub fn program(&self) -> &ProgramName {
        &self.program
    }

    /// The policy's version.
    #[must_use]
    pub fn version(&self) -> PolicyVersion {
        PolicyVersion(self.source.version)
    }

    /// The program's own variable for consent, `<PREFIX>_TELEMETRY_ENABLED`.
    #[must_use]
    pub fn consent_variable(&self) -> Option<String> {
        self.source.environment_prefix.as_ref().map(|prefix| format!("{prefix}_TELEMETRY_ENABLED"))
    }

    /// Whether this is the policy for a program of that name.
    #[must_use]
    pub fn is_for(&self, program: &str) -> bool {
        self.source.program == program || self.source.program_aliases.iter().any(|alias| alias == program)
    }

    /// The policy as it is written.
    #[must_use]
    pub fn source(&self) -> &PolicySource {
        &self.source
    }

    pub(crate) fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Every declared word: what error text may repeat.
    pub(crate) fn declares(&self, word: &str) -> bool {
        self.declared.get_or_init(|| self.declared_words().map(Box::from).collect()).contains(word)
    }

    fn declared_words(&self) -> impl Iterator<Item = &str> {
        let PolicySource {
            format: _,
            program,
            program_aliases,
            version: _,
            environment_prefix: _,
            dialect: _,
            timestamps: _,
            error_codes,
            sets,
            flags,
            commands,
        } = &self.source;
        let flag_words = flags.iter().flat_map(|(key, rule)| {
            std::iter::once(rule.name.as_deref().unwrap_or(key))
                .chain(rule.aliases.iter().map(String::as_str))
        });
        let command_words = commands.iter().flat_map(|rule| {
            rule.path
                .split_whitespace()
                .next_back()
                .into_iter()
                .chain(rule.aliases.iter().map(String::as_str))
        });
        let values = sets.values().flatten().chain(error_codes).chain(program_aliases).map(String::as_str);
        std::iter::once(program.as_str()).chain(values).chain(flag_words).chain(command_words)
    }
}

/// A policy that cannot be used: all its problems.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct PolicyError {
    problems: Vec<PolicyProblem>,
}

impl PolicyError {
    /// The problems, in the order of the file.
    #[must_use]
    pub fn problems(&self) -> &[PolicyProblem] {
        &self.problems
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [one] => write!(f, "the policy has a problem: {one}"),
            all => {
                write!(f, "the policy has {} problems", all.len())?;
                all.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

/// One thing that is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyProblem {
    /// Where: `commands[3].flags[0]`, or `line 2 column 7` where the text is not JSON or TOML at all.
    pub place: String,
    /// What, and what to do.
    pub message: String,
}

impl PolicyProblem {
    pub(crate) fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// The JSON Schema of the policy file, for editors.
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<PolicySource>()
        .to_value()
}
