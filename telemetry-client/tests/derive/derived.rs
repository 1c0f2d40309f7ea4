//! What becomes of each thing that clap can say: a program, a command line, and what is kept of it.

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, Command};
use telemetry_client::CommandPolicy;
use telemetry_redact::policy::Record;
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::Command as Kept;

/// A command line as it is kept: words, `--flag=value`, `place:value`, misspellings as `typed>meant`.
pub(crate) fn short(kept: &Kept) -> String {
    let mut parts: Vec<String> = kept.path.iter().map(ToString::to_string).collect();
    for flag in &kept.flags {
        if flag.values.is_empty() {
            parts.push(format!("--{}", flag.name));
        }
        parts.extend(flag.values.iter().map(|value| format!("--{}={value}", flag.name)));
    }
    for positional in &kept.positionals {
        parts.extend(positional.values.iter().map(|value| format!("{}:{value}", positional.index)));
    }
    parts.extend(kept.misspellings.iter().map(|word| format!("{}>{}", word.typed, word.meant)));
    parts.join(" ")
}

fn kept(policy: &CommandPolicy, line: &str) -> String {
    let redactor = Redactor::new(Policy::from_source(&policy.source()).unwrap());
    let argv: Vec<&str> = std::iter::once("orchard").chain(line.split_whitespace()).collect();
    short(&redactor.read_command(&argv).command)
}

/// Checks a program by its command lines. Each is one that clap takes, unless it begins with `!`.
pub(crate) fn check(command: impl Fn() -> Command + Copy + Send + Sync + 'static, lines: &[(&str, &str)]) {
    let policy = CommandPolicy::new("orchard", command, b"");
    for (line, expected) in lines {
        let (line, is_taken) = line.strip_prefix('!').map_or((*line, true), |line| (line, false));
        let argv = std::iter::once("orchard").chain(line.split_whitespace());
        assert_eq!(command().try_get_matches_from(argv).is_ok(), is_taken, "{line}");
        assert_eq!(kept(&policy, line), *expected, "{line}");
    }
}

pub(crate) fn fruit() -> Arg {
    Arg::new("fruit").value_parser(["apple", "pear"])
}

#[test]
fn commands_are_kept_by_their_name_however_they_are_called() {
    let command = || {
        let plant = Command::new("plant").visible_alias("sow").alias("bury").hide(true);
        Command::new("orchard").subcommand(Command::new("trees").subcommand(plant).alias("tree"))
    };
    check(
        command,
        &[
            ("trees plant", "trees plant"),
            ("tree sow", "trees plant"),
            ("trees bury", "trees plant"),
            ("!tres plant", "tres>trees"),
            ("!help trees mine", "help"),
        ],
    );
}

#[test]
fn flags_are_kept_by_their_name_and_values_by_the_declared_one() {
    let command = || {
        let pear = PossibleValue::new("pear").aliases(["nashi", "birne"]);
        let kind =
            Arg::new("kind").long("kind").value_parser([PossibleValue::new("apple"), pear]).ignore_case(true);
        Command::new("orchard")
            .arg(fruit().long("fruit").alias("sort").short('f').short_alias('F'))
            .arg(kind)
            .arg(Arg::new("name").long("name"))
            .arg(Arg::new("water").long("water").action(ArgAction::SetTrue).overrides_with("no-water"))
            .arg(Arg::new("no-water").long("no-water").action(ArgAction::SetTrue))
            .arg(Arg::new("loud").short('v').action(ArgAction::Count))
            .arg(
                Arg::new("only")
                    .long("only")
                    .value_parser(["a", "b"])
                    .value_delimiter(',')
                    .action(ArgAction::Append),
            )
    };
    check(
        command,
        &[
            ("--fruit pear --name mine", "--fruit=pear --name"),
            ("--sort=apple", "--fruit=apple"),
            ("-fpear", "--fruit=pear"),
            ("-F pear", "--fruit=pear"),
            ("!--fruit mine", "--fruit"),
            ("--kind NASHI", "--kind=pear"),
            ("--kind=Birne", "--kind=pear"),
            ("--water", "--water=true"),
            ("--no-water", "--water=false"),
            ("-vvv", "--short-v=true"),
            ("--only a,b", "--only=a --only=b"),
            ("!--only a,mine", "--only=a"),
            ("!--frut pear", "frut>fruit"),
            ("!--help", "--help=true"),
        ],
    );
}

