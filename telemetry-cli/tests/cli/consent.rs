//! Off means off, and `status` says who decided.

use serde_json::json;

use crate::home::{Collector, Home};

#[test]
fn the_setting_turns_everything_off_and_deletes_what_was_not_sent() {
    let home = Home::new();
    home.ok(&["exec", "--", "git", "--version"]);
    assert_eq!(home.events(&[]).len(), 1);
    home.ok(&["config", "set", "telemetry_enabled", "false"]);
    assert_eq!(home.events(&[]).len(), 0);
    let before = home.snapshot();
    home.ok(&["exec", "--", "git", "--version"]);
    assert_eq!(home.snapshot(), before, "off touches nothing");
    let status = home.json(&["status", "--json"]);
    assert_eq!((&status["mode"], &status["decided_by"]), (&json!("off"), &json!("setting")));
    assert!(status["decided_by_label"].as_str().unwrap().contains("config.toml"));
}

#[test]
fn do_not_track_is_off_whatever_else_is_set() {
    let home = Home::new();
    let collector = Collector::start(&home);
    home.ok(&["config", "set", "telemetry_enabled", "true"]);
    let mut exec = home.telemetry(&["exec", "--telemetry", "true", "--", "git", "--version"]);
    exec.env("DO_NOT_TRACK", "1")
        .env("TELEMETRY_ENABLED", "true")
        .env("GIT_TELEMETRY_ENABLED", "true")
        .env("TELEMETRY_ENDPOINT", &collector.endpoint);
    assert!(exec.status().unwrap().success());
    assert!(!home.state().exists());
    let mut status = home.telemetry(&["status", "--json"]);
    let output = status.env("DO_NOT_TRACK", "1").output().unwrap();
    let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&status["mode"], &status["decided_by"]), (&json!("off"), &json!("do_not_track")));
    assert_eq!(collector.report(&home)["totals"]["events"], 0);
}

#[test]
fn the_variable_overrides_the_setting_both_ways() {
    let home = Home::new();
    for (setting, variable, value, events) in [
        ("true", "TELEMETRY_ENABLED", "false", 0),
        ("false", "TELEMETRY_ENABLED", "true", 1),
        ("true", "GIT_TELEMETRY_ENABLED", "false", 0),
        ("false", "GIT_TELEMETRY_ENABLED", "true", 1),
        ("true", "MONGODB_ATLAS_TELEMETRY_ENABLED", "false", 1),
        ("true", "TELEMETRY_ENABLED", "maybe", 0),
    ] {
        home.ok(&["purge"]);
        home.ok(&["config", "set", "telemetry_enabled", setting]);
        let mut exec = home.telemetry(&["exec", "--", "git", "--version"]);
        assert!(exec.env(variable, value).status().unwrap().success());
        assert_eq!(home.events(&[]).len(), events, "{setting} {variable}={value}");
    }
}

#[test]
fn a_project_file_tightens_and_cannot_loosen() {
    let home = Home::new();
    std::fs::write(home.path("work/.telemetry.toml"), "telemetry_enabled = false\n").unwrap();
    std::fs::create_dir(home.path("work/below")).unwrap();
    let mut exec = home.telemetry(&["exec", "--", "git", "--version"]);
    assert!(exec.current_dir(home.path("work/below")).status().unwrap().success());
    assert!(!home.state().exists());
    assert_eq!(home.json(&["status", "--json"])["decided_by"], "project_file");
    std::fs::write(home.path("work/.telemetry.toml"), "telemetry_enabled = true\n").unwrap();
    home.ok(&["config", "set", "telemetry_enabled", "false"]);
    home.ok(&["exec", "--", "git", "--version"]);
    assert_eq!(home.json(&["status", "--json"])["decided_by"], "setting");
}

#[test]
fn what_was_recorded_before_consent_is_never_sent() {
    let home = Home::new();
    home.ok(&["exec", "--", "git", "--version"]);
    let collector = Collector::start(&home);
    home.ok(&["config", "set", "endpoint", &collector.endpoint]);
    home.ok(&["flush"]);
    assert_eq!(collector.report(&home)["totals"]["events"], 0);
    home.ok(&["exec", "--", "git", "--version"]);
    home.ok(&["flush"]);
    assert_eq!(collector.report(&home)["totals"]["events"], 1);
    assert_eq!(home.events(&["--pending"]).len(), 0);
    assert_eq!(home.events(&[]).len(), 1, "the first one is still here");
}

