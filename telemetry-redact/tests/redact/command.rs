//! Command lines in every way of writing them.

use proptest::prelude::*;
use telemetry_redact::{CommandReading, Policy, Redactor, Verdict};
use telemetry_schema::Dropped;

const ORCHARD: &str = include_str!("../../testdata/orchard.json");

pub(crate) fn orchard(dialect: &str) -> Redactor {
    // Beginnings of long options are getopt's own; the others have them where a program asks for it.
    let abbreviations = if dialect == "getopt" { "flags" } else { "none" };
    let dialect = format!("\"{dialect}\", \"abbreviations\": \"{abbreviations}\"");
    let text = ORCHARD.replace("\"pflag\"", &dialect);
    Redactor::new(Policy::from_json(&text).unwrap())
}

/// The command in short: `path words | --flag=value,value | 0:value | typed>meant | dropped w/f/v`.
pub(crate) fn short(reading: &CommandReading) -> String {
    let command = &reading.command;
    let mut parts = vec![command.path.join(" ")];
    for flag in &command.flags {
        let values: Vec<&str> = flag.values.iter().map(AsRef::as_ref).collect();
        parts.push(if values.is_empty() {
            format!("--{}", flag.name)
        } else {
            format!("--{}={}", flag.name, values.join(","))
        });
    }
    for positional in &command.positionals {
        parts.push(format!("{}:{}", positional.index, positional.values[0]));
    }
    parts.extend(command.misspellings.iter().map(|miss| format!("{}>{}", miss.typed, miss.meant)));
    let dropped = command.dropped;
    if dropped != Dropped::default() {
        parts.push(format!("-{}/{}/{}", dropped.words, dropped.flags, dropped.values));
    }
    parts.join(" ")
}

fn read(dialect: &str, line: &str) -> String {
    let argv: Vec<&str> = std::iter::once("orchard").chain(line.split_whitespace()).collect();
    short(&orchard(dialect).read_command(&argv))
}

#[test]
fn every_way_of_writing_a_flag() {
    for (line, expected) in [
        ("trees plant --fruit pear", "trees plant --fruit=pear"),
        ("trees plant --fruit=pear", "trees plant --fruit=pear"),
        ("trees plant -f pear", "trees plant --fruit=pear"),
        ("trees plant -fpear", "trees plant --fruit=pear"),
        ("trees plant -f=pear", "trees plant --fruit=pear"),
        ("trees plant -nqfpear", "trees plant --dry-run=true --quiet=true --fruit=pear"),
        ("trees plant -nq -f pear", "trees plant --dry-run=true --quiet=true --fruit=pear"),
        ("trees plant --sort pear", "trees plant --fruit=pear"),
        ("tree add --fruit pear", "trees plant --fruit=pear"),
        ("trees plant --fruit pear,apple", "trees plant --fruit=pear,apple"),
        ("trees plant --fruit pear --fruit apple --fruit pear", "trees plant --fruit=pear,apple"),
        ("trees plant --fruit pear,mine,apple", "trees plant --fruit=pear,apple -0/0/1"),
        ("trees plant --fruit PEAR", "trees plant --fruit -0/0/1"),
        ("trees plant --fruit", "trees plant --fruit"),
        ("trees plant --dry-run=false", "trees plant --dry-run=false"),
        ("trees plant --dry-run=mine", "trees plant --dry-run -0/0/1"),
        ("trees plant --colour spring", "trees plant --colour -0/0/1"),
        ("trees plant --colour=spring", "trees plant --colour=spring"),
        ("trees plant --name spring --fruit pear", "trees plant --name --fruit=pear -0/0/1"),
        ("trees plant --name --fruit pear", "trees plant --name -0/0/2"),
        ("-P mine trees list", "trees list --profile -0/0/1"),
        ("-Pmine trees list", "trees list --profile -0/0/1"),
        ("trees list -o=json -Pmine", "trees list --output=json --profile -0/0/1"),
        ("trees plant mine autumn spring", "trees plant 1:autumn -0/0/2"),
        ("trees list apple mine pear", "trees list 0:apple 2:pear -0/0/1"),
        ("trees list -- apple --output", "trees list 0:apple -0/0/1"),
        ("-- trees list", " -0/0/2"),
        ("trees mine list", "trees -1/0/1"),
        ("trees list --fruit pear", "trees list --fruit -0/0/1"),
        ("trees list --sort=pear", "trees list --fruit -0/0/1"),
        ("trees plant --mine x", "trees plant -0/1/1"),
        ("trees plant -zmine", "trees plant -0/1/1"),
        ("trees plant - --quiet", "trees plant --quiet=true -0/0/1"),
        ("rgister", " rgister>register"),
        ("register --quite", "register quite>quiet"),
        ("mine", " -1/0/0"),
        ("", ""),
    ] {
        assert_eq!(read("pflag", line), expected, "{line}");
    }
}

