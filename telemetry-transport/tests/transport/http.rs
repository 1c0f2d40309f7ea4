//! The HTTP sink against a server that does everything a server can do.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use telemetry_transport::{
    Endpoint, HttpOptions, HttpSink, ShipReport, SinkError, Stopped, SystemClock, sink_for,
};

use crate::fixture::{Home, event, id_at, yes};
use crate::server::{Reply, Server};

/// Slack for a machine that is busy with something else; far below what an unbounded wait would be.
const SLACK: Duration = Duration::from_secs(5);

/// Ships within a deadline, and is back by then.
fn ship(home: &Home, url: &str, deadline: Duration) -> ShipReport {
    let endpoint: Endpoint = url.parse().unwrap();
    let sink = sink_for(&endpoint, HttpOptions::plain()).unwrap();
    let before = Instant::now();
    let report = telemetry_transport::ship(
        &home.spool,
        &home.ledger,
        sink.as_ref(),
        yes,
        &SystemClock::new(),
        deadline,
    );
    assert!(before.elapsed() < deadline + SLACK, "{url} took {:?}", before.elapsed());
    report
}

fn holding(count: u64) -> Home {
    let home = Home::new();
    let now = telemetry_transport::Clock::unix_ms(&SystemClock::new());
    for number in 0..count {
        home.spool.append(&event(id_at(now, number), telemetry_redact::consent::Mode::On)).unwrap();
    }
    home
}

#[test]
fn a_request_says_what_it_is_and_no_more() {
    let server = Server::start([]);
    let home = holding(2);
    assert_eq!(ship(&home, &format!("{}/base/", server.url()), SLACK).sent, 2);
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    let mut head: Vec<_> = requests[0].head.trim().lines().map(str::to_lowercase).collect();
    assert_eq!(head.remove(0), "post /base/v1/events http/1.1");
    let mut names: Vec<_> = head.iter().map(|line| line.split(':').next().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "content-encoding",
            "content-length",
            "content-type",
            "host",
            "telemetry-protocol",
            "user-agent"
        ]
    );
    for line in ["content-encoding: gzip", "content-type: application/json", "telemetry-protocol: 1"] {
        assert!(head.iter().any(|header| header == line), "{line}");
    }
    assert!(head.contains(&format!("user-agent: telemetry/{}", env!("CARGO_PKG_VERSION"))));
    let sent = home.files("sent");
    let body = std::fs::read(home.state.join("sent").join(&sent[0])).unwrap();
    assert_eq!(requests[0].body, body, "the ledger holds what went over the wire");
}

/// Whatever the server does first: the shipper is back by its deadline, and in the end each event is stored, shown in
/// the ledger, and not in the spool any more.
#[test]
fn no_answer_loses_or_doubles_an_event() {
    let receipt = || vec![Reply::Receipt(200)];
    let elsewhere = Server::start([]);
    let table: Vec<(Reply, Vec<Reply>, Option<Stopped>)> = vec![
        (Reply::Receipt(202), vec![], None),
        (Reply::StoreAndClose, receipt(), None),
        (Reply::StoreAndBreakOff, receipt(), None),
        (Reply::Close, receipt(), None),
        (Reply::AtMost(2), vec![Reply::AtMost(2); 9], None),
        (Reply::Status(503, "", ""), receipt(), None),
        (Reply::Status(429, "retry-after: 0\r\n", ""), receipt(), None),
        (Reply::Status(429, "", ""), receipt(), None),
        (Reply::Status(429, "retry-after: 9999999999\r\n", ""), vec![], Some(Stopped::Deadline)),
        (Reply::Status(200, "", "<html>Please log in</html>"), vec![], Some(Stopped::Refused)),
        (Reply::Status(200, "", ""), vec![], Some(Stopped::Refused)),
        (Reply::Status(204, "", ""), vec![], Some(Stopped::Refused)),
        (Reply::Status(200, "", "{}"), vec![], Some(Stopped::Refused)),
        (Reply::Status(404, "", "nothing here"), vec![], Some(Stopped::Refused)),
        (Reply::Status(401, "", ""), vec![], Some(Stopped::Refused)),
        (Reply::Status(400, "", ""), vec![], Some(Stopped::Refused)),
        (Reply::Redirect(format!("{}/v1/events", elsewhere.url())), vec![], Some(Stopped::Refused)),
        (Reply::Endless, vec![], Some(Stopped::Refused)),
        (Reply::EndlessHeaders, vec![], Some(Stopped::Refused)),
        (Reply::Silence, vec![Reply::Silence; 50], Some(Stopped::Deadline)),
        (Reply::Drip, vec![Reply::Drip; 50], Some(Stopped::Deadline)),
    ];
    for (first, then, stopped) in table {
        let home = holding(5);
        let all = home.pending();
        // Those that wait for an answer wait until the deadline.
        let patient = stopped != Some(Stopped::Deadline);
        let deadline = if patient { Duration::from_secs(20) } else { Duration::from_millis(400) };
        let said = format!("{first:?}");
        let server = Server::start([first].into_iter().chain(then));
        let report = ship(&home, &server.url(), deadline);
        assert_eq!(report.stopped_by, stopped, "{said}");
        assert_eq!(report.left == 0, stopped.is_none(), "{said}");
        drop_rest(&home, stopped, &all);
        assert_eq!(server.stored().is_empty(), stopped.is_some(), "{said}");
        if stopped.is_none() {
            assert_eq!((server.stored(), home.sent()), (all, server.stored()), "{said}");
        }
    }
    assert!(elsewhere.requests().is_empty(), "the redirect was followed");
}

