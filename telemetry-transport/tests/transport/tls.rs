//! TLS: who is trusted, and how long a handshake may take.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use telemetry_transport::{HttpOptions, ShipReport, Stopped, SystemClock, sink_for};

use crate::fixture::{Home, event, id_at, yes};

/// A server on loopback with a certificate of its own making. Answers 404, and says what it was asked.
struct Server {
    port: u16,
    certificate: String,
    asked: Receiver<String>,
}

impl Server {
    fn start() -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, requests) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut reader = BufReader::new(StreamOwned::new(connection, stream));
                let mut line = String::new();
                if reader.read_line(&mut line).is_ok() && asked.send(line).is_ok() {
                    let answer = b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
                    let _ = reader.get_mut().write_all(answer);
                }
            }
        });
        Self { port, certificate: cert.pem(), asked: requests }
    }
}

fn ship(port: u16, options: HttpOptions, deadline: Duration) -> ShipReport {
    let home = Home::new();
    let now = telemetry_transport::Clock::unix_ms(&SystemClock::new());
    home.spool.append(&event(id_at(now, 0), telemetry_redact::consent::Mode::On)).unwrap();
    let sink = sink_for(&format!("https://localhost:{port}").parse().unwrap(), options).unwrap();
    let clock = SystemClock::new();
    telemetry_transport::ship(&home.spool, &home.ledger, sink.as_ref(), yes, &clock, deadline)
}

#[test]
fn a_root_that_nobody_trusts_gets_no_request_and_one_that_is_named_does() {
    let server = Server::start();
    let report = ship(server.port, HttpOptions::plain(), Duration::from_secs(10));
    assert_eq!((report.left, report.stopped_by), (1, Some(Stopped::Untrusted)));
    assert!(server.asked.try_recv().is_err(), "it was asked for something");

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("roots.pem");
    std::fs::write(&file, &server.certificate).unwrap();
    let variables = |name: &str| (name == "SSL_CERT_FILE").then(|| file.display().to_string());
    let report = ship(server.port, HttpOptions::from_variables(&variables), Duration::from_secs(10));
    assert_eq!((report.left, report.stopped_by), (1, Some(Stopped::Refused)), "its 404 was read");
    assert_eq!(server.asked.recv().unwrap(), "POST /v1/events HTTP/1.1\r\n");

    // With a file, others are not trusted.
    let other = Server::start();
    let report = ship(other.port, HttpOptions::from_variables(&variables), Duration::from_secs(10));
    assert_eq!((report.left, report.stopped_by), (1, Some(Stopped::Untrusted)));
    assert!(other.asked.try_recv().is_err(), "it was asked for something");
}

#[test]
fn what_speaks_no_tls_is_not_trusted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream
                .write_all(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        }
    });
    let report = ship(port, HttpOptions::plain(), Duration::from_secs(10));
    assert_eq!((report.left, report.stopped_by), (1, Some(Stopped::Untrusted)));
}

#[test]
fn a_handshake_that_nobody_answers_ends_by_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let before = Instant::now();
    let report =
        ship(listener.local_addr().unwrap().port(), HttpOptions::plain(), Duration::from_millis(400));
    assert_eq!((report.left, report.stopped_by), (1, Some(Stopped::Deadline)));
    assert!(before.elapsed() < Duration::from_secs(5), "{:?}", before.elapsed());
}