#[test]
fn dialects_differ_where_the_programs_do() {
    // pflag looks a flag up in the command named later; the others in the word before.
    assert_eq!(read("pflag", "--output=json trees list"), "trees list --output=json");
    assert_eq!(read("clap", "--output=json trees list"), "trees list --output -0/0/1");
    // getopt takes `=` after a short flag for a part of the value.
    assert_eq!(read("getopt", "trees plant -f=pear"), "trees plant --fruit -0/0/1");
    // clap does not take what looks like a flag for a value.
    assert_eq!(read("clap", "trees plant --fruit --dry-run"), "trees plant --fruit --dry-run=true");
    assert_eq!(read("getopt", "trees plant --fruit --dry-run"), "trees plant --fruit -0/0/1");
    // Only Go reads `T` as true.
    assert_eq!(read("pflag", "trees plant --dry-run=T"), "trees plant --dry-run=true");
    assert_eq!(read("clap", "trees plant --dry-run=T"), "trees plant --dry-run -0/0/1");
}

/// A policy whose program takes both commands and positional arguments.
fn grove(dialect: &str) -> Redactor {
    let text = r#"{
        "format": 1, "program": "grove", "version": 1, "dialect": "DIALECT", "abbreviations": "all",
        "sets": {"tree": ["oak", "larch"], "shade": ["deep"]},
        "flags": {"shade": {"short": "s", "takes": "optional_value", "values": "shade"}, "dry": {"short": "d"}},
        "commands": [
            {"path": "", "flags": ["shade", "dry"], "positionals": [{"values": "tree"}, {"values": "tree"}]},
            {"path": "fell", "flags": ["dry"], "positionals": [{"values": "tree", "repeats": "rest"}]}
        ]
    }"#;
    Redactor::new(Policy::from_json(&text.replace("DIALECT", dialect)).unwrap())
}

#[test]
fn a_short_flag_before_its_command_lost_its_value_behind_equals() {
    assert_eq!(read("pflag", "-o=json trees list"), "trees list --output=json");
}

#[test]
fn a_bundle_before_its_command_lost_all_but_its_first_flag() {
    assert_eq!(read("pflag", "-nfpear trees plant"), "trees plant --dry-run=true --fruit=pear");
    assert_eq!(read("pflag", "-nzmine trees plant"), "trees plant --dry-run=true -0/1/1");
    assert_eq!(read("pflag", "-n mine trees plant"), "trees plant --dry-run=true -0/0/1");
}

#[test]
fn a_declared_argument_behind_the_separator_was_dropped_where_there_are_commands() {
    for dialect in ["pflag", "getopt", "clap", "go_flag"] {
        let reading = grove(dialect).read_command(&["grove", "--", "oak", "fell"]);
        assert_eq!(short(&reading), " 0:oak -0/0/1", "{dialect}");
    }
}

#[test]
fn an_empty_argument_was_read_as_the_only_command() {
    let reading = grove("clap").read_command(&["grove", ""]);
    assert_eq!(reading.command.path, []);
}

