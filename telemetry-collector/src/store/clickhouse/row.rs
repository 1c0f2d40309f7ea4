//! Events as rows.

use std::sync::LazyLock;

use serde_json::Value as Json;
use telemetry_schema::{
    App, AuthMethod, CiVendor, CodingAgent, Command, Container, Context, Event, InstallId, InstallSource,
    Libc, Os, SchemaVersion, Wsl,
};

use super::wire::RowWriter;
use crate::AdmittedEvent;
use crate::report::monday;
use crate::store::durations::bucket;
use crate::store::run::{Fault, day, in_ci, install, is_failed, moved_day, place_key};

/// What stands for nobody.
pub(super) const NOBODY: [u8; 16] = [0; 16];

/// The columns of `runs`, in the order in which [`run`] writes them.
pub(super) const RUN_COLUMNS: &str = "event_id, copy, received_day, install_id, program, program_version, \
    install_source, os_name, os_version, arch, auth_method, ci_vendor, agent, ci, day, week, duration_us, \
    duration_bucket, failed, command, error_code, error_message, error_fingerprint, flag_names, \
    flag_values.name, flag_values.value, misspellings.place, misspellings.typed, misspellings.meant, \
    deprecated.place, deprecated.name, libc, container, wsl";

/// Writes the row that reports read.
pub(super) fn run(writer: &mut RowWriter, event: &Event, copy: u32, received_day: u16) {
    let Event {
        schema_version: SchemaVersion,
        policy_version: _,
        event_id,
        install_id: _,
        app: App { name, version, install_source },
        os: Os { name: os_name, version: os_version, arch, libc, container, wsl },
        auth_method,
        command,
        prompts: _,
        started_at,
        completed_at: _,
        duration_us,
        outcome: _,
        exit_code: _,
        context: Context { ci, agent, terminal: _ },
    } = event;
    writer.id(event_id.to_bytes());
    writer.u32(copy);
    writer.u16(received_day);
    writer.id(install(event).map_or(NOBODY, InstallId::to_bytes));
    writer.maybe(name.as_ref().map(AsRef::as_ref));
    writer.maybe(version.as_ref().map(AsRef::as_ref));
    writer.maybe(install_source.map(InstallSource::key));
    writer.text(os_name.key());
    writer.maybe(os_version.as_ref().map(AsRef::as_ref));
    writer.text(arch.key());
    writer.maybe(auth_method.map(AuthMethod::key));
    writer.maybe(ci.map(CiVendor::key));
    writer.maybe(agent.map(CodingAgent::key));
    writer.flag(in_ci(event));
    let day = moved_day(*started_at, received_day.into()).unwrap_or_else(|| day(*started_at));
    // A time that can be written is of the years up to 9999.
    writer.i32(i32::try_from(day).unwrap_or(i32::MAX));
    writer.i32(i32::try_from(monday(day)).unwrap_or(i32::MAX));
    writer.u64(*duration_us);
    writer.u16(bucket(*duration_us));
    writer.flag(is_failed(event));
    let words: Vec<&str> = command.path.iter().map(AsRef::as_ref).collect();
    writer.text(&words.join(" "));
    let fault = Fault::of(event);
    writer.maybe(fault.as_ref().map(|fault| fault.code));
    writer.maybe(fault.as_ref().and_then(|fault| fault.message));
    writer.maybe(fault.as_ref().and_then(|fault| fault.fingerprint));
    lists(writer, command);
    writer.maybe(libc.map(Libc::key));
    writer.maybe(container.map(Container::key));
    writer.maybe(wsl.map(Wsl::key));
}

/// What one run may name more than once counts once.
fn lists(writer: &mut RowWriter, command: &Command) {
    let mut names: Vec<&str> = command.flags.iter().map(|flag| flag.name.as_ref()).collect();
    once(&mut names);
    writer.texts(names.into_iter());

    let mut values: Vec<(&str, Option<&str>)> = Vec::new();
    for flag in &command.flags {
        let name = flag.name.as_ref();
        if flag.values.is_empty() {
            values.push((name, None));
        }
        values.extend(flag.values.iter().map(|value| (name, Some(value.as_ref()))));
    }
    once(&mut values);
    writer.texts(values.iter().map(|(name, _)| *name));
    writer.length(values.len());
    for (_, value) in &values {
        writer.maybe(*value);
    }

    let misspellings = command.misspellings.iter();
    let mut misspellings: Vec<(&str, &str, &str)> =
        misspellings.map(|word| (place_key(word.place), word.typed.as_ref(), word.meant.as_ref())).collect();
    once(&mut misspellings);
    writer.texts(misspellings.iter().map(|(place, ..)| *place));
    writer.texts(misspellings.iter().map(|(_, typed, _)| *typed));
    writer.texts(misspellings.iter().map(|(.., meant)| *meant));

    let deprecated = command.deprecated.iter();
    let mut deprecated: Vec<(&str, &str)> =
        deprecated.map(|name| (place_key(name.place), name.name.as_ref())).collect();
    once(&mut deprecated);
    writer.texts(deprecated.iter().map(|(place, _)| *place));
    writer.texts(deprecated.iter().map(|(_, name)| *name));
}

