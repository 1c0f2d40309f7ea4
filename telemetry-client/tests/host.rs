//! Host programs as their users run them: real processes of `examples/`, each in a home of its own.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value as Json;

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn state(&self) -> PathBuf {
        self.0.path().join("state/orchard")
    }

    fn orchard(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        self.run("orchard", arguments, variables)
    }

    fn run(&self, example: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new(program(example));
        self.settle(command.args(arguments), variables).output().unwrap()
    }

    fn settle<'a>(&self, command: &'a mut Command, variables: &[(&str, &str)]) -> &'a mut Command {
        command.current_dir(self.0.path()).env_clear();
        command.env("HOME", self.0.path()).env("TELEMETRY_STATE_DIR", self.0.path().join("state"));
        // Where Windows has the settings.
        command.env("APPDATA", self.0.path().join(".config")).envs(variables.iter().copied())
    }

    /// The events that stay on this machine.
    fn events(&self) -> Vec<Json> {
        let text = fs::read_to_string(self.state().join("local/active.ndjson")).unwrap_or_default();
        text.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Beside this test's own directory; `cargo test` builds examples too.
fn program(example: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("examples").join(example)
}

fn count(directory: &Path) -> usize {
    fs::read_dir(directory).map_or(0, Iterator::count)
}

const PLANT: [&str; 6] = ["trees", "plant", "--fruit", "pear", "--name", "grandma's"];
const LOCAL: [(&str, &str); 1] = [("ORCHARD_TELEMETRY_ENABLED", "local")];

#[test]
fn nothing_is_recorded_before_the_notice_could_be_seen() {
    let home = Home::new();
    // Standard error is no terminal here, so the notice is not shown either.
    let run = home.orchard(&PLANT, &[]);
    assert_eq!(String::from_utf8(run.stdout).unwrap(), "planted grandma's, a pear tree\n");
    assert!(run.stderr.is_empty());
    assert_eq!(count(home.0.path()), 0, "no file is made");
}

#[test]
fn off_touches_nothing() {
    let home = Home::new();
    for no in
        [("DO_NOT_TRACK", "1"), ("ORCHARD_TELEMETRY_ENABLED", "false"), ("TELEMETRY_ENABLED", "perhaps")]
    {
        home.orchard(&PLANT, &[no]);
        assert_eq!(count(home.0.path()), 0, "{no:?}");
    }
}

#[test]
fn a_no_for_every_program_is_one_for_this_and_a_setting_of_its_own_tightens() {
    let home = Home::new();
    let setting = |directory: &str, file: &str, mode: &str| {
        let directory = home.0.path().join(".config").join(directory);
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join(file), format!("telemetry_enabled = {mode}\n")).unwrap();
    };
    setting("orchard", "telemetry.toml", "true");
    setting("telemetry", "config.toml", "false");
    home.orchard(&PLANT, &[]);
    assert!(!home.state().exists());
    setting("orchard", "telemetry.toml", "\"local\"");
    setting("telemetry", "config.toml", "true");
    home.orchard(&PLANT, &[]);
    assert_eq!(home.events().len(), 1);
}

/// A write beyond that limit does not fail, it kills the process. What the shell counts in are 512 bytes, or 1024.
#[cfg(unix)]
#[test]
fn a_limit_on_the_size_of_files_costs_events_and_nothing_else() {
    let home = Home::new();
    let limited = |blocks: &str, variables: &[(&str, &str)]| {
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", "ulimit -f \"$0\" && exec \"$@\"", blocks]).arg(program("orchard")).args(PLANT);
        let output = home.settle(&mut shell, variables).output().unwrap();
        (output.status.code(), output.stdout, output.stderr)
    };
    for (blocks, expected) in [("0", 0), ("1", 0), ("2000", 1), ("64", 1), ("unlimited", 2)] {
        let without = limited(blocks, &[("DO_NOT_TRACK", "1")]);
        assert_eq!((without.0, limited(blocks, &LOCAL)), (Some(0), without), "{blocks}");
        assert_eq!(home.events().len(), expected, "{blocks}");
    }
}

