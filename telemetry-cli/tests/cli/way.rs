//! The whole way: command, spool, request, store, report; and what happens when the network does not play along.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::home::{Collector, Home};

#[test]
fn what_is_shown_is_what_is_stored_is_what_is_sent() {
    let home = Home::new();
    let collector = Collector::start(&home);
    let mut exec = home.telemetry(&["exec", "--show", "--", "git", "status", "--short", "/nonexistent"]);
    let output = exec.env("TELEMETRY_ENDPOINT", &collector.endpoint).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let shown = stderr.lines().find(|line| line.starts_with('{')).unwrap();
    let mut flush = home.telemetry(&["flush"]);
    assert!(flush.env("TELEMETRY_ENDPOINT", &collector.endpoint).status().unwrap().success());
    assert_eq!(home.ok(&["show", "--sent"]).trim_end(), shown);
    let report = collector.report(&home);
    assert_eq!(report["totals"]["events"], 1);
    assert_eq!(report["totals"]["installs"], 1);
    assert_eq!(report["commands"][0]["command"], "status");
    assert!(shown.contains(r#"{"name":"short","values":["true"]}"#), "{shown}");
    assert!(!shown.contains("nonexistent"), "{shown}");
}

#[test]
fn the_helper_ships_by_itself_and_the_command_does_not_wait() {
    let home = Home::new();
    let collector = Collector::start(&home);
    let mut exec = home.telemetry(&["exec", "--", "git", "--version"]);
    assert!(exec.env("TELEMETRY_ENDPOINT", &collector.endpoint).status().unwrap().success());
    let deadline = Instant::now() + Duration::from_secs(15);
    while collector.report(&home)["totals"]["events"] != 1 {
        assert!(Instant::now() < deadline, "the event did not arrive by itself");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn the_helper_finds_a_spool_that_was_named_from_where_the_command_ran() {
    let home = Home::new();
    let collector = Collector::start(&home);
    let mut exec = home.telemetry(&["exec", "--", "git", "--version"]);
    exec.env("TELEMETRY_STATE_DIR", "here").env("TELEMETRY_ENDPOINT", &collector.endpoint);
    assert!(exec.status().unwrap().success());
    let deadline = Instant::now() + Duration::from_secs(15);
    while collector.report(&home)["totals"]["events"] != 1 {
        assert!(Instant::now() < deadline, "the event did not arrive by itself");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(home.path("work/here/sent").exists());
}

#[test]
fn eight_lanes_arrive_exactly_once() {
    let home = Home::new();
    let collector = Collector::start(&home);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..5 {
                    let mut exec = home.telemetry(&["exec", "--", "git", "--version"]);
                    assert!(
                        exec.env("TELEMETRY_ENDPOINT", &collector.endpoint)
                            .output()
                            .unwrap()
                            .status
                            .success()
                    );
                }
            });
        }
    });
    let mut flush = home.telemetry(&["flush"]);
    assert!(flush.env("TELEMETRY_ENDPOINT", &collector.endpoint).status().unwrap().success());
    assert_eq!(collector.report(&home)["totals"]["events"], 40);
    assert_eq!(home.events(&["--sent"]).len(), 40);
    assert_eq!(home.events(&[]).len(), 0);
}

/// Those that were recorded while nobody answered, and those that come at once when somebody does: each once.
#[test]
fn twenty_while_the_collector_is_down_and_24_when_it_is_back_arrive_once_each() {
    let home = Home::new();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let endpoint = format!("http://{address}");
    let exec = || {
        let mut exec = home.telemetry(&["exec", "--", "git", "--version"]);
        assert!(exec.env("TELEMETRY_ENDPOINT", &endpoint).output().unwrap().status.success());
    };
    (0..20).for_each(|_| exec());
    assert_eq!(home.events(&[]).len(), 20);
    let collector = Collector::start_at(&home, &address);
    std::thread::scope(|scope| (0..24).for_each(|_| drop(scope.spawn(exec))));
    // The helpers ship, or this does.
    let deadline = Instant::now() + Duration::from_secs(60);
    while collector.report(&home)["totals"]["events"] != 44 {
        assert!(Instant::now() < deadline, "{}", collector.report(&home)["totals"]);
        let _ = home.telemetry(&["flush"]).env("TELEMETRY_ENDPOINT", &endpoint).status().unwrap();
    }
    // The receipt is kept after the collector has stored.
    while !home.events(&[]).is_empty() {
        assert!(Instant::now() < deadline, "what was answered for stays in the spool");
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut sent: Vec<_> =
        home.events(&["--sent"]).iter().map(|event| event["event_id"].to_string()).collect();
    assert_eq!(sent.len(), 44);
    sent.sort();
    sent.dedup();
    assert_eq!(sent.len(), 44, "none was sent twice");
}

/// A server on loopback that treats each connection badly, in one way.
fn bad_server(treat: fn(TcpStream)) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || treat(stream));
        }
    });
    endpoint
}