#[test]
fn letters_behind_an_optional_value_were_read_as_that_value() {
    for (dialect, expected) in
        [("clap", " --shade --dry=true"), ("pflag", " --shade --dry=true"), ("getopt", " --shade -0/0/1")]
    {
        assert_eq!(short(&grove(dialect).read_command(&["grove", "-sd"])), expected, "{dialect}");
    }
    assert_eq!(short(&grove("getopt").read_command(&["grove", "-sdeep"])), " --shade=deep");
    assert_eq!(short(&grove("clap").read_command(&["grove", "-s=deep"])), " --shade=deep");
}

#[test]
fn a_command_behind_an_argument_was_read_as_an_argument_of_claps() {
    let read = |argv: &[&str]| short(&grove("clap").read_command(argv));
    // The argument is the program's, not the command's, so the event has no place for it.
    assert_eq!(read(&["grove", "oak", "fell", "larch"]), "fell 0:larch -0/0/1");
    assert_eq!(read(&["grove", "oak", "larch"]), " 0:oak 1:larch");
    assert_eq!(read(&["grove", "fell", "oak", "fell"]), "fell 0:oak -0/0/1");
    let read = |argv: &[&str]| short(&grove("getopt").read_command(argv));
    assert_eq!(read(&["grove", "oak", "fell"]), " 0:oak -0/0/1");
}

#[test]
fn bytes_that_are_no_text_are_dropped_in_every_place() {
    let redactor = orchard("pflag");
    for argument in [&b"\xff\xfe"[..], b"--fruit=\x80pear", b"--\xff=pear", b"-\xff", b"-f\xff"] {
        let argv = [&b"orchard"[..], b"trees", b"plant", argument].map(telemetry_redact::Raw::from);
        let reading = redactor.read_raw_command(&argv);
        let json = serde_json::to_string(&reading.command).unwrap();
        assert!(!json.contains("pear"), "{json}");
        assert_eq!(reading.command.path.join(" "), "trees plant");
    }
}

#[test]
fn a_misspelt_alias_of_a_name_with_capitals_is_admitted() {
    let policy = Policy::from_json(
        r#"{"format": 1, "program": "orchard", "version": 1, "dialect": "pflag",
            "flags": {"treeDbRoles": {"aliases": ["treedbroles"]}},
            "commands": [{"path": ""}, {"path": "customDbRoles", "aliases": ["customdbroles"], "flags": ["treeDbRoles"]}]}"#,
    );
    let redactor = Redactor::new(policy.unwrap());
    for argv in [["orchard", "customdbriles", ""], ["orchard", "customDbRoles", "--treedbriles"]] {
        let mut event: telemetry_schema::Event =
            serde_json::from_str(include_str!("../../../telemetry-schema/testdata/event.json")).unwrap();
        event.app.name = Some("orchard".parse().unwrap());
        event.command = redactor.read_command(&argv).command;
        assert_eq!(event.command.misspellings.len(), 1, "{argv:?}");
        assert!(redactor.admit(event.clone()).is_ok(), "{:?}", event.command);
    }
}

#[test]
fn a_flag_whose_name_is_also_an_alias_of_another_flag_is_admitted() {
    let policy = Policy::from_json(
        r#"{"format": 1, "program": "orchard", "version": 1, "dialect": "pflag",
            "flags": {"groupId": {"aliases": ["projectId"], "takes": "value"}, "projectId": {"takes": "value"}},
            "commands": [{"path": ""}, {"path": "trees", "flags": ["projectId"]}, {"path": "list", "flags": ["groupId"]}]}"#,
    );
    let redactor = Redactor::new(policy.unwrap());
    for (command, name) in [("trees", "projectId"), ("list", "groupId")] {
        let mut event: telemetry_schema::Event =
            serde_json::from_str(include_str!("../../../telemetry-schema/testdata/event.json")).unwrap();
        event.app.name = Some("orchard".parse().unwrap());
        event.command = redactor.read_command(&["orchard", command, "--projectId", "x"]).command;
        assert_eq!(event.command.flags[0].name.as_str(), name);
        assert_eq!(redactor.admit(event.clone()).map(|_| ()), Ok(()), "{:?}", event.command);
    }
}

