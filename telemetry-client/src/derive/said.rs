//! What an author says of the program's telemetry beyond what its command says.

use telemetry_schema::PromptKind;

/// All of it. It is read where the policy is derived.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    pub(super) asked: Vec<Asked>,
    /// Codes, each with the line that tells it.
    pub(super) errors: Vec<(String, String)>,
    pub(super) prompts: Vec<Question>,
}

/// Withholding more, or keeping in which bucket a value lies.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "lock"), expect(dead_code, reason = "a run is judged by what was derived of it"))]
pub(super) struct Asked {
    /// The command's words without the program's name.
    pub(super) path: String,
    pub(super) argument: String,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    Withhold,
    WithholdCommand,
    Numbers(Vec<i64>),
    Durations(Vec<String>),
}

/// A question that the program asks.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "lock"), expect(dead_code, reason = "a run is judged by what was derived of it"))]
pub(super) struct Question {
    pub(super) id: String,
    pub(super) kind: PromptKind,
    pub(super) choices: Vec<String>,
}
