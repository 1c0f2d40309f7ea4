//! One install out of the sums.

use rusqlite::Transaction;
use telemetry_schema::InstallId;

use super::gather::Gathered;
use super::names::Names;
use super::{read, table};

/// Takes an install out of the rollups, as if it had never run anything. To be called in the transaction that deletes
/// its events, **before** they are deleted: what is taken out is what they say.
///
/// Its runs, errors and durations leave the sums they are in, its number leaves every set of installs, and the row that
/// links its identifier to the number goes. Runs whose events were deleted earlier, say by age, stay in the sums as
/// numbers that nothing links to it. Texts of messages stay among the keys: they are redacted, and other installs'.
pub(in crate::store::sqlite) fn erase(transaction: &Transaction, install: InstallId) -> rusqlite::Result<()> {
    let id = install.to_bytes();
    let mut gathered = Gathered::default();
    let mut names = Names::new(transaction);
    // What is not counted yet is in no sum.
    let mut statement = transaction.prepare_cached(
        "SELECT json FROM events JOIN event_json ON event_json.event = events.id
        WHERE install_id = ?1 AND NOT EXISTS (SELECT 1 FROM uncounted WHERE event = events.id)",
    )?;
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        gathered.add(&read(row.get_ref(0)?.as_str()?)?, &mut names)?;
    }
    drop(rows);
    table::subtract(transaction, &gathered.sums(&names))?;
    transaction.execute("DELETE FROM installs WHERE install_id = ?1", [id])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use serde_json::{Value as Json, json};
    use telemetry_redact::{Policy, Redactor};
    use telemetry_schema::{EventId, Timestamp};

    use super::*;
    use crate::store::sqlite::{SqliteStore, lock};
    use crate::{Policies, Query, ReportName, Store, admit};

    fn event(number: u8, install: u8) -> Json {
        let mut random = [0; 10];
        random[9] = number;
        json!({
            "schema_version": 1, "policy_version": 1, "event_id": EventId::new(1_700_000_000_000, &random),
            "install_id": InstallId::new([install; 16]), "app": {"name": "orchard", "version": "1.2.0"},
            "os": {"name": "debian", "arch": "x86_64"},
            "command": {"path": ["plant"], "flags": [], "positional_count": 0, "positionals": [],
                "dropped": {"words": 0, "flags": 0, "values": 0}},
            "started_at": "2022-04-11T11:35:46.794119+01:00", "completed_at": "2022-04-11T11:35:49.456719+01:00",
            "duration_us": 1000 * u64::from(number), "outcome": {"kind": if number.is_multiple_of(2) { "panic" } else { "success" }},
            "context": {"terminal": {"stdin": "other", "stdout": "other", "stderr": "other"}},
        })
    }

    fn store_of(events: &[Json]) -> SqliteStore {
        let policy = r#"{"format": 1, "program": "orchard", "version": 1, "dialect": "clap",
            "commands": [{"path": ""}, {"path": "plant"}]}"#;
        let policies = Policies::new().with(Redactor::new(Policy::from_json(policy).unwrap()));
        let batch = json!({
            "protocol_version": 1, "batch_id": "0190163d-8694-739b-aea5-966c26f8ad91", "events": events,
        });
        let batch = admit(batch.to_string().as_bytes(), &policies).unwrap();
        assert_eq!(batch.refused(), []);
        let store = SqliteStore::in_memory().unwrap();
        store.insert(&[batch], Timestamp::default()).unwrap();
        store
    }

    fn reports(store: &SqliteStore) -> Vec<Json> {
        let report = |name: &ReportName| store.report(&Query::new(*name).min_installs(1)).unwrap().to_json();
        ReportName::ALL.iter().map(report).collect()
    }

    /// Every number that stands for an install, in any set.
    fn members(connection: &Connection) -> usize {
        let mut statement = connection
            .prepare("SELECT 0, 0, 0, 0, durations, installs, failed_installs FROM counts")
            .unwrap();
        let sums = statement.query_map([], |row| super::super::Sum::read(row, 0)).unwrap();
        sums.map(|sum| usize::try_from(sum.unwrap().installs().len()).unwrap()).sum()
    }

    #[test]
    fn an_erased_install_has_never_been_there() {
        let (mine, other): (Vec<_>, Vec<_>) = (
            (1..=4).map(|number| event(number, 1)).collect(),
            (5..=9).map(|number| event(number, 2)).collect(),
        );
        let store = store_of(&[mine, other.clone()].concat());
        let with_both = reports(&store);
        let never = store_of(&other);
        let without = reports(&never);
        {
            let mut writer = lock(&store.writer);
            let transaction = writer.transaction().unwrap();
            let install = InstallId::new([1; 16]);
            erase(&transaction, install).unwrap();
            transaction.execute("DELETE FROM events WHERE install_id = ?1", [install.to_bytes()]).unwrap();
            transaction.commit().unwrap();
            assert_eq!(members(&writer), members(&lock(&never.writer)));
            let kept: u64 = writer
                .query_row("SELECT COUNT(*) FROM installs", [], |row| row.get(0).map(i64::unsigned_abs))
                .unwrap();
            assert_eq!(kept, 1);
        }
        assert_ne!(reports(&store), with_both);
        assert_eq!(reports(&store), without);
    }

    #[test]
    fn what_is_not_counted_yet_is_erased_too() {
        let store = store_of(&[event(1, 1), event(2, 2)]);
        {
            let mut writer = lock(&store.writer);
            let transaction = writer.transaction().unwrap();
            let install = InstallId::new([1; 16]);
            erase(&transaction, install).unwrap();
            transaction.execute("DELETE FROM events WHERE install_id = ?1", [install.to_bytes()]).unwrap();
            transaction.commit().unwrap();
        }
        assert_eq!(reports(&store), reports(&store_of(&[event(2, 2)])));
    }
}
