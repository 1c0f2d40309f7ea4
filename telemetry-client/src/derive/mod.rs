//! A policy that is derived from a program's own `clap::Command`, so that there is no second list to keep.

mod abbreviations;
mod argument;
mod asked;
mod codes;
mod lock;
mod names;
mod positionals;
mod prompts;
mod session;
mod tree;
mod values;

pub use lock::LockError;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use telemetry_redact::policy::{PolicySource, TemplateRule};
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::{ProgramName, PromptKind};

use asked::{Asked, What};
use prompts::Question;

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
///     # const LOCK: &str = r#"{"version": 1}"#;
///     # /*
///     const LOCK: &str = include_str!("telemetry.lock.json");
///     # */
///     CommandPolicy::new("orchard", cli, LOCK).numbers("plant", "--rows", [1, 10, 100])
/// }
///
/// # /* in a test:
/// policy().assert_locked("src/telemetry.lock.json");
/// # */
/// let source = policy().source();
/// assert_eq!(source.sets["fruit"], ["apple", "pear"]);
/// assert_eq!(source.commands[1].path, "plant");
/// ```
///
/// # The lock file
///
/// It is the derived policy as it was reviewed: a policy file like any other (`telemetry policy check` reads it, and it is
/// what the collector judges by), and its version is the one that events name and that the notice is shown for. It is
/// part of the program, so that the version is known without reading a file from disk. A digest of the derived policy would
/// need no file, but would ask users again for each change that means nothing, and could not say which of two policies is
/// the later one. A program whose lock file cannot be read records nothing.
///
/// Begin with an empty file, and have the test write it: `TELEMETRY_LOCK=write cargo test`. Where commands differ by platform
/// or feature, one build's test is the one to hold the file to.
///
/// # What it costs
///
/// Deriving walks all of the program's commands, once, and only in a run that is recorded. With
/// [`CommandPolicy::compiled`] nothing is derived in a run: what was reviewed is built in, in a form that is read where it
/// lies.
///
/// # What is not understood
///
/// A line that clap takes is read as clap reads it, or less of it is kept. What a policy cannot say is dropped: the whole
/// line of a `multicall` program; what stands behind a subcommand that is called as a flag (`short_flag`, `long_flag`);
/// lists that are separated by anything but a comma; positional arguments whose place does not tell which one they are
/// (those behind one of a varying number, with `allow_missing_positional`, or beside one that is `last` or has a
/// `value_terminator`), and all behind a list that is not the last argument or has a terminator, where commands can follow.
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
    lock: &'static str,
    compiled: Option<&'static [u8]>,
    environment_prefix: Option<String>,
    asked: Vec<Asked>,
    error_codes: Vec<String>,
    templates: Vec<TemplateRule>,
    prompts: Vec<Question>,
}

impl CommandPolicy {
    /// What may be recorded of the program of this name, as its users type it. `command` makes its command (`Cli::command`
    /// with clap's derive), which is called when the first event is recorded and not before; `lock` is what stands in
    /// its lock file.
    #[must_use]
    pub fn new(
        program: impl Into<String>,
        command: impl Fn() -> clap::Command + Send + Sync + 'static,
        lock: &'static str,
    ) -> Self {
        let command = Arc::new(command);
        Self {
            program: program.into(),
            command,
            lock,
            compiled: None,
            environment_prefix: None,
            asked: Vec::new(),
            error_codes: Vec::new(),
            templates: Vec::new(),
            prompts: Vec::new(),
        }
    }

