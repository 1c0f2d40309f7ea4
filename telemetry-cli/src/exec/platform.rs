//! Signals and exit statuses, the one file here that knows platforms.

#[cfg(not(unix))]
pub(super) use other::{Signals, end_like, replace_with, signal_of};
#[cfg(unix)]
pub(super) use unix::{Signals, end_like, replace_with, signal_of};

#[cfg(unix)]
mod unix {
    use std::io;
    use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
    use std::process::{Child, Command, ExitCode, ExitStatus};
    use std::sync::{Arc, Mutex, PoisonError};

    use rustix::process::{Pid, Resource, Rlimit, Signal as Number, WaitId, WaitIdOptions};
    use signal_hook::consts::{SIGALRM, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGWINCH};
    use signal_hook::iterator::SignalsInfo;
    use signal_hook::iterator::exfiltrator::WithOrigin;
    use telemetry_schema::Signal;

    /// Signals that end or inform a command. What a terminal sends goes to the command by itself; what somebody sends
    /// to this process is meant for the command.
    const PASSED_ON: [i32; 8] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGWINCH];

    /// The command, until it is waited for: a number that is free again may be somebody else's.
    type Running = Arc<Mutex<Option<Pid>>>;

    /// Signals, from before the command starts to after it ended.
    pub(in crate::exec) struct Signals {
        running: Running,
        arriving: Option<SignalsInfo<WithOrigin>>,
    }

    impl Signals {
        /// Keeps signals from ending this process. Those that are ignored stay so, also for the command: that is how
        /// `nohup` works.
        pub(in crate::exec) fn take_over() -> Self {
            let taken = PASSED_ON.into_iter().filter(|signal| !is_ignored(*signal));
            Self { running: Running::default(), arriving: SignalsInfo::new(taken).ok() }
        }

        /// Starts to pass signals on.
        pub(in crate::exec) fn pass_on_to(&self, child: &Child) {
            *self.lock() = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        }

        /// Waits until the command ended.
        pub(in crate::exec) fn wait_for(mut self, child: &mut Child) -> io::Result<ExitStatus> {
            let handle = self.arriving.as_ref().map(SignalsInfo::handle);
            let passing = self.arriving.take().map(|arriving| {
                let running = Arc::clone(&self.running);
                std::thread::spawn(move || pass_on(arriving, &running))
            });
            let pid = *self.lock();
            if let Some(pid) = pid {
                // Seen to have ended, but not yet waited for: its number is still its own.
                let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
                while let Err(rustix::io::Errno::INTR) = rustix::process::waitid(WaitId::Pid(pid), options) {}
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

    #[expect(unsafe_code, reason = "sigaction(2) is the only way to ask, and asking changes nothing")]
    fn is_ignored(signal: i32) -> bool {
        // SAFETY: a zeroed sigaction is a valid value, the new action is null, and the old one is written to memory
        // that is ours for the length of the call.
        unsafe {
            let mut action: libc::sigaction = std::mem::zeroed();
            libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0
                && action.sa_sigaction == libc::SIG_IGN
        }
    }

    /// Becomes the command. Comes back only if that fails.
    pub(in crate::exec) fn replace_with(mut command: Command) -> io::Error {
        command.exec()
    }

    /// Ends as the command ended: by the same signal, or with the same exit code.
    pub(in crate::exec) fn end_like(status: ExitStatus) -> ExitCode {
        if let Some(signal) = status.signal() {
            // The command has left its core already, if it was to.
            let _ = rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
            let _ = signal_hook::low_level::emulate_default_handler(signal);
            return ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX));
        }
        status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
    }

    /// The signal that ended a command.
    pub(in crate::exec) fn signal_of(status: ExitStatus) -> Option<Signal> {
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
}

#[cfg(not(unix))]
mod other {
    use std::io;
    use std::process::{Child, Command, ExitCode, ExitStatus};

    use telemetry_schema::Signal;

    /// Windows tells the whole console of Ctrl-C, so there is nothing to pass on.
    pub(in crate::exec) struct Signals;

    impl Signals {
        pub(in crate::exec) fn take_over() -> Self {
            Self
        }

        pub(in crate::exec) fn pass_on_to(&self, _child: &Child) {}

        pub(in crate::exec) fn wait_for(self, child: &mut Child) -> io::Result<ExitStatus> {
            child.wait()
        }
    }

    /// A process cannot become another one here: it is run and waited for.
    pub(in crate::exec) fn replace_with(mut command: Command) -> io::Error {
        match command.status() {
            Ok(status) => std::process::exit(status.code().unwrap_or(1)),
            Err(error) => error,
        }
    }

    /// Ends with the same exit code, all 32 bits of it.
    pub(in crate::exec) fn end_like(status: ExitStatus) -> ExitCode {
        std::process::exit(status.code().unwrap_or(1))
    }

    pub(in crate::exec) fn signal_of(_status: ExitStatus) -> Option<Signal> {
        None
    }
}
