//! The event.

#[cfg(feature = "json-schema")]
use std::borrow::Cow;

#[cfg(feature = "json-schema")]
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    AuthMethod, Command, Context, EventId, FieldError, InstallId, InstallSource, Os, Outcome, ProgramName,
    Prompt, Timestamp, Version,
};

/// The version of the event's form. A change that `cargo xtask compat` calls breaking raises it.
pub const SCHEMA_VERSION: u32 = 1;

/// One run of one command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// The version of this form.
    pub schema_version: SchemaVersion,
    /// The version of the policy that decided what is kept. Absent for a program without a policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<PolicyVersion>,
    /// Identifies this event, so that sending it twice stores it once.
    #[cfg_attr(feature = "json-schema", schemars(example = &"0190163d-8694-739b-aea5-966c26f8ad90"))]
    pub event_id: EventId,
    /// A random number for this installation, made anew every 30 days; one shared number for all CI runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = &"936da01f-9abd-4d9d-80c7-02af85c822a8"))]
    pub install_id: Option<InstallId>,
    /// The program.
    pub app: App,
    /// The operating system.
    pub os: Os,
    /// The authentication method, never the key or credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = &"api_key"))]
    pub auth_method: Option<AuthMethod>,
    /// Details of the command.
    pub command: Command,
    /// The questions that it asked and that the policy declares, in the order of asking.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "json-schema", schemars(length(max = 16)))]
    pub prompts: Vec<Prompt>,
    /// When the command started.
    #[cfg_attr(feature = "json-schema", schemars(example = &"2022-04-11T11:35:46.794119+01:00"))]
    pub started_at: Timestamp,
    /// When it ended.
    #[cfg_attr(feature = "json-schema", schemars(example = &"2022-04-11T11:35:49.456719+01:00"))]
    pub completed_at: Timestamp,
    /// How long it took, in microseconds, by a clock that does not jump.
    #[cfg_attr(feature = "json-schema", schemars(example = 2_662_600))]
    pub duration_us: u64,
    /// How it ended.
    pub outcome: Outcome,
    /// The exit code, where the command ended by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = 0))]
    pub exit_code: Option<i32>,
    /// What started it.
    pub context: Context,
}

/// The program that was run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct App {
    /// Its name, from its policy. Absent for a program without one, whose name is the user's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = &"atlas"))]
    pub name: Option<ProgramName>,
    /// Its version number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = &"1.0.0"))]
    pub version: Option<Version>,
    /// How it was installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "json-schema", schemars(example = &"homebrew"))]
    pub install_source: Option<InstallSource>,
}

/// The version of the event's form: always [`SCHEMA_VERSION`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SchemaVersion;

impl Serialize for SchemaVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(SCHEMA_VERSION)
    }
}

impl<'de> Deserialize<'de> for SchemaVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            SCHEMA_VERSION => Ok(Self),
            _ => Err(serde::de::Error::custom(FieldError {
                type_name: "SchemaVersion",
                expected: "schema version 1",
            })),
        }
    }
}

#[cfg(feature = "json-schema")]
impl JsonSchema for SchemaVersion {
    fn schema_name() -> Cow<'static, str> {
        "SchemaVersion".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "const": SCHEMA_VERSION })
    }
}

/// The version of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema))]
#[serde(transparent)]
pub struct PolicyVersion(
    /// The number.
    #[cfg_attr(feature = "json-schema", schemars(example = 1))]
    pub u32,
);
