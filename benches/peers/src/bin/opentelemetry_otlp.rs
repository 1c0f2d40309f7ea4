//! With OpenTelemetry's exporter: a span of the command, sent at the end by `shutdown`.

use std::process::ExitCode;

use clap::Parser as _;
use opentelemetry::trace::{Status, TraceContextExt as _, Tracer as _};
use opentelemetry::{KeyValue, global};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::trace::SdkTracerProvider;
use telemetry_peers::{Orchard, ended, endpoint, is_off};

/// Where there is no provider, the API does nothing.
fn provider() -> Option<SdkTracerProvider> {
    if is_off() {
        return None;
    }
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", endpoint()))
        .build()
        .ok()?;
    let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).build();
    global::set_tracer_provider(provider.clone());
    Some(provider)
}

fn main() -> ExitCode {
    let provider = provider();
    let orchard = Orchard::parse();
    let result = global::tracer("orchard").in_span(orchard.name(), |context| {
        let result = orchard.run();
        context.span().set_attribute(KeyValue::new("process.exit.code", i64::from(result.is_err())));
        if result.is_err() {
            context.span().set_status(Status::error("failed"));
        }
        result
    });
    if let Some(provider) = provider {
        let _ = provider.shutdown();
    }
    ended(&result)
}
