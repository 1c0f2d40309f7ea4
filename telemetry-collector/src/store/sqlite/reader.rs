//! Rollups into answers.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::MutexGuard;

use roaring::RoaringBitmap;
use rusqlite::types::Type;
use rusqlite::{Connection, Error, Row, params};
use telemetry_schema::Loss;

use super::failure;
use super::rollup::{FAR, Sum, number};
use crate::report::{Filters, NoiseKey, monday};
use crate::store::run::loss_reason;
use crate::store::scope::Scope;
use crate::store::{Cohort, Group, Period, Programs, Question, Reader, StoreError, Subject};

const LOSSES: &str = "SELECT reason, SUM(count) FROM losses GROUP BY reason ORDER BY SUM(count) DESC, reason";
const DAYS: &str = "
    SELECT MIN(day), MAX(day) FROM segments CROSS JOIN counts
    ON counts.subject = 1 AND counts.segment = segments.number AND day BETWEEN ?1 AND ?2
    WHERE level = ?3 AND (?4 IS NULL OR program = ?4) AND (?5 IS NULL OR program_version = ?5)
        AND (?6 IS NULL OR os_name = ?6) AND (?7 IS NULL OR install_source = ?7) AND (?8 IS NULL OR ci = ?8)";
// Of whole weeks that are summed up, their sums; of all else, days. The segments first: of the rows only theirs are read then,
// in the order of the table.
const COUNTS: &str = "
    WITH mine AS (
        SELECT number, program, IFNULL(summed_until, ?10) AS summed_until FROM segments
        WHERE level = ?3 AND (?4 IS NULL OR program = ?4) AND (?5 IS NULL OR program_version = ?5)
            AND (?6 IS NULL OR os_name = ?6) AND (?7 IS NULL OR install_source = ?7) AND (?8 IS NULL OR ci = ?8)
    )
    SELECT program, weeks.key, day, runs, errors, ci_runs, failed_us, durations, installs, failed_installs
    FROM mine CROSS JOIN weeks
    ON weeks.subject = ?9 AND weeks.segment = mine.number AND day BETWEEN ?10 AND ?11
    UNION ALL
    SELECT program, counts.key, day, runs, errors, ci_runs, failed_us, durations, installs, failed_installs
    FROM mine CROSS JOIN counts
    ON counts.subject = ?9 AND counts.segment = mine.number AND day BETWEEN ?1 AND MIN(?2, ?10 - 1)
    UNION ALL
    SELECT program, counts.key, day, runs, errors, ci_runs, failed_us, durations, installs, failed_installs
    FROM mine CROSS JOIN counts
    ON counts.subject = ?9 AND counts.segment = mine.number
        AND day BETWEEN MAX(?10, MIN(mine.summed_until, ?11 + 7)) AND ?2";

/// A transaction that reads, so that every answer is of the same events.
pub(super) struct SqliteReader<'a> {
    connection: MutexGuard<'a, Connection>,
    path: &'a Path,
}

impl<'a> SqliteReader<'a> {
    pub(super) fn begin(connection: MutexGuard<'a, Connection>, path: &'a Path) -> rusqlite::Result<Self> {
        connection.execute_batch("BEGIN")?;
        Ok(Self { connection, path })
    }

    fn failed(&self) -> impl Fn(Error) -> StoreError + use<'a> {
        let path = self.path;
        move |source| failure("read", path, source)
    }
}

impl Drop for SqliteReader<'_> {
    fn drop(&mut self) {
        // Nothing was written; a transaction that SQLite ended by itself is over already.
        let _ = self.connection.execute_batch("ROLLBACK");
    }
}

impl Reader for SqliteReader<'_> {
    fn groups(&mut self, question: &Question) -> Result<Vec<Group>, StoreError> {
        groups(&self.connection, question).map_err(self.failed())
    }

    fn days(&mut self, filters: &Filters) -> Result<Option<(i64, i64)>, StoreError> {
        let scope = Scope::of(filters);
        let Scope { since, until, level, program, version, os, source, ci } = scope;
        let days = self.connection.query_row(
            DAYS,
            params![since, until, level, program, version, os, source, ci],
            |row| Ok(row.get::<_, Option<i64>>(0)?.zip(row.get(1)?)),
        );
        days.map_err(self.failed())
    }

    fn cohorts(&mut self, filters: &Filters) -> Result<Vec<Cohort>, StoreError> {
        cohorts(&self.connection, filters).map_err(self.failed())
    }

    fn losses(&mut self) -> Result<Vec<Loss>, StoreError> {
        losses(&self.connection).map_err(self.failed())
    }

    fn noise_key(&mut self) -> Result<NoiseKey, StoreError> {
        let key = self.connection.query_row("SELECT key FROM noise_key", [], |row| row.get(0));
        key.map(|key| NoiseKey::new(&key)).map_err(self.failed())
    }
}