#[test]
fn a_run_is_recorded_and_what_was_typed_is_not() {
    let home = Home::new();
    let with = home.orchard(&PLANT, &LOCAL);
    let without = home.orchard(&PLANT, &[("DO_NOT_TRACK", "1")]);
    assert_eq!((&with.stdout, &with.stderr), (&without.stdout, &without.stderr));
    assert!(with.status.success());
    let [event] = &home.events()[..] else { panic!("one event") };
    assert_eq!(event["app"]["name"], "orchard");
    assert_eq!(event["command"]["path"], serde_json::json!(["trees", "plant"]));
    let flags = serde_json::json!([{"name": "fruit", "values": ["pear"]}, {"name": "name"}]);
    assert_eq!(event["command"]["flags"], flags);
    assert_eq!(event["outcome"]["kind"], "success");
    assert!(!event.to_string().contains("grandma"), "{event}");
}

#[test]
fn an_error_is_redacted_and_a_panic_is_one() {
    let home = Home::new();
    assert_eq!(home.orchard(&["trees", "read", "/srv/ada/trees.txt"], &LOCAL).status.code(), Some(1));
    assert_eq!(home.orchard(&["trees", "fell"], &LOCAL).status.code(), Some(101));
    let [error, panic] = &home.events()[..] else { panic!("two events") };
    assert_eq!(error["outcome"]["code"], "not_found");
    // Each system has words of its own for it.
    let words = if cfg!(windows) { "" } else { "No such file or directory (os error 2)" };
    let message = error["outcome"]["message"].as_str().unwrap();
    assert!(message.starts_with(&format!("open <path>: {words}")) && !message.contains("trees"), "{message}");
    assert_eq!(error["exit_code"], 1);
    assert_eq!(panic["outcome"]["kind"], "panic");
}

#[test]
fn what_clap_refuses_is_recorded_by_what_it_was() {
    let home = Home::new();
    for (arguments, code) in [
        (&["tres", "plant"][..], "unknown_command"),
        (&["trees", "plant", "--frut", "pear"], "unknown_flag"),
        (&["trees", "plant", "--fruit", "grandma", "--name", "zq7"], "invalid_value"),
        (&["trees", "plant", "--rows", "grandma", "--name", "zq7"], "invalid_value"),
        (&["trees", "plant", "--name"], "missing_argument"),
        (&["trees", "plant"], "missing_argument"),
        (&["trees"], "missing_argument"),
        (&["trees", "fell", "grandma"], "unexpected_argument"),
        (&["--quiet=grandma", "season", "spring"], "too_many_values"),
        (&["season", "spring", "--quiet", "--quiet"], "argument_conflict"),
    ] {
        let with = home.orchard(arguments, &LOCAL);
        let without = home.orchard(arguments, &[("DO_NOT_TRACK", "1")]);
        assert_eq!((&with.stdout, &with.stderr), (&without.stdout, &without.stderr));
        assert_eq!((with.status.code(), without.status.code()), (Some(2), Some(2)));
        let event = home.events().pop().unwrap();
        assert_eq!(event["outcome"]["code"], code, "{arguments:?}: {event}");
        assert_eq!(event["exit_code"], 2);
        assert!(!event.to_string().contains("grandma") && !event.to_string().contains("zq7"), "{event}");
    }
    // What was nearly typed is found in the command line.
    let misspellings: Vec<Json> =
        home.events().iter().map(|event| event["command"]["misspellings"][0]["meant"].clone()).collect();
    assert_eq!(misspellings[..2], [Json::from("trees"), Json::from("fruit")]);
}

#[test]
fn help_and_version_are_what_was_asked_for() {
    let home = Home::new();
    for arguments in [&["--help"][..], &["trees", "plant", "--help"], &["help", "trees"], &["--version"]] {
        assert!(home.orchard(arguments, &LOCAL).status.success());
        let event = home.events().pop().unwrap();
        assert_eq!(
            (&event["outcome"]["kind"], &event["exit_code"]),
            (&Json::from("success"), &Json::from(0))
        );
    }
    assert_eq!(home.events()[1]["command"]["path"], serde_json::json!(["trees", "plant"]));
}

#[test]
fn a_number_is_kept_as_its_bucket_and_a_value_by_the_name_that_is_declared() {
    let home = Home::new();
    home.orchard(&["tree", "plant", "-f=nashi", "-Nada", "--rows=42"], &LOCAL);
    home.orchard(&["season", "autumn"], &LOCAL);
    let [plant, season] = &home.events()[..] else { panic!("two events") };
    assert_eq!(plant["command"]["path"], serde_json::json!(["trees", "plant"]));
    let flags = serde_json::json!([
        {"name": "fruit", "values": ["pear"]}, {"name": "name"}, {"name": "rows", "values": ["10..100"]},
    ]);
    assert_eq!(plant["command"]["flags"], flags);
    assert_eq!(season["command"]["positionals"], serde_json::json!([{"index": 0, "values": ["autumn"]}]));
}

