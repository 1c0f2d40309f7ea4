//! Rows into answers.

use std::collections::BTreeSet;

use ring::rand::SecureRandom as _;
use telemetry_schema::Loss;

use super::server::Failure;
use super::tables::BINARY;
use super::wire::{RowReader, RowWriter};
use super::{ClickHouseStore, query};
use crate::report::{Filters, NoiseKey};
use crate::store::run::loss_reason;
use crate::store::{
    Cohort, Durations, Group, Period, Programs, Question, Reader, StoreError, Subject, Tally,
};

/// Sums are at most what SQLite's integers hold, so that both stores say the same.
const MAX_SUM: u128 = i64::MAX as u128;

/// Each question is answered as of one moment; what comes in between two questions is in the later one alone.
pub(super) struct ClickHouseReader<'a>(pub(super) &'a ClickHouseStore);

impl Reader for ClickHouseReader<'_> {
    fn groups(&mut self, question: &Question) -> Result<Vec<Group>, StoreError> {
        groups(self.0, question).map_err(|failure| self.0.failed("read", failure))
    }

    fn days(&mut self, filters: &Filters) -> Result<Option<(i64, i64)>, StoreError> {
        let days = self.0.ask(&query::days(filters)).and_then(|answer| {
            let mut rows = RowReader::new(&answer);
            let (runs, first, last) = (rows.u64()?, rows.i32()?, rows.i32()?);
            Ok((runs > 0).then_some((i64::from(first), i64::from(last))))
        });
        days.map_err(|failure| self.0.failed("read", failure))
    }

    fn cohorts(&mut self, filters: &Filters) -> Result<Vec<Cohort>, StoreError> {
        cohorts(self.0, filters).map_err(|failure| self.0.failed("read", failure))
    }

    fn losses(&mut self) -> Result<Vec<Loss>, StoreError> {
        losses(self.0).map_err(|failure| self.0.failed("read", failure))
    }

    fn noise_key(&mut self) -> Result<NoiseKey, StoreError> {
        noise_key(self.0).map_err(|failure| self.0.failed("read", failure))
    }
}

/// The least of the keys in the table: of two collectors that find none and make one each, both take the same afterwards.
fn noise_key(store: &ClickHouseStore) -> Result<NoiseKey, Failure> {
    let known = || {
        let answer = store.ask(&format!("SELECT key FROM noise_keys ORDER BY key LIMIT 1 {BINARY}"))?;
        (!answer.is_empty()).then(|| RowReader::new(&answer).bytes()).transpose()
    };
    if let Some(key) = known()? {
        return Ok(NoiseKey::new(&key));
    }
    let mut key = [0; NoiseKey::BYTES];
    ring::rand::SystemRandom::new().fill(&mut key).map_err(|_| Failure::NoRandomness)?;
    let mut row = RowWriter::default();
    row.fixed(&key);
    store.write(&format!("INSERT INTO noise_keys (key) {BINARY}"), row.bytes())?;
    known()?.map(|key| NoiseKey::new(&key)).ok_or(Failure::Answer)
}

fn groups(store: &ClickHouseStore, question: &Question) -> Result<Vec<Group>, Failure> {
    let (query, words) = query::groups(question);
    let answer = store.ask(&query)?;
    let mut rows = RowReader::new(&answer);
    let mut groups = Vec::new();
    while rows.has_more() {
        let program = if question.programs == Programs::Apart { rows.maybe()? } else { None };
        let mut key: Vec<Option<String>> = (0..words).map(|_| rows.maybe()).collect::<Result<_, _>>()?;
        let week = if question.period == Period::Week { Some(i64::from(rows.i32()?)) } else { None };
        let (runs, errors, ci_runs) = (rows.u64()?, rows.u64()?, rows.u64()?);
        let (high, low) = (u128::from(rows.u64()?), u128::from(rows.u64()?));
        let failed_us = u64::try_from(((high << 32) + low).min(MAX_SUM)).unwrap_or(u64::MAX);
        let (installs, failed_installs) = (rows.u64()?, rows.u64()?);
        if question.subject == Subject::Error {
            // A run without a message comes before all that have one.
            let (least, without) = (rows.maybe()?, rows.u64()?);
            if let Some(last) = key.last_mut() {
                *last = least.filter(|_| without == 0);
            }
        }
        let mut durations = Durations::default();
        if query::is_timed(question.subject) {
            let (buckets, counts) = (rows.list(RowReader::u16)?, rows.list(RowReader::u64)?);
            buckets.into_iter().zip(counts).for_each(|(bucket, runs)| durations.add_bucket(bucket, runs));
        }
        // Without a key there is a row of sums also where there is no run.
        if runs > 0 {
            let tally = Tally { runs, errors, ci_runs, failed_us, installs, failed_installs, durations };
            groups.push(Group { program, key, week, tally });
        }
    }
    Ok(groups)
}

fn cohorts(store: &ClickHouseStore, filters: &Filters) -> Result<Vec<Cohort>, Failure> {
    let answer = store.ask(&query::cohorts(filters))?;
    let mut rows = RowReader::new(&answer);
    let mut weeks = BTreeSet::new();
    let mut new = Vec::new();
    while rows.has_more() {
        let (first, installs) = (i64::from(rows.i32()?), rows.u64()?);
        let returned: Vec<u64> = (0..4).map(|_| rows.u64()).collect::<Result<_, _>>()?;
        weeks.extend(rows.list(RowReader::i32)?.into_iter().map(i64::from));
        new.push((first, installs, returned));
    }
    let Some(last) = weeks.last().copied() else { return Ok(Vec::new()) };
    let cohort = |week: i64| {
        let known = new.iter().find(|(first, ..)| *first == week);
        let (installs, returned) =
            known.map_or((0, [0; 4].as_slice()), |(_, installs, returned)| (*installs, returned));
        let known_weeks = (1..=4).take_while(|later| week + later * 7 <= last).count();
        Cohort { week, installs, returned: returned.iter().take(known_weeks).copied().collect() }
    };
    Ok(weeks.iter().map(|week| cohort(*week)).collect())
}

fn losses(store: &ClickHouseStore) -> Result<Vec<Loss>, Failure> {
    let answer = store.ask(&format!(
        "SELECT reason, toUInt64(sum(once)) FROM (
            SELECT batch_id, reason, max(count) AS once FROM losses GROUP BY batch_id, reason
        ) GROUP BY reason {BINARY}"
    ))?;
    let mut rows = RowReader::new(&answer);
    let mut sums = Vec::new();
    while rows.has_more() {
        sums.push((rows.text()?, rows.u64()?));
    }
    sums.sort_by(|(a_key, a), (b_key, b)| b.cmp(a).then_with(|| a_key.cmp(b_key)));
    let known = sums.into_iter().filter_map(|(key, count)| Some(Loss { reason: loss_reason(&key)?, count }));
    Ok(known.collect())
}
