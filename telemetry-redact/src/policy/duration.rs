//! Durations as Go, people and ISO 8601 write them.
//!
//! jiff reads hours and below. Weeks and days are taken off the front here, in its spellings: its parser of every unit
//! would bring the arithmetic of calendars and the texts of most of its errors into every host.

use jiff::SignedDuration;
use jiff::fmt::{friendly, temporal};

/// The longest first, so that nothing of a name is left over.
const WEEKS: [&str; 5] = ["weeks", "week", "wks", "wk", "w"];
const DAYS: [&str; 3] = ["days", "day", "d"];

/// The most that a `jiff::Span` holds of each, which is time enough.
const MAX_WEEKS: i64 = 1_043_497;
const MAX_DAYS: i64 = 7_304_484;
const MAX_BELOW_US: i64 = 175_307_616 * 60 * 60 * 1_000_000;

const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;
const SPACE: [char; 5] = [' ', '\t', '\n', '\r', '\x0C'];

/// Microseconds of a duration, cut off towards zero. A day has 24 hours; months and years have no fixed length.
pub(crate) fn duration_us(text: &str) -> Option<i64> {
    let (length, is_negative) = match (text.strip_prefix(['-', '+']), text.strip_suffix("ago")) {
        (None, None) => (text, false),
        (Some(length), None) => (length, text.starts_with('-')),
        (None, Some(length)) if length.ends_with(SPACE) => (length, true),
        _ => return None,
    };
    let us = match length.strip_prefix(['P', 'p']) {
        Some(units) => iso_us(units)?,
        None => friendly_us(length)?,
    };
    Some(if is_negative { -us } else { us })
}

fn iso_us(units: &str) -> Option<i64> {
    let (mut us, mut rest) = (0, units);
    for (names, max, unit_us) in [(['W', 'w'], MAX_WEEKS, 7 * DAY_US), (['D', 'd'], MAX_DAYS, DAY_US)] {
        let (number, behind) = number(rest);
        if let Some(behind) = behind.strip_prefix(names) {
            us += at_most(max, number)? * unit_us;
            rest = behind;
        }
    }
    if rest.is_empty() && !units.is_empty() {
        return Some(us);
    }
    let below = temporal::SpanParser::new().parse_duration(["P", rest].concat()).ok()?;
    Some(us + below_us(below)?)
}

fn friendly_us(text: &str) -> Option<i64> {
    let (mut us, mut rest) = (0, text);
    for (names, max, unit_us) in [(&WEEKS[..], MAX_WEEKS, 7 * DAY_US), (&DAYS[..], MAX_DAYS, DAY_US)] {
        let (number, behind) = number(rest);
        let behind = behind.trim_start_matches(SPACE);
        let Some(behind) = names.iter().find_map(|name| behind.strip_prefix(name)) else { continue };
        us += at_most(max, number)? * unit_us;
        let after_comma = behind.strip_prefix(',');
        rest = after_comma.unwrap_or(behind).trim_start_matches(SPACE);
        // After a comma stand space and another unit.
        if after_comma.is_some_and(|after| !after.starts_with(SPACE) || rest.is_empty()) {
            return None;
        }
    }
    if rest.is_empty() && !text.is_empty() {
        return Some(us);
    }
    // jiff would take another sign.
    let rest = Some(rest).filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))?;
    Some(us + below_us(friendly::SpanParser::new().parse_duration(rest).ok()?)?)
}

