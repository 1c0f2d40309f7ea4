//! The run that is not recorded yet, shared by all who may be the first to learn how it ends: the guard, the panic hook,
//! the end of the process, a signal.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Instant, SystemTime};

use telemetry_redact::Ending;
use telemetry_schema::Signal;
use telemetry_transport::forks;

use crate::surroundings::Environment;
use crate::{Builder, panic};

/// When and where the run began.
#[derive(Debug, Clone)]
pub(crate) struct Started {
    pub(crate) at: SystemTime,
    pub(crate) clock: Instant,
    pub(crate) working_directory: Option<PathBuf>,
    pub(crate) environment: Environment,
}

impl Started {
    pub(crate) fn now(environment: Environment) -> Self {
        Self {
            at: SystemTime::now(),
            clock: Instant::now(),
            working_directory: std::env::current_dir().ok(),
            environment,
        }
    }
}

/// A run of the program.
#[derive(Debug)]
pub(crate) struct Run {
    /// Nothing of a run that was off when it began.
    started: Option<Started>,
    /// How often this process had been forked when it began. A process that was forked off is no run of its own.
    forks: u32,
    /// Until the run is recorded: who takes it records it.
    open: Mutex<Option<Builder>>,
}

/// The run that began last.
static RUNNING: Mutex<Weak<Run>> = Mutex::new(Weak::new());

impl Run {
    /// Begins a run.
    pub(crate) fn begin(builder: Builder, started: Started) -> Arc<Self> {
        let run = Arc::new(Self { started: Some(started), forks: forks(), open: Mutex::new(Some(builder)) });
        *lock(&RUNNING) = Arc::downgrade(&run);
        run
    }

    /// Begins a run that is off, and of which nothing will be recorded: nobody has to learn how it ends.
    pub(crate) fn off(builder: Builder) -> Arc<Self> {
        Arc::new(Self { started: None, forks: 0, open: Mutex::new(Some(builder)) })
    }

    /// Changes what the program says of itself, as long as the run is not recorded.
    pub(crate) fn change(&self, change: impl FnOnce(&mut Builder)) {
        if let Some(builder) = &mut *lock(&self.open) {
            change(builder);
        }
    }

    /// Gives the run up: it is not recorded. With it when it began; nothing where it is recorded already.
    pub(crate) fn give_up(&self) -> Option<(Builder, Started)> {
        let builder = lock(&self.open).take()?;
        let started = self.started.clone().unwrap_or_else(|| Started::now(Environment::real()));
        Some((builder, started))
    }

    /// Records the run, unless it is recorded already. Whatever happens: what fails here is the event's loss, and no
    /// failure of the host's.
    pub(crate) fn end(&self, ending: impl FnOnce(&Builder) -> Ending, exit_code: Option<i32>) {
        let (Some(builder), Some(started)) = (lock(&self.open).take(), &self.started) else { return };
        if forks() == self.forks {
            let _quiet = panic::quiet();
            let record = || builder.record(started, &mut io::stderr(), ending(&builder), exit_code);
            let _ = catch_unwind(AssertUnwindSafe(record));
        }
    }
}

/// The run that began last, if it is there still.
pub(crate) fn running() -> Option<Arc<Run>> {
    lock(&RUNNING).upgrade()
}

/// Records that a signal ends the run, for a program that handles signals itself: to be called by its handler, on any
/// thread, before it ends the process. A run that was recorded already is not recorded again.
///
/// A handler in the sense of `sigaction(2)`, which interrupts what runs, must not call it: what records is no code for
/// there. Those of the crates `ctrlc`, `signal-hook` (its iterator) and `tokio` are none of that kind.
///
/// ```
/// use telemetry_schema::Signal;
///
/// // Nothing runs here, so nothing is recorded.
/// telemetry_client::interrupted(Signal::Sigint);
/// ```
pub fn interrupted(signal: Signal) {
    if let Some(run) = running() {
        run.end(|_| Ending::Interrupted(signal), None);
    }
}

/// Nothing that could panic is done under these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
