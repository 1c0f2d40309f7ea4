//! The Atlas CLI's wire shape, against a server on loopback.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value as Json, json};
use telemetry_transport::{HttpOptions, ShipReport, Stopped, WireForm, in_form, sink_for};

use crate::documented::{bare, events, table};
use crate::fixture::{Home, TestClock, event_id, numbers, yes};
use crate::server::{Reply, Server};

const OK: Reply = Reply::Status(202, "", "");

fn ship(home: &Home, server: &Server) -> ShipReport {
    let endpoint = format!("atlas+{}", server.url()).parse().unwrap();
    let sink = sink_for(&endpoint, HttpOptions::plain()).unwrap();
    let deadline = Duration::from_secs(10);
    telemetry_transport::ship(&home.spool, &home.ledger, sink.as_ref(), yes, &TestClock::new(), deadline)
}

fn ids(body: &[u8]) -> Vec<Json> {
    let events: Vec<Json> = serde_json::from_slice(body).unwrap();
    events.iter().map(|event| event["properties"]["event_id"].clone()).collect()
}

#[test]
fn what_arrives_is_what_the_atlas_cli_sends() {
    let home = Home::with_events(&events());
    let server = Server::start([OK]);
    assert_eq!(ship(&home, &server).sent, events().len() as u64);
    let request = &server.requests()[0];
    let head = request.head.to_lowercase();
    assert!(head.starts_with("post /api/private/unauth/telemetry/events http/1.1\r\n"), "{head}");
    assert!(
        head.contains("content-type: application/json\r\n") && !head.contains("content-encoding"),
        "{head}"
    );
    let got: Vec<Json> = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(
        got[0],
        json!({
            "timestamp": "2022-04-11T11:35:49.456719+01:00",
            "source": "atlascli",
            "properties": {
                "cli_event_type": "command",
                "event_id": event_id(0),
                "command": "atlas-clusters-create",
                "alias": "create",
                "flags": ["clusterName", "provider", "region", "output"],
                "os": "linux",
                "arch": "amd64",
                "version": "1.2.3",
                "installer": "homebrew",
                "auth_method": "api_key",
                "ci": true,
                "agent_env_var": "claude_code",
                "terminal": "tty",
                "output": "json",
                "duration": 2662,
                "result": "ERROR",
                "error": "Error: unknown command \"rgister\" for \"atlas\"",
                "device_id": "936da01f-9abd-4d9d-80c7-02af85c822a8",
            },
        })
    );
    let endings: Vec<_> = got
        .iter()
        .map(|event| {
            ["result", "error", "signal"].map(|name| event["properties"][name].as_str().unwrap_or(""))
        })
        .collect();
    assert_eq!(
        endings[1..5],
        [
            ["SUCCESS", "", ""],
            ["ERROR", "interrupt", "interrupt"],
            ["ERROR", "panic", ""],
            ["ERROR", "not_found", ""],
        ]
    );
    assert_eq!(
        got[5],
        json!({
            "timestamp": bare()["completed_at"],
            "source": "unknown",
            "properties": {
                "cli_event_type": "command", "event_id": event_id(99), "command": "", "ci": false, "duration": 0,
                "result": "SUCCESS",
            },
        })
    );
    let mut names: BTreeSet<String> = BTreeSet::from(["timestamp".to_owned(), "source".to_owned()]);
    names.extend(got.iter().flat_map(|event| event["properties"].as_object().unwrap().keys().cloned()));
    assert_eq!(names, table("atlas").into_iter().map(|row| row[1].clone()).collect(), "the documented names");

    let kept = home.files("sent").into_iter().find(|name| !name.ends_with(".receipt.json")).unwrap();
    let kept = std::fs::read(home.state.join("sent").join(kept)).unwrap();
    assert_eq!(in_form(&kept, WireForm::Atlas).unwrap(), request.body);
}

