//! The tables, as numbered steps. A step that was released is never edited; a change is a new step.

use super::literal::literal;
use super::server::{Failure, Server};
use super::wire::RowReader;
use super::{ClickHouseStore, Missing};
use crate::StoreError;

/// For one server, and for each of the shards of a cluster.
const STEPS: [(&str, &str); 3] = [
    (include_str!("001_tables.sql"), include_str!("001_shards.sql")),
    (include_str!("002_noise.sql"), include_str!("002_noise_shards.sql")),
    (include_str!("003_surroundings.sql"), include_str!("003_surroundings_shards.sql")),
];

/// Says of a database that it is ours: the steps that were taken, and for which cluster.
const FORMAT: &str = "CREATE TABLE IF NOT EXISTS telemetry_format (format UInt32, cluster String)
    ENGINE = MergeTree() ORDER BY format";

/// The tables whose rows are synced to disk before a write is answered, on servers that can.
const SYNCED: [&str; 5] = ["runs", "events", "losses", "erased_installs", "erasures"];

/// Settings of a write, where the server knows them: it waits until the rows are in their table, on every shard.
const WRITE_SETTINGS: [(&str, &str); 2] = [("async_insert", "0"), ("insert_distributed_sync", "1")];

/// What servers say of a column that is there already: they of 18.16 (`ILLEGAL_COLUMN`), which know no `ADD COLUMN IF NOT EXISTS`,
/// and current ones (`DUPLICATE_COLUMN`); `ErrorCodes.cpp`. Nothing else in a step is answered so.
const COLUMN_IS_THERE: [u32; 2] = [44, 15];

/// The latest format this version reads.
fn latest() -> u32 {
    u32::try_from(STEPS.len()).unwrap_or(u32::MAX)
}

/// What a database is to us.
enum Kind {
    Absent,
    /// Nothing in it, or what a process that died left.
    Unfinished,
    Ours {
        format: u32,
    },
}

/// Looks at every server, and changes nothing unless all can be used; then takes the steps that are still to take. Gives
/// the settings that go with each write.
///
/// Two processes that start at once may both take a step: each statement makes what is not there, so this is harmless.
pub(super) fn prepare(store: &ClickHouseStore) -> Result<Vec<(&'static str, &'static str)>, Failure> {
    shards(store)?;
    let kinds: Vec<_> = store.servers.iter().map(|server| kind(store, server)).collect::<Result<_, _>>()?;
    for (server, kind) in store.servers.iter().zip(kinds) {
        let taken = match kind {
            Kind::Ours { format } => format,
            Kind::Absent | Kind::Unfinished if store.missing == Missing::Refuse => {
                let found = if matches!(kind, Kind::Absent) { "not there" } else { "an empty database" };
                return Err(store.not_a_store(found));
            }
            Kind::Absent => {
                let database = &store.address.database;
                server.ask_outside(&format!("CREATE DATABASE IF NOT EXISTS {database}"))?;
                0
            }
            Kind::Unfinished => 0,
        };
        if taken < latest() {
            take(store, server, taken)?;
        }
    }
    let names = WRITE_SETTINGS.map(|(name, _)| literal(name)).join(",");
    let known = texts(
        &store.entry().ask(&format!("SELECT name FROM system.settings WHERE name IN ({names}) {BINARY}"))?,
    )?;
    Ok(WRITE_SETTINGS.into_iter().filter(|(name, _)| known.iter().any(|known| known == name)).collect())
}

/// The form of every answer.
pub(super) const BINARY: &str = "FORMAT RowBinary";

/// The format of the store.
pub(super) fn format(server: &Server) -> Result<u32, Failure> {
    let answer = server.ask(&format!("SELECT max(format) FROM telemetry_format {BINARY}"))?;
    RowReader::new(&answer).u32()
}

fn take(store: &ClickHouseStore, server: &Server, taken: u32) -> Result<(), Failure> {
    server.ask(FORMAT)?;
    let cluster = store.address.cluster.as_deref();
    for (one, shards) in STEPS.iter().skip(usize::try_from(taken).unwrap_or(usize::MAX)) {
        let step = if cluster.is_some() { shards } else { one };
        for statement in step.split(";\n").filter(|statement| !statement.trim().is_empty()) {
            let statement = statement
                .replace("{cluster}", cluster.unwrap_or_default())
                .replace("{database}", &store.address.database);
            match server.ask(&statement) {
                Err(Failure::Server { code, .. }) if COLUMN_IS_THERE.contains(&code) => {}
                answer => drop(answer?),
            }
        }
    }
    sync(store, server)?;
    let (format, cluster) = (latest(), literal(cluster.unwrap_or_default()));
    server.ask(&format!("INSERT INTO telemetry_format (format, cluster) VALUES ({format}, {cluster})"))?;
    Ok(())
}