#[test]
fn how_many_values_a_flag_takes_decides_what_is_one() {
    let command = || {
        let when = ["always", "never"];
        Command::new("orchard")
            .arg(Arg::new("colour").long("colour").value_parser(when).num_args(0..=1).require_equals(true))
            .arg(
                Arg::new("when")
                    .long("when")
                    .value_parser(when)
                    .num_args(0..=1)
                    .default_missing_value("always"),
            )
            .arg(fruit().id("pair").long("pair").num_args(2))
            .arg(fruit().id("some").long("some").num_args(1..))
            .arg(Arg::new("like").long("like").allow_hyphen_values(true))
            .arg(fruit().id("ended").long("ended").num_args(1..).value_terminator(";"))
            .subcommand(Command::new("list"))
    };
    check(
        command,
        &[
            ("--colour list", "list --colour"),
            ("--colour=never list", "list --colour=never"),
            ("--when never list", "list --when=never"),
            ("--when --colour", "--when --colour"),
            ("--pair apple pear list", "list --pair=apple --pair=pear"),
            ("--some apple apple pear --colour list", "list --some=apple --some=pear --colour"),
            ("--like --colour list", "list --like"),
            ("--like=--pair", "--like"),
            ("--ended apple ; list", "list --ended=apple"),
        ],
    );
}

#[test]
fn what_belongs_to_another_program_is_not_read() {
    let exec = || {
        let quiet = Arg::new("quiet").long("quiet").short('q').action(ArgAction::SetTrue).global(true);
        let rest = Arg::new("rest").num_args(1..).trailing_var_arg(true).allow_hyphen_values(true);
        let exec = Command::new("exec").arg(rest);
        Command::new("orchard").arg(quiet).subcommand(exec).subcommand(Command::new("list"))
    };
    check(
        exec,
        &[
            ("exec ls --quiet list -q", "exec"),
            ("exec --quiet ls --quiet", "exec --quiet=true"),
            ("exec --quite ls", "exec"),
            ("exec -qx ls", "exec"),
            ("--quiet list", "list --quiet=true"),
        ],
    );
    let external = || {
        let quiet = Arg::new("quiet").long("quiet").action(ArgAction::SetTrue);
        Command::new("orchard").allow_external_subcommands(true).arg(quiet).subcommand(Command::new("list"))
    };
    check(external, &[("list", "list"), ("lsit --quiet list", ""), ("--quiet mine list", "--quiet=true")]);
}

#[test]
fn the_name_of_an_executable_is_a_word_where_clap_takes_it_for_one() {
    fn command() -> Command {
        let list = || {
            let kind = Arg::new("kind").long("kind").value_parser(["apple", "pear"]);
            Command::new("list").alias("ls").arg(fruit()).arg(kind)
        };
        let grove = Command::new("grove").subcommand(list()).arg(fruit().long("fruit"));
        Command::new("grove").multicall(true).version("1.0").subcommands([
            list(),
            grove,
            Command::new("apple"),
        ])
    }
    let policy = CommandPolicy::new("grove", command, b"");
    let redactor = Redactor::new(Policy::from_source(&policy.source()).unwrap());
    for (line, is_taken, expected) in [
        ("list pear --kind apple", true, "list --kind=apple 0:pear"),
        ("/usr/bin/ls pear", true, "list 0:pear"),
        ("./list.exe pear", true, "list 0:pear"),
        ("/home/ada/list.d/apple", true, "apple"),
        ("grove list pear", true, "grove list 0:pear"),
        ("grove --fruit pear list --kind=apple", true, "grove list --fruit=pear --kind=apple"),
        ("list grove", false, "list"),
        ("list --help", false, "list --help=true"),
        ("grove --version", false, "grove"),
        ("help list", false, "help"),
        // A name that is no command's is nobody's business, be it near to one or not.
        ("lsit pear --kind apple", false, ""),
        ("/opt/mine list pear", false, ""),
        ("list/mine pear", false, ""),
        ("-list pear", false, ""),
        ("--help", false, ""),
        (".. list pear", false, ""),
        ("/ list pear", false, ""),
    ] {
        let argv: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(command().try_get_matches_from(&argv).is_ok(), is_taken, "{line}");
        assert_eq!(short(&redactor.read_command(&argv).command), expected, "{line}");
    }
    assert_eq!(short(&redactor.read_command(&[]).command), "");
    let external = CommandPolicy::new("grove", || command().allow_external_subcommands(true), b"");
    let redactor = Redactor::new(Policy::from_source(&external.source()).unwrap());
    assert_eq!(short(&redactor.read_command(&["/opt/mine", "list", "--kind", "apple"]).command), "");
}

