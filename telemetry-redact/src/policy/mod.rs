//! The policy: which of a program's words and values may be in an event.
//!
//! [`PolicySource`] is the file's shape; [`Policy`] is one that was checked and indexed. The format, field by field,
//! is the documentation of [`PolicySource`]. Without the feature `source` there are policies that were compiled before
//! and nothing else, which is all that a program needs that carries its own.
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

#[cfg(feature = "source")]
mod check;
mod choices;
#[cfg(feature = "source")]
mod compile;
#[cfg(feature = "source")]
mod diff;
#[cfg(feature = "draft")]
mod draft;
mod duration;
mod image;
mod lexicon;
#[cfg(feature = "source")]
mod locate;
#[cfg(feature = "source")]
mod parse;
#[cfg(feature = "source")]
mod problem;
#[cfg(feature = "source")]
mod scope;
#[cfg(feature = "source")]
mod source;
#[cfg(feature = "source")]
mod summary;
mod tree;
mod value_rule;

pub use choices::{
    Abbreviations, Case, Dashes, Dialect, FirstWord, List, Missing, Record, Repeats, Subcommands, Takes,
};
#[cfg(feature = "source")]
pub use diff::{Change, Effect, Kept, Subject, diff, version_problem};
#[cfg(feature = "draft")]
pub use draft::{CompletionError, Draft, DraftNote, Drafter};
#[cfg(feature = "proptest")]
pub(crate) use duration::duration_us;
#[cfg(feature = "source")]
pub use locate::Position;
#[cfg(feature = "source")]
pub use problem::{PolicyError, PolicyProblem};
#[cfg(feature = "proptest")]
pub(crate) use scope::problems as scope_problems;
#[cfg(feature = "source")]
pub(crate) use source::declared_words;
#[cfg(feature = "json-schema")]
pub use source::json_schema;
#[cfg(feature = "source")]
pub use source::{
    CommandRule, FlagRule, POLICY_FORMAT, PolicySource, PositionalRule, PromptRule, TemplateRule, ValueRule,
};
#[cfg(feature = "source")]
pub use summary::Summary;
pub(crate) use tree::{FlagId, NodeId, Tree, Values, root};
pub(crate) use value_rule::Fit;

use std::borrow::Cow;

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

    /// Where the first word of a command stands.
    #[must_use]
    pub fn first_word(&self) -> FirstWord {
        self.tree().first_word()
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
