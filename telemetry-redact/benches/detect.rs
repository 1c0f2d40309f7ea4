//! How fast the detectors are, and what a prefilter that is built at run time would cost.
//!
//! `cargo bench -p telemetry-redact --bench detect` prints times. With `-- once` it scans one message and ends, and
//! with `-- automaton` it only builds the automaton: both are for `valgrind --tool=callgrind`, which counts
//! instructions. With `-- nothing` it ends at once, which is what to take off.
#![expect(clippy::print_stdout, reason = "figures are what this is for")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use aho_corasick::AhoCorasick;
use telemetry_redact::detect::{rules, scan};

/// Messages as programs print them: nothing to find, an address, a path, an assigned secret.
const MESSAGES: [&str; 6] = [
    "error: the requested resource was not found in the current project, check the name and try again",
    "dial tcp 192.0.2.7:27017: connect: connection refused after 30 seconds of waiting for the server",
    "open /home/ada/projects/orchard/settings.toml: permission denied (os error 13)",
    "level=error msg=\"request failed\" status=401 attempt=3 password=hunter2 region=US_EAST_1",
    "cannot deserialize response of https://api.example.com/v2/groups: unexpected end of input at line 1",
    "warning: 3 of 12 nodes did not answer before the deadline; the operation goes on with the others",
];

const BYTES: usize = 8 << 20;

fn main() {
    match std::env::args()
        .find(|argument| matches!(argument.as_str(), "once" | "automaton" | "nothing"))
        .as_deref()
    {
        Some("once") => drop(black_box(scan(black_box(MESSAGES[3])))),
        Some("automaton") => drop(black_box(automaton())),
        Some(_) => {}
        None => all(),
    }
}

fn all() {
    let whole = MESSAGES.join("\n");
    let text = [whole.as_str(), "\n"].concat().repeat(32 * 1024 / whole.len());
    let rate =
        |took: Duration| f64::from(u32::try_from(BYTES).unwrap_or(u32::MAX)) / 1e6 / took.as_secs_f64();
    let rounds = BYTES / text.len();
    let start = Instant::now();
    for _ in 0..rounds {
        black_box(scan(black_box(&text)));
    }
    println!("scan, warm: {:.1} MB/s", rate(start.elapsed()));
    let automaton = automaton();
    let start = Instant::now();
    for _ in 0..rounds {
        black_box(automaton.find_iter(black_box(&text)).count());
    }
    println!("automaton of beginnings alone, warm: {:.1} MB/s", rate(start.elapsed()));
    let start = Instant::now();
    black_box(self::automaton());
    println!("automaton, building: {:?}", start.elapsed());
    let start = Instant::now();
    black_box(scan(black_box(MESSAGES[3])));
    println!("one message: {:?}", start.elapsed());
}

/// The beginnings of the rules, as far as they are literal.
fn automaton() -> AhoCorasick {
    let literal = |pattern: &'static str| {
        pattern.split(['[', '(', '.', '\\', '{', '+', '?']).next().unwrap_or_default()
    };
    let heads = rules().iter().map(|rule| literal(rule.pattern())).filter(|head| head.len() >= 3);
    AhoCorasick::new(heads).unwrap_or_else(|error| panic!("{error}"))
}
