//! Weeks that are over, summed up from the days in the table `counts`: what a report over a long time reads.
//!
//! A week of a segment is summed up when the one after it is over too, since most of what is late has come by then. What
//! comes later still, and what is erased, changes days: the weeks they are in are made from them again. So a week is always what
//! its days are.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::cells::Place;
use super::sum::Sum;
use super::table::{STORED, put};
use super::{FAR, SUBJECTS, number};
use crate::report::monday;
use crate::store::Subject;
use crate::store::scope::BY_WEEKS;

/// Days from a Monday until its week is summed up.
const AFTER: i64 = 14;

const SEGMENTS: &str = "SELECT number FROM segments WHERE level < ?1";
/// The first day that is in no sum of a week, and the last one.
const OPEN: &str = "
    SELECT (SELECT MIN(day) FROM counts WHERE subject = ?1 AND segment = number
            AND day >= IFNULL(summed_until, ?3)),
        (SELECT MAX(day) FROM counts WHERE subject = ?1 AND segment = number)
    FROM segments WHERE number = ?2";
const LATEST_RECEIVED: &str = "SELECT received_day FROM events ORDER BY id DESC LIMIT 1";
const DAYS: &str = "
    SELECT key, runs, errors, ci_runs, failed_us, durations, installs, failed_installs FROM counts
    WHERE subject = ?1 AND segment = ?2 AND day BETWEEN ?3 AND ?3 + 6";
const PUT: &str = "
    INSERT OR REPLACE INTO weeks (subject, segment, day, key, runs, errors, ci_runs, failed_us, durations, installs,
        failed_installs)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
const DELETE: &str = "DELETE FROM weeks WHERE subject = ?1 AND segment = ?2 AND day = ?3 AND key = ?4";
const SUMMED_UNTIL: &str = "SELECT number, summed_until FROM segments WHERE summed_until IS NOT NULL";
const SET_SUMMED_UNTIL: &str = "UPDATE segments SET summed_until = ?2 WHERE number = ?1";

/// Sums up one week of each of so many segments, where one is over: a transaction each. How many there were.
pub(in crate::store::sqlite) fn sum_up_some(
    database: &mut Connection,
    at_most: usize,
) -> rusqlite::Result<usize> {
    let Some(latest) = database.query_row(LATEST_RECEIVED, [], |row| row.get(0)).optional()? else {
        return Ok(0);
    };
    let segments: Vec<i64> = {
        let mut statement = database.prepare_cached(SEGMENTS)?;
        let rows = statement.query_map([BY_WEEKS], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let mut summed = 0;
    for segment in segments {
        // Without the lock on writing first: mostly there is nothing to do.
        if due(database, segment, latest)?.is_none() {
            continue;
        }
        let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(week) = due(&transaction, segment, latest)? {
            sum_up(&transaction, segment, week)?;
            transaction.commit()?;
            summed += 1;
        }
        if summed == at_most {
            break;
        }
    }
    Ok(summed)
}

/// The first week of a segment that can be summed up. The day of the last event that came bounds what clocks of others say.
fn due(database: &Connection, segment: i64, latest: i64) -> rusqlite::Result<Option<i64>> {
    let open = database
        .prepare_cached(OPEN)?
        .query_row(params![number(Subject::All), segment, -FAR], |row| {
            Ok(row.get::<_, Option<i64>>(0)?.zip(row.get::<_, Option<i64>>(1)?))
        })
        .optional()?
        .flatten();
    Ok(open
        .map(|(first, last)| (monday(first), last))
        .filter(|(week, last)| week + AFTER <= latest.min(*last))
        .map(|(week, _)| week))
}

fn sum_up(transaction: &Transaction, segment: i64, week: i64) -> rusqlite::Result<()> {
    let mut days = transaction.prepare_cached(DAYS)?;
    let mut store = transaction.prepare_cached(PUT)?;
    for subject in SUBJECTS {
        let mut sums: BTreeMap<i64, Sum> = BTreeMap::new();
        let mut rows = days.query(params![subject, segment, week])?;
        while let Some(row) = rows.next()? {
            sums.entry(row.get(0)?).or_default().merge(&Sum::read(row, 1)?);
        }
        drop(rows);
        for (key, sum) in sums {
            put(&mut store, &Place { subject, segment, day: week, key }, &sum)?;
        }
    }
    transaction.prepare_cached(SET_SUMMED_UNTIL)?.execute([segment, week + 7])?;
    Ok(())
}

/// Makes the weeks again that are summed up and have one of these days.
pub(super) fn sum_up_again<'a>(
    transaction: &Transaction,
    changed: impl Iterator<Item = &'a Place>,
) -> rusqlite::Result<()> {
    let summed_until: HashMap<i64, i64> = {
        let mut statement = transaction.prepare_cached(SUMMED_UNTIL)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let is_summed = |place: &&Place| summed_until.get(&place.segment).is_some_and(|until| place.day < *until);
    let week = |place: &Place| Place { day: monday(place.day), ..*place };
    let weeks: BTreeSet<Place> = changed.filter(is_summed).map(week).collect();
    let mut day = transaction.prepare_cached(STORED)?;
    let mut store = transaction.prepare_cached(PUT)?;
    let mut delete = transaction.prepare_cached(DELETE)?;
    for week in weeks {
        let Place { subject, segment, day: monday, key } = week;
        let mut sum = Sum::default();
        for of_week in monday..monday + 7 {
            let mut rows = day.query(params![subject, segment, of_week, key, key])?;
            if let Some(row) = rows.next()? {
                sum.merge(&Sum::read(row, 1)?);
            }
        }
        if sum.is_empty() {
            delete.execute(params![subject, segment, monday, key])?;
        } else {
            put(&mut store, &week, &sum)?;
        }
    }
    Ok(())
}