#[test]
fn without_a_policy_nothing_is_known() {
    let reading = Redactor::without_policy().read_command(&["mine", "--secret", "value"]);
    assert_eq!(reading.command, telemetry_schema::Command::default());
    assert!(reading.findings.is_empty());
}

#[test]
fn findings_cover_every_argument_and_hold_no_dropped_value() {
    let argv = ["orchard", "trees", "plant", "-nN", "hunter2", "--fruit=pear", "hunter3", "--", "hunter4"];
    let reading = orchard("pflag").read_command(&argv);
    for index in 0..argv.len() {
        assert!(reading.findings.iter().any(|finding| finding.argument == index), "argument {index}");
    }
    let json = serde_json::to_string(&reading.findings).unwrap();
    assert!(!json.contains("hunter") && !format!("{reading:?}").contains("hunter"), "{json}");
    assert!(reading.findings.iter().all(|f| (f.verdict == Verdict::Kept) == f.kept_as.is_some()));
}

/// Arguments made of declared words, marked values and the syntax around them.
fn arguments() -> impl Strategy<Value = Vec<String>> {
    let word = prop_oneof![
        4 => prop::sample::select(vec!["trees", "tree", "plant", "list", "register", "pear", "json", "spring", "rgister"])
            .prop_map(str::to_owned),
        4 => "zq[0-9]{3}vx",
        1 => Just(String::new()),
        1 => "\\PC{0,5}",
    ];
    let flag = prop::sample::select(vec![
        "fruit", "name", "output", "dry-run", "profile", "colour", "sort", "quiet", "zq777vx",
    ]);
    let short = prop::sample::select(vec!["f", "N", "o", "n", "P", "q", "nq", "nqf", "z"]);
    let argument = prop_oneof![
        4 => word.clone(),
        3 => flag.clone().prop_map(|flag| format!("--{flag}")),
        3 => (flag, word.clone()).prop_map(|(flag, word)| format!("--{flag}={word}")),
        2 => short.clone().prop_map(|short| format!("-{short}")),
        2 => (short, prop_oneof![Just(""), Just("=")], word).prop_map(|(short, eq, word)| format!("-{short}{eq}{word}")),
        1 => Just("--".to_owned()),
    ];
    prop::collection::vec(argument, 0..12)
}

proptest! {
    /// Nothing planted survives, in any dialect and in any form; what comes out is what the door takes.
    #[test]
    fn nothing_undeclared_survives(arguments in arguments(), dialect in prop::sample::select(vec!["pflag", "getopt", "clap"])) {
        let redactor = orchard(dialect);
        let argv: Vec<&str> = std::iter::once("orchard").chain(arguments.iter().map(String::as_str)).collect();
        let reading = redactor.read_command(&argv);
        let json = serde_json::to_string(&reading.command).unwrap() + &serde_json::to_string(&reading.findings).unwrap();
        prop_assert!(!json.contains("zq"), "{json}");
        let mut event: telemetry_schema::Event =
            serde_json::from_str(include_str!("../../../telemetry-schema/testdata/event.json")).unwrap();
        event.app.name = Some("orchard".parse().unwrap());
        event.command = reading.command;
        prop_assert!(redactor.admit(event.clone()).is_ok(), "{:?} {:?}", redactor.admit(event.clone()), event.command);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(argv in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..12), 0..8)) {
        let argv: Vec<telemetry_redact::Raw> = argv.into_iter().map(Into::into).collect();
        let _ = orchard("pflag").read_raw_command(&argv);
        let _ = orchard("getopt").read_raw_command(&argv);
    }
}
