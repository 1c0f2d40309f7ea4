//! Events, consent, time, and sinks that do as they are told.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock};
use std::time::Duration;

use telemetry_redact::consent::{Consent, Endpoint, Mode, SendPermit, Sources, resolve};
use telemetry_redact::{Ending, Facts, Observation, Redacted, Redactor, Run};
use telemetry_schema::{Batch, BatchId, Event, EventId, Receipt, Refusal, Timestamp};
use telemetry_transport::{Clock, SealedBatch, SendError, SentBatch, Sink, Spool, SpoolLimits, Which};

/// A process that is started holds, for the moment before it becomes what it is to be, every lock that this one holds.
/// So nobody starts one while a test asserts that a lock is free, with a clock on which no moment passes.
static STARTING: RwLock<()> = RwLock::new(());

/// While this is held, no process is started.
#[cfg(unix)]
pub(crate) fn nobody_starts() -> impl Drop {
    STARTING.read().unwrap_or_else(PoisonError::into_inner)
}

/// Starts a process, and waits until it holds nothing of this one's: a pipe that it inherited has ended then.
pub(crate) fn start<T>(start: impl FnOnce() -> T) -> T {
    let _alone = STARTING.write().unwrap_or_else(PoisonError::into_inner);
    let (mut reader, writer) = std::io::pipe().unwrap();
    let started = start();
    drop(writer);
    std::io::copy(&mut reader, &mut std::io::sink()).unwrap();
    started
}

/// A moment in 2026.
pub(crate) const NOW_MS: u64 = 1_780_000_000_000;

pub(crate) fn consent(mode: Mode) -> Consent {
    let mut sources = Sources::new(mode);
    sources.endpoint = Endpoint::Configured;
    resolve(&sources)
}

pub(crate) fn yes() -> Consent {
    consent(Mode::On)
}

pub(crate) fn event_id(number: u64) -> EventId {
    id_at(NOW_MS, number)
}

pub(crate) fn id_at(unix_ms: u64, number: u64) -> EventId {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    EventId::new(unix_ms, &random)
}

pub(crate) fn event(id: EventId, mode: Mode) -> Redacted<Event> {
    let observation = Observation {
        argv: vec!["orchard".into()],
        prompts: Vec::new(),
        run: Run {
            started_at: Timestamp::default(),
            completed_at: Timestamp::default(),
            duration_us: 7,
            ending: Ending::Success,
            exit_code: Some(0),
        },
        facts: Facts {
            event_id: id,
            install_id: None,
            app_version: None,
            install_source: None,
            os: serde_json::from_str(r#"{"name":"debian","arch":"x86_64"}"#).unwrap(),
            auth_method: None,
            context: serde_json::from_str(
                r#"{"terminal":{"stdin":"other","stdout":"other","stderr":"other"}}"#,
            )
            .unwrap(),
        },
        known_values: Vec::new(),
    };
    Redactor::without_policy().redact(observation, consent(mode).recording().unwrap()).event
}

/// An event that may be sent.
pub(crate) fn numbered(number: u64) -> Redacted<Event> {
    event(event_id(number), Mode::On)
}

pub(crate) fn json(number: u64) -> String {
    json_of(event_id(number))
}

pub(crate) fn json_of(id: EventId) -> String {
    // Made once: a test of faults asks for the same events ten thousand times.
    static MADE: OnceLock<String> = OnceLock::new();
    let zero = EventId::new(0, &[0; 10]);
    let made = MADE.get_or_init(|| serde_json::to_string(event(zero, Mode::On).get()).unwrap());
    made.replacen(&zero.to_string(), &id.to_string(), 1)
}

/// A state directory that is not there yet, and goes with the test.
pub(crate) struct Home {
    _dir: tempfile::TempDir,
    pub(crate) state: std::path::PathBuf,
    pub(crate) spool: Spool,
    pub(crate) ledger: telemetry_transport::Ledger,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with(SpoolLimits::default())
    }

    pub(crate) fn with(limits: SpoolLimits) -> Self {
        // Where there are files in memory: some of these tests make a hundred thousand of them.
        let memory = std::path::Path::new("/dev/shm");
        let dir = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir()).unwrap();
        let state = dir.path().join("state");
        let ledger = telemetry_transport::Ledger::new(&state);
        Self { spool: Spool::new(&state, limits), ledger, state, _dir: dir }
    }

    /// With events 0 to `count` in the spool.
    pub(crate) fn holding(count: u64) -> Self {
        let home = Self::new();
        for number in 0..count {
            home.spool.append(&numbered(number)).unwrap();
        }
        home
    }

    /// With these events in the spool, as JSON.
    pub(crate) fn with_events(events: &[serde_json::Value]) -> Self {
        let home = Self::holding(1);
        std::fs::remove_file(home.state.join("pending/active.ndjson")).unwrap();
        let lines: Vec<String> = events.iter().map(ToString::to_string).collect();
        std::fs::write(home.state.join("pending").join(SEGMENT), lines.join("\n") + "\n").unwrap();
        assert_eq!(home.pending().len(), events.len(), "each is an event");
        home
    }

    pub(crate) fn losses(&self) -> String {
        std::fs::read_to_string(self.state.join("losses.json")).unwrap_or_else(|_| "{}".to_owned())
    }

    pub(crate) fn pending(&self) -> Vec<EventId> {
        ids(self.spool.read(Which::Pending).unwrap().records.iter())
    }

    /// What was sent and answered for.
    pub(crate) fn sent(&self) -> Vec<EventId> {
        self.in_ledger(|batch| batch.receipt.is_some())
    }

    /// What was sent, and no answer came.
    pub(crate) fn unanswered(&self) -> Vec<EventId> {
        self.in_ledger(|batch| batch.receipt.is_none())
    }

    fn in_ledger(&self, which: impl Fn(&SentBatch) -> bool) -> Vec<EventId> {
        let batches = self.ledger.read().unwrap().batches;
        let events = batches.iter().filter(|batch| which(batch)).flat_map(|batch| &batch.events);
        let mut ids: Vec<_> =
            events.map(|event| serde_json::from_str::<Event>(event.get()).unwrap().event_id).collect();
        ids.sort();
        ids
    }

    pub(crate) fn files(&self, directory: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.state.join(directory)).into_iter().flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

