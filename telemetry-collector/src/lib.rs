#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod admit;
mod policies;
mod report;
mod serve;
mod store;

pub use admit::{
    AdmittedBatch, AdmittedEvent, BatchError, MAX_EVENT_BYTES, MAX_EVENTS, MAX_LOSSES, admit, admit_batch,
};
pub use policies::Policies;
pub use report::{
    Align, Cell, Chart, ChartKind, Ci, Column, Day, Filters, Interval, Layout, NoSuchReport, Query, Report,
    ReportName, Section, Shown, Weight, answer, median_ranks, monday, suppress, wilson,
};
pub use serve::{Limits, RunningServer, ServeError, ServeOptions, Server};
pub use store::{
    BANDS_MS, Cohort, Durations, Group, Inserted, Period, Programs, Question, Reader, SqliteStore, Store,
    StoreError, Subject, Tally,
};
