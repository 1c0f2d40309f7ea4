//! What client and collector say to each other: a batch and the receipt for it, a request to erase and its receipt.

#[cfg(feature = "json-schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{BatchId, ErasureId, EventId, InstallId, Timestamp};

/// The version of the protocol between client and collector.
pub const PROTOCOL_VERSION: u32 = 1;

/// Events that travel together, with a count of those that did not make it.
///
/// `E` is [`crate::Event`] where the events are read, and their stored bytes where they are only passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Batch<E> {
    /// The version of the protocol: 1.
    #[cfg_attr(feature = "json-schema", schemars(range(min = 1, max = 1)))]
    pub protocol_version: u32,
    /// Identifies this batch.
    pub batch_id: BatchId,
    /// Events lost since the last batch that was acknowledged, by reason.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "json-schema", schemars(length(max = 16)))]
    pub losses: Vec<Loss>,
    /// The events.
    #[cfg_attr(feature = "json-schema", schemars(length(max = 1000)))]
    pub events: Vec<E>,
}

/// A number of events that were lost for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Loss {
    /// Why.
    pub reason: LossReason,
    /// How many.
    pub count: u64,
}

/// Why an event was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LossReason {
    /// The spool was full; the oldest went.
    Evicted,
    /// It was older than the spool keeps.
    Expired,
    /// Its record was damaged.
    Torn,
    /// The collector refused it.
    Refused,
    /// It went for room or age while the collector's last word was to wait (429): a limit there that is too low.
    RateLimited,
    /// It was larger than a record may be.
    TooLarge,
    /// It could not be written.
    Unwritable,
}

/// The collector's answer: what became of each event of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The batch this answers.
    pub batch_id: BatchId,
    /// When it was stored.
    pub received_at: Timestamp,
    /// How many events were stored by this batch.
    pub accepted: u64,
    /// How many were stored before; a repeat is a success.
    pub duplicates: u64,
    /// The events that were refused, each with its problems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "json-schema", schemars(length(max = 1000)))]
    pub refused: Vec<Refusal>,
    /// How many more were refused without being named. Only a client writes it, into its own ledger, for a receiver
    /// whose protocol gives no more than a count (OTLP); a collector names each.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub refused_unnamed: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde calls")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// An event that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// Its place in the batch, from 0.
    pub index: u64,
    /// Its identifier, where that could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<EventId>,
    /// What is wrong with it.
    #[cfg_attr(feature = "json-schema", schemars(length(max = 64)))]
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with an event: field and rule, never the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Problem {
    /// The field, as a path: `command.flags[1].values[0]`.
    #[cfg_attr(
        feature = "json-schema",
        schemars(regex(pattern = r"^[A-Za-z0-9_.\[\]]*$"), length(max = 128))
    )]
    pub field: String,
    /// The rule it breaks.
    #[cfg_attr(feature = "json-schema", schemars(regex(pattern = r"^[a-z0-9_.]+$"), length(max = 64)))]
    pub rule: String,
}

/// A request to erase what was stored of installations.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// The version of the protocol: 1.
    #[cfg_attr(feature = "json-schema", schemars(range(min = 1, max = 1)))]
    pub protocol_version: u32,
    /// Identifies this request, so that asking twice is asking once.
    pub erasure_id: ErasureId,
    /// The installations, each by a number that this user's events had. Never the one that all CI runs share: nobody
    /// can speak for all of them.
    #[cfg_attr(feature = "json-schema", schemars(length(min = 1, max = 64)))]
    pub install_ids: Vec<InstallId>,
    /// When the user asked for it. Events that arrive later, for the same installation, are erased too.
    pub requested_at: Timestamp,
}

/// The collector's answer to a request to erase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ErasureReceipt {
    /// The request this answers.
    pub erasure_id: ErasureId,
    /// When it was carried out; the first time, where it was asked for more than once.
    pub received_at: Timestamp,
    /// How many events were erased.
    pub erased: u64,
}
