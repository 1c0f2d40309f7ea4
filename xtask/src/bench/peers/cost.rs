//! Runs the programs: what each costs beside the bare one, by how its endpoint behaves and whether its user said no.

mod process;

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use super::sink::{Behaviour, Sink};
use super::{Host, Program};
use crate::say;
use process::{Run, ended};

/// How a program is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// Its endpoint answers at once.
    AtOnce,
    /// The same, where a helper is due; for a program that leaves sending to one.
    HelperStarted,
    Slow,
    Refusing,
    Silent,
    /// Its user said no.
    Off,
}

impl Case {
    /// In this order: a helper runs beside whatever is measured after it.
    const ALL: [Self; 6] =
        [Self::AtOnce, Self::Off, Self::Slow, Self::Refusing, Self::Silent, Self::HelperStarted];

    /// Those that differ by the endpoint.
    pub(super) const ENDPOINTS: [Self; 4] = [Self::AtOnce, Self::Slow, Self::Refusing, Self::Silent];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::AtOnce => "answers at once",
            Self::HelperStarted => "a helper is started",
            Self::Slow => "after 300 ms",
            Self::Refusing => "refuses",
            Self::Silent => "is silent",
            Self::Off => "off",
        }
    }

    fn behaviour(self) -> Behaviour {
        match self {
            Self::AtOnce | Self::HelperStarted | Self::Off => Behaviour::Answers(Duration::ZERO),
            Self::Slow => Behaviour::Answers(Duration::from_millis(300)),
            Self::Refusing => Behaviour::Refuses,
            Self::Silent => Behaviour::Silent,
        }
    }

    /// Where counts are told from one run of the program.
    fn is_counted(self) -> bool {
        matches!(self, Self::AtOnce | Self::Off | Self::HelperStarted)
    }

    fn rounds(self) -> usize {
        match self {
            Self::AtOnce | Self::Off | Self::HelperStarted => 51,
            Self::Slow | Self::Refusing | Self::Silent => 15,
        }
    }
}

/// What a run of a program takes.
#[derive(Debug)]
pub(super) struct Costs {
    pub(super) host: Host,
    pub(super) case: Case,
    pub(super) calls: Option<u64>,
    pub(super) instructions: Option<u64>,
    pub(super) elapsed: Option<Elapsed>,
}

impl Costs {
    pub(super) fn label(&self) -> String {
        match self.case {
            Case::HelperStarted => format!("{}; {}", self.host.name(), self.case.label()),
            _ => self.host.name().to_owned(),
        }
    }
}

/// How long the runs took.
#[derive(Debug)]
pub(super) enum Elapsed {
    Runs {
        median: Duration,
        fastest: Duration,
    },
    /// Not over by then.
    Killed(Duration),
}

impl Elapsed {
    pub(super) fn median_ms(&self) -> Option<f64> {
        match self {
            Self::Runs { median, .. } => Some(ms(*median)),
            Self::Killed(_) => None,
        }
    }

    fn of(mut runs: Vec<Option<Duration>>) -> Option<Self> {
        // One that was killed is the slowest.
        runs.sort_by_key(|run| run.unwrap_or(Duration::MAX));
        match (runs.get(runs.len() / 2)?, runs.first()?) {
            (Some(median), Some(fastest)) => Some(Self::Runs { median: *median, fastest: *fastest }),
            _ => Some(Self::Killed(LONGEST)),
        }
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Runs { median, fastest } => write!(f, "{:.2} ({:.2})", ms(*median), ms(*fastest)),
            Self::Killed(limit) => write!(f, "≥ {}", limit.as_millis()),
        }
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// All of it.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) costs: Vec<Costs>,
    /// Opening a file, appending what an event is, closing it.
    pub(super) append_ms: f64,
}

impl Measured {
    pub(super) fn of(&self, host: Host, case: Case) -> Option<&Costs> {
        self.costs.iter().find(|costs| costs.host == host && costs.case == case)
    }
}

