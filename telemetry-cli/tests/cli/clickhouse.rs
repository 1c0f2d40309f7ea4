//! A collector whose store is on ClickHouse: real servers, started here where there are any.

#[path = "../../../telemetry-collector/tests/collector/clickhouse/fixture.rs"]
mod fixture;

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value as Json;

use crate::home::{Collector, Home};
use fixture::{PASSWORD, Servers};

/// Records a command and sends it, as a user's program would.
fn send(home: &Home, collector: &Collector) {
    for arguments in [["exec", "--", "git", "--version"].as_slice(), &["flush"]] {
        let mut command = home.telemetry(arguments);
        let output = command.env("TELEMETRY_ENDPOINT", &collector.endpoint).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}

fn is_ready(collector: &Collector) -> bool {
    let mut stream = TcpStream::connect(collector.endpoint.trim_start_matches("http://")).unwrap();
    stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: collector\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.starts_with("HTTP/1.1 200")
}

#[test]
fn a_collector_serves_reports_and_is_looked_after_with_the_same_address() {
    for mut servers in Servers::each() {
        let home = Home::new();
        let store = servers.address("telemetry");
        let report = |user: &str, password: &str| {
            let arguments = ["report", "--json", "--min-installs", "1", "--store", &store];
            let mut report = home.telemetry(&arguments);
            report.env("TELEMETRY_CLICKHOUSE_USER", user).env("TELEMETRY_CLICKHOUSE_PASSWORD", password);
            report.output().unwrap()
        };
        // Nothing is made where somebody only reads.
        let error = home.fails(&["report", "--store", &store]);
        assert!(error.contains("is not a telemetry store: it is not there"), "{error}");
        assert_eq!(servers.ask(0, "SELECT count() FROM system.databases WHERE name = 'telemetry'"), "0\n");

        // The server is away when the collector starts, and it waits.
        servers.kill(0);
        let password = home.path("password");
        std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
        let variables = [
            ("TELEMETRY_CLICKHOUSE_USER", "ada"),
            ("TELEMETRY_CLICKHOUSE_PASSWORD_FILE", password.to_str().unwrap()),
        ];
        let collector = Collector::start_on(&home, &store, &variables);
        assert!(!is_ready(&collector));
        servers.restart(0);
        assert!(is_ready(&collector));
        send(&home, &collector);

        let output = report("ada", PASSWORD);
        let counted: Json = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(counted["totals"]["events"], 1, "{output:?}");
        let output = report("ada", "wrong");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("refuses its user or password") && !said.contains("wrong\n"), "{said}");
        assert_eq!(output.status.code(), Some(1));

        let checked = home.ok(&["store", "check", &store]);
        assert!(checked.contains("The store is sound.") && checked.contains("events: 1"), "{checked}");
        home.ok(&["store", "compact", &format!("http://127.0.0.1:{}/telemetry", servers.port(0))]);
        assert_eq!(home.ok(&["store", "export", &store]).lines().count(), 1);
        servers.kill(0);
        let error = home.fails(&["report", "--store", &store]);
        assert!(error.contains("does not answer"), "{error}");
    }
}

#[test]
fn an_address_that_is_none_is_refused_before_anything_is_done() {
    let home = Home::new();
    for (address, expected) in [
        ("clickhouse://ada:hunter2@127.0.0.1/telemetry", "an address holds no user and no password"),
        ("http://clickhouse.example.com/telemetry", "plain HTTP is for this machine alone"),
        ("clickhouse://127.0.0.1/", "a database and a cluster are named by"),
        ("clickhouse://a.example,b.example/telemetry", "several servers are the shards of a cluster"),
    ] {
        let error = home.fails(&["report", "--store", address]);
        assert!(error.contains(expected), "{address}: {error}");
    }
}
