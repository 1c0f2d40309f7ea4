//! Bounded text: newtypes that parse, each with the pattern its JSON Schema shows.
//!
//! The predicates are written by hand, since a short-lived process should not compile a regular expression to
//! check a word; a property test holds each to its pattern.

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

#[cfg(feature = "json-schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A text that is not of the form its field takes. Names the type and the pattern, never the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a {type_name}: expected {expected}")]
pub struct FieldError {
    /// The type that refused.
    pub type_name: &'static str,
    /// What it takes: a pattern and a length, or a format.
    pub expected: &'static str,
}

/// The rule of one bounded type, as its JSON Schema shows it.
#[derive(Debug, Clone, Copy)]
pub struct BoundedRule {
    /// The type.
    pub type_name: &'static str,
    /// Regular expression over the whole text.
    pub pattern: &'static str,
    /// Greatest length in bytes; all are ASCII, so in characters too.
    pub max_length: usize,
    /// Whether a text is of the form.
    pub accepts: fn(&str) -> bool,
}

macro_rules! bounded {
    ($($(#[$doc:meta])* $name:ident($store:ty), $pattern:literal, $max:literal, $predicate:path;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
            #[serde(transparent)]
            pub struct $name($store);

            impl $name {
                /// Greatest length in bytes.
                pub const MAX_LENGTH: usize = $max;

                /// Takes a text of the form.
                ///
                /// # Errors
                ///
                /// [`FieldError`] where the text is too long or does not match the pattern.
                pub fn new(text: impl Into<Box<str>>) -> Result<Self, FieldError> {
                    let text = text.into();
                    if text.len() <= $max && $predicate(&text) {
                        Ok(Self(<$store>::from(text)))
                    } else {
                        Err(FieldError {
                            type_name: stringify!($name),
                            expected: concat!("a text matching ", $pattern, " of at most ", $max, " characters"),
                        })
                    }
                }

                /// The text.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }

            impl AsRef<str> for $name {
                fn as_ref(&self) -> &str {
                    &self.0
                }
            }

            impl std::borrow::Borrow<str> for $name {
                fn borrow(&self) -> &str {
                    &self.0
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.pad(&self.0)
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Debug::fmt(&self.0, f)
                }
            }

            impl std::str::FromStr for $name {
                type Err = FieldError;

                fn from_str(text: &str) -> Result<Self, FieldError> {
                    Self::new(text)
                }
            }

            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = <Cow<'de, str>>::deserialize(deserializer)?;
                    Self::new(text).map_err(serde::de::Error::custom)
                }
            }

            #[cfg(feature = "json-schema")]
            impl JsonSchema for $name {
                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }

                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({ "type": "string", "pattern": $pattern, "maxLength": $max })
                }
            }
        )*

        /// The rules of all bounded types.
        #[must_use]
        pub fn bounded_rules() -> Vec<BoundedRule> {
            vec![$(BoundedRule {
                type_name: stringify!($name),
                pattern: $pattern,
                max_length: $max,
                accepts: |text| text.len() <= $max && $predicate(text),
            }),*]
        }
    };
}