pub(crate) fn ids<'r>(records: impl Iterator<Item = &'r telemetry_transport::Record>) -> Vec<EventId> {
    records.map(telemetry_transport::Record::event_id).collect()
}

pub(crate) fn numbers(range: std::ops::Range<u64>) -> Vec<EventId> {
    range.map(event_id).collect()
}

pub(crate) fn events_of(batch: &SealedBatch) -> Vec<EventId> {
    let batch: Batch<Event> = serde_json::from_slice(batch.body()).unwrap();
    batch.events.iter().map(|event| event.event_id).collect()
}

/// Time that passes only where somebody sleeps.
pub(crate) struct TestClock {
    unix_ms: u64,
    elapsed: Cell<Duration>,
}

impl TestClock {
    pub(crate) fn new() -> Self {
        Self::at(NOW_MS)
    }

    pub(crate) fn at(unix_ms: u64) -> Self {
        Self { unix_ms, elapsed: Cell::default() }
    }
}

impl Clock for TestClock {
    fn unix_ms(&self) -> u64 {
        self.unix_ms + u64::try_from(self.elapsed.get().as_millis()).unwrap()
    }

    fn elapsed(&self) -> Duration {
        self.elapsed.get()
    }

    fn sleep(&self, duration: Duration) {
        self.elapsed.set(self.elapsed.get() + duration);
    }

    fn random(&self) -> [u8; 10] {
        // Different from one clock to the next, as batch identifiers are.
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let mut random = [0x80; 10];
        random[2..].copy_from_slice(&CALLS.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        random
    }
}

pub(crate) fn receipt(batch: &SealedBatch, refused: Vec<Refusal>) -> Receipt {
    let accepted = batch.events() as u64 - refused.len() as u64;
    Receipt {
        batch_id: batch.id(),
        received_at: Timestamp::default(),
        accepted,
        duplicates: 0,
        refused,
        refused_unnamed: 0,
    }
}

pub(crate) type Answer<'a> = Box<dyn FnOnce(&SealedBatch) -> Result<Receipt, SendError> + 'a>;

/// Answers by a script, and with a receipt once that has ended.
#[derive(Default)]
pub(crate) struct ScriptSink<'a> {
    script: RefCell<VecDeque<Answer<'a>>>,
    pub(crate) got: RefCell<Vec<SealedBatch>>,
}

impl<'a> ScriptSink<'a> {
    pub(crate) fn new(script: impl IntoIterator<Item = Answer<'a>>) -> Self {
        Self { script: RefCell::new(script.into_iter().collect()), got: RefCell::default() }
    }

    pub(crate) fn batch_ids(&self) -> Vec<BatchId> {
        self.got.borrow().iter().map(SealedBatch::id).collect()
    }
}

impl Sink for ScriptSink<'_> {
    fn send(&self, batch: &SealedBatch, _: SendPermit, _: Duration) -> Result<Receipt, SendError> {
        self.got.borrow_mut().push(batch.clone());
        let answer = self.script.borrow_mut().pop_front();
        answer.map_or_else(|| Ok(receipt(batch, Vec::new())), |answer| answer(batch))
    }
}

/// The name of a segment that was closed a moment ago.
pub(crate) const SEGMENT: &str = "019e7044-87ff-7000-8000-000000000000.ndjson";
