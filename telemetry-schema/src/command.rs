//! What of a command line may be known: declared words and values, and counts of the rest.

#[cfg(feature = "json-schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Typed, Value, Word};

/// The command that was run: only words and values that the program's policy declares.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// The command's canonical words without the program's name. Aliases are resolved.
    #[cfg_attr(feature = "json-schema", schemars(length(max = 16), example = path_example()))]
    pub path: Vec<Word>,
    /// The declared flags that were used, in the order of their first use.
    #[cfg_attr(feature = "json-schema", schemars(length(max = 256), example = flag_example()))]
    pub flags: Vec<Flag>,
    /// How many positional arguments there were; their values are dropped unless declared.
    #[cfg_attr(feature = "json-schema", schemars(range(max = 1_000_000), example = 1))]
    pub positional_count: u32,
    /// The positional arguments whose value comes from a closed set.
    #[cfg_attr(feature = "json-schema", schemars(length(max = 64)))]
    pub positionals: Vec<Positional>,
    /// Likely misspellings of declared words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "json-schema", schemars(length(max = 16), example = misspelling_example()))]
    pub misspellings: Vec<Misspelling>,
    /// Names that are declared as deprecated and were used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "json-schema", schemars(length(max = 16), example = deprecated_example()))]
    pub deprecated: Vec<Deprecated>,
    /// How much of the command line was dropped.
    pub dropped: Dropped,
}

#[cfg(feature = "json-schema")]
fn path_example() -> serde_json::Value {
    serde_json::json!(["clusters", "create"])
}

#[cfg(feature = "json-schema")]
fn flag_example() -> serde_json::Value {
    serde_json::json!([{"name": "clusterName"}, {"name": "provider", "values": ["AWS"]}])
}

#[cfg(feature = "json-schema")]
fn misspelling_example() -> serde_json::Value {
    serde_json::json!([{"place": "command", "typed": "rgister", "meant": "register"}])
}

#[cfg(feature = "json-schema")]
fn deprecated_example() -> serde_json::Value {
    serde_json::json!([{"place": "flag", "name": "clusterName"}])
}

/// A declared flag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// The canonical long name without dashes.
    pub name: Word,
    /// The values that come from the flag's closed set, in their declared spelling. Absent where the value was
    /// dropped. A switch has `true` or `false`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "json-schema", schemars(length(max = 64)))]
    pub values: Vec<Value>,
}

/// A positional argument whose value comes from a closed set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Positional {
    /// Its place among the positional arguments, from 0.
    #[cfg_attr(feature = "json-schema", schemars(range(max = 1_000_000)))]
    pub index: u32,
    /// The values, in their declared spelling.
    #[cfg_attr(feature = "json-schema", schemars(length(max = 64)))]
    pub values: Vec<Value>,
}

/// A word that is not declared but near to one that is, in the same place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Misspelling {
    /// Where it stood.
    pub place: Place,
    /// What was typed.
    pub typed: Typed,
    /// The declared word it is near to.
    pub meant: Word,
}

/// A name that is on its way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Deprecated {
    /// Where it stood.
    pub place: Place,
    /// The deprecated name.
    pub name: Word,
}

/// A place on the command line where words are declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A command word.
    Command,
    /// The long name of a flag.
    Flag,
}

/// How many parts of the command line were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Dropped {
    /// Words where a command was expected.
    #[cfg_attr(feature = "json-schema", schemars(range(max = 1_000_000), example = 0))]
    pub words: u32,
    /// Flags that are not declared.
    #[cfg_attr(feature = "json-schema", schemars(range(max = 1_000_000), example = 0))]
    pub flags: u32,
    /// Values of flags and positional arguments.
    #[cfg_attr(feature = "json-schema", schemars(range(max = 1_000_000), example = 1))]
    pub values: u32,
}
