#![doc = include_str!("../README.md")]

mod disk;
mod erasure;
#[cfg(feature = "export")]
mod export;
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

pub use erasure::{Asked, EraseReport, Erasures, PendingErasure, erase};
#[cfg(feature = "export")]
pub use export::{Export, ExportError, ExportSink, ForwardError};
pub use ledger::{DamagedBatch, Erased, Ledger, LedgerError, Sent, SentBatch};
pub use paths::{state_dir, state_dir_of};
#[cfg(windows)]
pub use platform::at_console_end;
#[cfg(unix)]
pub use platform::is_ended_by;
pub use platform::{VariableNames, at_exit, forks, refuse_as_root_of_another};
pub use private::{ReadyDir, check_private, lock_private, ready_dir, write_private};
pub use ship::{Clock, Outcome, ShipPolicy, ShipReport, ShipState, Step, Stopped, SystemClock, ship};
pub use sink::{
    Delivery, Endpoint, EndpointError, FileLimits, FileSink, HttpOptions, HttpSink, LossCounts, MemorySink,
    OtlpEncoding, SealedBatch, SendError, Sink, SinkError, Takes, WireError, WireForm, in_form, sink_for,
};
pub use spool::{AppendError, Contents, DamagedRecord, Fill, Record, Spool, SpoolError, SpoolLimits, Which};
