//! Forgetting, looking over, compacting, exporting.

use std::collections::BTreeSet;
use std::io::Write;

use telemetry_schema::{App, Event, InstallId, InstallSource, Os, Outcome};

use super::ClickHouseStore;
use super::insert::single_copies;
use super::literal::literal;
use super::query::NOT_ERASED;
use super::server::Failure;
use super::tables::{self, BINARY};
use super::wire::RowReader;
use crate::report::Day;
use crate::store::upkeep::COLUMNS;
use crate::store::{Condition, ExportError, ExportForm, StoreError, Upkeep};

/// Events that are read at once for an export.
const PAGE: usize = 5_000;
/// Events that are found to have copies at once.
const COPIES: usize = 1_000;
/// The tables that have rows of events, and those of everything else.
const TABLES: [&str; 5] = ["runs", "events", "losses", "erased_installs", "erasures"];

/// Drops the days of `events` before this one; `runs`, which reports read, stays.
pub(super) fn forget(store: &ClickHouseStore, before_day: i64) -> Result<u64, Failure> {
    let before = u16::try_from(before_day.clamp(0, i64::from(u16::MAX))).unwrap_or(u16::MAX);
    let answer = store.ask(&format!(
        "SELECT uniqExact(event_id) FROM events WHERE received_day < toDate({before}) {BINARY}"
    ))?;
    let gone = RowReader::new(&answer).u64()?;
    let table = store.local("events");
    for server in &store.servers {
        // One day is one partition, and goes at once and whole.
        let days = server.ask(&format!(
            "SELECT DISTINCT received_day FROM {table} WHERE received_day < toDate({before}) {BINARY}"
        ))?;
        let mut days = RowReader::new(&days);
        while days.has_more() {
            let day = Day::new(i64::from(days.u16()?));
            server.ask(&format!("ALTER TABLE {table} DROP PARTITION '{day}'"))?;
        }
    }
    Ok(gone)
}

impl Upkeep for ClickHouseStore {
    fn condition(&self) -> Result<Condition, StoreError> {
        condition(self).map_err(|failure| self.failed("read", failure))
    }

    /// Deletes copies of one event and rows of what was erased, where a collector died before it could, and has every server
    /// write its parts anew.
    fn compact(&self) -> Result<(u64, u64), StoreError> {
        compact(self).map_err(|failure| self.failed("compact", failure))
    }

    /// By day of arrival, and within it by identifier.
    fn export(&self, form: ExportForm, out: &mut dyn Write) -> Result<u64, ExportError> {
        match form {
            ExportForm::Lines => each_event(self, |json| Ok(writeln!(out, "{json}")?)).and_then(|count| {
                out.flush()?;
                Ok(count)
            }),
            ExportForm::Csv => {
                let mut table = csv::Writer::from_writer(out);
                let written =
                    |result: csv::Result<()>| result.map_err(|error| ExportError::Write(error.into()));
                written(table.write_record(COLUMNS))?;
                let count = each_event(self, |json| {
                    let event = serde_json::from_str(json).map_err(std::io::Error::from)?;
                    written(table.write_record(cells(&event)))
                })?;
                table.flush()?;
                Ok(count)
            }
        }
    }
}

fn condition(store: &ClickHouseStore) -> Result<Condition, Failure> {
    let number = |query: &str| RowReader::new(&store.ask(&format!("{query} {BINARY}"))?).u64();
    let mut problems = Vec::new();
    let copies =
        number(&format!("SELECT toUInt64(count() - uniqExact(event_id)) FROM runs WHERE {NOT_ERASED}"))?;
    if copies > 0 {
        problems
            .push(format!("{copies} events are counted twice; `telemetry store compact` deletes the copies"));
    }
    for table in ["runs", "events"] {
        let rows = number(&format!("SELECT count() FROM {table} WHERE NOT ({NOT_ERASED})"))?;
        if rows > 0 {
            problems.push(format!(
                "{rows} rows of erased installations are in table {table}; they are counted nowhere, and `telemetry store compact` deletes them"
            ));
        }
    }
    let events = number(&format!("SELECT uniqExact(event_id) FROM events WHERE {NOT_ERASED}"))?;
    let oldest = store.ask(&format!("SELECT min(received_day) FROM events WHERE {NOT_ERASED} {BINARY}"))?;
    let oldest = if events > 0 { Some(i64::from(RowReader::new(&oldest).u16()?)) } else { None };
    let (bytes, free_bytes) = bytes(store)?;
    Ok(Condition {
        format: i64::from(tables::format(store.entry())?),
        events,
        uncounted: 0,
        oldest_day: oldest,
        bytes,
        free_bytes,
        problems,
    })
}

