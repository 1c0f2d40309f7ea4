#![doc = include_str!("../README.md")]

mod disk;
#[cfg(feature = "faults")]
pub mod faults;
pub mod helper;
mod ledger;
mod paths;
mod platform;
mod private;
mod ship;
mod sink;
mod spool;

pub use ledger::{DamagedBatch, Ledger, LedgerError, Sent, SentBatch};
pub use paths::state_dir;
pub use private::{ready_dir, write_private};
pub use ship::{Clock, Outcome, ShipPolicy, ShipReport, ShipState, Step, Stopped, SystemClock, ship};
pub use sink::{
    Endpoint, EndpointError, FileSink, HttpOptions, HttpSink, MemorySink, SealedBatch, SendError, Sink,
    SinkError, sink_for,
};
pub use spool::{AppendError, Contents, DamagedRecord, Record, Spool, SpoolError, SpoolLimits, Which};
