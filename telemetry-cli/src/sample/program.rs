//! What the made-up program does.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use telemetry_redact::{RedactedText, Redactor};
use telemetry_schema::{
    App, CodeLocation, CodingAgent, Command, Context, Deprecated, ErrorCode, Event, EventId, Flag, Message,
    Misspelling, Os, Outcome, Place, PolicyVersion, SchemaVersion, Signal, StreamKind, Terminal, Timestamp,
};

use super::chance::Chance;
use super::machine::Machine;

/// A command: how often, how long in milliseconds, and what goes wrong with it how often.
struct Habit {
    path: &'static str,
    weight: f64,
    median_ms: f64,
    /// Flags and their values, each with its probability; no value where it is not kept.
    flags: &'static [(&'static str, &'static [&'static str], f64)],
    /// Code, what is said, probability.
    errors: &'static [(&'static str, &'static str, f64)],
}

const FRUIT: &[&str] = &["apple", "apple", "apple", "pear", "plum", "quince"];
const FORMAT: &[&str] = &["json", "json", "table", "yaml"];
const REGION: &[&str] = &["north", "south", "south"];
const SWITCH: &[&str] = &["true"];

const NOT_FOUND: &str = "Error: cannot find the tree /home/user/tree";
const TIMEOUT: &str = "Error: the request to orchard.example.com timed out after 30 seconds";
const NOT_LOGGED_IN: &str = "Error: not logged in: run orchard login";

const HABITS: [Habit; 9] = [
    Habit {
        path: "trees list",
        weight: 30.0,
        median_ms: 180.0,
        flags: &[("format", FORMAT, 0.35), ("region", REGION, 0.2), ("classic", SWITCH, 0.1)],
        errors: &[("unauthorised", NOT_LOGGED_IN, 0.012)],
    },
    Habit {
        path: "sync",
        weight: 20.0,
        median_ms: 2_400.0,
        flags: &[("region", REGION, 0.3), ("watch", SWITCH, 0.1), ("dry-run", SWITCH, 0.08)],
        errors: &[("timeout", TIMEOUT, 0.03), ("unauthorised", NOT_LOGGED_IN, 0.01)],
    },
    Habit {
        path: "plant",
        weight: 16.0,
        median_ms: 900.0,
        flags: &[("fruit", FRUIT, 0.9), ("name", &[], 0.5), ("dry-run", SWITCH, 0.15)],
        errors: &[("frost", "Error: frost took the pear", 0.035)],
    },
    Habit {
        path: "water",
        weight: 12.0,
        median_ms: 350.0,
        flags: &[("region", REGION, 0.4), ("watch", SWITCH, 0.25)],
        errors: &[("no_water", "Error: the tank is empty: no such file or directory", 0.05)],
    },
    Habit {
        path: "trees show",
        weight: 10.0,
        median_ms: 120.0,
        flags: &[("format", FORMAT, 0.25)],
        errors: &[("not_found", NOT_FOUND, 0.09)],
    },
    Habit {
        path: "harvest",
        weight: 7.0,
        median_ms: 5_200.0,
        flags: &[("fruit", FRUIT, 0.6), ("format", FORMAT, 0.2)],
        errors: &[("frost", "Error: frost took the apple", 0.02)],
    },
    Habit {
        path: "login",
        weight: 3.0,
        median_ms: 11_000.0,
        flags: &[],
        errors: &[("timeout", TIMEOUT, 0.06)],
    },
    Habit {
        path: "export",
        weight: 2.5,
        median_ms: 3_100.0,
        flags: &[("format", FORMAT, 0.8)],
        errors: &[("not_found", NOT_FOUND, 0.03)],
    },
    Habit { path: "", weight: 2.0, median_ms: 4.0, flags: &[], errors: &[] },
];

/// What is typed instead of what.
const MISSPELLINGS: [(&str, &str); 6] = [
    ("harvset", "harvest"),
    ("plnat", "plant"),
    ("tress", "trees"),
    ("watre", "water"),
    ("exprot", "export"),
    ("lgoin", "login"),
];

/// Makes events as a client would.
pub(super) struct Teller {
    redactor: Redactor,
    /// Redacting a text takes longer than all the rest.
    texts: HashMap<String, RedactedText>,
    events: u64,
}

impl Teller {
    pub(super) fn new(redactor: Redactor) -> Self {
        Self { redactor, texts: HashMap::new(), events: 0 }
    }

