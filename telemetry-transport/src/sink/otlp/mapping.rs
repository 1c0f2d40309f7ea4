//! Which attribute each field of an event becomes. docs/sinks.md has the same as a table; a test compares them.
//!
//! Names are those of OpenTelemetry's semantic conventions where there is one for the same thing. Each value is taken
//! apart field by field, so that a new field does not go out before somebody has named it.

use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs, SeverityNumber};
use opentelemetry_proto::tonic::resource::v1::Resource;
use serde::Serialize;
use telemetry_schema::{
    App, Arch, Batch, Command, Context, Deprecated, Dropped, Event, Flag, InstallId, Loss, Misspelling, Os,
    OsName, Outcome, PolicyVersion, Positional, Prompt, SCHEMA_VERSION, SchemaVersion, Terminal, Timestamp,
    Value,
};

/// The name by which a receiver tells these records from others.
const EVENT_NAME: &str = "telemetry.command";

/// What the conventions have a service without a name be called.
const UNKNOWN_SERVICE: &str = "unknown_service";

pub(super) fn request(batch: &Batch<Event>) -> ExportLogsServiceRequest {
    let Batch { protocol_version: _, batch_id, losses, events } = batch;
    let scope = InstrumentationScope {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        attributes: [attribute("telemetry.batch_id", text(batch_id))]
            .into_iter()
            .chain(losses.iter().map(|Loss { reason, count }| {
                attribute(&format!("telemetry.losses.{}", word(reason)), number(*count))
            }))
            .collect(),
        dropped_attributes_count: 0,
    };
    let mut resource_logs: Vec<ResourceLogs> = Vec::new();
    for event in events {
        let resource = Some(resource(event));
        let of_its_own = resource_logs.last().is_none_or(|last| last.resource != resource);
        if of_its_own {
            let scope_logs = ScopeLogs { scope: Some(scope.clone()), ..ScopeLogs::default() };
            let scope_logs = vec![scope_logs];
            resource_logs.push(ResourceLogs { resource, scope_logs, schema_url: String::new() });
        }
        if let Some(scope_logs) = resource_logs.last_mut().and_then(|last| last.scope_logs.last_mut()) {
            scope_logs.log_records.push(record(event));
        }
    }
    ExportLogsServiceRequest { resource_logs }
}

/// The program, its installation and its machine. [`record`] says the rest.
fn resource(event: &Event) -> Resource {
    let Event {
        install_id,
        app: App { name, version, install_source },
        os: Os { name: os, version: os_version, arch, libc, container, wsl },
        ..
    } = event;
    let service = name.as_ref().map_or(UNKNOWN_SERVICE, |name| name.as_str());
    let attributes = [
        Some(attribute("service.name", text(service))),
        version.as_ref().map(|version| attribute("service.version", text(version))),
        install_id.as_ref().map(|id: &InstallId| attribute("app.installation.id", text(id))),
        install_source.map(|source| attribute("telemetry.install_source", text(source.key()))),
        Some(attribute("os.type", text(os_type(*os)))),
        Some(attribute("os.name", text(os.key()))),
        os_version.as_ref().map(|version| attribute("os.version", text(version))),
        Some(attribute("host.arch", text(host_arch(*arch)))),
        libc.map(|libc| attribute("telemetry.os.libc", text(libc.key()))),
        container.map(|container| attribute("telemetry.os.container", text(container.key()))),
        wsl.map(|wsl| attribute("telemetry.os.wsl", text(wsl.key()))),
    ];
    Resource { attributes: attributes.into_iter().flatten().collect(), ..Resource::default() }
}

