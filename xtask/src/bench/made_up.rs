//! Made-up events of the made-up program of `serve --demo`, as many as are wanted: a year of them in the order of time.
//! The same number out of as many is always the same event.

use std::fmt::Write as _;
use std::io::Write as _;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::{BatchId, EventId, InstallId, Timestamp};

/// Whole weeks, from a Monday: 2025-01-06.
const DAYS: u64 = 364;
const FIRST_DAY_US: u64 = 20_094 * DAY_US;
const DAY_US: u64 = 24 * 60 * 60 * 1_000_000;
/// Days after which an install has another identifier.
const ROTATION: u64 = 30;
/// Runs of a machine in the year; a few have many times as many.
const RUNS_A_MACHINE: u64 = 27;

/// A flag and its values.
type Flag = (&'static str, &'static [&'static str]);

/// Path, flags, weight, median in microseconds.
const COMMANDS: [(&str, &[Flag], u64, u64); 9] = [
    (
        r#""trees","list""#,
        &[("format", &["json", "table", "yaml"]), ("region", &["north", "south"])],
        30,
        180_000,
    ),
    (
        r#""sync""#,
        &[("region", &["north", "south"]), ("watch", &["true"]), ("dry-run", &["true"])],
        20,
        2_400_000,
    ),
    (r#""plant""#, &[("fruit", &["apple", "pear", "plum", "quince"]), ("dry-run", &["true"])], 16, 900_000),
    (r#""water""#, &[("region", &["north", "south"]), ("watch", &["true"])], 12, 350_000),
    (r#""trees","show""#, &[("format", &["json", "table", "yaml"])], 10, 120_000),
    (
        r#""harvest""#,
        &[("fruit", &["apple", "pear", "plum", "quince"]), ("format", &["json", "yaml"])],
        7,
        5_200_000,
    ),
    (r#""login""#, &[], 2, 11_000_000),
    (r#""export""#, &[("format", &["json", "table", "yaml"])], 2, 3_100_000),
    ("", &[], 1, 4_000),
];

/// Code and what is said.
const ERRORS: [(&str, &str); 5] = [
    ("frost", "Error: frost took the pear"),
    ("no_water", "Error: the tank is empty: no such file or directory"),
    ("not_found", "Error: cannot find the tree /home/user/tree"),
    ("timeout", "Error: the request to orchard.example.com timed out after 30 seconds"),
    ("unauthorised", "Error: not logged in: run orchard login"),
];

/// System, its version, architecture, where it comes from.
const MACHINES: [(&str, &str, &str, &str); 8] = [
    ("macos", "15.5", "aarch64", "homebrew"),
    ("macos", "14.7", "aarch64", "homebrew"),
    ("ubuntu", "24.04", "x86_64", "apt"),
    ("ubuntu", "22.04", "x86_64", "apt"),
    ("debian", "12", "x86_64", "cargo"),
    ("windows", "11", "x86_64", "winget"),
    ("windows", "11", "x86_64", "scoop"),
    ("fedora", "42", "x86_64", "rpm"),
];

const VERSIONS: [&str; 5] = ["1.0.0", "1.1.0", "1.2.0", "1.2.1", "1.3.0"];
const MISSPELLINGS: [(&str, &str); 3] = [("harvset", "harvest"), ("plnat", "plant"), ("watre", "water")];

/// So many events of a year.
pub(crate) struct MadeUp {
    total: u64,
    machines: u64,
    /// The outcome of each of [`ERRORS`], as it stands in an event.
    errors: Vec<String>,
    unknown: String,
}

/// The bits of a number, mixed (`SplitMix64`, Steele, Lea, Flood 2014).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x5EED);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

fn one_of<T>(choices: &[T], number: u64) -> &T {
    let place = number % u64::try_from(choices.len()).unwrap_or(1);
    &choices[usize::try_from(place).unwrap_or(0)]
}

impl MadeUp {
    pub(crate) fn new(policy: &str, total: u64) -> Result<Self> {
        let redactor = Redactor::new(Policy::from_toml(policy)?);
        let outcome = |(code, text): &(&str, &str)| {
            let redacted = redactor.redact_text(text);
            let message = serde_json::to_string(&redacted.text)?;
            let fingerprint = serde_json::to_string(&redacted.fingerprint)?;
            Ok(format!(
                r#"{{"kind":"error","code":"{code}","message":{message},"fingerprint":{fingerprint}}}"#
            ))
        };
        Ok(Self {
            total: total.max(1),
            machines: total / RUNS_A_MACHINE + 1,
            errors: ERRORS.iter().map(outcome).collect::<Result<_>>()?,
            unknown: outcome(&("unknown_command", "error: unrecognized subcommand 'harvset'"))?,
        })
    }

    /// The event of this number, below the total or above.
    pub(crate) fn event(&self, number: u64) -> Result<String> {
        let mut chance = mixed(number);
        let mut next = || {
            chance = mixed(chance);
            chance >> 11
        };
        let day = (number * DAYS / self.total) % DAYS;
        let started = FIRST_DAY_US + day * DAY_US + 7 * 3_600_000_000 + next() % (11 * 3_600_000_000);
        // Squared: some run it often.
        let machine = next() % self.machines * (next() % self.machines) / self.machines;
        let of_machine = mixed(machine + 0xFACE);
        let is_ci = of_machine.is_multiple_of(20);
        let (os, os_version, arch, source) = one_of(&MACHINES, of_machine >> 8);
        // A new version every ten weeks or so, taken up within as many days again as the machine takes.
        let lag = (of_machine >> 16) % 60;
        let version = VERSIONS[usize::try_from(((day + 60 - lag) / 85).min(4)).unwrap_or(0)];
        let install = if is_ci {
            InstallId::CI
        } else {
            let epoch = mixed(machine * 64 + (day + of_machine % ROTATION) / ROTATION);
            let mut random = [0; 16];
            random[..8].copy_from_slice(&epoch.to_be_bytes());
            random[8..].copy_from_slice(&mixed(epoch).to_be_bytes());
            InstallId::new(random)
        };
        let mut weight = next() % COMMANDS.iter().map(|(_, _, weight, _)| weight).sum::<u64>();
        let &(mut path, flags, _, median) = COMMANDS
            .iter()
            .find(|(_, _, of, _)| {
                let is_it = weight < *of;
                weight = weight.saturating_sub(*of);
                is_it
            })
            .unwrap_or(&COMMANDS[0]);
        // The median times a power of two between a quarter and four times.
        let mut duration = (median >> 2 << (next() % 5)) * (100 + next() % 100) / 150;
        let (mut outcome, mut misspellings) = (r#"{"kind":"success"}"#, String::new());
        let mut kept = String::new();
        match next() % 200 {
            0..5 => {
                let (typed, meant) = one_of(&MISSPELLINGS, next());
                misspellings =
                    format!(r#""misspellings":[{{"place":"command","typed":"{typed}","meant":"{meant}"}}],"#);
                (path, outcome, duration) = ("", &self.unknown, 3_000 + duration % 1_000);
            }
            kind => {
                if kind < 13 {
                    outcome = one_of(self.errors.as_slice(), next()).as_str();
                } else if kind == 13 {
                    outcome = r#"{"kind":"panic"}"#;
                }
                for (name, values) in flags {
                    let given = next();
                    if given.is_multiple_of(2) {
                        continue;
                    }
                    let value = one_of(values, given >> 1);
                    let comma = if kept.is_empty() { "" } else { "," };
                    write!(kept, r#"{comma}{{"name":"{name}","values":["{value}"]}}"#)?;
                }
            }
        }
        let mut random = [0; 10];
        random[2..].copy_from_slice(&number.to_be_bytes());
        let id = EventId::new(started / 1_000, &random);
        let moment = |us: u64| Timestamp::new(i64::try_from(us).unwrap_or(0), 0);
        let (started_at, completed_at) = (moment(started)?, moment(started + duration)?);
        let ci = if is_ci { r#""ci":"github_actions","# } else { "" };
        let stream = if is_ci { "other" } else { "terminal" };
        Ok(format!(
            r#"{{"schema_version":1,"policy_version":1,"event_id":"{id}","install_id":"{install}","app":{{"name":"orchard","version":"{version}","install_source":"{source}"}},"os":{{"name":"{os}","version":"{os_version}","arch":"{arch}"}},"auth_method":"api_key","command":{{"path":[{path}],"flags":[{kept}],{misspellings}"positional_count":0,"positionals":[],"dropped":{{"words":0,"flags":0,"values":0}}}},"started_at":"{started_at}","completed_at":"{completed_at}","duration_us":{duration},"outcome":{outcome},"context":{{{ci}"terminal":{{"stdin":"{stream}","stdout":"{stream}","stderr":"{stream}"}}}}}}"#
        ))
    }

    /// The batch of these events, sealed as the shipper does it.
    pub(crate) fn batch(&self, first: u64, count: u64) -> Result<String> {
        let mut events = String::new();
        for number in first..first + count {
            if number > first {
                events.push(',');
            }
            events.push_str(&self.event(number)?);
        }
        let mut random = [1; 10];
        random[2..].copy_from_slice(&first.to_be_bytes());
        let id = BatchId::new(1_760_000_000_000, &random);
        Ok(format!(r#"{{"protocol_version":1,"batch_id":"{id}","events":[{events}]}}"#))
    }
}

/// Compressed as the shipper does it.
pub(crate) fn gzip(body: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use telemetry_collector::{Policies, admit};

    use super::*;

    #[test]
    fn what_is_made_up_is_admitted() {
        let policy = include_str!("../../../telemetry-cli/src/sample/orchard.toml");
        let policies = Policies::new().with(Redactor::new(Policy::from_toml(policy).unwrap()));
        let made_up = MadeUp::new(policy, 10_000).unwrap();
        for first in (0..10_000).step_by(500) {
            let batch = admit(made_up.batch(first, 500).unwrap().as_bytes(), &policies).unwrap();
            assert_eq!((batch.refused(), batch.events().len()), (&[][..], 500));
        }
    }
}
