//! Asks a program for a help text: one bounded call, with nothing that could make it wait for somebody.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// A help text that takes longer is none.
const MAX_TIME: Duration = Duration::from_secs(2);
/// A longer one is none either: the longest known, `git`'s manuals among them, are a tenth of it.
const MAX_BYTES: u64 = 1024 * 1024;
/// How often to look whether the program has ended.
const PAUSE: Duration = Duration::from_millis(2);

/// What keeps pagers, colours and translations away, and lines whole.
const SURROUNDINGS: [(&str, &str); 11] = [
    ("PAGER", "cat"),
    ("MANPAGER", "cat"),
    ("GIT_PAGER", "cat"),
    ("GH_PAGER", "cat"),
    ("NO_COLOR", "1"),
    ("CLICOLOR", "0"),
    ("TERM", "dumb"),
    ("COLUMNS", "120"),
    ("LC_ALL", "C.UTF-8"),
    ("LANGUAGE", "en"),
    // Nobody used the program.
    ("DO_NOT_TRACK", "1"),
];

/// What the program prints with `--help` after these words: on standard output, else on standard error.
pub(super) fn ask(program: &OsStr, words: &[OsString]) -> io::Result<String> {
    let mut command = Command::new(program);
    command.args(words).arg("--help").envs(SURROUNDINGS);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn()?;
    let deadline = Instant::now() + MAX_TIME;
    let out = child.stdout.take().map(collect);
    let err = child.stderr.take().map(collect);
    while child.try_wait()?.is_none() {
        if Instant::now() > deadline {
            end(&mut child);
            return Err(io::Error::new(io::ErrorKind::TimedOut, "no help text in time"));
        }
        thread::sleep(PAUSE);
    }
    // Something that the program started can hold its output open.
    let rest = |lines: Option<Receiver<Vec<u8>>>| {
        let left = deadline.saturating_duration_since(Instant::now());
        lines.and_then(|lines| lines.recv_timeout(left).ok())
    };
    let (out, err) = (rest(out), rest(err));
    if out.is_none() || err.is_none() {
        end(&mut child);
    }
    let text = |bytes: Option<Vec<u8>>| String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned();
    let out = text(out);
    Ok(if out.trim().is_empty() { text(err) } else { out })
}

/// Reads to the end, so that the program is not held up by a full pipe, and keeps a part.
fn collect(mut from: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = from.by_ref().take(MAX_BYTES).read_to_end(&mut bytes);
        let _ = sender.send(if read.is_ok() { bytes } else { Vec::new() });
        let _ = io::copy(&mut from, &mut io::sink());
    });
    receiver
}

/// Ends the program and what it started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}
