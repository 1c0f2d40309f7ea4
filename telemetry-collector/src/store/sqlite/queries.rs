//! Tables into a report.

use rusqlite::{Connection, Row, Transaction, params};
use telemetry_schema::{InstallSource, Loss, LossReason, OsName, Timestamp};

use crate::report::{
    CommandRow, ErrorRow, InstallSourceRow, MisspellingRow, OperatingSystemRow, Totals, VersionRow, share,
};
use crate::{Report, ReportOptions};

// These read every row, in the order of the file. Left to itself SQLite walks the index of durations for some of them
// and looks each row up: a report over a million events then takes 9 s and not 4 s.
const TOTALS: &str = "
    SELECT COUNT(*), COUNT(DISTINCT install_id), SUM(outcome IN ('error', 'panic')), MIN(started_us), MAX(started_us)
    FROM events NOT INDEXED WHERE ?1 IS NULL OR program = ?1";
const LOSSES: &str = "SELECT reason, SUM(count) FROM losses GROUP BY reason ORDER BY SUM(count) DESC, reason";
const COMMANDS: &str = "
    SELECT program, command, COUNT(*) AS runs, COUNT(DISTINCT install_id), SUM(outcome IN ('error', 'panic'))
    FROM events NOT INDEXED WHERE ?1 IS NULL OR program = ?1
    GROUP BY program, command ORDER BY runs DESC, program, command LIMIT ?2";
/// Walks the index of durations: no memory that grows with the runs.
const DURATION: &str = "
    SELECT duration_us FROM events WHERE program IS ?1 AND command = ?2 ORDER BY duration_us LIMIT 1 OFFSET ?3";
const VERSIONS: &str = "
    SELECT program, program_version, COUNT(*) AS runs, COUNT(DISTINCT install_id)
    FROM events NOT INDEXED WHERE ?1 IS NULL OR program = ?1
    GROUP BY program, program_version ORDER BY runs DESC, program, program_version LIMIT ?2";
const OPERATING_SYSTEMS: &str = "
    SELECT os_name, os_version, COUNT(*) AS runs, COUNT(DISTINCT install_id)
    FROM events NOT INDEXED WHERE ?1 IS NULL OR program = ?1
    GROUP BY os_name, os_version ORDER BY runs DESC, os_name, os_version LIMIT ?2";
const INSTALL_SOURCES: &str = "
    SELECT install_source, COUNT(*) AS runs, COUNT(DISTINCT install_id)
    FROM events NOT INDEXED WHERE ?1 IS NULL OR program = ?1
    GROUP BY install_source ORDER BY runs DESC, install_source LIMIT ?2";
const ERRORS: &str = "
    SELECT program, command, COALESCE(error_code, 'panic') AS code, MIN(error_message) AS message, COUNT(*) AS times,
        COUNT(DISTINCT install_id)
    FROM events NOT INDEXED WHERE outcome IN ('error', 'panic') AND (?1 IS NULL OR program = ?1)
    GROUP BY program, command, code, COALESCE(error_fingerprint, error_message)
    ORDER BY times DESC, program, command, code, message LIMIT ?2";
const MISSPELLINGS: &str = "
    SELECT program, command, place, typed, meant, COUNT(*) AS times, COUNT(DISTINCT install_id)
    FROM misspellings JOIN events ON events.id = misspellings.event
    WHERE ?1 IS NULL OR program = ?1
    GROUP BY program, command, place, typed, meant
    ORDER BY times DESC, program, command, place, typed, meant LIMIT ?2";

pub(super) fn report(database: &mut Connection, options: &ReportOptions) -> rusqlite::Result<Report> {
    // One transaction, so that every table counts the same events.
    let transaction = database.transaction()?;
    let query = Query {
        transaction: &transaction,
        program: options.program_name(),
        // SQLite takes a negative limit for none.
        top: i64::try_from(options.top_rows()).unwrap_or(-1),
    };
    Ok(Report {
        totals: query.totals()?,
        commands: query.commands()?,
        versions: query.rows(VERSIONS, |row| {
            Ok(VersionRow {
                program: row.get(0)?,
                version: row.get(1)?,
                runs: count(row, 2)?,
                installs: count(row, 3)?,
            })
        })?,
        operating_systems: query.rows(OPERATING_SYSTEMS, |row| {
            let (name, version): (String, Option<String>) = (row.get(0)?, row.get(1)?);
            Ok(OperatingSystemRow {
                name: system_title(&name, version.as_deref()),
                runs: count(row, 2)?,
                installs: count(row, 3)?,
            })
        })?,
        install_sources: query.rows(INSTALL_SOURCES, |row| {
            let source: Option<String> = row.get(0)?;
            let source =
                source.map(|key| InstallSource::from_key(&key).map_or(key, |known| known.title().to_owned()));
            Ok(InstallSourceRow { source, runs: count(row, 1)?, installs: count(row, 2)? })
        })?,
        errors: query.rows(ERRORS, |row| {
            Ok(ErrorRow {
                program: row.get(0)?,
                command: row.get(1)?,
                code: row.get(2)?,
                message: row.get(3)?,
                times: count(row, 4)?,
                installs: count(row, 5)?,
            })
        })?,
        misspellings: query.rows(MISSPELLINGS, |row| {
            Ok(MisspellingRow {
                program: row.get(0)?,
                command: row.get(1)?,
                place: row.get(2)?,
                typed: row.get(3)?,
                meant: row.get(4)?,
                times: count(row, 5)?,
                installs: count(row, 6)?,
            })
        })?,
    })
}

