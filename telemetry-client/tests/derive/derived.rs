//! What becomes of each thing that clap can say: a program, a command line, and what is kept of it.

use clap::builder::PossibleValue;
use clap::{Arg, ArgAction, Command};
use telemetry_client::CommandPolicy;
use telemetry_redact::policy::Record;
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::Command as Kept;

/// A command line as it is kept: words, `--flag=value`, `place:value`, misspellings as `typed>meant`.
fn short(kept: &Kept) -> String {
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
fn check(command: impl Fn() -> Command + Copy + Send + Sync + 'static, lines: &[(&str, &str)]) {
    let policy = CommandPolicy::new("orchard", command, b"");
    for (line, expected) in lines {
        let (line, is_taken) = line.strip_prefix('!').map_or((*line, true), |line| (line, false));
        let argv = std::iter::once("orchard").chain(line.split_whitespace());
        assert_eq!(command().try_get_matches_from(argv).is_ok(), is_taken, "{line}");
        assert_eq!(kept(&policy, line), *expected, "{line}");
    }
}

fn fruit() -> Arg {
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
fn positional_arguments_are_kept_where_their_place_tells_which_one_it_is() {
    let plain = || {
        let season = Arg::new("season").value_parser(["spring", "autumn"]);
        Command::new("orchard").arg(season).arg(Arg::new("name")).arg(fruit().num_args(0..))
    };
    check(
        plain,
        &[
            ("spring mine apple pear", "0:spring 2:apple 3:pear"),
            ("autumn spring", "0:autumn"),
            ("!mine", ""),
            ("-- spring", "0:spring"),
        ],
    );
    let by_index = || {
        let season = Arg::new("season").value_parser(["spring", "autumn"]);
        Command::new("orchard").arg(fruit().index(2)).arg(season.index(1))
    };
    check(by_index, &[("spring pear", "0:spring 1:pear")]);
    let unclear = || {
        let last = Arg::new("last").value_parser(["apple", "pear"]).last(true).num_args(1..);
        Command::new("orchard").arg(fruit()).arg(last)
    };
    check(unclear, &[("pear", ""), ("-- apple", ""), ("apple -- pear", "")]);
    let many_first = || {
        let to = Arg::new("to").value_parser(["apple", "pear"]).required(true);
        Command::new("orchard").arg(Arg::new("from").num_args(1..).required(true)).arg(to)
    };
    check(many_first, &[("pear apple", ""), ("pear pear apple", "")]);
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
fn what_ends_a_list_leads_to_the_next_argument_or_to_a_command() {
    let command = || {
        let to = fruit().id("to").num_args(0..);
        let many = fruit().id("from").num_args(1..).value_terminator(";");
        let quiet = Arg::new("quiet").long("quiet").action(ArgAction::SetTrue);
        Command::new("orchard").args([many, to]).arg(quiet).subcommand(Command::new("list"))
    };
    check(
        command,
        &[
            ("!pear mine apple", "0:pear 0:apple"),
            ("pear apple ; apple pear", "0:pear 0:apple 1:apple 2:pear"),
            ("; pear", "1:pear"),
            ("!pear --quiet apple ; mine apple", "--quiet=true 0:pear 0:apple 2:apple"),
            ("pear ; list", "list"),
            ("!pear list", "0:pear"),
            ("!-- pear ; apple --quiet", "0:pear 1:apple"),
        ],
    );
    let by_dashes = || {
        let many = fruit().num_args(1..).value_terminator("--");
        Command::new("orchard").arg(many).arg(fruit().id("to"))
    };
    check(by_dashes, &[("pear apple -- pear", "0:pear 0:apple 1:pear"), ("-- pear", "1:pear")]);
}

#[test]
fn a_value_is_that_of_the_argument_behind_one_that_is_missing() {
    let command = |of: fn(Command) -> Command| {
        move || {
            let season = Arg::new("season").value_parser(["spring", "apple"]);
            let quiet = Arg::new("quiet").long("quiet").action(ArgAction::SetTrue);
            let command = Command::new("orchard").arg(season).arg(fruit().required(true)).arg(quiet);
            of(command.allow_missing_positional(true).subcommand_negates_reqs(true))
        }
    };
    let plain = command(|command| command);
    check(
        plain,
        &[
            ("apple", "1:apple"),
            ("apple pear", "0:apple 1:pear"),
            ("spring apple", "0:spring 1:apple"),
            ("apple --quiet", "--quiet=true 1:apple"),
            ("--quiet apple", "--quiet=true 1:apple"),
            ("-- apple", "1:apple"),
            ("apple -- pear", "0:apple 1:pear"),
            ("!apple --quiet pear", "--quiet=true 1:apple"),
            ("!spring", ""),
        ],
    );
    let with_commands = command(|command| command.subcommand(Command::new("list")));
    check(
        with_commands,
        &[("apple list", "list"), ("apple pear list", "list"), ("apple pear", "0:apple 1:pear")],
    );
    // Behind `--` clap comes back to a list that was ended, but not behind another program's command.
    let ended = || {
        let to = fruit().num_args(1..).value_terminator(";");
        let quiet = Arg::new("quiet").long("quiet").action(ArgAction::SetTrue);
        let command = Command::new("orchard").args([fruit().id("from"), to]).arg(quiet);
        command.allow_missing_positional(true).allow_external_subcommands(true)
    };
    check(
        ended,
        &[
            ("-- apple ; pear", "1:apple 1:pear"),
            ("apple --quiet ; mine apple", "--quiet=true 1:apple"),
            ("apple --quiet ; mine --quiet apple", "--quiet=true 1:apple"),
        ],
    );
    // What clap does not say of a command, but its hidden settings, and what only a part allows to be shortened.
    let hidden = command(|command| command.allow_hyphen_values(true));
    check(hidden, &[("!apple --quiet", "--quiet=true"), ("apple", ""), ("apple pear", "")]);
    let partly = || {
        let of = |name: &'static str| {
            let (season, to) = (Arg::new("season").value_parser(["apple"]), fruit().required(true));
            let command = Command::new(name).args([season, to]).allow_missing_positional(true);
            command.subcommand_negates_reqs(true).subcommand(Command::new("list"))
        };
        Command::new("orchard").subcommand(of("plant").infer_subcommands(true)).subcommand(of("pick"))
    };
    check(
        partly,
        &[
            ("plant apple pear", "plant"),
            ("plant apple li", "plant"),
            ("pick apple pear", "pick 0:apple 1:pear"),
            ("!pick apple li", "pick 0:apple"),
        ],
    );
    // An empty argument may be the beginning of a command for clap.
    let shortened = move || with_commands().infer_subcommands(true);
    let policy = CommandPolicy::new("orchard", shortened, b"");
    let redactor = Redactor::new(Policy::from_source(&policy.source()).unwrap());
    assert_eq!(short(&redactor.read_command(&["orchard", "apple", "", "pear", "--quiet"]).command), "");
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

#[test]
fn an_argument_that_is_required_behind_dashes_has_a_policy_too() {
    let command = || {
        let last = Arg::new("last").last(true).required(true);
        Command::new("orchard").arg(fruit()).arg(last).allow_missing_positional(true)
    };
    check(command, &[("pear -- mine", ""), ("-- pear", "")]);
}