bounded! {
    /// The name of a program that has a policy.
    ProgramName(Box<str>), "^[A-Za-z][A-Za-z0-9._-]*$", 64, is_program_name;
    /// A version number: up to four numbers, and a pre-release only of the well-known kinds, since what else
    /// stands there can be a branch or a person's name.
    Version(Box<str>), "^[0-9]{1,9}(\\.[0-9]{1,9}){0,3}(-(alpha|beta|canary|dev|nightly|pre|preview|rc|snapshot)([.-]?[0-9]{1,9})?)?$", 64, is_version;
    /// A command word or flag name that a policy declares.
    Word(Box<str>), "^[A-Za-z0-9][A-Za-z0-9_.-]*$", 64, is_word;
    /// A value that a policy's closed set declares, in its declared spelling.
    Value(Box<str>), "^[!-~]+( [!-~]+)*$", 128, is_value;
    /// A mistyped word that is near to a declared one: letters and inner hyphens only.
    Typed(Box<str>), "^[A-Za-z]+(-[A-Za-z]+)*$", 40, is_typed;
    /// Error text rebuilt from declared words, a closed vocabulary and placeholders.
    Message(Box<str>), "^[\\t\\n -~]+$", 2048, is_message;
    /// The class of an error: one of the built-in codes or one that the policy declares.
    ErrorCode(Box<str>), "^[a-z][a-z0-9_]*$", 64, is_error_code;
    /// What messages of one wording have in common, whatever stood in their slots: a hash of the wording alone.
    Fingerprint(Sixteen), "^[0-9a-f]{16}$", 16, is_fingerprint;
    /// A place in the program's own source: the file within its package, and the line. It begins with one of the
    /// directories that Cargo gives a package, so nothing of where that lies on a machine has room in it.
    CodeLocation(Box<str>), "^(src|examples|benches|tests)(/[A-Za-z0-9_][A-Za-z0-9_-]{0,39}){1,8}\\.rs:[1-9][0-9]{0,6}$", 128, is_code_location;
}

impl ErrorCode {
    /// The code of an error whose class is not known.
    pub const UNCLASSIFIED: &'static str = "error";

    /// [`ErrorCode::UNCLASSIFIED`] as a code.
    #[must_use]
    pub fn unclassified() -> Self {
        Self(Self::UNCLASSIFIED.into())
    }
}

fn is_program_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

fn is_word(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphanumeric())
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

fn is_value(text: &str) -> bool {
    !text.is_empty()
        && text.split(' ').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic()))
}

fn is_typed(text: &str) -> bool {
    text.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphabetic()))
}

fn is_message(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, b'\t' | b'\n' | b' '..=b'~'))
}

fn is_error_code(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_lowercase())
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

impl Fingerprint {
    /// The fingerprint of this number.
    #[must_use]
    pub fn of(hash: u64) -> Self {
        let mut text = [0; Self::MAX_LENGTH];
        let (upper, lower) = text.split_at_mut(Self::MAX_LENGTH / 2);
        upper.copy_from_slice(&eight_digits(hash >> u32::BITS));
        lower.copy_from_slice(&eight_digits(hash & u64::from(u32::MAX)));
        Self(Sixteen(text))
    }
}

/// A text of sixteen ASCII characters, which needs no allocation: each event has one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sixteen([u8; 16]);

impl From<Box<str>> for Sixteen {
    /// Nothing of a text of another length: the predicate has refused it.
    fn from(text: Box<str>) -> Self {
        Self(text.as_bytes().try_into().unwrap_or_default())
    }
}

impl Deref for Sixteen {
    type Target = str;