struct Query<'a> {
    transaction: &'a Transaction<'a>,
    program: Option<&'a str>,
    top: i64,
}

impl Query<'_> {
    fn rows<T>(&self, sql: &str, read: impl FnMut(&Row) -> rusqlite::Result<T>) -> rusqlite::Result<Vec<T>> {
        self.transaction.prepare_cached(sql)?.query_map(params![self.program, self.top], read)?.collect()
    }

    fn totals(&self) -> rusqlite::Result<Totals> {
        let moment = |row: &Row, column| {
            let unix_us: Option<i64> = row.get(column)?;
            Ok::<_, rusqlite::Error>(unix_us.and_then(|unix_us| Timestamp::new(unix_us, 0).ok()))
        };
        let losses = self.losses()?;
        self.transaction.query_row(TOTALS, [self.program], |row| {
            let (events, errors) = (count(row, 0)?, count(row, 2)?);
            Ok(Totals {
                events,
                installs: count(row, 1)?,
                errors,
                error_rate: share(errors, events),
                first_event_at: moment(row, 3)?,
                last_event_at: moment(row, 4)?,
                losses,
            })
        })
    }

    fn losses(&self) -> rusqlite::Result<Vec<Loss>> {
        let mut statement = self.transaction.prepare_cached(LOSSES)?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, count(row, 1)?)))?;
        let known = rows.map(|row| row.map(|(key, count)| Some(Loss { reason: loss_reason(&key)?, count })));
        known.filter_map(Result::transpose).collect()
    }

    fn commands(&self) -> rusqlite::Result<Vec<CommandRow>> {
        let mut rows = self.rows(COMMANDS, |row| {
            let (runs, errors) = (count(row, 2)?, count(row, 4)?);
            Ok(CommandRow {
                program: row.get(0)?,
                command: row.get(1)?,
                runs,
                installs: count(row, 3)?,
                error_rate: share(errors, runs),
                p50_ms: 0.0,
                p95_ms: 0.0,
            })
        })?;
        for row in &mut rows {
            row.p50_ms = self.percentile_ms(row, 50)?;
            row.p95_ms = self.percentile_ms(row, 95)?;
        }
        Ok(rows)
    }

    fn percentile_ms(&self, row: &CommandRow, percent: u64) -> rusqlite::Result<f64> {
        let before = i64::try_from(nearest_rank(row.runs, percent) - 1).unwrap_or(i64::MAX);
        let mut statement = self.transaction.prepare_cached(DURATION)?;
        let us: i64 = statement.query_row(params![row.program, row.command, before], |row| row.get(0))?;
        #[expect(clippy::cast_precision_loss, reason = "exact up to 285 years")]
        Ok(us as f64 / 1000.0)
    }
}

/// The place of a percentile among `count` values in order, from 1: the first that at least `percent` per cent of
/// the values do not exceed.
fn nearest_rank(count: u64, percent: u64) -> u64 {
    (count * percent).div_ceil(100).max(1)
}

fn count(row: &Row, column: usize) -> rusqlite::Result<u64> {
    // A sum over no row is NULL.
    Ok(row.get::<_, Option<i64>>(column)?.and_then(|count| u64::try_from(count).ok()).unwrap_or(0))
}

fn system_title(key: &str, version: Option<&str>) -> String {
    // A key that this version does not know comes from a later one.
    let name = match OsName::from_key(key) {
        Some(known) => known.title(),
        None => key,
    };
    version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"))
}

fn loss_reason(key: &str) -> Option<LossReason> {
    serde_json::from_value(key.into()).ok()
}
