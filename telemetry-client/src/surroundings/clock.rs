//! Now, with the offset of local time.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use telemetry_schema::Timestamp;

use super::Environment;

/// Now. The offset is that of the system's time zone, and 0 where that is not known.
#[must_use]
pub fn now(_environment: &Environment) -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let unix_us = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    let offset_s = jiff::Timestamp::from_microsecond(unix_us)
        .map_or(0, |moment| TimeZone::system().to_offset(moment).seconds());
    let offset_min = i16::try_from(offset_s / 60).unwrap_or(0);
    Timestamp::new(unix_us, offset_min).unwrap_or_default()
}
