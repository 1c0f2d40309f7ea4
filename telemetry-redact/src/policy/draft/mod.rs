//! A first policy for a program, drafted from what it says of itself, with every value withheld.
//!
//! A draft names commands and flags and says which flags take values, since that decides what belongs to what. It keeps
//! no value: what a help text lists is offered in a comment, for somebody to declare.

mod build;
mod completion;
mod flag;
mod help;
mod toml;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use telemetry_schema::{ProgramName, Value, Word};
use thiserror::Error;

use super::{Abbreviations, Dialect, PolicySource, Takes};
use flag::ShownFlag;
use help::Help;

/// More commands than these are no program's.
const MAX_COMMANDS: usize = 5000;
/// The longest path an event holds.
const MAX_DEPTH: usize = 16;
/// More values than these are no closed set that somebody reads.
const MAX_LISTED: usize = 200;

/// Gathers what a program says of itself, one text after another.
///
/// ```
/// use telemetry_redact::policy::Drafter;
///
/// let mut drafter = Drafter::new("orchard");
/// let below = drafter.help(&[], "\
/// Usage: orchard [OPTIONS] <COMMAND>
///
/// Commands:
///   plant  Plant a tree
///
/// Options:
///   -h, --help  Print help
/// ");
/// assert_eq!(below, ["plant"]);
/// drafter.help(&["plant"], "\
/// Usage: orchard plant [OPTIONS]
///
/// Options:
///   -f, --fruit <FRUIT>  What it bears [possible values: apple, pear]
/// ");
/// let draft = drafter.finish();
/// assert_eq!(draft.listed["fruit"], ["apple", "pear"]);
/// // Nothing of a value is kept before somebody declares it.
/// assert_eq!(draft.source.flags["fruit"].values, None);
/// assert!(draft.to_toml().contains("fruit = { short = \"f\", takes = \"value\" }"));
/// ```
#[derive(Debug)]
pub struct Drafter {
    program: String,
    layout: Option<Layout>,
    /// By path.
    commands: BTreeMap<Vec<String>, Drafted>,
    notes: Vec<DraftNote>,
}

/// A command, as far as it is known.
#[derive(Debug, Default)]
struct Drafted {
    /// Its place in the order of the texts.
    order: usize,
    aliases: Vec<String>,
    flags: Vec<ShownFlag>,
    takes_words: bool,
}

/// A drafted policy.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Draft {
    /// The policy.
    pub source: PolicySource,
    /// Values that the texts list, by the flag's key. The policy keeps none of them.
    pub listed: BTreeMap<String, Vec<String>>,
    /// What was left out, and what to look at.
    pub notes: Vec<DraftNote>,
}

/// Something that whoever goes on with a draft should know. What was left out is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DraftNote {
    /// The command it is about, by its words without the program's name.
    pub command: String,
    /// What there is to know.
    pub message: String,
}

impl fmt::Display for DraftNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, message } = self;
        if command.is_empty() { f.write_str(message) } else { write!(f, "{command}: {message}") }
    }
}

/// A completion script that no policy can be drafted from.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CompletionError {
    /// The script knows nothing itself.
    #[error(
        "this script asks `{program}` for its words while you type, so none are in it: draft from its help texts"
    )]
    Dynamic {
        /// The program.
        program: String,
    },
    /// No command and no flag was found.
    #[error(
        "no commands and no flags were found: expected a bash, zsh or fish script as clap_complete writes them"
    )]
    NothingFound,
}

/// Which library wrote a help text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Clap,
    Cobra,
    Argparse,
    Click,
    GoFlag,
    /// What is none of the others: `getopt_long` and what follows its customs.
    Getopt,
}

impl Layout {
    /// How programs of that library read command lines.
    fn dialect(self) -> (Dialect, Abbreviations) {
        match self {
            Self::Cobra => (Dialect::Pflag, Abbreviations::None),
            Self::GoFlag => (Dialect::GoFlag, Abbreviations::None),
            // argparse takes `-f=v` for `v`, and nothing that looks like a flag for a value.
            Self::Clap => (Dialect::Clap, Abbreviations::None),
            Self::Argparse => (Dialect::Clap, Abbreviations::Flags),
            Self::Click => (Dialect::Getopt, Abbreviations::None),
            Self::Getopt => (Dialect::Getopt, Abbreviations::Flags),
        }
    }
}

