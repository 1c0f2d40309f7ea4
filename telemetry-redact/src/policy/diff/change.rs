//! A change of what is collected, as data and as a line that people read.

use std::fmt;

use serde::{Serialize, Serializer};
use telemetry_schema::{PromptKind, TimestampPrecision};

use crate::policy::{Dashes, Dialect, FirstWord, Repeats, Subcommands, Takes};

/// One difference between two policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// What it means for what is collected.
    pub effect: Effect,
    /// What changed.
    #[serde(flatten)]
    pub subject: Subject,
    /// The commands it changed for, by their words without the program's name. None where it is about the whole
    /// policy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
}

impl Change {
    /// Whether something is collected, or may be, that was not: what somebody should look at before it is shipped.
    #[must_use]
    pub fn is_widening(&self) -> bool {
        matches!(self.effect, Effect::Collects | Effect::ReadsDifferently)
    }
}

/// What a change means for what is collected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// An event can hold something that none could hold before.
    Collects,
    /// An argument can be taken for another one than before, and so be kept where it was dropped.
    ReadsDifferently,
    /// An event can no longer hold something.
    StopsCollecting,
    /// Neither.
    Nothing,
}

/// What of a value is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kept {
    /// A declared value.
    Value(String),
    /// Another spelling of a declared value.
    Spelling {
        /// What is typed.
        spelling: String,
        /// What is kept.
        member: String,
    },
    /// A version that begins like this.
    Version(String),
    /// A bucket of numbers or durations.
    Bucket(String),
    /// A key in front of a value that is dropped.
    Key(String),
    /// A value behind a declared key.
    ValueOfKey(String),
    /// What parts key and value.
    Separator(char),
    /// Values in upper and lower case alike.
    AnyCase,
    /// Several values in one argument.
    List,
    /// Whether a switch was set or unset.
    Switch,
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => f.write_str(value),
            Self::Spelling { spelling, member } => write!(f, "{spelling} as {member}"),
            Self::Version(version) => write!(f, "versions {version}.*"),
            Self::Bucket(label) => write!(f, "bucket {label}"),
            Self::Key(key) => write!(f, "key {key}"),
            Self::ValueOfKey(value) => write!(f, "{value} behind a key"),
            Self::Separator(mark) => write!(f, "keys before `{mark}`"),
            Self::AnyCase => f.write_str("values in any case"),
            Self::List => f.write_str("values in a list"),
            Self::Switch => f.write_str("true or false"),
        }
    }
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "what", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Subject {
    /// The program that the policy is for, under one of its names.
    Program {
        /// The name.
        name: String,
    },
    /// The variable by which users turn the program's telemetry off.
    ConsentVariable {
        /// The variable.
        variable: String,
    },
    /// How command lines are read.
    Dialect {
        /// Before.
        from: Dialect,
        /// Now.
        to: Dialect,
    },
    /// Where the first word of a command stands.
    FirstWord {
        /// Now.
        first_word: FirstWord,
    },
    /// Shortened flags.
    AbbreviatedFlags,
    /// Shortened command words.
    AbbreviatedCommands,
    /// How exact times are.
    Timestamps {
        /// Before.
        from: TimestampPrecision,
        /// Now.
        to: TimestampPrecision,
    },
    /// Commands.
    Command,
    /// Another name of a command, stored as the command.
    CommandName {
        /// The name.
        name: String,
    },
    /// That a command was typed by a name on its way out.
    DeprecatedCommandName {
        /// The name.
        name: String,
    },
    /// Whether a word that is no command is counted as an argument. No more of it is collected either way.
    CountedArguments,
    /// Misspellings of the commands below one.
    MisspelledCommands,
    /// That a flag was used.
    Flag {
        /// The name that is stored.
        flag: String,
    },
    /// A flag that a command no longer has and another one has: its name is still kept where it is typed.
    FlagOfOthers {
        /// The name that is stored.
        flag: String,
    },
    /// Another way to write a flag, stored as the flag.
    FlagName {
        /// The name that is stored.
        flag: String,
        /// The way to write it.
        name: String,
    },
    /// That a flag was typed by a name on its way out.
    DeprecatedFlagName {
        /// The name that is stored.
        flag: String,
        /// The way to write it.
        name: String,
    },
    /// Which arguments are a flag's values.
    Takes {
        /// The name that is stored.
        flag: String,
        /// Now.
        takes: Takes,
    },
    /// Whether what begins with a dash can be a flag's value.
    Dashes {
        /// The name that is stored.
        flag: String,
        /// Now.
        dashes: Dashes,
    },
    /// Which argument ends a flag's values.
    Terminator {
        /// The name that is stored.
        flag: String,
        /// Now.
        terminator: Option<String>,
    },
    /// Where a word can be a command below one.
    Subcommands {
        /// Now.
        subcommands: Subcommands,
    },
    /// Where flags end among positional arguments.
    FlagsAmongArguments,
    /// What ends positional arguments, and which may be missing.
    ArgumentPlaces,
    /// Where a list begins in which no word is a command below.
    CommandsAmongArguments,
    /// What is kept of a flag's values.
    FlagValues {
        /// The name that is stored.
        flag: String,
        /// What is kept.
        values: Vec<Kept>,
    },
    /// What is kept of a positional argument.
    PositionalValues {
        /// Its place, counted from 0.
        index: usize,
        /// Whether all that follow are meant too.
        repeats: Repeats,
        /// What is kept.
        values: Vec<Kept>,
    },
    /// A question that the program asks.
    Prompt {
        /// The name that is stored.
        prompt: String,
        /// What it asks for.
        kind: PromptKind,
    },
    /// What is kept of a question's choices.
    PromptChoices {
        /// The name that is stored.
        prompt: String,
        /// What is kept.
        values: Vec<Kept>,
    },
    /// A line of error text that is kept as it is, but for its slots.
    Template {
        /// The line with its slots.
        text: String,
    },
    /// Error codes of the program's own.
    ErrorCodes {
        /// The codes.
        codes: Vec<String>,
    },
    /// Words that error text may repeat, beyond those of the other changes.
    ErrorWords {
        /// The words.
        words: Vec<String>,
    },
    /// A set with another name and the same values.
    SetName {
        /// Before.
        from: String,
        /// Now.
        to: String,
    },
    /// The policy's version.
    Version {
        /// Before.
        from: u32,
        /// Now.
        to: u32,
    },
    /// The same meaning in other words.
    Wording,
}

