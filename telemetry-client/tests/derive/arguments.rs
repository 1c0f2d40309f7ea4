//! Positional arguments: which of the declared ones a word is.

use clap::{Arg, ArgAction, Command};
use telemetry_client::CommandPolicy;
use telemetry_redact::{Policy, Redactor};

use crate::derived::{check, fruit, short};

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
fn an_argument_that_is_required_behind_dashes_has_a_policy_too() {
    let command = || {
        let last = Arg::new("last").last(true).required(true);
        Command::new("orchard").arg(fruit()).arg(last).allow_missing_positional(true)
    };
    check(command, &[("pear -- mine", ""), ("-- pear", "")]);
}