fn silent(mut stream: TcpStream) {
    // Reads for ever and never answers; ends when the other side goes.
    let _ = stream.read_to_end(&mut Vec::new());
}

fn drip(mut stream: TcpStream) {
    for byte in b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n".iter().cycle() {
        if stream.write_all(&[*byte]).is_err() {
            return;
        }
        std::thread::sleep(Duration::from_millis(300));
    }
}

fn refusing(mut stream: TcpStream) {
    let _ = stream.read(&mut [0; 4096]);
    let _ = stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n");
}

/// Takes what comes, and answers as a network does that wants somebody to log in.
fn portal(mut stream: TcpStream) {
    let _ = stream.read(&mut [0; 4096]);
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nlogin?");
    // Until the other side goes: what is unread would break the answer off.
    silent(stream);
}

#[test]
fn what_was_sent_and_not_answered_is_shown_and_told_apart() {
    let home = Home::new();
    let collector = Collector::start(&home);
    let flush = |endpoint: &str| {
        // Without a helper, which may come late and send what is meant for another endpoint.
        let mut exec = home.telemetry(&["exec", "--", "git", "--version"]);
        assert!(exec.env("TELEMETRY_ENDPOINT", "export:").output().unwrap().status.success());
        home.telemetry(&["flush"]).env("TELEMETRY_ENDPOINT", endpoint).output().unwrap()
    };
    assert!(flush(&collector.endpoint).status.success());
    let answered = home.ok(&["show", "--sent"]);
    let elsewhere = bad_server(portal);
    flush(&elsewhere);
    let waiting = home.ok(&["show", "--pending"]);
    assert_eq!((answered.lines().count(), waiting.lines().count()), (1, 1));

    // The spool lets the event go; the ledger does not.
    std::fs::remove_dir_all(home.state().join("shipping")).unwrap();
    let output = home.run(&["show", "--sent"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), answered + &waiting, "byte for byte");
    let said = String::from_utf8(output.stderr).unwrap();
    let sentence = format!("telemetry: line 2: sent to {elsewhere}, and no answer came: it may have this\n");
    assert_eq!(said, sentence);
    let receipts = home.ok(&["show", "--sent", "--receipts"]);
    let receipts: Vec<Json> = receipts.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((receipts.len(), &receipts[0]["receipt"]["accepted"]), (2, &json!(1)));
    assert_eq!((&receipts[1]["destination"], &receipts[1]["receipt"]), (&json!(elsewhere), &Json::Null));
    assert_eq!(receipts[1]["events"], 1);
    let explained = home.json(&["explain", "--last", "2", "--json"]);
    assert_eq!(explained["commands"][0]["fate"], "unanswered");
    assert_eq!(home.json(&["status", "--json"])["unanswered_batches"], 1);
    home.ok(&["purge", "--sent"]);
    assert_eq!(home.ok(&["show", "--sent"]), "");
}

#[test]
fn a_bad_endpoint_changes_nothing_for_the_command() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoints = [
        ("unreachable", format!("http://{nobody}")),
        ("silent", bad_server(silent)),
        ("drip", bad_server(drip)),
        ("refusing", bad_server(refusing)),
        ("nonsense", "telnet://x".to_owned()),
    ];
    for (kind, endpoint) in endpoints {
        let home = Home::new();
        let started = Instant::now();
        let mut exec = home.telemetry(&["exec", "--", "git", "no-such-subcommand"]);
        let output: Output = exec.env("TELEMETRY_ENDPOINT", &endpoint).output().unwrap();
        // The helper would take up to its deadline of ten seconds.
        assert!(started.elapsed() < Duration::from_secs(5), "{kind}: the command waited");
        let plain = std::process::Command::new("git").arg("no-such-subcommand").output().unwrap();
        assert_eq!(output.status.code(), plain.status.code(), "{kind}");
        assert_eq!((output.stdout, output.stderr), (plain.stdout, plain.stderr), "{kind}");
        assert_eq!(home.events(&[]).len(), 1, "{kind}: nothing is lost");
    }
}

#[test]
fn a_spool_file_that_is_cut_loses_at_most_the_cut_record_and_says_so() {
    let home = Home::new();
    for _ in 0..3 {
        home.ok(&["exec", "--", "git", "--version"]);
    }
    let files = home.snapshot();
    let (path, bytes) =
        files.iter().find(|(path, _)| path.extension().is_some_and(|e| e == "ndjson")).unwrap();
    std::fs::write(path, &bytes[..bytes.len() - 40]).unwrap();
    let output = home.run(&["show"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 2);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(path.file_name().unwrap().to_str().unwrap()), "{said}");
    assert_eq!(home.json(&["report", "--json"])["totals"]["events"], 2);
    // What comes after the cut is whole.
    home.ok(&["exec", "--", "git", "--version"]);
    assert_eq!(home.json(&["report", "--json"])["totals"]["events"], 3);
}