    pub(super) fn event(
        &mut self,
        machine: &Machine,
        day: i64,
        day_us: i64,
        chance: &mut Chance,
    ) -> Result<Event> {
        self.events += 1;
        let version = machine.version(day);
        let misspelt = machine.ci.is_none() && chance.happens(0.025);
        let (command, outcome, duration_us) =
            if misspelt { self.misspelt(chance)? } else { self.run(version, chance)? };
        let started_us = day_us + microseconds((7.0 + 11.0 * chance.part()) * 3_600_000.0);
        let mut random = [0; 10];
        random[2..].copy_from_slice(&self.events.to_be_bytes());
        let (os, os_version) = machine.os();
        let stream = if machine.ci.is_some() { StreamKind::Other } else { StreamKind::Terminal };
        let agent = chance.pick(&[
            (None, 93.0),
            (Some(CodingAgent::ClaudeCode), 5.0),
            (Some(CodingAgent::Cursor), 2.0),
        ]);
        Ok(Event {
            schema_version: SchemaVersion,
            policy_version: Some(PolicyVersion(1)),
            event_id: EventId::new(started_us.unsigned_abs() / 1000, &random),
            install_id: Some(machine.install(day)),
            app: App {
                name: Some("orchard".parse()?),
                version: Some(version.parse()?),
                install_source: machine.source,
            },
            os: Os {
                name: os,
                version: Some(os_version.parse()?),
                arch: machine.arch,
                libc: machine.libc(),
                container: machine.container,
                wsl: machine.wsl,
            },
            auth_method: machine.auth,
            command,
            prompts: Vec::new(),
            started_at: Timestamp::new(started_us, 0)?,
            completed_at: Timestamp::new(started_us + duration_us, 0)?,
            duration_us: duration_us.unsigned_abs(),
            exit_code: match outcome {
                Outcome::Success => Some(0),
                Outcome::Error { .. } => Some(1),
                _ => None,
            },
            outcome,
            context: Context {
                ci: machine.ci,
                agent: agent.filter(|_| machine.ci.is_none()),
                terminal: Terminal { stdin: stream, stdout: stream, stderr: stream },
            },
        })
    }

    fn run(&mut self, version: &str, chance: &mut Chance) -> Result<(Command, Outcome, i64)> {
        let weights: Vec<_> = HABITS.iter().map(|habit| (habit, habit.weight)).collect();
        let habit = chance.pick(&weights);
        let mut flags = Vec::new();
        for (name, values, probability) in habit.flags {
            if chance.happens(*probability) {
                let value = (!values.is_empty()).then(|| values[place(chance, values.len())]);
                let values = value.map(str::parse).transpose()?.into_iter().collect();
                flags.push(Flag { name: name.parse()?, values });
            }
        }
        let mut command = Command {
            path: habit.path.split_whitespace().map(str::parse).collect::<Result<_, _>>()?,
            flags,
            ..Command::default()
        };
        // The name is dropped.
        command.dropped.values = u32::from(command.flags.iter().any(|flag| flag.name.as_ref() == "name"));
        if command.flags.iter().any(|flag| flag.name.as_ref() == "classic") && chance.happens(0.6) {
            command.deprecated.push(Deprecated { place: Place::Flag, name: "old-style".parse()? });
        }
        let newest = version == "1.3.0";
        let mut median_ms = habit.median_ms;
        if newest && habit.path == "harvest" {
            median_ms *= 0.55;
        }
        let outcome = if chance.happens(0.006) {
            Outcome::Interrupted { signal: Signal::Sigint }
        } else if habit.path == "sync" && version == "1.2.0" && chance.happens(0.02) {
            Outcome::Panic { location: CodeLocation::new("src/export.rs:214").ok() }
        } else {
            let worse = if newest && habit.path == "sync" { 3.5 } else { 1.0 };
            let error = habit.errors.iter().find(|(_, _, probability)| chance.happens(probability * worse));
            match error {
                None => Outcome::Success,
                Some((code, text, _)) => {
                    if *code == "timeout" {
                        median_ms = 30_000.0;
                    }
                    self.error(code, text)?
                }
            }
        };
        let width = if median_ms > 20_000.0 { 0.05 } else { 0.9 };
        Ok((command, outcome, microseconds(median_ms * chance.spread(width))))
    }

    fn misspelt(&mut self, chance: &mut Chance) -> Result<(Command, Outcome, i64)> {
        // The first are the most frequent.
        let last = place(chance, MISSPELLINGS.len()) + 1;
        let (typed, meant) = MISSPELLINGS[place(chance, last)];
        let misspelling = Misspelling { place: Place::Command, typed: typed.parse()?, meant: meant.parse()? };
        let command = Command { misspellings: vec![misspelling], ..Command::default() };
        let outcome = self.error("unknown_command", &format!("error: unrecognized subcommand '{typed}'"))?;
        Ok((command, outcome, microseconds(3.0 * chance.spread(0.4))))
    }

    fn error(&mut self, code: &str, text: &str) -> Result<Outcome> {
        let Self { redactor, texts, .. } = self;
        let redacted = texts.entry(text.to_owned()).or_insert_with(|| redactor.redact_text(text));
        Ok(Outcome::Error {
            code: ErrorCode::new(code)?,
            message: Some(Message::new(redacted.text.as_str()).context("the sample's message")?),
            fingerprint: Some(redacted.fingerprint.clone()),
        })
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few places"
)]
fn place(chance: &mut Chance, count: usize) -> usize {
    (chance.part() * count as f64) as usize
}

#[expect(clippy::cast_possible_truncation, reason = "hours at most")]
fn microseconds(ms: f64) -> i64 {
    (ms * 1000.0) as i64
}