fn record(event: &Event) -> LogRecord {
    let Event {
        schema_version: SchemaVersion,
        policy_version,
        event_id,
        install_id: _,
        app: _,
        os: _,
        auth_method,
        command,
        prompts,
        started_at,
        completed_at,
        duration_us,
        outcome,
        exit_code,
        context,
    } = event;
    let mut attributes = vec![
        attribute("log.record.uid", text(event_id)),
        attribute("telemetry.schema_version", number(SCHEMA_VERSION)),
    ];
    if let Some(PolicyVersion(version)) = policy_version {
        attributes.push(attribute("telemetry.policy_version", number(*version)));
    }
    if let Some(method) = auth_method {
        attributes.push(attribute("telemetry.auth_method", text(method.key())));
    }
    push_command(command, &mut attributes);
    push_list("telemetry.prompts", prompts, &mut attributes, prompt);
    // A moment in OTLP has no offset; the event has one.
    for (name, moment) in [("started_at", started_at), ("completed_at", completed_at)] {
        if moment.offset_min() != 0 {
            attributes.push(attribute(&format!("telemetry.{name}.offset_min"), number(moment.offset_min())));
        }
    }
    attributes.push(attribute("telemetry.duration_us", number(*duration_us)));
    let severity = push_outcome(outcome, &mut attributes);
    if let Some(code) = exit_code {
        attributes.push(attribute("process.exit.code", number(*code)));
    }
    push_context(context, &mut attributes);
    LogRecord {
        time_unix_nano: unix_nano(*started_at),
        // What observes an event is the client, and it does when the command has ended.
        observed_time_unix_nano: unix_nano(*completed_at),
        severity_number: severity.into(),
        severity_text: severity_text(severity).to_owned(),
        attributes,
        event_name: EVENT_NAME.to_owned(),
        ..LogRecord::default()
    }
}

fn push_command(command: &Command, attributes: &mut Vec<KeyValue>) {
    let Command { path, flags, positional_count, positionals, misspellings, deprecated, dropped } = command;
    let Dropped { words, flags: dropped_flags, values } = dropped;
    let path: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
    attributes.push(attribute("telemetry.command.path", text(&path.join(" "))));
    push_list("telemetry.command.flags", flags, attributes, |Flag { name, values }| {
        map([("name", text(name)), ("values", list_of(values))])
    });
    attributes.push(attribute("telemetry.command.positional_count", number(*positional_count)));
    push_list("telemetry.command.positionals", positionals, attributes, |Positional { index, values }| {
        map([("index", number(*index)), ("values", list_of(values))])
    });
    push_list(
        "telemetry.command.misspellings",
        misspellings,
        attributes,
        |Misspelling { place, typed, meant }| {
            map([("place", text(&word(place))), ("typed", text(typed)), ("meant", text(meant))])
        },
    );
    push_list("telemetry.command.deprecated", deprecated, attributes, |Deprecated { place, name }| {
        map([("place", text(&word(place))), ("name", text(name))])
    });
    attributes.push(attribute("telemetry.command.dropped.words", number(*words)));
    attributes.push(attribute("telemetry.command.dropped.flags", number(*dropped_flags)));
    attributes.push(attribute("telemetry.command.dropped.values", number(*values)));
}

fn prompt(Prompt { id, kind, default_kept, left_empty, choices }: &Prompt) -> AnyValue {
    let entries = [
        Some(("id", text(id))),
        Some(("kind", text(kind.key()))),
        default_kept.map(|kept| ("default_kept", truth(kept))),
        left_empty.map(|empty| ("left_empty", truth(empty))),
        (!choices.is_empty()).then(|| ("choices", list_of(choices))),
    ];
    map(entries.into_iter().flatten())
}

fn push_outcome(outcome: &Outcome, attributes: &mut Vec<KeyValue>) -> SeverityNumber {
    let (kind, severity) = match outcome {
        Outcome::Success => ("success", SeverityNumber::Info),
        Outcome::Error { .. } => ("error", SeverityNumber::Error),
        Outcome::Interrupted { .. } => ("interrupted", SeverityNumber::Warn),
        Outcome::Panic { .. } => ("panic", SeverityNumber::Fatal),
    };
    attributes.push(attribute("telemetry.outcome", text(kind)));
    match outcome {
        Outcome::Success => {}
        Outcome::Panic { location } => {
            let location = location.as_ref();
            attributes.extend(location.map(|place| attribute("telemetry.outcome.location", text(place))));
        }
        Outcome::Error { code, message, fingerprint } => {
            attributes.push(attribute("error.type", text(code)));
            attributes.extend(message.as_ref().map(|message| attribute("error.message", text(message))));
            let fingerprint = fingerprint.as_ref();
            attributes
                .extend(fingerprint.map(|print| attribute("telemetry.outcome.fingerprint", text(print))));
        }
        Outcome::Interrupted { signal } => {
            attributes.push(attribute("telemetry.outcome.signal", text(&word(signal))));
        }
    }
    severity
}

