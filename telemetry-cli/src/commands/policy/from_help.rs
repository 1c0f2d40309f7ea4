//! `telemetry policy from-help`

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use telemetry_redact::policy::{Draft, Drafter};

use super::ask::ask;
use super::count;
use crate::args::PolicyFromHelp;
use crate::render::talk;

/// More calls than these are asked of no program: the largest known has a thousand commands.
const MAX_CALLS: usize = 2000;
/// All calls together take no longer.
const MAX_TIME: Duration = Duration::from_secs(300);
/// A text longer than this is no help.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

pub(crate) fn run(arguments: &PolicyFromHelp) -> Result<ExitCode> {
    let draft = if let Some(file) = &arguments.text {
        let text = read(file)?;
        let mut drafter = Drafter::new(name(arguments, Drafter::program_of(&text))?);
        drafter.help(&[], &text);
        drafter.finish()
    } else if let Some(file) = &arguments.completion {
        let script = read(file)?;
        let mut drafter = Drafter::new(name(arguments, Drafter::program_of(&script))?);
        drafter.completion(&script).with_context(|| {
            "cannot draft from this script (`telemetry policy from-help PROGRAM` asks the program for its help texts)"
        })?;
        drafter.finish()
    } else {
        asked(arguments)?
    };
    if draft.source.flags.is_empty() && draft.source.commands.len() < 2 {
        bail!("no commands and no flags were found: is this a help text?");
    }
    let mut out = std::io::stdout().lock();
    if arguments.json {
        serde_json::to_writer_pretty(&mut out, &draft.source)?;
        writeln!(out)?;
    } else {
        out.write_all(draft.to_toml().as_bytes())?;
    }
    out.flush()?;
    let commands = count(draft.source.commands.len(), "command");
    let flags = count(draft.source.flags.len(), "flag");
    talk(&format!("telemetry: a draft with {commands} and {flags}, every value withheld"));
    for note in &draft.notes {
        talk(&format!("telemetry: {note}"));
    }
    Ok(ExitCode::SUCCESS)
}

fn name(arguments: &PolicyFromHelp, guess: Option<String>) -> Result<String> {
    arguments.name.clone().or(guess).context("the text does not say which program it is about: give --name")
}

/// Asks the program itself: first for its own help, then for that of each command that a help text names.
fn asked(arguments: &PolicyFromHelp) -> Result<Draft> {
    let Some((program, before)) = arguments.program.split_first() else { bail!("no program to ask") };
    let stem = Path::new(program).file_stem().and_then(OsStr::to_str).map(str::to_owned);
    let mut drafter = Drafter::new(name(arguments, stem)?);
    let deadline = Instant::now() + MAX_TIME;
    let mut open: VecDeque<(Vec<String>, String)> = VecDeque::from([(Vec::new(), String::new())]);
    let mut calls = 0;
    let mut unanswered = 0_usize;
    while let Some((path, above)) = open.pop_front() {
        if calls >= MAX_CALLS || Instant::now() > deadline {
            talk(&format!(
                "telemetry: stopped after {calls} calls: {} commands were not asked about",
                open.len() + 1
            ));
            break;
        }
        calls += 1;
        let words: Vec<OsString> = before.iter().cloned().chain(path.iter().map(OsString::from)).collect();
        let text = match ask(program, &words) {
            Ok(text) => text,
            Err(error) if path.is_empty() => {
                return Err(error).with_context(|| format!("cannot run {}", Path::new(program).display()));
            }
            Err(_) => String::new(),
        };
        // Who answers a command with the same text does not know it.
        if text.trim().is_empty() || text == above {
            unanswered += 1;
            continue;
        }
        let named: Vec<&str> = path.iter().map(String::as_str).collect();
        for word in drafter.help(&named, &text) {
            // `help` names the same commands once more.
            if path.len() < arguments.depth && word != "help" {
                let below = path.iter().cloned().chain([word]).collect();
                open.push_back((below, text.clone()));
            }
        }
    }
    if unanswered > 0 {
        talk(&format!("telemetry: {unanswered} of {calls} calls brought no help text of their own"));
    }
    Ok(drafter.finish())
}

/// A file, or standard input for `-`.
fn read(file: &Path) -> Result<String> {
    let about = || format!("cannot read {}", file.display());
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().take(MAX_BYTES + 1).read_to_end(&mut bytes).with_context(about)?;
    } else {
        std::fs::File::open(file)
            .and_then(|open| open.take(MAX_BYTES + 1).read_to_end(&mut bytes))
            .with_context(about)?;
    }
    if bytes.len() as u64 > MAX_BYTES {
        bail!("{}: a help text of more than {MAX_BYTES} bytes is not read", file.display());
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
