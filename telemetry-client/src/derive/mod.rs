//! A policy that is derived from a program's own `clap::Command`, so that there is no second list to keep.

#[cfg(feature = "lock")]
mod argument;
#[cfg(feature = "lock")]
mod asked;
mod codes;
#[cfg(feature = "lock")]
mod lock;
#[cfg(feature = "lock")]
mod names;
#[cfg(feature = "lock")]
mod positionals;
#[cfg(feature = "lock")]
mod prompts;
mod said;
mod session;
#[cfg(feature = "lock")]
mod tree;
#[cfg(feature = "lock")]
mod tried;
#[cfg(feature = "lock")]
mod values;

#[cfg(feature = "lock")]
pub use lock::LockError;

use std::fmt;
use std::sync::Arc;

use telemetry_redact::{Policy, Redactor};
use telemetry_schema::{ProgramName, PromptKind};

use said::{Asked, Question, Said, What};

/// What may be recorded of a program whose command line is a `clap::Command`: its commands, the names of its flags, and
/// of values those that it declares itself, by `ValueEnum` or `PossibleValue`. Everything else is dropped.
///
/// The program's own lines of code for it are a function that makes one, which `main` and a test share:
///
/// ```
/// use clap::{Arg, Command};
/// use telemetry_client::CommandPolicy;
///
/// fn cli() -> Command {
///     let fruit = Arg::new("fruit").long("fruit").value_parser(["apple", "pear"]);
///     let plant = Command::new("plant").arg(fruit).arg(Arg::new("rows").long("rows"));
///     Command::new("orchard").subcommand(plant)
/// }
///
/// fn policy() -> CommandPolicy {
///     # const REVIEWED: &[u8] = b"";
///     # /*
///     const REVIEWED: &[u8] = include_bytes!("telemetry.policy");
///     # */
///     CommandPolicy::new("orchard", cli, REVIEWED).numbers("plant", "--rows", [1, 10, 100])
/// }
///
/// # /* in a test, with the feature `lock`:
/// policy().assert_locked("src/telemetry.lock.json");
/// # */
/// # #[cfg(feature = "lock")] {
/// let source = policy().source();
/// assert_eq!(source.sets["fruit"], ["apple", "pear"]);
/// assert_eq!(source.commands[1].path, "plant");
/// # }
/// ```
///
/// # What was reviewed
///
/// The policy is derived in that test, which writes it as two files that are committed:
///
/// - `telemetry.lock.json` is what people review: a policy file like any other (`telemetry policy check` reads it, and it is
///   what the collector judges by). Its version is the one that events name and that the notice is shown for.
/// - `telemetry.policy` beside it is the same in the form that is read where it lies. It is part of the program, and a run is
///   judged by it and by nothing else.
///
/// So nothing is collected that nobody reviewed, whatever becomes of the command line: the test says what has changed, and
/// until the files are written anew what is new is dropped. A program whose compiled policy is empty, of another program, or
/// of another version of this crate records nothing, and the test says so.
///
/// Begin with both files empty, and have the test write them: `TELEMETRY_LOCK=write cargo test`. Where commands differ by
/// platform or feature, one build's test is the one to hold the files to. Deriving is behind the feature `lock`, which tests
/// alone need (`[dev-dependencies]`), so that no program carries it.
///
/// # What is not understood
///
/// A line that clap takes is read as clap reads it, or less of it is kept. What a policy cannot say is dropped: what stands
/// behind a subcommand that is called as a flag (`short_flag`, `long_flag`); lists that are separated by anything but a
/// comma; and positional arguments whose place does not tell which one they are. Those are all of a command that has one
/// which is `last`; those behind the beginning of a list that is not the last argument and has no `value_terminator`, and
/// where commands can follow all that stands there; and with `allow_missing_positional` all of a command that has such a
/// list too, or one of the hidden settings below. Of a `multicall` program a line is dropped whose executable is not called
/// like one of its commands.
///
/// Two things are told to the lock file's test, since words around them may be read in another place: names that cannot be
/// in a policy, and what was withheld for them. Not seen at all are clap's hidden settings of a whole command
/// (`Command::allow_hyphen_values`, `allow_negative_numbers`, `trailing_var_arg`), abbreviations that only a part of the
/// program allows, and a number that is a flag's letter where both kinds of dashes are allowed. A word that is not declared
/// is dropped wherever it stands.
#[derive(Clone)]
pub struct CommandPolicy {
    program: String,
    command: Arc<dyn Fn() -> clap::Command + Send + Sync>,
    reviewed: &'static [u8],
    environment_prefix: Option<String>,
    said: Said,
}

