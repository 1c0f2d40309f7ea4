//! Looking after a store: whether its file is sound, what of it is old, how large it needs to be, and a way out of it.

use std::io::Write;

use rusqlite::{Connection, OptionalExtension as _};

use super::{SqliteStore, failure, lock, rollup};
use crate::StoreError;
use crate::store::upkeep::{COLUMNS, Condition, ExportError, ExportForm, Upkeep};

/// Events that are forgotten at once: others write in between.
const CHUNK: i64 = 10_000;

/// What is said of a damaged file at most.
const MAX_PROBLEMS: u32 = 20;

impl Upkeep for SqliteStore {
    fn condition(&self) -> Result<Condition, StoreError> {
        let connection = lock(self.reader.as_ref().unwrap_or(&self.writer));
        condition(&connection).map_err(|source| failure("read", &self.path, source))
    }

    fn compact(&self) -> Result<(u64, u64), StoreError> {
        let failed = |source| failure("compact", &self.path, source);
        let writer = lock(&self.writer);
        let before = bytes(&writer).map_err(failed)?;
        writer.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE);").map_err(failed)?;
        Ok((before, bytes(&writer).map_err(failed)?))
    }

    fn export(&self, form: ExportForm, out: &mut dyn Write) -> Result<u64, ExportError> {
        let connection = lock(self.reader.as_ref().unwrap_or(&self.writer));
        let failed = |source| ExportError::Store(failure("read", &self.path, source));
        match form {
            ExportForm::Lines => lines(&connection, out, failed),
            ExportForm::Csv => csv(&connection, out, failed),
        }
    }
}

impl SqliteStore {
    /// Forgets up to 10,000 of the events that came before this day; what was counted of them stays. How many went.
    pub(super) fn forget_some(&self, before_day: i64) -> Result<u64, StoreError> {
        let failed = |source| failure("write", &self.path, source);
        let mut writer = lock(&self.writer);
        // What is not counted would never be.
        while rollup::count_some(&mut writer).map_err(failed)? == rollup::CHUNK {}
        let gone = writer
            .execute(
                "DELETE FROM events WHERE id IN (SELECT id FROM events WHERE received_day < ?1 ORDER BY id LIMIT ?2)",
                (before_day, CHUNK),
            )
            .map_err(failed)?;
        Ok(gone as u64)
    }
}

fn number<T: rusqlite::types::FromSql>(database: &Connection, query: &str) -> rusqlite::Result<T> {
    database.query_row(query, [], |row| row.get(0))
}

fn bytes(database: &Connection) -> rusqlite::Result<u64> {
    let pages: i64 = number(database, "PRAGMA page_count")?;
    let size: i64 = number(database, "PRAGMA page_size")?;
    Ok(u64::try_from(pages * size).unwrap_or(0))
}

fn condition(database: &Connection) -> rusqlite::Result<Condition> {
    let mut statement = database.prepare(&format!("PRAGMA integrity_check({MAX_PROBLEMS})"))?;
    let said: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut problems: Vec<String> = said.into_iter().filter(|line| line != "ok").collect();
    let orphans: Option<String> =
        database.query_row("PRAGMA foreign_key_check", [], |row| row.get(0)).optional()?;
    problems.extend(orphans.map(|table| format!("rows of table {table} belong to nothing")));
    let count = |query| number::<i64>(database, query).map(|count| u64::try_from(count).unwrap_or(0));
    let size: i64 = number(database, "PRAGMA page_size")?;
    let free: i64 = number(database, "PRAGMA freelist_count")?;
    Ok(Condition {
        format: number(database, "PRAGMA user_version")?,
        events: count("SELECT COUNT(*) FROM events")?,
        uncounted: count("SELECT COUNT(*) FROM uncounted")?,
        oldest_day: number(database, "SELECT MIN(received_day) FROM events")?,
        bytes: bytes(database)?,
        free_bytes: u64::try_from(free * size).unwrap_or(0),
        problems,
    })
}

fn lines(
    database: &Connection,
    mut out: impl Write,
    failed: impl Fn(rusqlite::Error) -> ExportError,
) -> Result<u64, ExportError> {
    let mut statement = database.prepare("SELECT json FROM event_json ORDER BY event").map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    let mut count = 0;
    while let Some(row) = rows.next().map_err(&failed)? {
        let json = row.get_ref(0).and_then(|value| Ok(value.as_str()?)).map_err(&failed)?;
        writeln!(out, "{json}")?;
        count += 1;
    }
    out.flush()?;
    Ok(count)
}

fn csv(
    database: &Connection,
    out: impl Write,
    failed: impl Fn(rusqlite::Error) -> ExportError,
) -> Result<u64, ExportError> {
    let select = COLUMNS.map(|column| match column {
        "event_id" | "install_id" => format!("lower(hex({column}))"),
        column => column.to_owned(),
    });
    let query = format!("SELECT {} FROM events ORDER BY id", select.join(", "));
    let mut statement = database.prepare(&query).map_err(&failed)?;
    let mut rows = statement.query([]).map_err(&failed)?;
    let mut writer = csv::Writer::from_writer(out);
    let written = |result: csv::Result<()>| result.map_err(|error| ExportError::Write(error.into()));
    written(writer.write_record(COLUMNS))?;
    let mut count = 0;
    while let Some(row) = rows.next().map_err(&failed)? {
        let mut cells = Vec::with_capacity(COLUMNS.len());
        for index in 0..COLUMNS.len() {
            cells.push(cell(row, index).map_err(&failed)?);
        }
        written(writer.write_record(&cells))?;
        count += 1;
    }
    writer.flush()?;
    Ok(count)
}

/// A cell as text; what is absent is empty.
fn cell(row: &rusqlite::Row<'_>, index: usize) -> rusqlite::Result<String> {
    use rusqlite::types::ValueRef;
    Ok(match row.get_ref(index)? {
        ValueRef::Null | ValueRef::Blob(_) => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
    })
}
