//! What this process was started with, for the command. Rust's runtime ignores `SIGPIPE` and opens the standard streams that
//! are closed, before `main`, and its `Command` gives back neither, nor the signals that were blocked.

use std::os::fd::RawFd;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::sync::atomic::{AtomicU8, Ordering};

/// What was found before the runtime changed it: a bit for each standard stream that was closed, and one for `SIGPIPE`.
static FOUND: AtomicU8 = AtomicU8::new(0);

const STREAMS: [RawFd; 3] = [libc::STDIN_FILENO, libc::STDOUT_FILENO, libc::STDERR_FILENO];
const SIGPIPE_IS_IGNORED: u8 = 1 << STREAMS.len();

ctor::declarative::ctor! {
    #[ctor(unsafe)]
    fn look() {
        let closed = STREAMS.into_iter().filter(|stream| is_closed(*stream)).map(|stream| 1 << stream);
        let ignored = if is_ignored(libc::SIGPIPE) { SIGPIPE_IS_IGNORED } else { 0 };
        FOUND.store(closed.fold(ignored, |found, bit: u8| found | bit), Ordering::Relaxed);
    }
}

#[expect(unsafe_code, reason = "the number may be of no open file, which no safe type allows")]
fn is_closed(stream: RawFd) -> bool {
    // SAFETY: asks for the flags of a descriptor, and takes no pointer.
    unsafe { libc::fcntl(stream, libc::F_GETFD) == -1 }
}

#[expect(unsafe_code, reason = "sigaction(2) is the only way to ask, and asking changes nothing")]
pub(super) fn is_ignored(signal: i32) -> bool {
    // SAFETY: a zeroed sigaction is a valid value, the new action is null, and the old one is written to memory
    // that is ours for the length of the call.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0
            && action.sa_sigaction == libc::SIG_IGN
    }
}

#[expect(unsafe_code, reason = "pthread_sigmask(3) is the only way to ask, and asking changes nothing")]
fn blocked() -> Option<libc::sigset_t> {
    // SAFETY: a zeroed set is a valid value, the new one is null, and both are read and written for the length of a call.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        let is_known = libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), &raw mut set) == 0;
        let is_any = || (1..=64).any(|signal| libc::sigismember(&raw const set, signal) == 1);
        (is_known && is_any()).then_some(set)
    }
}

/// Hands on to a command what this process was started with. One whose standard error is read has it open.
#[expect(unsafe_code, reason = "no safe way leads between fork(2) and exec(2)")]
pub(crate) fn hand_on(command: &mut Command, is_stderr_read: bool) {
    let given = if is_stderr_read { 1 << libc::STDERR_FILENO } else { 0 };
    let found = FOUND.load(Ordering::Relaxed) & !given;
    let blocked = blocked();
    if found == 0 && blocked.is_none() {
        // A start without what follows is a cheaper one.
        return;
    }
    let restore = move || {
        // SAFETY: these calls may be made between fork(2) and exec(2) (signal-safety(7)); the set outlives its call.
        unsafe {
            if found & SIGPIPE_IS_IGNORED != 0 {
                libc::signal(libc::SIGPIPE, libc::SIG_IGN);
            }
            if let Some(blocked) = &blocked {
                libc::sigprocmask(libc::SIG_SETMASK, blocked, std::ptr::null_mut());
            }
            for stream in STREAMS.into_iter().filter(|stream| found & (1 << stream) != 0) {
                libc::close(stream);
            }
        }
        Ok(())
    };
    // SAFETY: it allocates nothing, takes no lock and makes only the calls above.
    unsafe {
        command.pre_exec(restore);
    }
}