impl CommandPolicy {
    /// What may be recorded of the program of this name, as its users type it. `command` makes its command (`Cli::command`
    /// with clap's derive): the lock file's test derives the policy from it, and the notice asks it whether the ready-made
    /// subcommand is mounted. `reviewed` is what stands in `telemetry.policy`.
    #[must_use]
    pub fn new(
        program: impl Into<String>,
        command: impl Fn() -> clap::Command + Send + Sync + 'static,
        reviewed: &'static [u8],
    ) -> Self {
        Self {
            program: program.into(),
            command: Arc::new(command),
            reviewed,
            environment_prefix: None,
            said: Said::default(),
        }
    }

    /// Drops the values of an argument: of a flag, given as `--name` or `-n`, for the command at `path` and all below it;
    /// or of a positional argument of the command itself, given by the name that its help shows.
    ///
    /// The path is the command's words without the program's name, `""` for the program itself.
    ///
    /// ```
    /// # use clap::{Arg, Command};
    /// # use telemetry_client::CommandPolicy;
    /// # fn cli() -> Command {
    /// #     Command::new("orchard").arg(Arg::new("fruit").long("fruit").value_parser(["apple", "pear"]))
    /// # }
    /// let policy = CommandPolicy::new("orchard", cli, b"").withhold("", "--fruit");
    /// # #[cfg(feature = "lock")]
    /// assert_eq!(policy.source().commands[0].withhold, ["fruit"]);
    /// ```
    #[must_use]
    pub fn withhold(self, path: &str, argument: &str) -> Self {
        self.ask(path, argument, || What::Withhold)
    }

    /// Drops everything of a command and those below it but that it was run.
    ///
    /// ```
    /// # use clap::{Arg, Command};
    /// # use telemetry_client::CommandPolicy;
    /// # use telemetry_redact::policy::Record;
    /// # fn cli() -> Command { Command::new("orchard").subcommand(Command::new("login")) }
    /// let policy = CommandPolicy::new("orchard", cli, b"").withhold_command("login");
    /// # #[cfg(feature = "lock")]
    /// assert_eq!(policy.source().commands[1].record, Record::Path);
    /// ```
    #[must_use]
    pub fn withhold_command(self, path: &str) -> Self {
        self.ask(path, "", || What::WithholdCommand)
    }

    /// Keeps of a number between which of these bounds it lies, as with `[1, 10]`: `<1`, `1..10` or `>=10`. The command is
    /// the one that declares the argument; at most 32 bounds, ascending.
    #[must_use]
    pub fn numbers(self, path: &str, argument: &str, bounds: impl IntoIterator<Item = i64>) -> Self {
        self.ask(path, argument, || What::Numbers(bounds.into_iter().collect()))
    }

