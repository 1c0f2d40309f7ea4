//! Questions that a program asked its user while it ran: which, and by what way they were answered.

#[cfg(feature = "json-schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Value, Word};

/// A question that the program asked, of those that its policy declares. What was typed is never in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Prompt {
    /// The prompt's name in the policy.
    #[cfg_attr(feature = "json-schema", schemars(example = &"region"))]
    pub id: Word,
    /// What it asks for.
    #[cfg_attr(feature = "json-schema", schemars(example = &"select"))]
    pub kind: PromptKind,
    /// Whether the answer that was offered was taken. Absent where none was offered, or where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = false))]
    pub default_kept: Option<bool>,
    /// Whether no answer was given. Absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = false))]
    pub left_empty: Option<bool>,
    /// What was chosen, as far as it is in the closed set that the policy declares for the prompt. Never of `input` and
    /// `password`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "json-schema", schemars(length(max = 64), example = choices_example()))]
    pub choices: Vec<Value>,
}

#[cfg(feature = "json-schema")]
fn choices_example() -> serde_json::Value {
    serde_json::json!(["US_EAST_1"])
}

/// What a prompt asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PromptKind {
    /// Yes or no.
    Confirm,
    /// One of a list.
    Select,
    /// Any number of a list.
    MultiSelect,
    /// A line of text.
    Input,
    /// A line of text that is not shown.
    Password,
}

impl PromptKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Confirm, Self::Select, Self::MultiSelect, Self::Input, Self::Password];

    /// The kind's name, as it stands in the event.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Select => "select",
            Self::MultiSelect => "multi_select",
            Self::Input => "input",
            Self::Password => "password",
        }
    }

    /// How many choices of such a prompt may be kept: none of what is typed.
    #[must_use]
    pub fn max_choices(self) -> usize {
        match self {
            Self::Confirm | Self::Select => 1,
            Self::MultiSelect => Prompt::MAX_CHOICES,
            Self::Input | Self::Password => 0,
        }
    }
}

impl Prompt {
    /// An event holds so many prompts at most.
    pub const MAX_PROMPTS: usize = 16;

    /// A prompt holds so many choices at most.
    pub const MAX_CHOICES: usize = 64;
}