#[test]
fn the_local_report_counts_what_was_recorded() {
    let home = Home::new();
    assert_eq!(home.json(&["report", "--json"])["totals"]["events"], 0);
    for _ in 0..3 {
        home.ok(&["exec", "--", "git", "--version"]);
    }
    home.run(&["exec", "--", "git", "statsu"]);
    let report = home.json(&["report", "--json"]);
    assert_eq!(report["totals"]["events"], 4);
    assert_eq!(report["totals"]["installs"], 1);
    assert_eq!(report["misspellings"][0]["typed"], "statsu");
    let text = home.ok(&["report"]);
    assert!(text.contains("statsu"), "{text}");
    let csv = home.ok(&["report", "--csv"]);
    assert!(csv.lines().any(|line| line.starts_with("misspellings,")), "{csv}");
    let narrow = home.telemetry(&["report"]).env("COLUMNS", "40").output().unwrap();
    let narrow = String::from_utf8(narrow.stdout).unwrap();
    assert!(narrow.lines().all(|line| line.chars().count() <= 40), "{narrow}");
    assert!(narrow.contains("\nTyped: statsu\n") && narrow.contains("\nRuns: 4\n"), "{narrow}");
}

#[test]
fn a_report_is_named_and_filtered() {
    let home = Home::new();
    home.ok(&["exec", "--", "git", "--version"]);
    home.run(&["exec", "--", "git", "statsu"]);
    let runs = |filters: &[&str]| {
        home.json(&[&["report", "commands", "--json"], filters].concat())["totals"]["events"].clone()
    };
    assert_eq!(runs(&[]), 2);
    assert_eq!(runs(&["--program", "git", "--since", "2026-01-01"]), 2);
    assert_eq!(runs(&["--program", "hunter2"]), 0);
    assert_eq!(runs(&["--until", "2000-01-01"]), 0);
    assert_eq!(runs(&["--ci", "only"]), 0);
    assert_eq!(runs(&["--os", "windows", "--source", "scoop"]), 0);
    let impact = home.ok(&["report", "impact"]);
    assert!(
        impact.contains("What should be fixed first?") && impact.contains("Hits 1 of 1 installs"),
        "{impact}"
    );
    let hidden = home.ok(&["report", "commands", "--min-installs", "10"]);
    assert!(hidden.contains("fewer than 10 installs") && !hidden.contains("git"), "{hidden}");
    let compared = home.ok(&["report", "durations", "--csv", "--compare", "1.0,2.0"]);
    assert!(compared.contains("comparison,") || compared.contains(",verdict"), "{compared}");
    for bad in [&["nonsense"][..], &["--since", "yesterday"], &["--os", "atari"], &["--compare", "1.0"]] {
        let said = home.fails(&[&["report"], bad].concat());
        assert!(said.contains(bad[bad.len() - 1]), "{said}");
    }
}

#[test]
fn noise_is_asked_for_by_its_epsilon_and_nothing_else() {
    let home = Home::new();
    let collector = Collector::start(&home);
    let store = collector.store.to_str().unwrap();
    let noised = home.json(&["report", "--json", "--store", store, "--noise", "0.5"]);
    assert_eq!(noised["noise"]["epsilon"], 0.5);
    for said in [
        home.ok(&["report", "--store", store, "--noise", "0.5"]).replace('\n', " "),
        home.ok(&["report", "--csv", "--store", store, "--noise", "0.5"]),
    ] {
        assert!(said.contains("Every count has noise (epsilon 0.5)"), "{said}");
    }
    for bad in ["0", "-1", "inf", "NaN", "some", "11"] {
        for command in [&["report", "--store", store][..], &["serve", "--listen", "127.0.0.1:0", "--demo"]] {
            let said = home.fails(&[command, &["--noise", bad]].concat());
            assert!(said.contains("epsilon is ") && said.contains(bad), "{bad}: {said}");
        }
    }
    // One's own machine is read by oneself.
    assert!(home.fails(&["report", "--noise", "1"]).contains("--store"));
}

#[test]
fn the_demo_shows_the_event_and_the_report_and_leaves_nothing() {
    let home = Home::new();
    let output = home.run(&["demo", "git", "--version"]);
    assert!(output.status.success(), "{output:?}");
    let talk = String::from_utf8_lossy(&output.stderr).into_owned();
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(talk.contains("\"event_id\""), "{talk}");
    assert!(out.contains("git version") && out.contains("Overview of"), "{out}");
    assert!(home.snapshot().is_empty());
}

