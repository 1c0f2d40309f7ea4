//! What may happen to a store, at random: events of every kind, sent once or again, losses, requests to erase.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use telemetry_collector::{AdmittedBatch, Ci, Filters, Policies, Query, ReportName, admit};
use telemetry_redact::{Policy, Redactor};
use telemetry_schema::{CiVendor, InstallId, InstallSource, OsName, Timestamp};

use crate::sample::{batch_id, event_id, install_id};

/// A program with everything that reports count.
fn redactor() -> Redactor {
    let policy = Policy::from_json(
        r#"{
            "format": 1, "program": "orchard", "version": 3, "dialect": "clap",
            "error_codes": ["frost", "not_found"],
            "templates": [
                {"text": "frost took the {value}", "code": "frost"},
                {"text": "cannot find the tree {path}", "code": "not_found"}
            ],
            "sets": {"fruit": ["apple", "pear"]},
            "flags": {"fruit": {"takes": "value", "values": "fruit"}, "name": {"takes": "value"},
                "classic": {"deprecated": ["old-style"]}},
            "commands": [{"path": ""}, {"path": "plant", "flags": ["fruit", "name", "classic"]},
                {"path": "trees"}, {"path": "trees list"}, {"path": "register"}]
        }"#,
    );
    Redactor::new(policy.unwrap())
}

pub(crate) fn policies() -> Policies {
    Policies::new().with(redactor())
}

/// Something that happens.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Batches that are stored together, each with its number, its losses and its events.
    Insert(Vec<(u64, Json, Vec<Json>)>),
    /// A request to erase, by its number.
    Erase(u64, Vec<u8>),
}

pub(crate) fn admitted((number, losses, events): &(u64, Json, Vec<Json>)) -> AdmittedBatch {
    let batch = json!({
        "protocol_version": 1, "batch_id": batch_id(*number), "losses": losses, "events": events,
    });
    let batch = admit(batch.to_string().as_bytes(), &policies()).unwrap();
    assert_eq!(batch.refused(), []);
    batch
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let batch = (0..8_u64, losses(), prop::collection::vec(event(), 0..25));
    let insert = prop::collection::vec(batch, 1..4).prop_map(Step::Insert);
    let erase =
        (0..3_u64, prop::collection::vec(1..9_u8, 1..3)).prop_map(|(number, of)| Step::Erase(number, of));
    prop::collection::vec(prop_oneof![5 => insert, 1 => erase], 1..8)
}

fn losses() -> impl Strategy<Value = Json> {
    let reason = prop::sample::select(vec!["evicted", "expired", "torn", "refused", "too_large"]);
    let count = prop_oneof![1..50_u64, Just(u64::MAX)];
    let loss = (reason, count).prop_map(|(reason, count)| json!({"reason": reason, "count": count}));
    prop::collection::vec(loss, 0..3).prop_map(Json::from)
}

/// Of few kinds each, so that much falls together.
pub(crate) fn event() -> impl Strategy<Value = Json> {
    let whose = prop_oneof![
        8 => (1..13_u8).prop_map(|number| json!(install_id(number))),
        1 => Just(json!(InstallId::CI)),
        1 => Just(Json::Null),
    ];
    let app = (
        prop::option::of(prop::sample::select(vec!["1.2.0", "1.10.0", "1.10.0-rc.1"])),
        prop::option::of(prop::sample::select(vec!["homebrew", "cargo"])),
        prop::sample::select(vec!["windows", "ubuntu", "macos"]),
        prop::option::of(prop::sample::select(vec!["11.5", "24.04"])),
        (
            prop::sample::select(vec!["x86_64", "aarch64"]),
            prop::option::of(prop::sample::select(vec!["glibc", "musl"])),
            prop::option::weighted(0.3, prop::sample::select(vec!["docker", "kubernetes"])),
            prop::option::weighted(0.2, prop::sample::select(vec!["wsl1", "wsl2"])),
        ),
        prop::option::of(prop::sample::select(vec!["api_key", "none"])),
        prop::option::weighted(0.2, prop::sample::select(CiVendor::ALL.to_vec())),
        prop::option::weighted(0.2, Just("claude_code")),
    );
    // Numbers of events come again: the first of them stays.
    (0..400_u64, whose, app, command(), outcome(), days(), duration(), prop::bool::weighted(0.9)).prop_map(
        |(number, install, app, command, outcome, day, duration, has_policy)| {
            let (version, source, os, os_version, (arch, libc, container, wsl), auth, ci, agent) = app;
            let started = Timestamp::new(1_700_000_000_000_000 + day * 86_400_000_000, 0).unwrap();
            let mut event = json!({
                "schema_version": 1, "event_id": event_id(number), "app": {}, "os": {"name": os, "arch": arch},
                "command": {"path": [], "flags": [], "positional_count": 0, "positionals": [],
                    "dropped": {"words": 0, "flags": 0, "values": 0}},
                "started_at": started, "completed_at": started, "duration_us": duration,
                "outcome": outcome, "context": {"terminal": {"stdin": "other", "stdout": "other", "stderr": "other"}},
            });
            let mut set = |pointer: &str, key: &str, value: Json| {
                if !value.is_null() {
                    event.pointer_mut(pointer).unwrap()[key] = value;
                }
            };
            set("", "install_id", install);
            set("", "auth_method", json!(auth));
            set("/app", "version", json!(version));
            set("/app", "install_source", json!(source));
            set("/os", "version", json!(os_version));
            set("/os", "libc", json!(libc));
            set("/os", "container", json!(container));
            set("/os", "wsl", json!(wsl));
            set("/context", "ci", json!(ci.map(CiVendor::key)));
            set("/context", "agent", json!(agent));
            if has_policy {
                set("", "policy_version", json!(3));
                set("/app", "name", json!("orchard"));
                set("", "command", command);
            } else {
                // Of a program without a policy nothing else is kept.
                set("", "outcome", json!({"kind": "success"}));
            }
            event
        },
    )
}

