//! The policy as its author writes it: serde data, one shape for JSON and TOML.

use std::collections::BTreeMap;

#[cfg(feature = "json-schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use telemetry_schema::{PromptKind, TimestampPrecision};

use super::{
    Abbreviations, Case, Dashes, Dialect, FirstWord, List, Missing, Record, Repeats, Subcommands, Takes,
};

/// The version of this file format. A file that states another one is refused.
pub const POLICY_FORMAT: u32 = 1;

/// A policy file: which of a program's words and values may be in an event.
///
/// Everything it does not name is withheld, so an empty policy collects nothing of the command line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
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
    /// Where the first word of a command stands.
    #[serde(default, skip_serializing_if = "is_default")]
    pub first_word: FirstWord,
    /// What may be shortened on the command line as long as it is unambiguous.
    #[serde(default, skip_serializing_if = "is_default")]
    pub abbreviations: Abbreviations,
    /// How exact the times in an event are.
    #[serde(default, skip_serializing_if = "is_default")]
    pub timestamps: TimestampPrecision,
    /// Error codes that the program itself reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub error_codes: Vec<String>,
    /// Lines that the program says, with slots in braces: what stands between the slots is kept as it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<TemplateRule>,
    /// Closed sets of values by name, each value in the spelling that is stored.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sets: BTreeMap<String, Vec<String>>,
    /// Other ways to keep something of a value, by name: buckets for numbers and durations, versions, `key=value`,
    /// sets without regard to case. The names are those of `sets` too, so none may be in both.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub value_rules: BTreeMap<String, ValueRule>,
    /// Flags by a name that `commands` refer to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flags: BTreeMap<String, FlagRule>,
    /// Questions that the program asks its user, by the name that is stored. Others are dropped.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prompts: BTreeMap<String, PromptRule>,
    /// The command tree, one entry a command.
    pub commands: Vec<CommandRule>,
}

impl PolicySource {
    /// The policy that keeps nothing of a command line but that the program ran.
    #[must_use]
    pub fn new(program: impl Into<String>, version: u32, dialect: Dialect) -> Self {
        Self {
            format: POLICY_FORMAT,
            program: program.into(),
            program_aliases: Vec::new(),
            version,
            environment_prefix: None,
            dialect,
            first_word: FirstWord::default(),
            abbreviations: Abbreviations::default(),
            timestamps: TimestampPrecision::default(),
            error_codes: Vec::new(),
            templates: Vec::new(),
            sets: BTreeMap::new(),
            value_rules: BTreeMap::new(),
            flags: BTreeMap::new(),
            prompts: BTreeMap::new(),
            commands: vec![CommandRule::default()],
        }
    }
}

/// A line of error text that the program says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TemplateRule {
    /// The line, without `Error: ` before it: `no fruit called {value} in {path}`. A slot is kept only where what stands
    /// in it is declared: `{word}` a declared word or a near miss of a command in the template's `{command}`,
    /// `{command}` a command with its program, `{flag}` a flag or a near miss of one, `{usage}` a flag with the name of
    /// its value, `{value}` a declared word, `{letter}` one letter, `{number}` up to three digits, `{error}` another
    /// message. `{path}`, `{url}`, `{email}`, `{ip}`, `{host}`, `{id}`, `{secret}` are never kept.
    #[cfg_attr(feature = "json-schema", schemars(length(max = 256)))]
    pub text: String,
    /// The class of error it tells: one of `error_codes`, or a built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// One flag.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FlagRule {
    /// The long name without dashes, where it differs from the key in `flags`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The one-letter name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<char>,
    /// Other one-letter names, stored under the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub short_aliases: Vec<char>,
    /// Other long names, stored under the name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Long names that are on their way out: stored under the name, and counted as deprecated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deprecated: Vec<String>,
    /// Long names that turn a switch off, such as `no-color`: stored as the switch with the value `false`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub negations: Vec<String>,
    /// Whether a value follows. A switch where absent.
    #[serde(default, skip_serializing_if = "is_default")]
    pub takes: Takes,
    /// How many arguments one use takes at most, where `takes` is `values` or `optional_values`. Any number where
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_values: Option<u32>,
    /// Whether what begins with a dash can be a value too (clap's `allow_hyphen_values`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub dashes: Dashes,
    /// The argument behind which no more values follow, and which is none (clap's `value_terminator`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminator: Option<String>,
    /// Name of the closed set in `sets`, or of the rule in `value_rules`, by which values are kept. Without it every
    /// value is dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<String>,
    /// Whether one argument may hold several values.
    #[serde(default, skip_serializing_if = "is_default")]
    pub list: List,
}

