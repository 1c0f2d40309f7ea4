//! What an operator gives `telemetry serve` besides a store: a certificate, and policies that change.

use std::fs;
#[cfg(unix)]
use std::io::{BufRead as _, BufReader};
use std::time::{Duration, Instant};

use rcgen::{CertifiedKey, generate_simple_self_signed};

use crate::home::{Collector, Home};

#[test]
fn with_a_certificate_it_speaks_tls_to_those_who_trust_it() {
    let home = Home::new();
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (home.path("certificate.pem"), home.path("key.pem"));
    fs::write(&certificate, cert.pem()).unwrap();
    fs::write(&key, signing_key.serialize_pem()).unwrap();
    let [certificate, key] = [&certificate, &key].map(|path| path.to_str().unwrap());
    let collector = Collector::start_with(
        &home,
        &["--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key],
    );
    assert!(collector.endpoint.starts_with("https://127.0.0.1:"), "{}", collector.endpoint);
    let mut exec = home.telemetry(&["exec", "--", "git", "--version"]);
    assert!(exec.env("TELEMETRY_ENDPOINT", &collector.endpoint).status().unwrap().success());
    // The command's own helper may be at it still, and whoever comes then sends nothing.
    let flush_until = |trusted: Option<&str>, said: &str| {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let mut flush = home.telemetry(&["flush"]);
            flush.env("TELEMETRY_ENDPOINT", &collector.endpoint);
            let output = flush.envs(trusted.map(|file| ("SSL_CERT_FILE", file))).output().unwrap();
            let text = String::from_utf8(output.stderr).unwrap();
            if text.contains(said) {
                return;
            }
            assert!(Instant::now() < deadline, "{text}");
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    flush_until(
        None,
        "1 are left for the next time (what answers has no certificate that is trusted here, or speaks no TLS)",
    );
    assert_eq!(collector.report(&home)["totals"]["events"], 0);
    flush_until(Some(certificate), "1 events sent");
    assert_eq!(collector.report(&home)["totals"]["events"], 1);

    let wrong =
        home.fails(&["serve", "--listen", "127.0.0.1:0", "--tls-cert", key, "--tls-key", certificate]);
    assert!(wrong.contains("cannot speak TLS with"), "{wrong}");
}

/// Nothing of them has changed, so that only the signal can be why.
#[cfg(unix)]
#[test]
fn on_sighup_it_reads_its_policies_again() {
    use rustix::process::{Pid, Signal, kill_process};

    let home = Home::new();
    let (store, policies) = (home.path("store.sqlite"), home.path("policies"));
    fs::create_dir(&policies).unwrap();
    let policy =
        r#"{"format": 1, "program": "orchard", "version": 1, "dialect": "clap", "commands": [{"path": ""}]}"#;
    fs::write(policies.join("orchard.json"), policy).unwrap();
    let mut serve = home.telemetry(&["serve", "--listen", "127.0.0.1:0"]);
    serve.arg("--store").arg(&store).arg("--policies").arg(&policies);
    let mut child = serve.stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(said.any(|line| line.contains("collecting on")));
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    let is_read = said.any(|line| line.contains("the policies were read again"));
    let ended = child.try_wait().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(is_read, "it ended with {ended:?}");
}
