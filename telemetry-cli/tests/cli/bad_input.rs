//! Bad input gets a clear error that says what and where, and nothing good is lost.

use std::io::Write as _;
use std::process::Stdio;

use crate::home::Home;

#[test]
fn a_policy_with_mistakes_is_refused_with_all_of_them() {
    let home = Home::new();
    let policy = home.path("policy.json");
    let text = r#"{"format": 1, "program": "x", "version": 1, "dialect": "clap", "colour": 1,
        "flags": {"a": {"takes": "value", "values": "nowhere"}, "b": {}},
        "commands": [{"path": "", "flags": ["a"]}, {"path": "two three"}]}"#;
    std::fs::write(&policy, text).unwrap();
    let policy = policy.to_str().unwrap();
    for arguments in [
        &["explain", "--policy", policy, "--", "x"][..],
        &["exec", "--policy", policy, "--", "echo", "ran"],
        &["redact", "--policy", policy],
    ] {
        let said = home.fails(arguments);
        for part in [policy, "colour", "flags.a.values", "flags.b", "commands[1].path"] {
            assert!(said.contains(part), "{part} is not in {said}");
        }
    }
    assert_eq!(home.run(&["exec", "--policy", policy, "--", "echo", "ran"]).status.code(), Some(125));
    let said = home.fails(&["explain", "--policy", "missing.json", "--", "x"]);
    assert!(said.contains("missing.json") && said.contains("No such file"), "{said}");
}

#[test]
fn a_settings_file_that_cannot_be_understood_is_off_and_is_kept() {
    let home = Home::new();
    let config = home.path("config.toml");
    std::fs::write(&config, "telemetry_enable = false\n").unwrap();
    let said = home.fails(&["config", "set", "telemetry_enabled", "true"]);
    assert!(said.contains("config.toml") && said.contains("telemetry_enable"), "{said}");
    assert_eq!(std::fs::read_to_string(&config).unwrap(), "telemetry_enable = false\n");
    home.ok(&["exec", "--", "git", "--version"]);
    assert!(!home.state().exists());
    let status = home.json(&["status", "--json"]);
    assert_eq!((status["mode"].as_str(), status["decided_by"].as_str()), (Some("off"), Some("setting")));
    assert!(home.ok(&["status"]).contains("telemetry_enable"));
}

#[test]
fn settings_say_what_they_take() {
    let home = Home::new();
    for (arguments, said) in [
        (["config", "set", "colour", "red"], "the settings are telemetry_enabled, endpoint"),
        (["config", "set", "telemetry_enabled", "maybe"], "not one of true, false, local"),
        (["config", "set", "endpoint", "http://telemetry.example.com"], "https"),
        (["config", "set", "endpoint", "https://user:pw@telemetry.example.com"], "endpoint"),
    ] {
        let error = home.fails(&arguments);
        assert!(error.contains(said), "{error}");
        assert!(!error.contains("pw@"), "{error}");
    }
    std::fs::create_dir(home.path("config.toml")).unwrap();
    assert!(home.fails(&["config", "set", "telemetry_enabled", "false"]).contains("config.toml"));
}

#[test]
fn lines_that_are_not_what_they_should_be_are_named() {
    let home = Home::new();
    for (arguments, input, said) in [
        (&["redact", "--json-lines"][..], "\"fine\"\n{\n", "line 2"),
        (&["explain", "--argv-lines"], "[\"git\"]\n[1]\n", "line 2"),
        (&["explain", "--argv-lines"], "[\"git\", {\"bytes_hex\": \"f\"}]\n", "line 1"),
    ] {
        let mut command = home.telemetry(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&output.stderr).contains(said), "{output:?}");
    }
}

#[test]
fn garbage_in_the_spool_is_named_and_what_is_good_is_shown() {
    let home = Home::new();
    home.ok(&["exec", "--", "git", "--version"]);
    let files = home.snapshot();
    let (path, bytes) =
        files.iter().find(|(path, _)| path.extension().is_some_and(|e| e == "ndjson")).unwrap();
    let garbage = [&b"\xff\x00garbage\n{\"schema_version\":1}\n"[..], bytes].concat();
    std::fs::write(path, garbage).unwrap();
    let output = home.run(&["show"]);
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.lines().count(), 2, "{said}");
    assert!(!said.contains("garbage"), "{said}");
}

#[test]
fn a_store_that_is_none_is_refused_and_left_alone() {
    let home = Home::new();
    let store = home.path("store");
    let said = home.fails(&["report", "--store", store.to_str().unwrap()]);
    assert!(said.contains("store"), "{said}");
    assert!(!store.exists(), "a report makes no store");
    std::fs::write(&store, "not a database, but somebody's notes").unwrap();
    for arguments in [&["report", "--store"][..], &["serve", "--listen", "127.0.0.1:0", "--store"]] {
        let said = home.fails(&[arguments, &[store.to_str().unwrap()]].concat());
        assert!(said.contains(store.to_str().unwrap()), "{said}");
    }
    assert_eq!(std::fs::read_to_string(&store).unwrap(), "not a database, but somebody's notes");
}

#[test]
fn an_address_in_use_is_said() {
    let home = Home::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let store = home.path("s.sqlite");
    let said = home.fails(&["serve", "--listen", &address, "--store", store.to_str().unwrap()]);
    assert!(said.contains(&address), "{said}");
}

#[test]
fn a_report_says_which_days_it_takes() {
    let home = Home::new();
    for option in ["--since", "--until"] {
        for no_day in ["2026-13-01", "2026-02-30", "yesterday"] {
            let said = home.fails(&["report", option, no_day]);
            for part in [option, no_day, "no such day", "YYYY-MM-DD"] {
                assert!(said.contains(part), "{part} is not in {said}");
            }
        }
    }
}

#[test]
fn a_report_that_begins_after_its_end_is_refused() {
    let home = Home::new();
    for name in ["overview", "commands", "errors", "retention"] {
        let said = home.fails(&["report", name, "--since", "2026-02-01", "--until", "2026-01-31"]);
        assert!(said.contains("since 2026-02-01 is later than until 2026-01-31"), "{said}");
    }
    home.ok(&["report", "--since", "2026-01-31", "--until", "2026-01-31"]);
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let home = Home::new();
    for arguments in [&["exec"][..], &["explain"], &["frobnicate"], &["show", "--sent", "--pending"]] {
        assert_eq!(home.run(arguments).status.code(), Some(2), "{arguments:?}");
    }
    assert_eq!(home.run(&["--version"]).status.code(), Some(0));
}