/// So many commands are named in a line.
const NAMED_COMMANDS: usize = 4;

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mark, verb) = match self.effect {
            Effect::Collects => ('+', "collects"),
            Effect::ReadsDifferently => ('!', "reads differently:"),
            Effect::StopsCollecting => ('-', "no longer collects"),
            Effect::Nothing => ('~', ""),
        };
        let all = self.commands.len() > NAMED_COMMANDS;
        let shown = self.commands.iter().take(NAMED_COMMANDS);
        let shown = shown.map(|path| if path.is_empty() { "the program itself" } else { path });
        let named = shown.collect::<Vec<_>>().join(", ") + if all { ", \u{2026}" } else { "" };
        let plural = if self.commands.len() == 1 { "command" } else { "commands" };
        let count = self.commands.len();
        if self.subject == Subject::Command {
            return write!(f, "{mark} {verb} {count} {plural} ({named})");
        }
        if let (Effect::Collects, Subject::ConsentVariable { variable }) = (self.effect, &self.subject) {
            return write!(
                f,
                "{mark} collects from those who said no by {variable}: it is not read any more"
            );
        }
        let verb = if verb.is_empty() { verb.to_owned() } else { format!(" {verb}") };
        write!(f, "{mark}{verb} {}", self.subject)?;
        if count > 0 { write!(f, " on {count} {plural} ({named})") } else { Ok(()) }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program { name } => write!(f, "runs of the program `{name}`"),
            Self::ConsentVariable { variable } => write!(f, "{variable} turns it off"),
            Self::Dialect { from, to } => {
                write!(f, "command lines as {} instead of {}", name(to), name(from))
            }
            Self::FirstWord { first_word } => f.write_str(match first_word {
                FirstWord::Argument => "the first word of a command stands behind the program's name",
                FirstWord::Executable => "the executable's name is the first word of a command",
            }),
            Self::AbbreviatedFlags => f.write_str("shortened flags"),
            Self::AbbreviatedCommands => f.write_str("shortened command words"),
            Self::Timestamps { from, to } => {
                write!(f, "times to the {} instead of the {}", name(to), name(from))
            }
            Self::Command => f.write_str("commands"),
            Self::CommandName { name } => write!(f, "the name `{name}`, stored as the command,"),
            Self::DeprecatedCommandName { name } => write!(f, "that the deprecated name `{name}` was typed"),
            Self::CountedArguments => {
                f.write_str("whether a word is counted as an argument or as no command")
            }
            Self::MisspelledCommands => f.write_str("misspellings of the commands below"),
            Self::Flag { flag } => write!(f, "--{flag}"),
            Self::FlagOfOthers { flag } => {
                write!(f, "--{flag}, which other commands have, is kept by its name alone")
            }
            Self::FlagName { flag, name } => write!(f, "{name}, stored as --{flag},"),
            Self::DeprecatedFlagName { flag, name } => {
                write!(f, "that the deprecated {name} was typed for --{flag}")
            }
            Self::Takes { flag, takes } => write!(f, "--{flag} takes {}", takes_in_words(*takes)),
            Self::Dashes { flag, dashes: Dashes::Flags } => {
                write!(f, "what begins with a dash behind --{flag} is a flag")
            }
            Self::Dashes { flag, dashes: Dashes::Values } => {
                write!(f, "what begins with a dash behind --{flag} is its value")
            }
            Self::Dashes { flag, dashes: Dashes::Numbers } => {
                write!(f, "a negative number behind --{flag} is its value")
            }
            Self::Terminator { flag, terminator: Some(terminator) } => {
                write!(f, "`{terminator}` ends the values of --{flag}")
            }
            Self::Terminator { flag, terminator: None } => write!(f, "nothing ends the values of --{flag}"),
            Self::Subcommands { subcommands } => f.write_str(match subcommands {
                Subcommands::Usual => "a word that is no flag's value can be a command below",
                Subcommands::First => "only what stands before flags and arguments can be a command below",
                Subcommands::Always => "a word can be a command below where a flag's value is expected, too",
            }),
            Self::FlagsAmongArguments => f.write_str("where flags end among arguments"),
            Self::ArgumentPlaces => f.write_str("which positional argument a word is"),
            Self::CommandsAmongArguments => f.write_str("which words behind arguments are commands below"),
            Self::FlagValues { flag, values } => write!(f, "--{flag} values {}", list(values)),
            Self::PositionalValues { index, repeats, values } => {
                let further = if *repeats == Repeats::Rest { " and those that follow" } else { "" };
                write!(f, "positional argument {}{further} values {}", index + 1, list(values))
            }
            Self::Prompt { prompt, kind } => {
                write!(f, "that the {} prompt `{prompt}` was asked and how it was answered", kind.key())
            }
            Self::PromptChoices { prompt, values } => write!(f, "prompt `{prompt}` choices {}", list(values)),
            Self::Template { text } => write!(f, "the line of error text `{text}`"),
            Self::ErrorCodes { codes } => write!(f, "error codes {}", list(codes)),
            Self::ErrorWords { words } => write!(f, "words in error text: {}", list(words)),
            Self::SetName { from, to } => write!(f, "the set `{from}` is called `{to}`"),
            Self::Version { from, to } => write!(f, "version {to} instead of {from}"),
            Self::Wording => f.write_str("the same in other words"),
        }
    }
}

fn takes_in_words(takes: Takes) -> &'static str {
    match takes {
        Takes::Nothing => "no value",
        Takes::Value => "one value",
        Takes::OptionalValue => "a value only where it is attached",
        Takes::Values => "values up to the next flag",
        Takes::OptionalValues => "values up to the next flag, or none",
    }
}

fn list(items: &[impl fmt::Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The name of a variant, as it is in the file.
fn name(variant: &impl Serialize) -> String {
    serde_json::to_value(variant).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
