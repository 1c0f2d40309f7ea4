//! `telemetry policy`: check, diff and from-help, with the real binary.

use serde_json::json;

use crate::home::{BINARY, Home};

const ATLAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../policies/atlas.json");
const GIT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../policies/git.toml");
const COMPILED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../policies/compiled/git.policy");

const ORCHARD: &str = r#"
format = 1
program = "orchard"
version = 1
dialect = "clap"

[sets]
fruit = ["apple"]

[flags]
fruit = { takes = "value", values = "fruit" }

[[commands]]
path = ""

[[commands]]
path = "plant"
flags = ["fruit"]
"#;

/// Writes a file into a home, and gives its path as text.
fn file(home: &Home, name: &str, text: &str) -> String {
    let path = home.path(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn check_says_what_a_policy_keeps_or_all_that_is_wrong_with_it() {
    let home = Home::new();
    let said = home.ok(&["policy", "check", ATLAS, GIT, COMPILED]);
    assert_eq!(said.lines().filter(|line| line.contains(": ok (")).count(), 3, "{said}");
    let good = file(&home, "good.toml", ORCHARD);
    let said = home.ok(&["policy", "check", &good]);
    assert_eq!(
        said,
        format!(
            "{good}: ok (2 commands, 1 flag, 1 set; may keep 1 value of 1 flag and 0 positional arguments, 0 error codes)\n"
        )
    );
    let bad = file(
        &home,
        "bad.toml",
        &ORCHARD.replace("\"apple\"", "\"apple\", \"ada@example.com\"").replace("version", "colour"),
    );
    let output = home.run(&["policy", "check", &good, &bad, "missing.json"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    for part in [
        format!("{good}: ok"),
        format!("{bad}:4:1: colour: unknown field"),
        format!("{bad}: the file: missing field `version`"),
        format!("{bad}:8:19: sets.fruit[1]: looks like personal data or a secret"),
        "missing.json: No such file".to_owned(),
    ] {
        assert!(said.contains(&part), "{part} is not in {said}");
    }
    assert!(!said.contains("ada@"), "{said}");
    let output = home.run(&["policy", "check", "--json", &bad]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json[0]["problems"][0]["position"], json!({"line": 4, "column": 1}));
}

#[test]
fn diff_tells_by_its_exit_code_whether_something_is_newly_collected() {
    let home = Home::new();
    let old = file(&home, "old.toml", ORCHARD);
    let wider = ORCHARD.replace("[\"apple\"]", "[\"apple\", \"pear\"]");
    let silent = file(&home, "silent.toml", &wider);
    let new = file(&home, "new.toml", &wider.replace("version = 1", "version = 2"));
    let run = |old: &str, new: &str| {
        let output = home.run(&["policy", "diff", old, new]);
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    assert_eq!(run(&old, &old), (Some(0), "no difference\n".into(), String::new()));
    let widened = "+ collects --fruit values pear on 1 command (plant)\n";
    assert_eq!(run(&old, &new), (Some(3), format!("{widened}~ version 2 instead of 1\n"), String::new()));
    let (code, out, err) = run(&old, &silent);
    assert_eq!((code, out.as_str()), (Some(3), widened));
    assert!(err.contains("silent.toml: version: what is collected has changed"), "{err}");
    let (code, out, err) = run(&silent, &old);
    assert_eq!(
        (code, out.as_str()),
        (Some(1), "- no longer collects --fruit values pear on 1 command (plant)\n")
    );
    assert!(err.contains("old.toml: version: "), "{err}");
    let json = home.run(&["policy", "diff", "--json", &old, &silent]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!((&json["widens"], &json["changes"][0]["values"]), (&json!(true), &json!(["pear"])));
    assert_eq!(json["problems"][0]["place"], "version");
    assert_eq!(home.run(&["policy", "diff", &old]).status.code(), Some(2));
    assert_eq!(run(&old, COMPILED).0, Some(1));
    assert_eq!(run(&old, "missing.toml").0, Some(1));
}

#[test]
fn this_program_s_own_policy_can_be_drafted_and_is_sound() {
    let home = Home::new();
    let draft = home.ok(&["policy", "from-help", BINARY]);
    for part in [
        "program = \"telemetry\"",
        "dialect = \"clap\"",
        "path = \"policy from-help\"",
        "path = \"config set\"",
        "read-stderr = {}",
        "listen = { takes = \"value\" }",
    ] {
        assert!(draft.contains(part), "{part} is not in {draft}");
    }
    let path = file(&home, "telemetry.toml", &draft);
    let said = home.ok(&["policy", "check", &path]);
    assert!(said.contains("may keep 0 values of 0 flags"), "{said}");
    let command = [
        "explain",
        "--json",
        "--policy",
        &path,
        "--",
        "telemetry",
        "config",
        "set",
        "endpoint",
        "https://x.example",
    ];
    let event = home.json(&command)["event"].to_string();
    assert!(event.contains(r#""path":["config","set"]"#) && !event.contains("endpoint"), "{event}");
}

#[cfg(unix)]
#[test]
fn only_help_is_ever_asked_for_and_nobody_is_waited_for() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = Home::new();
    let script = r#"#!/bin/sh
echo "$*" >> "$LOG"
case "$*" in
--help) printf 'Usage: shed <COMMAND>\n\nCommands:\n  sow      Sow\n  hang     Hang\n  odd      Odd\n  loop     Loop\n  help     Help\n\nOptions:\n  -c, --color <WHEN>  When [possible values: auto, never]\n' ;;
"sow --help") printf 'Usage: shed sow\n\nOptions:\n      --seed <SEED>  Which\n' >&2; exit 2 ;;
"hang --help") sleep 60 & sleep 60 ;;
"odd --help") printf '\377\376\n'; cat ;;
*) exec "$0" --help ;;
esac
"#;
    let program = file(&home, "shed", script);
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let log = home.path("log");
    let begun = std::time::Instant::now();
    let output = home.telemetry(&["policy", "from-help", &program]).env("LOG", &log).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(begun.elapsed() < std::time::Duration::from_secs(30));
    let draft = String::from_utf8(output.stdout).unwrap();
    for part in [
        "path = \"sow\"",
        "path = \"hang\"",
        "seed = { takes = \"value\" }",
        "#color = [\"auto\", \"never\"]",
    ] {
        assert!(draft.contains(part), "{part} is not in {draft}");
    }
    assert!(
        !draft.contains("path = \"loop loop\""),
        "a command that prints the program's help has none below: {draft}"
    );
    let mut asked: Vec<String> = std::fs::read_to_string(log).unwrap().lines().map(str::to_owned).collect();
    asked.sort();
    asked.dedup();
    assert_eq!(asked, ["--help", "hang --help", "loop --help", "odd --help", "sow --help"]);
}

#[test]
fn texts_and_scripts_are_read_without_running_anything() {
    let home = Home::new();
    let text = file(
        &home,
        "help.txt",
        "usage: orchard [-h] [--fruit {apple,pear}]\n\noptions:\n  -h, --help            show this help message and exit\n  --fruit {apple,pear}  kind\n",
    );
    let draft = home.ok(&["policy", "from-help", "--text", &text]);
    assert!(
        draft.contains("program = \"orchard\"") && draft.contains("#fruit = [\"apple\", \"pear\"]"),
        "{draft}"
    );
    let json = home.json(&["policy", "from-help", "--json", "--name", "grove", "--text", &text]);
    assert_eq!((&json["program"], &json["flags"]["fruit"]), (&json!("grove"), &json!({"takes": "value"})));
    let fish =
        file(&home, "orchard.fish", "complete -c orchard -l fruit -r -f -a \"apple\\t''\npear\\t''\"\n");
    assert!(
        home.ok(&["policy", "from-help", "--completion", &fish]).contains("#fruit = [\"apple\", \"pear\"]")
    );
    let cobra = file(&home, "cobra.sh", "requestComp=\"${words[0]} __complete ${args[*]}\"\n");
    let said = home.fails(&["policy", "from-help", "--name", "orchard", "--completion", &cobra]);
    assert!(said.contains("asks `orchard`") && said.contains("from-help PROGRAM"), "{said}");
    let empty = file(&home, "empty.txt", "nothing here\n");
    assert!(home.fails(&["policy", "from-help", "--text", &empty]).contains("--name"));
    assert!(
        home.fails(&["policy", "from-help", "--name", "x", "--text", &empty])
            .contains("no commands and no flags")
    );
    assert!(home.fails(&["policy", "from-help", "no-such-program-here"]).contains("no-such-program-here"));
    assert_eq!(home.run(&["policy", "from-help"]).status.code(), Some(2));
    assert_eq!(home.run(&["policy", "from-help", "--text", &text, "git"]).status.code(), Some(2));
}
