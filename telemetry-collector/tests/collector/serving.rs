//! The server, over a socket.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use telemetry_collector::{
    AdmittedBatch, AdmittedErasure, Inserted, Reader, ServeError, ServeOptions, Server, SqliteStore, Store,
    StoreError,
};
use telemetry_schema::{ErasureId, ErasureReceipt, Receipt, Timestamp};

use crate::client::{GZIP, JSON, connect, gzip, post, read, send};
use crate::sample::{batch, batch_id, event, event_id, now, patched, policies, start};

fn memory() -> Arc<dyn Store> {
    Arc::new(SqliteStore::in_memory().unwrap())
}

#[test]
fn events_are_taken_once_and_the_receipt_says_so() {
    let store = memory();
    let server = start(Arc::clone(&store), |_| {});
    let events = [event(1), patched(2, &json!({"command": {"path": ["hunter2"]}})), event(3)];
    let expected = json!({
        "batch_id": batch_id(1),
        "received_at": now(),
        "accepted": 2,
        "duplicates": 0,
        "refused": [{
            "index": 1,
            "event_id": event_id(2),
            "problems": [{"field": "command.path[0]", "rule": "command.not_declared"}],
        }],
    });
    let answer = post(server.address(), &batch(1, &events));
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.json(), expected);

    let again = send(server.address(), "POST /v1/events", &[JSON, GZIP], &gzip(&batch(1, &events)));
    let receipt: Receipt = serde_json::from_slice(&again.body).unwrap();
    assert_eq!((again.status, receipt.accepted, receipt.duplicates), (200, 0, 2));
    server.stop().unwrap();
    assert_eq!(crate::sample::events(&*store), 2);
}

#[test]
fn it_says_that_it_is_well() {
    let server = start(memory(), |_| {});
    let answer = send(server.address(), "GET /healthz", &[], b"");
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"ok".as_slice()));
    assert_eq!(send(server.address(), "HEAD /healthz", &[], b"").status, 200);
}

/// Start line, headers, body; status and problem of the answer.
type Case<'a> = (&'a str, Vec<(&'a str, &'a str)>, Vec<u8>, u16, &'a str);