#[test]
fn no_marked_byte_of_the_user_s_is_in_any_file_or_request() {
    const MARK: &str = "zqmarkvx";
    let home = Home::new();
    let collector = Collector::start(&home);
    let work = home.path(&format!("work/{MARK}"));
    std::fs::create_dir(&work).unwrap();
    let lines: [&[&str]; 4] = [
        &["git", "commit", "-m", MARK, "--author", MARK, MARK],
        &["git", MARK, "--zqmarkvx", "-zqmarkvx"],
        &["git", "--git-dir=/zqmarkvx", "status", "--untracked-files=zqmarkvx", "--", MARK],
        &["./zqmarkvx", MARK],
    ];
    for line in lines {
        let mut exec = home.telemetry(&[&["exec", "--read-stderr", "--"], line].concat());
        exec.current_dir(&work).env("TELEMETRY_ENDPOINT", &collector.endpoint);
        for name in ["USER", "LOGNAME", "HOSTNAME", "PWD", "TOKEN"] {
            exec.env(name, MARK);
        }
        exec.output().unwrap();
    }
    let mut flush = home.telemetry(&["flush"]);
    assert!(flush.env("TELEMETRY_ENDPOINT", &collector.endpoint).status().unwrap().success());
    assert_eq!(collector.report(&home)["totals"]["events"], 3, "the fourth could not be started");
    let mut files = home.snapshot();
    for name in ["store.sqlite", "store.sqlite-wal"] {
        files.insert(home.path(name), std::fs::read(home.path(name)).unwrap_or_default());
    }
    assert!(files.values().any(|bytes| contains(bytes, b"commit")), "the check itself can find something");
    for (path, bytes) in files {
        assert!(!contains(&bytes, MARK.as_bytes()), "{}", path.display());
    }
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_collector_that_asks_for_keys_takes_events_with_the_right_one() {
    const KEY: &str = "git-writes-made-up-key";
    let home = Home::new();
    let keys = home.path("keys.toml");
    std::fs::write(&keys, format!("git = [\"{KEY}\"]\n")).unwrap();
    let arguments = ["--listen", "127.0.0.1:0", "--write-keys", keys.to_str().unwrap()];
    let collector = Collector::start_with(&home, &arguments);
    let with = |arguments: &[&str], key: Option<&str>| {
        let mut command = home.telemetry(arguments);
        command.env("TELEMETRY_ENDPOINT", &collector.endpoint);
        command.envs(key.map(|key| ("TELEMETRY_WRITE_KEY", key)));
        command.output().unwrap()
    };
    let exec = ["exec", "--", "git", "--version"];
    assert!(with(&exec, None).status.success());
    for (key, sent) in [(None, false), (Some("another-made-up-key"), false), (Some(KEY), true)] {
        let flush = with(&["flush"], key);
        assert_eq!(flush.status.success(), sent, "{}", String::from_utf8_lossy(&flush.stderr));
        assert_eq!(collector.report(&home)["totals"]["events"], u64::from(sent), "{key:?}");
    }
    let short = with(&["flush"], Some("short"));
    assert!(String::from_utf8_lossy(&short.stderr).contains("TELEMETRY_WRITE_KEY"));
    // Erasing takes no key: whoever knows the number may ask.
    assert!(with(&["purge"], None).status.success());
    assert!(with(&["flush"], None).status.success());
    assert_eq!(collector.report(&home)["totals"]["events"], 0);
}

#[test]
fn a_store_is_checked_compacted_and_exported() {
    let home = Home::new();
    let collector = Collector::start(&home);
    let mut exec = home.telemetry(&["exec", "--", "git", "--version"]);
    assert!(exec.env("TELEMETRY_ENDPOINT", &collector.endpoint).output().unwrap().status.success());
    assert!(
        home.telemetry(&["flush"]).env("TELEMETRY_ENDPOINT", &collector.endpoint).status().unwrap().success()
    );
    let store = collector.store.to_str().unwrap().to_owned();
    assert_eq!(home.json(&["store", "check", "--json", &store])["events"], 1);
    assert!(home.ok(&["store", "check", &store]).starts_with("The store is sound.\n"));
    assert_eq!(home.ok(&["store", "export", &store]), home.ok(&["show", "--sent"]));
    assert!(home.ok(&["store", "export", "--csv", &store]).contains(",git,"));
    drop(collector);
    home.ok(&["store", "compact", &store]);
    assert!(home.fails(&["store", "check", "/nonexistent/store"]).contains("/nonexistent/store"));
}