/// One question that the program asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PromptRule {
    /// What it asks for.
    pub kind: PromptKind,
    /// Name of the closed set in `sets` from which choices are kept. Without it every choice is dropped; of `input` and
    /// `password` nothing is ever kept, so they have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<String>,
}

/// How something of a value is kept. Of several ways the first that fits decides, in the order of the fields.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ValueRule {
    /// Name of a set in `sets`: a member is kept, in its declared spelling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<String>,
    /// Other spellings, each with the member of `values` that it is kept as.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spellings: BTreeMap<String, String>,
    /// Whether upper and lower case are told apart in `values`, `spellings`, `keys` and `key_values`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub case: Case,
    /// Name of a set of versions such as `7.0`: a version is kept as the member it begins with, `7.0.12` as `7.0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<String>,
    /// Bounds of buckets, ascending: with `[1, 10, 100]` a number is kept as `<1`, `1..10`, `10..100` or `>=100`,
    /// each with its lower bound and without its upper one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "json-schema", schemars(length(max = 32)))]
    pub numbers: Vec<i64>,
    /// Bounds of buckets, ascending, as durations: `["1s", "1m", "1h"]`. Values are read as Go and humans write them:
    /// `90s`, `1h30m`, `2 days`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "json-schema", schemars(length(max = 32)))]
    pub durations: Vec<String>,
    /// Name of a set of keys: of `key=value` the key is kept, and of `json-path={…}` the form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
    /// Name of a set of values behind a key: where the value is in it, `key=value` is kept as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_values: Option<String>,
    /// What stands between key and value. `=` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub separator: Option<char>,
}

/// One command.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CommandRule {
    /// The command's words without the program's name, separated by one space; empty for the program itself.
    pub path: String,
    /// Other names of the last word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Names of the last word that are on their way out: stored under the name, and counted as deprecated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deprecated: Vec<String>,
    /// Keys in `flags` that this command takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Keys in `flags` that this command and all below it take.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub persistent_flags: Vec<String>,
    /// Where a word can be one of the commands below this one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub subcommands: Subcommands,
    /// Positional arguments whose value may be kept, by place. Others are counted and dropped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub positionals: Vec<PositionalRule>,
    /// Keys in `flags` whose values are dropped for this command and all below it, whatever else is declared.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withhold: Vec<String>,
    /// How much of this command and all below it is recorded.
    #[serde(default, skip_serializing_if = "is_default")]
    pub record: Record,
}

/// One positional argument.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PositionalRule {
    /// Name of the closed set in `sets`, or of the rule in `value_rules`, by which values are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<String>,
    /// Whether one argument may hold several values.
    #[serde(default, skip_serializing_if = "is_default")]
    pub list: List,
    /// Whether what begins with a dash and is no flag of the command is a positional argument here (clap's
    /// `allow_hyphen_values`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub dashes: Dashes,
    /// Whether the rule holds for all further positionals too.
    #[serde(default, skip_serializing_if = "is_default")]
    pub repeats: Repeats,
    /// The argument behind which the next positional one is expected, and which is none (clap's `value_terminator`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terminator: Option<String>,
    /// Whether it may be missing though another one stands behind it (clap's `allow_missing_positional`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub missing: Missing,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
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
        first_word: _,
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

/// The JSON Schema of the policy file, for editors.
#[cfg(feature = "json-schema")]
#[must_use]
pub fn json_schema() -> serde_json::Value {
    schemars::generate::SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<PolicySource>()
        .to_value()
}
