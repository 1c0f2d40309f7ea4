//! Sums into the table of days, and out of it; the weeks follow.

use rusqlite::{CachedStatement, Transaction, params};

use super::cells::Place;
use super::sum::{self, Sum};
use super::weeks;

pub(super) const STORED: &str = "
    SELECT key, runs, errors, ci_runs, failed_us, durations, installs, failed_installs FROM counts
    WHERE subject = ?1 AND segment = ?2 AND day = ?3 AND key BETWEEN ?4 AND ?5 ORDER BY key";
const INSERT: &str = "
    INSERT INTO counts (subject, segment, day, key, runs, errors, ci_runs, failed_us, durations, installs,
        failed_installs)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
// What the row is found by stays as it is, so that what it refers to is not looked for again.
const UPDATE: &str = "
    UPDATE counts SET runs = ?5, errors = ?6, ci_runs = ?7, failed_us = ?8, durations = ?9, installs = ?10,
        failed_installs = ?11
    WHERE subject = ?1 AND segment = ?2 AND day = ?3 AND key = ?4";
const DELETE: &str = "DELETE FROM counts WHERE subject = ?1 AND segment = ?2 AND day = ?3 AND key = ?4";

/// Adds sums, which are in the order of the table, to those that are in it. What lies side by side is read at once.
pub(super) fn add(transaction: &Transaction, mut sums: Vec<(Place, Sum)>) -> rusqlite::Result<()> {
    let mut stored = transaction.prepare_cached(STORED)?;
    let mut insert = transaction.prepare_cached(INSERT)?;
    let mut update = transaction.prepare_cached(UPDATE)?;
    let side_by_side = |a: &Place, b: &Place| (a.subject, a.segment, a.day) == (b.subject, b.segment, b.day);
    let mut known = Vec::new();
    for sums in sums.chunk_by_mut(|(a, _), (b, _)| side_by_side(a, b)) {
        known.clear();
        known.resize(sums.len(), false);
        let Place { subject, segment, day, key: first } = sums[0].0;
        let last = sums[sums.len() - 1].0.key;
        let mut rows = stored.query(params![subject, segment, day, first, last])?;
        let mut next = 0;
        while let Some(row) = rows.next()? {
            let key: i64 = row.get(0)?;
            next += sums[next..].iter().take_while(|(place, _)| place.key < key).count();
            if sums[next].0.key == key {
                sums[next].1.merge(&Sum::read(row, 1)?);
                known[next] = true;
            }
        }
        drop(rows);
        for ((place, sum), known) in sums.iter().zip(&known) {
            put(if *known { &mut update } else { &mut insert }, place, sum)?;
        }
    }
    weeks::sum_up_again(transaction, sums.iter().map(|(place, _)| place))
}

/// Takes sums out of those that are in the table.
pub(super) fn subtract(transaction: &Transaction, sums: &[(Place, Sum)]) -> rusqlite::Result<()> {
    let mut stored = transaction.prepare_cached(STORED)?;
    let mut update = transaction.prepare_cached(UPDATE)?;
    let mut delete = transaction.prepare_cached(DELETE)?;
    for (place, out) in sums {
        let Place { subject, segment, day, key } = place;
        let mut rows = stored.query(params![subject, segment, day, key, key])?;
        let Some(mut sum) = rows.next()?.map(|row| Sum::read(row, 1)).transpose()? else { continue };
        drop(rows);
        sum.subtract(out);
        if sum.is_empty() {
            delete.execute(params![subject, segment, day, key])?;
        } else {
            put(&mut update, place, &sum)?;
        }
    }
    weeks::sum_up_again(transaction, sums.iter().map(|(place, _)| place))
}

/// Writes a row: the place and the sum are the parameters of the statement, in the order of the columns.
pub(super) fn put(statement: &mut CachedStatement, place: &Place, sum: &Sum) -> rusqlite::Result<()> {
    let Place { subject, segment, day, key } = place;
    let Sum { runs, errors, ci_runs, failed_us, durations, installs, failed_installs } = sum;
    statement.execute(params![
        subject,
        segment,
        day,
        key,
        sum::whole(*runs),
        sum::whole(*errors),
        sum::whole(*ci_runs),
        sum::whole(*failed_us),
        durations.to_bytes(),
        sum::bytes(installs)?,
        sum::bytes(failed_installs)?,
    ])?;
    Ok(())
}
