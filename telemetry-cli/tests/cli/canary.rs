//! Marked secrets in everything a command has around it: none leaves, and none stays.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use serde_json::Value as Json;

use crate::home::Home;

/// No word of any vocabulary.
const MARK: &str = "zqmarkvx";
/// In the path of the home, which the helper has to know to find its files.
const HOME_MARK: &str = "zqhomevx";

/// A request as it came: head and body.
type Request = (String, Vec<u8>);

/// A server that holds each answer until it is let go.
fn holding_server() -> (String, Receiver<Request>, Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (told, requests) = channel();
    let (go, let_go) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (head, body) = read(&stream);
            let batch: Json = serde_json::from_slice(&body).unwrap();
            if told.send((head, body)).is_err() || let_go.recv().is_err() {
                return;
            }
            let accepted = batch["events"].as_array().unwrap().len();
            let receipt = serde_json::json!({
                "batch_id": batch["batch_id"],
                "received_at": "2026-01-01T00:00:00.000000Z",
                "accepted": accepted,
                "duplicates": 0,
            });
            let receipt = receipt.to_string();
            let length = receipt.len();
            let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
            let _ = stream.write_all(format!("{head}{receipt}").as_bytes());
        }
    });
    (endpoint, requests, go)
}

fn read(stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
    }
    let lower = head.to_lowercase();
    let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut raw = vec![0; length.trim().parse().unwrap()];
    reader.read_exact(&mut raw).unwrap();
    let mut body = Vec::new();
    flate2::read::GzDecoder::new(raw.as_slice()).read_to_end(&mut body).unwrap();
    (head, body)
}

/// The arguments and variables of the helpers that know this endpoint.
fn helpers(endpoint: &str) -> Vec<(String, Vec<String>)> {
    let words = |path: &Path| {
        let bytes = std::fs::read(path).unwrap_or_default();
        let words = bytes.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned());
        words.collect::<Vec<_>>()
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    processes
        .map(|process| (words(&process.join("cmdline")).join(" "), words(&process.join("environ"))))
        .filter(|(arguments, variables)| {
            arguments.contains("--detached") && variables.iter().any(|variable| variable.ends_with(endpoint))
        })
        .collect()
}

#[test]
fn no_marked_byte_is_in_a_file_a_request_or_the_helper() {
    let home = Home::new();
    let (endpoint, requests, go) = holding_server();
    let user_home = home.path(HOME_MARK);
    let work = user_home.join(MARK);
    std::fs::create_dir_all(&work).unwrap();
    let message =
        format!("echo 'fatal: cannot open /srv/{MARK}/x for {MARK}@example.com ({MARK})' >&2; exit 3");
    let lines: [&[&str]; 4] = [
        &["git", "commit", "-m", MARK, "--author", MARK, MARK],
        &["git", MARK, "--zqmarkvx", "-zqmarkvx"],
        &["sh", "-c", &message],
        &["git", "--git-dir=/zqmarkvx", "status", "--", MARK],
    ];
    let telemetry = |arguments: &[&str]| {
        let mut exec = home.telemetry(arguments);
        exec.current_dir(&work).env("HOME", &user_home).env("TELEMETRY_ENDPOINT", &endpoint);
        exec.env_remove("TELEMETRY_STATE_DIR").env_remove("TELEMETRY_CONFIG");
        for name in ["USER", "LOGNAME", "HOSTNAME", "PWD", "OLDPWD", "TOKEN", "AWS_SECRET_ACCESS_KEY", MARK] {
            exec.env(name, MARK);
        }
        exec
    };
    let run = |line: &[&str]| {
        telemetry(&[&["exec", "--read-stderr", "--"], line].concat()).output().unwrap();
    };
    run(lines[0]);
    let mut bodies = vec![requests.recv_timeout(Duration::from_secs(30)).unwrap()];
    // The helper waits for the answer now.
    let seen = helpers(&endpoint);
    if Path::new("/proc/self/environ").exists() {
        assert!(!seen.is_empty(), "the check itself can find a helper");
    }
    for (arguments, variables) in seen {
        assert!(arguments.ends_with("flush --quiet --detached "), "{arguments}");
        for variable in variables {
            assert!(!variable.contains(MARK), "{variable}");
            assert!(!variable.contains(HOME_MARK) || variable.starts_with("HOME="), "{variable}");
            assert!(!variable.contains("event_id"), "{variable}");
        }
    }
    lines[1..].iter().for_each(|line| run(line));
    // All four: those after the first leave with the helper's next request, or with a flush, since no helper is started
    // for them within minutes of the first.
    let mut events = 0;
    let mut flushes = Vec::new();
    loop {
        let batch: Json = serde_json::from_slice(&bodies.last().unwrap().1).unwrap();
        events += batch["events"].as_array().unwrap().len();
        go.send(()).unwrap();
        if events >= lines.len() {
            break;
        }
        let mut flush = telemetry(&["flush", "--quiet"]).spawn().unwrap();
        let next = (0..60).find_map(|_| {
            if flush.try_wait().unwrap().is_some() {
                flush = telemetry(&["flush", "--quiet"]).spawn().unwrap();
            }
            requests.recv_timeout(Duration::from_millis(500)).ok()
        });
        flushes.push(flush);
        bodies.push(next.expect("a request"));
    }
    for mut flush in flushes {
        flush.wait().unwrap();
    }
    for (head, body) in &bodies {
        let body = String::from_utf8_lossy(body);
        for mark in [MARK, HOME_MARK] {
            assert!(!head.contains(mark), "{head}");
            assert!(!body.contains(mark), "{body}");
        }
    }
    assert!(String::from_utf8_lossy(&bodies[0].1).contains("commit"), "the check itself can find something");

    // Everything that there is below the home: spool and ledger, and no file besides that could be a log.
    let mut open = vec![user_home.clone()];
    let mut files = 0;
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            files += 1;
            assert!(path.components().any(|part| part.as_os_str() == "telemetry"), "{}", path.display());
            // One may go away while the helper settles.
            let content = std::fs::read(&path).unwrap_or_default();
            let content = String::from_utf8_lossy(&content);
            assert!(!content.contains(MARK) && !content.contains(HOME_MARK), "{}", path.display());
        }
    }
    assert!(files > 1, "the check itself can find files");
}
