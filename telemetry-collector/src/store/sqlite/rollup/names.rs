//! Numbers for what is long: installs, keys, segments.

use std::collections::HashMap;

use rusqlite::{Error, Transaction, params};
use telemetry_schema::InstallId;

/// What tells the segments of runs apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Whose<'a> {
    pub(super) program: Option<&'a str>,
    pub(super) version: Option<&'a str>,
    pub(super) os: &'a str,
    pub(super) source: Option<&'a str>,
    pub(super) ci: bool,
}

/// Whose runs, as in the table `segments`.
#[derive(Debug, Clone)]
struct Segment<'a> {
    level: u8,
    program: Option<&'a str>,
    version: Option<&'a str>,
    os: Option<&'a str>,
    source: Option<&'a str>,
    ci: bool,
}

/// A segment of each level: the numbers in the table. Of the last one, sums are by weeks.
pub(super) type Segments = [i64; 5];

/// The numbers that are known already, so that each is looked up once a chunk.
pub(super) struct Names<'a> {
    transaction: &'a Transaction<'a>,
    installs: HashMap<InstallId, u32>,
    keys: HashMap<Vec<u8>, i64>,
    segments: HashMap<Vec<u8>, i64>,
    /// By what tells them apart, their place in `all`.
    whose: HashMap<Vec<u8>, usize>,
    all: Vec<Segments>,
    /// Room for the text that is looked for: mostly it is known, and nothing has to be kept of it.
    text: Vec<u8>,
}

impl<'a> Names<'a> {
    pub(super) fn new(transaction: &'a Transaction<'a>) -> Self {
        Self {
            transaction,
            installs: HashMap::new(),
            keys: HashMap::new(),
            segments: HashMap::new(),
            whose: HashMap::new(),
            all: Vec::new(),
            text: Vec::new(),
        }
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
        json(&mut self.text, &words);
        if let Some(number) = self.keys.get(&self.text) {
            return Ok(*number);
        }
        let text = String::from_utf8_lossy(&self.text);
        self.transaction
            .prepare_cached("INSERT INTO keys (key) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([&text])?;
        let number = self
            .transaction
            .prepare_cached("SELECT number FROM keys WHERE key = ?1")?
            .query_row([&text], |row| row.get(0))?;
        self.keys.insert(self.text.clone(), number);
        Ok(number)
    }

    /// The place of its segments among all that are known.
    pub(super) fn segments(&mut self, whose: &Whose) -> rusqlite::Result<usize> {
        let Whose { program, version, os, source, ci } = *whose;
        json(&mut self.text, &(program, version, os, source, ci));
        if let Some(place) = self.whose.get(&self.text) {
            return Ok(*place);
        }
        let text = self.text.clone();
        let bare = Segment { level: 0, program, version: None, os: None, source: None, ci };
        let os = Some(os);
        let all = [
            bare.clone(),
            Segment { level: 1, version, ..bare.clone() },
            Segment { level: 2, os, ..bare.clone() },
            Segment { level: 3, source, ..bare.clone() },
            Segment { level: 4, version, os, source, ..bare },
        ];
        let mut numbers = Segments::default();
        for (number, segment) in numbers.iter_mut().zip(&all) {
            *number = self.segment(segment)?;
        }
        self.all.push(numbers);
        self.whose.insert(text, self.all.len() - 1);
        Ok(self.all.len() - 1)
    }

    /// The segments at this place.
    pub(super) fn segments_of(&self, place: usize) -> &Segments {
        &self.all[place]
    }

    fn segment(&mut self, segment: &Segment) -> rusqlite::Result<i64> {
        let Segment { level, program, version, os, source, ci } = segment;
        json(&mut self.text, &(level, program, version, os, source, ci));
        if let Some(number) = self.segments.get(&self.text) {
            return Ok(*number);
        }
        let text = String::from_utf8_lossy(&self.text);
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
        self.segments.insert(self.text.clone(), number);
        Ok(number)
    }
}

fn json(text: &mut Vec<u8>, value: &impl serde::Serialize) {
    text.clear();
    // Words and numbers cannot fail to serialise, and memory takes everything.
    let _ = serde_json::to_writer(text, value);
}
