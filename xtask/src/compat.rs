//! `compat`: the schemas against the last released set.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value as Json;
use telemetry_schema::catalogue::schemas;
use telemetry_schema::compat::{Effect, compare};

use crate::say;

pub(crate) fn run(root: &Path) -> Result<()> {
    let released = root.join("schemas").join("released");
    let mut breaking = Vec::new();
    for (name, new) in schemas() {
        let path = released.join(name);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                say(&format!("{name}: new since the last release"));
                continue;
            }
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let old: Json = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        for change in compare(&old, &new) {
            match change.effect() {
                Effect::Compatible => say(&format!("{name}: {change}")),
                Effect::Breaking => breaking.push(format!("{name}: {change}")),
            }
        }
    }
    if breaking.is_empty() {
        return Ok(());
    }
    bail!(
        "breaking changes since the last release:\n  {}\n\
         Take them back, or raise SCHEMA_VERSION in telemetry-schema/src/event.rs, say so under Collected data in \
         CHANGELOG.md, and copy schemas/*.json to schemas/released/ with the release.",
        breaking.join("\n  ")
    )
}
