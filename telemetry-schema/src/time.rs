//! Times: RFC 3339 with offset and microseconds, as `2022-04-11T11:35:46.794119+01:00`.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
#[cfg(feature = "json-schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::FieldError;

const EXPECTED: &str = "RFC 3339 with offset and microseconds, as 2022-04-11T11:35:46.794119+01:00";
const REFUSED: FieldError = FieldError { type_name: "Timestamp", expected: EXPECTED };
const MICROSECOND: i64 = 1_000_000;

/// A time in its one spelling.
struct Spelled([u8; 32]);

impl Spelled {
    fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A moment, and the offset from UTC where it was seen.
///
/// Its only written form is RFC 3339 with six decimals and a numeric offset in hours and minutes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Timestamp {
    unix_us: i64,
    offset_min: i16,
}

impl Default for Timestamp {
    /// The Unix epoch, in UTC.
    fn default() -> Self {
        Self { unix_us: 0, offset_min: 0 }
    }
}

impl Timestamp {
    /// A moment in microseconds since the Unix epoch, with its offset from UTC in minutes.
    ///
    /// # Errors
    ///
    /// [`FieldError`] where the moment is outside of the years 1 to 9999 or the offset is a day or more.
    pub fn new(unix_us: i64, offset_min: i16) -> Result<Self, FieldError> {
        let moment = Self { unix_us, offset_min };
        let local = moment.parts().map(|(stamp, offset)| offset.to_datetime(stamp));
        local.filter(|local| (1..=9999).contains(&local.year())).map(|_| moment).ok_or(REFUSED)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub fn unix_us(self) -> i64 {
        self.unix_us
    }

    /// Offset from UTC in minutes.
    #[must_use]
    pub fn offset_min(self) -> i16 {
        self.offset_min
    }

    /// The start of the interval that this moment lies in, in its own offset.
    #[must_use]
    pub fn coarsened(self, precision: TimestampPrecision) -> Self {
        let step = precision.step_us();
        let offset_us = i64::from(self.offset_min) * 60 * MICROSECOND;
        let local = self.unix_us.saturating_add(offset_us);
        let floor = local - local.rem_euclid(step);
        Self { unix_us: floor.saturating_sub(offset_us), offset_min: self.offset_min }
    }

    fn parts(self) -> Option<(jiff::Timestamp, Offset)> {
        if self.offset_min.abs() >= 24 * 60 {
            return None;
        }
        let stamp = jiff::Timestamp::from_microsecond(self.unix_us).ok()?;
        Some((stamp, Offset::from_seconds(i32::from(self.offset_min) * 60).ok()?))
    }

    /// Writes numbers at their places.
    fn spelled(self) -> Option<Spelled> {
        let (stamp, offset) = self.parts()?;
        let local = offset.to_datetime(stamp);
        let minutes = i32::from(self.offset_min.abs());
        let mut text = *b"0000-00-00T00:00:00.000000+00:00";
        // Where each number ends; it is as long as it has to be.
        let numbers: [(usize, i32); 9] = [
            (4, local.year().into()),
            (7, local.month().into()),
            (10, local.day().into()),
            (13, local.hour().into()),
            (16, local.minute().into()),
            (19, local.second().into()),
            (26, local.subsec_nanosecond() / 1000),
            (29, minutes / 60),
            (32, minutes % 60),
        ];
        for (mut end, mut left) in numbers {
            while left > 0 {
                end = end.checked_sub(1)?;
                text[end] = b'0' + u8::try_from(left % 10).ok()?;
                left /= 10;
            }
        }
        if self.offset_min < 0 {
            text[26] = b'-';
        }
        Some(Spelled(text))
    }

    /// Reads numbers at their places and looks at nothing between them: what is misread is spelled in another way.
    fn read(text: &str) -> Option<Self> {
        let digits = |places: Range<usize>| text.get(places)?.parse::<i32>().ok();
        let small = |places| i8::try_from(digits(places)?).ok();
        let year = i16::try_from(digits(0..4)?).ok()?;
        let date = Date::new(year, small(5..7)?, small(8..10)?).ok()?;
        let nanosecond = digits(20..26)? * 1000;
        let time = Time::new(small(11..13)?, small(14..16)?, small(17..19)?, nanosecond).ok()?;
        let minutes = digits(27..29)? * 60 + digits(30..32)?;
        let minutes = if text.get(26..27)? == "-" { -minutes } else { minutes };
        let offset = Offset::from_seconds(minutes * 60).ok()?;
        let stamp = offset.to_timestamp(date.to_datetime(time)).ok()?;
        Self::new(stamp.as_microsecond(), i16::try_from(minutes).ok()?).ok()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.spelled().ok_or(fmt::Error)?.as_str())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        let moment = Self::read(text).ok_or(REFUSED)?;
        // One spelling only: a variant (`Z`, three decimals, a time zone's name in brackets) could carry something.
        let spelled = moment.spelled();
        if spelled.as_ref().map(Spelled::as_str) == Some(text) { Ok(moment) } else { Err(REFUSED) }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let spelled = self.spelled().ok_or_else(|| serde::ser::Error::custom(EXPECTED))?;
        serializer.serialize_str(spelled.as_str())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(feature = "json-schema")]
impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// How exact a time is. What is finer is cut off, so that a time of day need not be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimestampPrecision {
    /// As in the source document.
    #[default]
    Microsecond,
    /// Whole seconds.
    Second,
    /// Whole minutes.
    Minute,
    /// Whole hours.
    Hour,
    /// Midnight of the day.
    Day,
}

impl TimestampPrecision {
    /// Every precision, the finest first.
    pub const ALL: &[Self] = &[Self::Microsecond, Self::Second, Self::Minute, Self::Hour, Self::Day];

