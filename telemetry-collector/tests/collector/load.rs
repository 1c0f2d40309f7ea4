//! Many clients at once.

use std::sync::Arc;
use std::thread;
use std::time::Instant;

use telemetry_collector::SqliteStore;
use telemetry_schema::Receipt;
use tempfile::tempdir;

use crate::client::post;
use crate::sample::{batch, event, events, start};

const CLIENTS: u64 = 16;
const BATCHES: u64 = 50;

#[test]
fn sixteen_clients_with_fifty_batches_each_are_counted_exactly() {
    let home = tempdir().unwrap();
    let path = home.path().join("events.db");
    let server = start(Arc::new(SqliteStore::open(&path).unwrap()), |_| {});
    let address = server.address();
    let began = Instant::now();
    let clients = (0..CLIENTS).map(|client| {
        thread::spawn(move || {
            // Each event goes in two batches, one after the other, of this client and of its neighbour.
            let mut totals = (0, 0);
            for round in 0..BATCHES {
                let own = client * BATCHES + round;
                let shared = ((client + 1) % CLIENTS) * BATCHES + round;
                let answer = post(address, &batch(own, &[event(own), event(shared)]));
                let receipt: Receipt = serde_json::from_slice(&answer.body).unwrap();
                totals.0 += receipt.accepted;
                totals.1 += receipt.duplicates;
            }
            totals
        })
    });
    let clients: Vec<_> = clients.collect();
    let totals = clients.into_iter().map(|client| client.join().unwrap());
    let (accepted, duplicates) = totals.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    println!("{} batches in {:?}", CLIENTS * BATCHES, began.elapsed());
    assert_eq!((accepted, duplicates), (CLIENTS * BATCHES, CLIENTS * BATCHES));
    server.stop().unwrap();
    assert_eq!(events(&SqliteStore::open_existing(&path).unwrap()), CLIENTS * BATCHES);
}
