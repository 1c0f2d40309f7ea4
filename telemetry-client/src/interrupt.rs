//! Signals that end the program: the run is recorded, and then they end it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use telemetry_schema::Signal;
use telemetry_transport::is_ended_by;

use crate::run::interrupted;

/// What a person or a supervisor ends a program with. Others end it for a reason of its own, and some leave a core.
const SIGNALS: [(i32, Signal); 3] =
    [(SIGHUP, Signal::Sighup), (SIGINT, Signal::Sigint), (SIGTERM, Signal::Sigterm)];

/// From here on, a signal that would end the program is first recorded, by a thread that waits for it.
///
/// One that the program handles or ignores is left alone. After the first one, the next ends the program at once: nobody
/// has to wait for a disk. What cannot be had is not had: then signals end the program as they do without.
pub(crate) fn watch() {
    static WATCHED: std::sync::Once = std::sync::Once::new();
    WATCHED.call_once(|| {
        let _ = listen();
    });
}

fn listen() -> std::io::Result<()> {
    let taken: Vec<i32> =
        SIGNALS.iter().map(|(number, _)| *number).filter(|number| is_ended_by(*number)).collect();
    if taken.is_empty() {
        return Ok(());
    }
    let was_here = Arc::new(AtomicBool::new(false));
    let mut arriving = Signals::new(&taken)?;
    let listening = Arc::clone(&was_here);
    let started = std::thread::Builder::new().name("telemetry-interrupts".to_owned()).spawn(move || {
        for number in arriving.forever() {
            if let Some((_, signal)) = SIGNALS.iter().find(|(known, _)| *known == number) {
                interrupted(*signal);
            }
            // So that who started the program sees by what it ended.
            let _ = emulate_default_handler(number);
        }
    });
    // Without a thread, the first one ends the program already.
    if started.is_err() {
        listening.store(true, Ordering::SeqCst);
    }
    for number in taken {
        flag::register_conditional_default(number, Arc::clone(&was_here))?;
        flag::register(number, Arc::clone(&was_here))?;
    }
    started.map(|_| ())
}