#[test]
fn a_bad_request_gets_its_problem_document_and_leaves_the_server_as_it_was() {
    let store = memory();
    let server = start(Arc::clone(&store), |_| {});
    let good = batch(1, &[event(1)]);
    let zipped = gzip(&good);
    let with_marker = |body: &[u8]| [b"hunter2", body].concat();
    let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
    let large = vec![b' '; 1024 * 1024 + 1];
    let nested = good.iter().copied().chain(vec![b'['; 500_000]).collect::<Vec<_>>();
    let many: Vec<_> = (0..1001).map(|_| json!("hunter2")).collect();
    assert!(bomb.len() < 1024 * 1024);
    let post = "POST /v1/events";
    let text = ("Content-Type", "text/hunter2");
    let cases: Vec<Case> = vec![
        ("GET /v1", vec![], vec![], 404, "not_found"),
        ("GET /reports/hunter2", vec![], vec![], 404, "not_found"),
        ("GET /reports/commands.hunter2", vec![], vec![], 404, "not_found"),
        ("POST /", vec![], vec![], 405, "method"),
        ("GET /?os=hunter2", vec![], vec![], 400, "query"),
        ("GET /?since=hunter2", vec![], vec![], 400, "query"),
        ("GET /?since=2026-02-01&until=2026-01-31", vec![], vec![], 400, "query"),
        ("GET /reports/errors.csv?since=2026-02-01&until=2026-01-31", vec![], vec![], 400, "query"),
        ("GET /?ci=hunter2&ci=hunter2", vec![], vec![], 400, "query"),
        ("GET /reports/commands.json?top=-1&program=hunter2", vec![], vec![], 400, "query"),
        ("POST /v1/hunter2", vec![JSON], good.clone(), 404, "not_found"),
        ("GET /v1/events?hunter2", vec![], vec![], 405, "method"),
        ("PUT /v1/events", vec![JSON], good.clone(), 405, "method"),
        ("POST /healthz", vec![JSON], good.clone(), 405, "method"),
        (post, vec![], good.clone(), 415, "media_type"),
        (post, vec![text], good.clone(), 415, "media_type"),
        (post, vec![JSON, text], good.clone(), 415, "media_type"),
        (post, vec![JSON, ("Content-Encoding", "hunter2")], good.clone(), 415, "encoding"),
        (post, vec![JSON, GZIP, GZIP], zipped.clone(), 415, "encoding"),
        (post, vec![JSON, GZIP], good.clone(), 400, "not_gzip"),
        (post, vec![JSON, GZIP], zipped[..zipped.len() - 9].to_vec(), 400, "not_gzip"),
        (post, vec![JSON, GZIP], [&zipped, b"hunter2".as_slice()].concat(), 400, "not_gzip"),
        (post, vec![JSON, GZIP], bomb, 413, "decoded_too_large"),
        (post, vec![JSON], large.clone(), 413, "body_too_large"),
        (post, vec![JSON], large.repeat(5), 413, "body_too_large"),
        (post, vec![JSON], vec![], 400, "no_batch"),
        (post, vec![JSON], zipped.clone(), 400, "no_batch"),
        (post, vec![JSON], with_marker(&good), 400, "no_batch"),
        (post, vec![JSON], good[..good.len() - 1].to_vec(), 400, "no_batch"),
        (post, vec![JSON], nested, 400, "no_batch"),
        (post, vec![JSON], batch(1, &many), 400, "no_batch"),
    ];
    for (start, headers, body, status, problem) in cases {
        let answer = send(server.address(), start, &headers, &body);
        assert_eq!((answer.status, answer.problem().as_str()), (status, problem), "{start} {headers:?}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("hunter"), "{answer:?}");
        assert!(!answer.head.contains("hunter"), "{answer:?}");
        match status {
            405 => assert!(answer.header("allow").is_some()),
            400 if problem == "no_batch" => assert!(answer.json()["problems"][0]["rule"].is_string()),
            _ => {}
        }
    }
    // A chunked body says no length before it is too large.
    let mut stream = connect(server.address());
    stream.write_all(b"POST /v1/events HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n").unwrap();
    for _ in 0..40 {
        stream.write_all(format!("10000\r\n{}\r\n", " ".repeat(65536)).as_bytes()).unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    assert_eq!(read(&mut stream).unwrap().problem(), "body_too_large");

    assert_eq!(crate::sample::events(&*store), 0);
    assert_eq!(crate::client::post(server.address(), &good).status, 200);
}

#[test]
fn garbage_and_half_requests_leave_the_server_as_it_was() {
    let server = start(memory(), |_| {});
    let long_header =
        format!("POST /v1/events HTTP/1.1\r\nHost: c\r\nX-Hunter: {}\r\n\r\n", "hunter".repeat(200_000));
    let many_headers = format!("GET /healthz HTTP/1.1\r\n{}\r\n", "Hunter: 2\r\n".repeat(500));
    let long_path = format!("GET /{} HTTP/1.1\r\nHost: c\r\n\r\n", "hunter".repeat(100_000));
    let cases: [&[u8]; 15] = [
        b"",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hunter2\r\n\r\n",
        b"POST /v1/events HTTP/1.1\r\nHost: c\r\nContent-Length: 100\r\n\r\n{",
        b"POST /v1/events HTTP/1.1\r\nHost: c\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{",
        b"POST /v1/logs HTTP/1.1\r\nHost: c\r\nContent-Length: -1\r\n\r\n{",
        b"POST /v1/logs HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\nhunter2\r\n",
        b"POST /v1/logs HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhunter2",
        b"POST /v1/erasures HTTP/1.1\r\nHost: c\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/erasures HTTP/9.9\r\nHost: c\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET http://hunter2/ HTTP/1.1\r\nHost: hunter2\r\nUpgrade: h2c\r\nConnection: upgrade, close\r\n\r\n",
        long_header.as_bytes(),
        many_headers.as_bytes(),
        long_path.as_bytes(),
    ];
    for bytes in cases {
        let mut stream = connect(server.address());
        // It may be refused, and closed, before all of it is sent.
        let _ = stream.write_all(bytes);
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.contains("hunter"), "{answer}");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    assert_eq!(post(server.address(), &batch(1, &[event(1)])).status, 200);
}

#[test]
fn a_slow_client_is_timed_out() {
    let short = Duration::from_millis(300);
    let server = start(memory(), |limits| {
        limits.body_timeout = short;
        limits.exchange_timeout = 2 * short;
        limits.idle_timeout = 3 * short;
    });
    let began = Instant::now();
    // A body that does not come is answered; a head that drips, and a client that is silent, are cut off.
    let mut body = connect(server.address());
    body.write_all(b"POST /v1/events HTTP/1.1\r\nHost: c\r\nContent-Length: 100\r\n\r\n{").unwrap();
    let mut silent = connect(server.address());
    let mut drip = connect(server.address());
    let mut dripping = drip.try_clone().unwrap();
    let dripper = thread::spawn(move || {
        while dripping.write_all(b"P").is_ok() && began.elapsed() < Duration::from_secs(20) {
            thread::sleep(short / 10);
        }
    });
    let answer = read(&mut body).unwrap();
    assert_eq!((answer.status, answer.problem().as_str()), (408, "body_timeout"));
    assert_eq!(answer.header("connection"), Some("close"));
    // Closed cleanly or reset, but without an answer.
    let mut none = Vec::new();
    let _ = drip.read_to_end(&mut none);
    let _ = silent.read_to_end(&mut none);
    assert_eq!(none, b"");
    dripper.join().unwrap();
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(post(server.address(), &batch(1, &[event(1)])).status, 200);
}

#[test]
fn one_connection_takes_many_requests() {
    let server = start(memory(), |_| {});
    let mut stream = connect(server.address());
    for number in 0..20 {
        let body = batch(number, &[event(number)]);
        let last = if number == 19 { "Connection: close\r\n" } else { "" };
        let head = format!(
            "POST /v1/events HTTP/1.1\r\nHost: c\r\nContent-Type: application/json\r\n{last}Content-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&body).unwrap();
    }
    let mut answers = String::new();
    stream.read_to_string(&mut answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 20);
    assert_eq!(answers.matches(r#""accepted":1"#).count(), 20);
}

/// A store that waits until it is told what to do: `Some` to store nothing and say so, `None` to fail.
#[derive(Debug)]
struct Held {
    begun: Mutex<Sender<usize>>,
    orders: Mutex<Receiver<Option<()>>>,
}

impl Store for Held {
    fn insert(&self, batches: &[AdmittedBatch], _: Timestamp) -> Result<Vec<Inserted>, StoreError> {
        let _ = self.begun.lock().unwrap().send(batches.len());
        match self.orders.lock().unwrap().recv() {
            Ok(Some(())) => Ok(vec![Inserted::default(); batches.len()]),
            _ => Err(StoreError::Open {
                path: "/hunter2".into(),
                source: std::io::ErrorKind::StorageFull.into(),
            }),
        }
    }

    fn erase(&self, erasure: &AdmittedErasure, received_at: Timestamp) -> Result<ErasureReceipt, StoreError> {
        self.insert(&[], received_at)?;
        Ok(ErasureReceipt { erasure_id: erasure.id(), received_at, erased: 0 })
    }

    fn erasure(&self, _: ErasureId) -> Result<Option<ErasureReceipt>, StoreError> {
        Ok(None)
    }

    fn check(&self) -> Result<(), StoreError> {
        self.insert(&[], now()).map(drop)
    }

    fn forget(&self, _: i64) -> Result<u64, StoreError> {
        Ok(0)
    }

    fn reader(&self) -> Result<Box<dyn Reader + '_>, StoreError> {
        unreachable!("nothing reads it")
    }
}

fn held() -> (Arc<Held>, Receiver<usize>, Sender<Option<()>>) {
    let (begun, has_begun) = channel();
    let (order, orders) = channel();
    (Arc::new(Held { begun: Mutex::new(begun), orders: Mutex::new(orders) }), has_begun, order)
}

#[test]
fn overload_is_answered_and_passes() {
    let (store, begun, order) = held();
    let server = start(store, |limits| {
        limits.max_requests = 1;
        limits.queue_wait = Duration::from_millis(50);
        limits.store_timeout = Duration::from_secs(30);
    });
    let address = server.address();
    let first = thread::spawn(move || post(address, &batch(1, &[event(1)])));
    begun.recv().unwrap();
    let answer = post(address, &batch(2, &[event(2)]));
    assert_eq!((answer.status, answer.problem().as_str()), (429, "busy"));
    assert!(answer.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    assert_eq!(send(address, "GET /healthz", &[], b"").status, 200, "and it keeps serving");
    order.send(Some(())).unwrap();
    assert_eq!(first.join().unwrap().status, 200);
    order.send(Some(())).unwrap();
    assert_eq!(post(address, &batch(2, &[event(2)])).status, 200);
}

#[test]
fn a_store_that_is_slow_or_fails_is_no_receipt() {
    let (store, begun, order) = held();
    let failures = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&failures);
    let mut limits = telemetry_collector::Limits::default();
    limits.store_timeout = Duration::from_millis(50);
    let options = ServeOptions::new(([127, 0, 0, 1], 0).into(), store, policies())
        .limits(limits)
        .on_store_failure(move |error| seen.lock().unwrap().push(error.to_string()));
    let server = Server::bind(options).unwrap().start().unwrap();
    let slow = post(server.address(), &batch(1, &[event(1)]));
    assert_eq!((slow.status, slow.problem().as_str()), (503, "store_slow"));
    order.send(Some(())).unwrap();
    begun.recv().unwrap();
    order.send(None).unwrap();
    let failed = post(server.address(), &batch(2, &[event(2)]));
    assert_eq!((failed.status, failed.problem().as_str()), (503, "store_failed"));
    assert!(failed.header("retry-after").is_some());
    assert!(!String::from_utf8_lossy(&failed.body).contains("hunter"));
    assert_eq!(*failures.lock().unwrap(), ["cannot open the store /hunter2"]);
}

#[test]
fn stopping_finishes_what_has_begun() {
    let (store, begun, order) = held();
    let server = start(store, |_| {});
    let address = server.address();
    let idle = connect(address);
    let request = thread::spawn(move || post(address, &batch(1, &[event(1)])));
    begun.recv().unwrap();
    let stopping = thread::spawn(move || server.stop());
    order.send(Some(())).unwrap();
    assert_eq!(request.join().unwrap().status, 200);
    stopping.join().unwrap().unwrap();
    drop(idle);
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[test]
fn an_address_in_use_is_named() {
    let server = start(memory(), |_| {});
    let options = ServeOptions::new(server.address(), memory(), policies());
    let error = Server::bind(options).unwrap_err();
    assert!(matches!(error, ServeError::Bind { .. }));
    assert_eq!(error.to_string(), format!("cannot listen on {}", server.address()));
}
