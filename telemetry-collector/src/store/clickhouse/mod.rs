//! The distributed store: tables of ClickHouse servers, over their HTTP interface.

mod address;
mod erase;
mod insert;
mod literal;
mod query;
mod reader;
mod row;
mod server;
mod tables;
mod upkeep;
mod wire;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use telemetry_schema::{ErasureId, ErasureReceipt, Timestamp};

use super::{Inserted, Reader, Store, StoreError};
use crate::{AdmittedBatch, AdmittedErasure};
pub use address::{
    AddressError, ClickHouseAddress, Credentials, CredentialsError, PASSWORD, PASSWORD_FILE, USER,
};
use literal::literals;
use reader::ClickHouseReader;
use server::{Failure, Server};
use tables::BINARY;

/// How long a change of stored rows is waited for. It goes on by itself after that.
const CHANGE_DEADLINE: Duration = Duration::from_secs(25);
/// How often is asked whether it is done.
const CHANGE_PAUSE: Duration = Duration::from_millis(20);

type Settings = Vec<(&'static str, &'static str)>;

/// What to do where there is no store yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Missing {
    Create,
    Refuse,
}

/// Events in tables of one ClickHouse server, or of the shards of a cluster.
///
/// Nothing is asked of a server before it is needed: a server that is away is an error of each call, until it is back.
pub struct ClickHouseStore {
    address: ClickHouseAddress,
    servers: Vec<Server>,
    missing: Missing,
    /// What goes with each write, once the tables are known to be there.
    ready: Mutex<Option<Settings>>,
    /// Two writes of this process at once would each have to look for the other's events.
    writing: Mutex<()>,
}

impl ClickHouseStore {
    /// A store whose database and tables are made where there are none.
    #[must_use]
    pub fn new(address: ClickHouseAddress, credentials: &Credentials) -> Self {
        Self::with(address, credentials, Missing::Create)
    }

    /// A store that exists. Where it does not, each call is an error.
    #[must_use]
    pub fn existing(address: ClickHouseAddress, credentials: &Credentials) -> Self {
        Self::with(address, credentials, Missing::Refuse)
    }

    fn with(address: ClickHouseAddress, credentials: &Credentials, missing: Missing) -> Self {
        let server = |server| Server::new(server, &address.database, credentials);
        let servers = address.servers.iter().map(server).collect();
        Self { address, servers, missing, ready: Mutex::new(None), writing: Mutex::new(()) }
    }

    /// Looks whether it can be used, and takes the steps that its tables need. Every other call does so by itself, once.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where a server does not answer, refuses the user, has something else in the database, tables of a
    /// later version or of another cluster. Nothing was changed then.
    pub fn prepare(&self) -> Result<(), StoreError> {
        self.settings().map(drop).map_err(|failure| self.failed("open", failure))
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(settings) = &*ready {
            return Ok(settings.clone());
        }
        let settings = tables::prepare(self)?;
        *ready = Some(settings.clone());
        Ok(settings)
    }

    /// The server that questions go to. Each knows of the others.
    fn entry(&self) -> &Server {
        &self.servers[0]
    }

    /// The table in which a server has its own rows.
    fn local(&self, table: &str) -> String {
        if self.address.cluster.is_some() { format!("{table}_shard") } else { table.to_owned() }
    }

    fn ask(&self, query: &str) -> Result<Vec<u8>, Failure> {
        self.settings()?;
        self.entry().ask(query)
    }

    fn write(&self, query: &str, rows: &[u8]) -> Result<(), Failure> {
        let settings = self.settings()?;
        self.entry().write(query, rows, &settings)
    }

    /// Deletes rows of these tables from the files of every server, and waits until they are out.
    fn delete(&self, tables: &[&str], condition: &str) -> Result<(), Failure> {
        self.settings()?;
        let tables: Vec<String> = tables.iter().map(|table| self.local(table)).collect();
        for (server, table) in
            self.servers.iter().flat_map(|server| tables.iter().map(move |table| (server, table)))
        {
            server.ask(&format!("ALTER TABLE {table} DELETE WHERE {condition}"))?;
        }
        let begun = Instant::now();
        for server in &self.servers {
            let mut open = undone(server, &tables)?;
            let asked = open.clone();
            while !open.is_empty() {
                if begun.elapsed() > CHANGE_DEADLINE {
                    return Err(Failure::Unfinished(CHANGE_DEADLINE));
                }
                std::thread::sleep(CHANGE_PAUSE);
                open = undone(server, &tables)?;
                // Those that others ask for meanwhile are theirs to wait for.
                open.retain(|change| asked.contains(change));
            }
        }
        Ok(())
    }

    fn path(&self) -> PathBuf {
        PathBuf::from(self.address.to_string())
    }

    fn not_a_store(&self, found: &'static str) -> Failure {
        Failure::Store(Box::new(StoreError::NotAStore { path: self.path(), found }))
    }

    fn wrong_cluster(&self, problem: &'static str) -> Failure {
        Failure::Store(Box::new(StoreError::Cluster { path: self.path(), problem }))
    }

    fn failed(&self, action: &'static str, failure: Failure) -> StoreError {
        // Whatever it was, the tables are looked at again before they are used: the server may have been set up anew.
        *self.ready.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let path = self.path();
        match failure {
            Failure::Store(error) => *error,
            Failure::Denied => StoreError::Denied { path },
            failure @ Failure::Unreachable(_) => StoreError::Away { path, source: Box::new(failure) },
            failure => StoreError::Database { action, path, source: Box::new(failure) },
        }
    }
}

/// Changes of rows that are under way, each with its table.
fn undone(server: &Server, tables: &[String]) -> Result<Vec<String>, Failure> {
    tables::texts(&server.ask(&format!(
        "SELECT concat(table, ' ', mutation_id) FROM system.mutations
        WHERE database = currentDatabase() AND table IN ({}) AND NOT is_done {BINARY}",
        literals(tables)
    ))?)
}

impl fmt::Debug for ClickHouseStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClickHouseStore").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Store for ClickHouseStore {
    fn insert(&self, batches: &[AdmittedBatch], received_at: Timestamp) -> Result<Vec<Inserted>, StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        insert::insert(self, batches, received_at).map_err(|failure| self.failed("write", failure))
    }

    fn erase(&self, erasure: &AdmittedErasure, received_at: Timestamp) -> Result<ErasureReceipt, StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        erase::erase(self, erasure, received_at).map_err(|failure| self.failed("write", failure))
    }

    fn erasure(&self, id: ErasureId) -> Result<Option<ErasureReceipt>, StoreError> {
        erase::receipt(self, id).map_err(|failure| self.failed("read", failure))
    }

    fn check(&self) -> Result<(), StoreError> {
        let asked = self
            .settings()
            .and_then(|_| self.servers.iter().try_for_each(|server| tables::format(server).map(drop)));
        asked.map_err(|failure| self.failed("read", failure))
    }

    fn forget(&self, before_day: i64) -> Result<u64, StoreError> {
        upkeep::forget(self, before_day).map_err(|failure| self.failed("write", failure))
    }

    fn reader(&self) -> Result<Box<dyn Reader + '_>, StoreError> {
        self.prepare()?;
        Ok(Box::new(ClickHouseReader(self)))
    }
}