/// A command that has not ended by then is killed: nobody waits longer to see by how much.
const LONGEST: Duration = Duration::from_secs(15);

/// One that takes longer is not run again: a few ms more or less say nothing about it.
const LONG: Duration = Duration::from_secs(1);

/// What an event is, in bytes.
const RECORD: usize = 600;

pub(super) fn all(programs: &[Program]) -> Result<Measured> {
    let home = std::env::temp_dir().join(format!("telemetry-peers-{}", std::process::id()));
    fs::create_dir_all(&home)?;
    let costs = Case::ALL.iter().map(|case| of_case(programs, *case, &home.join(case.label())));
    let costs: Result<Vec<Vec<Costs>>> = costs.collect();
    let append = floor(&home.join("floor.ndjson"));
    // A helper may still be at work in there, for as long as it may live.
    let _ = fs::remove_dir_all(&home);
    Ok(Measured { costs: costs?.into_iter().flatten().collect(), append_ms: ms(append?) })
}

fn of_case(programs: &[Program], case: Case, home: &Path) -> Result<Vec<Costs>> {
    say(&format!("== {}", case.label()));
    let kind = Sink::start(Behaviour::Answers(Duration::ZERO))?;
    let sink = Sink::start(case.behaviour())?;
    let mut runs = Vec::new();
    for program in programs {
        if case == Case::HelperStarted && !program.host.leaves_sending_to_a_helper() {
            continue;
        }
        let run = Run::new(program, case, home.join(program.host.name()))?;
        run.settle(&kind)?;
        runs.push(run);
    }
    let mut times = timed(&runs, case, &sink.address);
    let mut costs = Vec::new();
    for run in &runs {
        let counts = case.is_counted();
        costs.push(Costs {
            host: run.host(),
            case,
            calls: if counts { run.calls(&sink.address) } else { None },
            instructions: if counts { run.instructions(&sink.address) } else { None },
            elapsed: Elapsed::of(times.remove(0)),
        });
    }
    if case == Case::Off && sink.requests() > 0 {
        bail!("{} requests were sent although the user said no", sink.requests());
    }
    Ok(costs)
}

/// How long each run took; nothing for one that was killed. The programs take turns, so that what else the machine does
/// meets all of them.
fn timed(runs: &[Run], case: Case, endpoint: &str) -> Vec<Vec<Option<Duration>>> {
    // The first time all at once: most of it is waiting.
    let first: Vec<Option<Duration>> = thread::scope(|scope| {
        let handles: Vec<_> =
            runs.iter().map(|run| scope.spawn(|| ended(run.command(endpoint), LONGEST))).collect();
        handles.into_iter().map(|handle| handle.join().ok().flatten()).collect()
    });
    let is_long = |time: &Option<Duration>| time.is_none_or(|time| time > LONG);
    let mut times: Vec<Vec<Option<Duration>>> =
        first.iter().map(|time| if is_long(time) { vec![*time] } else { vec![] }).collect();
    for _ in 0..case.rounds() {
        for (index, run) in runs.iter().enumerate().filter(|(index, _)| !is_long(&first[*index])) {
            run.prepare();
            times[index].push(ended(run.command(endpoint), LONGEST));
        }
    }
    times
}

/// The median of opening a file, appending an event, and closing it.
fn floor(path: &PathBuf) -> Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..1001 {
        let started = Instant::now();
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        file.write_all(&[b'x'; RECORD])?;
        drop(file);
        times.push(started.elapsed());
    }
    times.sort_unstable();
    times.get(times.len() / 2).copied().context("no times")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_the_runs_counts_and_one_that_was_killed_is_the_slowest() {
        let runs = [Some(4), None, Some(2)].map(|ms| ms.map(Duration::from_millis));
        assert_eq!(Elapsed::of(runs.to_vec()).unwrap().to_string(), "4.00 (2.00)");
        assert_eq!(Elapsed::of(vec![None]).unwrap().to_string(), "≥ 15000");
        assert!(Elapsed::of(vec![]).is_none());
    }
}