#[test]
fn a_program_without_clap_does_the_same_with_a_policy_file() {
    let home = Home::new();
    let run = home.run("plain", &["trees", "plant", "--fruit", "pear", "grandma's"], &LOCAL);
    assert_eq!(String::from_utf8(run.stdout).unwrap(), "planted grandma's, a pear tree\n");
    assert_eq!(home.run("plain", &["trees", "fell"], &LOCAL).status.code(), Some(1));
    let [planted, error] = &home.events()[..] else { panic!("two events") };
    assert_eq!(planted["command"]["flags"], serde_json::json!([{"name": "fruit", "values": ["pear"]}]));
    assert_eq!(error["outcome"]["kind"], "error");
    assert!(!planted.to_string().contains("grandma"), "{planted}");
}

#[test]
fn facts_are_gathered_once_and_the_install_id_stays() {
    let home = Home::new();
    home.orchard(&PLANT, &LOCAL);
    let kept = fs::read(home.state().join("install.json")).unwrap();
    home.orchard(&PLANT, &LOCAL);
    assert_eq!(fs::read(home.state().join("install.json")).unwrap(), kept);
    let [first, second] = &home.events()[..] else { panic!("two events") };
    assert_eq!(first["install_id"], second["install_id"]);
    assert_eq!(first["os"], second["os"]);
    let libc = telemetry_client::surroundings::libc().map(telemetry_schema::Libc::key);
    assert_eq!(first["os"]["libc"].as_str(), libc);
    assert_ne!(first["event_id"], second["event_id"]);
}

#[test]
fn a_time_zone_of_this_run_counts_before_the_one_that_is_kept() {
    let home = Home::new();
    home.orchard(&PLANT, &LOCAL);
    home.orchard(&PLANT, &[LOCAL[0], ("TZ", "IST-5:30")]);
    let events = home.events();
    let started_at = events[1]["started_at"].as_str().unwrap();
    assert!(started_at.ends_with("+05:30"), "{started_at}");
}

#[test]
fn a_helper_ships_and_the_next_run_starts_none() {
    let home = Home::new();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", server.local_addr().unwrap());
    let on = [("ORCHARD_TELEMETRY_ENABLED", "true"), ("TELEMETRY_ENDPOINT", endpoint.as_str())];
    assert!(home.orchard(&PLANT, &on).status.success());
    // The helper is this program itself, in a process of its own by now.
    let (connection, _) = server.accept().unwrap();
    let stamp = || fs::metadata(home.state().join("helper")).unwrap().modified().unwrap();
    let started = stamp();
    assert!(home.orchard(&PLANT, &on).status.success());
    assert_eq!(stamp(), started);
    drop(connection);
}

#[test]
fn its_users_control_it_by_its_own_subcommand() {
    let home = Home::new();
    let telemetry = |arguments: &[&str]| {
        let run = home.orchard(&[&["telemetry"], arguments].concat(), &[]);
        assert!(run.status.success() && run.stderr.is_empty(), "{arguments:?}: {run:?}");
        String::from_utf8(run.stdout).unwrap()
    };
    assert_eq!(telemetry(&["local"]), "telemetry is local\n");
    home.orchard(&PLANT, &[]);
    assert_eq!(home.events().len(), 1, "a run that controls telemetry is not recorded");
    let shown = telemetry(&["show"]);
    assert!(shown.contains(r#""path":["trees","plant"]"#) && !shown.contains("grandma"), "{shown}");
    let status: Json = serde_json::from_str(&telemetry(&["status", "--json"])).unwrap();
    assert_eq!(status["mode"], "local", "{status}");
    let explained = telemetry(&["explain", "--", "trees", "plant", "--fruit", "pear", "--name", "grandma"]);
    assert!(explained.contains("--fruit") && explained.contains("pear"), "{explained}");
    assert!(telemetry(&["status"]).contains("orchard telemetry on turns it on"));
    telemetry(&["purge"]);
    assert_eq!(home.events().len(), 0);
    assert!(telemetry(&["off"]).starts_with("telemetry is off"));
    home.orchard(&PLANT, &[]);
    assert_eq!(home.events().len(), 0);
}