/// As the notice says of a variable.
#[test]
fn what_waits_is_held_back_while_a_variable_says_no_and_is_sent_then() {
    let home = Home::new();
    let collector = Collector::start(&home);
    home.ok(&["config", "set", "endpoint", &collector.endpoint]);
    home.ok(&["config", "set", "telemetry_enabled", "true"]);
    // Its helper has nobody to send to.
    let mut exec = home.telemetry(&["exec", "--", "git", "--version"]);
    assert!(exec.env("TELEMETRY_ENDPOINT", "export:").status().unwrap().success());
    for (name, value) in [("DO_NOT_TRACK", "1"), ("TELEMETRY_ENABLED", "false")] {
        let before = home.snapshot();
        let _ = home.telemetry(&["flush"]).env(name, value).output().unwrap();
        assert_eq!(home.snapshot(), before, "{name}");
        assert_eq!(collector.report(&home)["totals"]["events"], 0, "{name}");
    }
    home.ok(&["flush"]);
    assert_eq!(collector.report(&home)["totals"]["events"], 1);
}

/// What was recorded lay in whatever directory a command was run in.
#[cfg(unix)]
#[test]
fn a_home_that_is_no_absolute_path_is_none() {
    let home = Home::new();
    let run = |arguments: &[&str]| {
        let mut command = home.telemetry(arguments);
        command.env("HOME", "somewhere").env_remove("TELEMETRY_STATE_DIR").env_remove("TELEMETRY_CONFIG");
        command.output().unwrap()
    };
    let output = run(&["status", "--json"]);
    let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&status["state_dir"], &status["settings_file"]), (&json!(null), &json!(null)));
    assert!(run(&["exec", "--", "git", "--version"]).status.success());
    let set = run(&["config", "set", "telemetry_enabled", "true"]);
    assert_eq!(set.status.code(), Some(1));
    let said = String::from_utf8(set.stderr).unwrap();
    assert!(said.contains("there is no home directory to keep settings in; set TELEMETRY_CONFIG"), "{said}");
    assert_eq!(std::fs::read_dir(home.path("work")).unwrap().count(), 0);
}

#[test]
fn status_of_a_program_without_a_policy_says_so() {
    let home = Home::new();
    let said = |program: &str| String::from_utf8(home.run(&["status", program]).stderr).unwrap();
    assert_eq!(
        said("unknown"),
        "there is no policy for unknown: a variable of its own is not known, and of its name and arguments nothing is kept\n"
    );
    assert_eq!(said("/usr/bin/git"), "");
}

#[test]
fn status_names_every_source() {
    let home = Home::new();
    let status = home.json(&["status", "--json", "git"]);
    let sources: Vec<_> =
        status["sources"].as_array().unwrap().iter().map(|s| s["source"].as_str().unwrap()).collect();
    assert_eq!(
        sources,
        [
            "do_not_track",
            "admin_file",
            "project_file",
            "run_flag",
            "program_variable",
            "variable",
            "setting",
            "host_default",
            "notice",
            "endpoint"
        ]
    );
    assert_eq!((&status["mode"], &status["decided_by"]), (&json!("local"), &json!("endpoint")));
    let text = home.ok(&["status", "git"]);
    for part in ["Telemetry is local", "GIT_TELEMETRY_ENABLED", "telemetry config set", "config.toml"] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

/// It said that telemetry was off, with a variable that went on saying on.
#[test]
fn a_setting_that_a_variable_overrides_is_said_to_be_no_more() {
    let home = Home::new();
    for (value, variable, says) in [
        ("false", "true", &["the setting is off; 0 events", "telemetry is local, decided by: "][..]),
        (
            "true",
            "false",
            &["the setting is on\n", "telemetry is off, decided by: variable TELEMETRY_ENABLED"],
        ),
        (
            "local",
            "false",
            &["the setting is local\n", "telemetry is off, decided by: variable TELEMETRY_ENABLED"],
        ),
        ("false", "false", &["telemetry is off; 0 events that were not sent are deleted\n"]),
        ("local", "", &[]),
    ] {
        let mut set = home.telemetry(&["config", "set", "telemetry_enabled", value]);
        let said = set.env("TELEMETRY_ENABLED", variable).output().unwrap().stderr;
        let said = String::from_utf8(said).unwrap();
        assert!(says.iter().all(|part| said.contains(part)), "{said}");
        assert_eq!(said.is_empty(), says.is_empty(), "{said}");
    }
}

#[test]
fn a_setting_that_is_none_is_replaced() {
    let home = Home::new();
    std::fs::write(home.path("config.toml"), "telemetry_enabled = \"fales\" # no\n").unwrap();
    home.ok(&["config", "set", "telemetry_enabled", "false"]);
    let text = std::fs::read_to_string(home.path("config.toml")).unwrap();
    assert_eq!(text, "telemetry_enabled = false # no\n");
    std::fs::write(home.path("config.toml"), "# mine\ntelemetry_enabled = fales\n").unwrap();
    let said = home.fails(&["config", "set", "telemetry_enabled", "false"]);
    for part in [
        "config.toml: line 2: not TOML",
        "correct or remove that file",
        "TELEMETRY_ENABLED=false or DO_NOT_TRACK=1",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}
