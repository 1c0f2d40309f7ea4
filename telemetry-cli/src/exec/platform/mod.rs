//! Signals, standard streams and exit statuses, the one room here that knows platforms.

#[cfg(unix)]
mod inherited;
#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(unix)]
pub(super) use inherited::hand_on;
#[cfg(not(unix))]
pub(super) use other::{Signals, end_like, hand_on, replace_with, signal_of};
#[cfg(unix)]
pub(super) use unix::{Signals, end_like, replace_with, signal_of};
