//! Standard error on its way through: every byte goes on at once, the last few thousand are kept.

use std::collections::VecDeque;
use std::io::{self, Read, Write as _};
use std::process::ChildStderr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How much of the end is kept: an error message with its usage text.
const KEPT_BYTES: usize = 16 * 1024;

/// How long to wait for the end after the command ended. A process it left behind may hold the pipe open for ever.
const GRACE: Duration = Duration::from_millis(200);

pub(super) struct PassThrough {
    tail: Arc<Mutex<VecDeque<u8>>>,
    ended: Receiver<()>,
}

/// Starts to pass on what comes.
pub(super) fn pass_through(mut from: ChildStderr) -> PassThrough {
    let tail = Arc::new(Mutex::new(VecDeque::new()));
    let (end, ended) = channel();
    let kept = Arc::clone(&tail);
    std::thread::spawn(move || {
        let mut buffer = [0; 8192];
        loop {
            match from.read(&mut buffer) {
                Ok(0) => break,
                Ok(length) => {
                    let bytes = buffer.get(..length).unwrap_or_default();
                    // Somebody may have closed our standard error; the command must not notice.
                    let _ = io::stderr().write_all(bytes);
                    keep(&kept, bytes);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let _ = end.send(());
    });
    PassThrough { tail, ended }
}

fn keep(tail: &Mutex<VecDeque<u8>>, bytes: &[u8]) {
    let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
    tail.extend(bytes);
    let over = tail.len().saturating_sub(KEPT_BYTES);
    tail.drain(..over);
}

impl PassThrough {
    /// The end of what was printed.
    pub(super) fn finish(self) -> Vec<u8> {
        match self.ended.recv_timeout(GRACE) {
            Ok(()) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
        self.tail.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }
}
