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
mod compile;
mod diff;
#[cfg(feature = "draft")]
mod draft;
mod image;
mod lexicon;
mod locate;
mod parse;
mod scope;
mod source;
mod summary;
mod tree;
mod value_rule;

pub use diff::{Change, Effect, Kept, Subject, diff, version_problem};
#[cfg(feature = "draft")]
pub use draft::{CompletionError, Draft, DraftNote, Drafter};
pub use locate::Position;
#[cfg(feature = "proptest")]
pub(crate) use scope::problems as scope_problems;
pub use source::{
    Abbreviations, Case, CommandRule, Dashes, Dialect, FlagRule, List, POLICY_FORMAT, PolicySource,
    PositionalRule, PromptRule, Record, Repeats, Subcommands, Takes, TemplateRule, ValueRule,
};
pub use summary::Summary;
pub(crate) use tree::{FlagId, NodeId, Tree, Values, root};
pub(crate) use value_rule::Fit;
#[cfg(feature = "proptest")]
pub(crate) use value_rule::duration_us;

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use telemetry_schema::{PolicyVersion, ProgramName};
use thiserror::Error;

use crate::text::Template;
use image::Image;

/// A policy that was checked, every name resolved and every word of the form an event can hold, and compiled.
#[derive(Debug)]
pub struct Policy {
    image: Image,
    program: ProgramName,
}

/// What kind of name a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameKind {
    Canonical,
    Alias,
    Deprecated,
    /// Turns a switch off.
    Negation,
}

impl Policy {
    /// Reads a policy from JSON.
    ///
    /// # Errors
    ///
    /// All problems at once, each with its place.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        let policy = PolicySource::from_json(text).and_then(|source| Self::from_source(&source));
        policy.map_err(|error| error.located(|place| locate::json(text, place)))
    }

    /// Reads a policy from TOML.
    ///
    /// # Errors
    ///
    /// All problems at once, each with its place.
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        let policy = PolicySource::from_toml(text).and_then(|source| Self::from_source(&source));
        policy.map_err(|error| error.located(|place| locate::toml(text, place)))
    }

    /// Checks and compiles a policy.
    ///
    /// # Errors
    ///
    /// All problems at once, each with its place.
    pub fn from_source(source: &PolicySource) -> Result<Self, PolicyError> {
        let mut problems = check::problems(source);
        let bytes = compile::compile(source, &mut problems);
        if !problems.is_empty() {
            return Err(PolicyError { problems });
        }
        Self::open(bytes.into()).map_err(|error| PolicyError {
            problems: vec![PolicyProblem::new("the file", error.to_string())],
        })
    }

    /// Reads a policy that was compiled before: what a program that lives for milliseconds does instead of parsing.
    /// The bytes are those of [`Policy::compiled`].
    ///
    /// What a compiled policy declares is not checked again: compile it from a policy that was.
    ///
    /// ```
    /// use telemetry_redact::Policy;
    ///
    /// let policy = Policy::from_json(
    ///     r#"{"format": 1, "program": "orchard", "version": 1, "dialect": "clap", "commands": [{"path": ""}]}"#,
    /// )?;
    /// let same = Policy::from_compiled(policy.compiled().to_vec())?;
    /// assert_eq!(same.program(), policy.program());
    /// assert!(Policy::from_compiled(b"TPOL, but no more of it".to_vec()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Bytes that are no compiled policy, one of another version of this crate's layout, or a damaged one.
    pub fn from_compiled(bytes: Vec<u8>) -> Result<Self, CompiledError> {
        let policy = Self::open(bytes.into())?;
        if policy.image.is_sound() { Ok(policy) } else { Err(CompiledError::Damaged) }
    }

    /// As [`Policy::from_compiled`], where they lie: bytes that are a part of the program (`include_bytes!`) are as
    /// sound as the program, so they are neither copied nor summed up, and what is not needed is never touched.
    ///
    /// # Errors
    ///
    /// As [`Policy::from_compiled`], but for damage that only the checksum tells.
    pub fn from_embedded(bytes: &'static [u8]) -> Result<Self, CompiledError> {
        Self::open(bytes.into())
    }

    /// Whether bytes begin as a compiled policy does.
    #[must_use]
    pub fn is_compiled(bytes: &[u8]) -> bool {
        bytes.starts_with(&image::MAGIC)
    }

    fn open(bytes: Cow<'static, [u8]>) -> Result<Self, CompiledError> {
        let image = Image::open(bytes)?;
        let program =
            ProgramName::new(image.text(image.header.program)).map_err(|_| CompiledError::Damaged)?;
        Ok(Self { image, program })
    }

    /// The compiled form, for [`Policy::from_compiled`]. The same policy gives the same bytes on every system.
    #[must_use]
    pub fn compiled(&self) -> &[u8] {
        self.image.bytes()
    }

    /// The program's name.
    #[must_use]
    pub fn program(&self) -> &ProgramName {
        &self.program
    }

    /// The policy's version.
    #[must_use]
    pub fn version(&self) -> PolicyVersion {
        PolicyVersion(self.image.header.version)
    }

    /// The program's own variable for consent, `<PREFIX>_TELEMETRY_ENABLED`.
    #[must_use]
    pub fn consent_variable(&self) -> Option<String> {
        let prefix = self.image.text(self.image.header.environment_prefix);
        (!prefix.is_empty()).then(|| format!("{prefix}_TELEMETRY_ENABLED"))
    }

    /// Whether this is the policy for a program of that name.
    #[must_use]
    pub fn is_for(&self, program: &str) -> bool {
        self.image.has(self.image.header.program_names, program)
    }

    /// Whether the program reports this error code itself.
    pub(crate) fn has_error_code(&self, code: &str) -> bool {
        self.image.has(self.image.header.error_codes, code)
    }

    /// The declared line of error text at this place of the list.
    pub(crate) fn template_at(&self, index: usize) -> Option<Template<'_>> {
        let [text, code] = self.image.pair(self.image.header.templates, index)?;
        let code = Some(self.image.text(code)).filter(|code| !code.is_empty());
        Some(Template { text: self.image.text(text), code })
    }

    pub(crate) fn tree(&self) -> Tree<'_> {
        Tree::new(&self.image)
    }

    /// Every declared word: what error text may repeat.
    pub(crate) fn declares(&self, word: &str) -> bool {
        self.image.declares(word)
    }
}

