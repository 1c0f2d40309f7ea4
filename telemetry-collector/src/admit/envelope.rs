//! The batch around the events, read without reading the events.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use telemetry_schema::{Batch, BatchId, Loss, PROTOCOL_VERSION};

use super::problem::{self, INVALID, Paths, Place};
use super::{BatchError, MAX_EVENTS, MAX_LOSSES};

/// [`Batch`] with bounded lists, so that eight megabytes of commas do not become four million list entries.
/// [`read`] makes a [`Batch`] of it field by field, so the two cannot differ.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    protocol_version: u32,
    batch_id: BatchId,
    #[serde(default = "AtMost::none")]
    losses: AtMost<Loss, MAX_LOSSES>,
    #[serde(borrow)]
    events: AtMost<&'a RawValue, MAX_EVENTS>,
}

pub(super) fn read(body: &[u8]) -> Result<Batch<&str>, BatchError> {
    let text = std::str::from_utf8(body).map_err(|_| BatchError::NotUtf8)?;
    // serde's derived code would take a list of the fields' values for an object.
    if text.trim_start().starts_with('[') {
        return Err(BatchError::Invalid(Place::default().breaks(INVALID)));
    }
    let Envelope { protocol_version, batch_id, losses, events } =
        serde_json::from_str(text).map_err(|error| explain(text, &error))?;
    if protocol_version != PROTOCOL_VERSION {
        return Err(BatchError::ProtocolVersion);
    }
    let events = events.into_list().ok_or(BatchError::TooManyEvents)?;
    Ok(Batch {
        protocol_version,
        batch_id,
        losses: losses.into_list().ok_or(BatchError::TooManyLosses)?,
        events: events.into_iter().map(RawValue::get).collect(),
    })
}

#[cold]
fn explain(text: &str, error: &serde_json::Error) -> BatchError {
    if problem::states_another_protocol(text) {
        return BatchError::ProtocolVersion;
    }
    if !error.is_data() {
        return BatchError::NotJson { line: error.line(), column: error.column() };
    }
    BatchError::Invalid(problem::of::<Envelope>(text, Paths::batch()))
}

/// A list that stops growing at its bound, and remembers that there was more.
pub(super) enum AtMost<T, const MAX: usize> {
    List(Vec<T>),
    TooMany,
}

impl<T, const MAX: usize> AtMost<T, MAX> {
    pub(super) fn none() -> Self {
        Self::List(Vec::new())
    }

    pub(super) fn into_list(self) -> Option<Vec<T>> {
        match self {
            Self::List(list) => Some(list),
            Self::TooMany => None,
        }
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for AtMost<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T, const MAX: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for List<T, MAX> {
            type Value = AtMost<T, MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {MAX}")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while list.len() < MAX {
                    match items.next_element()? {
                        Some(item) => list.push(item),
                        None => return Ok(AtMost::List(list)),
                    }
                }
                let mut more = false;
                while items.next_element::<IgnoredAny>()?.is_some() {
                    more = true;
                }
                Ok(if more { AtMost::TooMany } else { AtMost::List(list) })
            }
        }

        deserializer.deserialize_seq(List(PhantomData))
    }
}