impl Drafter {
    /// Begins a draft for a program.
    #[must_use]
    pub fn new(program: impl Into<String>) -> Self {
        let commands = BTreeMap::from([(Vec::new(), Drafted::default())]);
        Self { program: program.into(), layout: None, commands, notes: Vec::new() }
    }

    /// Takes in the help text of a command, by its words without the program's name. Gives the commands that the text
    /// names and that were not known before: their help texts are what to ask for next.
    pub fn help(&mut self, path: &[&str], text: &str) -> Vec<String> {
        let text = help::plain(text);
        let layout = *self.layout.get_or_insert_with(|| help::layout(&text));
        let Help { commands, flags, takes_words, own_names } = help::read(&text, layout);
        let path: Vec<String> = path.iter().map(|word| (*word).to_owned()).collect();
        let mut below = Vec::new();
        for shown in commands {
            let aliases = shown.aliases;
            if let Some(name) = self.command(&path, &shown.name, aliases) {
                below.push(name);
            }
        }
        let own = path.last().cloned().unwrap_or_default();
        let own_names: Vec<String> = own_names.into_iter().filter(|name| *name != own).collect();
        let own_names = self.words(&path, own_names);
        let flags: Vec<ShownFlag> = flags.into_iter().filter_map(|flag| self.flag(&path, flag)).collect();
        let command = self.commands.entry(path).or_default();
        command.takes_words |= takes_words;
        for name in own_names {
            if !command.aliases.contains(&name) {
                command.aliases.push(name);
            }
        }
        for flag in flags {
            add_flag(&mut command.flags, flag);
        }
        below
    }

    /// Takes in a completion script for bash, zsh or fish that has a program's words in it, as `clap_complete` writes it.
    ///
    /// # Errors
    ///
    /// A script that asks the program itself, as those of cobra do, and one in which nothing was found.
    pub fn completion(&mut self, script: &str) -> Result<(), CompletionError> {
        if completion::is_dynamic(script) {
            return Err(CompletionError::Dynamic { program: self.program.clone() });
        }
        let found = completion::read(script, &self.program);
        if found.is_empty() {
            return Err(CompletionError::NothingFound);
        }
        self.layout.get_or_insert(Layout::Clap);
        self.note(
            &[],
            "a completion script does not say all of how values are taken: see whether `takes` is right",
        );
        if completion::is_bash(script) {
            self.note(&[], "a bash script does not say which short name is which flag's: put `short-x` and its flag together");
        }
        for (path, command) in found {
            if let Some((name, above)) = path.split_last() {
                self.command(above, name, command.aliases);
            }
            let flags: Vec<ShownFlag> =
                command.flags.into_iter().filter_map(|flag| self.flag(&path, flag)).collect();
            if let Some(known) = self.commands.get_mut(&path) {
                for flag in flags {
                    add_flag(&mut known.flags, flag);
                }
            }
        }
        Ok(())
    }

    /// The name of the program that a help text or a completion script is about, as far as it says so.
    ///
    /// ```
    /// use telemetry_redact::policy::Drafter;
    ///
    /// assert_eq!(Drafter::program_of("Plants trees.\n\nUsage:\n  orchard [command]\n").as_deref(), Some("orchard"));
    /// assert_eq!(Drafter::program_of("#compdef orchard\n").as_deref(), Some("orchard"));
    /// assert_eq!(Drafter::program_of("Plants trees."), None);
    /// ```
    #[must_use]
    pub fn program_of(text: &str) -> Option<String> {
        let mut lines = text.lines().map(str::trim).skip_while(|line| !is_about_program(line));
        let first = lines.next()?;
        let words = first.split_whitespace().skip(1).filter(|word| *word != "of" && *word != "-c");
        let word = words.map(str::to_owned).next();
        let word = word.or_else(|| lines.next()?.split_whitespace().next().map(str::to_owned))?;
        let name = word.rsplit('/').next().unwrap_or(&word).trim_end_matches(':').to_owned();
        ProgramName::new(name.as_str()).is_ok().then_some(name)
    }