/// What was not taken goes to the next server, whole.
fn drop_rest(home: &Home, stopped: Option<Stopped>, all: &[telemetry_schema::EventId]) {
    if stopped.is_none() {
        return;
    }
    assert_eq!(home.pending(), all);
    assert!(home.sent().is_empty());
    let good = Server::start([]);
    assert_eq!(ship(home, &good.url(), Duration::from_secs(20)).left, 0);
    assert_eq!((good.stored(), home.sent()), (all.to_vec(), all.to_vec()));
    assert!(home.pending().is_empty());
}

#[test]
fn a_refused_connection_keeps_everything() {
    let home = holding(2);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let report = ship(&home, &format!("http://{address}"), Duration::from_millis(300));
    assert_eq!((report.left, report.stopped_by), (2, Some(Stopped::Deadline)));
}

/// The proxy is asked for the host, and does not get the request: it is for the host, within TLS.
#[test]
fn a_proxy_is_used_for_other_machines_and_not_for_this_one() {
    let proxy = Server::start([Reply::Status(502, "", "")]);
    let variables = |name: &str| (name == "HTTPS_PROXY").then(|| proxy.url());
    let options = HttpOptions::from_variables(&variables);
    let home = holding(1);

    let here = Server::start([]);
    let sink = HttpSink::new(&here.url().parse().unwrap(), options.clone()).unwrap();
    let clock = SystemClock::new();
    let report = telemetry_transport::ship(&home.spool, &home.ledger, &sink, yes, &clock, SLACK);
    assert_eq!((report.sent, proxy.requests().len()), (1, 0));

    let home = holding(1);
    let sink = HttpSink::new(&"https://telemetry.example.invalid".parse().unwrap(), options).unwrap();
    let deadline = Duration::from_millis(300);
    let clock = SystemClock::new();
    let report = telemetry_transport::ship(&home.spool, &home.ledger, &sink, yes, &clock, deadline);
    assert_eq!(report.left, 1);
    let head = &proxy.requests()[0].head;
    assert!(head.starts_with("CONNECT telemetry.example.invalid:443 "), "{head}");
}

#[test]
fn certificates_that_cannot_be_read_are_named() {
    let endpoint: Endpoint = "https://telemetry.example.invalid".parse().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing.pem");
    let empty = dir.path().join("empty.pem");
    std::fs::write(&empty, "no certificate in here").unwrap();
    for path in [missing, empty] {
        let variables = |name: &str| (name == "SSL_CERT_FILE").then(|| path.display().to_string());
        let Err(error) = HttpSink::new(&endpoint, HttpOptions::from_variables(&variables)) else {
            panic!("{} was taken", path.display())
        };
        assert!(matches!(error, SinkError::Certificates { .. }));
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
}
