//! Numbers for what is long: installs, keys, segments.

use std::collections::HashMap;

use rusqlite::{Error, Transaction, params};
use telemetry_schema::InstallId;

/// Whose runs, as in the table `segments`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Segment<'a> {
    pub(super) level: u8,
    pub(super) program: Option<&'a str>,
    pub(super) version: Option<&'a str>,
    pub(super) os: Option<&'a str>,
    pub(super) source: Option<&'a str>,
    pub(super) ci: bool,
}

/// The numbers that are known already, so that each is looked up once a chunk.
pub(super) struct Names<'a> {
    transaction: &'a Transaction<'a>,
    installs: HashMap<InstallId, u32>,
    keys: HashMap<String, i64>,
    segments: HashMap<String, i64>,
}

impl<'a> Names<'a> {
    pub(super) fn new(transaction: &'a Transaction<'a>) -> Self {
        Self { transaction, installs: HashMap::new(), keys: HashMap::new(), segments: HashMap::new() }
    }

    pub(super) fn install(&mut self, install: InstallId) -> rusqlite::Result<u32> {
        if let Some(number) = self.installs.get(&install) {
            return Ok(*number);
        }
        let id = install.to_bytes();
        self.transaction
            .prepare_cached("INSERT INTO installs (install_id) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([id])?;
        let number: i64 = self
            .transaction
            .prepare_cached("SELECT number FROM installs WHERE install_id = ?1")?
            .query_row([id], |row| row.get(0))?;
        // Four thousand million installs fit.
        let number = u32::try_from(number).map_err(|_| Error::IntegralValueOutOfRange(0, number))?;
        self.installs.insert(install, number);
        Ok(number)
    }

    /// The number of a list of words.
    pub(super) fn key(&mut self, words: &[Option<&str>]) -> rusqlite::Result<i64> {
        let text = json(&words);
        if let Some(number) = self.keys.get(&text) {
            return Ok(*number);
        }
        self.transaction
            .prepare_cached("INSERT INTO keys (key) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([&text])?;
        let number = self
            .transaction
            .prepare_cached("SELECT number FROM keys WHERE key = ?1")?
            .query_row([&text], |row| row.get(0))?;
        self.keys.insert(text, number);
        Ok(number)
    }

    pub(super) fn segment(&mut self, segment: &Segment) -> rusqlite::Result<i64> {
        let Segment { level, program, version, os, source, ci } = segment;
        let text = json(&(level, program, version, os, source, ci));
        if let Some(number) = self.segments.get(&text) {
            return Ok(*number);
        }
        self.transaction
            .prepare_cached(
                "INSERT INTO segments (key, level, program, program_version, os_name, install_source, ci)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
            )?
            .execute(params![text, level, program, version, os, source, ci])?;
        let number = self
            .transaction
            .prepare_cached("SELECT number FROM segments WHERE key = ?1")?
            .query_row([&text], |row| row.get(0))?;
        self.segments.insert(text, number);
        Ok(number)
    }
}

fn json(value: &impl serde::Serialize) -> String {
    // Words and numbers cannot fail to serialise.
    serde_json::to_string(value).unwrap_or_default()
}