    /// The draft of what was taken in. It has no problem that [`super::Policy::from_source`] would find.
    #[must_use]
    pub fn finish(self) -> Draft {
        build::build(self)
    }

    fn note(&mut self, path: &[String], message: impl Into<String>) {
        let note = DraftNote { command: path.join(" "), message: message.into() };
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Adds a command below another one. Its name, if it is new.
    fn command(&mut self, above: &[String], name: &str, aliases: Vec<String>) -> Option<String> {
        let name = self.words(above, vec![name.to_owned()]).pop()?;
        let aliases = self.words(above, aliases);
        let path: Vec<String> = above.iter().cloned().chain([name.clone()]).collect();
        if path.len() > MAX_DEPTH || self.commands.len() >= MAX_COMMANDS {
            self.note(above, "has more commands than a draft goes into");
            return None;
        }
        let order = self.commands.len();
        let is_new = !self.commands.contains_key(&path);
        let command = self.commands.entry(path).or_insert(Drafted { order, ..Drafted::default() });
        command.aliases.extend(aliases.into_iter().filter(|alias| *alias != name));
        command.aliases.sort();
        command.aliases.dedup();
        is_new.then_some(name)
    }

    /// Words that a policy can hold. What looks like somebody's is left out.
    fn words(&mut self, path: &[String], words: Vec<String>) -> Vec<String> {
        let mut kept = Vec::new();
        for word in words {
            if Word::new(word.as_str()).is_err() {
                self.note(path, "a name was left out: it is not of the form that a policy can hold");
            } else if let Some(rule) = crate::detect::sensitive(&word) {
                self.note(
                    path,
                    format!("a name was left out: it looks like personal data or a secret ({rule})"),
                );
            } else {
                kept.push(word);
            }
        }
        kept
    }

    fn flag(&mut self, path: &[String], shown: ShownFlag) -> Option<ShownFlag> {
        let ShownFlag { longs, negations, short, takes, max_values, listed, is_global } = shown;
        let longs = self.words(path, longs);
        let negations = self.words(path, negations);
        let named = longs.first().cloned().or_else(|| short.map(|short| format!("-{short}")))?;
        let mut kept = Vec::new();
        for value in listed {
            if Value::new(value.as_str()).is_err() {
                continue;
            }
            if let Some(rule) = crate::detect::sensitive(&value) {
                let dashes = if named.starts_with('-') { "" } else { "--" };
                let message = format!(
                    "a value of {dashes}{named} was left out: it looks like personal data or a secret ({rule})"
                );
                self.note(path, message);
            } else if !kept.contains(&value) && kept.len() < MAX_LISTED {
                kept.push(value);
            }
        }
        let negations = if takes == Takes::Nothing { negations } else { Vec::new() };
        Some(ShownFlag { longs, negations, short, takes, max_values, listed: kept, is_global })
    }
}

fn is_about_program(line: &str) -> bool {
    line.to_ascii_lowercase().starts_with("usage")
        || line.starts_with("#compdef ")
        || line.starts_with("complete ")
}

/// A flag that is shown twice is one.
fn add_flag(flags: &mut Vec<ShownFlag>, flag: ShownFlag) {
    let same = |known: &&mut ShownFlag| match (known.longs.first(), flag.longs.first()) {
        (Some(known), Some(flag)) => known == flag,
        (None, None) => known.short == flag.short,
        _ => false,
    };
    match flags.iter_mut().find(same) {
        Some(known) => {
            known.is_global |= flag.is_global;
            known.short = known.short.or(flag.short);
            if known.listed.is_empty() {
                known.listed = flag.listed;
            }
        }
        None => flags.push(flag),
    }
}