    fn deref(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// As the text does, which stands for it in maps.
impl Hash for Sixteen {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl fmt::Debug for Sixteen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl Serialize for Sixteen {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

/// The hexadecimal digits of a number of 32 bits, worked out at once: a digit in each byte.
fn eight_digits(number: u64) -> [u8; 8] {
    let number = (number << 16 | number) & 0x0000_ffff_0000_ffff;
    let number = (number << 8 | number) & 0x00ff_00ff_00ff_00ff;
    let digits = (number << 4 | number) & 0x0f0f_0f0f_0f0f_0f0f;
    let letters = (digits + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101;
    (digits + 0x3030_3030_3030_3030 + letters * u64::from(b'a' - b'9' - 1)).to_be_bytes()
}

fn is_fingerprint(text: &str) -> bool {
    text.len() == Fingerprint::MAX_LENGTH && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The directories of a package that hold source (The Cargo Book, "Package Layout").
const SOURCE_DIRECTORIES: [&str; 4] = ["src", "examples", "benches", "tests"];

fn is_code_location(text: &str) -> bool {
    let Some((file, line)) = text.split_once(".rs:") else { return false };
    let mut parts = file.split('/');
    let is_in_package = parts.next().is_some_and(|first| SOURCE_DIRECTORIES.contains(&first));
    let mut depth = 0;
    let are_names = parts.all(|part| {
        depth += 1;
        (1..=40).contains(&part.len())
            && !part.starts_with('-')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
    });
    let is_line =
        (1..=7).contains(&line.len()) && !line.starts_with('0') && line.bytes().all(|b| b.is_ascii_digit());
    is_in_package && are_names && (1..=8).contains(&depth) && is_line
}

/// Kinds of pre-release that say nothing about who made it.
const PRE_RELEASES: [&str; 9] =
    ["alpha", "beta", "canary", "dev", "nightly", "preview", "pre", "rc", "snapshot"];

fn is_number(text: &str) -> bool {
    (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_version(text: &str) -> bool {
    let (numbers, pre) = text.split_once('-').map_or((text, None), |(numbers, pre)| (numbers, Some(pre)));
    let mut parts = 0;
    let numeric = numbers.split('.').all(|part| {
        parts += 1;
        is_number(part)
    });
    numeric
        && parts <= 4
        && pre.is_none_or(|pre| {
            PRE_RELEASES.iter().any(|kind| {
                pre.strip_prefix(kind).is_some_and(|rest| {
                    rest.is_empty() || is_number(rest.strip_prefix(['.', '-']).unwrap_or(rest))
                })
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::Regex;

    fn near_misses() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ -~]{0,12}",
            "[0-9]{1,10}(\\.[0-9]{1,3}){0,5}(-[a-z]{2,8}[.-]?[0-9]{0,3})?",
            "[0-9](\\.[0-9]){0,4}-(rc|pre|preview|dev|beta)[.-]{0,2}[0-9]{0,2}",
            "[A-Za-z_-]{0,10}",
            "[a-z0-9_. \\n\\t]{0,10}",
            "(src|tests|/src|lib)(/[a-z_-]{0,3}){0,9}(\\.rs){0,2}:?[0-9]{0,8}",
            "\\PC{0,6}",
        ]
    }

    proptest! {
        /// What the code takes and what the schema shows are the same language.
        #[test]
        fn predicates_are_their_patterns(text in near_misses()) {
            for rule in bounded_rules() {
                let pattern = Regex::new(rule.pattern).unwrap();
                let expected = text.len() <= rule.max_length && pattern.is_match(&text);
                prop_assert_eq!((rule.accepts)(&text), expected, "{} {:?}", rule.type_name, text);
            }
        }
    }

    #[test]
    fn a_version_holds_no_words() {
        for good in ["1.0.0", "1.52.1", "2024.11.5.1", "1.0.0-rc.1", "1.0-beta2", "3-nightly"] {
            assert!(Version::new(good).is_ok(), "{good}");
        }
        for bad in ["", "1.0.0-alice", "1.0.0+build", "v1", "1..0", "1.0.0-rc.x", "1.2.3.4.5"] {
            assert!(Version::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_fingerprint_is_the_digits_of_its_number() {
        for shift in 0..64 {
            for number in [u64::MAX >> shift, 0x0123_4567_89ab_cdef_u64.rotate_left(shift), 1 << shift] {
                assert_eq!(Fingerprint::of(number).as_str(), format!("{number:016x}"));
            }
        }
        let digits = Fingerprint::of(0x0123_4567_89ab_cdef);
        assert_eq!(Fingerprint::new("0123456789abcdef"), Ok(digits));
        assert!(Fingerprint::new("0123456789abcde").is_err());
    }

    #[test]
    fn refusals_name_the_rule_and_not_the_text() {
        let error = serde_json::from_str::<Word>("\"hunter 2\"").unwrap_err().to_string();
        assert!(!error.contains("hunter"), "{error}");
        assert!(error.contains("Word"), "{error}");
    }
}