    /// The lock file, compiled: a run is judged by it and derives nothing, which saves it some hundred thousand
    /// instructions. It is the file `telemetry.policy` beside the lock file `telemetry.lock.json`, begins as an empty one as
    /// well, and whatever writes or checks the lock file writes or checks it with it.
    ///
    /// ```
    /// # use clap::Command;
    /// # use telemetry_client::CommandPolicy;
    /// # fn cli() -> Command { Command::new("orchard") }
    /// # const LOCK: &str = "";
    /// # const COMPILED: &[u8] = b"";
    /// # /*
    /// const LOCK: &str = include_str!("telemetry.lock.json");
    /// const COMPILED: &[u8] = include_bytes!("telemetry.policy");
    /// # */
    /// let policy = CommandPolicy::new("orchard", cli, LOCK).compiled(COMPILED);
    /// ```
    ///
    /// One that is empty, or of another version of this crate, is passed over, and the policy derived.
    #[must_use]
    pub fn compiled(mut self, compiled: &'static [u8]) -> Self {
        self.compiled = Some(compiled);
        self
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
    /// let policy = CommandPolicy::new("orchard", cli, "").withhold("", "--fruit");
    /// assert_eq!(policy.source().commands[0].withhold, ["fruit"]);
    /// ```
    #[must_use]
    pub fn withhold(self, path: &str, argument: &str) -> Self {
        self.ask(path, argument, What::Withhold)
    }

    /// Drops everything of a command and those below it but that it was run.
    ///
    /// ```
    /// # use clap::{Arg, Command};
    /// # use telemetry_client::CommandPolicy;
    /// # use telemetry_redact::policy::Record;
    /// # fn cli() -> Command { Command::new("orchard").subcommand(Command::new("login")) }
    /// let policy = CommandPolicy::new("orchard", cli, "").withhold_command("login");
    /// assert_eq!(policy.source().commands[1].record, Record::Path);
    /// ```
    #[must_use]
    pub fn withhold_command(self, path: &str) -> Self {
        self.ask(path, "", What::WithholdCommand)
    }

    /// Keeps of a number between which of these bounds it lies, as with `[1, 10]`: `<1`, `1..10` or `>=10`. The command is
    /// the one that declares the argument; at most 32 bounds, ascending.
    #[must_use]
    pub fn numbers(self, path: &str, argument: &str, bounds: impl IntoIterator<Item = i64>) -> Self {
        self.ask(path, argument, What::Numbers(bounds.into_iter().collect()))
    }

    /// As [`CommandPolicy::numbers`], for durations as people write them: `90s`, `1h30m`, `2 days`.
    ///
    /// ```
    /// # use clap::{Arg, Command};
    /// # use telemetry_client::CommandPolicy;
    /// # fn cli() -> Command { Command::new("orchard").arg(Arg::new("wait").long("wait")) }
    /// let policy = CommandPolicy::new("orchard", cli, "").durations("", "--wait", ["1s", "1m"]);
    /// assert_eq!(policy.source().value_rules["wait"].durations, ["1s", "1m"]);
    /// ```
    #[must_use]
    pub fn durations<'a>(
        self,
        path: &str,
        argument: &str,
        bounds: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        self.ask(path, argument, What::Durations(bounds.into_iter().map(str::to_owned).collect()))
    }

    /// Declares a class of the program's own errors, and what they say: a line with slots such as `{value}` or `{path}`, as
    /// its errors' [`Explain`](crate::Explain) gives it. Of what stands in the slots only what is declared is kept.
    ///
    /// ```
    /// # use clap::Command;
    /// # use telemetry_client::CommandPolicy;
    /// # fn cli() -> Command { Command::new("orchard") }
    /// let policy = CommandPolicy::new("orchard", cli, "").error("no_such_fruit", "no fruit called {value}");
    /// assert!(policy.source().error_codes.contains(&"no_such_fruit".to_owned()));
    /// ```
    #[must_use]
    pub fn error(mut self, code: &str, template: &str) -> Self {
        let is_known = telemetry_redact::ERROR_CODES.contains(&code) || codes::OWN.contains(&code);
        if !is_known && !self.error_codes.iter().any(|known| known == code) {
            self.error_codes.push(code.to_owned());
        }
        self.templates.push(TemplateRule { text: template.to_owned(), code: Some(code.to_owned()) });
        self
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
    /// let policy = CommandPolicy::new("orchard", cli, "")
    ///     .prompt("region", PromptKind::Select, ["US_EAST_1", "EU_WEST_1"])
    ///     .prompt("name", PromptKind::Input, []);
    /// assert_eq!(policy.source().sets["region"], ["US_EAST_1", "EU_WEST_1"]);
    /// assert_eq!(policy.source().prompts["name"].values, None);
    /// ```
    #[must_use]
    pub fn prompt<'a>(
        mut self,
        id: &str,
        kind: PromptKind,
        choices: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let choices = choices.into_iter().map(str::to_owned).collect();
        self.prompts.push(Question { id: id.to_owned(), kind, choices });
        self
    }