/// Days after a day in 2023: mostly some weeks, and now and then what no clock can mean.
fn days() -> impl Strategy<Value = i64> {
    prop_oneof![12 => 0..80_i64, 1 => prop::sample::select(vec![-19_675, -10_000, 5_000, 2_906_000])]
}

fn duration() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => 0..300_u64,
        4 => 0..90_000_000_u64,
        2 => prop::sample::select(vec![1000, 1001, 60_000_000, 60_000_001]),
        1 => 0..1_u64 << 50,
    ]
}

fn command() -> impl Strategy<Value = Json> {
    let fruit = prop::sample::select(vec![
        json!([]),
        json!([{"name": "fruit", "values": ["apple"]}]),
        json!([{"name": "fruit", "values": ["pear"]}]),
        json!([{"name": "fruit", "values": ["pear", "apple"]}]),
        json!([{"name": "fruit"}]),
    ]);
    let rest = prop::sample::subsequence(
        vec![json!({"name": "name"}), json!({"name": "classic", "values": ["true"]})],
        0..=2,
    );
    let plant = (fruit, rest).prop_map(|(mut flags, rest)| {
        flags.as_array_mut().unwrap().extend(rest);
        (json!(["plant"]), flags)
    });
    let other = prop::sample::select(vec![json!([]), json!(["trees"]), json!(["trees", "list"])]);
    let line = prop_oneof![plant, other.prop_map(|path| (path, json!([])))];
    let misspelling = prop::sample::select(vec![
        json!({"place": "command", "typed": "rgister", "meant": "register"}),
        json!({"place": "command", "typed": "palnt", "meant": "plant"}),
    ]);
    let misspellings = prop_oneof![4 => Just(Vec::new()), 1 => prop::collection::vec(misspelling, 1..3)];
    (line, misspellings, prop::bool::weighted(0.2)).prop_map(|((path, flags), misspellings, is_old)| {
        let is_plant = path == json!(["plant"]);
        let mut command = json!({
            "path": path, "flags": flags, "positional_count": 0, "positionals": [],
            "dropped": {"words": 0, "flags": 0, "values": 0},
        });
        if !misspellings.is_empty() && path == json!([]) {
            command["misspellings"] = misspellings.into();
        }
        if is_old && is_plant {
            command["deprecated"] = json!([{"place": "flag", "name": "old-style"}]);
        }
        command
    })
}

fn outcome() -> impl Strategy<Value = Json> {
    let redactor = redactor();
    // Some of these have one fingerprint.
    let texts = [
        "Error: frost took the pear",
        "Error: frost took the apple",
        "Error: cannot find the tree /home/ada",
    ];
    let said: Vec<Json> = texts
        .iter()
        .map(|text| {
            let redacted = redactor.redact_text(text);
            let code = if text.contains("frost") { "frost" } else { "not_found" };
            json!({"kind": "error", "code": code, "message": redacted.text, "fingerprint": redacted.fingerprint})
        })
        .collect();
    prop_oneof![
        5 => Just(json!({"kind": "success"})),
        3 => prop::sample::select(said),
        1 => Just(json!({"kind": "error", "code": "frost"})),
        1 => Just(json!({"kind": "interrupted", "signal": "SIGINT"})),
        1 => Just(json!({"kind": "panic"})),
    ]
}

/// Reports of every kind, over runs of every kind.
pub(crate) fn queries() -> impl Strategy<Value = Vec<Query>> {
    prop::collection::vec(query(), 26)
}

fn query() -> impl Strategy<Value = Query> {
    // Days about those of the events, so that some are within.
    let day = || prop::option::weighted(0.4, (19_670..19_760_i64).prop_map(telemetry_collector::Day::new));
    let some = |values: &[&str]| {
        let values = values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        prop::option::weighted(0.35, prop::sample::select(values))
    };
    let filters = (
        some(&["orchard", "x' OR 1=1 --"]),
        some(&["1.2.0", "1.10.0", "\\"]),
        day(),
        day(),
        prop::option::weighted(0.3, prop::sample::select(vec![OsName::Windows, OsName::Ubuntu])),
        prop::option::weighted(0.3, Just(InstallSource::Homebrew)),
        prop::sample::select(vec![Ci::With, Ci::With, Ci::Only, Ci::Without]),
    );
    let filters = filters.prop_map(|(program, version, since, until, os, source, ci)| Filters {
        program,
        version,
        since,
        until,
        os,
        source,
        ci,
    });
    let name = prop::sample::select(ReportName::ALL.to_vec());
    (name, filters, prop::sample::select(vec![1, 1, 3]), any::<bool>(), prop::sample::select(vec![2, 100]))
        .prop_map(|(name, filters, min_installs, compare, top)| {
            let query = Query::new(name).filters(filters).min_installs(min_installs).top(top);
            if compare { query.compare("1.2.0", "1.10.0") } else { query }
        })
}
