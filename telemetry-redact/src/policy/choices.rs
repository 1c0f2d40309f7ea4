//! The closed choices that a policy makes.

#[cfg(feature = "json-schema")]
use schemars::JsonSchema;
#[cfg(feature = "source")]
use serde::{Deserialize, Serialize};

/// How a program reads its command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "source", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[cfg_attr(feature = "source", serde(rename_all = "snake_case"))]
pub enum Dialect {
    /// Go's spf13/pflag with cobra: a flag of the command may stand before its words, and an unknown flag
    /// takes the next argument with it while the command is looked for.
    Pflag,
    /// `getopt_long` programs such as git: options belong to the command word they follow.
    Getopt,
    /// Rust's clap: options belong to the command word they follow.
    Clap,
    /// Go's package `flag`: one dash or two mean the same, letters are not bundled, and the first argument that is no
    /// flag and no command word ends them.
    GoFlag,
}

/// What may be shortened: a beginning that only one declared name has stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "source", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[cfg_attr(feature = "source", serde(rename_all = "snake_case"))]
pub enum Abbreviations {
    /// Nothing.
    #[default]
    None,
    /// Long flags, as `getopt_long` and clap's `infer_long_args` allow.
    Flags,
    /// Command words, as clap's `infer_subcommands` and cobra's `EnablePrefixMatching` allow.
    Commands,
    /// Both.
    All,
}

/// Whether a flag takes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "source", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[cfg_attr(feature = "source", serde(rename_all = "snake_case"))]
pub enum Takes {
    /// A switch; `--flag=false` is understood.
    #[default]
    Nothing,
    /// A value, glued, after `=` or as the next argument.
    Value,
    /// A value only after `=`, and for `getopt` glued to the letter too (git's `--color[=WHEN]`, pflag's `NoOptDefVal`,
    /// clap's `require_equals` with `num_args(0..=1)`).
    OptionalValue,
    /// One value or more: the arguments that follow, up to one that looks like a flag (clap's `num_args(1..)`).
    Values,
    /// As `values`, or none at all (clap's `num_args(0..)`; with `max_values = 1` its `num_args(0..=1)`).
    OptionalValues,
}

/// What an argument is that begins with a dash, in a place where a value is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "source", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[cfg_attr(feature = "source", serde(rename_all = "snake_case"))]
pub enum Dashes {
    /// What the dialect says: for clap a flag.
    #[default]
    Flags,
    /// A value. Where a positional argument is expected, unless it is a flag of the command.
    Values,
    /// A value if it is a number such as `-5`, `-0.5` or `-1e9`, else what the dialect says (clap's
    /// `allow_negative_numbers`).
    Numbers,
}

/// How one argument holds several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "source", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[cfg_attr(feature = "source", serde(rename_all = "snake_case"))]
pub enum List {
    /// One argument is one value.
    #[default]
    None,
    /// Values are separated by commas; each is judged by itself.
    Comma,
}

/// Whether upper and lower case are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "source", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[cfg_attr(feature = "source", serde(rename_all = "snake_case"))]
pub enum Case {
    /// They are.
    #[default]
    Exact,
    /// ASCII letters are the same in either case; what is kept is the declared spelling.
    Folded,
}

/// Where a word can be a command below another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "source", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[cfg_attr(feature = "source", serde(rename_all = "snake_case"))]
pub enum Subcommands {
    /// Where the dialect says; no flag's value is one.
    #[default]
    Usual,
    /// Before the first flag or argument of the command above (clap's `args_conflicts_with_subcommands`).
    First,
    /// Also where a flag's value is expected (clap's `subcommand_precedence_over_arg`).
    Always,
}

/// Where the first word of a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "source", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[cfg_attr(feature = "source", serde(rename_all = "snake_case"))]
pub enum FirstWord {
    /// Behind the program's name.
    #[default]
    Argument,
    /// It is the executable's name, without directories and what stands behind the last dot (clap's `multicall`).
    Executable,
}

/// How much of a command is recorded at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "source", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[cfg_attr(feature = "source", serde(rename_all = "snake_case"))]
pub enum Record {
    /// All that is declared.
    #[default]
    Everything,
    /// Its words and the names of its flags, no value.
    Names,
    /// Its words alone.
    Path,
}

/// Whether a positional rule holds for the rest of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "source", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[cfg_attr(feature = "source", serde(rename_all = "snake_case"))]
pub enum Repeats {
    /// For its own place only.
    #[default]
    Once,
    /// For its own place and all that follow, up to its terminator.
    Rest,
    /// For its own place and everything behind it, be it a flag or a command elsewhere (clap's `trailing_var_arg`, and
    /// the arguments of an external command).
    All,
}

/// Whether a positional argument may be missing though another one stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "source", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[cfg_attr(feature = "source", serde(rename_all = "snake_case"))]
pub enum Missing {
    /// It may not.
    #[default]
    Never,
    /// A word is the next argument's where no other word stands right behind it, and behind `--` each word is (clap's
    /// `allow_missing_positional`).
    Possibly,
}
