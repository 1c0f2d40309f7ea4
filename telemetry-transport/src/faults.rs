//! Making calls on the file system fail, for tests of this crate and of those who use it: feature `faults`.
//!
//! Faults are this thread's: tests beside each other do not meet them.
//!
//! ```
//! use telemetry_transport::faults::{Calls, Fault, Kind, Lasts, during};
//! use telemetry_transport::{Spool, SpoolLimits};
//!
//! let dir = tempfile::tempdir()?;
//! let spool = Spool::new(dir.path().join("state"), SpoolLimits::default());
//! let fault = Fault { at: 0, kind: Kind::Error(5), lasts: Lasts::Once };
//! let (purged, Calls { made, .. }) = during(Some(fault), || spool.purge());
//! assert_eq!(purged.unwrap_err().raw_os_error(), Some(5));
//! assert_eq!(made, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::cell::RefCell;
use std::io;

/// A call that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// Which call, from 0.
    pub at: u64,
    /// How.
    pub kind: Kind,
    /// Whether the calls after it fail too.
    pub lasts: Lasts,
}

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// With this error of the system, and without any effect.
    Error(i32),
    /// A write writes half of what it should and says so; another call succeeds.
    HalfWritten,
}

/// How long a fault lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lasts {
    /// One call fails.
    Once,
    /// That call fails and every one after it: what is on the disk then is what a kill at this call leaves.
    ForGood,
}

/// What was seen of the calls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Calls {
    /// How many were made.
    pub made: u64,
    /// The one that failed first, by its name.
    pub failed: Option<&'static str>,
}

struct Watch {
    fault: Option<Fault>,
    calls: Calls,
}

thread_local! {
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

/// Ends a watch, also where what is watched panics.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        WATCH.take();
    }
}

/// Does something with a fault in it, or with none, and gives the calls that it made. Not to be nested.
pub fn during<T>(fault: Option<Fault>, work: impl FnOnce() -> T) -> (T, Calls) {
    WATCH.set(Some(Watch { fault, calls: Calls::default() }));
    let end = End;
    let done = work();
    let calls = WATCH.with_borrow(|watch| watch.as_ref().map(|watch| watch.calls.clone()));
    drop(end);
    (done, calls.unwrap_or_default())
}

/// Whether the next call is one that fails, and how.
fn next(watch: &Watch) -> Option<Kind> {
    let Fault { at, kind, lasts } = watch.fault?;
    let fails = match lasts {
        Lasts::Once => watch.calls.made == at,
        Lasts::ForGood => watch.calls.made >= at,
    };
    fails.then_some(kind)
}

/// Counts a call, and fails where it is to fail.
pub(crate) fn ask(name: &'static str) -> io::Result<()> {
    WATCH.with_borrow_mut(|watch| {
        let Some(watch) = watch else { return Ok(()) };
        let kind = next(watch);
        watch.calls.made += 1;
        if kind.is_some() {
            watch.calls.failed.get_or_insert(name);
        }
        match kind {
            Some(Kind::Error(code)) => Err(io::Error::from_raw_os_error(code)),
            Some(Kind::HalfWritten) | None => Ok(()),
        }
    })
}

/// What the next write has room for.
pub(crate) fn room(bytes: &[u8]) -> &[u8] {
    let half = WATCH.with_borrow(|watch| watch.as_ref().and_then(next) == Some(Kind::HalfWritten));
    if half { &bytes[..bytes.len() / 2] } else { bytes }
}
