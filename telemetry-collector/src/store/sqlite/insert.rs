//! Batches into tables.

use rusqlite::{CachedStatement, Connection, Transaction, TransactionBehavior, params};
use telemetry_schema::{
    App, Event, InstallId, InstallSource, Loss, Misspelling, Os, Outcome, SchemaVersion, Timestamp,
};

use super::erase::is_erased;
use crate::store::Inserted;
use crate::store::run::{MAX_LOSS, day, loss_key, moved_day, place_key};
use crate::{AdmittedBatch, AdmittedEvent};

const INSERT_EVENT: &str = "
    INSERT INTO events (event_id, received_day, install_id, program, program_version, install_source, os_name,
        os_version, command, started_us, duration_us, outcome, error_code, error_message, error_fingerprint,
        moved_day)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
    ON CONFLICT (event_id) DO NOTHING";
const INSERT_JSON: &str = "INSERT INTO event_json (event, json) VALUES (?1, ?2)";
const INSERT_MISSPELLING: &str =
    "INSERT INTO misspellings (event, place, typed, meant) VALUES (?1, ?2, ?3, ?4)";
const HAS_LOSSES: &str = "SELECT EXISTS (SELECT 1 FROM losses WHERE batch_id = ?1)";
const INSERT_LOSS: &str = "
    INSERT INTO losses (batch_id, reason, count, received_day) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (batch_id, reason) DO UPDATE SET count = MIN(count + excluded.count, 4294967295)";

pub(super) fn insert(
    database: &mut Connection,
    batches: &[AdmittedBatch],
    received_at: Timestamp,
) -> rusqlite::Result<Vec<Inserted>> {
    let transaction = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let day = day(received_at);
    let inserted = batches
        .iter()
        .map(|batch| insert_batch(&transaction, batch, day))
        .collect::<rusqlite::Result<_>>()?;
    transaction.commit()?;
    Ok(inserted)
}

fn insert_batch(transaction: &Transaction, batch: &AdmittedBatch, day: i64) -> rusqlite::Result<Inserted> {
    let mut events = transaction.prepare_cached(INSERT_EVENT)?;
    let mut texts = transaction.prepare_cached(INSERT_JSON)?;
    let mut misspellings = transaction.prepare_cached(INSERT_MISSPELLING)?;
    let mut inserted = Inserted::default();
    for event in batch.events() {
        if let Some(install) = event.event().install_id
            && is_erased(transaction, install)?
        {
            inserted.refused.push(event.refusal("install_id", "install_id.erased"));
            continue;
        }
        let moved_day = moved_day(event.event().started_at, day);
        if insert_event(&mut events, event, day, moved_day)? {
            inserted.accepted += 1;
            inserted.misdated += u64::from(moved_day.is_some());
            let row = transaction.last_insert_rowid();
            texts.execute(params![row, event.json()])?;
            for Misspelling { place, typed, meant } in &event.event().command.misspellings {
                misspellings.execute(params![row, place_key(*place), typed.as_str(), meant.as_str()])?;
            }
        } else {
            inserted.duplicates += 1;
        }
    }
    let id = batch.id().to_bytes();
    if !batch.losses().is_empty() && !transaction.query_row(HAS_LOSSES, [&id], |row| row.get(0))? {
        let mut losses = transaction.prepare_cached(INSERT_LOSS)?;
        for Loss { reason, count } in batch.losses() {
            let count = i64::try_from(*count.min(&MAX_LOSS)).unwrap_or(i64::MAX);
            losses.execute(params![id, loss_key(*reason), count, day])?;
        }
    }
    Ok(inserted)
}

fn insert_event(
    statement: &mut CachedStatement,
    admitted: &AdmittedEvent,
    day: i64,
    moved_day: Option<i64>,
) -> rusqlite::Result<bool> {
    let Event {
        schema_version: SchemaVersion,
        policy_version: _,
        event_id,
        install_id,
        app: App { name, version, install_source },
        os: Os { name: os_name, version: os_version, arch: _, libc: _, container: _, wsl: _ },
        auth_method: _,
        command,
        prompts: _,
        started_at,
        completed_at: _,
        duration_us,
        outcome,
        exit_code: _,
        context: _,
    } = admitted.event();
    let words: Vec<&str> = command.path.iter().map(AsRef::as_ref).collect();
    let (outcome, code, message, fingerprint) = match outcome {
        Outcome::Success => ("success", None, None, None),
        Outcome::Error { code, message, fingerprint } => {
            ("error", Some(code.as_str()), message.as_ref(), fingerprint.as_ref())
        }
        Outcome::Interrupted { .. } => ("interrupted", None, None, None),
        Outcome::Panic { .. } => ("panic", None, None, None),
    };
    let changed = statement.execute(params![
        event_id.to_bytes(),
        day,
        install_id.map(InstallId::to_bytes),
        name.as_ref().map(AsRef::<str>::as_ref),
        version.as_ref().map(AsRef::<str>::as_ref),
        install_source.map(InstallSource::key),
        os_name.key(),
        os_version.as_ref().map(AsRef::<str>::as_ref),
        words.join(" "),
        started_at.unix_us(),
        i64::try_from(*duration_us).unwrap_or(i64::MAX),
        outcome,
        code,
        message.map(AsRef::<str>::as_ref),
        fingerprint.map(AsRef::<str>::as_ref),
        moved_day,
    ])?;
    Ok(changed == 1)
}
