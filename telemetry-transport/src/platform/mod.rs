//! What differs between platforms, in one place.

#[cfg(windows)]
mod console;
mod start;
mod variables;

#[cfg(windows)]
pub use console::at_console_end;
pub(crate) use start::{Started, start};
pub use variables::VariableNames;

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

use crate::disk;

/// Makes a directory that only its owner can look into. That it is there already is fine.
pub(crate) fn make_private_dir(path: &Path) -> io::Result<()> {
    refuse_as_root_of_another(path)?;
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    disk::make_dir(&builder, path)
}

/// Refuses, for root, what would be made in another user's directory. With `sudo` and the user's `HOME`, it would be root's
/// in the user's home, and the user's own commands would find it somebody else's from then on.
///
/// # Errors
///
/// That it would be.
pub fn refuse_as_root_of_another(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if user() == 0 {
        let mut above = path.ancestors().skip(1).filter(|above| !above.as_os_str().is_empty());
        // Links are followed: a home may be one, and it is whose the place is that counts.
        if let Some(facts) = above.find_map(|above| disk::facts_behind(above).ok())
            && !is_ours(&facts)
        {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                "would be root's in another user's directory",
            ));
        }
    }
    let _ = path;
    Ok(())
}

/// Options for a file that only its owner can read, and that is no link to somewhere else.
pub(crate) fn private_options() -> OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let no_follow = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let mut options = OpenOptions::new();
        options.mode(0o600).custom_flags(i32::try_from(no_follow.bits()).unwrap_or_default());
        options
    }
    #[cfg(not(unix))]
    OpenOptions::new()
}

/// The user this process acts for: one that becomes another user later finds nothing of its own, and gives up.
#[cfg(unix)]
fn user() -> u32 {
    static USER: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *USER.get_or_init(|| user_at_start().unwrap_or_else(|| rustix::process::geteuid().as_raw()))
}

/// As the kernel left it to the program when it started, which is no call: getauxval(3).
#[cfg(all(target_os = "linux", any(target_env = "gnu", target_env = "musl")))]
#[expect(unsafe_code, reason = "std has no look at what the kernel leaves to a program")]
fn user_at_start() -> Option<u32> {
    // SAFETY: it takes a number and gives one; of what is not there it gives 0, which is also a user.
    let (is_there, user) = unsafe { (libc::getauxval(libc::AT_PAGESZ) != 0, libc::getauxval(libc::AT_EUID)) };
    u32::try_from(user).ok().filter(|_| is_there)
}

#[cfg(all(unix, not(all(target_os = "linux", any(target_env = "gnu", target_env = "musl")))))]
fn user_at_start() -> Option<u32> {
    None
}

/// What other processes may add to a file between a look at its size and a write.
#[cfg(unix)]
const OF_OTHERS: u64 = 64 * 1024;

/// Whether a file may grow by this much. Beyond the limit of this process (`ulimit -f`) a write does not fail, it kills:
/// `SIGXFSZ`, setrlimit(2).
pub(crate) fn has_room(file: &File, bytes: &[u8]) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(limit) = rustix::process::getrlimit(rustix::process::Resource::Fsize).current {
        let most = file.metadata()?.len().saturating_add(bytes.len() as u64).saturating_add(OF_OTHERS);
        if most > limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
    }
    let _ = (file, bytes);
    Ok(())
}

/// Whether a directory belongs to the user this process acts for. With `sudo` in a user's home it does not, and files
/// made there would lock the user out.
pub(crate) fn is_ours(facts: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        facts.uid() == user()
    }
    #[cfg(not(unix))]
    {
        let _ = facts;
        true
    }
}

/// What stands at a path, as far as it matters of a directory. A link is a link, whatever it leads to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Standing {
    pub(crate) is_dir: bool,
    pub(crate) is_ours: bool,
    /// The number of the mount that it lies on, where the system says.
    pub(crate) mount: Option<u64>,
}