fn push_context(context: &Context, attributes: &mut Vec<KeyValue>) {
    let Context { ci, agent, terminal: Terminal { stdin, stdout, stderr } } = context;
    attributes.extend(ci.map(|ci| attribute("telemetry.context.ci", text(ci.key()))));
    attributes.extend(agent.map(|agent| attribute("telemetry.context.agent", text(agent.key()))));
    for (name, stream) in [("stdin", stdin), ("stdout", stdout), ("stderr", stderr)] {
        attributes.push(attribute(&format!("telemetry.context.terminal.{name}"), text(stream.key())));
    }
}

/// The names that the conventions give for `os.type`.
fn os_type(os: OsName) -> &'static str {
    match os {
        OsName::Windows => "windows",
        OsName::Macos => "darwin",
        OsName::Freebsd => "freebsd",
        OsName::Netbsd => "netbsd",
        OsName::Openbsd => "openbsd",
        OsName::Other => "other",
        _ => "linux",
    }
}

/// The names that the conventions give for `host.arch`, and our own for those they leave out.
fn host_arch(arch: Arch) -> &'static str {
    match arch {
        Arch::X86_64 => "amd64",
        Arch::Aarch64 => "arm64",
        Arch::Arm => "arm32",
        Arch::Powerpc64 => "ppc64",
        other => other.key(),
    }
}

fn severity_text(severity: SeverityNumber) -> &'static str {
    match severity {
        SeverityNumber::Info => "INFO",
        SeverityNumber::Warn => "WARN",
        SeverityNumber::Fatal => "FATAL",
        _ => "ERROR",
    }
}

/// Nanoseconds since the Unix epoch; none, which is what 0 says, before it.
fn unix_nano(moment: Timestamp) -> u64 {
    u64::try_from(moment.unix_us()).unwrap_or(0).saturating_mul(1_000)
}

fn attribute(key: &str, value: AnyValue) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(value), ..KeyValue::default() }
}

/// An empty list says nothing that its absence does not.
fn push_list<T>(key: &str, items: &[T], attributes: &mut Vec<KeyValue>, each: impl Fn(&T) -> AnyValue) {
    if !items.is_empty() {
        attributes.push(attribute(key, list(items.iter().map(each).collect())));
    }
}

fn text(value: &(impl ToString + ?Sized)) -> AnyValue {
    AnyValue { value: Some(Any::StringValue(value.to_string())) }
}

fn number(value: impl TryInto<i64>) -> AnyValue {
    AnyValue { value: Some(Any::IntValue(value.try_into().unwrap_or(i64::MAX))) }
}

fn list(values: Vec<AnyValue>) -> AnyValue {
    AnyValue { value: Some(Any::ArrayValue(ArrayValue { values })) }
}

fn list_of(values: &[Value]) -> AnyValue {
    list(values.iter().map(text).collect())
}

fn truth(value: bool) -> AnyValue {
    AnyValue { value: Some(Any::BoolValue(value)) }
}

fn map<'a>(entries: impl IntoIterator<Item = (&'a str, AnyValue)>) -> AnyValue {
    let values = entries.into_iter().map(|(key, value)| attribute(key, value)).collect();
    AnyValue { value: Some(Any::KvlistValue(KeyValueList { values })) }
}

/// The word for a variant, as it stands in the event's JSON.
fn word(variant: &impl Serialize) -> String {
    match serde_json::to_value(variant) {
        Ok(serde_json::Value::String(word)) => word,
        // The variants of these enums are words.
        _ => String::new(),
    }
}
