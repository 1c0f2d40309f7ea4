//! The tables of a ClickHouse store: on one server, and on the shards of a cluster.
//!
//! Of each event there is a row with every field of the schema, which is forgotten by age, and a narrow row of what
//! reports count, which stays. What is written here runs on servers from 18.16 on: no type, setting or syntax of later.

use std::fmt::Write as _;

use telemetry_schema::catalogue::{Field, Required, fields};

/// Fields that came after the first release of the tables, with the step that adds their column. A step that was released
/// is never written anew: a field that is not listed here is of the first.
const ADDED_BY: [(&str, u8); 3] = [("os.libc", 3), ("os.container", 3), ("os.wsl", 3)];

const DIRECTORY: &str = "telemetry-collector/src/store/clickhouse";

/// Columns of `runs`: what reports count by and count, and whose runs are.
const RUNS: [(&str, &str, &str); 27] = [
    ("event_id", "FixedString(16)", "the event"),
    ("copy", "UInt32", "a random number: of copies of one event the one with the greatest stays"),
    ("received_day", "Date", "the day it came, and nothing finer"),
    ("install_id", "FixedString(16)", "zeros for runs in CI and for those without one"),
    ("program", "Nullable(String)", ""),
    ("program_version", "Nullable(String)", ""),
    ("install_source", "Nullable(String)", ""),
    ("os_name", "String", ""),
    ("os_version", "Nullable(String)", ""),
    ("arch", "String", ""),
    ("auth_method", "Nullable(String)", ""),
    ("ci_vendor", "Nullable(String)", ""),
    ("agent", "Nullable(String)", ""),
    ("ci", "UInt8", "whether it ran in CI"),
    ("day", "Int32", "days since 1970, in UTC, of its start"),
    ("week", "Int32", "that day's Monday"),
    ("duration_us", "UInt64", ""),
    ("duration_bucket", "UInt16", "its place in a histogram, as store/durations.rs has it"),
    ("failed", "UInt8", "whether it ended in an error or a panic"),
    ("command", "String", "its words"),
    ("error_code", "Nullable(String)", ""),
    ("error_message", "Nullable(String)", ""),
    ("error_fingerprint", "Nullable(String)", ""),
    ("flag_names", "Array(String)", "each once"),
    (
        "flag_values",
        "Nested(name String, value Nullable(String))",
        "each once; no value where it was dropped",
    ),
    ("misspellings", "Nested(place String, typed String, meant String)", "each once"),
    ("deprecated", "Nested(place String, name String)", "each once"),
];

struct Table {
    name: &'static str,
    about: &'static str,
    columns: Vec<(String, String, String)>,
    engine: &'static str,
    partition: Option<&'static str>,
    key: &'static str,
    /// Which shard has a row: the hash of this.
    shard_by: &'static str,
}

/// Path, column and type of each field, and the files made of them.
pub(super) fn outputs() -> Vec<(String, String)> {
    let all: Vec<_> = fields().into_iter().filter(|field| !is_own(field)).collect();
    let columns: Vec<_> = all.iter().map(column).collect();
    let mut list = String::from(
        "# Written by `cargo xtask gen` from telemetry-schema. Do not edit.\n# The columns of `events`: name, type, field.\n",
    );
    for (name, kind, path) in &columns {
        let _ = writeln!(list, "{name}\t{kind}\t{path}");
    }
    let of_the_first: Vec<_> = all.iter().filter(|field| !is_added(field)).map(column).collect();
    let tables = tables(&of_the_first);
    vec![
        (format!("{DIRECTORY}/columns.tsv"), list),
        (format!("{DIRECTORY}/001_tables.sql"), one_server(&tables)),
        (format!("{DIRECTORY}/001_shards.sql"), shards(&tables)),
    ]
}

/// Whether a field has a column of its own kind, which the table is ordered by or erased by.
fn is_own(field: &Field) -> bool {
    matches!(field.path.as_str(), "event_id" | "install_id")
}

/// Whether a later step adds the field's column.
fn is_added(field: &Field) -> bool {
    ADDED_BY.iter().any(|(path, _)| *path == field.path)
}

fn column(field: &Field) -> (String, String, String) {
    let name = field.path.replace("[]", "").replace('.', "_");
    let mut kind = match field.form.as_str() {
        "number" => "Int64",
        form if form.starts_with("always ") => "Int64",
        _ => "String",
    }
    .to_owned();
    let lists = field.path.matches("[]").count();
    // A list is empty where it is absent; what is optional within one is absent by itself.
    if field.required == Required::Optional && !field.path.ends_with("[]") {
        kind = format!("Nullable({kind})");
    }
    for _ in 0..lists {
        kind = format!("Array({kind})");
    }
    (name, kind, field.path.clone())
}

