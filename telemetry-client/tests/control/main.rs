//! What a user controls telemetry with, as functions.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod showing;
mod switching;

use std::path::PathBuf;

use telemetry_client::control::{Commands, Control};
use telemetry_client::surroundings::Environment;
use telemetry_client::{App, Client, Host};
use telemetry_redact::{Ending, Observation, Policy, Raw, Redactor, Run};
use telemetry_schema::Timestamp;

const POLICY: &str = r#"{"format": 1, "program": "orchard", "version": 1, "environment_prefix": "ORCHARD",
    "dialect": "clap", "sets": {"fruit": ["apple", "pear"]},
    "flags": {"fruit": {"takes": "value", "values": "fruit"}, "name": {"takes": "value"}},
    "commands": [{"path": ""}, {"path": "plant", "flags": ["fruit", "name"]}]}"#;

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn client(&self, variables: &[(&str, &str)]) -> Client {
        let [state, config] = ["state", "config.toml"].map(|name| self.path(name).display().to_string());
        let own = [("TELEMETRY_STATE_DIR", state.as_str()), ("TELEMETRY_CONFIG", config.as_str())];
        let all = own.into_iter().chain(variables.iter().copied());
        Client::in_environment(Environment::fake(all, self.0.path()), Some(self.0.path()))
    }

    fn control(&self, variables: &[(&str, &str)]) -> Control {
        let host = Host { program_variable: Some("ORCHARD_TELEMETRY_ENABLED".to_owned()), ..Host::default() };
        let redactor = Redactor::new(Policy::from_json(POLICY).unwrap());
        Control::new(self.client(variables), host, Commands::below("orchard telemetry")).redactor(redactor)
    }

    /// Records a run of `orchard` that ended so.
    fn record(&self, line: &[&str], error: Option<&str>) {
        let client = self.client(&[]);
        let now: Timestamp = client.now();
        let ending = match error {
            None => Ending::Success,
            text => Ending::Error { code: None, text: text.map(Raw::from) },
        };
        let run = Run { started_at: now, completed_at: now, duration_us: 1, ending, exit_code: Some(0) };
        let argv = ["orchard"].iter().chain(line).map(|argument| Raw::from(*argument)).collect();
        let facts = client.facts(&App::default());
        let observation = Observation { argv, prompts: Vec::new(), run, facts, known_values: Vec::new() };
        let redactor = Redactor::new(Policy::from_json(POLICY).unwrap());
        client.record(&redactor, observation, &client.consent(&Host::default())).unwrap();
    }
}
