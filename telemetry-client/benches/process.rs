//! What telemetry adds to a command: whole processes, beside the same program without it and floors of the same run.
//!
//! `cargo xtask bench process` prints a table. System calls are counted by strace and instructions by
//! valgrind where these are installed. Everything lies in a temporary directory; nothing leaves the machine: the endpoint is
//! a port of this machine where nobody listens.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use clap::Arg;
use telemetry_client::Telemetry;
use telemetry_redact::Policy;

/// Which program this process is to be; without it, it is the benchmark.
const ROLE: &str = "TELEMETRY_BENCH_ROLE";
/// Asks for a time.
const TELL: &str = "TELEMETRY_BENCH_TELL";

/// How often each is run, one after the other in turn, so that what else the machine does meets all of them. What is told
/// apart are microseconds of a process that takes a thousand.
const ROUNDS: usize = 1001;

/// How often each that starts a helper is run.
const ROUNDS_WITH_HELPER: usize = 201;

/// What an event is, in bytes.
const RECORD: usize = 600;

fn main() -> ExitCode {
    // A helper has no variable of ours, and no argument but its own.
    let is_helper = std::env::args().nth(1).is_some_and(|argument| argument.starts_with("__telemetry"));
    match std::env::var(ROLE).as_deref() {
        Ok("bare") => ended(&host()),
        Ok("append") => appended(),
        Ok(_) => measured(),
        Err(_) if is_helper => measured(),
        Err(_) => {
            benchmark();
            ExitCode::SUCCESS
        }
    }
}

/// A clap program that does nothing.
fn host() -> Result<(), String> {
    let list = clap::Command::new("list").arg(Arg::new("output").short('o').long("output"));
    let command = clap::Command::new("atlas").subcommand(clap::Command::new("clusters").subcommand(list));
    command.try_get_matches().map(|_| ()).map_err(|error| error.to_string())
}

/// The same that appends a record by itself, and nothing else. How long that took by its own clock it prints where it is asked.
#[expect(clippy::print_stdout, reason = "who asked reads it there")]
fn appended() -> ExitCode {
    let result = host();
    let started = Instant::now();
    append(&PathBuf::from("floor.ndjson"));
    let time = started.elapsed();
    if std::env::var_os(TELL).is_some() {
        print!("{}", time.as_nanos());
    }
    ended(&result)
}

/// The same with telemetry.
fn measured() -> ExitCode {
    let policy = Policy::from_embedded(include_bytes!("../../policies/compiled/atlas.policy"));
    let policy = policy.expect("the shipped policy is sound");
    let telemetry =
        Telemetry::builder(policy, env!("CARGO_PKG_VERSION"), Some("https://127.0.0.1:9")).start();
    let result = host();
    telemetry.finish(&result, i32::from(result.is_err()));
    ended(&result)
}

fn ended<T, E>(result: &Result<T, E>) -> ExitCode {
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A way to run the program.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Bare,
    BareBesideHelpers,
    BareFailure,
    Append,
    Success,
    Failure,
    FirstRun,
    HelperStarted,
    Disabled,
}

impl Case {
    const ALL: [(Self, &str); 8] = [
        (Self::Bare, "without telemetry, a success"),
        (Self::BareFailure, "without telemetry, an error"),
        (Self::Append, "floor: without, a success that appends 600 bytes itself"),
        (Self::Success, "a success, recorded; no helper is due"),
        (Self::Failure, "an error, recorded with its message"),
        (Self::FirstRun, "the first run: id, facts, directories, a helper"),
        (Self::HelperStarted, "a success, and a helper is started"),
        (Self::Disabled, "off, by a variable"),
    ];

