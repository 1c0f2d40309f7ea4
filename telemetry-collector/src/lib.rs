#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod admit;
mod policies;
mod report;
mod serve;
mod store;

pub use admit::{
    AdmittedBatch, AdmittedErasure, AdmittedEvent, BatchError, ErasureError, LogsEncoding, LogsError,
    MAX_EVENT_BYTES, MAX_EVENTS, MAX_INSTALL_IDS, MAX_LOSSES, MAX_RECORDS, admit, admit_batch, admit_erasure,
    admit_lines, admit_logs,
};
pub use policies::{Policies, SharedPolicies};
pub use report::{
    Align, Cell, Chart, ChartKind, Ci, Column, Day, DayError, Filters, Interval, Layout, NoSuchReport, Noise,
    NoiseError, NoiseKey, Query, RUNS_OF_ONE, RangeError, Report, ReportName, Section, Shown, Spread, Weight,
    answer, median_ranks, monday, suppress, wilson,
};
pub use serve::{
    Key, KeyError, Limits, MIN_KEEP_DAYS, RunningServer, ServeError, ServeOptions, Server, Tls, TlsError,
    WriteKeys,
};
#[cfg(feature = "clickhouse")]
pub use store::{
    AddressError, CLICKHOUSE_PASSWORD, CLICKHOUSE_PASSWORD_FILE, CLICKHOUSE_USER, ClickHouseAddress,
    ClickHouseStore, Credentials, CredentialsError,
};
pub use store::{
    BANDS_MS, Cohort, Condition, Durations, ExportError, ExportForm, Group, Inserted, Period, Programs,
    Question, Reader, SqliteStore, Store, StoreError, Subject, Tally, Upkeep,
};
