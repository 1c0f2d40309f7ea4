//! Every way in which a program can end, seen from outside: real processes of `examples/endings.rs`, each in a home of
//! its own.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value as Json, json};
use telemetry_redact::{Policy, Redactor};

/// A home, and what a program of that name left in it.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        // Beside this test's own directory; `cargo test` builds examples too.
        let program = std::env::current_exe().unwrap();
        let program = program.ancestors().nth(2).unwrap().join("examples").join("endings");
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.0.path()).env_clear();
        command.env("HOME", self.0.path()).env("TELEMETRY_STATE_DIR", self.0.path().join("state"));
        command.env("ENDINGS_TELEMETRY_ENABLED", "local");
        command
    }

    /// The one event that is there. Each is one that a collector takes.
    fn event(&self) -> Option<Json> {
        let file = self.0.path().join("state/endings/local/active.ndjson");
        let text = fs::read_to_string(file).unwrap_or_default();
        let mut lines = text.lines().filter(|line| !line.is_empty());
        let event: Json = serde_json::from_str(lines.next()?).unwrap();
        assert_eq!(lines.next(), None, "one run is one event");
        let policy = Policy::from_json(include_str!("../examples/endings.json")).unwrap();
        Redactor::new(policy).admit(serde_json::from_value(event.clone()).unwrap()).unwrap();
        for word in ["ada", "grandma", "winter", "harvest"] {
            // Identifiers are random letters.
            let said = format!("{}{}{}", event["command"], event["outcome"], event["prompts"]);
            assert!(!said.contains(word), "{word} is in {event}");
        }
        Some(event)
    }
}

/// What a run prints and how it ends is the same without telemetry, and what is recorded is this.
fn run(arguments: &[&str]) -> (Output, Json) {
    let home = Home::new();
    let with = home.command(arguments).output().unwrap();
    let event = home.event().unwrap_or_default();
    let without = Home::new().command(arguments).env("DO_NOT_TRACK", "1").output().unwrap();
    // The number of the process stands in what a panic prints.
    let said = |output: &Output| {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        said.split(['(', ')']).filter(|part| part.parse::<u32>().is_err()).collect::<String>()
    };
    assert_eq!((&with.stdout, said(&with)), (&without.stdout, said(&without)), "{arguments:?}");
    assert_eq!(with.status, without.status, "{arguments:?}");
    (with, event)
}

#[test]
fn a_process_that_is_forked_off_is_no_run() {
    let (output, event) = run(&["forked"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(event["outcome"]["kind"], "success");
}

#[test]
fn an_error_that_explains_itself_is_found_in_whatever_is_around_it() {
    for way in ["std", "anyhow", "eyre", "miette", "boxed", "io"] {
        for (fruit, kept) in [("pear", "pear"), ("grandma's", "<value>")] {
            let (output, event) = run(&[way, fruit]);
            assert_eq!(output.status.code(), Some(1));
            assert_eq!(event["outcome"]["code"], "no_such_fruit", "{way}");
            let message = format!("the larder of <path> has no fruit called {kept}");
            assert_eq!(event["outcome"]["message"], message, "{way}");
            assert_eq!(event["exit_code"], 1);
        }
    }
}

#[test]
fn an_error_that_does_not_is_redacted() {
    let (_, event) = run(&["text"]);
    assert_eq!(event["outcome"]["message"], "open <path>: permission denied");
    assert_eq!(event["outcome"]["code"], "permission_denied");
    let (output, event) = run(&["unprintable"]);
    assert!(output.stderr.is_empty(), "a panic of ours is not heard of");
    assert_eq!(event["outcome"], json!({"kind": "error", "code": "error"}));
    let (_, event) = run(&["code"]);
    assert_eq!(event["outcome"], json!({"kind": "error", "code": "not_found"}));
}

#[test]
fn a_question_is_recorded_as_it_was_answered_and_never_by_what_was_typed() {
    for (fruit, choices) in [("pear", Some(json!(["pear"]))), ("grandma's", None)] {
        let (_, event) = run(&["prompts", fruit]);
        let mut asked = json!({"id": "fruit", "kind": "select", "default_kept": false});
        if let Some(choices) = choices {
            asked["choices"] = choices;
        }
        let named = json!({"id": "name", "kind": "input", "left_empty": false});
        assert_eq!(event["prompts"], json!([asked, named]));
    }
    let (_, event) = run(&["many_prompts"]);
    assert_eq!(event["prompts"], json!(vec![json!({"id": "name", "kind": "input", "left_empty": true}); 16]));
    assert_eq!(run(&["code"]).1.get("prompts"), None);
}

#[test]
fn a_panic_leaves_its_place_and_nothing_of_what_it_said() {
    let source = include_str!("../examples/endings.rs");
    let line = 1 + source.lines().position(|line| line.contains("\"panic\" | \"hook\"")).unwrap();
    let place = format!("examples/endings.rs:{line}");
    for (way, said) in [("panic", "panicked at"), ("hook", "the program's own: ")] {
        let (output, event) = run(&[way, "pear"]);
        assert_eq!(output.status.code(), Some(101));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains(said) && stderr.contains("no pear in /home/ada"), "{stderr}");
        assert_eq!(event["outcome"], json!({"kind": "panic", "location": place}), "{way}");
        assert_eq!(event.get("exit_code"), None);
    }
}

#[test]
fn a_panic_of_a_library_has_no_place() {
    let (_, event) = run(&["library"]);
    assert_eq!(event["outcome"], json!({"kind": "panic"}));
}

#[test]
fn a_panic_that_does_not_end_the_program_is_no_end() {
    for way in ["caught", "thread"] {
        let (output, event) = run(&[way]);
        assert!(output.status.success());
        assert_eq!(event["outcome"], json!({"kind": "success"}), "{way}");
    }
}

/// `telemetry.exit` knows the code wherever it runs, `std::process::exit` where the C library tells it.
#[test]
fn a_process_that_exits_is_recorded_by_its_exit_code() {
    let is_told = cfg!(all(target_os = "linux", target_env = "gnu"));
    for (way, knows) in [("exit", is_told), ("say", true)] {
        for (code, kind) in [(0, "success"), (1, "error"), (42, "error")] {
            let (output, event) = run(&[way, &code.to_string()]);
            assert_eq!(output.status.code(), Some(code));
            if knows {
                assert_eq!(event["outcome"]["kind"], kind, "{way} {code}");
                assert_eq!(event["exit_code"], code, "{way} {code}");
            } else {
                assert_eq!(event["outcome"]["kind"], "error", "{way} {code}");
                assert_eq!(event.get("exit_code"), None, "{way} {code}");
            }
        }
    }
    let (_, event) = run(&["drop"]);
    assert_eq!(event["outcome"], json!({"kind": "error", "code": "error"}), "nothing is known of it");
    assert_eq!(run(&["forget"]).1["outcome"]["kind"], "error");
}

/// Starts a program that waits, sends it a signal, and gives back the signal that ended it and what was recorded.
fn interrupt(
    way: &str,
    signal: rustix::process::Signal,
    before: &[&str],
) -> (std::process::ExitStatus, Option<Json>) {
    let home = Home::new();
    let mut command = home.command(&[way]);
    if let [shell, arguments @ ..] = before {
        let program = command.get_program().to_owned();
        let mut wrapped = Command::new(shell);
        wrapped.args(arguments).arg(program).arg(way).current_dir(home.0.path()).env_clear();
        wrapped.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command = wrapped;
    }
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, signal).unwrap();
    if !before.is_empty() {
        // It is ignored, so the program lives on and is ended by another.
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    }
    (child.wait().unwrap(), home.event())
}

