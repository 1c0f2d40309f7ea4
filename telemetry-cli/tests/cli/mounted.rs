//! The ready-made subcommand, mounted in `examples/greet.rs`: real processes.

use std::path::PathBuf;
use std::process::Output;

use serde_json::{Value as Json, json};

use crate::home::Home;

const HELLO: [&str; 5] = ["hello", "--tone", "warm", "--name", "grandma"];

fn greet_with(home: &Home, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut greet = std::process::Command::new(example());
    greet.args(arguments);
    home.settle(&mut greet);
    greet.envs(variables.iter().copied()).output().unwrap()
}

fn greet(home: &Home, arguments: &[&str]) -> String {
    let output = greet_with(home, arguments, &[]);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn answer(home: &Home, arguments: &[&str]) -> Json {
    serde_json::from_str(&greet(home, &[&["telemetry"], arguments, &["--json"]].concat())).unwrap()
}

/// Beside this test's own directory; `cargo test` builds examples too.
pub(crate) fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let example = test.ancestors().nth(2).unwrap().join("examples").join("greet");
    assert!(
        example.with_extension(std::env::consts::EXE_EXTENSION).exists(),
        "cargo build --examples makes it"
    );
    example
}

#[test]
fn a_run_that_controls_telemetry_is_not_recorded() {
    let home = Home::new();
    for action in ["on", "local", "status", "explain", "show"] {
        greet(&home, &["telemetry", action]);
        assert!(home.snapshot().is_empty(), "{action}");
    }
    greet(&home, &HELLO);
    assert_eq!(answer(&home, &["show"])["events"].as_array().unwrap().len(), 1);
    greet(&home, &["telemetry", "off"]);
    assert!(!home.snapshot().values().any(|file| !file.is_empty()), "{:?}", home.snapshot());
    let before = home.snapshot();
    for arguments in [&["telemetry", "status"][..], &["telemetry", "show"], &HELLO] {
        greet(&home, arguments);
        assert_eq!(home.snapshot(), before, "off touches nothing: {arguments:?}");
    }
}