impl PolicySource {
    /// Reads what a policy says from JSON, without checking what it means.
    ///
    /// # Errors
    ///
    /// All problems at once, each with its place; where the text can be read at all, those of the meaning too.
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        parse::json(text).map_err(|error| error.located(|place| locate::json(text, place)))
    }

    /// Reads what a policy says from TOML, without checking what it means.
    ///
    /// # Errors
    ///
    /// As [`PolicySource::from_json`].
    #[cfg(feature = "toml")]
    pub fn from_toml(text: &str) -> Result<Self, PolicyError> {
        parse::toml(text).map_err(|error| error.located(|place| locate::toml(text, place)))
    }
}

/// Every word that a policy declares.
pub(crate) fn declared_words(source: &PolicySource) -> impl Iterator<Item = &str> {
    let PolicySource {
        format: _,
        program,
        program_aliases,
        version: _,
        environment_prefix: _,
        dialect: _,
        abbreviations: _,
        timestamps: _,
        error_codes,
        templates: _,
        sets,
        value_rules: _,
        flags,
        prompts: _,
        commands,
    } = source;
    let flag_words = flags.iter().flat_map(|(key, rule)| {
        let names = rule.aliases.iter().chain(&rule.deprecated).chain(&rule.negations);
        std::iter::once(rule.name.as_deref().unwrap_or(key)).chain(names.map(String::as_str))
    });
    let command_words = commands.iter().flat_map(|rule| {
        let word = rule.path.split_whitespace().next_back();
        word.into_iter().chain(rule.aliases.iter().chain(&rule.deprecated).map(String::as_str))
    });
    let values = sets.values().flatten().chain(error_codes).chain(program_aliases).map(String::as_str);
    std::iter::once(program.as_str()).chain(values).chain(flag_words).chain(command_words)
}

/// A compiled policy that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CompiledError {
    /// It begins as no compiled policy does.
    #[error("not a compiled policy")]
    NotCompiled,
    /// It is of another version of the layout.
    #[error("a compiled policy of layout {found}, where {read} is read: compile the policy again")]
    Layout {
        /// The version that it states.
        found: u32,
        /// The version that is read.
        read: u32,
    },
    /// It ends too early or goes on for too long.
    #[error("a compiled policy that is not whole: compile the policy again")]
    Cut,
    /// Its checksum is another one.
    #[error("a compiled policy that is damaged: compile the policy again")]
    Damaged,
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

    /// The same problems with where each stands in the file, as far as that can be told.
    fn located(mut self, locate: impl Fn(&str) -> Option<Position>) -> Self {
        for problem in self.problems.iter_mut().filter(|problem| problem.position.is_none()) {
            problem.position = locate(&problem.place);
        }
        self
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PolicyProblem {
    /// Where: `commands[3].flags[0]`, or `line 2 column 7` where the text is not JSON or TOML at all.
    pub place: String,
    /// What, and what to do.
    pub message: String,
    /// Where in the text, or the nearest thing around it that is there. Nowhere in what was not read from a text.
    pub position: Option<Position>,
}

impl PolicyProblem {
    pub(crate) fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into(), position: None }
    }
}

impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// The JSON Schema of the policy file, for editors.
#[cfg(feature = "json-schema")]
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<PolicySource>()
        .to_value()
}