    fn step_us(self) -> i64 {
        match self {
            Self::Microsecond => 1,
            Self::Second => MICROSECOND,
            Self::Minute => 60 * MICROSECOND,
            Self::Hour => 60 * 60 * MICROSECOND,
            Self::Day => 24 * 60 * 60 * MICROSECOND,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::fmt::temporal::{DateTimeParser, DateTimePrinter};
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    const DOCUMENT: &str = "2022-04-11T11:35:46.794119+01:00";

    #[test]
    fn the_document_s_form_comes_back_unchanged() {
        let moment: Timestamp = DOCUMENT.parse().unwrap();
        assert_eq!(moment.to_string(), DOCUMENT);
        assert_eq!(moment.offset_min(), 60);
        let utc = Timestamp::new(0, 0).unwrap();
        assert_eq!(utc.to_string(), "1970-01-01T00:00:00.000000+00:00");
    }

    #[test]
    fn only_one_spelling_is_taken() {
        for bad in [
            "2022-04-11T11:35:46.794119Z",
            "2022-04-11T11:35:46.794119+01:00[Europe/London]",
            "2022-04-11T11:35:46.794+01:00",
            "2022-04-11 11:35:46.794119+01:00",
            "2022-04-11T11:35:46.794119",
            "yesterday",
            "",
        ] {
            assert!(bad.parse::<Timestamp>().is_err(), "{bad}");
        }
        assert!(Timestamp::new(i64::MAX, 0).is_err());
        assert!(Timestamp::new(0, 24 * 60).is_err());
    }

    /// As jiff reads every spelling there is, of which one is kept.
    fn read_by_jiff(text: &str) -> Option<Timestamp> {
        let pieces = DateTimeParser::new().parse_pieces(text).ok()?;
        let offset = pieces.to_numeric_offset()?;
        let local = pieces.date().to_datetime(pieces.time()?);
        let stamp = offset.to_timestamp(local).ok()?;
        let offset_min = i16::try_from(offset.seconds() / 60).ok()?;
        let moment = Timestamp::new(stamp.as_microsecond(), offset_min).ok()?;
        (moment.to_string() == text).then_some(moment)
    }

    fn us(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().unwrap().as_microsecond()
    }

    #[test]
    fn the_first_and_the_last_moment_are_spelled_as_long_as_any() {
        for (unix_us, offset_min, spelled) in [
            (us("0001-01-01T00:00Z"), 0, "0001-01-01T00:00:00.000000+00:00"),
            (us("0000-12-31T00:01Z"), 23 * 60 + 59, "0001-01-01T00:00:00.000000+23:59"),
            (us("9999-12-30T22:00Z"), 0, "9999-12-30T22:00:00.000000+00:00"),
            (us("9999-12-30T22:00Z"), 23 * 60 + 59, "9999-12-31T21:59:00.000000+23:59"),
        ] {
            let moment = Timestamp::new(unix_us, offset_min).expect(spelled);
            assert_eq!(moment.to_string(), spelled);
            assert_eq!(spelled.parse(), Ok(moment));
        }
        for (unix_us, offset_min) in [(us("0000-12-31T23:59:59.999999Z"), 0), (us("0001-01-01T00:00Z"), -1)] {
            assert!(Timestamp::new(unix_us, offset_min).is_err());
        }
        for years_of_more_digits in
            ["-000001-12-31T23:59:59.999999+00:00", "+010000-01-01T00:00:00.000000+00:00"]
        {
            assert!(years_of_more_digits.parse::<Timestamp>().is_err());
        }
    }

    fn moments() -> impl Strategy<Value = Timestamp> {
        let whole = (us("0000-12-31T00:01Z")..=us("9999-12-30T22:00Z"), -1439_i16..=1439);
        whole.prop_filter_map("a year of more digits", |(us, offset)| Timestamp::new(us, offset).ok())
    }

    proptest! {
        #[test]
        fn what_is_written_is_what_jiff_writes(moment in moments()) {
            let (stamp, offset) = moment.parts().unwrap();
            let printer = DateTimePrinter::new().precision(Some(6));
            prop_assert_eq!(moment.to_string(), printer.timestamp_with_offset_to_string(&stamp, offset));
        }

        #[test]
        fn what_is_written_is_read(moment in moments()) {
            prop_assert_eq!(moment.to_string().parse(), Ok(moment));
        }

        #[test]
        fn only_that_is_read_which_jiff_reads_and_writes_alike(
            moment in moments(),
            edits in prop::collection::vec(
                (any::<Index>(), 0..2_usize, "[0-9]|[-+:.TZ 0\\[\\]é]{0,2}|2[0-9]|60"),
                0..4,
            ),
        ) {
            let mut text: Vec<char> = moment.to_string().chars().collect();
            for (index, gone, put) in edits {
                let at = index.index(text.len() + 1);
                text.splice(at..(at + gone).min(text.len()), put.chars());
            }
            let text: String = text.into_iter().collect();
            prop_assert_eq!(text.parse().ok(), read_by_jiff(&text), "{}", text);
        }
    }

    #[test]
    fn coarsening_cuts_in_local_time() {
        let moment: Timestamp = DOCUMENT.parse().unwrap();
        let coarse = |precision| moment.coarsened(precision).to_string();
        assert_eq!(coarse(TimestampPrecision::Second), "2022-04-11T11:35:46.000000+01:00");
        assert_eq!(coarse(TimestampPrecision::Minute), "2022-04-11T11:35:00.000000+01:00");
        assert_eq!(coarse(TimestampPrecision::Hour), "2022-04-11T11:00:00.000000+01:00");
        assert_eq!(coarse(TimestampPrecision::Day), "2022-04-11T00:00:00.000000+01:00");
        assert_eq!(moment.coarsened(TimestampPrecision::Microsecond), moment);
    }
}