    fn command(self, program: &Path, home: &Path, before: &[&str]) -> Command {
        let mut command = match before {
            [tool, arguments @ ..] => {
                let mut command = Command::new(tool);
                command.args(arguments).arg(program);
                command
            }
            [] => Command::new(program),
        };
        let arguments: &[&str] = if self.fails() { &["clusters", "lsit"] } else { &["clusters", "list"] };
        command.args(arguments).current_dir(home).env("HOME", home);
        let role = match self {
            Self::Bare | Self::BareBesideHelpers | Self::BareFailure => "bare",
            Self::Append => "append",
            _ => "measured",
        };
        command.env(ROLE, role);
        command.env("MONGODB_ATLAS_TELEMETRY_ENABLED", "true").env_remove("TZ").env_remove("CI");
        for name in ["XDG_CONFIG_HOME", "XDG_STATE_HOME", "TELEMETRY_STATE_DIR", "DO_NOT_TRACK"] {
            command.env_remove(name);
        }
        if self == Self::Disabled {
            command.env("DO_NOT_TRACK", "1");
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn fails(self) -> bool {
        matches!(self, Self::Failure | Self::BareFailure)
    }

    /// The program without telemetry that it is measured beside.
    fn bare(self) -> Self {
        match self {
            _ if self.starts_a_helper() => Self::BareBesideHelpers,
            _ if self.fails() => Self::BareFailure,
            _ => Self::Bare,
        }
    }

    fn starts_a_helper(self) -> bool {
        matches!(self, Self::FirstRun | Self::HelperStarted)
    }

    /// Makes the state directory what the case needs.
    fn prepare(self, home: &Path) {
        let state = home.join(".local/state/atlas/telemetry");
        match self {
            Self::FirstRun => drop(fs::remove_dir_all(&state)),
            Self::HelperStarted => drop(fs::remove_file(state.join("helper"))),
            _ => {}
        }
    }
}

fn benchmark() {
    let home = tempfile::tempdir().expect("a directory");
    let home = home.path();
    // A copy, as an installed program is one: what a linker has written lies in memory in small pieces, and to run it costs
    // up to a millisecond more, with or without telemetry.
    let program = home.join("atlas");
    fs::copy(std::env::current_exe().expect("this program"), &program).expect("a copy");
    let run = |case: Case| {
        case.prepare(home);
        let started = Instant::now();
        case.command(&program, home, &[]).status().expect("a run");
        let time = started.elapsed();
        if case.starts_a_helper() {
            end_helper(&program);
        }
        time
    };
    // Those that start a helper are fewer, and beside a program of their own moment: the machine is faster now and then.
    let (with_helper, without): (Vec<Case>, Vec<Case>) =
        Case::ALL.iter().map(|(case, _)| *case).partition(|case| case.starts_a_helper());
    let mut times = in_turn(&without, ROUNDS, run);
    times.extend(in_turn(&[&[Case::BareBesideHelpers], &*with_helper].concat(), ROUNDS_WITH_HELPER, run));
    let append = floor(1001, || append(&home.join("floor.ndjson")));
    let append_once = median((0..ROUNDS).map(|_| append_once(&program, home)).collect());
    let spawn = floor(ROUNDS_WITH_HELPER, || spawn("true"));
    let counts = Case::ALL.map(|(case, _)| {
        case.prepare(home);
        let calls = calls(case, &program, home);
        case.prepare(home);
        (calls, instructions(case, &program, home))
    });
    let times =
        |case: Case| times.iter().find(|(other, _)| *other == case).map_or(&[][..], |(_, times)| times);
    report(&times, &counts, &Floors { append_once, append, spawn });
}

/// It would try for ten seconds to reach somebody, and there is to be no other program beside what is run next.
fn end_helper(program: &Path) {
    let helper = format!("^{} __telemetry", program.display());
    let _ = Command::new("pkill").args(["-KILL", "-f", &helper]).status();
    std::thread::sleep(Duration::from_millis(5));
}

/// What nothing could be faster than.
struct Floors {
    append_once: Duration,
    append: Duration,
    spawn: Duration,
}

/// System calls and instructions, where they can be counted.
type Counts = (Option<u64>, Option<u64>);

#[expect(clippy::print_stdout, reason = "the table is what this program is for")]
fn report<'t>(times: &dyn Fn(Case) -> &'t [Duration], counts: &[Counts], floors: &Floors) {
    println!("| what | ms | added, µs | times the append | system calls added | instructions added |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    let (us, ms) = (|time: Duration| time.as_secs_f64() * 1e6, |time: Duration| time.as_secs_f64() * 1e3);
    let time = |case: Case| median(times(case).to_vec());
    // Of each round by itself: a machine that is slower for a while is so for both.
    let added = |case: Case| {
        let rounds = times(case).iter().zip(times(case.bare()));
        let mut added: Vec<f64> = rounds.map(|(with, bare)| us(*with) - us(*bare)).collect();
        added.sort_by(f64::total_cmp);
        added[added.len() / 2]
    };
    for (index, (case, name)) in Case::ALL.into_iter().enumerate() {
        if matches!(case, Case::Bare | Case::BareFailure) {
            println!("| {name} | {:.2} | | | | |", ms(time(case)));
            continue;
        }
        let bare = usize::from(case.fails());
        let difference =
            |count: fn(&Counts) -> Option<u64>| match (count(&counts[index]), count(&counts[bare])) {
                (Some(one), Some(bare)) => one.saturating_sub(bare).to_string(),
                _ => "not counted".to_owned(),
            };
        let (calls, instructions) = (difference(|count| count.0), difference(|count| count.1));
        let added = added(case);
        let ratio = added / us(floors.append_once);
        println!("| {name} | {:.2} | {added:.0} | {ratio:.1} | {calls} | {instructions} |", ms(time(case)));
    }
    let Floors { append_once, append, spawn } = floors;
    println!("| floor: that append by the program's own clock | | {:.1} | 1.0 | 3 | |", us(*append_once));
    println!("| floor: to append {RECORD} bytes again and again | | {:.1} | | 3 | |", us(*append));
    println!("| floor: spawn a program that does nothing | | {:.0} | | | |", us(*spawn));
}

/// The times of each, one after the other in turn.
fn in_turn(cases: &[Case], rounds: usize, run: impl Fn(Case) -> Duration) -> Vec<(Case, Vec<Duration>)> {
    let mut times = vec![Vec::new(); cases.len()];
    for _ in 0..rounds {
        for (case, times) in cases.iter().zip(&mut times) {
            times.push(run(*case));
        }
    }
    cases.iter().copied().zip(times).collect()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn floor(rounds: usize, mut act: impl FnMut()) -> Duration {
    let mut time = || {
        let started = Instant::now();
        act();
        started.elapsed()
    };
    median((0..rounds).map(|_| time()).collect())
}

/// The only append of a program, by its own clock: as a difference of two processes it is lost in their noise.
fn append_once(program: &Path, home: &Path) -> Duration {
    let mut command = Case::Append.command(program, home, &[]);
    let told = command.env(TELL, "1").stdout(Stdio::piped()).output().expect("a run").stdout;
    Duration::from_nanos(String::from_utf8_lossy(&told).parse().expect("nanoseconds"))
}

fn append(path: &PathBuf) {
    let mut file = OpenOptions::new().append(true).create(true).open(path).expect("a file");
    file.write_all(&[b'x'; RECORD]).expect("room");
}

fn spawn(program: &str) {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("a process");
    // Waited for outside of what is measured would be better; a program that does nothing is over at once.
    let _ = child.try_wait();
}

/// The system calls of a run, those of its helper left out.
fn calls(case: Case, program: &Path, home: &Path) -> Option<u64> {
    let log = home.join("calls");
    let status = case.command(program, home, &["strace", "-o", log.to_str()?]).status().ok()?;
    let is_case = status.success() || case.fails();
    let text = fs::read_to_string(log).ok().filter(|_| is_case)?;
    Some(text.lines().filter(|line| line.contains('(')).count() as u64)
}

fn instructions(case: Case, program: &Path, home: &Path) -> Option<u64> {
    let log = home.join("instructions");
    let out = format!("--callgrind-out-file={}", home.join("callgrind.out").display());
    let log_file = format!("--log-file={}", log.display());
    case.command(program, home, &["valgrind", "--tool=callgrind", &out, &log_file]).status().ok()?;
    let text = fs::read_to_string(log).ok()?;
    let line = text.lines().find(|line| line.contains("refs:"))?;
    line.rsplit(' ').next()?.replace(',', "").parse().ok()
}