    /// What the program's own variable begins with, where that is not its name: `MONGODB_ATLAS` makes it
    /// `MONGODB_ATLAS_TELEMETRY_ENABLED`.
    #[must_use]
    pub fn environment_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.environment_prefix = Some(prefix.into());
        self
    }

    fn ask(mut self, path: &str, argument: &str, what: What) -> Self {
        self.asked.push(Asked { path: path.to_owned(), argument: argument.to_owned(), what });
        self
    }

    /// The policy as it would be used now, with the version of the lock file.
    #[must_use]
    pub fn source(&self) -> PolicySource {
        self.derive().source
    }

    /// For a test of the program's: passes where the derived policy is the one in the lock file at `path`, and nothing in
    /// the lines that made it leads nowhere. With the variable `TELEMETRY_LOCK=write` it writes the file instead, with a
    /// higher version where something else is collected.
    ///
    /// A path that is not absolute begins at the package's directory, where `cargo test` runs tests.
    ///
    /// # Panics
    ///
    /// With what [`CommandPolicy::check_lock`] says.
    #[track_caller]
    pub fn assert_locked(&self, path: impl AsRef<Path>) {
        if let Err(error) = self.check_lock(path) {
            panic!("{error}");
        }
    }

    /// As [`CommandPolicy::assert_locked`], for tests that say in their own way what is wrong.
    ///
    /// # Errors
    ///
    /// [`LockError`]: its text is a line for each difference.
    pub fn check_lock(&self, path: impl AsRef<Path>) -> Result<(), LockError> {
        lock::check(self, path.as_ref(), lock::Purpose::of_environment())
    }

    /// Writes the lock file, as the test does with `TELEMETRY_LOCK=write`: for programs that generate theirs in their own
    /// way.
    ///
    /// # Errors
    ///
    /// [`LockError`], where lines lead nowhere or the file cannot be written.
    pub fn write_lock(&self, path: impl AsRef<Path>) -> Result<(), LockError> {
        lock::check(self, path.as_ref(), lock::Purpose::Write)
    }

    fn derive(&self) -> tree::Derived {
        let version = lock::version(self.lock).unwrap_or_default();
        let mut derived = tree::derive(&self.program, (self.command)(), &self.asked);
        prompts::add(&self.prompts, &mut derived.source, &mut derived.problems);
        derived.source.version = version;
        derived.source.environment_prefix = Some(self.prefix());
        derived.source.error_codes.extend_from_slice(&self.error_codes);
        derived.source.templates.extend_from_slice(&self.templates);
        derived
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
        command.find_subcommand(name).is_some_and(|command| command.find_subcommand(below).is_some())
    }

    /// What was reviewed, where it is built in and this program's.
    fn reviewed(&self) -> Option<Policy> {
        let policy = Policy::from_embedded(self.compiled?).ok()?;
        (policy.program().as_str() == self.program).then_some(policy)
    }

    /// The version of the lock file. `None` where it cannot be read: what nobody reviewed is not collected.
    pub(crate) fn version(&self) -> Option<u32> {
        self.reviewed().map(|policy| policy.version().0).or_else(|| lock::version(self.lock))
    }

    /// The judge of a run, where there is a sound policy.
    pub(crate) fn redactor(&self) -> Option<Redactor> {
        let policy = self.reviewed().or_else(|| {
            lock::version(self.lock)?;
            Policy::from_source(&self.source()).ok()
        });
        policy.map(Redactor::new)
    }
}

impl fmt::Debug for CommandPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            program,
            command: _,
            lock: _,
            compiled: _,
            environment_prefix,
            asked,
            error_codes,
            templates: _,
            prompts,
        } = self;
        let mut debug = f.debug_struct("CommandPolicy");
        debug.field("program", program).field("environment_prefix", environment_prefix);
        debug.field("asked", asked).field("error_codes", error_codes);
        debug.field("prompts", prompts).finish_non_exhaustive()
    }
}