/// Of all servers: all, and those of parts that are not used any more.
fn bytes(store: &ClickHouseStore) -> Result<(u64, u64), Failure> {
    let (mut all, mut free) = (0, 0);
    for server in &store.servers {
        let answer = server.ask(&format!(
            "SELECT toUInt64(sum(bytes_on_disk)), toUInt64(sumIf(bytes_on_disk, NOT active)) FROM system.parts
            WHERE database = currentDatabase() {BINARY}"
        ))?;
        let mut row = RowReader::new(&answer);
        all += row.u64()?;
        free += row.u64()?;
    }
    Ok((all, free))
}

fn compact(store: &ClickHouseStore) -> Result<(u64, u64), Failure> {
    store.settings()?;
    let (before, unused) = bytes(store)?;
    loop {
        let answer = store.ask(&format!(
            "SELECT event_id FROM runs GROUP BY event_id HAVING count() > 1 LIMIT {COPIES} {BINARY}"
        ))?;
        let mut rows = RowReader::new(&answer);
        let mut ids = BTreeSet::new();
        while rows.has_more() {
            ids.insert(rows.id()?);
        }
        if ids.is_empty() {
            break;
        }
        single_copies(store, &ids)?;
    }
    for table in ["runs", "events"] {
        let answer = store
            .ask(&format!("SELECT DISTINCT install_id FROM {table} WHERE NOT ({NOT_ERASED}) {BINARY}"))?;
        let mut rows = RowReader::new(&answer);
        while rows.has_more() {
            store.delete(&[table], &format!("install_id = {}", literal(rows.id()?)))?;
        }
    }
    for server in &store.servers {
        for table in TABLES {
            server.ask(&format!("OPTIMIZE TABLE {} FINAL", store.local(table)))?;
        }
    }
    let (all, free) = bytes(store)?;
    // What is not used any more goes by itself within minutes.
    Ok((before - unused, all - free))
}

/// Each event once, page by page, so that memory does not grow with the store.
fn each_event(
    store: &ClickHouseStore,
    mut take: impl FnMut(&str) -> Result<(), ExportError>,
) -> Result<u64, ExportError> {
    let mut count = 0;
    let mut after: Option<(u16, [u8; 16])> = None;
    loop {
        let later = after.map_or_else(
            || "1".to_owned(),
            |(day, id)| {
                let id = literal(id);
                format!("(received_day > toDate({day}) OR received_day = toDate({day}) AND event_id > {id})")
            },
        );
        let page = store.ask(&format!(
            "SELECT received_day, event_id, json FROM events WHERE {later} AND {NOT_ERASED}
            ORDER BY received_day, event_id LIMIT 1 BY received_day, event_id LIMIT {PAGE} {BINARY}"
        ));
        let failed = |failure| ExportError::Store(store.failed("read", failure));
        let page = page.map_err(failed)?;
        let mut rows = RowReader::new(&page);
        if !rows.has_more() {
            return Ok(count);
        }
        while rows.has_more() {
            after = Some((rows.u16().map_err(failed)?, rows.id().map_err(failed)?));
            take(&rows.text().map_err(failed)?)?;
            count += 1;
        }
    }
}

fn cells(event: &Event) -> [String; COLUMNS.len()] {
    let hex = |bytes: [u8; 16]| bytes.map(|byte| format!("{byte:02x}")).concat();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let Event { app: App { name, version, install_source }, os, command, .. } = event;
    let Os { name: os_name, version: os_version, .. } = os;
    let words: Vec<&str> = command.path.iter().map(AsRef::as_ref).collect();
    let (outcome, code, message, fingerprint) = match &event.outcome {
        Outcome::Success => ("success", None, None, None),
        Outcome::Error { code, message, fingerprint } => {
            ("error", Some(code.as_str()), message.as_ref(), fingerprint.as_ref())
        }
        Outcome::Interrupted { .. } => ("interrupted", None, None, None),
        Outcome::Panic { .. } => ("panic", None, None, None),
    };
    [
        hex(event.event_id.to_bytes()),
        event.install_id.map(InstallId::to_bytes).map(hex).unwrap_or_default(),
        text(name.as_ref().map(AsRef::as_ref)),
        text(version.as_ref().map(AsRef::as_ref)),
        text(install_source.map(InstallSource::key)),
        os_name.key().to_owned(),
        text(os_version.as_ref().map(AsRef::as_ref)),
        words.join(" "),
        event.started_at.unix_us().to_string(),
        i64::try_from(event.duration_us).unwrap_or(i64::MAX).to_string(),
        outcome.to_owned(),
        text(code),
        text(message.map(AsRef::as_ref)),
        text(fingerprint.map(AsRef::as_ref)),
    ]
}