/// Current servers sync a part to disk before they answer, where a table asks for it; those of 18.16 never do.
fn sync(store: &ClickHouseStore, server: &Server) -> Result<(), Failure> {
    let known = server.ask(&format!(
        "SELECT name FROM system.merge_tree_settings WHERE name = 'fsync_after_insert' {BINARY}"
    ))?;
    if known.is_empty() {
        return Ok(());
    }
    for table in SYNCED {
        let table = store.local(table);
        server.ask(&format!(
            "ALTER TABLE {table} MODIFY SETTING fsync_after_insert = 1, fsync_part_directory = 1"
        ))?;
    }
    Ok(())
}

fn kind(store: &ClickHouseStore, server: &Server) -> Result<Kind, Failure> {
    let database = literal(&store.address.database);
    let there =
        server.ask_outside(&format!("SELECT name FROM system.databases WHERE name = {database} {BINARY}"))?;
    if there.is_empty() {
        return Ok(Kind::Absent);
    }
    let tables = texts(
        &server
            .ask_outside(&format!("SELECT name FROM system.tables WHERE database = {database} {BINARY}"))?,
    )?;
    if !tables.iter().any(|table| table == "telemetry_format") {
        return if tables.is_empty() {
            Ok(Kind::Unfinished)
        } else {
            Err(store.not_a_store("another program's database"))
        };
    }
    let answer = server.ask(&format!(
        "SELECT format, cluster FROM telemetry_format ORDER BY format DESC LIMIT 1 {BINARY}"
    ))?;
    let mut rows = RowReader::new(&answer);
    if !rows.has_more() {
        return Ok(Kind::Unfinished);
    }
    let (format, cluster) = (rows.u32()?, rows.text()?);
    if format > latest() {
        return Err(Failure::Store(Box::new(StoreError::Newer {
            path: store.path(),
            found: i64::from(format),
            known: i64::from(latest()),
        })));
    }
    if cluster != store.address.cluster.as_deref().unwrap_or_default() {
        return Err(store.wrong_cluster("its tables were made for another cluster, or for none"));
    }
    Ok(Kind::Ours { format })
}

/// Whether the servers are the shards of the cluster, each once: what is erased must be out of every one.
fn shards(store: &ClickHouseStore) -> Result<(), Failure> {
    let Some(cluster) = &store.address.cluster else { return Ok(()) };
    let cluster = literal(cluster);
    let mut reached = Vec::new();
    let mut all = Vec::new();
    for server in &store.servers {
        let answer = server.ask_outside(&format!(
            "SELECT toUInt32(shard_num), toUInt8(is_local) FROM system.clusters WHERE cluster = {cluster} {BINARY}"
        ))?;
        let mut rows = RowReader::new(&answer);
        if !rows.has_more() {
            return Err(
                store.wrong_cluster("a server does not know it: see remote_servers of its configuration")
            );
        }
        while rows.has_more() {
            let (shard, is_local) = (rows.u32()?, rows.u8()?);
            all.push(shard);
            reached.extend((is_local == 1).then_some(shard));
        }
    }
    all.sort_unstable();
    all.dedup();
    reached.sort_unstable();
    if reached == all {
        Ok(())
    } else {
        Err(store.wrong_cluster("the servers of the address are not its shards, each once"))
    }
}

/// Rows of one text.
pub(super) fn texts(answer: &[u8]) -> Result<Vec<String>, Failure> {
    let mut rows = RowReader::new(answer);
    let mut texts = Vec::new();
    while rows.has_more() {
        texts.push(rows.text()?);
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_an_event_is_made_by_a_step() {
        let columns = include_str!("columns.tsv").lines().filter(|line| !line.starts_with('#'));
        for line in columns {
            let mut parts = line.split('\t');
            let column = format!(" {} {}", parts.next().unwrap(), parts.next().unwrap());
            for steps in [STEPS.map(|(one, _)| one), STEPS.map(|(_, shards)| shards)] {
                let made = steps.iter().map(|step| step.matches(&column).count()).sum::<usize>();
                assert!(made > 0, "no step makes{column}");
            }
        }
    }
}