#[test]
fn what_may_be_shortened_is_found_shortened() {
    let command = || {
        let list = Command::new("list").arg(Arg::new("output").long("output").value_parser(["json", "text"]));
        Command::new("orchard").infer_subcommands(true).infer_long_args(true).subcommand(list)
    };
    check(command, &[("li --out json", "list --output=json"), ("l --o=text", "list --output=text")]);
}

#[test]
fn global_flags_and_built_in_ones_are_where_clap_has_them() {
    let command = || {
        let profile = Arg::new("profile").long("profile").value_parser(["home", "work"]).global(true);
        let plain =
            Command::new("plain").disable_help_flag(true).arg(Arg::new("host").short('h').long("host"));
        Command::new("orchard")
            .version("1.0")
            .propagate_version(true)
            .disable_help_subcommand(true)
            .arg(profile)
            .subcommand(Command::new("list"))
            .subcommand(plain)
    };
    check(
        command,
        &[
            ("list --profile home", "list --profile=home"),
            ("--profile=work list", "list --profile=work"),
            ("!list -V", "list --version=true"),
            ("!list -h", "list --help=true"),
            ("plain -h mine", "plain --host"),
            ("!help", ""),
        ],
    );
}

#[test]
fn an_author_withholds_more_and_declares_buckets() {
    fn command() -> Command {
        let rows = Arg::new("rows").long("rows");
        let wait = Arg::new("wait").long("wait");
        let plant = Command::new("plant").arg(fruit().long("fruit").short('f')).arg(rows).arg(wait);
        let pick = Command::new("pick").arg(fruit()).arg(fruit().id("sort").long("fruit"));
        let quiet = Arg::new("quiet").long("quiet").action(ArgAction::SetTrue).global(true);
        Command::new("orchard")
            .arg(quiet)
            .subcommand(plant)
            .subcommand(pick)
            .subcommand(Command::new("login"))
    }
    let policy = || CommandPolicy::new("orchard", command, b"");
    let line = "plant --fruit pear --rows 42 --wait 90s --quiet";
    let bucketed =
        policy().numbers("plant", "--rows", [1, 10, 100]).durations("plant", "--wait", ["1s", "1m"]);
    assert_eq!(kept(&policy(), line), "plant --fruit=pear --rows --wait --quiet=true");
    assert_eq!(kept(&bucketed, line), "plant --fruit=pear --rows=10..100 --wait=>=1m --quiet=true");
    assert_eq!(kept(&policy().withhold("plant", "-f"), line), "plant --fruit --rows --wait --quiet=true");
    assert_eq!(
        kept(&policy().withhold("plant", "--quiet"), line),
        "plant --fruit=pear --rows --wait --quiet"
    );
    let everywhere = policy().withhold("", "--fruit");
    assert_eq!(kept(&everywhere, "pick pear --fruit pear"), "pick --fruit 0:pear");
    assert_eq!(kept(&policy().withhold("pick", "<FRUIT>"), "pick pear --fruit pear"), "pick --fruit=pear");
    let silent = policy().withhold_command("plant");
    assert_eq!(kept(&silent, line), "plant");
    assert_eq!(silent.source().commands[1].record, Record::Path);
}

