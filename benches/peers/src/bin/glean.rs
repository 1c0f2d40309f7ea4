//! With Mozilla's Glean. It leaves sending to the program, so ureq is here, too.

use std::env;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser as _;
use glean::net::{CapablePingUploadRequest, PingUploader, UploadResult};
use glean::private::{PingType, StringMetric};
use glean::{ClientInfoMetrics, CommonMetricData, ConfigurationBuilder, Lifetime};
use telemetry_peers::{Orchard, ended, endpoint, is_off};

#[derive(Debug)]
struct Uploader;

impl PingUploader for Uploader {
    fn upload(&self, request: CapablePingUploadRequest) -> UploadResult {
        let Some(request) = request.capable(|capabilities| capabilities.is_empty()) else {
            return UploadResult::incapable();
        };
        let mut post = ureq::post(&request.url).config().http_status_as_error(false).build();
        for (name, value) in &request.headers {
            post = post.header(name, value);
        }
        match post.send(&request.body) {
            Ok(answer) => UploadResult::http_status(i32::from(answer.status().as_u16())),
            Err(_) => UploadResult::recoverable_failure(),
        }
    }
}

fn main() -> ExitCode {
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let directory = home.join(".local/share/orchard");
    let ping = PingType::new("command", true, false, true, true, true, vec![], vec![], true, vec![]);
    let command = StringMetric::new(CommonMetricData {
        name: "name".into(),
        category: "command".into(),
        send_in_pings: vec!["command".into()],
        lifetime: Lifetime::Ping,
        ..CommonMetricData::default()
    });
    let configuration = ConfigurationBuilder::new(!is_off(), directory, "orchard")
        .with_server_endpoint(endpoint())
        .with_uploader(Uploader)
        .build();
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let client = ClientInfoMetrics { app_display_version: version, ..ClientInfoMetrics::unknown() };
    glean::initialize(configuration, client);

    let orchard = Orchard::parse();
    let result = orchard.run();
    command.set(orchard.name().to_owned());
    ping.submit(None);
    glean::shutdown();
    ended(&result)
}
