//! The shipper by itself. No socket, and no clock but the test's.

mod answers;
mod books;
mod leaving;

use std::time::Duration;

use telemetry_schema::{Batch, Event, Loss};
use telemetry_transport::{MemorySink, SendError, Sink, ship};

use crate::fixture::{Answer, Home, TestClock, yes};

const DEADLINE: Duration = Duration::from_secs(10);
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn run(home: &Home, sink: &dyn Sink) -> telemetry_transport::ShipReport {
    ship(&home.spool, &home.ledger, sink, yes, &TestClock::new(), DEADLINE)
}

fn fails(error: SendError) -> Answer<'static> {
    Box::new(move |_| Err(error))
}

fn losses(body: &[u8]) -> Vec<Loss> {
    serde_json::from_slice::<Batch<Event>>(body).unwrap().losses
}

fn numbered_batch() -> telemetry_transport::SealedBatch {
    let home = Home::holding(2);
    let sink = MemorySink::new();
    run(&home, &sink);
    sink.batches().remove(0)
}
