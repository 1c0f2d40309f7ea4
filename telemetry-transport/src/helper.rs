//! The process that ships: started by a command that does not wait for it, gone by its deadline.

use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::platform;

/// Helpers that were started and may have ended since.
static STARTED: Mutex<Vec<Child>> = Mutex::new(Vec::new());

/// Starts a helper and does not wait for it. It has no standard streams. Arguments say what to do and never hold an
/// event.
///
/// A host that ends within moments leaves its helper to whoever adopts orphans. One that lives longer, and starts one
/// now and then, would gather zombies: each call asks after the earlier helpers first, which does not wait either. So
/// there is at most one for as long as there is no further call.
///
/// # Errors
///
/// What the system says where it cannot be started.
pub fn spawn(program: &Path, arguments: &[&str]) -> io::Result<()> {
    let mut started = STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    started.retain_mut(|child| matches!(child.try_wait(), Ok(None)));
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    platform::detach(&mut command);
    started.push(command.spawn()?);
    Ok(())
}

/// Makes this process a helper: to be called first, before anything is opened and while there is one thread. It gets a
/// session of its own, closes what it inherited, holds no directory, has the lowest priority, and ends at the deadline
/// whatever the network does.
pub fn enter(deadline: Duration) {
    platform::become_helper();
    let watchdog = std::thread::Builder::new().name("deadline".to_owned()).spawn(move || {
        std::thread::sleep(deadline);
        std::process::exit(0);
    });
    if watchdog.is_err() {
        // Without a thread there is no deadline, and without a deadline there is no helper.
        std::process::exit(0);
    }
}
