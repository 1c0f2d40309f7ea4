//! On Unix: the command gets the signals that are meant for it, and this process ends, and stops, as it does.

use std::fs::File;
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Resource, Rlimit, Signal as Number, WaitId, WaitIdOptions};
use signal_hook::consts::{SIGALRM, SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use telemetry_schema::Signal;

use super::inherited::{hand_on, is_ignored};

/// Signals that end, inform or wake a command. What a terminal sends goes to the command by itself; what somebody sends
/// to this process is meant for the command.
const PASSED_ON: [i32; 9] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH, SIGCONT];

/// The command, until it is waited for: a number that is free again may be somebody else's.
type Running = Arc<Mutex<Option<Pid>>>;

/// Signals, from before the command starts to after it ended.
pub(crate) struct Signals {
    running: Running,
    arriving: Option<SignalsInfo<WithOrigin>>,
}

impl Signals {
    /// Keeps signals from ending this process. Those that are ignored stay so, also for the command: that is how
    /// `nohup` works.
    pub(crate) fn take_over() -> Self {
        let taken = PASSED_ON.into_iter().filter(|signal| !is_ignored(*signal));
        Self { running: Running::default(), arriving: SignalsInfo::new(taken).ok() }
    }

    /// Starts to pass signals on.
    pub(crate) fn pass_on_to(&self, child: &Child) {
        *self.lock() = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    }

    /// Waits until the command ended.
    pub(crate) fn wait_for(mut self, child: &mut Child) -> io::Result<ExitStatus> {
        let handle = self.arriving.as_ref().map(SignalsInfo::handle);
        let passing = self.arriving.take().map(|arriving| {
            let running = Arc::clone(&self.running);
            std::thread::spawn(move || pass_on(arriving, &running))
        });
        let pid = *self.lock();
        if let Some(pid) = pid {
            until_it_ended(pid);
        }
        *self.lock() = None;
        if let (Some(handle), Some(passing)) = (handle, passing) {
            handle.close();
            let _ = passing.join();
        }
        child.wait()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Pid>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Until the command is seen to have ended, but is not yet waited for: its number is still its own. While it is stopped at a
/// terminal this process is too, so that the shell which waits for this one comes back.
fn until_it_ended(pid: Pid) {
    let look = |options| loop {
        match rustix::process::waitid(WaitId::Pid(pid), options) {
            Err(rustix::io::Errno::INTR) => {}
            seen => return seen.ok().flatten(),
        }
    };
    let ended_or_stopped = WaitIdOptions::EXITED | WaitIdOptions::STOPPED | WaitIdOptions::NOWAIT;
    while let Some(signal) = look(ended_or_stopped).and_then(|seen| seen.stopping_signal()) {
        // Told once, or it would be told again at once.
        let _ = look(WaitIdOptions::STOPPED | WaitIdOptions::NOHANG);
        if let Some(signal) = Number::from_named_raw(signal).filter(|_| is_in_foreground()) {
            let _ = rustix::process::kill_process(rustix::process::getpid(), signal);
            // Awake again, which may have been told to this process alone.
            let _ = rustix::process::kill_process(pid, Number::CONT);
        }
    }
}

/// Whether a shell waits for this process at a terminal.
fn is_in_foreground() -> bool {
    File::open("/dev/tty")
        .is_ok_and(|terminal| rustix::termios::tcgetpgrp(terminal).ok() == Some(rustix::process::getpgrp()))
}

fn pass_on(mut arriving: SignalsInfo<WithOrigin>, running: &Running) {
    for origin in arriving.forever() {
        // Without a sender it came from the terminal, which told the command too.
        if origin.process.is_none() {
            continue;
        }
        let running = running.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(pid), Some(number)) = (*running, Number::from_named_raw(origin.signal)) {
            // It may have ended just now, which is fine.
            let _ = rustix::process::kill_process(pid, number);
        }
    }
}

/// Becomes the command. Comes back only if that fails.
pub(crate) fn replace_with(mut command: Command) -> io::Error {
    hand_on(&mut command, false);
    command.exec()
}

/// Ends as the command ended: by the same signal, or with the same exit code.
pub(crate) fn end_like(status: ExitStatus) -> ExitCode {
    if let Some(signal) = status.signal() {
        // The command has left its core already, if it was to.
        let _ = rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
        let _ = signal_hook::low_level::emulate_default_handler(signal);
        return ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX));
    }
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The signal that ended a command.
pub(crate) fn signal_of(status: ExitStatus) -> Option<Signal> {
    Some(match status.signal()? {
        SIGHUP => Signal::Sighup,
        SIGINT => Signal::Sigint,
        SIGQUIT => Signal::Sigquit,
        libc::SIGILL => Signal::Sigill,
        libc::SIGTRAP => Signal::Sigtrap,
        libc::SIGABRT => Signal::Sigabrt,
        libc::SIGBUS => Signal::Sigbus,
        libc::SIGFPE => Signal::Sigfpe,
        libc::SIGKILL => Signal::Sigkill,
        SIGUSR1 => Signal::Sigusr1,
        libc::SIGSEGV => Signal::Sigsegv,
        SIGUSR2 => Signal::Sigusr2,
        libc::SIGPIPE => Signal::Sigpipe,
        SIGALRM => Signal::Sigalrm,
        SIGTERM => Signal::Sigterm,
        libc::SIGXCPU => Signal::Sigxcpu,
        libc::SIGXFSZ => Signal::Sigxfsz,
        libc::SIGSYS => Signal::Sigsys,
        _ => Signal::Other,
    })
}