fn tables(columns: &[(String, String, String)]) -> Vec<Table> {
    let owned = |columns: &[(&str, &str, &str)]| {
        columns.iter().map(|(name, kind, about)| ((*name).into(), (*kind).into(), (*about).into())).collect()
    };
    let mut events: Vec<(String, String, String)> = owned(&[
        ("event_id", "FixedString(16)", ""),
        ("install_id", "FixedString(16)", "zeros where there is none, and for CI, as in the table above"),
        ("received_day", "Date", "the day it came"),
        ("json", "String", "as it was sent, byte for byte"),
    ]);
    events.extend(columns.iter().map(|(name, kind, path)| (name.clone(), kind.clone(), path.clone())));
    vec![
        Table {
            name: "runs",
            about: "What reports read: a row a run. Neither the batch nor the sender nor the time of day it came is kept with it,\n\
                    since that would link the install identifiers of one person across their rotation.",
            columns: owned(&RUNS),
            // Of copies in one part the greatest stays, as it does where copies are looked for: two rules would leave none.
            engine: "ReplacingMergeTree(copy)",
            partition: Some("toYYYYMM(received_day)"),
            key: "event_id",
            shard_by: "event_id",
        },
        Table {
            name: "events",
            about: "The events as they were sent, with a column for each field: for export and for questions that no report\n\
                    answers. Forgotten a day at a time.",
            columns: events,
            engine: "ReplacingMergeTree()",
            partition: Some("received_day"),
            key: "event_id",
            shard_by: "event_id",
        },
        Table {
            name: "losses",
            about: "What senders lost before they sent a batch. Sent again, a batch counts once.",
            columns: owned(&[
                ("batch_id", "FixedString(16)", ""),
                ("reason", "String", ""),
                ("count", "UInt64", ""),
                ("received_day", "Date", ""),
            ]),
            engine: "ReplacingMergeTree()",
            partition: None,
            key: "batch_id, reason",
            shard_by: "batch_id",
        },
        Table {
            name: "erased_installs",
            about: "Installations whose events are refused, and counted nowhere, from that day on.",
            columns: owned(&[("install_id", "FixedString(16)", ""), ("erased_day", "Date", "")]),
            engine: "ReplacingMergeTree()",
            partition: None,
            key: "install_id",
            shard_by: "install_id",
        },
        Table {
            name: "erasures",
            about: "Requests to erase that were carried out; not what they asked for.",
            columns: owned(&[
                ("erasure_id", "FixedString(16)", ""),
                ("received_at", "String", ""),
                ("erased", "UInt64", ""),
            ]),
            // The answer of the first time is given to all later ones, so nothing of it may be replaced.
            engine: "MergeTree()",
            partition: None,
            key: "erasure_id",
            shard_by: "erasure_id",
        },
    ]
}

const HEADER: &str = "-- Written by `cargo xtask gen` from telemetry-schema. Do not edit.\n";

fn one_server(tables: &[Table]) -> String {
    let mut text = HEADER.to_owned();
    for table in tables {
        create(&mut text, table, table.name);
    }
    text
}

fn shards(tables: &[Table]) -> String {
    let mut text = format!(
        "{HEADER}-- For each server of a cluster: the rows of its shard, and a table over those of all.\n\
         -- A row's shard is by the hash of its own identifier, so that what is sent again comes to the same one.\n"
    );
    for table in tables {
        create(&mut text, table, &format!("{}_shard", table.name));
        let Table { name, shard_by, .. } = table;
        let _ = writeln!(
            text,
            "\nCREATE TABLE IF NOT EXISTS {name} AS {name}_shard\n\
             ENGINE = Distributed({{cluster}}, {{database}}, {name}_shard, cityHash64({shard_by}));"
        );
    }
    text
}

fn create(text: &mut String, table: &Table, name: &str) {
    let Table { about, columns, engine, partition, key, .. } = table;
    let _ = writeln!(text, "\n-- {}", about.replace('\n', "\n-- "));
    let _ = writeln!(text, "CREATE TABLE IF NOT EXISTS {name}\n(");
    for (index, (column, kind, about)) in columns.iter().enumerate() {
        let comma = if index + 1 == columns.len() { "" } else { "," };
        let about = if about.is_empty() { String::new() } else { format!(" -- {about}") };
        let _ = writeln!(text, "    {column} {kind}{comma}{about}");
    }
    let partition = partition.map(|by| format!("PARTITION BY {by}\n")).unwrap_or_default();
    let _ = writeln!(text, ")\nENGINE = {engine}\n{partition}ORDER BY ({key});");
}
