//! Taking back what was sent: by `purge`, by turning telemetry off, and while the collector is away.

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::home::{Collector, Home};

fn record(home: &Home, endpoint: &str) {
    let mut exec = home.telemetry(&["exec", "--", "git", "--version"]);
    assert!(exec.env("TELEMETRY_ENDPOINT", endpoint).output().unwrap().status.success());
    let mut flush = home.telemetry(&["flush"]);
    assert!(flush.env("TELEMETRY_ENDPOINT", endpoint).output().unwrap().status.success());
}

fn status(home: &Home) -> Value {
    home.json(&["status", "--json"])
}

fn said(output: Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Waits for the helper, which nobody waits for otherwise.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_purge_erases_what_was_sent_and_the_receipt_is_shown() {
    let home = Home::new();
    let collector = Collector::start(&home);
    record(&home, &collector.endpoint);
    record(&home, &collector.endpoint);
    assert_eq!(collector.report(&home)["totals"]["events"], 2);
    let said = said(home.telemetry(&["purge"]).output().unwrap());
    assert!(said.contains(&format!("{} is asked to erase", collector.endpoint)), "{said}");
    until("the receipt did not come", || !status(&home)["erasures_answered"].as_array().unwrap().is_empty());
    assert_eq!(collector.report(&home)["totals"]["events"], 0);
    let status = status(&home);
    assert_eq!(status["erasures_pending"], serde_json::json!([]));
    assert_eq!(status["erasures_answered"][0]["erased"], 2);
    assert!(home.ok(&["status"]).contains("erased 2 events at "));
    let receipts = home.ok(&["show", "--sent", "--receipts"]);
    let last: Value = serde_json::from_str(receipts.lines().last().unwrap()).unwrap();
    assert_eq!(last["receipt"]["erased"], 2, "{receipts}");
    // What comes now is of another installation.
    record(&home, &collector.endpoint);
    assert_eq!(collector.report(&home)["totals"]["events"], 1);
}

#[test]
fn turning_off_while_the_collector_is_away_erases_once_it_is_back() {
    let home = Home::new();
    let endpoint = {
        let collector = Collector::start(&home);
        record(&home, &collector.endpoint);
        collector.endpoint.clone()
    };
    let off = home.telemetry(&["config", "set", "telemetry_enabled", "false"]).output().unwrap();
    assert!(said(off).contains("is asked to erase"));
    let text = home.ok(&["status"]);
    assert!(text.contains(&format!("{endpoint} was asked to erase at ")), "{text}");
    let collector = Collector::start_at(&home, endpoint.strip_prefix("http://").unwrap());
    let flush = said(home.telemetry(&["flush"]).output().unwrap());
    assert!(
        flush.contains("1 events erased by 1 requests")
            || status(&home)["erasures_pending"] == serde_json::json!([]),
        "{flush}"
    );
    assert_eq!(collector.report(&home)["totals"]["events"], 0);
    let [] = home.events(&[])[..] else { panic!("nothing is recorded") };
}

/// A program that is off by the user's setting asks once more by itself; it records nothing meanwhile.
#[test]
fn a_run_that_is_off_asks_once_more_and_one_that_a_variable_turned_off_touches_nothing() {
    let home = Home::new();
    let collector = Collector::start(&home);
    record(&home, &collector.endpoint);
    // As after a helper that did not get through: the request is there and nobody asks.
    drop(collector);
    let off = home.telemetry(&["config", "set", "telemetry_enabled", "false"]).output().unwrap();
    assert!(said(off).contains("is asked to erase"));
    let state = home.state();
    until("the helper has gone", || {
        // It holds the lock for as long as it tries.
        std::fs::File::open(state.join("ship.lock")).is_ok_and(|lock| lock.try_lock().is_ok())
    });
    let stamp = || std::fs::metadata(state.join("helper")).unwrap().modified().unwrap();
    let before = stamp();
    let exec = |variable: Option<&str>| {
        let mut exec: Command = home.telemetry(&["exec", "--", "git", "--version"]);
        if let Some(variable) = variable {
            exec.env(variable, "1");
        }
        assert!(exec.output().unwrap().status.success());
    };
    exec(Some("DO_NOT_TRACK"));
    assert_eq!(stamp(), before, "a variable is nobody's wish to erase");
    exec(None);
    assert_eq!(stamp(), before, "ten minutes have not passed");
    let past = before - Duration::from_secs(3600);
    std::fs::File::options().write(true).open(state.join("helper")).unwrap().set_modified(past).unwrap();
    exec(Some("DO_NOT_TRACK"));
    assert_eq!(stamp(), past);
    exec(None);
    assert_ne!(stamp(), past, "a helper was started");
    assert!(home.events(&[]).is_empty());
}
