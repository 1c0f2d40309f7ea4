//! What the first redaction of a process costs: one run of this program does one thing, once.
//!
//! `cargo xtask bench redact` runs it under callgrind and takes the instructions of `empty` off. By itself it prints
//! the nanoseconds that the thing took: `cargo run --release -p telemetry-redact --example cold -- success`.

use std::hint::black_box;
use std::time::Instant;

use telemetry_redact::consent::{Endpoint, Mode, Reading, Sources, resolve};
use telemetry_redact::{Ending, Facts, Observation, Policy, Raw, Redaction, Redactor, Run};
use telemetry_schema::Event;

/// A policy of nearly nine hundred commands.
static COMPILED: &[u8] = include_bytes!("../../policies/compiled/atlas.policy");
const JSON: &str = include_str!("../../policies/atlas.json");
const EVENT: &str = include_str!("../../telemetry-schema/testdata/event.json");

const ARGV: &[&str] =
    &["atlas", "clusters", "create", "MyCluster", "--provider", "AWS", "--region=US_EAST_1", "-o", "json"];
const ERROR: &str = "Error: cluster 'MyCluster' in group 5e2211c17a3e5a48f5497de3 is not ready: \
                     Get \"https://cloud.example.com/api\": context deadline exceeded";

fn main() {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let rules = arguments.next();
    let observation = observation(&what);
    let started = Instant::now();
    match what.as_str() {
        "empty" => {}
        "open" => done(Policy::from_embedded(black_box(COMPILED))),
        "success" | "error" => {
            let policy = Policy::from_embedded(black_box(COMPILED));
            done(redact(policy.ok(), observation));
        }
        "success-summed" => {
            let policy = Policy::from_compiled(black_box(COMPILED).to_vec());
            done(redact(policy.ok(), observation));
        }
        "success-json" => {
            let policy = Policy::from_json(black_box(JSON));
            done(redact(policy.ok(), observation));
        }
        // Floors and peers.
        "copy" => done(black_box(COMPILED).to_vec()),
        "parse-json" => done(serde_json::from_str::<serde_json::Value>(black_box(JSON))),
        "rules" => done(regex_set(rules.as_deref())),
        other => fail(&format!("no such thing: {other:?}")),
    }
    print(started.elapsed().as_nanos());
}

/// What was made is used, as far as the compiler can tell.
fn done<T>(made: T) {
    drop(black_box(made));
}

fn redact(policy: Option<Policy>, observation: Option<Observation>) -> Option<Redaction> {
    let mut sources = Sources::new(Mode::On);
    sources.setting = Reading::text("true");
    sources.endpoint = Endpoint::Configured;
    let permit = resolve(&sources).recording()?;
    Some(Redactor::new(policy?).redact(observation?, permit))
}

/// What is seen of a run. It is made before the clock starts, and in the empty run, too: it is the host's part.
fn observation(what: &str) -> Option<Observation> {
    let event: Event = serde_json::from_str(EVENT).ok()?;
    let ending = match what {
        "error" => Ending::Error { code: None, text: Some(Raw::from(ERROR)) },
        _ => Ending::Success,
    };
    Some(Observation {
        argv: ARGV.iter().map(|argument| Raw::from(*argument)).collect(),
        prompts: Vec::new(),
        run: Run {
            started_at: event.started_at,
            completed_at: event.completed_at,
            duration_us: event.duration_us,
            ending,
            exit_code: event.exit_code,
        },
        facts: Facts {
            event_id: event.event_id,
            install_id: event.install_id,
            app_version: event.app.version,
            install_source: event.app.install_source,
            os: event.os,
            auth_method: event.auth_method,
            context: event.context,
        },
        known_values: ["ada", "/home/ada", "lovelace-laptop"].map(Raw::from).to_vec(),
    })
}

/// What a redactor that is made of patterns does before its first text: one pattern a line of the file.
fn regex_set(file: Option<&str>) -> Option<regex::RegexSet> {
    let text = std::fs::read_to_string(file?).ok()?;
    regex::RegexSetBuilder::new(text.lines()).size_limit(1 << 30).build().ok()
}

#[expect(clippy::print_stdout, reason = "what this program is for")]
fn print(nanoseconds: u128) {
    println!("{nanoseconds}");
}

#[expect(clippy::print_stderr, reason = "who runs it by hand sees why it did nothing")]
fn fail(message: &str) -> ! {
    eprintln!("{message}");
    std::process::exit(2)
}
