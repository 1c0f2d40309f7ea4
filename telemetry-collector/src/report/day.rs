//! Days and weeks, in UTC.

use std::fmt;
use std::str::FromStr;

use telemetry_schema::Timestamp;
use thiserror::Error;

const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;

/// A day in UTC; written `2026-01-02`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// From days since 1970.
    #[must_use]
    pub fn new(number: i64) -> Self {
        Self(number)
    }

    /// Days since 1970.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.0.checked_mul(DAY_US).and_then(|us| Timestamp::new(us, 0).ok());
        let text = start.map(|start| start.to_string());
        match text.as_deref().and_then(|text| text.get(..10)) {
            Some(day) => f.pad(day),
            // Outside of the years that can be written there is only the number.
            None => write!(f, "day {}", self.0),
        }
    }
}

/// Text that is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("there is no such day: a day is written YYYY-MM-DD, as 2026-01-31")]
pub struct DayError;

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        let start: Timestamp = format!("{text}T00:00:00.000000+00:00").parse().map_err(|_| DayError)?;
        Ok(Self(start.unix_us().div_euclid(DAY_US)))
    }
}

/// The Monday of a day's week, both in days since 1970. That began on a Thursday.
#[must_use]
pub fn monday(day: i64) -> i64 {
    day - (day.saturating_add(3)).rem_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_written_and_weeks_start_on_monday() {
        let day: Day = "2026-11-26".parse().unwrap();
        assert_eq!(day.to_string(), "2026-11-26");
        assert_eq!(Day::new(monday(day.number())).to_string(), "2026-11-23");
        assert_eq!(monday(monday(day.number())), monday(day.number()));
        assert_eq!(Day::new(monday(0)).to_string(), "1969-12-29");
        for bad in ["", "2026-13-01", "2026-1-1", "yesterday", "2026-01-01T00"] {
            assert!(bad.parse::<Day>().is_err(), "{bad}");
        }
        assert_eq!(Day::new(i64::MAX).to_string(), format!("day {}", i64::MAX));
    }
}
