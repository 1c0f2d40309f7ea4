//! Ends of the process that no value of the program's sees: `std::process::exit`.

use std::sync::Once;

use telemetry_redact::Ending;
use telemetry_transport::at_exit;

use crate::run::running;

/// From here on, a run that is open when the process exits is recorded then.
pub(crate) fn watch() {
    static WATCHED: Once = Once::new();
    WATCHED.call_once(|| at_exit(record));
}

/// What is known is the exit code, and that only where the system tells it.
fn record(exit_code: Option<i32>) {
    if let Some(run) = running() {
        run.end(|_| ending(exit_code), exit_code);
    }
}

/// How a run ended of which nothing but the exit code is known.
pub(crate) fn ending(exit_code: Option<i32>) -> Ending {
    match exit_code {
        Some(0) => Ending::Success,
        _ => Ending::Error { code: None, text: None },
    }
}
