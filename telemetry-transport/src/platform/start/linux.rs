//! On Linux, without waiting for the other program to be there.
//!
//! What std and `posix_spawn` do holds the parent until the child has become the other program, which takes the child two
//! or three times as long as everything else here. `fork` holds it for as long as its page tables take to copy, which is
//! milliseconds for a parent of a hundred megabytes. So the child shares the parent's memory, on a stack of its own, and the
//! parent goes on: docs/adr/0014.

use std::ffi::{CString, OsString, c_char, c_int, c_void};
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::process::{Pid, WaitOptions, waitpid};

/// What a child needs for some calls of the system, many times over.
const STACK: usize = 64 * 1024;

/// A child, and what it reads and writes until it is another program. That is known to be so when it has ended.
#[derive(Debug)]
pub(crate) struct Apart {
    id: Pid,
    image: *mut Image,
}

// SAFETY: the memory is the child's alone until it has ended, whichever thread finds that out.
#[expect(unsafe_code, reason = "memory that a process shares has no owner that the compiler knows")]
unsafe impl Send for Apart {}

/// Pointers to the words below, as `execve(2)` takes them: a null ends each list.
struct Image {
    program: *const c_char,
    arguments: Vec<*const c_char>,
    variables: Vec<*const c_char>,
    /// Not filled, so that the system gives only the pages that are used.
    stack: Box<[MaybeUninit<u8>]>,
    _words: Vec<CString>,
}

impl Apart {
    pub(super) fn has_ended(&mut self) -> bool {
        if matches!(waitpid(Some(self.id), WaitOptions::NOHANG), Ok(None)) {
            return false;
        }
        if !self.image.is_null() {
            // SAFETY: made by `Box::into_raw` below and given back once; the child is gone, as the system says.
            #[expect(unsafe_code, reason = "see above")]
            drop(unsafe { Box::from_raw(self.image) });
            self.image = std::ptr::null_mut();
        }
        true
    }
}

/// `None` where the system has no such process, as some emulators and tracers do not.
pub(super) fn start(
    program: &Path,
    arguments: &[&str],
    variables: &[(OsString, OsString)],
) -> io::Result<Option<Apart>> {
    // Nobody hears of it later.
    rustix::fs::access(program, rustix::fs::Access::EXEC_OK)?;
    let image = Box::into_raw(Box::new(image(program, arguments, variables)?));
    if let Some(id) = clone(image) {
        return Ok(Some(Apart { id, image }));
    }
    // SAFETY: made above, and there is no child that would use it.
    #[expect(unsafe_code, reason = "see above")]
    drop(unsafe { Box::from_raw(image) });
    Ok(None)
}

fn image(program: &Path, arguments: &[&str], variables: &[(OsString, OsString)]) -> io::Result<Image> {
    let mut words = vec![CString::new(program.as_os_str().as_bytes())?];
    for argument in arguments {
        words.push(CString::new(*argument)?);
    }
    for (name, value) in variables {
        words.push(CString::new([name.as_bytes(), b"=", value.as_bytes()].concat())?);
    }
    let mut pointers = words.iter().map(|word| word.as_ptr());
    let mut listed =
        |count: usize| pointers.by_ref().take(count).chain([std::ptr::null()]).collect::<Vec<_>>();
    let (arguments, variables) = (listed(1 + arguments.len()), listed(variables.len()));
    Ok(Image {
        program: arguments[0],
        arguments,
        variables,
        stack: Box::new_uninit_slice(STACK),
        _words: words,
    })
}

/// Begins the child with every signal held back: a handler of the host's must not run in it. The parent's own are held
/// back only until it is begun.
#[expect(unsafe_code, reason = "std has no child that its parent does not wait for")]
fn clone(image: *mut Image) -> Option<Pid> {
    // SAFETY: the sets are plain memory that the calls fill in. The child runs `become_program` on a stack that is its
    // own and large enough, aligned as every architecture wants it; the image outlives it, see `Apart`.
    unsafe {
        let (mut all, mut before) = (std::mem::zeroed(), std::mem::zeroed());
        libc::sigfillset(&raw mut all);
        if libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut before) != 0 {
            return None;
        }
        let top = (*image).stack.as_mut_ptr_range().end;
        let top = top.wrapping_sub(top as usize % 64).cast::<c_void>();
        let id = libc::clone(become_program, top, libc::CLONE_VM | libc::SIGCHLD, image.cast());
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, std::ptr::null_mut());
        Pid::from_raw(id).filter(|_| id > 0)
    }
}

/// All that the child does. It shares the memory of a parent that goes on, so it makes calls of the system and nothing
/// else: it takes no lock, allocates nothing, cannot panic. No call is made that is known to fail, since `errno` is shared
/// too; one that fails all the same costs a nicety, but for the last.
#[expect(unsafe_code, reason = "see `clone`")]
extern "C" fn become_program(image: *mut c_void) -> c_int {
    /// The last of the standard signals: signal(7). The others are sent to those who asked for them.
    const LAST_SIGNAL: c_int = 31;
    // SAFETY: the image is there until this process has ended, and nobody writes to it. Files and handlers of signals are
    // this process's own copies; nothing here owns one.
    unsafe {
        let image = image.cast::<Image>().cast_const();
        // Who reads what the parent says waits for nobody else; without this there is no helper.
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR);
        if null < 0 {
            libc::_exit(127);
        }
        for stream in 0..=2 {
            libc::dup2(null, stream);
        }
        // On one core the parent goes on first. In a session of its own this would not be measured against the parent:
        // sched(7), autogroups.
        libc::setpriority(libc::PRIO_PROCESS, 0, 19);
        let as_usual: libc::sigaction = std::mem::zeroed();
        for signal in 1..=LAST_SIGNAL {
            if signal != libc::SIGKILL && signal != libc::SIGSTOP {
                libc::sigaction(signal, &raw const as_usual, std::ptr::null_mut());
            }
        }
        let mut none = std::mem::zeroed();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
        libc::execve((*image).program, (*image).arguments.as_ptr(), (*image).variables.as_ptr());
        libc::_exit(127)
    }
}
