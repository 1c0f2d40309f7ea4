//! How a console ends a program on Windows.

use std::sync::OnceLock;

use telemetry_schema::Signal;
use windows_sys::Win32::Foundation::FALSE;
use windows_sys::Win32::System::Console::{CTRL_BREAK_EVENT, CTRL_C_EVENT, SetConsoleCtrlHandler};
use windows_sys::core::BOOL;

static AT_CONSOLE_END: OnceLock<fn(Signal)> = OnceLock::new();

/// Calls this when the console ends the process, which then goes on to end it as it would have: Ctrl-C and Ctrl-Break are
/// `SIGINT`, a closed window, a logoff and a shutdown `SIGTERM`, as Go's `os/signal` documents it. The call is made on a
/// thread of its own and must not panic. Handlers that are set after this are asked first, and it is not called where one of
/// them keeps the process. Only the first call of this function counts.
#[expect(unsafe_code, reason = "std knows of no console that ends a program")]
pub fn at_console_end(call: fn(Signal)) {
    unsafe extern "system" fn told(event: u32) -> BOOL {
        let signal =
            if matches!(event, CTRL_C_EVENT | CTRL_BREAK_EVENT) { Signal::Sigint } else { Signal::Sigterm };
        if let Some(call) = AT_CONSOLE_END.get() {
            call(signal);
        }
        // Not handled: whoever is asked next goes on, the system last.
        FALSE
    }
    if AT_CONSOLE_END.set(call).is_ok() {
        // SAFETY: the function lives as long as the program. That it cannot be set costs an event.
        unsafe {
            SetConsoleCtrlHandler(Some(told), 1);
        }
    }
}