#[test]
fn what_has_no_place_in_the_shape_is_not_in_the_body() {
    let home = Home::with_events(&events());
    let server = Server::start([OK]);
    ship(&home, &server);
    let body = String::from_utf8(server.requests()[0].body.clone()).unwrap();
    let withheld = [
        "717273",
        "22.04.77",
        "ubuntu",
        "AWS",
        "US_EAST_1",
        "515253",
        "919293",
        "zebra",
        "proivder",
        "olden",
        "313233",
        "323334",
        "333435",
        "11:35:46",
        "3b29f8c5d41e07a6",
        "93",
        "github_actions",
        "stdin",
    ];
    let sent: String = events().iter().map(Json::to_string).collect();
    for value in withheld {
        assert!(sent.contains(value), "{value} is in no event: the check could not fail");
        // The id of a device is random and has 93 in it.
        assert!(!body.replace("936da01f", "").contains(value), "{value}");
    }
}

#[test]
fn a_batch_has_thirty_two_events_at_most() {
    let home = Home::holding(70);
    let server = Server::start([OK, OK, OK]);
    assert_eq!(ship(&home, &server).sent, 70);
    let sizes: Vec<_> = server.requests().iter().map(|request| ids(&request.body).len()).collect();
    assert_eq!(sizes, [32, 32, 6]);
    assert_eq!(home.sent(), numbers(0..70));
}

#[test]
fn losses_stay_until_somebody_takes_them() {
    let home = Home::holding(1);
    std::fs::write(home.state.join("losses.json"), r#"{"evicted":5}"#).unwrap();
    let server = Server::start([OK]);
    assert_eq!(ship(&home, &server).sent, 1);
    assert_eq!(home.losses(), r#"{"evicted":5}"#);
}

#[test]
fn answers_settle_wait_or_stop() {
    let refused = Some(Stopped::Refused);
    let html = "content-type: text/html; charset=utf-8\r\n";
    let table = [
        ("no content", vec![Reply::Status(204, "", "")], 5, 1, None),
        ("some text", vec![Reply::Status(200, "", "thanks")], 5, 1, None),
        ("a page", vec![Reply::Status(200, html, "<html>Please log in</html>")], 0, 1, refused),
        ("busy", vec![Reply::Status(429, "retry-after: 1\r\n", ""), OK], 5, 2, None),
        ("broken", vec![Reply::Status(500, "", ""), Reply::Close, OK], 5, 2, None),
        ("away", vec![Reply::Status(404, "", "")], 0, 1, refused),
        ("takes nothing", vec![Reply::Status(400, "", ""); 9], 0, 2, refused),
        ("long wait", vec![Reply::Status(503, "retry-after: 99\r\n", "")], 0, 1, Some(Stopped::Deadline)),
    ];
    for (said, script, sent, requests, stopped) in table {
        let home = Home::holding(5);
        let server = Server::start(script);
        let report = ship(&home, &server);
        assert_eq!((report.sent, report.refused, report.stopped_by), (sent, 0, stopped), "{said}");
        assert_eq!(server.requests().len(), requests, "{said}");
        assert_eq!((report.left, home.losses().as_str()), (5 - sent, "{}"), "{said}");
    }
}

#[test]
fn one_event_that_the_receiver_cannot_stand_costs_itself_and_what_is_too_large_is_halved() {
    fn judge(body: &[u8]) -> (u16, &'static str, &'static str) {
        let ids = ids(body);
        match (ids.contains(&json!(event_id(3))), ids.len()) {
            (_, 6..) => (413, "", ""),
            (true, _) => (400, "", ""),
            _ => (202, "", ""),
        }
    }
    let home = Home::holding(10);
    let server = Server::start(vec![Reply::By(judge); 100]);
    let report = ship(&home, &server);
    assert_eq!((report.sent, report.refused, report.left), (9, 1, 0));
    assert_eq!(home.losses(), r#"{"refused":1}"#);
    assert_eq!(home.sent().len(), 9);
}