/// What the example prints on standard error, where that is a terminal.
#[cfg(target_os = "linux")]
fn on_a_terminal(home: &Home, arguments: &[&str]) -> String {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::io::Read as _;

    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
    let theirs = std::fs::OpenOptions::new().read(true).write(true).open(name).unwrap();
    let mut greet = std::process::Command::new(example());
    greet.args(arguments).stderr(theirs);
    home.settle(&mut greet);
    assert!(greet.stdout(std::process::Stdio::null()).status().unwrap().success());
    drop(greet);
    let mut said = Vec::new();
    // A terminal that nobody else has open any more ends by an error (pty(7)).
    let _ = std::fs::File::from(ours).read_to_end(&mut said);
    String::from_utf8(said).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// It named variables alone, which delete nothing.
#[cfg(target_os = "linux")]
#[test]
fn the_notice_names_the_command_and_what_a_variable_does() {
    let home = Home::new();
    let notice = on_a_terminal(&home, &HELLO);
    let stop = "Stop: greet telemetry off, now and for what was recorded, or GREET_TELEMETRY_ENABLED=false or \
                DO_NOT_TRACK=1, which hold back what was recorded while set. GREET_TELEMETRY_ENABLED=local keeps it on \
                this machine.";
    assert!(notice.ends_with(stop), "{notice}");
}

#[test]
fn a_switch_says_what_came_of_it_and_not_what_was_asked() {
    let home = Home::new();
    let run = greet_with(&home, &["telemetry", "on"], &[("DO_NOT_TRACK", "1")]);
    assert_eq!(
        String::from_utf8(run.stdout).unwrap(),
        "the setting is on\ntelemetry is off, decided by: variable DO_NOT_TRACK\n"
    );
    let switched = answer(&home, &["on"]);
    // Nowhere to send to.
    assert_eq!((&switched["setting"], &switched["mode"]), (&json!("on"), &json!("local")));
    assert_eq!(switched["decided_by"], "endpoint");
    std::fs::write(home.path("config.toml"), "telemetry_enabled = perhaps\n").unwrap();
    let run = greet_with(&home, &["telemetry", "on"], &[]);
    assert_eq!(run.status.code(), Some(1));
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(said.starts_with("telemetry: ") && said.contains("config.toml: line 1"), "{said}");
}

/// `status` said that `on` would turn it on, which cannot loosen what is for every program.
#[cfg(target_os = "linux")]
#[test]
fn what_is_for_every_program_is_not_said_to_give_way_to_on() {
    let home = Home::new();
    let for_all = home.path(".config/telemetry/config.toml");
    std::fs::create_dir_all(for_all.parent().unwrap()).unwrap();
    std::fs::write(&for_all, "telemetry_enabled = false\n").unwrap();
    let said = |action| {
        let mut greet = std::process::Command::new(example());
        home.settle(&mut greet);
        greet.args(["telemetry", action]).env_remove("TELEMETRY_CONFIG");
        String::from_utf8(greet.output().unwrap().stdout).unwrap().replace("\n  ", " ")
    };
    let setting = format!("setting telemetry_enabled in {}", for_all.display());
    for action in ["status", "on", "status"] {
        let text = said(action);
        let part = match action {
            "on" => format!("telemetry is off, decided by: {setting}"),
            _ => format!("To change it: change the {setting}, which decides now"),
        };
        assert!(text.contains(&part), "{part} is not in {text}");
        assert!(!text.contains("turns it on"), "{text}");
    }
}

#[test]
fn the_last_commands_are_explained_by_what_their_events_can_prove() {
    let home = Home::new();
    greet(&home, &["telemetry", "local"]);
    greet(&home, &HELLO);
    greet_with(&home, &["hallo", "--name", "/home/grace/x"], &[]);
    let explanation = answer(&home, &["explain", "--last", "5"]);
    assert_eq!(explanation["sources"].as_array().unwrap().len(), 10);
    assert_eq!(explanation["decided_by"], "setting");
    let [mistyped, hello] = &explanation["commands"].as_array().unwrap()[..] else {
        panic!("two commands: {explanation}")
    };
    let part = |verdict: &str, rule: &str, kept_as: Option<&str>| json!({"verdict": verdict, "rule": rule, "kept_as": kept_as, "count": 1});
    assert_eq!(
        hello["parts"],
        json!([
            part("kept", "program.declared", Some("greet")),
            part("kept", "command.declared", Some("hello")),
            part("kept", "flag.declared", Some("tone")),
            part("kept", "value.declared", Some("tone warm")),
            part("kept", "flag.declared", Some("name")),
            part("dropped", "value.not_declared", None),
        ])
    );
    assert_eq!((&hello["outcome"], &hello["fate"]), (&json!("success"), &json!("local")));
    let parts = mistyped["parts"].as_array().unwrap();
    assert!(parts.contains(&part("kept", "command.near_miss", Some("hallo (near hello)"))), "{mistyped}");
    assert_eq!(answer(&home, &["explain", "--last", "1"])["commands"].as_array().unwrap().len(), 1);
    let text = greet(&home, &["telemetry", "explain"]);
    assert!(!text.contains("grandma") && !text.contains("grace"), "{text}");
    // The binary reads the same spool, where it is told so.
    let mut binary = home.telemetry(&["explain", "--last", "5", "--json"]);
    let output = binary.env("TELEMETRY_STATE_DIR", home.state().join("greet")).output().unwrap();
    let by_binary: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(by_binary["commands"], explanation["commands"]);
}

#[test]
fn a_command_line_is_explained_and_not_run() {
    let home = Home::new();
    let explained = answer(&home, &["explain"]);
    assert_eq!(explained["decided_by"], "notice");
    let output =
        greet_with(&home, &["telemetry", "explain", "--json", "--", "hello", "--name", "grandma"], &[]);
    let dry_run: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(dry_run["event"]["command"]["path"], json!(["hello"]));
    assert!(!dry_run.to_string().contains("grandma"), "{dry_run}");
    assert_eq!(
        greet_with(&home, &["telemetry", "explain", "--last", "2", "--", "x"], &[]).status.code(),
        Some(2)
    );
    assert!(home.snapshot().is_empty());
}

/// The binary prints the same of the same directory.
#[test]
fn what_came_of_what_was_sent_is_shown() {
    let home = Home::new();
    greet(&home, &["telemetry", "on"]);
    let said = greet_with(&home, &HELLO, &[("TELEMETRY_ENDPOINT", "export:")]);
    assert!(said.status.success());
    let file = home.path("events.export");
    let state = home.state().join("greet");
    let binary = |arguments: &[&str]| {
        let mut binary = home.telemetry(arguments);
        let output =
            binary.env("TELEMETRY_STATE_DIR", &state).env("TELEMETRY_ENDPOINT", "export:").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    binary(&["export", file.to_str().unwrap()]);
    let receipts = greet(&home, &["telemetry", "show", "--sent", "--receipts"]);
    let receipt: Json = serde_json::from_str(receipts.trim_end()).unwrap();
    assert_eq!(receipt["destination"], format!("export:{}", file.display()));
    assert_eq!(receipt["receipt"]["accepted"], 1);
    assert_eq!(receipts, binary(&["show", "--sent", "--receipts"]));
    let answer = answer(&home, &["show", "--sent", "--receipts"]);
    assert_eq!(answer, json!({"batches": [receipt], "erasures": [], "damaged": []}));
}

#[test]
fn what_is_deleted_is_counted() {
    let home = Home::new();
    greet(&home, &["telemetry", "local"]);
    greet(&home, &HELLO);
    let purged = |events, install_id: bool, sent_batches: Json| json!({"events": events, "install_id": install_id, "sent_batches": sent_batches, "asks": [], "cannot_be_asked": []});
    assert_eq!(answer(&home, &["purge", "--sent"]), purged(1, true, json!(0)));
    assert_eq!(answer(&home, &["purge"]), purged(0, false, Json::Null));
    for arguments in [&["telemetry", "purge"][..], &["telemetry", "purge", "--sent"]] {
        assert_eq!(greet(&home, arguments), "there was nothing to delete\n");
    }
    greet(&home, &HELLO);
    assert_eq!(
        greet(&home, &["telemetry", "purge"]),
        "1 events that were not sent and the install id are deleted\n"
    );
}