    /// As [`CommandPolicy::numbers`], for durations as people write them: `90s`, `1h30m`, `2 days`.
    ///
    /// ```
    /// # use clap::{Arg, Command};
    /// # use telemetry_client::CommandPolicy;
    /// # fn cli() -> Command { Command::new("orchard").arg(Arg::new("wait").long("wait")) }
    /// let policy = CommandPolicy::new("orchard", cli, b"").durations("", "--wait", ["1s", "1m"]);
    /// # #[cfg(feature = "lock")]
    /// assert_eq!(policy.source().value_rules["wait"].durations, ["1s", "1m"]);
    /// ```
    #[must_use]
    pub fn durations<'a>(
        self,
        path: &str,
        argument: &str,
        bounds: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.ask(path, argument, || What::Durations(bounds.into_iter().map(str::to_owned).collect()))
    }

    /// Declares a class of the program's own errors, and what they say: a line with slots such as `{value}` or `{path}`, as
    /// its errors' [`Explain`](crate::Explain) gives it. Of what stands in the slots only what is declared is kept.
    ///
    /// ```
    /// # use clap::Command;
    /// # use telemetry_client::CommandPolicy;
    /// # fn cli() -> Command { Command::new("orchard") }
    /// let policy = CommandPolicy::new("orchard", cli, b"").error("no_such_fruit", "no fruit called {value}");
    /// # #[cfg(feature = "lock")]
    /// assert!(policy.source().error_codes.contains(&"no_such_fruit".to_owned()));
    /// ```
    #[must_use]
    pub fn error(self, code: &str, template: &str) -> Self {
        self.says(|said| said.errors.push((code.to_owned(), template.to_owned())))
    }

    /// Keeps that the program asked a question of this name and how it was answered, and of its choices these. Of
    /// [`PromptKind::Input`] and [`PromptKind::Password`] there are none. The program tells of it by
    /// [`Telemetry::prompt`](crate::Telemetry::prompt).
    ///
    /// ```
    /// # use clap::Command;
    /// # use telemetry_client::CommandPolicy;
    /// use telemetry_schema::PromptKind;
    ///
    /// # fn cli() -> Command { Command::new("orchard") }
    /// let policy = CommandPolicy::new("orchard", cli, b"")
    ///     .prompt("region", PromptKind::Select, ["US_EAST_1", "EU_WEST_1"])
    ///     .prompt("name", PromptKind::Input, []);
    /// # #[cfg(feature = "lock")]
    /// assert_eq!(policy.source().sets["region"], ["US_EAST_1", "EU_WEST_1"]);
    /// # #[cfg(feature = "lock")]
    /// assert_eq!(policy.source().prompts["name"].values, None);
    /// ```
    #[must_use]
    pub fn prompt<'a>(self, id: &str, kind: PromptKind, choices: impl IntoIterator<Item = &'a str>) -> Self {
        self.says(|said| {
            let choices = choices.into_iter().map(str::to_owned).collect();
            said.prompts.push(Question { id: id.to_owned(), kind, choices });
        })
    }

    /// What the program's own variable begins with, where that is not its name: `MONGODB_ATLAS` makes it
    /// `MONGODB_ATLAS_TELEMETRY_ENABLED`.
    #[must_use]
    pub fn environment_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.environment_prefix = Some(prefix.into());
        self
    }

    fn ask(self, path: &str, argument: &str, what: impl FnOnce() -> What) -> Self {
        self.says(|said| {
            said.asked.push(Asked { path: path.to_owned(), argument: argument.to_owned(), what: what() });
        })
    }

    /// Notes what the author says, where something is derived of it: a run is judged by what was.
    fn says(mut self, say: impl FnOnce(&mut Said)) -> Self {
        if cfg!(feature = "lock") {
            say(&mut self.said);
        }
        self
    }

    /// The name as far as it can be one. What has another form is refused by the policy's own check.
    pub(crate) fn program(&self) -> Option<ProgramName> {
        ProgramName::new(self.program.as_str()).ok()
    }

    fn prefix(&self) -> String {
        self.environment_prefix.clone().unwrap_or_else(|| {
            let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
            self.program.chars().map(letter).collect()
        })
    }

    /// The program's own variable for consent, without deriving anything.
    pub(crate) fn consent_variable(&self) -> String {
        format!("{}_TELEMETRY_ENABLED", self.prefix())
    }

    /// Whether the program has a subcommand of this name, and that one of the other.
    pub(crate) fn mounts(&self, name: &str, below: &str) -> bool {
        let command = (self.command)();
        let named = command.is_multicall_set().then_some(self.program.as_str());
        let mut words = named.into_iter().chain([name, below]);
        words.try_fold(&command, |command, word| command.find_subcommand(word)).is_some()
    }

    /// What was reviewed, where it is this program's. `None` where there is nothing: what nobody reviewed is not collected.
    fn reviewed(&self) -> Option<Policy> {
        let policy = Policy::from_embedded(self.reviewed).ok()?;
        (policy.program().as_str() == self.program).then_some(policy)
    }

    /// The judge of a run, where there is a policy.
    pub(crate) fn redactor(&self) -> Option<Redactor> {
        self.reviewed().map(Redactor::new)
    }
}

impl fmt::Debug for CommandPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { program, command: _, reviewed: _, environment_prefix, said } = self;
        let mut debug = f.debug_struct("CommandPolicy");
        debug.field("program", program).field("environment_prefix", environment_prefix);
        debug.field("said", said).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use clap::Command;

    use super::*;

    #[test]
    fn the_subcommand_is_where_the_program_s_own_name_leads_to_it() {
        let telemetry = || Command::new("telemetry").subcommand(Command::new("off"));
        let mounts = |command: fn(Command) -> Command| {
            let command = move || command(telemetry());
            CommandPolicy::new("orchard", command, b"").mounts("telemetry", "off")
        };
        assert!(mounts(|telemetry| Command::new("orchard").subcommand(telemetry)));
        assert!(!mounts(|_| Command::new("orchard").subcommand(Command::new("telemetry"))));
        // `orchard telemetry off` is no command where `telemetry` is an executable's name.
        assert!(!mounts(|telemetry| Command::new("orchard").multicall(true).subcommand(telemetry)));
        assert!(mounts(|telemetry| {
            let own = Command::new("orchard").subcommand(telemetry);
            Command::new("orchard").multicall(true).subcommand(own)
        }));
    }
}
