//! The process that ships: started by a command that does not wait for it, gone by its deadline.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::platform;

/// Starts a helper and does not wait for it. It has no standard streams and a process group of its own. Arguments say
/// what to do and never hold an event.
///
/// # Errors
///
/// What the system says where it cannot be started.
pub fn spawn(program: &Path, arguments: &[&str]) -> io::Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    platform::detach(&mut command);
    // The host ends within moments, and whoever adopts orphans waits for the helper.
    command.spawn().map(drop)
}

/// Makes this process a helper: to be called first, before anything is opened. It gets a session of its own, closes
/// what it inherited, holds no directory, has the lowest priority, and ends at the deadline whatever the network does.
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
