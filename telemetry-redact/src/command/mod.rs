//! The command line: structure first, then values by their place.

mod bounds;
mod flags;
mod positionals;
mod read;
mod record;
mod unknown;
mod values;

pub(crate) use read::read;
pub(crate) use values::judge_switch;

use serde::Serialize;
use telemetry_schema::Command;

use crate::Raw;

/// A command line as an event holds it, with what became of each part.
#[derive(Debug, Clone)]
pub struct CommandReading {
    /// What may be kept.
    pub command: Command,
    /// What became of each argument, in their order.
    pub findings: Vec<Finding>,
    /// The parts that were dropped, for taking them out of error text.
    pub(crate) dropped: Vec<Raw>,
}

/// What became of one part of a command line. Names the rule and the place; what is dropped is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which argument, counted from 0, the program's name being 0.
    pub argument: usize,
    /// What the part is.
    pub part: Part,
    /// Kept or dropped.
    pub verdict: Verdict,
    /// The rule that decided, such as `value.in_closed_set`.
    pub rule: &'static str,
    /// What is kept, in the spelling that is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kept_as: Option<String>,
}

/// A part of a command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The program's name.
    Program,
    /// A word where a command is expected.
    CommandWord,
    /// A flag's name.
    FlagName,
    /// A flag's value.
    FlagValue,
    /// A positional argument.
    Positional,
    /// The separator `--`.
    Separator,
}

/// Whether a part may be in the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is kept.
    Kept,
    /// It is dropped.
    Dropped,
}
