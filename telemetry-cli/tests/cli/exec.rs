//! `telemetry exec` leaves the command as it is.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::home::{BINARY, Home};

#[test]
fn streams_and_exit_code_are_the_command_s_own() {
    let home = Home::new();
    let script = "cat; printf err >&2; exit 7";
    let mut child = home
        .telemetry(&["exec", "--", "sh", "-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"\x00in\xff\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(output.stdout, b"\x00in\xff\n");
    assert_eq!(output.stderr, b"err");
    let event = &home.events(&[])[0];
    assert_eq!(event["outcome"], json!({"kind": "error", "code": "error"}));
    assert_eq!(event["exit_code"], 7);
}

#[test]
fn arguments_arrive_unchanged() {
    let home = Home::new();
    let script = r#"printf '%s|' "$@""#;
    let out = home.ok(&["exec", "sh", "-c", script, "sh", "--show", "-x", "--", "--help", "", "a b"]);
    assert_eq!(out, "--show|-x|--|--help||a b|");
}

#[test]
fn without_a_policy_only_the_run_is_known() {
    let home = Home::new();
    home.ok(&["exec", "--", "sh", "-c", "exit 0", "hunter2"]);
    let events = home.events(&[]);
    assert_eq!(events.len(), 1);
    let text = events[0].to_string();
    assert!(!text.contains("hunter2") && !text.contains("\"sh\"") && !text.contains("exit 0"), "{text}");
    assert_eq!(events[0]["command"]["path"], json!([]));
    assert_eq!(events[0]["command"]["positional_count"], 0);
    assert_eq!(events[0]["outcome"], json!({"kind": "success"}));
    assert!(events[0]["app"].get("name").is_none());
}

#[test]
fn what_cannot_be_started_ends_as_in_a_shell() {
    let home = Home::new();
    let missing = home.run(&["exec", "--", "no-such-command-here"]);
    assert_eq!(missing.status.code(), Some(127));
    assert_eq!(
        String::from_utf8_lossy(&missing.stderr),
        "telemetry: no-such-command-here: command not found\n"
    );
    let file = home.path("work/file");
    std::fs::write(&file, "no program").unwrap();
    let refused = home.run(&["exec", "--", file.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(126));
    std::fs::write(&file, "#!/no/such/interpreter\n").unwrap();
    make_executable(&file);
    let refused = home.run(&["exec", "--", file.to_str().unwrap()]);
    assert_eq!(refused.status.code(), Some(126));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("interpreter"));
    assert!(home.snapshot().is_empty(), "nothing ran, so nothing is recorded");
}

fn make_executable(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_signal_that_ends_the_command_ends_this_too() {
    for (signal, name) in [("TERM", "SIGTERM"), ("KILL", "SIGKILL"), ("SEGV", "SIGSEGV"), ("INT", "SIGINT")] {
        let home = Home::new();
        let output = home.run(&["exec", "--", "sh", "-c", &format!("kill -{signal} $$")]);
        let direct = Command::new("sh").args(["-c", &format!("kill -{signal} $$")]).status().unwrap();
        assert_eq!(output.status.signal(), direct.signal(), "{signal}");
        if direct.signal().is_none() {
            // As a shell does it to what it starts in the background.
            println!("skipped: SIG{signal}, which whoever started this test had it ignore");
            continue;
        }
        assert_eq!(home.events(&[])[0]["outcome"], json!({"kind": "interrupted", "signal": name}));
    }
}

#[test]
fn a_signal_that_somebody_sends_is_passed_on() {
    let home = Home::new();
    let script = "trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 0.02; done";
    let mut child =
        home.telemetry(&["exec", "--", "sh", "-c", script]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "ready");
    let sent = Command::new("sh").args(["-c", &format!("kill -TERM {}", child.id())]).status().unwrap();
    assert!(sent.success());
    assert_eq!(lines.next().unwrap().unwrap(), "got");
    assert_eq!(child.wait().unwrap().code(), Some(3));
}

#[test]
fn an_ignored_signal_stays_ignored() {
    let home = Home::new();
    let script = format!("trap '' HUP; exec '{BINARY}' exec -- sh -c 'kill -HUP $$; echo alive'");
    let mut command = Command::new("sh");
    command.args(["-c", &script]);
    home.settle(&mut command);
    assert_eq!(command.output().unwrap().stdout, b"alive\n", "nohup would not work");
}

/// What a shell prints that runs this line with a command as it is, and with the same command by way of `telemetry exec`.
fn directly_and_by_exec(shell: &[&str], line: impl Fn(&str) -> String) -> [String; 2] {
    ["", &format!("'{BINARY}' exec -- ")].map(|by| {
        let home = Home::new();
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).arg(line(by));
        home.settle(&mut command);
        let output = command.output().unwrap();
        let both = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        both.concat().replace(by, "").replace(&by.replace('\'', ""), "")
    })
}

#[test]
fn what_rust_changes_before_main_the_command_gets_as_it_was() {
    let state = "sh -c 'for n in 0 1 2; do test -e /proc/self/fd/$n && echo $n >&3; done
        grep -E \"Sig(Blk|Ign)\" /proc/self/status >&3'";
    for (before, after) in [
        ("", ""),
        ("trap '' PIPE;", ""),
        ("trap '' PIPE USR1;", ""),
        ("", "<&-"),
        ("", ">&-"),
        ("", "2>&-"),
        ("trap '' PIPE;", "<&- >&- 2>&-"),
        ("env --block-signal=USR1,RTMIN+4", ""),
    ] {
        for off in ["", "export DO_NOT_TRACK=1;"] {
            let line = |by: &str| format!("{off} {before} {by}{state} 3>&1 {after}");
            let [direct, by_exec] =
                directly_and_by_exec(&["bash", "-c"], line).map(|text| without_the_c_library_s_own(&text));
            assert!(direct.contains("SigBlk "), "{direct}");
            assert_eq!(by_exec, direct, "{off} {before} ... {after}");
        }
    }
}

/// Signals 32 and 33 are the C library's: it has what it starts ignore one or both of them, as the way of starting is.
fn without_the_c_library_s_own(text: &str) -> String {
    let line = |line: &str| match line.split_once(":\t") {
        Some((name, set)) => format!("{name} {:x}\n", u64::from_str_radix(set, 16).unwrap() & !(3 << 31)),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn a_command_that_stops_itself_gives_the_terminal_back() {
    for signal in ["TSTP", "STOP"] {
        let line = |by: &str| {
            let stops = format!("{by}sh -c 'kill -{signal} $$; echo awake; exit 4'");
            let line = format!("set -m; {stops}; echo stopped $?; fg; echo ended $?");
            format!("bash -c {}", shell_quoted(&line))
        };
        // A terminal of its own; without the shell's part in it, nothing would wake what is stopped.
        let shell = ["timeout", "20", "script", "/dev/null", "--quiet", "--return", "--command"];
        let [direct, by_exec] = directly_and_by_exec(&shell, line);
        assert!(direct.contains("awake") && direct.contains("ended 4"), "{direct}");
        assert_eq!(by_exec, direct, "{signal}");
    }
}

fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[test]
fn a_closed_standard_output_ends_the_command_as_it_would_without() {
    let home = Home::new();
    let script = format!("('{BINARY}' exec -- yes; echo $? >&2) | head -n 1");
    let mut command = Command::new("bash");
    command.args(["-c", &script]);
    home.settle(&mut command);
    let output = command.output().unwrap();
    let direct = Command::new("bash").args(["-c", "(yes; echo $? >&2) | head -n 1"]).output().unwrap();
    assert_eq!((output.stdout, output.stderr), (direct.stdout, direct.stderr));
}

#[test]
fn fifty_at_once_lose_nothing() {
    let home = Home::new();
    let children: Vec<_> =
        (0..50).map(|_| home.telemetry(&["exec", "--", "true"]).spawn().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let events = home.events(&[]);
    let ids: std::collections::BTreeSet<_> =
        events.iter().map(|event| event["event_id"].to_string()).collect();
    assert_eq!((events.len(), ids.len()), (50, 50));
    let installs: std::collections::BTreeSet<_> =
        events.iter().map(|event| event["install_id"].to_string()).collect();
    assert_eq!(installs.len(), 1, "fifty first runs at once are one installation");
}

#[test]
fn read_stderr_passes_every_byte_on_and_redacts_the_error() {
    let home = Home::new();
    let git = home.path("work/git");
    std::fs::write(&git, "#!/bin/sh\nprintf 'hint: x\\nfatal: not a git repository: ada\\n' >&2\nexit 128\n")
        .unwrap();
    make_executable(&git);
    let output = home.run(&["exec", "--read-stderr", "--", git.to_str().unwrap(), "status", "ada"]);
    assert_eq!(output.status.code(), Some(128));
    assert_eq!(output.stderr, b"hint: x\nfatal: not a git repository: ada\n");
    let event = &home.events(&[])[0];
    let message = event["outcome"]["message"].as_str().unwrap();
    assert!(message.starts_with("fatal: not a git repository") && !message.contains("ada"), "{message}");
}

#[test]
fn show_prints_what_is_stored_on_standard_error_only() {
    let home = Home::new();
    let output = home.run(&["exec", "--show", "--", "echo", "out"]);
    assert_eq!(output.stdout, b"out\n");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), home.ok(&["show"]));
}

#[test]
fn a_state_directory_that_cannot_be_written_changes_nothing_for_the_command() {
    let home = Home::new();
    std::fs::write(home.state(), "a file where a directory should be").unwrap();
    let output = home.run(&["exec", "--", "sh", "-c", "echo out; exit 5"]);
    assert_eq!(
        (output.status.code(), output.stdout, output.stderr),
        (Some(5), b"out\n".to_vec(), Vec::new())
    );
    let shown = home.run(&["exec", "--show", "--", "true"]);
    assert!(shown.status.success());
    assert!(String::from_utf8_lossy(&shown.stderr).contains("not recorded"), "{shown:?}");
}