impl From<&Metadata> for Standing {
    fn from(facts: &Metadata) -> Self {
        Self { is_dir: facts.is_dir(), is_ours: is_ours(facts), mount: None }
    }
}

/// Asked of the system itself: std's answer leaves out the mount that it came with.
#[cfg(target_os = "linux")]
pub(crate) fn standing(path: &Path) -> io::Result<Standing> {
    use rustix::fs::{AtFlags, CWD, FileType, StatxFlags, statx};
    use rustix::io::Errno;

    // Since Linux 6.8 a number that no later mount gets: `STATX_MNT_ID_UNIQUE` of linux/stat.h. Older ones do not know it.
    let unique = StatxFlags::from_bits_retain(0x4000);
    let wanted = StatxFlags::TYPE | StatxFlags::UID | StatxFlags::MNT_ID | unique;
    match statx(CWD, path, AtFlags::SYMLINK_NOFOLLOW, wanted) {
        Ok(found) => {
            let told = StatxFlags::from_bits_retain(found.stx_mask);
            Ok(Standing {
                is_dir: FileType::from_raw_mode(found.stx_mode.into()) == FileType::Directory,
                is_ours: found.stx_uid == user(),
                mount: told.intersects(StatxFlags::MNT_ID | unique).then_some(found.stx_mnt_id),
            })
        }
        // Linux before 4.11, and sandboxes that do not know the call.
        Err(Errno::NOSYS | Errno::PERM) => {
            std::fs::symlink_metadata(path).map(|facts| Standing::from(&facts))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn standing(path: &Path) -> io::Result<Standing> {
    std::fs::symlink_metadata(path).map(|facts| Standing::from(&facts))
}

/// Whether a signal would end this process now: nobody handles it, and it is not ignored, as `nohup` and a shell's `&` do.
#[cfg(unix)]
#[must_use]
#[expect(unsafe_code, reason = "sigaction(2) is the only way to ask, and asking changes nothing")]
pub fn is_ended_by(signal: i32) -> bool {
    // SAFETY: a zeroed sigaction is a valid value, the new action is null, and the old one is written to memory that is
    // ours for the length of the call.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0
            && action.sa_sigaction == libc::SIG_DFL
    }
}

/// What is called when the process exits.
#[cfg(unix)]
static AT_EXIT: std::sync::OnceLock<fn(Option<i32>)> = std::sync::OnceLock::new();

/// Calls this, once, when the process exits: by `exit(3)`, and so by [`std::process::exit`] and by the end of `main`, with
/// the exit code where the system tells it (glibc). The call must not panic and has to do with what is left of a process
/// that exits. Only the first call of this function counts. Does nothing on Windows, where `ExitProcess` calls nobody.
pub fn at_exit(call: fn(Option<i32>)) {
    #[cfg(unix)]
    if AT_EXIT.set(call).is_ok() {
        register_exit();
    }
    #[cfg(not(unix))]
    let _ = call;
}

/// `on_exit(3)` of glibc, which tells the exit code.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the C library alone knows of an exit that no destructor sees")]
fn register_exit() {
    use std::ffi::{c_int, c_void};

    extern "C" fn exited(code: c_int, _: *mut c_void) {
        if let Some(call) = AT_EXIT.get() {
            // What the parent is told of it: exit(3).
            call(Some(code & 0xff));
        }
    }

    unsafe extern "C" {
        fn on_exit(function: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
    }
    // SAFETY: declared as in stdlib.h; the function lives as long as the program and makes no use of its argument. That
    // there is no room for one more costs an event.
    let _ = unsafe { on_exit(exited, std::ptr::null_mut()) };
}

/// `atexit(3)` of POSIX, which does not.
#[cfg(all(unix, not(all(target_os = "linux", target_env = "gnu"))))]
#[expect(unsafe_code, reason = "the C library alone knows of an exit that no destructor sees")]
fn register_exit() {
    use std::ffi::c_int;

    extern "C" fn exited() {
        if let Some(call) = AT_EXIT.get() {
            call(None);
        }
    }

    unsafe extern "C" {
        fn atexit(function: extern "C" fn()) -> c_int;
    }
    // SAFETY: declared as in stdlib.h; the function lives as long as the program. That there is no room for one more costs
    // an event.
    let _ = unsafe { atexit(exited) };
}

/// How often a process was forked off on the way from the first call of this function to here, so that what began before
/// and ends now is told from what ends in another process: by a count that costs nothing to read. Always 0 on Windows,
/// which has no fork.
#[must_use]
pub fn forks() -> u32 {
    #[cfg(unix)]
    {
        static WATCHED: std::sync::Once = std::sync::Once::new();
        WATCHED.call_once(register_fork);
        FORKS.load(std::sync::atomic::Ordering::Relaxed)
    }
    #[cfg(not(unix))]
    0
}

#[cfg(unix)]
static FORKS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

/// `pthread_atfork(3)` of POSIX.
#[cfg(unix)]
#[expect(unsafe_code, reason = "the C library alone knows of a fork that the host makes")]
fn register_fork() {
    use std::ffi::c_int;

    extern "C" fn forked() {
        FORKS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    }

    type Call = Option<extern "C" fn()>;
    unsafe extern "C" {
        fn pthread_atfork(before: Call, in_parent: Call, in_child: Call) -> c_int;
    }
    // SAFETY: declared as in pthread.h; the function lives as long as the program, and adding to a number is allowed in a
    // child that was forked off. That there is no room for one more leaves the count as it is.
    let _ = unsafe { pthread_atfork(None, None, Some(forked)) };
}

/// Makes this process a helper: a session of its own, no inherited files, no directory held, the lowest priority.
pub(crate) fn become_helper() {
    #[cfg(unix)]
    {
        // Each of these may be refused, which costs a nicety and nothing else.
        let _ = rustix::process::setsid();
        close_inherited();
        let _ = std::env::set_current_dir("/");
        let _ = rustix::process::nice(19);
        // Linux may share the processor out by session, and count that priority within the session alone: sched(7), autogroups.
        #[cfg(target_os = "linux")]
        let _ = std::fs::write("/proc/self/autogroup", "19");
    }
}

#[cfg(unix)]
#[expect(
    unsafe_code,
    reason = "closing descriptors that were inherited is the one thing std has no name for"
)]
fn close_inherited() {
    // SAFETY: called at the very start of a process of our own, before it has opened anything: no descriptor above
    // the standard streams is owned by any value here.
    unsafe { close_fds::close_open_fds(3, &[]) };
}

#[cfg(all(test, unix))]
mod tests {
    use std::io;
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    use super::forks;

    #[cfg(target_os = "linux")]
    #[test]
    fn each_mount_has_a_number_of_its_own() {
        let mount = |path: &str| super::standing(std::path::Path::new(path)).unwrap().mount;
        let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
        let mut numbers = release.split(|next: char| !next.is_ascii_digit()).map(str::parse::<u32>);
        let version = [(); 2].map(|()| numbers.next().unwrap().unwrap());
        assert_eq!(mount("/proc").is_some(), version >= [5, 8], "{release}");
        assert_eq!(mount("/proc"), mount("/proc/self"));
        assert!(mount("/proc").is_none() || mount("/proc") != mount("/"));
        assert!(!super::standing(std::path::Path::new("/proc/version")).unwrap().is_dir);
    }

    #[test]
    #[expect(
        unsafe_code,
        reason = "what runs between fork and exec is all that runs in a forked process here"
    )]
    fn a_process_that_was_forked_off_knows_it() {
        let before = forks();
        let mut command = Command::new("true");
        // SAFETY: reading a number is allowed in a child that was forked off.
        unsafe {
            command.pre_exec(
                move || {
                    if forks() == before + 1 { Ok(()) } else { Err(io::ErrorKind::Other.into()) }
                },
            );
        }
        assert!(command.status().is_ok_and(|status| status.success()));
        assert_eq!(forks(), before, "the parent is what it was");
    }
}
