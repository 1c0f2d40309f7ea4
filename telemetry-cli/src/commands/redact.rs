//! `telemetry redact`

use std::borrow::Cow;
use std::io::{BufRead as _, Read, Write as _};
use std::num::NonZero;
use std::process::ExitCode;
use std::thread;

use anyhow::{Context as _, Result, anyhow};
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
        let lines = &waiting[..whole];
        let (redacted, problem) = all(&redactor, form, lines, lines_before, threads);
        out.write_all(&redacted)?;
        out.flush()?;
        problem?;
        lines_before += count_lines(lines);
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

/// What came of lines, and what was wrong with the first that could not be read. Those before it are good.
type Redacted = (Vec<u8>, Result<()>);

/// Redacts lines, in their order; many of them on all processors.
fn all(redactor: &Redactor, form: Form, lines: &[u8], before: usize, threads: usize) -> Redacted {
    if lines.len() < SHARED_FROM || threads < 2 {
        return some(redactor, form, lines, before);
    }
    let mut shares = Vec::with_capacity(threads);
    let (mut rest, mut before) = (lines, before);
    for left in (1..=threads).rev() {
        let middle = rest.len() / left;
        let end =
            rest[middle..].iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| middle + at + 1);
        let (share, after) = rest.split_at(end);
        shares.push((share, before));
        before += count_lines(share);
        rest = after;
    }
    thread::scope(|scope| {
        let started: Vec<_> = shares
            .into_iter()
            .map(|(share, before)| scope.spawn(move || some(redactor, form, share, before)))
            .collect();
        let mut out = Vec::with_capacity(lines.len());
        for share in started {
            let Ok((redacted, problem)) = share.join() else {
                return (out, Err(anyhow!("a thread that redacts ended early")));
            };
            out.extend(redacted);
            if problem.is_err() {
                return (out, problem);
            }
        }
        (out, Ok(()))
    })
}

fn some(redactor: &Redactor, form: Form, lines: &[u8], before: usize) -> Redacted {
    let mut out = Vec::with_capacity(lines.len());
    for (index, line) in each(lines).enumerate() {
        let done = match form {
            Form::Plain => {
                out.extend(redactor.redact_text(&String::from_utf8_lossy(line)).text.into_bytes());
                Ok(())
            }
            Form::Json if line.iter().all(u8::is_ascii_whitespace) => continue,
            Form::Json => serde_json::from_slice(line)
                .with_context(|| {
                    format!("line {} of standard input is not a JSON string", before + index + 1)
                })
                .and_then(|Text(text)| {
                    Ok(serde_json::to_writer(&mut out, &redactor.redact_text(&text).text)?)
                }),
        };
        if done.is_err() {
            return (out, done);
        }
        out.push(b'\n');
    }
    (out, Ok(()))
}

/// A text in JSON; most have no escapes and need no copy.
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

#[expect(clippy::naive_bytecount, reason = "the compiler counts many at once: no crate is needed")]
fn count_lines(text: &[u8]) -> usize {
    text.iter().filter(|byte| **byte == b'\n').count()
}