#[test]
fn a_program_that_is_interrupted_ends_by_the_signal_and_is_recorded() {
    use rustix::process::Signal;
    for (signal, name) in [(Signal::INT, "SIGINT"), (Signal::TERM, "SIGTERM"), (Signal::HUP, "SIGHUP")] {
        let direct =
            Command::new("sh").args(["-c", &format!("kill -{} $$", signal.as_raw())]).status().unwrap();
        if direct.signal().is_none() {
            // As a shell does it to what it starts in the background.
            println!("skipped: {name}, which whoever started this test had it ignore");
            continue;
        }
        let (status, event) = interrupt("wait", signal, &[]);
        assert_eq!(status.signal(), Some(signal.as_raw()), "a shell sees by what it ended");
        let event = event.unwrap();
        assert_eq!(event["outcome"], json!({"kind": "interrupted", "signal": name}));
        assert_eq!(event.get("exit_code"), None);
    }
}

#[test]
fn without_being_asked_for_signals_are_left_alone() {
    let (status, event) = interrupt("plain_wait", rustix::process::Signal::TERM, &[]);
    assert_eq!(status.signal(), Some(rustix::process::Signal::TERM.as_raw()));
    assert_eq!(event, None);
}

#[test]
fn a_signal_that_is_ignored_stays_so() {
    let ignoring = ["sh", "-c", "trap '' HUP; exec \"$0\" \"$@\""];
    let (status, event) = interrupt("wait", rustix::process::Signal::HUP, &ignoring);
    assert_eq!(status.signal(), Some(rustix::process::Signal::TERM.as_raw()));
    assert_eq!(event.unwrap()["outcome"]["signal"], "SIGTERM");
}

#[test]
fn a_handler_of_the_programs_own_says_what_it_caught() {
    let (status, event) = interrupt("wait_handled", rustix::process::Signal::USR1, &[]);
    assert_eq!(status.code(), Some(7));
    assert_eq!(event.unwrap()["outcome"], json!({"kind": "interrupted", "signal": "SIGUSR1"}));
}

/// On the ordinary way there is no thread but the program's own, and where a variable says off there never is.
#[cfg(target_os = "linux")]
#[test]
fn a_thread_is_started_only_where_it_is_asked_for() {
    for (way, mode, threads) in [("plain_wait", "local", 1), ("wait", "local", 2), ("wait", "false", 1)] {
        let home = Home::new();
        let mut command = home.command(&[way]);
        let mut child =
            command.env("ENDINGS_TELEMETRY_ENABLED", mode).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let tasks = fs::read_dir(format!("/proc/{}/task", child.id())).unwrap().count();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(tasks, threads, "{way} {mode}");
    }
}

#[test]
fn who_packages_a_program_says_how_it_was_installed() {
    for (source, recorded) in [("homebrew", "homebrew"), ("ada's own", "binary")] {
        assert_eq!(run(&["packaged", source]).1["app"]["install_source"], recorded, "{source}");
    }
}
