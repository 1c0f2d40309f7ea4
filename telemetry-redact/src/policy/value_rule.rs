//! How something of a value is kept: by a closed set, or by a rule with only so many answers.

use std::borrow::Cow;

use super::Case;
use super::duration::duration_us;
use super::image::{Bound, Image, Rule, Span};

/// What the bounds of buckets are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    #[cfg(feature = "source")]
    None = 0,
    Number = 1,
    /// Microseconds.
    Duration = 2,
}

/// Judges values by one rule of a policy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ValueJudge<'a> {
    image: &'a Image,
    rule: Rule,
}

/// What of a value may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fit<'a, 't> {
    /// All that there is to know of it.
    Whole { rule: &'static str, kept: Cow<'a, str> },
    /// A key or form; what stands behind it is dropped.
    Key { kept: &'a str, rest: &'t str },
    /// Nothing, and by which rule.
    Nothing { rule: &'static str },
}

impl<'a> ValueJudge<'a> {
    pub(super) fn new(image: &'a Image, rule: Rule) -> Self {
        Self { image, rule }
    }

    /// Judges one value, or one element of a list.
    pub(crate) fn judge<'t>(self, text: &'t str) -> Fit<'a, 't> {
        let whole = |rule, kept: &'a str| Fit::Whole { rule, kept: Cow::Borrowed(kept) };
        if let Some(kept) = self.member(self.rule.values, text).or_else(|| self.spelled(text)) {
            return whole("value.in_closed_set", kept);
        }
        if let Some(kept) = self.version(text) {
            return whole("value.version", kept);
        }
        if let Some(kept) = self.bucket(text) {
            return whole("value.bucket", kept);
        }
        if let Some(fit) = self.key(text) {
            return fit;
        }
        Fit::Nothing { rule: "value.not_in_closed_set" }
    }

    /// Whether `kept` is something that [`Self::judge`] keeps.
    pub(crate) fn keeps(self, kept: &str) -> bool {
        let Rule { values, versions, keys, key_values, labels, .. } = self.rule;
        if [values, versions, keys].iter().any(|set| self.image.find(*set, kept).is_some())
            || self.image.texts(labels).any(|label| label == kept)
        {
            return true;
        }
        kept.split_once(self.separator()).is_some_and(|(key, value)| {
            self.image.find(keys, key).is_some() && self.image.find(key_values, value).is_some()
        })
    }

    /// The member of a set that a text is, in its declared spelling.
    fn member(self, set: Span, text: &str) -> Option<&'a str> {
        let folded = self.rule.case == Case::Folded as u32;
        let exact = self.image.find(set, text);
        exact.or_else(|| self.image.texts(set).find(|member| folded && member.eq_ignore_ascii_case(text)))
    }

    /// The member of the set that a text is another spelling of.
    fn spelled(self, text: &str) -> Option<&'a str> {
        let folded = self.rule.case == Case::Folded as u32;
        let pairs = (0..).map_while(|index| self.image.pair(self.rule.spellings, index));
        let mut pairs = pairs.map(|[spelling, member]| (self.image.text(spelling), member));
        let is_meant = |spelling: &str| spelling == text || folded && spelling.eq_ignore_ascii_case(text);
        let (_, member) = pairs.find(|(spelling, _)| is_meant(spelling))?;
        // Of a damaged policy too, nothing but a member is kept.
        self.image.find(self.rule.values, self.image.text(member))
    }

    /// The declared version that this one begins with, by whole numbers; the longest of several.
    fn version(self, text: &str) -> Option<&'a str> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let numbers = text.split(['-', '+']).next().unwrap_or_default();
        if !is_version(numbers) {
            return None;
        }
        let begins = |member: &&str| {
            numbers.strip_prefix(*member).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.image.texts(self.rule.versions).filter(begins).max_by_key(|member| member.len())
    }

    fn bucket(self, text: &str) -> Option<&'a str> {
        let value = match self.rule.unit {
            unit if unit == Unit::Number as u32 => floor(text)?,
            unit if unit == Unit::Duration as u32 => duration_us(text)?,
            _ => return None,
        };
        let bounds = self.image.span::<Bound>(self.rule.bounds);
        let bucket = bounds.partition_point(|bound| bound.at <= value);
        self.image.texts(self.rule.labels).nth(bucket)
    }

    fn key<'t>(self, text: &'t str) -> Option<Fit<'a, 't>> {
        let Some((key, rest)) = text.split_once(self.separator()) else {
            let kept = self.member(self.rule.keys, text)?;
            return Some(Fit::Whole { rule: "value.key", kept: Cow::Borrowed(kept) });
        };
        let kept = self.member(self.rule.keys, key)?;
        Some(match self.member(self.rule.key_values, rest) {
            Some(value) => {
                let kept = Cow::Owned(format!("{kept}{}{value}", self.separator()));
                Fit::Whole { rule: "value.key_and_value", kept }
            }
            None => Fit::Key { kept, rest },
        })
    }

    fn separator(self) -> char {
        char::from_u32(self.rule.separator).filter(|separator| *separator != '\0').unwrap_or('=')
    }
}

/// Up to four numbers with dots between them.
pub(super) fn is_version(text: &str) -> bool {
    const MAX_NUMBERS: usize = 4;
    text.split('.').count() <= MAX_NUMBERS
        && text
            .split('.')
            .all(|number| (1..=9).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A number, rounded down. Digits with an optional sign and fraction.
fn floor(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole.strip_prefix(['-', '+']).unwrap_or(whole)) || !is_digits(fraction) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    let below = whole.starts_with('-') && fraction.bytes().any(|byte| byte != b'0');
    number.checked_sub(i64::from(below))
}

/// What the buckets between these bounds are called: one more than there are bounds.
#[cfg(feature = "source")]
pub(super) fn labels(bounds: &[i64], spelled: &[String], unit: Unit) -> Vec<String> {
    let (Some(first), Some(last)) = (spelled.first(), spelled.last()) else { return Vec::new() };
    let between = bounds.windows(2).zip(spelled.windows(2)).map(|(bounds, spelled)| {
        // `1..2` holds one number only.
        let single = unit == Unit::Number && bounds[1].checked_sub(bounds[0]) == Some(1);
        if single { spelled[0].clone() } else { format!("{}..{}", spelled[0], spelled[1]) }
    });
    let between: Vec<String> = between.collect();
    std::iter::once(format!("<{first}")).chain(between).chain([format!(">={last}")]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, expected) in [
            ("7", Some(7)),
            ("-7", Some(-7)),
            ("+7", Some(7)),
            ("7.9", Some(7)),
            ("-7.1", Some(-8)),
            ("-7.0", Some(-7)),
            ("7e3", None),
            ("", None),
            ("7.", None),
            (".5", None),
            ("99999999999999999999", None),
            ("0x10", None),
            ("\u{663}", None),
        ] {
            assert_eq!(floor(text), expected, "{text}");
        }
    }

    #[test]
    fn buckets_cover_everything_and_say_their_bounds() {
        let spelled = |bounds: &[i64]| bounds.iter().map(i64::to_string).collect::<Vec<_>>();
        let bounds = [0, 1, 10, 100];
        assert_eq!(
            labels(&bounds, &spelled(&bounds), Unit::Number),
            ["<0", "0", "1..10", "10..100", ">=100"]
        );
        assert_eq!(labels(&[5], &spelled(&[5]), Unit::Number), ["<5", ">=5"]);
        assert!(labels(&[], &[], Unit::None).is_empty());
    }
}
