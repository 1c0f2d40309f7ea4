//! What every store takes a run for, so that all of them count the same.

use telemetry_schema::{Event, InstallId, LossReason, Outcome, Place, Timestamp};

/// The greatest loss that is believed of one batch. Sums of these cannot leave 64 bits.
pub(super) const MAX_LOSS: u64 = u32::MAX as u64;

const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;

/// Days since the Unix epoch, in UTC.
pub(super) fn day(moment: Timestamp) -> i64 {
    moment.unix_us().div_euclid(DAY_US)
}

/// Days after that of receipt that a start is believed: a clock may be of another day, or some hours fast.
const MAX_DAYS_AHEAD: i64 = 1;

/// Days before that of receipt that a start is believed: ten years, more than any spool or export waits. A clock that lost
/// its battery says 1970 or 1980.
const MAX_DAYS_BEHIND: i64 = 3653;

/// The day a run counts for where its clock is not believed: that of its receipt, in days since 1970. `None` where it counts for the
/// day it started on. One clock that is wrong must not stretch every report over centuries, nor lose its events.
pub(super) fn moved_day(started_at: Timestamp, received_day: i64) -> Option<i64> {
    let believed = received_day - MAX_DAYS_BEHIND..=received_day + MAX_DAYS_AHEAD;
    (!believed.contains(&day(started_at))).then_some(received_day)
}

/// Whether it ran in CI.
pub(super) fn in_ci(event: &Event) -> bool {
    event.context.ci.is_some() || event.install_id == Some(InstallId::CI)
}

/// Whether it ended in an error or a panic.
pub(super) fn is_failed(event: &Event) -> bool {
    matches!(event.outcome, Outcome::Error { .. } | Outcome::Panic { .. })
}

/// Whose run it is. The identifier that all CI runs share is nobody's.
pub(super) fn install(event: &Event) -> Option<InstallId> {
    event.install_id.filter(|install| *install != InstallId::CI)
}

/// What went wrong in a run.
pub(super) struct Fault<'a> {
    pub(super) code: &'a str,
    pub(super) message: Option<&'a str>,
    pub(super) fingerprint: Option<&'a str>,
}

impl<'a> Fault<'a> {
    pub(super) fn of(event: &'a Event) -> Option<Self> {
        match &event.outcome {
            Outcome::Error { code, message, fingerprint } => Some(Self {
                code: code.as_str(),
                message: message.as_ref().map(AsRef::as_ref),
                fingerprint: fingerprint.as_ref().map(AsRef::as_ref),
            }),
            // Panics of one place are one error.
            Outcome::Panic { location } => {
                Some(Self { code: "panic", message: location.as_ref().map(AsRef::as_ref), fingerprint: None })
            }
            Outcome::Success | Outcome::Interrupted { .. } => None,
        }
    }
}

/// The key on the wire.
pub(super) fn place_key(place: Place) -> &'static str {
    match place {
        Place::Command => "command",
        Place::Flag => "flag",
    }
}

/// The key on the wire.
pub(super) fn loss_key(reason: LossReason) -> &'static str {
    match reason {
        LossReason::Evicted => "evicted",
        LossReason::Expired => "expired",
        LossReason::Torn => "torn",
        LossReason::Refused => "refused",
        LossReason::RateLimited => "rate_limited",
        LossReason::TooLarge => "too_large",
        LossReason::Unwritable => "unwritable",
    }
}

/// The reason with this key on the wire; `None` for one of a later version.
pub(super) fn loss_reason(key: &str) -> Option<LossReason> {
    serde_json::from_value(key.into()).ok()
}
