//! Identifiers: each a UUID of one version, made outside of this crate.

use std::borrow::Cow;
use std::fmt;

#[cfg(feature = "json-schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::FieldError;

macro_rules! identifier {
    ($($(#[$doc:meta])* $name:ident, $expected:literal, $accepts:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes the sixteen bytes of a UUID.
            ///
            /// # Errors
            ///
            /// [`FieldError`] where they are of another version.
            pub fn from_bytes(bytes: [u8; 16]) -> Result<Self, FieldError> {
                let accepts: fn(&Uuid) -> bool = $accepts;
                let uuid = Uuid::from_bytes(bytes);
                accepts(&uuid)
                    .then_some(Self(uuid))
                    .ok_or(FieldError { type_name: stringify!($name), expected: $expected })
            }

            /// The sixteen bytes.
            #[must_use]
            pub fn to_bytes(self) -> [u8; 16] {
                self.0.into_bytes()
            }
        }

        impl std::str::FromStr for $name {
            type Err = FieldError;

            /// Takes the hyphenated lower-case form only, so that equal identifiers are equal bytes.
            fn from_str(text: &str) -> Result<Self, FieldError> {
                let refused = FieldError { type_name: stringify!($name), expected: $expected };
                Self::from_bytes(read(text).ok_or(refused)?)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.0.hyphenated().encode_lower(&mut Uuid::encode_buffer()))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "json-schema")]

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "format": "uuid" })
            }
        }
    )*};
}

/// Where the one form that is taken has its hyphens (RFC 9562, section 4).
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// Reads that form alone: the crate `uuid` takes others too, which would have to be written again to be told from it.
fn read(text: &str) -> Option<[u8; 16]> {
    let form: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let mut number = 0_u128;
    for (place, byte) in form.iter().enumerate() {
        let digit = match (byte, HYPHENS.contains(&place)) {
            (b'-', true) => continue,
            (b'0'..=b'9', false) => byte - b'0',
            (b'a'..=b'f', false) => byte - b'a' + 10,
            _ => return None,
        };
        number = number << 4 | u128::from(digit);
    }
    Some(number.to_be_bytes())
}

identifier! {
    /// Identifies one event. A UUID of version 7 (RFC 9562): it sorts by time, and the same event sent twice
    /// is stored once.
    EventId, "a UUID of version 7, hyphenated and in lower case", |uuid| uuid.get_version_num() == 7;
    /// A random number for one installation, made anew at intervals. A UUID of version 4; the nil UUID is the one
    /// bucket that all CI runs share.
    InstallId, "a UUID of version 4 or the nil UUID, hyphenated and in lower case", |uuid| uuid.get_version_num() == 4 || uuid.is_nil();
    /// Identifies one batch. A UUID of version 7.
    BatchId, "a UUID of version 7, hyphenated and in lower case", |uuid| uuid.get_version_num() == 7;
    /// Identifies one request to erase. A UUID of version 7.
    ErasureId, "a UUID of version 7, hyphenated and in lower case", |uuid| uuid.get_version_num() == 7;
}

/// Identifiers that hold the moment they were made at.
macro_rules! timed {
    ($($name:ident),*) => {$(
        impl $name {
            /// An identifier made of a moment, in milliseconds since the Unix epoch, and ten random bytes.
            #[must_use]
            pub fn new(unix_ms: u64, random: &[u8; 10]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(unix_ms, random).into_uuid())
            }

            /// The moment it was made at, in milliseconds since the Unix epoch.
            #[must_use]
            pub fn unix_ms(self) -> u64 {
                // The first 48 bits (RFC 9562).
                u64::try_from(self.0.as_u128() >> 80).unwrap_or(0)
            }
        }
    )*};
}
timed!(EventId, BatchId, ErasureId);

impl InstallId {
    /// An identifier made of sixteen random bytes.
    #[must_use]
    pub fn new(random: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(random).into_uuid())
    }

    /// The bucket that all CI runs share.
    pub const CI: Self = Self(Uuid::nil());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample::Index;

    use super::*;

    #[test]
    fn a_moment_comes_back() {
        let id = EventId::new(1_718_000_000_000, &[7; 10]);
        assert_eq!(id.to_string(), "019000c7-9c00-7707-8707-070707070707");
        assert_eq!(id.unix_ms(), 1_718_000_000_000);
    }

    proptest! {
        /// As `uuid` reads every form there is, of which one is kept.
        #[test]
        fn only_that_is_read_which_is_written(
            bytes in any::<[u8; 16]>(),
            edits in prop::collection::vec((any::<Index>(), 0..2_usize, "[0-9a-gA-F{}-]{0,2}"), 0..3),
        ) {
            let uuid = Uuid::from_bytes(bytes);
            prop_assert_eq!(read(&uuid.to_string()), Some(bytes));
            let mut text: Vec<char> = uuid.to_string().chars().collect();
            for (index, gone, put) in edits {
                let at = index.index(text.len() + 1);
                text.splice(at..(at + gone).min(text.len()), put.chars());
            }
            let text: String = text.into_iter().collect();
            let expected = Uuid::try_parse(&text).ok().filter(|uuid| uuid.to_string() == text);
            prop_assert_eq!(read(&text), expected.map(Uuid::into_bytes), "{}", text);
        }
    }

    #[test]
    fn versions_are_kept_apart() {
        let seven = "0190163d-8694-739b-aea5-966c26f8ad90";
        let four = "936da01f-9abd-4d9d-80c7-02af85c822a8";
        assert!(seven.parse::<EventId>().is_ok());
        assert!(four.parse::<EventId>().is_err());
        assert!(four.parse::<InstallId>().is_ok());
        assert!(seven.parse::<InstallId>().is_err());
        assert_eq!("00000000-0000-0000-0000-000000000000".parse(), Ok(InstallId::CI));
        assert!(seven.to_uppercase().parse::<EventId>().is_err(), "one spelling only");
        assert!(seven.replace('-', "").parse::<EventId>().is_err(), "one spelling only");
    }
}
