//! Where a collector's store is: a file, or ClickHouse servers.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::builder::{OsStringValueParser, TypedValueParser};
use telemetry_collector::{
    AddressError, CLICKHOUSE_PASSWORD, CLICKHOUSE_PASSWORD_FILE, CLICKHOUSE_USER, ClickHouseAddress,
    ClickHouseStore, Credentials, SqliteStore, StoreError, Upkeep,
};

/// What a store on ClickHouse is opened with, for the reference.
pub const VARIABLES: [(&str, &str); 3] = [
    (CLICKHOUSE_USER, "the user of a store on ClickHouse; the server's own default one without it"),
    (CLICKHOUSE_PASSWORD, "that user's password"),
    (CLICKHOUSE_PASSWORD_FILE, "a file that holds the password, in place of the variable"),
];

/// A file, or ClickHouse servers.
#[derive(Debug, Clone)]
pub enum StorePlace {
    /// The path of a file.
    File(PathBuf),
    /// `clickhouse://HOST[:PORT][,HOST…]/DATABASE[?cluster=NAME]`.
    Servers(ClickHouseAddress),
}

impl StorePlace {
    /// Reads it off the command line.
    pub(crate) fn parser() -> impl TypedValueParser<Value = Self> {
        OsStringValueParser::new().try_map(Self::read)
    }

    fn read(text: OsString) -> Result<Self, AddressError> {
        match text.to_str().filter(|text| ClickHouseAddress::is_meant(text)) {
            Some(address) => address.parse().map(Self::Servers),
            None => Ok(Self::File(text.into())),
        }
    }

    /// Opens it, and makes it where there is none.
    pub(crate) fn open(&self) -> Result<Arc<dyn Upkeep>> {
        match self {
            Self::File(path) => Ok(Arc::new(SqliteStore::open(path)?)),
            Self::Servers(address) => {
                let store = ClickHouseStore::new(address.clone(), &Credentials::from_environment()?);
                store.prepare()?;
                Ok(Arc::new(store))
            }
        }
    }

    /// Opens it, and makes it where there is none. Servers that do not answer may be back later: why they do not is handed
    /// to `say`, and the store is opened all the same.
    pub(crate) fn open_or_wait(&self, say: impl FnOnce(StoreError)) -> Result<Arc<dyn Upkeep>> {
        let Self::Servers(address) = self else { return self.open() };
        let store = ClickHouseStore::new(address.clone(), &Credentials::from_environment()?);
        match store.prepare() {
            Ok(()) => {}
            Err(error @ StoreError::Away { .. }) => say(error),
            Err(error) => return Err(error.into()),
        }
        Ok(Arc::new(store))
    }

    /// Opens one that exists.
    pub(crate) fn open_existing(&self) -> Result<Arc<dyn Upkeep>> {
        match self {
            Self::File(path) => Ok(Arc::new(SqliteStore::open_existing(path)?)),
            Self::Servers(address) => {
                let store = ClickHouseStore::existing(address.clone(), &Credentials::from_environment()?);
                store.prepare()?;
                Ok(Arc::new(store))
            }
        }
    }
}

impl fmt::Display for StorePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Servers(address) => address.fmt(f),
        }
    }
}
