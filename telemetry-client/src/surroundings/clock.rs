//! Now, with the offset of local time.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::tz::TimeZone;
use telemetry_schema::Timestamp;

use super::Environment;

/// Now. The offset is that of local time, see [`local_offset_min`].
#[must_use]
pub fn now(environment: &Environment) -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let unix_us = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
    let offset_min = local_offset_min(environment, unix_us / 1_000_000);
    Timestamp::new(unix_us, offset_min).unwrap_or_default()
}

/// Minutes from UTC of local time at a moment, in seconds since the Unix epoch; 0 where the time zone is not known.
///
/// The time zone is the system's: `TZ`, else what the platform keeps (`/etc/localtime` on Unix). In an injected
/// environment it is the rule that `TZ` has in POSIX form (`CET-1CEST,M3.5.0,M10.5.0/3`), else UTC, so that a test
/// does not depend on the machine it runs on.
#[must_use]
pub fn local_offset_min(environment: &Environment, unix_s: i64) -> i16 {
    let zone = if environment.is_real() { TimeZone::system() } else { injected_zone(environment) };
    let Ok(moment) = jiff::Timestamp::from_second(unix_s) else { return 0 };
    i16::try_from(zone.to_offset(moment).seconds() / 60).unwrap_or(0)
}

fn injected_zone(environment: &Environment) -> TimeZone {
    let rule = environment.var("TZ").and_then(|rule| rule.into_string().ok());
    rule.and_then(|rule| TimeZone::posix(&rule).ok()).unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JANUARY: i64 = 1_736_899_200;
    const JULY: i64 = 1_752_537_600;

    #[test]
    fn the_offset_is_that_of_the_moment() {
        for (rule, january, july) in [
            ("CET-1CEST,M3.5.0,M10.5.0/3", 60, 120),
            ("EST5EDT,M3.2.0,M11.1.0", -300, -240),
            ("IST-5:30", 330, 330),
            ("<-0930>9:30", -570, -570),
            ("Nowhere/Land", 0, 0),
            ("", 0, 0),
        ] {
            let environment = Environment::fake([("TZ", rule)], "/nonexistent");
            assert_eq!(local_offset_min(&environment, JANUARY), january, "{rule}");
            assert_eq!(local_offset_min(&environment, JULY), july, "{rule}");
            assert_eq!(local_offset_min(&environment, i64::MAX), 0, "{rule}");
        }
    }

    #[test]
    fn now_is_now() {
        let environment = Environment::fake([("TZ", "IST-5:30")], "/nonexistent");
        let (before, seen) = (SystemTime::now(), now(&environment));
        let before_us = i64::try_from(before.duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap();
        assert!(seen.unix_us() >= before_us);
        assert_eq!(seen.offset_min(), 330);
        assert!(now(&Environment::real()).unix_us() >= before_us);
    }
}