fn once<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

/// The columns of `events` that `cargo xtask gen` made of the schema.
static FIELDS: LazyLock<Vec<Column>> = LazyLock::new(|| {
    let lines = include_str!("columns.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(Column::read).collect()
});

/// The columns of `events`, in the order in which [`event`] writes them.
pub(super) fn event_columns() -> String {
    let mut columns = "event_id, install_id, received_day, json".to_owned();
    for Column { name, .. } in &*FIELDS {
        columns.push_str(", ");
        columns.push_str(name);
    }
    columns
}

/// Writes the row with every field, and the event as it was sent.
pub(super) fn event(writer: &mut RowWriter, admitted: &AdmittedEvent, received_day: u16) {
    let event = admitted.event();
    writer.id(event.event_id.to_bytes());
    writer.id(event.install_id.map_or(NOBODY, InstallId::to_bytes));
    writer.u16(received_day);
    writer.text(admitted.json());
    // It was read before, so it can be read again.
    let json: Json = serde_json::from_str(admitted.json()).unwrap_or_default();
    for Column { steps, kind, .. } in &*FIELDS {
        put(writer, Some(&json), steps, *kind);
    }
}

struct Column {
    name: &'static str,
    steps: Vec<Step>,
    kind: Kind,
}

/// A part of a field's path.
enum Step {
    Key(&'static str),
    Each,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    MaybeText,
    Number,
    MaybeNumber,
}

impl Column {
    fn read(line: &'static str) -> Option<Self> {
        let (name, rest) = line.split_once('\t')?;
        let (kind, path) = rest.split_once('\t')?;
        let mut steps = Vec::new();
        for part in path.split('.') {
            let key = part.trim_end_matches("[]");
            steps.push(Step::Key(key));
            steps.extend((0..(part.len() - key.len()) / 2).map(|_| Step::Each));
        }
        let kind = match kind.trim_start_matches("Array(").trim_end_matches(')') {
            "String" => Kind::Text,
            "Nullable(String" => Kind::MaybeText,
            "Int64" => Kind::Number,
            "Nullable(Int64" => Kind::MaybeNumber,
            _ => return None,
        };
        Some(Self { name, steps, kind })
    }
}

fn put(writer: &mut RowWriter, value: Option<&Json>, steps: &[Step], kind: Kind) {
    match steps.split_first() {
        Some((Step::Key(key), rest)) => put(writer, value.and_then(|value| value.get(key)), rest, kind),
        Some((Step::Each, rest)) => {
            let items = value.and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
            writer.length(items.len());
            for item in items {
                put(writer, Some(item), rest, kind);
            }
        }
        None => scalar(writer, value.filter(|value| !value.is_null()), kind),
    }
}

fn scalar(writer: &mut RowWriter, value: Option<&Json>, kind: Kind) {
    let number = |value: &Json| value.as_i64().or_else(|| value.as_u64().map(|_| i64::MAX)).unwrap_or(0);
    let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match kind {
        Kind::Text => writer.text(&value.map(text).unwrap_or_default()),
        Kind::MaybeText => writer.maybe(value.map(text).as_deref()),
        Kind::Number => writer.i64(value.map_or(0, number)),
        Kind::MaybeNumber => {
            writer.flag(value.is_none());
            if let Some(value) = value {
                writer.i64(number(value));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_the_schema_has_a_column_that_can_be_written() {
        let lines = include_str!("columns.tsv").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(FIELDS.len(), lines);
        let fields = telemetry_schema::catalogue::fields();
        // The two identifiers have columns of their own kind.
        assert_eq!(FIELDS.len() + 2, fields.len());
    }
}
