//! The way out of a machine without a network: export, carry, import.

use std::fs;

use serde_json::Value as Json;

use crate::home::{Collector, Home};

/// A home whose events wait to be carried, with this many.
fn waiting(count: usize) -> Home {
    let home = Home::new();
    home.ok(&["config", "set", "endpoint", "export:"]);
    for _ in 0..count {
        home.ok(&["exec", "--", "git", "--version"]);
    }
    home
}

fn said(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn events_are_carried_to_a_store_once() {
    let home = waiting(3);
    assert_eq!(home.json(&["status", "--json"])["pending_events"], 3);
    let shown = home.ok(&["show", "--pending"]);
    assert!(said(&home.run(&["flush"])).contains("telemetry export FILE"));

    let file = home.path("july.export");
    let exported = home.run(&["export", file.to_str().unwrap()]);
    assert!(
        exported.status.success() && said(&exported).contains("3 events exported"),
        "{}",
        said(&exported)
    );
    assert_eq!(home.ok(&["show", "--sent"]), shown, "what was shown is what is in the ledger");
    assert!(home.events(&["--pending"]).is_empty());
    let text = fs::read_to_string(&file).unwrap();
    assert!(shown.lines().all(|event| text.contains(event)), "and in the file, byte for byte");
    let receipts = home.ok(&["show", "--sent", "--receipts"]);
    let receipt: Json = serde_json::from_str(receipts.trim_end()).unwrap();
    assert_eq!(receipt["destination"], format!("export:{}", file.display()));
    assert_eq!(receipt["receipt"]["accepted"], 3);

    let again = home.run(&["export", home.path("again.export").to_str().unwrap()]);
    assert!(again.status.success() && said(&again).contains("nothing is waiting"), "{}", said(&again));
    assert!(!home.path("again.export").exists());

    let elsewhere = Home::new();
    let store = elsewhere.path("store.sqlite");
    let import = ["import", file.to_str().unwrap(), "--store", store.to_str().unwrap()];
    for words in ["3 events stored, 0 were there", "0 events stored, 3 were there"] {
        let output = elsewhere.run(&import);
        assert!(output.status.success() && said(&output).contains(words), "{}", said(&output));
    }
    let report =
        elsewhere.json(&["report", "--json", "--min-installs", "1", "--store", store.to_str().unwrap()]);
    assert_eq!(report["totals"]["events"], 3);
}

#[test]
fn an_export_is_sent_on_to_the_configured_collector_if_this_machine_s_user_lets_it() {
    let home = waiting(2);
    let file = home.path("a.export");
    home.ok(&["export", file.to_str().unwrap()]);
    let gateway = Home::new();
    let collector = Collector::start(&gateway);
    let import = ["import", file.to_str().unwrap()];
    let complaint = gateway.fails(&import);
    assert!(complaint.contains("--store") && complaint.contains("TELEMETRY_ENDPOINT"), "{complaint}");
    let with = |name: &str, value: &str| {
        let mut command = gateway.telemetry(&import);
        command.env("TELEMETRY_ENDPOINT", &collector.endpoint).env(name, value).output().unwrap()
    };
    assert!(!with("DO_NOT_TRACK", "1").status.success());
    assert_eq!(collector.report(&gateway)["totals"]["events"], 0);
    let other = with("TELEMETRY_ENDPOINT", &format!("otlp+{}", collector.endpoint));
    assert!(!other.status.success() && said(&other).contains("not a collector"), "{}", said(&other));
    for words in ["2 events stored", "0 events stored, 2 were there"] {
        let output = with("UNUSED", "");
        assert!(output.status.success() && said(&output).contains(words), "{}", said(&output));
    }
    assert_eq!(collector.report(&gateway)["totals"]["events"], 2);
}

#[test]
fn exporting_needs_what_sending_needs() {
    let home = Home::new();
    home.ok(&["exec", "--", "git", "--version"]);
    let file = home.path("a.export");
    let complaint = home.fails(&["export", file.to_str().unwrap()]);
    assert!(
        complaint.contains("telemetry is local") && complaint.contains("endpoint export:"),
        "{complaint}"
    );
    assert!(!file.exists());
    // What was recorded before anything could leave stays here.
    home.ok(&["config", "set", "endpoint", "export:"]);
    assert!(said(&home.run(&["export", file.to_str().unwrap()])).contains("nothing is waiting"));
    home.ok(&["exec", "--", "git", "--version"]);
    let mut refused = home.telemetry(&["export", file.to_str().unwrap()]);
    assert!(!refused.env("DO_NOT_TRACK", "1").status().unwrap().success());
    assert!(!file.exists());
    assert_eq!(home.events(&["--pending"]).len(), 1);
}

#[test]
fn a_file_that_was_changed_is_refused_and_nothing_is_stored() {
    let home = waiting(2);
    let file = home.path("a.export");
    home.ok(&["export", file.to_str().unwrap()]);
    let whole = fs::read(&file).unwrap();
    let store = home.path("store.sqlite");
    let import = ["import", file.to_str().unwrap(), "--store", store.to_str().unwrap()];
    let changed = String::from_utf8(whole.clone()).unwrap().replace("\"version\"", "\"versiom\"");
    for (bytes, words) in [
        (&whole[..whole.len() - 9], "is cut off"),
        (changed.as_bytes(), "was changed"),
        (b"{}\n", "is no telemetry"),
    ] {
        fs::write(&file, bytes).unwrap();
        let complaint = home.fails(&import);
        assert!(complaint.contains(words) && complaint.contains(file.to_str().unwrap()), "{complaint}");
        assert!(!store.exists(), "{words}");
    }
}

#[test]
fn what_another_protocol_is_sent_can_be_seen_before_it_goes() {
    let home = waiting(1);
    let event = &home.events(&["--pending"])[0];
    let otlp: Json = home.json(&["show", "--pending", "--as", "otlp"]);
    let record = &otlp["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
    assert_eq!(record["attributes"][0]["value"]["stringValue"], event["event_id"]);
    let atlas = home.json(&["show", "--pending", "--as", "atlas"]);
    assert_eq!(atlas[0]["properties"]["command"], "git");
}

#[test]
fn a_file_endpoint_and_a_wrong_one_say_what_they_are() {
    let home = Home::new();
    let file = home.path("events.ndjson");
    home.ok(&["config", "set", "endpoint", &format!("file://{}", file.display())]);
    home.ok(&["exec", "--", "git", "--version"]);
    home.ok(&["flush"]);
    assert_eq!(fs::read_to_string(&file).unwrap(), home.ok(&["show", "--sent"]));
    let complaint = home.fails(&["config", "set", "endpoint", "grpc://otel.example.com"]);
    assert!(complaint.contains("otlp+https://") && complaint.contains("atlas+https://"), "{complaint}");
    let listed = {
        home.ok(&["config", "unset", "endpoint"]);
        home.ok(&["config", "list"])
    };
    assert!(listed.contains("otlp+") && listed.contains("export:"), "{listed}");
}

/// The platform's verifier refuses to work without a root; the built-in ones stand in, and the handshake begins.
#[cfg(target_os = "linux")]
#[test]
fn a_machine_without_root_certificates_uses_the_built_in_ones() {
    use std::io::Read as _;

    let home = Home::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let (begun, handshakes) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut first = [0];
            if stream.read_exact(&mut first).is_ok() && begun.send(first[0]).is_err() {
                return;
            }
        }
    });
    fs::create_dir(home.path("no-certificates")).unwrap();
    let with = |arguments: &[&str]| {
        let mut command = home.telemetry(arguments);
        command.env("TELEMETRY_ENDPOINT", &endpoint).env("SSL_CERT_DIR", home.path("no-certificates"));
        command.output().unwrap()
    };
    with(&["exec", "--", "git", "--version"]);
    let handshake = 0x16;
    assert_eq!(handshakes.recv_timeout(std::time::Duration::from_secs(20)), Ok(handshake));
}
