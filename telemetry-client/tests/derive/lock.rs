//! The lock file: what its test says of a change, and what writing it anew makes of its version.

use std::fs;
use std::path::PathBuf;

use clap::{Arg, Command};
use telemetry_client::{CommandPolicy, LockError};
use telemetry_redact::Policy;

fn orchard() -> Command {
    let fruit = Arg::new("fruit").long("fruit").value_parser(["apple", "pear"]);
    Command::new("orchard").subcommand(Command::new("plant").arg(fruit).arg(Arg::new("name").long("name")))
}

fn with_more() -> Command {
    let water = Command::new("water").arg(Arg::new("litres").long("litres").value_parser(["1", "10"]));
    orchard().subcommand(water)
}

fn with_less() -> Command {
    let fruit = Arg::new("fruit").long("fruit").value_parser(["apple"]);
    Command::new("orchard").subcommand(Command::new("plant").arg(fruit).arg(Arg::new("name").long("name")))
}

struct Lock(tempfile::TempDir);

impl Lock {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("telemetry.lock.json")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).unwrap_or_default()
    }

    /// What a program has built in.
    fn compiled(&self) -> &'static [u8] {
        fs::read(self.path().with_file_name("telemetry.policy")).unwrap_or_default().leak()
    }

    /// The files as the test with `TELEMETRY_LOCK=write` writes it.
    fn written(&self, command: fn() -> Command) -> Policy {
        CommandPolicy::new("orchard", command, b"").write_lock(self.path()).unwrap();
        Policy::from_json(&self.text()).unwrap()
    }

    fn check(&self, command: fn() -> Command) -> Result<(), LockError> {
        CommandPolicy::new("orchard", command, self.compiled()).check_lock(self.path())
    }
}

#[test]
fn a_lock_file_begins_empty_and_rises_with_what_is_collected() {
    let lock = Lock::new();
    fs::write(lock.path(), "").unwrap();
    let error = lock.check(orchard).unwrap_err().to_string();
    assert!(error.contains("empty") && error.contains("TELEMETRY_LOCK=write"), "{error}");
    assert_eq!(lock.written(orchard).version().0, 1);
    lock.check(orchard).unwrap();
    let before = lock.text();
    lock.written(orchard);
    assert_eq!(lock.text(), before, "what is the same stays the same");
    assert_eq!(lock.written(with_more).version().0, 2);
    lock.check(with_more).unwrap();
    // Events name the version they were made by, so less is another one too.
    assert_eq!(lock.written(orchard).version().0, 3);
}

#[test]
fn a_change_of_the_command_line_is_said_by_what_it_collects() {
    let lock = Lock::new();
    lock.written(orchard);
    let error = lock.check(with_more).unwrap_err();
    assert!(matches!(error, LockError::Differs { .. }), "{error}");
    let text = error.to_string();
    for line in
        ["  + collects 1 command (water)\n", "  + collects --litres values 1, 10 on 1 command (water)\n"]
    {
        assert!(text.contains(line), "{text}");
    }
    let text = lock.check(with_less).unwrap_err().to_string();
    assert!(text.contains("  - no longer collects --fruit values pear on 1 command (plant)\n"), "{text}");
}

#[test]
fn what_is_built_in_is_what_the_lock_file_says() {
    let lock = Lock::new();
    lock.written(orchard);
    let before = lock.compiled();
    let program = |command: fn() -> Command, built_in| CommandPolicy::new("orchard", command, built_in);
    program(orchard, before).check_lock(lock.path()).unwrap();
    lock.written(with_more);
    for built_in in [before, b"", &lock.compiled()[1..]] {
        let told = program(with_more, built_in).check_lock(lock.path()).unwrap_err();
        assert!(matches!(told, LockError::NotCompiled { .. }), "{told}");
        assert!(told.to_string().contains("telemetry.policy: "), "{told}");
    }
    program(with_more, lock.compiled()).check_lock(lock.path()).unwrap();
    assert_eq!(Policy::from_compiled(lock.compiled().to_vec()).unwrap().version().0, 2);
}

#[test]
fn a_lock_file_that_is_none_is_told() {
    let lock = Lock::new();
    lock.written(orchard);
    let nowhere = CommandPolicy::new("orchard", orchard, b"").check_lock(lock.path().join("nowhere"));
    assert!(matches!(nowhere, Err(LockError::File { .. })));
    fs::write(lock.path(), "{\"version\": 1, \"colour\": 2}").unwrap();
    assert!(matches!(lock.check(orchard), Err(LockError::NotALock { .. })));
}

