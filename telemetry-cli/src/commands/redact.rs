//! `telemetry redact`

use std::borrow::Cow;
use std::io::{BufRead as _, Read, Write as _};
use std::num::NonZero;
use std::process::ExitCode;
use std::thread;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use telemetry_redact::Redactor;

use crate::args::Redact;
use crate::policies;

/// How much is read at once where there is so much.
const BLOCK: usize = 1024 * 1024;
/// From so much on the lines are shared out among threads. Less is what somebody types, or a program says now and then.
const SHARED_FROM: usize = 32 * 1024;

pub(crate) fn run(redact: &Redact) -> Result<ExitCode> {
    let redactor = policies::redactor(redact.policy.as_deref(), None)?.with_cache();
    let form = if redact.json_lines { Form::Json } else { Form::Plain };
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let mut input = std::io::stdin().lock();
    let mut out = std::io::stdout().lock();
    widen_pipes();
    let mut block = vec![0; BLOCK];
    let mut waiting = Vec::with_capacity(BLOCK);
    let mut lines_before = 0;
    loop {
        let known = waiting.len();
        let read = read_some(&mut input, &mut block)?;
        waiting.extend_from_slice(&block[..read]);
        // What came is answered at once, but for a line that is not whole yet.
        let whole = match waiting[known..].iter().rposition(|byte| *byte == b'\n') {
            _ if read == 0 => waiting.len(),
            Some(at) => known + at + 1,
            None => 0,
        };
        let Redacted { out: redacted, lines, problem } = all(&redactor, form, &waiting[..whole], threads);
        out.write_all(&redacted)?;
        out.flush()?;
        lines_before += lines;
        match problem {
            None => {}
            Some(Problem::NoText(error)) => {
                let line = lines_before + 1;
                return Err(error)
                    .with_context(|| format!("line {line} of standard input is not a JSON string"));
            }
            Some(Problem::Thread) => bail!("a thread that redacts ended early"),
        }
        waiting.drain(..whole);
        if read == 0 {
            return Ok(ExitCode::SUCCESS);
        }
    }
}

/// Lets pipes hold as much as is read at once, so that both sides and all processors have something to do. What is no
/// pipe, and a system that has no such thing, stay as they are.
fn widen_pipes() {
    #[cfg(target_os = "linux")]
    {
        let _ = rustix::pipe::fcntl_setpipe_size(std::io::stdin(), BLOCK);
        let _ = rustix::pipe::fcntl_setpipe_size(std::io::stdout(), BLOCK);
    }
}

/// One read of a stream: what is there, not all that will come.
fn read_some(input: &mut impl Read, into: &mut [u8]) -> Result<usize> {
    loop {
        match input.read(into) {
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            read => return read.context("cannot read standard input"),
        }
    }
}

/// How texts stand on lines.
#[derive(Clone, Copy)]
enum Form {
    Plain,
    Json,
}

/// What came of lines: of all of them, or of those before the first that could not be read.
#[derive(Default)]
struct Redacted {
    out: Vec<u8>,
    lines: usize,
    problem: Option<Problem>,
}

enum Problem {
    /// A line that is not a JSON string.
    NoText(serde_json::Error),
    Thread,
}

/// Redacts lines, in their order; many of them on all processors.
fn all(redactor: &Redactor, form: Form, lines: &[u8], threads: usize) -> Redacted {
    if lines.len() < SHARED_FROM || threads < 2 {
        return some(redactor, form, lines);
    }
    let mut shares = Vec::with_capacity(threads);
    let mut rest = lines;
    for left in (1..=threads).rev() {
        let middle = rest.len() / left;
        let end =
            rest[middle..].iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| middle + at + 1);
        let (share, after) = rest.split_at(end);
        shares.push(share);
        rest = after;
    }
    thread::scope(|scope| {
        let started: Vec<_> =
            shares.into_iter().map(|share| scope.spawn(move || some(redactor, form, share))).collect();
        let mut all = Redacted { out: Vec::with_capacity(lines.len()), ..Redacted::default() };
        for share in started {
            let Ok(Redacted { out, lines, problem }) = share.join() else {
                all.problem = Some(Problem::Thread);
                return all;
            };
            all.out.extend(out);
            all.lines += lines;
            if problem.is_some() {
                all.problem = problem;
                return all;
            }
        }
        all
    })
}

fn some(redactor: &Redactor, form: Form, lines: &[u8]) -> Redacted {
    let mut all = Redacted { out: Vec::with_capacity(lines.len()), ..Redacted::default() };
    for line in each(lines) {
        let done = match form {
            Form::Plain => {
                all.out.extend(redactor.redact_text(&String::from_utf8_lossy(line)).text.into_bytes());
                Ok(())
            }
            Form::Json if line.iter().all(u8::is_ascii_whitespace) => {
                all.lines += 1;
                continue;
            }
            Form::Json => read(line).and_then(|text| write(&mut all.out, &redactor.redact_text(&text).text)),
        };
        if let Err(error) = done {
            all.problem = Some(Problem::NoText(error));
            return all;
        }
        all.out.push(b'\n');
        all.lines += 1;
    }
    all
}

/// The text that a line is in JSON.
fn read(line: &[u8]) -> serde_json::Result<Cow<'_, str>> {
    if let [b'"', inside @ .., b'"'] = line
        && is_itself(inside)
        && let Ok(text) = str::from_utf8(inside)
    {
        return Ok(Cow::Borrowed(text));
    }
    serde_json::from_slice(line).map(|Text(text)| text)
}

fn write(out: &mut Vec<u8>, text: &str) -> serde_json::Result<()> {
    if !is_itself(text.as_bytes()) {
        return serde_json::to_writer(out, text);
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
    Ok(())
}

/// Whether a text is in JSON what it is (RFC 8259, 7): most are. All of it is looked at before it is decided, so that the
/// compiler can look at many bytes at once.
fn is_itself(text: &[u8]) -> bool {
    let is = |byte: u8| byte >= b' ' && !matches!(byte, b'"' | b'\\');
    text.iter().fold(true, |all, byte| all & is(*byte))
}

/// A text in JSON. Many have no escapes and need no copy.
#[derive(Deserialize)]
struct Text<'l>(#[serde(borrow)] Cow<'l, str>);

/// The lines, without the line feeds that end them.
fn each(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let line = rest;
        let size = rest.skip_until(b'\n').ok().filter(|size| *size > 0)?;
        let line = &line[..size];
        Some(line.strip_suffix(b"\n").unwrap_or(line))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The short way and the general one say the same, of what is no JSON string too.
        #[test]
        fn a_text_is_what_the_reader_of_json_says(
            line in "\"?([a-z ]{0,20}|\\\\[\"\\\\/bfnrtux0]|\\\\u00e9|[\"\\\\\t\n\u{7f}\u{e9}\u{1}]){0,6}\"?",
        ) {
            let general = serde_json::from_str::<String>(&line);
            prop_assert_eq!(read(line.as_bytes()).ok().map(Cow::into_owned), general.ok());
        }

        #[test]
        fn a_line_is_what_the_writer_of_json_writes(text in "([a-z ]{0,20}|[\"\\\\\t\n\u{7f}\u{e9}\u{1}]){0,6}") {
            let mut out = Vec::new();
            write(&mut out, &text).unwrap();
            prop_assert_eq!(String::from_utf8(out).unwrap(), serde_json::to_string(&text).unwrap());
        }
    }
}