#[test]
fn a_name_of_another_program_of_the_same_clap_command_is_one_of_this() {
    let policy = CommandPolicy::new("orchard", || Command::new("orchard-cli").bin_name("orc"), b"");
    assert_eq!(policy.source().program_aliases, ["orchard-cli", "orc"]);
    let prefixed = policy.environment_prefix("ACME");
    assert_eq!(prefixed.source().environment_prefix.as_deref(), Some("ACME"));
}

#[test]
fn the_program_s_own_errors_are_declared_in_a_line_each() {
    let cli = || {
        let fruit = Arg::new("fruit").long("fruit").value_parser(["apple", "pear"]);
        Command::new("orchard").arg(fruit)
    };
    let policy = CommandPolicy::new("orchard", cli, b"")
        .error("no_such_fruit", "no fruit called {value}")
        .error("no_such_fruit", "no fruit is called {value} here")
        .error("not_found", "there is no {path}");
    let source = policy.source();
    assert_eq!(source.error_codes.iter().filter(|code| *code == "no_such_fruit").count(), 1);
    let redactor = Redactor::new(Policy::from_source(&source).unwrap());
    for (said, kept) in [
        ("no fruit called pear", "no fruit called pear"),
        ("no fruit called grandma", "no fruit called <value>"),
        ("there is no /home/ada/tree", "there is no <path>"),
    ] {
        assert_eq!(redactor.redact_text(said).to_string(), kept);
    }
}

#[test]
fn a_program_of_no_name_controls_nothing() {
    use telemetry_client::Telemetry;
    use telemetry_client::control::ControlError;
    let policy = CommandPolicy::new("7 trees", || Command::new("orchard"), b"");
    let telemetry = Telemetry::for_clap(policy, "1.0", None).start();
    let refused = telemetry.into_control().unwrap_err();
    assert!(matches!(refused, ControlError::NoProgram), "{refused}");
}

#[test]
fn what_begins_with_a_dash_and_is_a_number_is_one() {
    let command = || {
        let rows = Arg::new("rows").long("rows").value_parser(["-5", "7"]).allow_negative_numbers(true);
        let five = Arg::new("five").short('5').action(ArgAction::SetTrue);
        Command::new("orchard").arg(rows).arg(five).arg(Arg::new("file")).subcommand(Command::new("list"))
    };
    check(command, &[("--rows -5 list", "list --rows=-5"), ("-5 list", "list --short-5=true")]);
}

#[test]
fn where_a_command_is_looked_for_is_what_the_program_says() {
    let command = |of: fn(Command) -> Command| {
        move || {
            let some = fruit().long("fruit").num_args(1..);
            of(Command::new("orchard").arg(some).arg(Arg::new("word")).subcommand(Command::new("list")))
        }
    };
    let usual = command(|command| command);
    check(usual, &[("--fruit apple -- list", "--fruit=apple"), ("word list", "list")]);
    let first = command(|command| command.args_conflicts_with_subcommands(true));
    check(first, &[("list", "list"), ("--fruit=apple list", "--fruit=apple"), ("!word list", "")]);
    let always = command(|command| command.subcommand_precedence_over_arg(true));
    check(always, &[("--fruit apple list", "list --fruit=apple")]);
}

#[test]
fn what_stands_behind_a_command_that_is_called_as_a_flag_is_dropped() {
    let command = || {
        let sync = Command::new("sync").short_flag('S').long_flag("sync").arg(fruit().num_args(0..));
        Command::new("orchard").arg(fruit().id("own")).subcommand(sync)
    };
    check(
        command,
        &[("sync apple", "sync 0:apple"), ("--sync apple pear", "--sync"), ("-S apple pear", "--sync")],
    );
}

#[test]
fn what_no_flag_is_called_goes_to_the_list_of_the_flag_before_it() {
    let command = || {
        let like = Arg::new("like").long("like").num_args(1..);
        Command::new("orchard").arg(like).arg(fruit().num_args(0..).allow_hyphen_values(true))
    };
    check(command, &[("--like mine --mine pear", "--like"), ("apple pear", "0:apple 1:pear")]);
}