fn each_count(
    connection: &Connection,
    subject: Subject,
    filters: &Filters,
    mut take: impl FnMut(&Row) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let Scope { since, until, level, program, version, os, source, ci } = Scope::of(filters);
    let (since, until) = (since.max(-FAR), until.min(FAR));
    // The first and the last Monday of whole weeks in between; the last is before the first where there is none.
    let (first, last) = (monday(since + 6), monday(until - 6));
    let subject = number(subject);
    let mut statement = connection.prepare_cached(COUNTS)?;
    let mut rows = statement
        .query(params![since, until, level, program, version, os, source, ci, subject, first, last])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

/// Program, key, week.
type Name = (Option<String>, Vec<Option<String>>, Option<i64>);

fn groups(connection: &Connection, question: &Question) -> rusqlite::Result<Vec<Group>> {
    // By program, key and week. There are few programs: each is kept once.
    let mut programs: Vec<Option<String>> = Vec::new();
    let mut sums: HashMap<(usize, i64, Option<i64>), Sum> = HashMap::new();
    each_count(connection, question.subject, question.filters, |row| {
        let program = row.get_ref(0)?.as_str_or_null()?;
        let program = program.filter(|_| question.programs == Programs::Apart);
        let known = programs.iter().position(|known| known.as_deref() == program);
        let program = known.unwrap_or_else(|| {
            programs.push(program.map(str::to_owned));
            programs.len() - 1
        });
        let week = match question.period {
            Period::Whole => None,
            Period::Week => Some(monday(row.get(2)?)),
        };
        sums.entry((program, row.get(1)?, week)).or_default().merge(&Sum::read(row, 3)?);
        Ok(())
    })?;
    let mut named: BTreeMap<Name, (Sum, Option<String>)> = BTreeMap::new();
    for ((program, key, week), sum) in sums {
        let mut key = words(connection, key)?;
        let mut message = None;
        if question.subject == Subject::Error {
            // Wordings of one fingerprint are one error.
            let fingerprint = key.pop().flatten();
            message = key.last().cloned().flatten();
            if let (Some(last), Some(fingerprint)) = (key.last_mut(), fingerprint) {
                *last = Some(fingerprint);
            }
        }
        let (into, least) = named
            .entry((programs[program].clone(), key, week))
            .or_insert_with(|| (Sum::default(), message.clone()));
        into.merge(&sum);
        *least = least.take().min(message);
    }
    let group = |((program, mut key, week), (sum, message)): ((_, Vec<_>, _), (Sum, _))| {
        if question.subject == Subject::Error
            && let Some(last) = key.last_mut()
        {
            *last = message;
        }
        Group { program, key, week, tally: sum.into_tally() }
    };
    Ok(named.into_iter().map(group).collect())
}

fn words(connection: &Connection, key: i64) -> rusqlite::Result<Vec<Option<String>>> {
    let mut statement = connection.prepare_cached("SELECT key FROM keys WHERE number = ?1")?;
    let text: String = statement.query_row([key], |row| row.get(0))?;
    serde_json::from_str(&text)
        .map_err(|error| Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}

fn cohorts(connection: &Connection, filters: &Filters) -> rusqlite::Result<Vec<Cohort>> {
    let mut weeks: BTreeMap<i64, RoaringBitmap> = BTreeMap::new();
    each_count(connection, Subject::All, filters, |row| {
        *weeks.entry(monday(row.get(2)?)).or_default() |= Sum::read(row, 3)?.installs();
        Ok(())
    })?;
    let mut seen = RoaringBitmap::new();
    let Some(last) = weeks.last_key_value().map(|(week, _)| *week) else { return Ok(Vec::new()) };
    let mut cohorts = Vec::new();
    for (week, installs) in &weeks {
        let new = installs - &seen;
        seen |= &new;
        // An identifier lives for 30 days: what is later than four weeks is somebody else.
        let later = (1..=4).map(|weeks| week + weeks * 7).take_while(|later| *later <= last);
        let returned =
            later.map(|later| weeks.get(&later).map_or(0, |set| set.intersection_len(&new))).collect();
        cohorts.push(Cohort { week: *week, installs: new.len(), returned });
    }
    Ok(cohorts)
}

fn losses(connection: &Connection) -> rusqlite::Result<Vec<Loss>> {
    let mut statement = connection.prepare_cached(LOSSES)?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0)))
    })?;
    let known = rows.map(|row| row.map(|(key, count)| Some(Loss { reason: loss_reason(&key)?, count })));
    known.filter_map(Result::transpose).collect()
}
