//! The policy as its author writes it: serde data, one shape for JSON and TOML.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use telemetry_schema::TimestampPrecision;

/// The version of this file format. A file that states another one is refused.
pub const POLICY_FORMAT: u32 = 1;

/// A policy file: which of a program's words and values may be in an event.
///
/// Everything it does not name is withheld, so an empty policy collects nothing of the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySource {
    /// The version of the file format: 1.
    pub format: u32,
    /// The program's name, as its users type it.
    pub program: String,
    /// Other names the same program is installed under.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub program_aliases: Vec<String>,
    /// The version of this policy: raised with each change, recorded in each event.
    pub version: u32,
    /// Prefix of the program's own environment variable: `MONGODB_ATLAS` makes it
    /// `MONGODB_ATLAS_TELEMETRY_ENABLED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment_prefix: Option<String>,
    /// How the program reads its command line.
    pub dialect: Dialect,
    /// How exact the times in an event are.
    #[serde(default, skip_serializing_if = "is_default")]
    pub timestamps: TimestampPrecision,
    /// Error codes that the program itself reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub error_codes: Vec<String>,
    /// Closed sets of values by name, each value in the spelling that is stored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sets: BTreeMap<String, Vec<String>>,
    /// Flags by a name that `commands` refer to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flags: BTreeMap<String, FlagRule>,
    /// The command tree, one entry a command.
    pub commands: Vec<CommandRule>,
}

/// How a program reads its command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// Go's spf13/pflag with cobra: a flag of the command may stand before its words, and an unknown flag
    /// takes the next argument with it while the command is looked for.
    Pflag,
    /// `getopt_long` programs such as git: options belong to the command word they follow.
    Getopt,
    /// Rust's clap: options belong to the command word they follow.
    Clap,
}

/// One flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FlagRule {
    /// The long name without dashes, where it differs from the key in `flags`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The one-letter name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<char>,
    /// Other long names, stored under the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Whether a value follows. A switch where absent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub takes: Takes,
    /// Name of the closed set in `sets` whose values may be kept. Without it every value is dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<String>,
    /// Whether one argument may hold several values.
    #[serde(default, skip_serializing_if = "is_default")]
    pub list: List,
}

/// Whether a flag takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Takes {
    /// A switch; `--flag=false` is understood.
    #[default]
    Nothing,
    /// A value, glued, after `=` or as the next argument.
    Value,
    /// A value only where it is glued or after `=` (git's `--color[=WHEN]`).
    OptionalValue,
}

/// How one argument holds several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum List {
    /// One argument is one value.
    #[default]
    None,
    /// Values are separated by commas; each is judged by itself.
    Comma,
}

/// One command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandRule {
    /// The command's words without the program's name, separated by one space; empty for the program itself.
    pub path: String,
    /// Other names of the last word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Keys in `flags` that this command takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Keys in `flags` that this command and all below it take.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persistent_flags: Vec<String>,
    /// Positional arguments whose value may be kept, by place. Others are counted and dropped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub positionals: Vec<PositionalRule>,
}

/// One positional argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PositionalRule {
    /// Name of the closed set in `sets` whose values may be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<String>,
    /// Whether the rule holds for all further positionals too.
    #[serde(default, skip_serializing_if = "is_default")]
    pub repeats: Repeats,
}

/// Whether a positional rule holds for the rest of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Repeats {
    /// For its own place only.
    #[default]
    Once,
    /// For its own place and all that follow.
    Rest,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