#[test]
fn lines_that_lead_nowhere_are_said_and_withhold_nothing_else() {
    let lock = Lock::new();
    lock.written(orchard);
    let policy = CommandPolicy::new("orchard", orchard, lock.compiled())
        .withhold("plnat", "--fruit")
        .withhold("plant", "--fruits")
        .withhold_command("pick")
        .numbers("plant", "--rows", [1])
        .numbers("plant", "--name", [10, 1])
        .durations("plant", "--name", ["soon"]);
    let text = policy.check_lock(lock.path()).unwrap_err().to_string();
    for line in [
        "withhold(\"plnat\", \"--fruit\"): there is no such command",
        "withhold(\"plant\", \"--fruits\"): neither the command nor one below it takes such an argument",
        "withhold_command(\"pick\"): there is no such command",
        "numbers(\"plant\", \"--rows\", …): the command declares no such argument that takes a value",
        "numbers(\"plant\", \"--name\", …): expected more than the bound before it",
        "durations(\"plant\", \"--name\", …): expected a duration such as `90s` or `1h30m`",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    // In the program itself they are as if they were not there.
    assert_eq!(policy.source(), CommandPolicy::new("orchard", orchard, lock.compiled()).source());
}

#[test]
fn what_has_no_place_in_a_policy_is_withheld_and_said() {
    fn command() -> Command {
        let to = Arg::new("to").long("to").value_parser(["us", "ada@mail.example", "\u{e9}t\u{e9}"]);
        let size = Arg::new("size").long("gr\u{f6}sse");
        Command::new("orchard").arg(to).arg(size).subcommand(Command::new("\u{e9}laguer"))
    }
    let lock = Lock::new();
    let policy = CommandPolicy::new("orchard", command, b"");
    let source = policy.source();
    Policy::from_source(&source).unwrap();
    assert_eq!(source.sets["to"], ["us"]);
    let text = policy.check_lock(lock.path()).unwrap_err().to_string();
    for line in [
        "orchard: the value \"ada@mail.example\" is withheld: looks like personal data",
        "orchard: the value \"\u{e9}t\u{e9}\" is withheld: not a Value",
        "orchard: the name \"gr\u{f6}sse\" is withheld: not a Word",
        "\u{e9}laguer: the command \"\u{e9}laguer\" is withheld: not a Word",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    // An author who withholds the arguments themselves knows.
    let known = policy.withhold("", "--to");
    let text = known.check_lock(lock.path()).unwrap_err().to_string();
    assert!(!text.contains("--to") && !text.contains("ada") && text.contains("gr\u{f6}sse"), "{text}");
}

/// The README shows what the example does, which is run by `tests/host.rs`.
#[test]
fn the_readme_shows_the_example() {
    let (readme, example) = (include_str!("../../README.md"), include_str!("../../examples/orchard/main.rs"));
    let shown = readme.split("```rs\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert!(shown.contains("for_clap") && example.ends_with(shown), "{shown}");
}

/// Its test beside it is not counted, nor what the formatter makes several lines of.
#[test]
fn the_examples_telemetry_is_ten_lines() {
    let main = include_str!("../../examples/orchard/main.rs").split("#[test]").next().unwrap();
    let cli = include_str!("../../examples/orchard/cli.rs");
    let words = ["policy", "Policy", "telemetry", "Telemetry", "numbers"];
    let is_one = |line: &&str| words.iter().any(|word| line.contains(word)) && !line.trim().starts_with("//");
    let lines: Vec<&str> = main.lines().chain(cli.lines()).filter(is_one).collect();
    assert!((8..=10).contains(&lines.len()), "{lines:#?}");
}

#[test]
fn a_question_is_a_part_of_the_lock_file_and_a_wrong_one_is_told() {
    use telemetry_schema::PromptKind;
    let lock = Lock::new();
    lock.written(orchard);
    let asking = |built_in| {
        CommandPolicy::new("orchard", orchard, built_in).prompt(
            "region",
            PromptKind::Select,
            ["US_EAST_1", "EU_WEST_1"],
        )
    };
    let told = asking(lock.compiled()).check_lock(lock.path()).unwrap_err().to_string();
    for line in ["the select prompt `region` was asked", "prompt `region` choices EU_WEST_1, US_EAST_1"] {
        assert!(told.contains(line), "{told}");
    }
    asking(lock.compiled()).write_lock(lock.path()).unwrap();
    assert_eq!(Policy::from_json(&lock.text()).unwrap().version().0, 2);
    asking(lock.compiled()).check_lock(lock.path()).unwrap();
    let wrong = asking(lock.compiled())
        .prompt("region", PromptKind::Confirm, [])
        .prompt("a region", PromptKind::Input, [])
        .prompt("token", PromptKind::Password, ["hunter2"])
        .prompt("who", PromptKind::Select, ["ada@mail.example"]);
    let told = wrong.check_lock(lock.path()).unwrap_err().to_string();
    for line in ["stands there twice", "prompt(\"a region\", …): not recorded", "never kept", "is withheld"]
    {
        assert!(told.contains(line), "{line} is not in {told}");
    }
    assert!(Policy::from_source(&wrong.source()).is_ok());
}
