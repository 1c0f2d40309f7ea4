//! Erasing: the rows of installations, on every server.
//!
//! First an installation is remembered as erased: from then on its events are refused and counted nowhere. Then its rows
//! are deleted from the files, which servers do by writing the parts they are in anew, and this waits for.

use telemetry_schema::{ErasureId, ErasureReceipt, Timestamp};

use super::ClickHouseStore;
use super::insert::received_day;
use super::literal::{literal, literals};
use super::server::Failure;
use super::tables::BINARY;
use super::wire::{RowReader, RowWriter};
use crate::AdmittedErasure;

/// Carried out again where it was before, as a second request of the same number may name other installations. The receipt
/// is that of the first time.
pub(super) fn erase(
    store: &ClickHouseStore,
    erasure: &AdmittedErasure,
    received_at: Timestamp,
) -> Result<ErasureReceipt, Failure> {
    let installs = literals(erasure.install_ids().iter().map(|install| install.to_bytes()));
    let theirs = format!("install_id IN ({installs})");
    let answer = store.ask(&format!("SELECT uniqExact(event_id) FROM runs WHERE {theirs} {BINARY}"))?;
    let erased = RowReader::new(&answer).u64()?;
    let mut rows = RowWriter::default();
    for install in erasure.install_ids() {
        rows.id(install.to_bytes());
        rows.u16(received_day(received_at));
    }
    store.write(&format!("INSERT INTO erased_installs (install_id, erased_day) {BINARY}"), rows.bytes())?;
    store.delete(&["runs", "events"], &theirs)?;
    if let Some(receipt) = receipt(store, erasure.id())? {
        return Ok(receipt);
    }
    let mut row = RowWriter::default();
    row.id(erasure.id().to_bytes());
    row.text(&received_at.to_string());
    row.u64(erased);
    store.write(&format!("INSERT INTO erasures (erasure_id, received_at, erased) {BINARY}"), row.bytes())?;
    // Read back, so that of two that ask at once both get the same.
    receipt(store, erasure.id())?.ok_or(Failure::Answer)
}

/// The receipt of a request that was carried out.
pub(super) fn receipt(
    store: &ClickHouseStore,
    erasure_id: ErasureId,
) -> Result<Option<ErasureReceipt>, Failure> {
    let answer = store.ask(&format!(
        "SELECT received_at, erased FROM erasures WHERE erasure_id = {}
        ORDER BY received_at, erased DESC LIMIT 1 {BINARY}",
        literal(erasure_id.to_bytes())
    ))?;
    let mut rows = RowReader::new(&answer);
    if !rows.has_more() {
        return Ok(None);
    }
    let received_at = rows.text()?.parse().map_err(|_| Failure::Answer)?;
    Ok(Some(ErasureReceipt { erasure_id, received_at, erased: rows.u64()? }))
}
