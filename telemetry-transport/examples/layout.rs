//! Measures the layout of the spool beside the one that was not taken, for docs/adr/0005: a file a record, written
//! beside and renamed, against segments that are appended to. Without arguments it prints a table; with
//! `append segments|files COUNT DIR` it does that and no more, for `strace -c`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use telemetry_redact::consent::{Consent, Endpoint, Mode, Sources, resolve};
use telemetry_redact::{Ending, Facts, Observation, Redacted, Redactor, Run};
use telemetry_schema::{Event, EventId, Timestamp};
use telemetry_transport::{Clock as _, Ledger, MemorySink, Spool, SpoolLimits, SystemClock, ship};

const ROUNDS: usize = 9;
const APPENDS: u64 = 2000;
const SHIPPED: u64 = 5000;
const PROCESSES: u64 = 8;
const EACH: u64 = 200;
const BATCH: usize = 500;

#[derive(Clone, Copy)]
enum Layout {
    Segments,
    Files,
}

impl Layout {
    const BOTH: [Self; 2] = [Self::Segments, Self::Files];

    fn name(self) -> &'static str {
        match self {
            Self::Segments => "segments",
            Self::Files => "files",
        }
    }
}

fn consent() -> Consent {
    let mut sources = Sources::new(Mode::On);
    sources.endpoint = Endpoint::Configured;
    resolve(&sources)
}

/// Events of now, each with a number of its own.
fn events(count: u64) -> Result<Vec<Redacted<Event>>, Failure> {
    let redactor = Redactor::without_policy();
    let mut events = Vec::new();
    for _ in 0..count {
        let clock = SystemClock::new();
        let facts = Facts {
            event_id: EventId::new(clock.unix_ms(), &clock.random()),
            install_id: None,
            app_version: None,
            install_source: None,
            os: serde_json::from_str(r#"{"name":"debian","arch":"x86_64"}"#)?,
            auth_method: None,
            context: serde_json::from_str(
                r#"{"terminal":{"stdin":"other","stdout":"other","stderr":"other"}}"#,
            )?,
        };
        let run = Run {
            started_at: Timestamp::default(),
            completed_at: Timestamp::default(),
            duration_us: 7,
            ending: Ending::Success,
            exit_code: Some(0),
        };
        let argv = vec!["orchard".into()];
        let observation = Observation { argv, prompts: Vec::new(), run, facts, known_values: Vec::new() };
        let permit = consent().recording().ok_or("consent says no")?;
        events.push(redactor.redact(observation, permit).event);
    }
    Ok(events)
}

type Failure = Box<dyn std::error::Error>;

fn roomy() -> SpoolLimits {
    let mut limits = SpoolLimits::default();
    (limits.max_bytes, limits.max_records) = (1 << 30, 1_000_000);
    limits
}

/// The layout that was not taken, with the same care: a private file beside, then its name.
fn append_file(state: &Path, event: &Redacted<Event>) -> io::Result<()> {
    let json = serde_json::to_vec(event.get())?;
    let pending = state.join("pending");
    for directory in [state, &pending] {
        telemetry_transport::ready_dir(directory)?;
    }
    telemetry_transport::write_private(&pending.join(format!("{}.json", event.get().event_id)), &json)
}

fn append(layout: Layout, state: &Path, events: &[Redacted<Event>]) -> Result<(), Failure> {
    let spool = Spool::new(state, roomy());
    for event in events {
        match layout {
            Layout::Segments => drop(spool.append(event)?),
            Layout::Files => append_file(state, event)?,
        }
    }
    Ok(())
}

/// What a shipper does for the layout that was not taken: claim, read, parse, keep a copy, delete.
fn ship_files(state: &Path) -> Result<u64, Failure> {
    let claimed = state.join("shipping");
    fs::rename(state.join("pending"), &claimed)?;
    let mut names: Vec<PathBuf> =
        fs::read_dir(&claimed)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    names.sort();
    let mut sent = 0;
    for (number, batch) in names.chunks(BATCH).enumerate() {
        let mut body = Vec::new();
        for name in batch {
            let json = fs::read(name)?;
            serde_json::from_slice::<Event>(&json)?;
            body.extend(json);
            body.push(b',');
        }
        telemetry_transport::write_private(&state.join("sent").join(format!("{number}.json")), &body)?;
        telemetry_transport::write_private(
            &state.join("sent").join(format!("{number}.receipt.json")),
            b"{}",
        )?;
        for name in batch {
            fs::remove_file(name)?;
        }
        sent += batch.len() as u64;
    }
    Ok(sent)
}

fn ship_segments(state: &Path) -> u64 {
    let spool = Spool::new(state, roomy());
    let sink = MemorySink::new();
    ship(&spool, &Ledger::new(state), &sink, consent, &SystemClock::new(), Duration::from_secs(60)).sent
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn at_once(layout: Layout, state: &Path) -> Result<Duration, Failure> {
    let program = std::env::current_exe()?;
    let begun = Instant::now();
    let mut children = Vec::new();
    for _ in 0..PROCESSES {
        let mut command = Command::new(&program);
        command.args(["append", layout.name(), &EACH.to_string()]).arg(state);
        children.push(command.spawn()?);
    }
    for mut child in children {
        if !child.wait()?.success() {
            return Err("a process failed".into());
        }
    }
    Ok(begun.elapsed())
}

#[expect(clippy::print_stdout, reason = "this is what the table is for")]
fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [verb, layout, count, state] = arguments.as_slice()
        && verb == "append"
    {
        let layout = if layout == "files" { Layout::Files } else { Layout::Segments };
        return append(layout, Path::new(state), &events(count.parse()?)?);
    }
    println!("| layout | an append | ship of {SHIPPED} records | {PROCESSES} processes × {EACH} appends |");
    println!("|---|---|---|---|");
    // In turn, so that what else the machine does meets both.
    let mut times = [const { [const { Vec::new() }; 3] }; 2];
    for _ in 0..ROUNDS {
        for (layout, times) in Layout::BOTH.into_iter().zip(&mut times) {
            let dir = tempfile::tempdir()?;
            let state = dir.path().join("appended");
            let appended = events(APPENDS)?;
            let begun = Instant::now();
            append(layout, &state, &appended)?;
            times[0].push(begun.elapsed() / u32::try_from(APPENDS)?);
            let state = dir.path().join("shipped");
            append(layout, &state, &events(SHIPPED)?)?;
            let begun = Instant::now();
            let sent = match layout {
                Layout::Segments => ship_segments(&state),
                Layout::Files => ship_files(&state)?,
            };
            times[1].push(begun.elapsed());
            if sent != SHIPPED {
                return Err(format!("{sent} of {SHIPPED} were sent").into());
            }
            times[2].push(at_once(layout, &dir.path().join("at-once"))?);
        }
    }
    for (layout, [append, ship, processes]) in Layout::BOTH.into_iter().zip(times) {
        let [append, ship, processes] = [append, ship, processes].map(median);
        println!("| {} | {append:.1?} | {ship:.1?} | {processes:.1?} |", layout.name());
    }
    Ok(())
}