fn number(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

fn at_most(max: i64, number: &str) -> Option<i64> {
    const MAX_DIGITS: usize = 9;
    let number = number.parse().ok().filter(|_| number.len() <= MAX_DIGITS)?;
    (number <= max).then_some(number)
}

fn below_us(duration: SignedDuration) -> Option<i64> {
    i64::try_from(duration.as_micros()).ok().filter(|us| (0..=MAX_BELOW_US).contains(us))
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use proptest::sample::Index;
    use regex::Regex;

    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, expected) in [
            ("90s", Some(90 * SECOND)),
            ("1h30m", Some(5400 * SECOND)),
            ("1h0m0.5s", Some(3_600_500_000)),
            ("300ms", Some(300_000)),
            ("2 days", Some(2 * 86_400 * SECOND)),
            ("-5s", Some(-5 * SECOND)),
            ("PT1M", Some(60 * SECOND)),
            ("1y", None),
            ("90", None),
            ("s", None),
            ("soon", None),
            ("1w2d3h", Some((9 * 24 + 3) * 3600 * SECOND)),
            ("1 week, 2 days, 03:00:00.5", Some((9 * 24 + 3) * 3600 * SECOND + SECOND / 2)),
            ("2 wks 1day ago", Some(-15 * 86_400 * SECOND)),
            ("1 hour ago", Some(-3600 * SECOND)),
            ("+1d", Some(86_400 * SECOND)),
            ("P1W2DT3H", Some((9 * 24 + 3) * 3600 * SECOND)),
            ("-p1d", Some(-86_400 * SECOND)),
            ("1.5d", None),
            ("1d, ", None),
            ("1d,2h", None),
            ("-1d ago", None),
            ("-0s ago", None),
            ("1d -2h", None),
            ("--1s", None),
            ("1d1w", None),
            ("P1DT", None),
            ("P", None),
            ("PT1H ago", None),
            ("1mo", None),
            ("P1M", None),
            ("", None),
        ] {
            assert_eq!(duration_us(text), expected, "{text}");
            assert_eq!(by_span(text).map(|(us, _)| us), expected, "{text}");
        }
    }

    /// By jiff's parser of every unit. The second is what units below a day make up.
    fn by_span(text: &str) -> Option<(i64, i64)> {
        let span: jiff::Span = text.parse().ok()?;
        if span.get_months() != 0 || span.get_years() != 0 {
            return None;
        }
        let days = i128::from(span.get_weeks()) * 7 + i128::from(span.get_days());
        let minutes = i128::from(span.get_hours()) * 60 + i128::from(span.get_minutes());
        let ms = (minutes * 60 + i128::from(span.get_seconds())) * 1000 + i128::from(span.get_milliseconds());
        let ns =
            (ms * 1000 + i128::from(span.get_microseconds())) * 1000 + i128::from(span.get_nanoseconds());
        let below_us = i64::try_from(ns / 1000).ok()?;
        i64::try_from((days * i128::from(DAY_US) * 1000 + ns) / 1000).ok().map(|us| (us, below_us))
    }

    /// What is no longer taken: no months, no years and as many leading zeros, and hours and below that make up twenty
    /// thousand years.
    fn is_given_up(text: &str, below_us: i64) -> bool {
        static ODD: LazyLock<Regex> = LazyLock::new(|| {
            let nothing = r"0\s*(y|mo)|^[-+]?p(0+y)?0+m";
            Regex::new(&format!(r"(?i){nothing}|[0-9]{{10,}}\s*[wd]")).unwrap()
        });
        below_us.abs() > MAX_BELOW_US || ODD.is_match(text)
    }

    #[test]
    fn what_is_given_up_has_an_example_each() {
        for text in ["0 years 1d", "0mo", "P0Y0M2D", "p0m", "0000000001d", "175307617h", "P0000000001W"] {
            assert_eq!(duration_us(text), None, "{text}");
            assert!(by_span(text).is_some_and(|(_, below_us)| is_given_up(text, below_us)), "{text}");
        }
    }

    fn amount() -> impl Strategy<Value = String> {
        prop_oneof![
            8 => "[0-9]{1,3}",
            2 => "0{0,9}[0-9]",
            2 => "[0-9]{7,21}",
            1 => prop::sample::select(vec!["1043497", "1043498", "7304484", "7304485", "175307616", "9223372036854775807"])
                .prop_map(str::to_owned),
        ]
    }

    fn friendly() -> impl Strategy<Value = String> {
        let units = [
            ("years|year|yrs|yr|y", 1),
            ("months|month|mos|mo", 1),
            ("weeks|week|wks|wk|w", 8),
            ("days|day|d", 8),
            ("hours|hour|hrs|hr|h", 8),
            ("minutes|minute|mins|min|m", 6),
            ("seconds|second|secs|sec|s", 6),
            ("milliseconds|millis|msecs|ms", 4),
            ("microseconds|micros|usecs|us|µs", 4),
            ("nanoseconds|nanos|nsecs|ns", 4),
        ];
        let units: Vec<_> = units
            .into_iter()
            .map(|(names, weight)| {
                let unit = (amount(), "[ ]{0,2}", names, "|||,|, |,[ \t]{1,2}| {1,2}");
                let unit =
                    unit.prop_map(|(amount, space, name, apart)| format!("{amount}{space}{name}{apart}"));
                prop_oneof![weight => unit, 16 - weight => Just(String::new())]
            })
            .collect();
        let last =
            "|||[0-9]{1,4}[.,][0-9]{1,9} ?(d|h|m|s|ms|us|ns)|[0-9]{1,3}:[0-9]{2}:[0-9]{1,2}([.][0-9]{1,9})?";
        ("[-+]|||", units, last, "||| | {1,2}ago|\tago|ago")
            .prop_map(|(sign, units, last, suffix)| format!("{sign}{}{last}{suffix}", units.concat()))
    }

    fn iso() -> impl Strategy<Value = String> {
        let unit = |name: &'static str, weight: u32| {
            let unit = (amount(), name).prop_map(|(amount, name)| amount + &name);
            prop_oneof![weight => unit, 16 - weight => Just(String::new())]
        };
        let days = [unit("Y|y", 1), unit("M|m", 1), unit("W|w", 8), unit("D|d", 8)];
        let below = [unit("H|h", 8), unit("M|m", 8), unit("S|s|[.,][0-9]{1,9}S", 8)];
        ("[-+]|||", "P|P|p", days, "T|T|T|t|", below)
            .prop_map(|(sign, p, days, t, below)| format!("{sign}{p}{}{t}{}", days.concat(), below.concat()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn what_is_read_is_what_jiff_reads_of_every_unit(
            text in prop_oneof![3 => friendly(), 2 => iso()],
            edits in prop::collection::vec((any::<Index>(), 0..3_usize, "|[0-9]|[-+PTWDdw:., \tµago]{1,2}| ago"), 0..3),
        ) {
            let mut text: Vec<char> = text.chars().collect();
            for (index, gone, put) in edits {
                let at = index.index(text.len() + 1);
                text.splice(at..(at + gone).min(text.len()), put.chars());
            }
            let text: String = text.into_iter().collect();
            match (duration_us(&text), by_span(&text)) {
                (None, Some((_, below_us))) => prop_assert!(is_given_up(&text, below_us), "{}", text),
                (ours, theirs) => prop_assert_eq!(ours, theirs.map(|(us, _)| us), "{}", text),
            }
        }
    }
}
